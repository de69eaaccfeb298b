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
use crate::text::scan::host::{address_name_end, host_port, host_start, is_host, known_domain_end};
use crate::text::scan::ident::{pod, survey, trace, uuid};
use crate::text::scan::ip::{colon_address_start, dotted_mac, ipv4, ipv4_suffix, ipv6, pairs, version_end};
use crate::text::scan::number::{Quantity, decimal_end, quantity};
use crate::text::scan::path::{path, windows_path};
use crate::text::scan::time::{StampKind, klog, month, stamp_shape};
use crate::text::scan::url::{email, url};
use crate::text::scan::{DIGIT, HEX_LETTER, LETTER, byte, digits_end, end_of, has, is_digit, is_hex, is_word};

/// The flags of the bytes that make up a run.
const RUN: u8 = LETTER | DIGIT;

/// The fewest digits of a hexadecimal number without `0x`, and the fewest characters of an id.
const MIN_OPAQUE: usize = 6;

impl Lexer {
    #[inline]
    fn on(&self, class: Class) -> bool {
        self.options.masks(class)
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
        if is_word(r.before(at)) {
            return at + 1;
        }
        if is_digit(next)
            && self.on(Class::Ip)
            && let Some(end) = ipv4(r.text, at + 1)
        {
            if self.on(Class::Host) && address_name_end(r.text, end).is_some() {
                // The slash before a name is no part of it.
                return at + 1;
            }
            // Java writes an address without a name as `/10.0.0.7`.
            let start = if r.before(at) == b'/' || at < r.floor { at + 1 } else { at };
            return self.mask(r, start, ipv4_suffix(r.text, end), Class::Ip);
        }
        if !self.on(Class::Path) {
            return at + 1;
        }
        match path(r.text, at, r.low).filter(|found| found.0 >= r.floor) {
            Some((start, end)) => self.mask(r, start, end, Class::Path),
            None => at + 1,
        }
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
        if has(r.before(at), RUN) || has(byte(r.text, end), RUN) {
            return end;
        }
        if end - at == 8
            && self.on(Class::Uuid)
            && let Some(end) = uuid(r.text, at)
        {
            return self.mask(r, at, end, Class::Uuid);
        }
        let run = survey(r.text.get(at..end).unwrap_or_default());
        if self.on(Class::Hex) && run.is_hex_number(MIN_OPAQUE) {
            return self.mask(r, at, end, Class::Hex);
        }
        end
    }

    /// A digit, the first one since a byte that is none.
    fn digits(&self, r: &mut Reading<'_>, at: usize) -> usize {
        let text = r.text;
        let before = r.before(at);
        if has(before, LETTER) {
            return self.domain(r, at).unwrap_or_else(|| self.glued_left(r, at));
        }
        if before == b'%' && is_hex(byte(text, at + 1)) {
            // An escaped byte of a URL.
            return at + 2;
        }
        let end = digits_end(text, at);
        let next = byte(text, end);
        if (next == b'-' || next == b'.' || has(next, LETTER))
            && let Some(end) = self.domain(r, at)
        {
            return end;
        }
        if before == b'-' {
            if self.on(Class::Pod)
                && is_word(r.before(at - 1))
                && let Some(end) = pod(text, at)
            {
                return self.mask(r, at, end, Class::Pod);
            }
        } else if before == b':'
            && let Some(end) = self.colon_address(r, at).or_else(|| self.host(r, at, end))
        {
            return end;
        }
        if has(next, RUN) {
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
        if digits - at <= 4 && r.is_name_part(at, digits) {
            return digits;
        }
        let end = decimal_end(r.text, at, digits);
        let next = byte(r.text, end);
        let start = r.signed_start(at);
        let Some((unit, what)) = quantity(r.text, end) else { return end_of(r.text, end, RUN) };
        let class = match what {
            Quantity::Number => Class::Number,
            Quantity::Size => Class::Size,
            Quantity::Duration => Class::Duration,
            Quantity::Percent => Class::Percent,
        };
        if class == Class::Number
            && self.on(Class::Id)
            && let Some((start, end)) = r.identifier(start, digits, unit)
        {
            return self.mask(r, start, end, Class::Id);
        }
        if self.on(class) {
            if matches!(class, Class::Size | Class::Duration) {
                if class == Class::Size
                    && let Some(end) = r.restate(start, unit)
                {
                    return end;
                }
                let start = if r.is_bound(start, unit) { start - 1 } else { start };
                return self.mask(r, start, unit, class);
            }
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
        let found = stamp_shape(r.text, start).filter(|found| found.end > at)?;
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
            && let Some((start, end)) = r.dashed_mac(at)
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
            && let Some(end) = self.hex_pairs(r, at, at)
        {
            return Some(end);
        }
        if len <= 2 && r.before(at) != b':' {
            let found = stamp_shape(r.text, at);
            let goes_on = found.is_some_and(|f| byte(r.text, f.end) == b':' && is_hex(byte(r.text, f.end + 1)));
            if !goes_on && let Some(end) = self.stamp(r, at, at) {
                return Some(end);
            }
            if len == 2
                && let Some(end) = self.short_time(r, at)
            {
                return Some(end);
            }
        }
        self.colon_address(r, at)
    }

    /// Two digits, a colon and two digits, and no more colons: hours and minutes, or minutes and seconds. Two numbers of
    /// another length are a ratio, a place in a file or a score; what goes on with a dot and a digit is a place on a bus
    /// (`00:02.0`).
    fn short_time(&self, r: &mut Reading<'_>, at: usize) -> Option<usize> {
        let (start, end) = (at + 3, at + 5);
        let next = byte(r.text, end);
        let goes_on = next == b'.' && is_digit(byte(r.text, end + 1));
        if digits_end(r.text, start) != end || is_word(next) || next == b':' || goes_on {
            return None;
        }
        // `db-10:80`: the port of a host.
        if r.before(at) == b'-'
            && let Some(end) = self.host(r, start, end)
        {
            return Some(end);
        }
        self.on(Class::Time).then(|| self.mask(r, at, end, Class::Time))
    }

    /// Pairs of hexadecimal digits from `start` on, beyond `at`: a hardware address, or a fingerprint or dump.
    fn hex_pairs(&self, r: &mut Reading<'_>, start: usize, at: usize) -> Option<usize> {
        let end = pairs(r.text, start).filter(|end| *end > at)?;
        let class = if end - start == 17 { Class::Mac } else { Class::Hex };
        self.on(class).then(|| self.mask(r, start, end, class))
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
        if let Some(end) = self.hex_pairs(r, start, at) {
            return Some(end);
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
        let start = r.weekday_start(at);
        // `5 Jan 11 00:00:00` is rather a count and a date than the year 2011.
        let short = end_of(r.text, end + 1, LETTER) + 1;
        let ambiguous = digits_end(r.text, short) <= short + 2 && byte(r.text, digits_end(r.text, short)) == b' ';
        if ambiguous && len <= 2 && start == at { None } else { self.stamp(r, start, at) }
    }

    /// A date whose month stands before the day: `Jun 14 15:16:01`, perhaps with a weekday.
    fn named_month(&self, r: &mut Reading<'_>, at: usize) -> Option<usize> {
        let (start, word) = r.word_before(at)?;
        month(word)?;
        let start = r.weekday_start(start);
        self.stamp(r, start, at)
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
            && !r.version_follows(at)
        {
            if self.on(Class::Host)
                && let Some(name) = address_name_end(text, ip)
            {
                return self.mask(r, at, host_port(text, name).unwrap_or(name), Class::Host);
            }
            let end = ipv4_suffix(text, ip);
            return self.named_address(r, at, ip, end).unwrap_or_else(|| self.mask(r, at, end, Class::Ip));
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
            return self.version(r, at, version_end(text, at));
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
            let start = r.signed_start(at);
            return self.mask(r, start, end, Class::Number);
        }
        if r.before(at) == b'/' && r.follows_name(at) {
            return r.keep(version_end(text, at));
        }
        self.number(r, at, end)
    }

    /// A digit with letters before it in its run.
    fn glued_left(&self, r: &mut Reading<'_>, at: usize) -> usize {
        let mut start = at;
        while start > r.floor && has(r.before(start), RUN) {
            start -= 1;
        }
        let end = end_of(r.text, at, RUN);
        if at == start + 1 && end == at + 4 && byte(r.text, end) == b' ' && is_klog_level(byte(r.text, start)) {
            // `I0612 15:04:05.123456`
            if let Some(found) = klog(r.text, at).filter(|_| self.on(Class::Timestamp)) {
                return self.mask(r, at, found.end, Class::Timestamp);
            }
        }
        let value = self.structured(r, start, end).or_else(|| self.opaque(r, start, end));
        value.unwrap_or_else(|| {
            let marked = at == start + 1 && byte(r.text, start) | 0x20 == b'v' && digits_end(r.text, at) == end;
            match dotted_end(r.text, end) {
                Some(end) if marked => self.version(r, start, end),
                Some(end) => r.keep(end),
                None => end,
            }
        })
    }

    /// A version, unless it says of which product: `nginx/1.18.0` is the name of a program.
    fn version(&self, r: &mut Reading<'_>, start: usize, end: usize) -> usize {
        let end = start + without_extensions(r.text.get(start..end).unwrap_or_default()).len();
        let product = r.before(start) == b'/' && r.follows_name(start);
        if product || !self.on(Class::Version) { r.keep(end) } else { self.mask(r, start, end, Class::Version) }
    }

    /// The name of a host with dots that the digit at `at` stands in, if it ends in a domain that everybody knows; with its
    /// port.
    #[inline]
    fn domain(&self, r: &mut Reading<'_>, at: usize) -> Option<usize> {
        if !r.named || !self.on(Class::Host) {
            return None;
        }
        let end = known_domain_end(r.text, at, &mut r.known.name_reach)?;
        let floor = r.low.max(r.start());
        if (r.known.host.0, r.known.host.1) != (end, floor) {
            r.known.host = (end, floor, host_start(r.text, end, floor));
        }
        let start = r.known.host.2?;
        let end = host_port(r.text, end).unwrap_or(end);
        r.hit_host(start, at, end, self.options.fold_lists)
    }

    /// The name of a host and its port, of which the digits are `at..end`.
    fn host(&self, r: &mut Reading<'_>, at: usize, end: usize) -> Option<usize> {
        let colon = at - 1;
        if end - at > 5 || !is_word(r.before(colon)) || !self.on(Class::Host) {
            return None;
        }
        let end = host_port(r.text, colon)?;
        let start = host_start(r.text, colon, r.low.max(r.start()))?;
        let name = r.text.get(start..colon)?;
        is_host(name, end - at).then(|| r.hit_host(start, at, end, self.options.fold_lists))?
    }

    /// The address `at..end` (with what belongs to it) behind a host's name and a slash, as Java writes it: the name must show
    /// that it is one, unless the address has a port.
    fn named_address(&self, r: &mut Reading<'_>, at: usize, address: usize, end: usize) -> Option<usize> {
        if r.before(at) != b'/' || !is_word(r.before(at - 1)) || !self.on(Class::Host) {
            return None;
        }
        let slash = at - 1;
        let start = host_start(r.text, slash, r.low.max(r.start()))?;
        let name = r.text.get(start..slash)?;
        let port = byte(r.text, address) == b':' && end > address;
        let telling = port || name == b"localhost" || name.iter().any(|b| matches!(b, b'.' | b'-' | b'0'..=b'9'));
        let letters = name.iter().any(u8::is_ascii_alphabetic);
        (telling && letters).then(|| r.hit_host(start, at, end, self.options.fold_lists))?
    }

    /// Digits with letters behind them in their run.
    fn glued_right(&self, r: &mut Reading<'_>, at: usize, digits: usize) -> usize {
        let text = r.text;
        let end = end_of(text, digits, RUN);
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
        dotted_end(text, end).map_or(end, |end| r.keep(end))
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
                (2, _) if next == b'-' || before == b'-' => r.dashed_mac(start),
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
        if len < MIN_OPAQUE {
            return None;
        }
        let seen = survey(r.text.get(start..end).unwrap_or_default());
        if self.on(Class::Hex) && seen.is_hex_number(MIN_OPAQUE) {
            return Some(self.mask(r, start, end, Class::Hex));
        }
        let id = seen.is_id() || (seen.digits > 0 && seen.letters > 0 && r.has_id_prefix(start));
        (id && self.on(Class::Id)).then(|| self.mask(r, start, end, Class::Id))
    }
}

/// The letter that klog and glog print before the date.
fn is_klog_level(letter: u8) -> bool {
    matches!(letter, b'I' | b'W' | b'E' | b'F' | b'D')
}

/// A version without the extensions of the file that is named after it: `1.2.17` of `1.2.17.jar`.
fn without_extensions(version: &[u8]) -> &[u8] {
    const EXTENSIONS: [&[u8]; 12] =
        [b"jar", b"war", b"zip", b"gz", b"tgz", b"tar", b"rpm", b"deb", b"whl", b"so", b"exe", b"log"];
    let mut version = version;
    while let Some(dot) = version.iter().rposition(|b| *b == b'.')
        && EXTENSIONS.contains(&version.get(dot + 1..).unwrap_or_default())
    {
        version = version.get(..dot).unwrap_or_default();
    }
    version
}

/// The end of the numbers with dots that continue a run which ends with a digit at `end`, as in `jdk1.8.0` and `v1.2`.
fn dotted_end(text: &[u8], end: usize) -> Option<usize> {
    let dotted = byte(text, end) == b'.' && is_digit(byte(text, end + 1)) && is_digit(byte(text, end - 1));
    dotted.then(|| version_end(text, end))
}
