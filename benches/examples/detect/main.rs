//! How well the scorers detect, on labelled data: precision, recall, F1 and false alarms a day, per file and scorer, beside
//! the bar that the project holds itself to.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example detect -- FOLDER [--loghub LOGHUB] [--simulate]
//! ```
//!
//! Takes whatever of these the folder holds:
//!
//! | file | what it is | module |
//! |---|---|---|
//! | `freq_*.tsv.gz` with `..._events.json` | counts of templates per window, with planted anomalies | `frequency` |
//! | `*_sessions.tsv.gz` | sessions of event ids with split and label | `sessions` |
//! | `hdfs_events.tsv.zst` with `hdfs_labels.csv` | raw log lines with session keys | `lines` |
//!
//! Besides: simulated parameters for the content scorer (no file), and BGL's alert labels where `--loghub` names a folder
//! that holds them; with `--simulate` counts of two generators, see `synthetic`. All scorers run with their default settings.
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, unreachable_pub, reason = "a program")]
#![allow(clippy::cast_sign_loss, clippy::cast_possible_wrap, reason = "counts of a table")]

mod content;
mod distance;
mod frequency;
mod lines;
mod sessions;
mod synthetic;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::Table;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let mut folder = None;
    let mut loghub = None;
    let mut simulate = false;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--loghub" {
            loghub = arguments.next().map(PathBuf::from);
        } else if argument == "--simulate" {
            simulate = true;
        } else {
            folder = Some(PathBuf::from(argument));
        }
    }
    let Some(folder) = folder else {
        eprintln!("say where the labelled data is: make detect DATA=path");
        return ExitCode::from(2);
    };
    match run(&folder, loghub.as_deref(), simulate) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("detect: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(folder: &Path, loghub: Option<&Path>, simulate: bool) -> Result<(), Failure> {
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failure>>()?;
    names.sort();
    let mut table = Table::new();
    let mut found = false;
    for path in &names {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("freq_") && name.ends_with(".tsv.gz") {
            found = true;
            frequency::run(path, &mut table)?;
        } else if name.ends_with("_sessions.tsv.gz") {
            found = true;
            sessions::run(path, &mut table)?;
        } else if name == "hdfs_events.tsv.zst" {
            found = true;
            lines::run(path, &folder.join("hdfs_labels.csv"), &mut table)?;
        }
    }
    if !found {
        eprintln!("nothing in {} is a file that this program knows; see its head for the names", folder.display());
    }
    if simulate {
        synthetic::run(&mut table)?;
    }
    content::run(&mut table);
    match loghub {
        Some(loghub) => distance::run(loghub, &mut table)?,
        None => println!("BGL is not scored: say where the labelled sets are with --loghub\n"),
    }
    table.finish();
    Ok(())
}
