//! URLs and e-mail addresses, found from the inside: from `://` and from `@`.

use super::{DIGIT, LETTER, byte, has, is_word};

/// The URL whose scheme ends with the colon at `colon`, with its start and end. Any scheme will do: a list of schemes cuts
/// the others in the middle. The start is not before `floor`.
pub(crate) fn url(text: &[u8], colon: usize, floor: usize) -> Option<(usize, usize)> {
    let start = scheme_start(text, colon, floor)?;
    let after = colon + 3;
    let end = rest_end(text, after, after);
    (end > after).then_some((start, end))
}

/// The end of the bytes of a URL from `at` on, without the punctuation that belongs to the sentence; not before `floor`.
pub(super) fn rest_end(text: &[u8], at: usize, floor: usize) -> usize {
    let mut end = at;
    while is_url_byte(byte(text, end)) {
        end += 1;
    }
    while end > floor && matches!(byte(text, end - 1), b'.' | b',' | b';' | b':' | b')' | b']' | b'!' | b'?') {
        end -= 1;
    }
    end
}

fn scheme_start(text: &[u8], colon: usize, floor: usize) -> Option<usize> {
    const LONGEST: usize = 21;
    let mut start = colon;
    while start > floor && colon - start < LONGEST {
        let before = byte(text, start - 1);
        let scheme = before.is_ascii_alphanumeric() || matches!(before, b'+' | b'.');
        if !scheme {
            break;
        }
        start -= 1;
    }
    while start < colon && !byte(text, start).is_ascii_alphabetic() {
        start += 1;
    }
    (colon - start >= 2).then_some(start)
}

fn is_url_byte(b: u8) -> bool {
    b > b' ' && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`' | b'{' | b'}' | b'|' | b'\\' | b'^')
}

/// The e-mail address around the `@` at `at`, with its start and end: a domain with a dot and a last label of letters, so
/// that `Foo@2bd79ce` and `user@host` are none. The start is not before `floor`.
pub(crate) fn email(text: &[u8], at: usize, floor: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 64;
    let local = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-');
    let mut start = at;
    while start > floor && local(byte(text, start - 1)) {
        if at - start == LONGEST {
            return None;
        }
        start -= 1;
    }
    if start == at || (start > floor && has(byte(text, start - 1), LETTER | DIGIT)) {
        return None;
    }
    let end = domain_end(text, at + 1)?;
    Some((start, end))
}

/// The end of the labels from `at` on, if the last one can be a top-level domain.
fn domain_end(text: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 253;
    let label = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let mut end = at;
    let mut last = at;
    loop {
        let start = end;
        while label(byte(text, end)) && end - at <= LONGEST {
            end += 1;
        }
        if end == start || end - at > LONGEST {
            return None;
        }
        last = if start > at { start } else { last };
        if byte(text, end) == b'.' && label(byte(text, end + 1)) {
            end += 1;
        } else {
            break;
        }
    }
    let top = text.get(last..end)?;
    let plausible = last > at && (2..=24).contains(&top.len()) && top.iter().all(u8::is_ascii_alphabetic);
    (plausible && !is_word(byte(text, end))).then_some(end)
}
