//! Inputs of every kind: packed, piped, with odd line ends, odd bytes, or nothing in them.

use std::io::{Read, Write};
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::{documents, file, folder, printed, program, run, run_on};

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

pub(super) fn log(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|n| format!("worker {n} took job {} of queue q{}\n", n * 7, n % 3).into_bytes()).collect()
}

#[test]
fn packed_input_gives_the_same_as_plain() {
    let folder = folder("packed");
    let plain = log(20_000);
    let (head, tail) = plain.split_at(plain.len() / 3);
    let skippable = [&[0x5A, 0x2A, 0x4D, 0x18, 5, 0, 0, 0][..], b"other"].concat();
    let expected = printed(&run(["mine", &file(&folder, "plain.log", &plain)]));
    assert_eq!(expected.lines().count(), 20_000);
    for (name, bytes) in [
        ("a.log.gz", gzip(&plain)),
        // The ending of a name does not matter, the first bytes do.
        ("members", [gzip(head), gzip(tail)].concat()),
        ("a.log.zst", zstd(&plain)),
        ("frames.gz", [skippable.clone(), zstd(head), skippable, zstd(tail)].concat()),
    ] {
        assert!(printed(&run(["mine", &file(&folder, name, &bytes)])) == expected, "{name}");
        assert!(printed(&run_on(&bytes, &["mine", "-"])) == expected, "{name} piped");
    }
    assert!(printed(&run_on(&plain, &["mine"])) == expected, "no file is standard input");
}

#[test]
fn a_packed_file_that_is_cut_short_is_told() {
    let folder = folder("cut");
    let packed = gzip(&log(5000));
    let output = run(["report", &file(&folder, "cut.gz", &packed[..packed.len() / 2])]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cut.gz"));
}

#[test]
fn line_ends_do_not_matter() {
    let folder = folder("ends");
    let unix = printed(&run(["mine", &file(&folder, "unix", b"job 1 done\njob 2 done\n")]));
    for (name, bytes) in [("dos", &b"job 1 done\r\njob 2 done\r\n"[..]), ("open", b"job 1 done\njob 2 done")] {
        assert_eq!(printed(&run(["mine", &file(&folder, name, bytes)])), unix, "{name}");
    }
}

#[test]
fn any_bytes_are_lines() {
    let folder = folder("bytes");
    let odd = file(&folder, "odd.log", b"caf\xE9 opened\nnul \0 inside\n\xFF\xFE\n\ntail");
    for output in ["jsonl", "csv"] {
        let text = printed(&run(["mine", "--format", "raw", "--output", output, &odd]));
        assert_eq!(text.lines().count(), 5 + usize::from(output == "csv"), "{text}");
    }
    let rows = documents(&printed(&run(["mine", "--format", "raw", &odd])));
    assert_eq!(rows[0]["template"], "caf\u{FFFD} opened");
    assert!(printed(&run(["report", &odd])).contains("5 lines"));
}

#[test]
fn a_line_of_ten_megabytes_is_a_line() {
    let folder = folder("long");
    let mut bytes = b"begin ".to_vec();
    bytes.extend(std::iter::repeat_n(&b"word 1234 "[..], 1_000_000).flatten());
    bytes.extend(b"\nshort line\n");
    let path = file(&folder, "long.log", &bytes);
    assert_eq!(printed(&run(["mine", "--format", "raw", "--drain3", &path])).lines().count(), 2);
    let rows = documents(&printed(&run(["mine", &path])));
    assert_eq!(rows.last().unwrap()["template"], "short line");
    assert!(printed(&run(["report", &path])).contains("2 lines"));
}

#[test]
fn nothing_is_an_input_too() {
    let folder = folder("nothing");
    let empty = file(&folder, "empty.log", b"");
    let blank = file(&folder, "blank.log", b"\n\n  \n\t\n");
    for path in [&empty, &blank] {
        let report = printed(&run(["report", path]));
        assert!(!report.contains("NaN") && !report.contains("inf"), "{report}");
        let document: serde_json::Value = serde_json::from_str(&printed(&run(["report", "--json", path]))).unwrap();
        assert_eq!(document["version"], 1);
        run(["mine", path, "--output", "logparser", "--out-dir", folder.to_str().unwrap()]);
    }
    assert_eq!(printed(&run(["mine", &empty])), "");
    assert!(printed(&run(["report", &empty])).contains("no lines"));
    assert_eq!(printed(&run(["mine", "--drain3", &blank])).lines().count(), 4, "Drain3 mines blank lines");
}

#[test]
fn a_reader_that_has_enough_ends_the_program_quietly() {
    let folder = folder("enough");
    let path = file(&folder, "big.log", &log(200_000));
    for arguments in [vec!["mine", &path], vec!["mine", "--output", "csv", &path], vec!["mine", "--drain3", &path]] {
        let mut child = program().args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}
