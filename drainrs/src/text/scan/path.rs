//! File system paths, found from their first slash.

use super::url::rest_end;
use super::{PATH, SPACE, UPPER, byte, end_of, has, is_word};

/// The path whose first slash is at `slash`, with its start and end. `floor` is where the text that may be looked at
/// begins. Relative paths (`a/b`) are no paths: too much is written so that is none.
pub(crate) fn path(text: &[u8], slash: usize, floor: usize) -> Option<(usize, usize)> {
    let before = |at: usize| if at > floor { byte(text, at - 1) } else { 0 };
    let mut start = slash;
    // `~/`, `./`, `../`
    match before(slash) {
        b'~' => start = slash - 1,
        b'.' => start = slash - 1 - usize::from(before(slash - 1) == b'.'),
        _ => {}
    }
    // Behind a placeholder of an earlier masking nothing begins: masking twice is masking once.
    let placeholder =
        before(start) == b'>' && start > floor + 1 && (has(before(start - 1), UPPER) || before(start - 1) == b'*');
    if !opens_path(before(start)) || placeholder {
        return None;
    }
    let first = byte(text, slash + 1);
    if !is_word(first) && !matches!(first, b'.' | b'_' | b'~' | b'$' | b'?') {
        return None;
    }
    let whole = end_of(text, slash + 1, PATH);
    let end = reference_end(text, slash + 1, whole).unwrap_or_else(|| trimmed(text, slash + 1, whole));
    // `</name>` closes an element.
    let element = before(start) == b'<' && !text.get(slash + 1..end).is_some_and(|rest| rest.contains(&b'/'));
    let drive = before(start) == b':' && start == slash && drive_letter(text, slash - 1, floor);
    (end > slash + 1 && !element).then_some((if drive { slash - 2 } else { start }, end))
}

/// The end of the query or fragment that goes on behind the path `start..end`: `?` before a byte of a query, `#` before a
/// word. What a question ends with is no query.
fn reference_end(text: &[u8], start: usize, end: usize) -> Option<usize> {
    let opens_query = |b: u8| is_word(b) || matches!(b, b'/' | b'&' | b'%' | b'=');
    if byte(text, end) == b'?' && opens_query(byte(text, end + 1)) {
        return Some(rest_end(text, end, end + 2));
    }
    // The sign itself may stand in a path.
    let sign = text.get(start..end)?.windows(2).position(|pair| pair[0] == b'#' && is_word(pair[1]))?;
    Some(rest_end(text, end, start + sign + 2))
}

/// What may stand before a path.
fn opens_path(b: u8) -> bool {
    has(b, SPACE) || matches!(b, b'"' | b'\'' | b'=' | b'(' | b'[' | b'{' | b'<' | b'>' | b',' | b'`' | b'|' | b':')
}

/// Whether the colon at `colon` follows a single letter.
fn drive_letter(text: &[u8], colon: usize, floor: usize) -> bool {
    let letter = colon > floor && byte(text, colon - 1).is_ascii_alphabetic();
    letter && (colon - 1 == floor || !is_word(byte(text, colon - 2)))
}

/// A sentence's full stop or a dash behind a path is not part of it.
fn trimmed(text: &[u8], start: usize, end: usize) -> usize {
    let mut end = end;
    while end > start && matches!(byte(text, end - 1), b'.' | b'-') {
        end -= 1;
    }
    end
}

/// The Windows path whose first backslash is at `at`, with its start and end: `C:\dir` or `\\host\share`.
pub(crate) fn windows_path(text: &[u8], at: usize, floor: usize) -> Option<(usize, usize)> {
    let before = if at > floor { byte(text, at - 1) } else { 0 };
    let (start, first) = if before == b':' && drive_letter(text, at - 1, floor) {
        (at - 2, at + 1)
    } else if byte(text, at + 1) == b'\\' && opens_path(before) && is_word(byte(text, at + 2)) {
        (at, at + 2)
    } else {
        return None;
    };
    let mut end = first;
    while has(byte(text, end), PATH) || byte(text, end) == b'\\' {
        end += 1;
    }
    let end = trimmed(text, first, end);
    (end > first).then_some((start, end))
}
