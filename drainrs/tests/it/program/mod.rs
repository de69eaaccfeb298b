//! The program, run as users run it: arguments, files and pipes in; output, exit code and files out.
#![allow(
    clippy::disallowed_methods,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "tests feed pipes from threads, keep deadlines, and write logs as is easiest to read"
)]

mod ask;
mod fit;
mod hosted;
mod input;
mod mine;
mod report;
mod signals;
#[cfg(unix)]
mod watch;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program, away from a terminal's habits.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drainrs"));
    command.stdin(Stdio::null());
    command
}

/// Runs the program to its end.
fn run<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    program().args(arguments).output().unwrap()
}

/// The same with something on standard input.
fn run_on(input: &[u8], arguments: &[&str]) -> Output {
    let mut child =
        program().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output
}

/// What was printed, of a run that succeeded and said nothing else.
fn printed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The single line of complaint of a run that failed.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("drainrs: "), "{text}");
    assert_eq!(output.stdout, b"");
    text
}

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file in a folder, as an argument.
fn file(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// One JSON document per line.
fn documents(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn help_and_version_are_no_failure() {
    let help = printed(&run(["--help"]));
    for command in ["report", "fit", "mine", "watch"] {
        assert!(help.contains(command), "{help}");
        assert!(printed(&run([command, "--help"])).contains("--config"));
    }
    assert!(!help.contains('\u{1b}'), "no bold type in a pipe");
    assert!(printed(&run(["--version"])).starts_with("drainrs "));
}

#[test]
fn what_is_wrong_is_one_line_and_code_2() {
    let folder = folder("wrong");
    let log = file(&folder, "a.log", b"one line\n");
    let ini = file(&folder, "drain3.ini", b"[DRAIN]\nsim_th = much\n");
    let toml = file(&folder, "c.toml", b"[mine]\n\ndepht = 4\n");
    let json = file(&folder, "c.json", b"{ \"mine\": { \"depth\": \"deep\" } }");
    let missing = folder.join("missing.log").to_str().unwrap().to_owned();
    let directory = folder.to_str().unwrap().to_owned();
    for (arguments, words) in [
        (vec!["mine", "--colour", &log], vec!["--colour"]),
        (vec!["mine", "--output", "xml", &log], vec!["xml", "jsonl, csv, logparser"]),
        (vec!["report", "--level", "loud", &log], vec!["loud", "debug"]),
        (vec!["mine", "--mask", "ID", &log], vec!["NAME=PATTERN"]),
        (vec!["mine", "--mask", "ID=[", &log], vec!["normalize.masks[0].pattern"]),
        (vec!["mine", "--depth", "1", "--similarity", "3", &log], vec!["mine.depth", "mine.similarity_threshold"]),
        (vec!["mine", "--match", &log], vec!["--drain3"]),
        (vec!["mine", "--format", "klingon", &log], vec!["klingon", "known are"]),
        (vec!["mine", "--config", &ini, &log], vec!["drain3.ini", "DRAIN.sim_th", "much"]),
        (vec!["mine", "--config", &toml, &log], vec!["c.toml", "line 3", "depht"]),
        (vec!["mine", "--config", &json, &log], vec!["c.json", "deep"]),
        (vec!["mine", "--config", &missing, &log], vec!["missing.log"]),
        (vec!["mine", &missing], vec!["missing.log", "No such file"]),
        (vec!["report", &directory], vec!["directory"]),
        (vec!["watch", &directory], vec!["directory"]),
        (vec!["watch", &log, "--snapshot", "/no/such/folder/s"], vec!["no such folder"]),
        (vec!["shout"], vec!["shout"]),
        (vec![], vec!["report, fit, mine, watch, baseline, diff, calibrate, digest, ask, redact or index"]),
    ] {
        let text = complaint(&run(&arguments));
        for word in words {
            assert!(text.contains(word), "{arguments:?}: {text}");
        }
    }
}
