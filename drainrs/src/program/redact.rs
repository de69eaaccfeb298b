//! `drainrs redact`: a log without what is nobody's business.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::ask;
use super::failure::Failure;
use super::input::Input;
use super::options::RedactOptions;
use crate::redact::{Redaction, Redactor};

/// The most bytes that are held back of what began like a private key.
const MAX_KEY: usize = 64 << 10;

fn begins_key(line: &[u8]) -> bool {
    has(line, b"-----BEGIN ") && has(line, b"PRIVATE KEY-----") && !ends_key(line)
}

fn ends_key(line: &[u8]) -> bool {
    has(line, b"-----END ")
}

fn has(line: &[u8], text: &[u8]) -> bool {
    line.windows(text.len()).any(|part| part == text)
}

pub(crate) fn run(options: &RedactOptions) -> Result<(), Failure> {
    let redactor = Redactor::build(&ask::config(options.ask_config.as_deref())?.redact)?;
    let mut redaction = Redaction::default();
    let input = Input::named(options.file.as_deref().unwrap_or(Path::new("-")));
    let mut lines = input.open(true)?;
    let mut out = BufWriter::new(io::stdout().lock());
    // The lines of a private key are nothing by themselves: they are looked at together.
    let mut key: Vec<u8> = Vec::new();
    while let Some(line) = lines.next_line()? {
        if key.is_empty() && !begins_key(line) {
            out.write_all(redaction.redact(&redactor, line).as_bytes())?;
            out.write_all(b"\n")?;
            continue;
        }
        key.extend_from_slice(line);
        key.push(b'\n');
        if ends_key(line) || key.len() > MAX_KEY {
            out.write_all(redaction.redact(&redactor, &key).as_bytes())?;
            key.clear();
        }
    }
    out.write_all(redaction.redact(&redactor, &key).as_bytes())?;
    out.flush()?;
    if options.summary {
        let counts: Vec<String> = redaction.counts().iter().map(|(rule, count)| format!("{count} {rule}")).collect();
        let told = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
        // Who asked for it sees it on a terminal, beside the log in a file.
        let _ = writeln!(io::stderr().lock(), "redacted: {told}");
    }
    Ok(())
}
