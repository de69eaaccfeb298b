//! The words of the calendar: months, weekdays, zones.

use crate::text::scan::Starts;

/// The number (1 to 12) of a month whose English name, or its first three letters in any case, is the whole of `word`.
pub(crate) fn month(word: &[u8]) -> Option<u32> {
    const NAMES: [&[u8]; 12] = [
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ];
    position(&NAMES, word)
}

/// The number (1 is Monday) of a weekday, likewise.
pub(crate) fn weekday(word: &[u8]) -> Option<u32> {
    const NAMES: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    position(&NAMES, word)
}

/// How the names of months and weekdays begin; rules out nearly all words.
pub(crate) const NAME_STARTS: Starts = Starts::new(&[
    *b"ja", *b"fe", *b"ma", *b"ap", *b"ju", *b"au", *b"se", *b"oc", *b"no", *b"de", *b"mo", *b"tu", *b"we", *b"th",
    *b"fr", *b"sa", *b"su",
]);

/// The position from 1 of the name that `word` is, or abbreviates to three letters.
#[inline]
fn position<const N: usize>(names: &[&[u8]; N], word: &[u8]) -> Option<u32> {
    let [a, b, c] = word.first_chunk::<3>()?.map(|b| b.to_ascii_lowercase());
    // Three letters tell the names apart, and compare as one number.
    let key = u32::from_le_bytes([a, b, c, 0]);
    let at = names.iter().position(|name| u32::from_le_bytes([name[0], name[1], name[2], 0]) == key)?;
    (word.len() == 3 || word.eq_ignore_ascii_case(names[at])).then_some(at as u32 + 1)
}

/// Seconds east of UTC of a zone's abbreviation. Where one stands for several zones, the one that logs use most.
pub(super) fn zone(name: &[u8]) -> Option<i32> {
    #[rustfmt::skip] // a table
    const HALF_HOURS: [(&[u8], i32); 30] = [
        (b"UTC", 0),
        (b"GMT", 0),
        (b"WET", 0),
        (b"CET", 2),
        (b"CEST", 4),
        (b"MET", 2),
        (b"MEST", 4),
        (b"BST", 2),
        (b"WEST", 2),
        (b"EET", 4),
        (b"EEST", 6),
        (b"MSK", 6),
        (b"IST", 11),
        (b"SGT", 16),
        (b"HKT", 16),
        (b"AWST", 16),
        (b"JST", 18),
        (b"KST", 18),
        (b"ACST", 19),
        (b"AEST", 20),
        (b"AEDT", 22),
        (b"NZST", 24),
        (b"EST", -10),
        (b"EDT", -8),
        (b"CST", -12),
        (b"CDT", -10),
        (b"MST", -14),
        (b"MDT", -12),
        (b"PST", -16),
        (b"PDT", -14),
    ];
    HALF_HOURS.iter().find(|(known, _)| *known == name).map(|(_, halves)| halves * 1800)
}
