//! Sets of characters: the one meaning that a class has in both engines.

use std::fmt::Write as _;

use regex_syntax::hir::{Class, HirKind};

use crate::text::python_space;

const LAST: u32 = 0x0010_FFFF;

/// A set of characters as sorted, disjoint, inclusive ranges of code points.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct CharSet {
    ranges: Vec<(u32, u32)>,
}

impl CharSet {
    pub(super) fn range(first: u32, last: u32) -> CharSet {
        CharSet { ranges: vec![(first, last)] }
    }

    pub(super) fn one(c: char) -> CharSet {
        CharSet::range(c.into(), c.into())
    }

    pub(super) fn all() -> CharSet {
        CharSet::range(0, LAST)
    }

    /// Python's `\d`: the category Nd, or `0-9` under `(?a)`.
    pub(super) fn digits(ascii: bool) -> CharSet {
        if ascii { CharSet::range('0'.into(), '9'.into()) } else { CharSet::from_table(r"\p{Nd}") }
    }

    /// Python's `\w`: letters, numbers and the underscore; no combining marks, unlike in Rust.
    pub(super) fn word(ascii: bool) -> CharSet {
        let mut set = if ascii { CharSet::default() } else { CharSet::from_table(r"[\p{L}\p{N}]") };
        for (first, last) in [('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')] {
            set.add(first.into(), last.into());
        }
        set
    }

    /// Python's `\s`: it counts U+001C to U+001F, unless under `(?a)`.
    pub(super) fn spaces(ascii: bool) -> CharSet {
        let mut set = CharSet::default();
        let limit = if ascii { '\x7f' } else { '\u{3000}' };
        for c in ('\0'..=limit).filter(|&c| python_space(c)) {
            if !(ascii && matches!(c, '\x1c'..='\x1f')) {
                set.add(c.into(), c.into());
            }
        }
        set
    }

    /// A class of the regex crate's tables; empty if there were none of that name.
    fn from_table(class: &str) -> CharSet {
        let mut set = CharSet::default();
        if let Ok(hir) = regex_syntax::parse(class)
            && let HirKind::Class(Class::Unicode(class)) = hir.kind()
        {
            set.ranges = class.ranges().iter().map(|r| (r.start().into(), r.end().into())).collect();
        }
        set
    }

    pub(super) fn add(&mut self, first: u32, last: u32) {
        self.ranges.push((first, last));
        self.normalize();
    }

    pub(super) fn union(&mut self, other: &CharSet) {
        self.ranges.extend_from_slice(&other.ranges);
        self.normalize();
    }

    fn normalize(&mut self) {
        self.ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for &(first, last) in &self.ranges {
            match merged.last_mut() {
                Some(open) if first <= open.1.saturating_add(1) => open.1 = open.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        self.ranges = merged;
    }

    #[must_use]
    pub(super) fn negated(&self) -> CharSet {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for &(first, last) in &self.ranges {
            if first > next {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        CharSet { ranges }
    }

    #[must_use]
    pub(super) fn intersection(&self, other: &CharSet) -> CharSet {
        let mut outside = self.negated();
        outside.union(&other.negated());
        outside.negated()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub(super) fn contains(&self, c: char) -> bool {
        let code = u32::from(c);
        let at = self.ranges.partition_point(|&(_, last)| last < code);
        self.ranges.get(at).is_some_and(|&(first, _)| first <= code)
    }

    /// Whether every member is one byte long.
    pub(super) fn is_ascii(&self) -> bool {
        self.ranges.last().is_none_or(|&(_, last)| last < 0x80)
    }

    /// The members below 128 as bits.
    pub(super) fn ascii_bits(&self) -> u128 {
        (0..128_u8).filter(|&b| self.contains(char::from(b))).fold(0, |bits, b| bits | 1 << b)
    }

    /// The ranges beyond ASCII.
    pub(super) fn wide_ranges(&self) -> Box<[(u32, u32)]> {
        self.ranges.iter().filter(|r| r.1 >= 0x80).map(|&(first, last)| (first.max(0x80), last)).collect()
    }

    /// Adds what `(?i)` makes equal to a member. Under `(?a)` only ASCII letters have two cases.
    pub(super) fn fold_case(&mut self, ascii: bool) {
        if ascii {
            for (upper, lower) in ('A'..='Z').zip('a'..='z') {
                if self.contains(upper) || self.contains(lower) {
                    self.add(upper.into(), upper.into());
                    self.add(lower.into(), lower.into());
                }
            }
            return;
        }
        if self.is_ascii() {
            // The four characters beyond ASCII that equal a letter of ASCII.
            let strangers = [('k', '\u{212a}'), ('s', '\u{17f}'), ('i', '\u{130}'), ('i', '\u{131}')];
            self.fold_case(true);
            let found = strangers.into_iter().filter(|pair| self.contains(pair.0)).map(|pair| pair.1);
            let found: Vec<char> = found.collect();
            for c in found {
                self.add(c.into(), c.into());
            }
            return;
        }
        // The keys of the members first, then everything that shares a key with a member.
        let pairs: Vec<(char, char)> = (0..0x1_F000)
            .filter_map(char::from_u32)
            .filter_map(|c| {
                let key = fold(c);
                (key != c).then_some((c, key))
            })
            .collect();
        let keys: Vec<char> = pairs.iter().filter(|pair| self.contains(pair.0)).map(|pair| pair.1).collect();
        self.ranges.extend(keys.into_iter().map(|c| (c.into(), c.into())));
        self.normalize();
        let equal: Vec<char> = pairs.iter().filter(|pair| self.contains(pair.1)).map(|pair| pair.0).collect();
        self.ranges.extend(equal.into_iter().map(|c| (c.into(), c.into())));
        self.normalize();
    }

    /// Writes the set as a class of the regex crate, over bytes below 128 or over characters.
    pub(super) fn emit(&self, ascii: bool, out: &mut String) {
        let limit = if ascii { 0x7F } else { LAST };
        let mut body = String::new();
        for &(first, last) in self.ranges.iter().filter(|r| r.0 <= limit) {
            // The surrogates are no characters; a range may begin or end inside them.
            for (first, last) in [(first, last.min(0xD7FF)), (first.max(0xE000), last.min(limit))] {
                if first <= last && last <= limit {
                    // Writing to a String does not fail.
                    let _ = write!(body, r"\x{{{first:x}}}-\x{{{last:x}}}");
                } else if first <= last {
                    let _ = write!(body, r"\x{{{first:x}}}-\x{{{limit:x}}}");
                }
            }
        }
        let body = if body.is_empty() { "a&&b" } else { &body };
        let flags = if ascii { "-u" } else { "u" };
        let _ = write!(out, "(?{flags}:[{body}])");
    }
}

/// Pairs of lower-case characters that Python's `re` takes for equal although lower-casing keeps them apart.
#[rustfmt::skip]
const ALSO_EQUAL: [(char, char); 31] = [
    ('\u{131}', 'i'), ('\u{17f}', 's'), ('\u{b5}', '\u{3bc}'), ('\u{345}', '\u{3b9}'), ('\u{1fbe}', '\u{3b9}'),
    ('\u{1fd3}', '\u{390}'), ('\u{1fe3}', '\u{3b0}'), ('\u{3d0}', '\u{3b2}'), ('\u{3f5}', '\u{3b5}'),
    ('\u{3d1}', '\u{3b8}'), ('\u{3f0}', '\u{3ba}'), ('\u{3d6}', '\u{3c0}'), ('\u{3f1}', '\u{3c1}'),
    ('\u{3c2}', '\u{3c3}'), ('\u{3d5}', '\u{3c6}'), ('\u{1c80}', '\u{432}'), ('\u{1c81}', '\u{434}'),
    ('\u{1c82}', '\u{43e}'), ('\u{1c83}', '\u{441}'), ('\u{1c84}', '\u{442}'), ('\u{1c85}', '\u{442}'),
    ('\u{1c86}', '\u{44a}'), ('\u{1c87}', '\u{463}'), ('\u{1c88}', '\u{a64b}'), ('\u{1e9b}', '\u{1e61}'),
    ('\u{fb05}', '\u{fb06}'), ('\u{130}', 'i'), ('\u{212a}', 'k'), ('\u{212b}', '\u{e5}'), ('\u{2126}', '\u{3c9}'),
    ('\u{1e9e}', '\u{df}'),
];

/// The character that stands for all that `(?i)` takes for equal.
pub(super) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    let single = match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    };
    ALSO_EQUAL.iter().find(|pair| pair.0 == single).map_or(single, |pair| pair.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_behave_like_sets() {
        let digits = CharSet::digits(true);
        assert!(digits.contains('5') && !digits.contains('a') && digits.is_ascii());
        assert_eq!(digits.negated().negated(), digits);
        assert!(digits.intersection(&digits.negated()).is_empty());
        assert!(CharSet::all().negated().is_empty());
        let word = CharSet::word(false);
        assert!(word.contains('_') && word.contains('\u{b2}') && word.contains('\u{e9}') && !word.contains('\u{301}'));
        assert!(CharSet::spaces(false).contains('\u{1c}') && !CharSet::spaces(true).contains('\u{1c}'));
    }

    #[test]
    fn case_folds_as_in_python() {
        let mut k = CharSet::one('k');
        k.fold_case(false);
        assert!(k.contains('K') && k.contains('\u{212a}'));
        let mut i = CharSet::one('I');
        i.fold_case(false);
        assert!(i.contains('i') && i.contains('\u{130}') && i.contains('\u{131}'));
        i = CharSet::one('I');
        i.fold_case(true);
        assert!(!i.contains('\u{131}') && i.contains('i'));
    }

    #[test]
    fn an_emitted_class_is_the_set() {
        for set in [CharSet::range(0xD000, 0xE010), CharSet::one('x').negated(), CharSet::default(), CharSet::all()] {
            let mut text = String::new();
            set.emit(false, &mut text);
            let regex = regex::Regex::new(&text).unwrap();
            for c in ['x', 'a', '\0', '\u{7f}', '\u{d7ff}', '\u{e000}', '\u{e011}', '\u{10ffff}'] {
                assert_eq!(regex.is_match(&c.to_string()), set.contains(c), "{text} {c:?}");
            }
            text.clear();
            set.emit(true, &mut text);
            assert!(regex::bytes::Regex::new(&text).is_ok(), "{text}");
        }
    }
}
