//! Numbers of persons and their accounts: cards, IBANs, social security numbers, telephones.

use super::near;
use super::rules::{BuiltIn, Hits, RuleSet};
use crate::text::scan::{byte, digits_end, ip, is_digit};

/// Words that make a bare row of digits a card's number.
const CARD_PARTS: [&str; 6] = ["card", "visa", "master", "amex", "payment", "credit"];
const CARD_WORDS: [&str; 2] = ["cc", "pan"];
/// Words that make grouped digits a telephone's number.
const PHONE_PARTS: [&str; 3] = ["phone", "mobile", "msisdn"];
const PHONE_WORDS: [&str; 4] = ["tel", "call", "sms", "fax"];

/// All of them in one walk over the rows of digits.
pub(super) fn find(text: &[u8], rules: RuleSet, hits: &mut Hits) {
    let mut from = 0;
    // What stands before this belongs to something that was taken.
    let mut floor = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.iter().position(|b| is_digit(*b))) {
        let start = from + at;
        let end = digits_end(text, start);
        from = end;
        if start < floor {
            continue;
        }
        let found = (rules.has(BuiltIn::Card).then(|| card(text, start, end)).flatten())
            .map(|end| (BuiltIn::Card, start, end))
            .or_else(|| {
                let (start, end) = rules.has(BuiltIn::Iban).then(|| iban(text, start)).flatten()?;
                Some((BuiltIn::Iban, start, end))
            })
            .or_else(|| {
                let end = rules.has(BuiltIn::Ssn).then(|| ssn(text, start, end)).flatten()?;
                Some((BuiltIn::Ssn, start, end))
            })
            .or_else(|| {
                let (start, end) = rules.has(BuiltIn::Phone).then(|| phone(text, start, end)).flatten()?;
                Some((BuiltIn::Phone, start, end))
            });
        if let Some((rule, start, end)) = found {
            hits.add(rule, start, end);
            floor = end;
        }
    }
}

/// What stands right before `at`; 0 at the start.
fn before(text: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| byte(text, at))
}

/// Whether a byte glues a number to its neighbour.
fn glues(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')
}

/// Whether the number `start..end` stands alone. A full stop may end the sentence.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let next = byte(text, end);
    let stop = next == b'.' && !glues(byte(text, end + 1));
    !glues(before(text, start)) && (!glues(next) || stop)
}

fn card(text: &[u8], start: usize, end: usize) -> Option<usize> {
    let named = |start: usize, end: usize| near::word_around(text, start, end, &CARD_PARTS, &CARD_WORDS);
    if end - start >= 13 {
        let good = stands_alone(text, start, end) && is_card(&text[start..end]) && named(start, end);
        return good.then_some(end);
    }
    let groups: &[&[usize]] = match end - start {
        4 if byte(text, start) == b'3' => &[&[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4]],
        4 => &[&[4, 4, 4, 4, 3], &[4, 4, 4, 4]],
        _ => return None,
    };
    let mark = byte(text, end);
    if !matches!(mark, b' ' | b'-') {
        return None;
    }
    groups.iter().find_map(|lengths| {
        let end = grouped(text, start, mark, lengths)?;
        let digits: Vec<u8> = text[start..end].iter().copied().filter(u8::is_ascii_digit).collect();
        let good = stands_alone(text, start, end) && is_card(&digits);
        (good && (!in_a_row(text, start, end, mark) || named(start, end))).then_some(end)
    })
}

/// The end of groups of digits with one mark between.
fn grouped(text: &[u8], start: usize, mark: u8, lengths: &[usize]) -> Option<usize> {
    let mut at = start;
    for (i, len) in lengths.iter().enumerate() {
        if i > 0 {
            if byte(text, at) != mark {
                return None;
            }
            at += 1;
        }
        let end = digits_end(text, at);
        if end - at != *len {
            return None;
        }
        at = end;
    }
    Some(at)
}

/// Whether further groups of four stand beside: then it is a table of numbers.
fn in_a_row(text: &[u8], start: usize, end: usize, mark: u8) -> bool {
    let right = byte(text, end) == mark && digits_end(text, end + 1) == end + 5;
    let left = start >= 5 && byte(text, start - 1) == mark && text[start - 5..start - 1].iter().all(|b| is_digit(*b));
    left || right
}

/// A number that an issuer could have given: its first digits, its length, and the check digit.
pub(super) fn is_card(digits: &[u8]) -> bool {
    let head = |len: usize| digits.iter().take(len).fold(0_u32, |n, d| n * 10 + u32::from(d - b'0'));
    let len = digits.len();
    let issued = match head(4) {
        4000..=4999 => matches!(len, 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => len == 16,
        3400..=3499 | 3700..=3799 => len == 15,
        6011 | 6440..=6499 | 6500..=6599 | 3528..=3589 => (16..=19).contains(&len),
        3000..=3059 | 3600..=3699 | 3800..=3899 => len == 14,
        _ => false,
    };
    issued && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            let digit = u32::from(d - b'0') << (i % 2);
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Countries and the lengths of their numbers.
#[rustfmt::skip]
const IBANS: [(&[u8; 2], usize); 76] = [
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16), (b"BG", 22), (b"BH", 22),
    (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22), (b"CY", 28), (b"CZ", 24), (b"DE", 22), (b"DK", 18), (b"DO", 28),
    (b"EE", 20), (b"EG", 29), (b"ES", 24), (b"FI", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22), (b"GE", 22), (b"GI", 23),
    (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HR", 21), (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26),
    (b"IT", 27), (b"JO", 30), (b"KW", 30), (b"KZ", 20), (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20),
    (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22), (b"MK", 19), (b"MR", 27), (b"MT", 31), (b"MU", 30),
    (b"NL", 18), (b"NO", 15), (b"PK", 24), (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22),
    (b"SA", 24), (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24), (b"SM", 27), (b"ST", 25), (b"SV", 28),
    (b"TL", 23), (b"TN", 24), (b"TR", 26), (b"UA", 29),
];

/// The IBAN whose check digits stand at `at`: in one piece, or in groups of four with blanks between. Letters of either case
/// in the number, capitals in the country.
fn iban(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let start = at.checked_sub(2)?;
    let country: &[u8; 2] = text.get(start..at)?.try_into().ok()?;
    let &(_, len) = IBANS.iter().find(|(known, _)| *known == country)?;
    let (mut end, mut count) = (start, 0);
    let spaced = byte(text, start + 4) == b' ';
    while count < len {
        if spaced && count > 0 && count % 4 == 0 {
            if byte(text, end) != b' ' {
                return None;
            }
            end += 1;
        }
        if !byte(text, end).is_ascii_alphanumeric() {
            return None;
        }
        end += 1;
        count += 1;
    }
    let mut rest = 0_u32;
    let letters = || text[start..end].iter().filter(|b| **b != b' ');
    for b in letters().skip(4).chain(letters().take(4)) {
        rest = match b.to_ascii_uppercase() {
            digit @ b'0'..=b'9' => rest * 10 + u32::from(digit - b'0'),
            letter => rest * 100 + u32::from(letter - b'A') + 10,
        } % 97;
    }
    (rest == 1 && stands_alone(text, start, end)).then_some((start, end))
}

fn ssn(text: &[u8], start: usize, end: usize) -> Option<usize> {
    if end - start != 3 {
        return None;
    }
    let last = grouped(text, start, b'-', &[3, 2, 4])?;
    let part = |from: usize, len: usize| &text[from..from + len];
    let area = part(start, 3);
    let issued = area != b"000" && area != b"666" && area[0] != b'9';
    let good = issued && part(start + 4, 2) != b"00" && part(start + 7, 4) != b"0000";
    (good && stands_alone(text, start, last)).then_some(last)
}

/// A telephone's number whose first digits are `start..end`.
fn phone(text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if before(text, start) == b'+' {
        let plus = start - 1;
        let left = before(text, plus);
        let alone = !left.is_ascii_alphanumeric() && !matches!(left, b'+' | b'.' | b'_');
        return if alone { international(text, start).map(|end| (plus, end)) } else { None };
    }
    let bracket = before(text, start) == b'(';
    let first = if bracket { start - 1 } else { start };
    // A version stands behind a slash: `Mobile/9B206 Safari/7534.48.3`.
    let behind_digit = before(text, first) == b':' && is_digit(byte(text, first.wrapping_sub(2)));
    if glues(before(text, first)) || before(text, first) == b'/' || behind_digit {
        return None;
    }
    let named = || near::word_before(text, first, &PHONE_PARTS, &PHONE_WORDS);
    if end - start >= 7 {
        let good = end - start <= 15 && !bracket && stands_alone(text, start, end) && is_value_of_phone(text, start);
        return good.then_some((first, end));
    }
    let (last, groups, digits) = groups_end(text, start);
    // Two groups are believed with a bracket or the zero of a trunk call: others are decimal numbers and pairs of ids.
    let enough = if bracket || byte(text, start) == b'0' { 2 } else { 3 };
    let other = is_date(&text[start..last]) || ip::ipv4(text, start).is_some();
    let shape = (enough..=5).contains(&groups) && (7..=12).contains(&digits) && !other;
    (shape && stands_alone(text, first, last) && named()).then_some((first, last))
}

/// The end of the digits behind a plus: 8 to 15, in one piece or in groups.
fn international(text: &[u8], start: usize) -> Option<usize> {
    if byte(text, start) == b'0' {
        return None;
    }
    let (mut end, groups, digits) = groups_end(text, start);
    let first = digits_end(text, start);
    if groups > 1 && (first - start > 4 || !(8..=15).contains(&digits) || is_date(&text[first..end])) {
        // The groups behind are something else.
        end = first;
    } else if groups > 1 && text[start..end].contains(&b'.') {
        // A decimal number has one dot, a number with thousands groups of three.
        let last = text[start..end].iter().rev().take_while(|b| is_digit(**b)).count();
        if groups < 4 || last < 4 {
            return None;
        }
    }
    let digits = text[start..end].iter().filter(|b| is_digit(**b)).count();
    let next = byte(text, end);
    let goes_on =
        next.is_ascii_alphanumeric() || next == b'_' || (matches!(next, b'.' | b'-') && is_digit(byte(text, end + 1)));
    ((8..=15).contains(&digits) && !goes_on).then_some(end)
}

/// The end of groups of digits with blanks, dashes, dots or brackets between; how many groups, and how many digits.
fn groups_end(text: &[u8], start: usize) -> (usize, usize, usize) {
    const MAX_GROUPS: usize = 8;
    let mut end = digits_end(text, start);
    let (mut groups, mut digits) = (1, end - start);
    while groups < MAX_GROUPS {
        let mut next = end;
        let mut marks = 0;
        while marks < 3 && matches!(byte(text, next), b' ' | b'-' | b'.' | b'(' | b')' | b'/') {
            next += 1;
            marks += 1;
        }
        let group = digits_end(text, next);
        if marks == 0 || group == next || digits + group - next > 15 {
            break;
        }
        groups += 1;
        digits += group - next;
        end = group;
    }
    (end, groups, digits)
}

/// Whether this is a date, or holds one: four digits and twice two.
fn is_date(text: &[u8]) -> bool {
    let mut groups = text.split(|b| !is_digit(*b)).filter(|group| !group.is_empty()).map(<[u8]>::len);
    let lengths: Vec<usize> = groups.by_ref().take(8).collect();
    lengths.windows(3).any(|three| matches!(three, [4, 2, 2] | [2, 2, 4]))
}

/// Whether the digits at `start` are the value of a name that says telephone: `phone=5551234567`, `"msisdn": "49..."`.
fn is_value_of_phone(text: &[u8], start: usize) -> bool {
    let lead = &text[..start];
    let marks =
        lead.iter().rev().take(6).take_while(|b| matches!(b, b'=' | b':' | b'"' | b'\'' | b' ' | b'\\')).count();
    let name = &lead[..start - marks];
    let sign = lead[start - marks..].iter().any(|b| matches!(b, b'=' | b':'));
    let ident =
        name.iter().rev().take(24).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    let ident = name[name.len() - ident..].to_ascii_lowercase();
    let ends = |word: &str| ident.ends_with(word.as_bytes());
    let number =
        ["_number", "-number", "number", "_no", "no"].iter().find(|tail| ends(tail)).map_or(0, |tail| tail.len());
    let stem = &ident[..ident.len() - number];
    sign && (PHONE_PARTS.iter().any(|word| stem.ends_with(word.as_bytes())) || matches!(stem, b"tel" | b"fax"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        assert!(is_card(b"4111111111111111") && is_card(b"378282246310005") && is_card(b"5555555555554444"));
        assert!(!is_card(b"4111111111111112") && !is_card(b"9111111111111111"));
        assert!(iban(b"GB82WEST12345698765432", 2).is_some());
        assert!(iban(b"GB82WEST12345698765433", 2).is_none());
    }

    #[test]
    fn dates_are_no_telephones() {
        assert!(is_date(b"2031-02-03") && !is_date(b"555-123-4567"));
    }
}
