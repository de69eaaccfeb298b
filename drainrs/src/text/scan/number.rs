//! Numbers and what they count: plain numbers, sizes, lengths of time, percentages.

use super::{byte, digits_end, is_digit, is_word};

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    Number,
    Size,
    Duration,
    Percent,
}

/// The end of the decimal number whose first digits are `start..end`: with its thousands groups and its fraction.
#[inline]
pub(crate) fn decimal_end(text: &[u8], start: usize, end: usize) -> usize {
    let mut end = end;
    if byte(text, end) == b',' && end - start <= 3 {
        end = thousands_end(text, end);
    }
    if byte(text, end) == b'.' && is_digit(byte(text, end + 1)) { digits_end(text, end + 1) } else { end }
}

/// The end of the groups `,ddd` from `at` on; `at` when what is there is a list of numbers. No count has more than eight
/// groups, and so a long list is not read again at each of its members.
fn thousands_end(text: &[u8], at: usize) -> usize {
    const MAX_GROUPS: usize = 8;
    let mut end = at;
    while byte(text, end) == b',' && is_digit(byte(text, end + 1)) {
        let group = digits_end(text, end + 1);
        if group - end != 4 || group - at > 4 * MAX_GROUPS {
            return at;
        }
        end = group;
    }
    let unit = || size_unit(text, end).or_else(|| bare_multiple(text, end)).or_else(|| duration(text, end));
    if is_word(byte(text, end)) && unit().is_none() { at } else { end }
}

/// What the number that ends at `end` counts, and where its unit ends. `None` when it is glued to letters that are no unit:
/// then it is part of a name.
#[inline]
pub(crate) fn quantity(text: &[u8], end: usize) -> Option<(usize, Quantity)> {
    let next = byte(text, end);
    if next == b' ' {
        return Some(spaced_quantity(text, end));
    }
    if next == b'%' {
        let percent = !is_word(byte(text, end + 1));
        return Some(if percent { (end + 1, Quantity::Percent) } else { (end, Quantity::Number) });
    }
    if !is_word(next) {
        return Some((end, Quantity::Number));
    }
    glued_quantity(text, end)
}

/// A unit behind a blank. Printers for humans change the unit with the size, so the unit is part of the value.
#[inline]
fn spaced_quantity(text: &[u8], end: usize) -> (usize, Quantity) {
    let first = byte(text, end + 1);
    let unit = match first {
        b'B' | b'b' | b'K' | b'k' | b'M' | b'm' | b'G' | b'g' | b'T' | b'P' => size_unit(text, end + 1),
        b's' | b'h' | b'd' => None,
        _ => return (end, Quantity::Number),
    };
    if let Some(unit) = unit {
        return (unit, Quantity::Size);
    }
    let unit = spelled_time_unit(text, end + 1);
    unit.map_or((end, Quantity::Number), |unit| (unit, Quantity::Duration))
}

/// The end of a unit of time at `at` that may stand behind a blank: `ms`, or one that is spelled out.
fn spelled_time_unit(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let len = rest.iter().take(8).take_while(|b| b.is_ascii_lowercase()).count();
    let unit = rest.get(..len)?;
    let base = match unit {
        b"ms" => return (!is_word(byte(text, at + len))).then_some(at + len),
        [singular @ .., b's'] => singular,
        _ => unit,
    };
    let known = matches!(base, b"msec" | b"sec" | b"second" | b"min" | b"minute" | b"hour" | b"day");
    (known && !is_word(byte(text, at + len))).then_some(at + len)
}

fn glued_quantity(text: &[u8], end: usize) -> Option<(usize, Quantity)> {
    if let Some(unit) = size_unit(text, end).or_else(|| bare_multiple(text, end)) {
        return Some((unit, Quantity::Size));
    }
    if let Some(unit) = duration(text, end) {
        return Some((unit, Quantity::Duration));
    }
    exponent(text, end).map(|end| (end, Quantity::Number))
}

/// `B`, `bytes`, `KB`, `MiB`, `Gbps`, each perhaps per second.
pub(crate) fn size_unit(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let first = byte(rest, 0);
    let mut len = match first {
        b'B' | b'b' if rest.get(1..4).is_some_and(|tail| tail == b"yte") => 4 + usize::from(byte(rest, 4) == b's'),
        b'B' => 1,
        b'K' | b'k' | b'M' | b'm' | b'G' | b'g' | b'T' | b'P' => {
            let base = 1 + usize::from(byte(rest, 1) == b'i');
            match byte(rest, base) {
                b'b' if rest.get(base + 1..base + 3).is_some_and(|tail| tail == b"ps") => base + 3,
                b'B' | b'b' => base + 1,
                _ => return None,
            }
        }
        _ => return None,
    };
    if byte(rest, len) == b'/' && byte(rest, len + 1) == b's' && !is_word(byte(rest, len + 2)) {
        len += 2;
    }
    (!is_word(byte(rest, len))).then_some(at + len)
}

/// `125312k`, `7680M`: amounts of memory without the word for it. Two digits at least, because `5G` and `4K` are names.
fn bare_multiple(text: &[u8], at: usize) -> Option<usize> {
    let multiple = matches!(byte(text, at), b'k' | b'K' | b'M' | b'G' | b'T');
    let digits = at >= 2 && is_digit(byte(text, at - 2)) && is_digit(byte(text, at - 1));
    (multiple && digits && !is_word(byte(text, at + 1))).then_some(at + 1)
}

/// The unit of time behind a number, and the further parts of a length such as `1h2m3.5s`.
pub(crate) fn duration(text: &[u8], at: usize) -> Option<usize> {
    const MAX_PARTS: usize = 8;
    let mut at = at;
    for _ in 0..MAX_PARTS {
        at += time_unit(text.get(at..)?)?;
        if !is_digit(byte(text, at)) {
            return (!is_word(byte(text, at))).then_some(at);
        }
        at = digits_end(text, at);
        if byte(text, at) == b'.' && is_digit(byte(text, at + 1)) {
            at = digits_end(text, at + 1);
        }
    }
    None
}

/// The length of the unit of time that `rest` starts with, the longest one that fits.
fn time_unit(rest: &[u8]) -> Option<usize> {
    const UNITS: [&[u8]; 15] = [
        b"msecs",
        b"msec",
        b"mins",
        b"min",
        b"secs",
        b"sec",
        b"\xC2\xB5s",
        b"\xCE\xBCs",
        b"ms",
        b"us",
        b"ns",
        b"s",
        b"m",
        b"h",
        b"d",
    ];
    UNITS.iter().find(|unit| rest.starts_with(unit)).map(|unit| unit.len())
}

/// `e`, a sign perhaps, and digits.
fn exponent(text: &[u8], at: usize) -> Option<usize> {
    if byte(text, at) | 0x20 != b'e' {
        return None;
    }
    let start = at + 1 + usize::from(matches!(byte(text, at + 1), b'+' | b'-'));
    let end = digits_end(text, start);
    (end > start && !is_word(byte(text, end))).then_some(end)
}
