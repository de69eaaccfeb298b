//! The words of plain text, sixty-four bytes at a time.
//!
//! Plain is what nearly all lines are: printable ASCII, where the space is the only white space. Sixteen bytes at a time
//! say where the spaces are; a count of zeros then gives each edge of a word.

use wide::u8x16;

const WIDTH: usize = 64;

/// Whether a text holds nothing but printable ASCII and spaces.
#[inline]
pub(super) fn is_plain(text: &[u8]) -> bool {
    let (whole, rest) = text.as_chunks::<16>();
    let strange = whole.iter().fold(u8x16::default(), |strange, part| strange | strange_bytes(*part));
    if strange.move_mask() != 0 {
        return false;
    }
    match text.last_chunk::<16>() {
        Some(last) => strange_bytes(*last).move_mask() == 0,
        None => rest.iter().all(|byte| (b' '..=b'~').contains(byte)),
    }
}

/// All bits set where a byte is neither printable ASCII nor a space.
#[inline]
fn strange_bytes(part: [u8; 16]) -> u8x16 {
    // Moved to start at 0, the good bytes are those below the width.
    let moved = u8x16::from(part) - u8x16::splat(b' ');
    moved.max(u8x16::splat(b'~' - b' ' + 1)).cmp_eq(moved)
}

/// Calls `word` with start and end of every word of a plain text, until it says no.
#[inline]
pub(super) fn for_each_word(text: &[u8], mut word: impl FnMut(usize, usize) -> bool) {
    let mut start = None;
    // Whether the byte before the block is a space, or nothing.
    let mut before = 1;
    let mut base = 0;
    while base < text.len() {
        let spaces = spaces_at(text, base);
        let mut edges = spaces ^ (spaces << 1 | before);
        before = spaces >> (WIDTH - 1);
        while edges != 0 {
            let at = base + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            match start {
                None => start = Some(at),
                Some(from) => {
                    start = None;
                    if !word(from, at) {
                        return;
                    }
                }
            }
        }
        base += WIDTH;
    }
    if let Some(from) = start {
        word(from, text.len());
    }
}

/// The spaces of the block at `base`, bit 0 first; what lies beyond the text counts as one.
#[inline]
fn spaces_at(text: &[u8], base: usize) -> u64 {
    let rest = text.get(base..).unwrap_or_default();
    if let Some(block) = rest.first_chunk::<WIDTH>() {
        return spaces(block);
    }
    let beyond = !0_u64 << rest.len();
    if let Some(block) = text.last_chunk::<WIDTH>() {
        // The last whole block, rather than a copy of the rest; `rest` is not empty.
        return spaces(block) >> (WIDTH - rest.len()) | beyond;
    }
    let mut padded = [b' '; WIDTH];
    for (to, &from) in padded.iter_mut().zip(rest) {
        *to = from;
    }
    spaces(&padded)
}

#[inline]
fn spaces(block: &[u8; WIDTH]) -> u64 {
    let (parts, _) = block.as_chunks::<16>();
    let spaces = |part: &[u8; 16]| u8x16::from(*part).cmp_eq(u8x16::splat(b' ')).move_mask();
    parts.iter().rev().fold(0, |found, part| found << 16 | u64::from(spaces(part).cast_unsigned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        for_each_word(text.as_bytes(), |start, end| {
            found.push(&text[start..end]);
            true
        });
        found
    }

    proptest! {
        #[test]
        fn words_are_those_of_the_standard_library(text in "[a-c ]{0,70}[ -~]{0,90}[a ]{0,70}") {
            prop_assert!(is_plain(text.as_bytes()));
            prop_assert_eq!(words(&text), text.split_ascii_whitespace().collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_words_after_a_no() {
        let mut count = 0;
        for_each_word(b"a b c d", |_, _| {
            count += 1;
            count < 2
        });
        assert_eq!(count, 2);
    }

    #[test]
    fn plain_is_printable_ascii() {
        assert!(is_plain(b"") && is_plain(b" ~"));
        assert!(!is_plain(b"a\tb") && !is_plain(b"\x7f") && !is_plain("é".as_bytes()));
    }
}
