//! Writing: whether there is a terminal, JSON strings, CSV fields, Python's spelling of lists.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use crate::Timestamp;

/// Whether standard output is a terminal whose user wants colours.
#[allow(clippy::disallowed_methods, reason = "the program is a host: it reads its environment")]
pub(crate) fn coloured() -> bool {
    let refused = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    io::stdout().is_terminal() && !refused("NO_COLOR") && !dumb
}

/// The width of a page when the terminal does not tell.
const USUAL_WIDTH: usize = 120;

/// Wider than any line.
pub(crate) const UNCUT: usize = usize::MAX / 2;

/// The width of the terminal in columns; without one, lines are not cut.
pub(crate) fn width() -> usize {
    if !io::stdout().is_terminal() {
        return UNCUT;
    }
    terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0))
}

/// `2024-02-29 11:00:01`
pub(crate) fn moment(at: Timestamp) -> String {
    let c = at.to_civil();
    format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

/// Writes text as a JSON string; what is not UTF-8 is replaced.
pub(crate) fn json_text(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    match std::str::from_utf8(text) {
        Ok(text) => serde_json::to_writer(out, text)?,
        Err(_) => serde_json::to_writer(out, &String::from_utf8_lossy(text))?,
    }
    Ok(())
}

/// Writes a field of a CSV file, in quotes where it needs them; what is not UTF-8 is replaced.
pub(crate) fn csv_text(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    if std::str::from_utf8(text).is_err() {
        return csv_text(out, String::from_utf8_lossy(text).as_bytes());
    }
    if !text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        return out.write_all(text);
    }
    out.write_all(b"\"")?;
    for (nth, piece) in text.split(|&byte| byte == b'"').enumerate() {
        if nth > 0 {
            out.write_all(b"\"\"")?;
        }
        out.write_all(piece)?;
    }
    out.write_all(b"\"")
}

/// Appends a string as Python's `repr` spells it.
pub(crate) fn python_text(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            // Writing to a string cannot fail.
            c if c.is_ascii_control() => drop(write!(out, "\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_would_be_misread() {
        let field = |text: &[u8]| {
            let mut out = Vec::new();
            csv_text(&mut out, text).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(field(b"plain text"), "plain text");
        assert_eq!(field(b"a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(field(b"two\nlines"), "\"two\nlines\"");
        assert_eq!(field(b"\xFF"), "\u{FFFD}");
    }

    #[test]
    fn lists_are_spelled_as_python_spells_them() {
        let repr = |text: &str| {
            let mut out = String::new();
            python_text(text, &mut out);
            out
        };
        assert_eq!(repr("a"), "'a'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("'\"\\\u{1}"), "'\\'\"\\\\\\x01'");
    }
}
