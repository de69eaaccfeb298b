//! Sixty-four bytes at a time: where white space is, where a value can be found and where a word may be cut.
//!
//! Words are most of a log line, and the lexer has nothing to do inside them. A block turns 64 bytes into two bitmaps, so
//! that the end of a token and the question whether it needs a look cost a count of zeros each. *Anchors* are the bytes
//! that values are found from: digits, `/`, `@`, `\`, and the first of eight or more letters from `a` to `f` (a digest
//! without digits). *Separators* are `=`, `,`, `:`, `;` and `|` inside a word.
//!
//! The bits come from vectors of sixteen bytes; the tests compare them with a loop over single bytes.

use wide::u8x16;

use crate::text::scan::{HEX_LETTER, byte, end_of, has, is_digit};

/// How many bytes a block describes.
pub(super) const WIDTH: usize = 64;

/// How many letters from `a` to `f` in a row are an anchor.
const HEX_WORD: usize = 8;

/// The bitmaps of up to 64 bytes; bit 0 is the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Block {
    /// White space, and everything beyond the end of the text.
    pub(super) space: u64,
    /// Anchors.
    pub(super) anchor: u64,
    /// Separators with a byte of the same word behind them.
    pub(super) inner: u64,
    /// Dots that neither a digit nor white space follows: only a word with one holds the name of a host. One at the end of the
    /// block counts.
    pub(super) dot: u64,
}

/// The bitmaps that one look at the bytes gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Raw {
    space: u64,
    anchor: u64,
    hex_letter: u64,
    separator: u64,
    dot: u64,
}

impl Block {
    /// The block that starts at `base`.
    #[inline]
    pub(super) fn at(text: &[u8], base: usize) -> Block {
        let rest = text.get(base..).unwrap_or_default();
        let raw = match rest.first_chunk::<WIDTH>() {
            Some(bytes) => raw(bytes),
            None => tail(text, rest.len()),
        };
        // Beyond the last byte of the block is the first one of the next.
        let last = u64::from(byte(text, base + WIDTH) <= b' ') << (WIDTH - 1);
        Block {
            space: raw.space,
            anchor: raw.anchor | hex_words(raw.hex_letter, text, base),
            dot: raw.dot & !((raw.space | raw.anchor) >> 1),
            inner: raw.separator & !(raw.space >> 1 | last),
        }
    }
}

/// The bitmaps of the last `len` bytes, fewer than a block: from the last whole block of the text, if it has one, rather
/// than from a copy.
#[inline]
fn tail(text: &[u8], len: usize) -> Raw {
    // `len` is below 64, so the shifts are in range except for an empty tail.
    if len == 0 {
        return Raw { space: !0, ..Raw::default() };
    }
    let beyond = !0 << len;
    if let Some(bytes) = text.last_chunk::<WIDTH>() {
        let shift = WIDTH - len;
        let raw = raw(bytes);
        return Raw {
            space: raw.space >> shift | beyond,
            anchor: raw.anchor >> shift,
            hex_letter: raw.hex_letter >> shift,
            separator: raw.separator >> shift,
            dot: raw.dot >> shift,
        };
    }
    let mut padded = [0; WIDTH];
    if let (Some(copy), Some(rest)) = (padded.get_mut(..len), text.get(text.len().saturating_sub(len)..)) {
        copy.copy_from_slice(rest);
    }
    raw(&padded)
}

/// The first bits of runs of at least eight set bits; a run that leaves the block is followed into the text.
#[inline]
fn hex_words(letters: u64, text: &[u8], base: usize) -> u64 {
    let pairs = letters & letters >> 1;
    let fours = pairs & pairs >> 2;
    let eights = fours & fours >> 4;
    let first = eights & !(eights << 1);
    let open = letters.leading_ones() as usize;
    if open == 0 || open >= HEX_WORD {
        return first;
    }
    let start = base + WIDTH - open;
    let bytes = text.get(start..start + HEX_WORD).unwrap_or_default();
    let long = bytes.len() == HEX_WORD && bytes.iter().all(|&b| has(b, HEX_LETTER));
    first | u64::from(long) << (WIDTH - open)
}

/// The separators of the (at most 64) bytes `from..end`, those at the end of a word included; bit 0 is the first byte.
pub(super) fn separators(text: &[u8], from: usize, end: usize) -> u64 {
    let len = end.saturating_sub(from).min(WIDTH);
    let Some(bytes) = text.get(from..).and_then(|rest| rest.first_chunk::<WIDTH>()) else {
        let rest = text.get(from..from + len).unwrap_or_default();
        return rest.iter().enumerate().fold(0, |found, (i, b)| found | u64::from(is_separator(*b)) << i);
    };
    let (parts, _) = bytes.as_chunks::<16>();
    let found =
        parts.iter().enumerate().fold(0, |found, (i, part)| found | mask(separator(u8x16::from(*part))) << (16 * i));
    if len < WIDTH { found & ((1 << len) - 1) } else { found }
}

/// Whether a word may be cut behind a byte.
pub(super) fn is_separator(b: u8) -> bool {
    matches!(b, b'=' | b',' | b':' | b';' | b'|')
}

#[inline]
fn separator(part: u8x16) -> u8x16 {
    let is = |b: u8| part.cmp_eq(u8x16::splat(b));
    within(part, b':', b';') | is(b'=') | is(b',') | is(b'|')
}

/// The first anchor in `from..end`, byte by byte.
pub(super) fn next_anchor(text: &[u8], from: usize, end: usize) -> Option<usize> {
    (from..end).find(|&at| is_anchor(text, at))
}

fn is_anchor(text: &[u8], at: usize) -> bool {
    let b = byte(text, at);
    let hex_word = || {
        let inside = at > 0 && has(byte(text, at - 1), HEX_LETTER);
        !inside && end_of(text.get(..at + HEX_WORD).unwrap_or_default(), at, HEX_LETTER) == at + HEX_WORD
    };
    is_digit(b) || matches!(b, b'/' | b'@' | b'\\') || (has(b, HEX_LETTER) && hex_word())
}

/// The bytes from `low` to `high`: moved to start at 0, they are those that the smaller of them and the width leaves alone.
#[inline]
fn within(bytes: u8x16, low: u8, high: u8) -> u8x16 {
    let moved = bytes - u8x16::splat(low);
    moved.min(u8x16::splat(high - low)).cmp_eq(moved)
}

#[inline]
fn mask(bytes: u8x16) -> u64 {
    u64::from(bytes.move_mask().cast_unsigned())
}

/// The bitmaps of a block, sixteen bytes at a time.
#[inline]
fn raw(bytes: &[u8; WIDTH]) -> Raw {
    let mut raw = Raw::default();
    let (parts, _) = bytes.as_chunks::<16>();
    for (i, part) in parts.iter().enumerate() {
        let part = u8x16::from(*part);
        let is = |b: u8| part.cmp_eq(u8x16::splat(b));
        let anchor = within(part, b'/', b'9') | is(b'@') | is(b'\\');
        let lower = part | u8x16::splat(0x20);
        raw.space |= mask(within(part, 0, b' ')) << (16 * i);
        raw.anchor |= mask(anchor) << (16 * i);
        raw.hex_letter |= mask(within(lower, b'a', b'f')) << (16 * i);
        raw.separator |= mask(separator(part)) << (16 * i);
        raw.dot |= mask(is(b'.')) << (16 * i);
    }
    raw
}

/// Byte by byte: what the vectors must agree with.
#[cfg(test)]
fn raw_by_bytes(bytes: &[u8; WIDTH]) -> Raw {
    let mut raw = Raw::default();
    for (i, &b) in bytes.iter().enumerate() {
        raw.space |= u64::from(b <= b' ') << i;
        raw.anchor |= u64::from(is_digit(b) || matches!(b, b'/' | b'@' | b'\\')) << i;
        raw.hex_letter |= u64::from(has(b, HEX_LETTER)) << i;
        raw.separator |= u64::from(is_separator(b)) << i;
        raw.dot |= u64::from(b == b'.') << i;
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &[u8], base: usize) {
        let block = Block::at(text, base);
        for i in 0..WIDTH {
            let at = base + i;
            let space = at >= text.len() || text[at] <= b' ';
            assert_eq!(block.space >> i & 1 == 1, space, "space at {at} of {text:?}");
            // A block does not see what stands before it: a word of hexadecimal letters may seem to begin at its start.
            let anchor = at < text.len() && is_anchor(&text[base..], i);
            assert_eq!(block.anchor >> i & 1 == 1, anchor, "anchor at {at} of {text:?}");
            let ends = text.get(at + 1).is_none_or(|next| *next <= b' ');
            let separates = text.get(at).is_some_and(|b| is_separator(*b));
            assert_eq!(block.inner >> i & 1 == 1, separates && !ends, "separator at {at} of {text:?}");
        }
        for len in [0, 3, 17, WIDTH] {
            let end = (base + len).min(text.len());
            let bits = separators(text, base, end);
            for i in 0..WIDTH {
                let separates = base + i < end && is_separator(text[base + i]);
                assert_eq!(bits >> i & 1 == 1, separates, "separator {i} of {len} at {base} of {text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn vectors_and_bytes_give_the_same_bits(bytes in prop::array::uniform32(any::<u8>()), text in "[a-g0 /@\\\\9:.A-G=,;|]{32}") {
            let mut block = [0; WIDTH];
            block[..32].copy_from_slice(&bytes);
            block[32..].copy_from_slice(text.as_bytes());
            prop_assert_eq!(raw(&block), raw_by_bytes(&block));
        }

        #[test]
        fn blocks_agree_with_bytes_at_every_place(text in "[a-f]{0,20}[a-h 0-9/@\\\\.=,:;|-]{0,60}[a-f]{0,20}[ -~]{0,90}", base in 0_usize..120) {
            check(text.as_bytes(), base);
        }
    }
}
