//! `drainrs index`: a row per template, for a store.

use std::io::{self, BufWriter, Write};

use super::ask::{self, Reading};
use super::failure::Failure;
use super::options::{IndexForm, IndexOptions};
use crate::index::{Csv, Dialect, IndexRow, Sql, SqlConfig, write_json_line};

pub(crate) fn run(options: &IndexOptions) -> Result<(), Failure> {
    let Reading { pipeline, asker } = ask::read(&options.files, &options.reading)?;
    let rows = asker.index_rows(&pipeline, !options.raw, options.vectors);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut text = String::new();
    match options.output {
        IndexForm::Jsonl => write_rows(&rows, &mut text, &mut out, write_json_line)?,
        IndexForm::Csv => {
            let csv = Csv::default();
            csv.write_header(&mut text);
            write_rows(&rows, &mut text, &mut out, |row, text| csv.write_row(row, text))?;
        }
        IndexForm::Postgres => write_sql(&rows, Dialect::PostgreSql, options, &mut text, &mut out)?,
        IndexForm::Sqlite => write_sql(&rows, Dialect::Sqlite, options, &mut text, &mut out)?,
        #[cfg(feature = "arrow")]
        IndexForm::Arrow => {
            let mut file = Vec::new();
            crate::index::write_arrow(&rows, crate::index::ArrowLayout::File, &mut file)?;
            out.write_all(&file)?;
        }
    }
    Ok(out.flush()?)
}

fn write_sql(
    rows: &[IndexRow],
    dialect: Dialect,
    options: &IndexOptions,
    text: &mut String,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut config = SqlConfig::new(dialect);
    config.table.clone_from(&options.table);
    config.dimensions = rows.first().and_then(|row| row.vector.as_ref()).map(Vec::len);
    let sql = Sql::build(&config)?;
    text.push_str(&sql.schema());
    // All or nothing, and faster by far.
    text.push_str("BEGIN;\n");
    write_rows(rows, text, out, |row, text| sql.write_upsert(row, text))?;
    Ok(out.write_all(b"COMMIT;\n")?)
}

/// Writes what the text holds already, then row by row.
fn write_rows(
    rows: &[IndexRow],
    text: &mut String,
    out: &mut impl Write,
    write: impl Fn(&IndexRow, &mut String) -> Result<(), crate::Error>,
) -> Result<(), Failure> {
    out.write_all(text.as_bytes())?;
    for row in rows {
        text.clear();
        write(row, text)?;
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}
