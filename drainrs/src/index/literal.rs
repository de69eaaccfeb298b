//! Texts and bytes as SQL literals.
//!
//! A template is written by whoever can make a service log: this is where an injection would happen, so a literal is ASCII
//! control characters apart exactly what came in, and each is on one line. What each dialect does:
//!
//! - PostgreSQL: `'...'` with quotes doubled where there is neither a backslash nor a control character, else `E'...'` with
//!   those escaped. Both read the same whatever `standard_conforming_strings` and `backslash_quote` say, as those of libpq's
//!   `PQescapeLiteral` do. Dollar signs, `--` and `/*` mean nothing inside. NUL, which PostgreSQL cannot store in a text,
//!   becomes U+FFFD.
//! - SQLite: `'...'` with quotes doubled; with a control character the bytes in hexadecimal, `CAST(X'...' AS TEXT)`, because
//!   its parser ends at NUL. It reads the bytes in the encoding of the database, which has to be UTF-8, the default.

use std::fmt::Write as _;

use super::sql::Dialect;

/// Appends a text literal.
pub(super) fn text(dialect: Dialect, text: &str, out: &mut String) {
    let control = text.bytes().any(|byte| byte.is_ascii_control());
    match dialect {
        Dialect::PostgreSql if control || text.contains('\\') => escaped(text, out),
        Dialect::Sqlite if control => {
            out.push_str("CAST(");
            bytes(text.bytes(), out);
            out.push_str(" AS TEXT)");
        }
        Dialect::PostgreSql | Dialect::Sqlite => {
            out.push('\'');
            out.push_str(&text.replace('\'', "''"));
            out.push('\'');
        }
    }
}

/// Appends `E'...'`.
fn escaped(text: &str, out: &mut String) {
    out.push_str("E'");
    for character in text.chars() {
        match character {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push('\u{fffd}'),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Two digits, always: a third would be read as the next character.
            control if control.is_ascii_control() => _ = write!(out, "\\x{:02x}", control as u32),
            other => out.push(other),
        }
    }
    out.push('\'');
}

/// Appends `X'...'`, SQLite's literal for bytes.
pub(super) fn bytes(bytes: impl IntoIterator<Item = u8>, out: &mut String) {
    out.push_str("X'");
    bytes.into_iter().for_each(|byte| _ = write!(out, "{byte:02x}"));
    out.push('\'');
}
