//! Network addresses: IPv4, IPv6, hardware addresses.

use super::{byte, digits_end, is_digit, is_hex, is_word, word_end};

/// Four octets up to 255 with dots between, at `at`. Not when a fifth number or a letter follows: that is a version or a
/// name.
#[inline]
pub(crate) fn ipv4(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    for part in 0..4 {
        if part > 0 {
            if byte(text, at) != b'.' {
                return None;
            }
            at += 1;
        }
        let start = at;
        let mut octet = 0_u32;
        while is_digit(byte(text, at)) {
            octet = octet * 10 + u32::from(byte(text, at) - b'0');
            at += 1;
            if at - start > 3 {
                return None;
            }
        }
        if at == start || octet > 255 {
            return None;
        }
    }
    let next = byte(text, at);
    let goes_on = is_word(next) || (next == b'.' && is_digit(byte(text, at + 1)));
    (!goes_on).then_some(at)
}

/// The end of `:port` or `/prefix` behind an IPv4 address that ends at `end`; `end` itself when there is neither.
#[inline]
pub(crate) fn ipv4_suffix(text: &[u8], end: usize) -> usize {
    match byte(text, end) {
        b':' => port(text, end).unwrap_or(end),
        b'/' => prefix(text, end, 32).unwrap_or(end),
        _ => end,
    }
}

/// The number of one to five digits behind the colon at `colon`. A number too large is no less a port: what a value is does
/// not depend on what it says.
fn port(text: &[u8], colon: usize) -> Option<usize> {
    bounded_number(text, colon + 1, 5, u32::MAX)
}

/// The number behind the slash at `slash`, if it can be a prefix length and no dotted number or path.
fn prefix(text: &[u8], slash: usize, max: u32) -> Option<usize> {
    let end = bounded_number(text, slash + 1, 3, max)?;
    let goes_on = matches!(byte(text, end), b'.' | b'/' | b'-' | b':') && is_word(byte(text, end + 1));
    (!goes_on).then_some(end)
}

fn bounded_number(text: &[u8], start: usize, max_digits: usize, max: u32) -> Option<usize> {
    let mut end = start;
    let mut number = 0_u32;
    while is_digit(byte(text, end)) {
        if end - start == max_digits {
            return None;
        }
        number = number * 10 + u32::from(byte(text, end) - b'0');
        end += 1;
    }
    (end > start && number <= max && !is_word(byte(text, end))).then_some(end)
}

/// An IPv6 address at `at`: eight groups, or fewer around one `::`, the last two perhaps as IPv4; with its zone and prefix
/// length. A bare `::` is none, and neither is what a call's parenthesis follows (`Fee::add2()`).
pub(crate) fn ipv6(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    let mut groups = 0;
    let mut gap = false;
    if byte(text, at) == b':' {
        if byte(text, at + 1) != b':' || !is_hex(byte(text, at + 2)) {
            return None;
        }
        gap = true;
        at += 2;
    }
    loop {
        let mut end = at;
        while is_hex(byte(text, end)) && end - at < 5 {
            end += 1;
        }
        if byte(text, end) == b'.'
            && (gap || groups == 6)
            && let Some(tail) = ipv4(text, at)
        {
            groups += 2;
            at = tail;
            break;
        }
        if end == at || end - at > 4 {
            return None;
        }
        groups += 1;
        at = end;
        if byte(text, at) != b':' || groups == 8 {
            break;
        }
        if byte(text, at + 1) == b':' {
            if gap {
                return None;
            }
            gap = true;
            at += 2;
            if !is_hex(byte(text, at)) {
                break;
            }
        } else if is_hex(byte(text, at + 1)) {
            at += 1;
        } else {
            break;
        }
    }
    let next = byte(text, at);
    let complete = if gap { (1..8).contains(&groups) } else { groups == 8 };
    let goes_on =
        is_word(next) || next == b'(' || (next == b':' && (is_hex(byte(text, at + 1)) || byte(text, at + 1) == b':'));
    if !complete || goes_on {
        return None;
    }
    if next == b'%' && is_word(byte(text, at + 1)) {
        at = word_end(text, at + 1);
    }
    Some(if byte(text, at) == b'/' { prefix(text, at, 128).unwrap_or(at) } else { at })
}

/// Six pairs of hexadecimal digits with one separator, `:` or `-`, at `at`.
#[inline]
pub(crate) fn mac(text: &[u8], at: usize) -> Option<usize> {
    let end = pairs(text, at)?;
    (end == at + 17).then_some(end)
}

/// Six or more such pairs: a hardware address, or a fingerprint or dump if there are more. Dumps beyond 64 pairs are left
/// alone, so that they are not read again at each of their pairs.
#[inline]
pub(crate) fn pairs(text: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 3 * 64;
    let bytes = text.get(at..)?.first_chunk::<17>()?;
    let mark = bytes[2];
    if mark != b':' && mark != b'-' {
        return None;
    }
    let good = bytes.iter().enumerate().all(|(i, &b)| if i % 3 == 2 { b == mark } else { is_hex(b) });
    let mut end = at + 17;
    while good
        && end - at < LONGEST
        && byte(text, end) == mark
        && is_hex(byte(text, end + 1))
        && is_hex(byte(text, end + 2))
    {
        end += 3;
    }
    let next = byte(text, end);
    let goes_on = is_word(next)
        || (next == mark && (mark == b'-' || is_word(byte(text, end + 1)) || byte(text, end + 1) == mark));
    (good && !goes_on).then_some(end)
}

/// Three groups of four hexadecimal digits with dots between, as switches print a hardware address. One letter at least,
/// or it may as well be a version.
pub(crate) fn dotted_mac(text: &[u8], at: usize) -> Option<usize> {
    let bytes = text.get(at..)?.first_chunk::<14>()?;
    let good = bytes.iter().enumerate().all(|(i, &b)| if i % 5 == 4 { b == b'.' } else { is_hex(b) });
    let letters = bytes.iter().any(u8::is_ascii_alphabetic);
    let next = byte(text, at + 14);
    (good && letters && !is_word(next) && next != b'.').then_some(at + 14)
}

/// How far back from `at` an address with colons may begin: over hexadecimal digits and colons, not before `floor`.
pub(crate) fn colon_address_start(text: &[u8], at: usize, floor: usize) -> usize {
    const LONGEST: usize = 45;
    let mut start = at;
    while start > floor && at - start < LONGEST {
        let before = byte(text, start - 1);
        if !is_hex(before) && before != b':' {
            break;
        }
        start -= 1;
    }
    start
}

/// Whether what starts at `at` looks like a version: numbers with dots. Gives its end, with tags such as `-rc.1`.
pub(crate) fn version_end(text: &[u8], at: usize) -> usize {
    let mut end = digits_end(text, at);
    loop {
        let tag = matches!(byte(text, end), b'.' | b'-' | b'+') && is_word(byte(text, end + 1));
        if !tag {
            return end;
        }
        end = word_end(text, end + 1);
    }
}
