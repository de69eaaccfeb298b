//! Recognisers of values in bytes, shared by the stages that look for them.
//!
//! Takes text and an offset where a value could start; gives how far it goes and what it says. Promises: no allocation, no
//! regex, look-ahead bounded by a small constant or by the value's own characters, no panic on any bytes. Boundaries on the
//! left are the caller's business; each recogniser checks the one on the right.
//!
//! The words of the trade: a *word byte* is a letter, a digit or any byte of a UTF-8 sequence; a *run* is a maximal string
//! of word bytes. A value never begins or ends inside a run, so `node12` and `x86` stay what they are. The underscore is
//! no word byte: `blk_123` is a name and a number.

pub(crate) mod host;
pub(crate) mod ident;
pub(crate) mod ip;
pub(crate) mod number;
pub(crate) mod path;
mod starts;
pub(crate) mod time;
pub(crate) mod url;

pub(crate) use starts::Starts;

/// A decimal digit.
pub(crate) const DIGIT: u8 = 1;
/// A letter, or a byte of a UTF-8 sequence: letters of other scripts never create a boundary.
pub(crate) const LETTER: u8 = 2;
/// One of `a` to `f`, either case.
pub(crate) const HEX_LETTER: u8 = 4;
/// An upper-case letter.
pub(crate) const UPPER: u8 = 8;
/// A byte that may stand inside a path.
pub(crate) const PATH: u8 = 16;
/// White space: the control characters and the blank.
pub(crate) const SPACE: u8 = 32;
/// The underscore, which some treat as a letter.
pub(crate) const UNDERSCORE: u8 = 64;
/// A byte of the random names of Kubernetes: no vowels, and no digits that resemble letters.
pub(crate) const POD: u8 = 128;

const fn flags(byte: u8) -> u8 {
    let mut flags = match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'f' => LETTER | HEX_LETTER,
        b'A'..=b'F' => LETTER | HEX_LETTER | UPPER,
        b'g'..=b'z' | 0x80.. => LETTER,
        b'G'..=b'Z' => LETTER | UPPER,
        b'_' => UNDERSCORE,
        0..=b' ' => SPACE,
        _ => 0,
    };
    if flags & (DIGIT | LETTER | UNDERSCORE) != 0
        || matches!(byte, b'.' | b'-' | b'/' | b'+' | b'%' | b'~' | b'$' | b'@' | b'#')
    {
        flags |= PATH;
    }
    let vowel = matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    if (byte.is_ascii_lowercase() && !vowel) || matches!(byte, b'2' | b'4'..=b'9') {
        flags |= POD;
    }
    flags
}

/// What each byte can be part of.
pub(crate) static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = flags(byte as u8);
        byte += 1;
    }
    table
};

/// The byte at `at`, or 0, which no value contains, beyond the end.
#[inline]
pub(crate) fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The flags of a byte.
#[inline]
pub(crate) fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// Whether a byte has one of the flags.
#[inline]
pub(crate) fn has(byte: u8, flags: u8) -> bool {
    class(byte) & flags != 0
}

/// Whether a byte is a letter or digit.
#[inline]
pub(crate) fn is_word(byte: u8) -> bool {
    has(byte, LETTER | DIGIT)
}

/// Whether a byte is a hexadecimal digit.
#[inline]
pub(crate) fn is_hex(byte: u8) -> bool {
    has(byte, HEX_LETTER | DIGIT)
}

/// Whether a byte is a decimal digit.
#[inline]
pub(crate) fn is_digit(byte: u8) -> bool {
    byte.wrapping_sub(b'0') < 10
}

/// The end of the bytes with one of the flags that start at `at`.
#[inline]
pub(crate) fn end_of(text: &[u8], at: usize, flags: u8) -> usize {
    let mut end = at;
    while has(byte(text, end), flags) {
        end += 1;
    }
    end
}

/// The end of the digits that start at `at`.
#[inline]
pub(crate) fn digits_end(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(eight) = text.get(end..).and_then(|rest| rest.first_chunk::<8>()) {
        let strange = strange_to_digits(u64::from_le_bytes(*eight));
        if strange != 0 {
            return end + (strange.trailing_zeros() / 8) as usize;
        }
        end += 8;
    }
    while is_digit(byte(text, end)) {
        end += 1;
    }
    end
}

/// The high bits of the bytes that are no digits; those above the first such byte may be wrong.
#[inline]
fn strange_to_digits(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // A digit is 3 in its high half, and adding 6 leaves it so.
    let high = ONES * 0xF0;
    let low = (eight & high) ^ (ONES * 0x30);
    let sum = (eight & (ONES * 0x0F)).wrapping_add(ONES * 6) & high;
    let bad = low | sum;
    // Any of the four high bits to the highest one.
    (bad | bad << 1 | bad << 2 | bad << 3) & (ONES * 0x80)
}

/// The end of the run that `at` stands in.
#[inline]
pub(crate) fn word_end(text: &[u8], at: usize) -> usize {
    end_of(text, at, LETTER | DIGIT)
}
