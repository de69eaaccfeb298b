//! `drainrs redact`: a log without what is nobody's business.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use drainrs::redact::{Redaction, Redactor};

use super::ask;
use super::failure::Failure;
use super::input::Input;
use super::options::RedactOptions;

pub(crate) fn run(options: &RedactOptions) -> Result<(), Failure> {
    let redactor = Redactor::build(&ask::config(options.ask_config.as_deref())?.redact)?;
    let mut redaction = Redaction::default();
    let input = Input::named(options.file.as_deref().unwrap_or(Path::new("-")));
    let mut lines = input.open(true)?;
    let mut out = BufWriter::new(io::stdout().lock());
    while let Some(line) = lines.next_line()? {
        out.write_all(redaction.redact(&redactor, line).as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    if options.summary {
        let counts: Vec<String> = redaction.counts().iter().map(|(rule, count)| format!("{count} {rule}")).collect();
        let told = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
        // Who asked for it sees it on a terminal, beside the log in a file.
        let _ = writeln!(io::stderr().lock(), "redacted: {told}");
    }
    Ok(())
}
