//! Rows of a template index in another form: JSON lines in on the standard input, the form out on the standard output.
//!
//! ```sh
//! cargo run --example index_rows -- postgresql 256 < rows.jsonl | psql
//! cargo run --example index_rows -- sqlite < rows.jsonl | sqlite3 templates.db
//! cargo run --example index_rows -- csv < rows.jsonl > rows.csv
//! cargo run --example index_rows --features arrow -- arrow < rows.jsonl > rows.arrow
//! ```
//!
//! `csv-defused` is CSV for spreadsheets, `postgresql-add` and `sqlite-add` add the hits to those that are there.
#![allow(clippy::print_stderr, reason = "a program that a person runs")]

use std::io::{Read, Write};
use std::process::ExitCode;

use drainrs::index::{Csv, Dialect, HitsOnConflict, IndexRow, Sql, SqlConfig, read_json_lines, write_json_line};

type Failure = Box<dyn std::error::Error>;

/// More rows than this at once are for a host that streams.
const MAX_ROWS: usize = 1_000_000;

fn sql(form: &str, dimensions: Option<usize>, rows: &[IndexRow]) -> Result<String, Failure> {
    let mut config = SqlConfig::new(if form.starts_with("sqlite") { Dialect::Sqlite } else { Dialect::PostgreSql });
    config.dimensions = dimensions;
    if form.ends_with("-add") {
        config.hits = HitsOnConflict::Add;
    }
    let sql = Sql::build(&config)?;
    let mut out = sql.schema();
    out.push_str("BEGIN;\n");
    rows.iter().try_for_each(|row| sql.write_upsert(row, &mut out))?;
    out.push_str("COMMIT;\n");
    Ok(out)
}

fn csv(defuse: bool, rows: &[IndexRow]) -> Result<String, Failure> {
    let (csv, mut out) = (Csv { defuse }, String::new());
    csv.write_header(&mut out);
    rows.iter().try_for_each(|row| csv.write_row(row, &mut out))?;
    Ok(out)
}

fn json(rows: &[IndexRow]) -> Result<String, Failure> {
    let mut out = String::new();
    rows.iter().try_for_each(|row| write_json_line(row, &mut out))?;
    Ok(out)
}

#[cfg(feature = "arrow")]
fn arrow(rows: &[IndexRow]) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    drainrs::index::write_arrow(rows, drainrs::index::ArrowLayout::File, &mut out)?;
    Ok(out)
}

#[cfg(not(feature = "arrow"))]
fn arrow(_: &[IndexRow]) -> Result<Vec<u8>, Failure> {
    Err("Arrow is not compiled in: add --features arrow".into())
}

fn run() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let form = words.next().unwrap_or_default();
    let dimensions = words.next().map(|word| word.parse()).transpose()?;
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let rows = read_json_lines(&text, MAX_ROWS)?;
    let out = match form.as_str() {
        "postgresql" | "postgresql-add" | "sqlite" | "sqlite-add" => sql(&form, dimensions, &rows)?.into_bytes(),
        "csv" => csv(false, &rows)?.into_bytes(),
        "csv-defused" => csv(true, &rows)?.into_bytes(),
        "json" => json(&rows)?.into_bytes(),
        "arrow" => arrow(&rows)?,
        other => return Err(format!("{other:?} is no form: write postgresql, sqlite, csv, json or arrow").into()),
    };
    std::io::stdout().write_all(&out)?;
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
