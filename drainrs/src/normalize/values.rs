//! What stands at an anchor: the dispatch from digits, slashes, `@` and words of hexadecimal letters to the recognisers.
//!
//! The order of the questions is the precedence of the classes. A digit asks, in this order: does the run of letters and
//! digits that it stands in mean anything as a whole (UUID, address, hexadecimal number, quantity, version, id); if it is a
//! plain number, does the byte behind it promise more (a date, a time, an address, a version, a decimal number, a unit).
//! What means nothing stays literal: `node12`, `x86`, `5xx` are names.
//!
//! Digits that belong to a name although a dash or underscore stands between (`utf-8`, `sha-256`, `us-east-1`, `HTTP/2`)
//! are kept by a list.

use super::lexer::{Lexer, Reading};
use crate::flow::Class;
use crate::text::scan::ident::{is_id_prefix, pod, survey, trace, uuid};
use crate::text::scan::ip::{colon_address_start, dotted_mac, ipv4, ipv4_suffix, ipv6, mac, version_end};
use crate::text::scan::number::{Quantity, decimal_end, quantity};
use crate::text::scan::path::{path, windows_path};
use crate::text::scan::time::{StampKind, klog, month, stamp, weekday};
use crate::text::scan::url::{email, url};
use crate::text::scan::{
    DIGIT, HEX_LETTER, LETTER, UNDERSCORE, byte, digits_end, end_of, has, is_digit, is_hex, is_word,
};

impl Lexer {
    #[inline]
    fn on(&self, class: Class) -> bool {
        self.options.masks(class)
    }

    /// The flags of the bytes that make up a run.
    #[inline]
    fn run_flags(&self) -> u8 {
        if self.options.underscore_in_words { LETTER | DIGIT | UNDERSCORE } else { LETTER | DIGIT }
    }

    #[inline]
    fn mask(&self, r: &mut Reading<'_>, start: usize, end: usize, class: Class) -> usize {
        r.hit(start, end, class, self.options.fold_lists)
    }

    /// Looks at the anchor at `at`; gives the place to look on from.
    #[inline]
    pub(super) fn look(&self, r: &mut Reading<'_>, at: usize) -> usize {
        match byte(r.text, at) {
            b'0'..=b'9' => self.digits(r, at),
            b'/' => self.slash(r, at),
            b'@' => self.at_sign(r, at),
            b'\\' => self.backslash(r, at),
            _ => self.hex_word(r, at),
        }
    }

    fn slash(&self, r: &mut Reading<'_>, at: usize) -> usize {
        let next = byte(r.text, at + 1);
        if next == b'/' {
            if r.before(at) == b':'
                && self.on(Class::Url)
                && let Some((start, end)) = url(r.text, at - 1, r.floor)
            {
                return self.mask(r, start, end, Class::Url);
            }
            return at + 1;
        }
        if !self.on(Class::Path) || !self.may_open_path(r, at) {
            return at + 1;
        }
        if is_digit(next)
            && self.on(Class::Ip)
            && let Some(end) = ipv4(r.text, at + 1)
        {
            return self.mask(r, at + 1, ipv4_suffix(r.text, end), Class::Ip);
        }
        match path(r.text, at, r.low).filter(|found| found.0 >= r.floor) {
            Some((start, end)) => self.mask(r, start, end, Class::Path),
            None => at + 1,
        }
    }

    /// Most slashes stand between words; they are told by one byte.
    #[inline]
    fn may_open_path(&self, r: &Reading<'_>, at: usize) -> bool {
        !is_word(r.before(at))
    }

    fn backslash(&self, r: &mut Reading<'_>, at: usize) -> usize {
        if self.on(Class::Path)
            && let Some((start, end)) = windows_path(r.text, at, r.low).filter(|found| found.0 >= r.floor)
        {
            return self.mask(r, start, end, Class::Path);
        }
        at + 1
    }

    fn at_sign(&self, r: &mut Reading<'_>, at: usize) -> usize {
        if !self.on(Class::Email) {
            return at + 1;
        }
        // Numbers in the local part were found before the sign that explains them.
        let found = email(r.text, at, r.low.max(r.start()));
        let end = found.and_then(|(start, end)| r.hit_over(start, at, end, Class::Email, self.options.fold_lists));
        end.unwrap_or(at + 1)
    }

    /// Eight or more letters that are hexadecimal digits and nothing else in their run, or the first part of a UUID.
    fn hex_word(&self, r: &mut Reading<'_>, at: usize) -> usize {
        let end = end_of(r.text, at, HEX_LETTER);
        if has(r.before(at), self.run_flags()) || has(byte(r.text, end), self.run_flags()) {
            return end;
        }
        if end - at == 8
            && self.on(Class::Uuid)
            && let Some(end) = uuid(r.text, at)
        {
            return self.mask(r, at, end, Class::Uuid);
        }
        let run = survey(r.text.get(at..end).unwrap_or_default());
        if self.on(Class::Hex) && run.is_hex_number(self.options.min_hex) {
            return self.mask(r, at, end, Class::Hex);
        }
        end
    }

    /// A digit, the first one since a byte that is none.
    fn digits(&self, r: &mut Reading<'_>, at: usize) -> usize {
        let text = r.text;
        let before = r.before(at);
        if has(before, self.run_flags() & !DIGIT) {
            return self.glued_left(r, at);
        }
        if before == b'%' && is_hex(byte(text, at + 1)) {
            // An escaped byte of a URL.
            return at + 2;
        }
        let end = digits_end(text, at);
        let next = byte(text, end);
        if before == b'-' {
            if self.on(Class::Pod)
                && is_word(r.before(at - 1))
                && let Some(end) = pod(text, at)
            {
                return self.mask(r, at, end, Class::Pod);
            }
        } else if before == b':'
            && let Some(end) = self.colon_address(r, at)
        {
            return end;
        }
        if has(next, self.run_flags()) {
            return self.glued_right(r, at, end);
        }
        let len = end - at;
        let value = match next {
            b'.' => return self.dotted(r, at, end),
            b'-' => self.dashed(r, at, len),
            b':' => self.with_colon(r, at, len),
            b'/' if len == 4 || len <= 2 => self.stamp(r, at, at),
            b' ' => self.before_blank(r, at, end),
            b',' if len <= 2 && before == b' ' => self.named_month(r, at),
            b'@' => Some(end),
            _ => None,
        };
        value.unwrap_or_else(|| self.number(r, at, end))
    }

    /// A number, with what it counts. Literal if it is glued to a word.
    #[inline]
    fn number(&self, r: &mut Reading<'_>, at: usize, digits: usize) -> usize {
        if digits - at <= 4 && self.is_name_part(r, at, digits) {
            return digits;
        }
        let end = decimal_end(r.text, at, digits);
        let next = byte(r.text, end);
        if next == b'_' && self.options.underscore_in_words {
            return end_of(r.text, end, self.run_flags());
        }
        let start = signed_start(r, at);
        let Some((unit, what)) = quantity(r.text, end) else { return end_of(r.text, end, self.run_flags()) };
        let class = match what {
            Quantity::Number => Class::Number,
            Quantity::Size => Class::Size,
            Quantity::Duration => Class::Duration,
            Quantity::Percent => Class::Percent,
        };
        if self.on(class) {
            return self.mask(r, start, unit, class);
        }
        // A quantity that is not masked as such is a number and a word, unless they are one word.
        if self.on(Class::Number) && !is_word(next) {
            return self.mask(r, start, end, Class::Number);
        }
        unit
    }

    /// `Class::Timestamp` and its parts at `at`, looked for from `start`, which is `at` or the name of a month before it.
    fn stamp(&self, r: &mut Reading<'_>, start: usize, at: usize) -> Option<usize> {
        let found = stamp(r.text, start).filter(|found| found.end > at)?;
        let class = match found.kind {
            StampKind::Timestamp => Class::Timestamp,
            StampKind::Date => Class::Date,
            StampKind::Time => Class::Time,
        };
        self.on(class).then(|| self.mask(r, start, found.end, class))
    }

    /// Digits and a dash.
    fn dashed(&self, r: &mut Reading<'_>, at: usize, len: usize) -> Option<usize> {
        if len == 8
            && self.on(Class::Uuid)
            && let Some(end) = uuid(r.text, at)
        {
            return Some(self.mask(r, at, end, Class::Uuid));
        }
        if len <= 2
            && self.on(Class::Trace)
            && let Some(end) = trace(r.text, at)
        {
            return Some(self.mask(r, at, end, Class::Trace));
        }
        if len == 2
            && self.on(Class::Mac)
            && let Some((start, end)) = dashed_mac(r, at)
        {
            return Some(self.mask(r, start, end, Class::Mac));
        }
        if len == 4 || len == 8 || len <= 2 { self.stamp(r, at, at) } else { None }
    }

    /// Digits and a colon: a time of day, a hardware address, IPv6.
    fn with_colon(&self, r: &mut Reading<'_>, at: usize, len: usize) -> Option<usize> {
        if len > 4 {
            return None;
        }
        if len == 2
            && self.on(Class::Mac)
            && let Some(end) = mac(r.text, at)
        {
            return Some(self.mask(r, at, end, Class::Mac));
        }
        if len <= 2 && r.before(at) != b':' {
            let found = stamp(r.text, at);
            let goes_on = found.is_some_and(|f| byte(r.text, f.end) == b':' && is_hex(byte(r.text, f.end + 1)));
            if !goes_on && let Some(end) = self.stamp(r, at, at) {
                return Some(end);
            }
        }
        self.colon_address(r, at)
    }

    /// An address written with colons that `at` stands in.
    fn colon_address(&self, r: &mut Reading<'_>, at: usize) -> Option<usize> {
        let before = r.before(at);
        if before == b':' {
            let further = r.before(at - 1);
            if !is_hex(further) && further != b':' {
                return None;
            }
        }
        let start = colon_address_start(r.text, at, r.floor);
        if is_word(r.before(start)) {
            return None;
        }
        if self.on(Class::Mac)
            && let Some(end) = mac(r.text, start).filter(|end| *end > at)
        {
            return Some(self.mask(r, start, end, Class::Mac));
        }
        let end = ipv6(r.text, start).filter(|end| *end > at && self.on(Class::Ip))?;
        Some(self.mask(r, start, end, Class::Ip))
    }

    /// Digits and a blank: dates that are written with blanks.
    #[inline]
    fn before_blank(&self, r: &mut Reading<'_>, at: usize, end: usize) -> Option<usize> {
        let len = end - at;
        let next = byte(r.text, end + 1);
        if is_digit(next) {
            return match len {
                8 => self.stamp(r, at, at),
                1 | 2 => self.named_month(r, at),
                _ => None,
            };
        }
        let may_be_month = matches!(next, b'J' | b'F' | b'M' | b'A' | b'S' | b'O' | b'N' | b'D');
        if !may_be_month
            || !matches!(len, 1 | 2 | 4)
            || month(r.text.get(end + 1..end + 4).unwrap_or_default()).is_none()
        {
            return None;
        }
        let start = self.weekday_start(r, at);
        // `5 Jan 11 00:00:00` is rather a count and a date than the year 2011.
        let short = end_of(r.text, end + 1, LETTER) + 1;
        let ambiguous = digits_end(r.text, short) <= short + 2 && byte(r.text, digits_end(r.text, short)) == b' ';
        if ambiguous && len <= 2 && start == at { None } else { self.stamp(r, start, at) }
    }

    /// A date whose month stands before the day: `Jun 14 15:16:01`, perhaps with a weekday.
    fn named_month(&self, r: &mut Reading<'_>, at: usize) -> Option<usize> {
        let (start, word) = word_before(r, at)?;
        month(word)?;
        let start = self.weekday_start(r, start);
        self.stamp(r, start, at)
    }

    /// The start of the weekday before `at`, or `at`.
    fn weekday_start(&self, r: &Reading<'_>, at: usize) -> usize {
        match word_before(r, at) {
            Some((start, word)) if weekday(word).is_some() => start,
            _ => at,
        }
    }

    /// Digits, a dot and perhaps more: an address, a decimal number, a date, a version, the end of a sentence.
    fn dotted(&self, r: &mut Reading<'_>, at: usize, end: usize) -> usize {
        let text = r.text;
        if !is_digit(byte(text, end + 1)) {
            return self.number(r, at, end);
        }
        if self.on(Class::Ip)
            && end - at <= 3
            && let Some(ip) = ipv4(text, at)
            && !version_follows(r, at)
        {
            return self.mask(r, at, ipv4_suffix(text, ip), Class::Ip);
        }
        if end - at == 4
            && self.on(Class::Mac)
            && let Some(end) = dotted_mac(text, at)
        {
            return self.mask(r, at, end, Class::Mac);
        }
        let second = digits_end(text, end + 1);
        if byte(text, second) == b'.' && is_digit(byte(text, second + 1)) {
            if let Some(end) = self.stamp(r, at, at) {
                return end;
            }
            return self.version(r, at);
        }
        let two_digits = end - at == 2 && second - end == 3;
        if two_digits
            && byte(text, second) == b' '
            && is_digit(byte(text, second + 1))
            && let Some(end) = self.stamp(r, at, at)
        {
            return end;
        }
        // `1.2024-05-06`: a number, then a date.
        if second - end == 5 && byte(text, second) == b'-' && is_digit(byte(text, second + 1)) && self.on(Class::Number)
        {
            let start = signed_start(r, at);
            return self.mask(r, start, end, Class::Number);
        }
        if r.before(at) == b'/' && self.follows_name(r, at) {
            return self.version(r, at);
        }
        self.number(r, at, end)
    }

    /// A version from `at` on: kept, unless versions are masked.
    fn version(&self, r: &mut Reading<'_>, at: usize) -> usize {
        let end = version_end(r.text, at);
        if self.on(Class::Version) { self.mask(r, at, end, Class::Version) } else { r.keep(end) }
    }

    /// Whether `at` follows `name/`, the name of a program or protocol.
    fn follows_name(&self, r: &Reading<'_>, at: usize) -> bool {
        let slash = at.saturating_sub(1);
        slash > r.low && is_word(r.before(slash)) && !is_digit(r.before(slash))
    }

    /// A digit with letters before it in its run.
    fn glued_left(&self, r: &mut Reading<'_>, at: usize) -> usize {
        let flags = self.run_flags();
        let mut start = at;
        while start > r.floor && has(r.before(start), flags) {
            start -= 1;
        }
        let end = end_of(r.text, at, flags);
        if at == start + 1 && end == at + 4 && byte(r.text, end) == b' ' && is_klog_level(byte(r.text, start)) {
            // `I0612 15:04:05.123456`
            if let Some(found) = klog(r.text, at).filter(|_| self.on(Class::Timestamp)) {
                return self.mask(r, at, found.end, Class::Timestamp);
            }
        }
        let value = self.structured(r, start, end).or_else(|| self.opaque(r, start, end));
        value.unwrap_or_else(|| self.after_name(r, start, end))
    }

    /// Digits with letters behind them in their run.
    fn glued_right(&self, r: &mut Reading<'_>, at: usize, digits: usize) -> usize {
        let text = r.text;
        let end = end_of(text, digits, self.run_flags());
        let prefixed = digits - at == 1 && byte(text, at) == b'0' && byte(text, digits) | 0x20 == b'x';
        if prefixed && self.on(Class::Hex) {
            let hex = end_of(text, digits + 1, DIGIT | HEX_LETTER);
            if hex == end && hex > digits + 1 {
                return self.mask(r, at, end, Class::Hex);
            }
        }
        if let Some(end) = self.structured(r, at, end) {
            return end;
        }
        // Long hexadecimal numbers come before units: `0000000d` is not thirteen days.
        let long = end - at >= 8;
        if long && let Some(end) = self.opaque(r, at, end) {
            return end;
        }
        if byte(text, digits) == b'T'
            && digits - at == 8
            && let Some(end) = self.stamp(r, at, at)
        {
            return end;
        }
        // `tap15b27784-3d` is not three days: a `d` behind a dash ends a name.
        let dashed =
            byte(text, digits) == b'd' && digits + 1 == end && r.before(at) == b'-' && is_word(r.before(at - 1));
        if !dashed && quantity(text, digits).is_some() {
            return self.number(r, at, digits);
        }
        if !long && let Some(end) = self.opaque(r, at, end) {
            return end;
        }
        self.after_name(r, at, end)
    }

    /// Where to look on behind a run that is a name: over numbers with dots that continue it, as in `jdk1.8.0` and `v1.2`.
    fn after_name(&self, r: &mut Reading<'_>, start: usize, end: usize) -> usize {
        let text = r.text;
        let dotted = byte(text, end) == b'.' && is_digit(byte(text, end + 1)) && is_digit(byte(text, end - 1));
        if !dotted {
            return end;
        }
        let v = matches!(byte(text, start), b'v' | b'V') && digits_end(text, start + 1) == end;
        if v && self.on(Class::Version) {
            let end = version_end(text, start + 1);
            return self.mask(r, start, end, Class::Version);
        }
        r.keep(version_end(text, end))
    }

    /// The value with a structure of its own that the run `start..end` of letters and digits begins.
    fn structured(&self, r: &mut Reading<'_>, start: usize, end: usize) -> Option<usize> {
        let text = r.text;
        let len = end - start;
        let (before, next) = (r.before(start), byte(text, end));
        if len == 8
            && next == b'-'
            && self.on(Class::Uuid)
            && let Some(end) = uuid(text, start)
        {
            return Some(self.mask(r, start, end, Class::Uuid));
        }
        if (next == b':' || before == b':')
            && len <= 4
            && let Some(end) = self.colon_address(r, start)
        {
            return Some(end);
        }
        if self.on(Class::Mac) {
            let found = match (len, next) {
                (2, _) if next == b'-' || before == b'-' => dashed_mac(r, start),
                (4, b'.') => dotted_mac(text, start).map(|end| (start, end)),
                _ => None,
            };
            if let Some((start, end)) = found.filter(|found| found.1 > start) {
                return Some(self.mask(r, start, end, Class::Mac));
            }
        }
        if before == b'-'
            && self.on(Class::Pod)
            && is_word(r.before(start - 1))
            && let Some(end) = pod(text, start)
        {
            return Some(self.mask(r, start, end, Class::Pod));
        }
        None
    }

    /// The run `start..end` of letters and digits, if it is a hexadecimal number or an id.
    fn opaque(&self, r: &mut Reading<'_>, start: usize, end: usize) -> Option<usize> {
        let len = end - start;
        if len < self.options.min_hex.min(6) {
            return None;
        }
        let seen = survey(r.text.get(start..end).unwrap_or_default());
        if self.on(Class::Hex) && seen.is_hex_number(self.options.min_hex) {
            return Some(self.mask(r, start, end, Class::Hex));
        }
        let id = seen.is_id() || (len >= 6 && seen.digits > 0 && seen.letters > 0 && self.has_id_prefix(r, start));
        (id && self.on(Class::Id)).then(|| self.mask(r, start, end, Class::Id))
    }

    /// Whether `txn_`, `i-` or the like stands before `at`.
    fn has_id_prefix(&self, r: &Reading<'_>, at: usize) -> bool {
        if !matches!(r.before(at), b'-' | b'_') {
            return false;
        }
        let mark = at - 1;
        let mut start = mark;
        while start > r.low && mark - start < 8 && r.before(start).is_ascii_lowercase() {
            start -= 1;
        }
        let bounded = !is_word(r.before(start)) && r.before(start) != b'-' && r.before(start) != b'_';
        bounded && is_id_prefix(r.text.get(start..mark).unwrap_or_default())
    }

    /// Whether the number `at..end` is part of a name that is written with a dash, an underscore or a slash.
    fn is_name_part(&self, r: &Reading<'_>, at: usize, end: usize) -> bool {
        let mark = r.before(at);
        if byte(r.text, end) == b'-' && r.text.get(end + 1..end + 4).is_some_and(|unit| unit == b"bit") {
            return true;
        }
        if !matches!(mark, b'-' | b'_' | b'/') || !is_word(r.before(at - 1)) {
            return false;
        }
        let word = word_ending(r, at - 1);
        let number = r.text.get(at..end).unwrap_or_default();
        if mark == b'/' {
            return word.eq_ignore_ascii_case(b"http") && number.len() == 1;
        }
        let first = at - 1 - word.len();
        is_standard_name(word, number)
            || (mark == b'-'
                && is_compass(word)
                && number.len() == 1
                && r.before(first) == b'-'
                && is_word(r.before(first - 1)))
            || (mark == b'-' && number.len() <= 2 && is_encoding_part(r, first, word))
    }
}

/// The letter that klog and glog print before the date.
fn is_klog_level(letter: u8) -> bool {
    matches!(letter, b'I' | b'W' | b'E' | b'F' | b'D')
}

/// `iso-8859-15`: the second number of the name.
fn is_encoding_part(r: &Reading<'_>, start: usize, word: &[u8]) -> bool {
    word == b"8859" && matches!(r.before(start), b'-' | b'_') && word_ending(r, start - 1).eq_ignore_ascii_case(b"iso")
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

/// The word of letters that ends one or two blanks (or a comma and a blank) before `at`, with its start. Nothing before the
/// end of the last value.
fn word_before<'t>(r: &Reading<'t>, at: usize) -> Option<(usize, &'t [u8])> {
    const LONGEST: usize = 9;
    let before = |at: usize| if at > r.floor { byte(r.text, at - 1) } else { 0 };
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
    let whole = (3..=LONGEST).contains(&len) && !is_word(r.before(start));
    whole.then(|| r.text.get(start..end)).flatten().map(|word| (start, word))
}

/// The run that ends at `end`, up to ten bytes of it.
fn word_ending<'t>(r: &Reading<'t>, end: usize) -> &'t [u8] {
    let mut start = end;
    while end - start < 10 && is_word(r.before(start)) {
        start -= 1;
    }
    r.text.get(start..end).unwrap_or_default()
}

/// Where the number at `at` starts with its sign, if what stands before can be one: not between the parts of `10-105`, not
/// the second of two dashes, not behind a closing bracket.
#[inline]
fn signed_start(r: &Reading<'_>, at: usize) -> usize {
    let sign = r.before(at);
    if (sign != b'-' && sign != b'+') || at - 1 < r.floor {
        return at;
    }
    let further = r.before(at - 1);
    let operator = is_word(further) || further == sign || matches!(further, b')' | b']' | b'>');
    if operator { at } else { at - 1 }
}

/// The start and end of the hardware address with dashes that the pair at `at` belongs to.
fn dashed_mac(r: &Reading<'_>, at: usize) -> Option<(usize, usize)> {
    let mut start = at;
    for _ in 0..5 {
        let pair = start >= r.floor + 3
            && byte(r.text, start - 1) == b'-'
            && is_hex(byte(r.text, start - 2))
            && is_hex(byte(r.text, start - 3));
        if !pair {
            break;
        }
        start -= 3;
    }
    if is_word(r.before(start)) {
        return None;
    }
    mac(r.text, start).map(|end| (start, end)).filter(|(_, end)| *end > at)
}

/// Whether the four numbers at `at` are a version, by what stands before them.
fn version_follows(r: &Reading<'_>, at: usize) -> bool {
    let mut end = at;
    if r.before(end) == b'~' {
        return true;
    }
    while at - end < 2 && matches!(r.before(end), b' ' | b'=' | b':' | b'"' | b'\'') {
        end -= 1;
    }
    let word = if end < at { word_ending(r, end) } else { b"" };
    [&b"version"[..], b"ver", b"rv"].iter().any(|known| word.eq_ignore_ascii_case(known))
}
