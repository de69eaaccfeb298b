//! Words that are values: `true` and `false`, `null` and its relatives, at the end of a piece.

use crate::flow::{Class, MaskSpan};
use crate::text::Span;
use crate::text::scan::{byte, is_word};

/// Bytes that may stand behind a constant at the end of a piece.
const CLOSERS: [bool; 256] = {
    let mut table = [false; 256];
    let closers = b")]}>,;:.|\"'";
    let mut at = 0;
    while at < closers.len() {
        table[closers[at] as usize] = true;
        at += 1;
    }
    table
};

/// The last three letters of the constants in lower case, as numbers, each at the low five bits of its last letter but one.
const ENDINGS: [u32; 32] = {
    let mut table = [0; 32];
    let endings = [b"rue", b"lse", b"ull", b"nil", b"one", b"ned"];
    let mut at = 0;
    while at < endings.len() {
        let [a, b, c] = *endings[at];
        table[b as usize & 31] = u32::from_le_bytes([a, b, c, 0]);
        at += 1;
    }
    table
};

/// The constant that the piece `start..end` ends with, closing marks aside.
///
/// Nearly no piece does, and each is asked: its last bytes decide.
#[inline]
pub(super) fn constant(line: &[u8], start: usize, end: usize, masks: &[MaskSpan]) -> Option<(Span, Class)> {
    if may_be_constant(line, end) { find(line, start, end, masks) } else { None }
}

/// Whether what ends at `end` is worth a closer look.
#[inline]
pub(super) fn may_be_constant(line: &[u8], end: usize) -> bool {
    // A line that is shorter is looked at.
    let Some(tail) = line.get(..end).and_then(|text| text.last_chunk::<4>()) else { return true };
    let [first, second, third, last] = *tail;
    if CLOSERS[usize::from(last)] {
        // One mark, as in `src:`, is looked behind at once.
        return CLOSERS[usize::from(third)] | has_ending([0, first, second, third]);
    }
    has_ending(*tail)
}

/// Whether four bytes end as a constant does.
#[inline]
fn has_ending(tail: [u8; 4]) -> bool {
    let tail = u32::from_le_bytes(tail) | 0x2020_2020;
    ENDINGS[(tail >> 16 & 31) as usize] == tail >> 8
}

fn find(line: &[u8], start: usize, end: usize, masks: &[MaskSpan]) -> Option<(Span, Class)> {
    const LONGEST: usize = 9;
    let floor = masks.last().map_or(start, |mask| mask.span.end as usize);
    let mut end = end;
    while end > floor && CLOSERS[usize::from(byte(line, end - 1))] {
        end -= 1;
    }
    if end <= floor || line.get(..end).and_then(|text| text.last_chunk::<4>()).is_some_and(|tail| !has_ending(*tail)) {
        return None;
    }
    let mut at = end;
    while at > floor && end - at <= LONGEST && byte(line, at - 1).is_ascii_alphabetic() {
        at -= 1;
    }
    let word = line.get(at..end)?;
    // At the start of a piece stands nothing; behind a value nothing begins.
    let before = if at > floor { byte(line, at - 1) } else { 0 };
    if is_word(before) || (at == floor && !masks.is_empty()) {
        return None;
    }
    match word {
        b"true" | b"True" | b"TRUE" | b"false" | b"False" | b"FALSE" => {
            let opens =
                matches!(before, 0 | b' ' | b'=' | b':' | b'(' | b'[' | b'{' | b'<' | b',' | b'|' | b'"' | b'\'');
            opens.then(|| (Span::new(at, end), Class::Bool))
        }
        b"nil" if before == b'<' && byte(line, end) == b'>' => Some((Span::new(at, end), Class::Null)),
        b"null" | b"NULL" | b"nil" | b"None" | b"undefined" => {
            has_place(line, start, at).then(|| (Span::new(at, end), Class::Null))
        }
        _ => None,
    }
}

/// Whether a value is expected at `at`: behind a mark that announces one, perhaps with a quote between. Prose does not tell.
fn has_place(line: &[u8], start: usize, at: usize) -> bool {
    let before = |at: usize| byte(line, at.wrapping_sub(1));
    let quoted = at > start && matches!(before(at), b'"' | b'\'');
    let at = at - usize::from(quoted);
    match before(at) {
        b'=' | b':' | b'|' | b',' => true,
        b'(' | b'[' | b'{' => at > start,
        // `tag = null`; comparing is no assigning.
        b' ' => at == start && before(at - 1) == b'=' && !matches!(before(at - 2), b'=' | b'!' | b'<' | b'>' | b'~'),
        _ => false,
    }
}
