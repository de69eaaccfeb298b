//! `watch`: births, rotation, truncation, and what is kept across restarts. Waits for what it expects, with a deadline.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use drainrs::{Miner, MinerConfig, OnOtherSettings, Pipeline, PipelineConfig};
use serde_json::Value;

use super::{complaint, file, folder, program, run};

/// Far more than a healthy machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A watch that runs.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    /// With events that wait for continuations only a moment.
    fn start(folder: &Path, arguments: &[&str]) -> Watch {
        let config = file(folder, "watch.toml", b"[join]\nflush_after_ns = 20000000\n");
        let mut child = program()
            .args(["watch", "--config", &config])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
        });
        Watch { child, lines }
    }

    fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a birth is told")
    }

    fn next_document(&self) -> Value {
        serde_json::from_str(&self.next()).unwrap()
    }

    /// Ends it as an operator would; gives what it told meanwhile.
    fn end(mut self) -> Vec<String> {
        let killed = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0));
        self.lines.iter().collect()
    }
}

fn append(path: &str, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn births_are_told_through_rotation_and_truncation() {
    let folder = folder("births");
    let log = folder.join("app.log").to_str().unwrap().to_owned();
    let watch = Watch::start(&folder, &[&log]);
    // The file is not there yet.
    append(&log, "2026-03-12 10:00:01 INFO link eth0 is up\n2026-03-12 10:00:02 INFO link eth1 is up\n");
    append(&log, "2026-03-12 10:00:03 ERROR disk sda failed with code 7\n");
    assert!(watch.next().starts_with("2026-03-12 10:00:01  info      "));
    assert_eq!(watch.next(), "2026-03-12 10:00:03  error     disk sda failed with code <NUM>");

    fs::rename(&log, folder.join("app.log.1")).unwrap();
    append(&log, "2026-03-12 10:01:00 WARN the queue of mail is long: 17 wait\n");
    assert_eq!(watch.next(), "2026-03-12 10:01:00  warn      the queue of mail is long: <NUM> wait");

    OpenOptions::new().write(true).open(&log).unwrap().set_len(0).unwrap();
    append(&log, "2026-03-12 10:02:00 INFO cut anew\n");
    assert_eq!(watch.next(), "2026-03-12 10:02:00  info      cut anew");
    assert_eq!(watch.end(), Vec::<String>::new());
}

#[test]
fn a_line_is_not_read_before_it_ends() {
    let folder = folder("half");
    let log = file(&folder, "app.log", b"first things first\n");
    let watch = Watch::start(&folder, &[&log, "--json"]);
    assert_eq!(watch.next_document()["template"], "first things first");
    append(&log, "half a li");
    append(&log, "ne is none\n");
    let birth = watch.next_document();
    assert_eq!(birth["template"], "half a line is none");
    assert_eq!((&birth["line"], &birth["template_id"], &birth["service"]), (&2.into(), &2.into(), &Value::Null));
    watch.end();
}

#[test]
fn what_the_file_holds_can_be_learned_in_silence() {
    let folder = folder("learn");
    let log = file(&folder, "app.log", b"door 5 opens\ndoor 6 opens\n");
    let snapshot = folder.join("state").to_str().unwrap().to_owned();
    let watch = Watch::start(&folder, &[&log, "--learn", "--snapshot", &snapshot, "--snapshot-every", "1"]);
    // The state on disk tells that the file was read.
    let begun = std::time::Instant::now();
    while !Path::new(&snapshot).exists() {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    append(&log, "door 7 opens\nwindow 1 breaks with a bang\n");
    assert!(watch.next().ends_with("window <NUM> breaks with a bang"));
    watch.end();
}

#[test]
fn a_restart_goes_on_where_it_stopped() {
    let folder = folder("restart");
    let log = file(&folder, "app.log", b"door 5 opens\nlamp 4 burns bright\n");
    let snapshot = folder.join("state").to_str().unwrap().to_owned();
    let arguments = [log.as_str(), "--json", "--snapshot", &snapshot];
    let watch = Watch::start(&folder, &arguments);
    assert_eq!(watch.next_document()["template_id"], 1);
    assert_eq!(watch.next_document()["template_id"], 2);
    watch.end();

    append(&log, "door 6 opens\ncat sleeps on the warm stove\n");
    let watch = Watch::start(&folder, &arguments);
    let birth = watch.next_document();
    assert_eq!(birth["template"], "cat sleeps on the warm stove", "what was known is not told again");
    assert_eq!(birth["template_id"], 3);
    assert_eq!(watch.end(), Vec::<String>::new());

    let miner =
        Miner::restore(&fs::read(&snapshot).unwrap(), &MinerConfig::default(), OnOtherSettings::Refuse).unwrap();
    let counts: Vec<u64> = miner.templates().map(|template| template.count).collect();
    assert_eq!(counts, [2, 1, 1], "no line is counted twice");

    // Another file under the same name is read from its beginning.
    fs::write(&log, "a wholly new log begins with this line\n").unwrap();
    let watch = Watch::start(&folder, &arguments);
    assert_eq!(watch.next_document()["template_id"], 4);
    watch.end();
}

/// Killed again and again while it writes its state, with a log that grows meanwhile: each state on the disk is whole, and in
/// the end every line was counted once. `DRAINRS_EXPLORE=n` kills n times as often.
#[test]
#[cfg(unix)]
fn killed_while_it_writes_it_loses_nothing_and_counts_nothing_twice() {
    let folder = folder("killed");
    let log = file(&folder, "app.log", b"");
    let snapshot = folder.join("state").to_str().unwrap().to_owned();
    let arguments = [log.as_str(), "--no-detect", "--snapshot", &snapshot, "--snapshot-every", "0"];
    let restored = || {
        let bytes = fs::read(&snapshot).ok()?;
        Some(Pipeline::restore(&bytes, &PipelineConfig::default(), OnOtherSettings::Adopt).expect("a whole state"))
    };
    let kills = 12 * crate::cases::explored();
    let (mut written, mut states) = (0_u64, 0);
    for kill in 0..kills {
        let mut watch = Watch::start(&folder, &arguments);
        // From before the first state to after the hundredth.
        let until = std::time::Instant::now() + Duration::from_millis(kill * 37 % 90);
        loop {
            append(&log, &format!("2026-03-12 10:00:00 ERROR disk {written} failed\n\tat slot {kill}\n"));
            written += 2;
            if std::time::Instant::now() >= until {
                break;
            }
        }
        watch.child.kill().unwrap();
        watch.child.wait().unwrap();
        if let Some(pipeline) = restored() {
            assert!(pipeline.counters().lines <= written);
            states += 1;
        }
    }
    assert!(states > kills / 4, "only {states} of {kills} kills found a state");
    let watch = Watch::start(&folder, &arguments);
    append(&log, "2026-03-12 10:00:00 INFO the end of it all has come\n");
    while !watch.next().ends_with("the end of it all has come") {}
    watch.end();
    let pipeline = restored().unwrap();
    assert_eq!(pipeline.counters().lines, written + 1);
    let counts: Vec<u64> = pipeline.miner().templates().map(|template| template.count).collect();
    assert_eq!(counts, [written / 2, 1], "no event is lost, torn or counted twice");
}

#[test]
fn what_killed_processes_left_is_removed_when_it_is_old() {
    let folder = folder("attempts");
    let log = file(&folder, "app.log", b"door 5 opens\n");
    let snapshot = folder.join("state").to_str().unwrap().to_owned();
    let ago = std::time::SystemTime::now() - Duration::from_secs(3600);
    for name in [".state.17.new", ".state.18.new", ".state.x.new", ".other.17.new"] {
        file(&folder, name, b"half");
        if name != ".state.18.new" {
            fs::File::options().write(true).open(folder.join(name)).unwrap().set_modified(ago).unwrap();
        }
    }
    let watch = Watch::start(&folder, &[&log, "--json", "--snapshot", &snapshot]);
    watch.next();
    watch.end();
    let left = |name: &str| folder.join(name).exists();
    assert!(!left(".state.17.new"));
    assert!(left(".state.18.new"), "a young one may be somebody's who writes");
    assert!(left(".state.x.new") && left(".other.17.new"), "others are nobody's business");
}

#[test]
fn a_position_of_the_first_programs_is_read() {
    let folder = folder("first");
    let log = file(&folder, "app.log", b"door 5 opens\ndoor 6 opens\n");
    let snapshot = folder.join("state").to_str().unwrap().to_owned();
    let arguments = [log.as_str(), "--json", "--snapshot", &snapshot];
    let watch = Watch::start(&folder, &arguments);
    watch.next();
    watch.end();
    let position = folder.join("state.position");
    let document: Value = serde_json::from_slice(&fs::read(&position).unwrap()).unwrap();
    let mut first = document["positions"][0].clone();
    first["version"] = 1.into();
    fs::write(&position, first.to_string()).unwrap();
    let watch = Watch::start(&folder, &arguments);
    append(&log, "lamp 4 burns bright\n");
    assert_eq!(watch.next_document()["line"], 3, "the lines before were not read again");
    watch.end();
}

#[test]
fn a_snapshot_that_does_not_fit_is_refused() {
    let folder = folder("refused");
    let log = file(&folder, "app.log", b"door 5 opens\n");
    let snapshot = folder.join("state").to_str().unwrap().to_owned();
    let watch = Watch::start(&folder, &[&log, "--json", "--snapshot", &snapshot]);
    watch.next();
    watch.end();
    let good = fs::read(&snapshot).unwrap();

    let other = run(["watch", &log, "--snapshot", &snapshot, "--depth", "7"]);
    let text = complaint(&other);
    assert!(text.contains("mine.depth") && text.contains("--adopt"), "{text}");
    let watch = Watch::start(&folder, &[&log, "--json", "--snapshot", &snapshot, "--depth", "7", "--adopt"]);
    append(&log, "lamp 4 burns bright\n");
    assert_eq!(watch.next_document()["template_id"], 2);
    watch.end();

    let mut damaged = good.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    for bytes in [&damaged[..], &good[..good.len() - 3], b"a shopping list", b""] {
        fs::write(&snapshot, bytes).unwrap();
        let text = complaint(&run(["watch", &log, "--snapshot", &snapshot]));
        assert!(text.contains("state: "), "{text}");
        assert_eq!(fs::read(&snapshot).unwrap(), bytes, "what is refused is not overwritten");
    }
}
