//! Comma-separated values, as RFC 4180 describes them.

use std::fmt::Write as _;

use super::row::IndexRow;
use crate::error::Error;

/// The columns, in their order.
const COLUMNS: [&str; 11] = [
    "service",
    "id",
    "template",
    "template_id",
    "first_seen",
    "last_seen",
    "hits",
    "severity",
    "labels",
    "examples",
    "vector",
];

/// Rows as CSV: UTF-8, a header, lines that end with CR LF, cells with commas, quotes or line ends in double quotes.
///
/// Times are RFC 3339 in UTC; `labels`, `examples` and `vector` are JSON inside a cell.
///
/// # Spreadsheets
///
/// Excel, LibreOffice and others take a cell that begins with `=` `+` `-` `@`, or with a tab or a line end before one, for a
/// formula, and run it when the file is opened. Who can write a log line can write such a cell, and quotes do not help. With
/// `defuse` an apostrophe is put before it, which those programs take for "this is text". It is off by default because
/// the cell is not what it was: a program that reads the file would have to take the apostrophe off again.
///
/// ```
/// use drainrs::ContentId;
/// use drainrs::index::{Csv, IndexRow};
///
/// let row = IndexRow::new("web", ContentId(1), "=HYPERLINK(\"http://<HOST>\")");
/// let mut out = String::new();
/// Csv::default().write_row(&row, &mut out)?;
/// assert!(out.starts_with("web,0000000000000001,\"=HYPERLINK(\"\"http://<HOST>\"\")\",,"));
/// out.clear();
/// Csv { defuse: true }.write_row(&row, &mut out)?;
/// assert!(out.starts_with("web,0000000000000001,\"'=HYPERLINK("));
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Csv {
    /// Whether cells that a spreadsheet would run get an apostrophe in front. Default false.
    pub defuse: bool,
}

impl Csv {
    /// Appends the header.
    pub fn write_header(self, out: &mut String) {
        out.push_str(&COLUMNS.join(","));
        out.push_str("\r\n");
    }

    /// Appends a row.
    ///
    /// # Errors
    ///
    /// Those of [`IndexRow::check`]; nothing is appended then.
    pub fn write_row(self, row: &IndexRow, out: &mut String) -> Result<(), Error> {
        row.check()?;
        self.cell(&row.service, out);
        let _ = write!(out, ",{},", row.id); // writing to a text cannot fail
        self.cell(&row.template, out);
        out.push(',');
        if let Some(id) = row.template_id {
            let _ = write!(out, "{id}");
        }
        for time in [row.first_seen, row.last_seen] {
            out.push(',');
            if let Some(time) = time {
                let _ = write!(out, "{time}");
            }
        }
        let _ = write!(out, ",{},{},", row.hits, row.severity.name());
        self.cell(&json(&row.labels), out);
        out.push(',');
        self.cell(&json(&row.examples), out);
        out.push(',');
        if let Some(vector) = &row.vector {
            self.cell(&json(vector), out);
        }
        out.push_str("\r\n");
        Ok(())
    }

    fn cell(self, text: &str, out: &mut String) {
        let defused = self.defuse && runs(text);
        let quoted = text.contains([',', '"', '\r', '\n']) || text.trim() != text;
        if quoted {
            out.push('"');
        }
        if defused {
            out.push('\'');
        }
        if quoted {
            out.push_str(&text.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(text);
        }
    }
}

/// Whether a spreadsheet would take a cell for a formula. The wide signs are those of East Asian keyboards, which some
/// programs take for the plain ones.
fn runs(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    // Plain data that was checked: it cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(defuse: bool, text: &str) -> String {
        let mut out = String::new();
        Csv { defuse }.cell(text, &mut out);
        out
    }

    #[test]
    fn cells_are_quoted_where_they_must() {
        for (text, plain, defused) in [
            ("a b", "a b", "a b"),
            ("a,b", "\"a,b\"", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\"", "\"say \"\"x\"\"\""),
            ("a\r\nb", "\"a\r\nb\"", "\"a\r\nb\""),
            (" a", "\" a\"", "\" a\""),
            ("", "", ""),
            ("=1+1", "=1+1", "'=1+1"),
            ("@SUM(A1)", "@SUM(A1)", "'@SUM(A1)"),
            ("-2,3", "\"-2,3\"", "\"'-2,3\""),
            ("\t=1", "\"\t=1\"", "\"'\t=1\""),
            ("\u{ff1d}1", "\u{ff1d}1", "'\u{ff1d}1"),
        ] {
            assert_eq!(cell(false, text), plain, "{text:?}");
            assert_eq!(cell(true, text), defused, "{text:?}");
        }
    }

    #[test]
    fn the_header_has_a_name_for_each_cell() {
        let mut out = String::new();
        Csv::default().write_header(&mut out);
        Csv::default().write_row(&IndexRow::new("s", crate::id::ContentId(1), "t"), &mut out).unwrap();
        let counts: Vec<usize> = out.lines().map(|line| line.split(',').count()).collect();
        assert_eq!(counts, [COLUMNS.len(); 2], "{out}");
    }
}
