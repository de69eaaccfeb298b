//! What stands before a value and decides what it is: signs, names, prefixes, weekdays, the word `version`.
//!
//! Everything here looks back from a place, a few bytes and never beyond the edge of what may be looked at.

use super::lexer::Reading;
use crate::text::scan::ident::is_id_prefix;
use crate::text::scan::ip::mac;
use crate::text::scan::time::weekday;
use crate::text::scan::{byte, is_digit, is_hex, is_word};

impl<'t> Reading<'t> {
    /// The start of the weekday before `at`, or `at`.
    pub(super) fn weekday_start(&self, at: usize) -> usize {
        match self.word_before(at) {
            Some((start, word)) if weekday(word).is_some() => start,
            _ => at,
        }
    }

    /// Whether `at` follows `name/`, the name of a program or protocol.
    pub(super) fn follows_name(&self, at: usize) -> bool {
        let slash = at.saturating_sub(1);
        let word = self.word_ending(slash);
        let named = word.first().is_some_and(|first| !is_digit(*first));
        named && slash - word.len() >= self.floor
    }

    /// Whether `txn_`, `i-` or the like stands before `at`.
    pub(super) fn has_id_prefix(&self, at: usize) -> bool {
        if !matches!(self.before(at), b'-' | b'_') {
            return false;
        }
        let mark = at - 1;
        let mut start = mark;
        while start > self.low && mark - start < 8 && self.before(start).is_ascii_lowercase() {
            start -= 1;
        }
        let bounded = !is_word(self.before(start)) && self.before(start) != b'-' && self.before(start) != b'_';
        bounded && is_id_prefix(self.text.get(start..mark).unwrap_or_default())
    }

    /// Whether the number `at..end` is part of a name that is written with a dash, an underscore or a slash.
    pub(super) fn is_name_part(&self, at: usize, end: usize) -> bool {
        let mark = self.before(at);
        if byte(self.text, end) == b'-' && self.text.get(end + 1..end + 4).is_some_and(|unit| unit == b"bit") {
            return true;
        }
        if !matches!(mark, b'-' | b'_' | b'/') || !is_word(self.before(at - 1)) {
            return false;
        }
        let word = self.word_ending(at - 1);
        let number = self.text.get(at..end).unwrap_or_default();
        if mark == b'/' {
            return word.eq_ignore_ascii_case(b"http") && number.len() == 1;
        }
        let first = at - 1 - word.len();
        is_standard_name(word, number)
            || (mark == b'-'
                && is_compass(word)
                && number.len() == 1
                && self.before(first) == b'-'
                && is_word(self.before(first - 1)))
            || (mark == b'-' && number.len() <= 2 && self.is_encoding_part(first, word))
    }

    /// The identifier that the integer `start..end`, perhaps with a sign, whose first digits end at `digits`, is part of: `blk_-1608999687919862906`,
    /// `attempt_1445_0011_m_000000_0`. It is a word with underscores; a word that is written as a name, because it names a
    /// value or a function (`retry_3=`, `step_2(`), is none, and neither is a constant such as `ERR_404`.
    pub(super) fn identifier(&mut self, start: usize, digits: usize, end: usize) -> Option<(usize, usize)> {
        // So that a long word which is none is not read again at each of its numbers.
        const LONGEST: usize = 256;
        let (before, next) = (self.before(start), byte(self.text, end));
        if before != b'_' && next != b'_' {
            return None;
        }
        if !self.text.get(digits..end).is_some_and(|rest| rest.iter().all(|b| is_word(*b))) {
            // Decimal numbers and groups of thousands count or measure.
            return None;
        }
        let part = |b: u8| is_word(b) || b == b'_';
        let mut from = start;
        while from > self.floor && part(self.before(from)) && end - from < LONGEST {
            from -= 1;
        }
        let (known, reach) = self.known.part;
        let (known, mut to) = if (known..=reach).contains(&end) { (known, reach) } else { (end, end) };
        let mut is_too_long = to > end && to - from > LONGEST;
        while !is_too_long {
            // `blk_1_-2`: the sign of a further number.
            let signed =
                byte(self.text, to) == b'-' && byte(self.text, to - 1) == b'_' && is_digit(byte(self.text, to + 1));
            if !signed && !part(byte(self.text, to)) {
                break;
            }
            to += 1;
            is_too_long = to - from > LONGEST;
        }
        self.known.part = (known, to);
        if is_too_long {
            return None;
        }
        if matches!(byte(self.text, to), b'=' | b'(') {
            return None;
        }
        let head = self.text.get(from..start).unwrap_or_default();
        let tail = self.text.get(end..to).unwrap_or_default();
        let shouted = !head.is_empty() && head.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
        let constant = shouted && tail.is_empty() && end - start <= 5;
        // Underscores alone are no word: `_5`, `5_`.
        let worded = head.iter().chain(tail).any(|b| is_word(*b));
        (!constant && worded).then_some((from, to))
    }

    /// `iso-8859-15`: the second number of the name.
    pub(super) fn is_encoding_part(&self, start: usize, word: &[u8]) -> bool {
        word == b"8859"
            && matches!(self.before(start), b'-' | b'_')
            && self.word_ending(start - 1).eq_ignore_ascii_case(b"iso")
    }

    /// The word of letters that ends one or two blanks (or a comma and a blank) before `at`, with its start. Nothing before the
    /// end of the last value.
    pub(super) fn word_before(&self, at: usize) -> Option<(usize, &'t [u8])> {
        const LONGEST: usize = 9;
        let before = |at: usize| if at > self.floor { byte(self.text, at - 1) } else { 0 };
        if before(at) != b' ' {
            return None;
        }
        let mut end = at - 1;
        if matches!(before(end), b' ' | b',') {
            end -= 1;
        }
        let mut start = end;
        while end - start <= LONGEST && before(start).is_ascii_alphabetic() {
            start -= 1;
        }
        let len = end - start;
        let whole = (3..=LONGEST).contains(&len) && !is_word(self.before(start));
        whole.then(|| self.text.get(start..end)).flatten().map(|word| (start, word))
    }

    /// The run that ends at `end`, up to 24 bytes of it.
    pub(super) fn word_ending(&self, end: usize) -> &'t [u8] {
        let mut start = end;
        while end - start < 24 && is_word(self.before(start)) {
            start -= 1;
        }
        self.text.get(start..end).unwrap_or_default()
    }

    /// Whether the value at `at` follows a lone `<`: `<1 sec`. What ends at `end` with `>` is in brackets.
    pub(super) fn is_bound(&self, at: usize, end: usize) -> bool {
        let sign = at > self.floor && self.before(at) == b'<' && byte(self.text, end) != b'>';
        sign && matches!(self.before(at - 1), 0..=b' ' | b'=' | b'(' | b'[' | b',' | b':')
    }

    /// Where the number at `at` starts with its sign, if what stands before can be one: not between the parts of `10-105`, not
    /// the second of two dashes, not behind a closing bracket.
    #[inline]
    pub(super) fn signed_start(&self, at: usize) -> usize {
        let sign = self.before(at);
        if (sign != b'-' && sign != b'+') || at - 1 < self.floor {
            return at;
        }
        let further = self.before(at - 1);
        let operator = is_word(further) || further == sign || matches!(further, b')' | b']' | b'>');
        if operator { at } else { at - 1 }
    }

    /// The start and end of the hardware address with dashes that the pair at `at` belongs to.
    pub(super) fn dashed_mac(&self, at: usize) -> Option<(usize, usize)> {
        let mut start = at;
        for _ in 0..5 {
            let pair = start >= self.floor + 3
                && byte(self.text, start - 1) == b'-'
                && is_hex(byte(self.text, start - 2))
                && is_hex(byte(self.text, start - 3));
            if !pair {
                break;
            }
            start -= 3;
        }
        if is_word(self.before(start)) {
            return None;
        }
        mac(self.text, start).map(|end| (start, end)).filter(|(_, end)| *end > at)
    }

    /// Whether the four numbers at `at` are a version, by what stands before them.
    pub(super) fn version_follows(&self, at: usize) -> bool {
        let mut end = at;
        if self.before(end) == b'~' {
            return true;
        }
        while at - end < 2 && matches!(self.before(end), b' ' | b'=' | b':' | b'"' | b'\'') {
            end -= 1;
        }
        let word = if end < at { self.word_ending(end) } else { b"" };
        // A word inside a value is part of that value and announces nothing.
        if end - word.len() < self.floor {
            return false;
        }
        [&b"version"[..], b"ver", b"rv"].iter().any(|known| word.eq_ignore_ascii_case(known))
    }
}

/// Names of standards and products whose number says which, not how many.
fn is_standard_name(word: &[u8], number: &[u8]) -> bool {
    const NAMES: [(&[u8], &[&[u8]]); 12] = [
        (b"utf", &[b"7", b"8", b"16", b"32"]),
        (b"iso", &[b"8859", b"8601"]),
        (b"sha", &[b"1", b"2", b"3", b"224", b"256", b"384", b"512"]),
        (b"md", &[b"4", b"5"]),
        (b"x86", &[b"64", b"32"]),
        (b"ipv", &[b"4", b"6"]),
        (b"http", &[b"1", b"2", b"3"]),
        (b"log4j", &[b"1", b"2"]),
        (b"python", &[b"2", b"3"]),
        (b"java", &[b"8", b"11", b"17", b"21", b"25"]),
        (b"aes", &[b"128", b"192", b"256"]),
        (b"base", &[b"32", b"58", b"64", b"85"]),
    ];
    NAMES.iter().any(|(name, numbers)| word.eq_ignore_ascii_case(name) && numbers.contains(&number))
}

/// The word before the number of a cloud region: `us-east-1`.
fn is_compass(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] =
        [b"east", b"west", b"north", b"south", b"central", b"northeast", b"southeast", b"northwest", b"southwest"];
    WORDS.contains(&word)
}
