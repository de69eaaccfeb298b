//! JSON lines: one row, one line.

use super::row::IndexRow;
use crate::error::{Error, ErrorKind, Problems};

/// The most problems that one reading lists; what follows is not read.
const MAX_PROBLEMS: usize = 100;

/// Appends a row as one line of JSON, its line feed included.
///
/// ```
/// use drainrs::ContentId;
/// use drainrs::index::{IndexRow, read_json_lines, write_json_line};
///
/// let row = IndexRow::new("cart", ContentId(1), "two\nlines");
/// let mut out = String::new();
/// write_json_line(&row, &mut out)?;
/// assert_eq!(out.lines().count(), 1);
/// assert_eq!(read_json_lines(&out, 10)?, [row]);
/// # Ok::<(), drainrs::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`IndexRow::check`]; nothing is appended then.
pub fn write_json_line(row: &IndexRow, out: &mut String) -> Result<(), Error> {
    row.check()?;
    // Plain data with text keys: it cannot fail once the vector is finite.
    let line = serde_json::to_string(row).map_err(|cause| Error::new(ErrorKind::Config, "row", cause.to_string()))?;
    out.push_str(&line);
    out.push('\n');
    Ok(())
}

/// Reads what [`write_json_line`] wrote; empty lines are skipped.
///
/// # Errors
///
/// All lines that are not rows, by their numbers from 1, up to a hundred of them ([`ErrorKind::Config`]); more than `max_rows`
/// rows ([`ErrorKind::Limit`]).
pub fn read_json_lines(text: &str, max_rows: usize) -> Result<Vec<IndexRow>, Error> {
    let mut rows = Vec::new();
    let mut problems = Problems::default();
    let mut bad = 0;
    for (at, line) in text.split('\n').enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if rows.len() >= max_rows {
            problems.add(ErrorKind::Limit, format!("line {}", at + 1), format!("there are more rows than {max_rows}"));
            break;
        }
        let read = serde_json::from_str::<IndexRow>(line)
            .map_err(|cause| Error::new(ErrorKind::Config, "", describe(&cause)))
            .and_then(|row| row.check().map(|()| row));
        match read {
            Ok(row) => rows.push(row),
            Err(error) => {
                let line = format!("line {}", at + 1);
                for problem in error.problems() {
                    let path = if problem.path.is_empty() { line.clone() } else { format!("{line}.{}", problem.path) };
                    problems.add(problem.kind, path, problem.message.clone());
                }
                bad += 1;
                if bad >= MAX_PROBLEMS {
                    break;
                }
            }
        }
    }
    problems.finish()?;
    Ok(rows)
}

/// The words of the parser, without its line: it is always the first of the text that it was given.
fn describe(cause: &serde_json::Error) -> String {
    let words = cause.to_string();
    let end = words.rfind(" at line ").unwrap_or(words.len());
    format!("{} at column {}", words.get(..end).unwrap_or_default(), cause.column())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ContentId;

    #[test]
    fn every_line_that_is_no_row_is_named() {
        let text = "{\"service\":\"a\",\"id\":\"1\",\"template\":\"t\"}\n\n{\"service\":1}\n{\"service\":\"a\",\"id\":\"1\",\
                    \"template\":\"t\",\"vector\":[]}\n{\"service\":\"a\",\"id\":\"1\",\"template\":\"t\",\"colour\":1}";
        let error = read_json_lines(text, 10).unwrap_err();
        let words = error.to_string();
        assert_eq!(error.problems().len(), 3, "{words}");
        assert!(words.contains("line 3: invalid type: integer `1`, expected a string at column 12"), "{words}");
        assert!(words.contains("line 4.vector: is empty; leave it out where there is none"), "{words}");
        assert!(words.contains("line 5: unknown field `colour`"), "{words}");
        let error = read_json_lines(&"x\n".repeat(1000), 10).unwrap_err();
        assert_eq!(error.problems().len(), MAX_PROBLEMS);
    }

    #[test]
    fn more_rows_than_allowed_are_refused() {
        let mut text = String::new();
        (0..3).for_each(|id| write_json_line(&IndexRow::new("s", ContentId(id), "t"), &mut text).unwrap());
        assert_eq!(read_json_lines(&text, 3).unwrap().len(), 3);
        let error = read_json_lines(&text, 2).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Limit, "line 3: there are more rows than 2")
        );
    }
}
