//! The front end of Drain3, exactly: masks rewrite the line one after the other, then Python's `strip`, `replace`, `split`.
//!
//! Each mask sees what the masks before it wrote (a number inside a placeholder is masked again), and what stands in the
//! line is not told apart from what a mask wrote: a literal `<*>` *is* a wildcard. Where the masks of a line do not match,
//! nothing is rewritten and the tokens are spans of the line itself; that is also the quick way for ASCII lines without
//! masks. Otherwise the text is rewritten pass by pass, and a list of parts remembers where each piece came from, so that
//! tokens and masked values still point into the original line.
//!
//! Cost: one look at the bytes to rule masks out, a search per remaining mask, one pass to split. Memory is reused.

use super::config::NormalizeConfig;
use super::masks::{CompiledMask, Masks};
use super::pattern::Haystack;
use super::words::{for_each_word, is_plain};
use crate::error::Error;
use crate::flow::{Class, RewriteScratch, RewrittenPart, Tokens};
use crate::text::{Span, TokenKey, ascii_space, python_space};

/// A line that grows beyond this, and [`GROWTH`] times its length, while masks rewrite it is cut: what matches the empty
/// text multiplies the line with every mask.
const ROOM: usize = 1 << 20;
const GROWTH: usize = 64;

/// The tokenizer of Drain3.
#[derive(Debug, Clone)]
pub(crate) struct Drain3Tokenizer {
    masks: Masks,
    /// Which ASCII bytes separate tokens: white space, and the delimiters if all of them are one byte.
    separators: Box<[bool; 256]>,
    /// Delimiters to be replaced one after the other; empty if `separators` covers them.
    delimiters: Vec<Vec<u8>>,
    wildcard: Vec<u8>,
    /// The key that the wildcard would have as a literal.
    wildcard_key: TokenKey,
    /// Whether a line of printable ASCII is split at its spaces, and that is all.
    is_simple: bool,
    max_line_bytes: usize,
    max_tokens: usize,
}

impl Drain3Tokenizer {
    /// Compiles the masks and delimiters of a configuration.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the configuration.
    pub(crate) fn new(config: &NormalizeConfig) -> Result<Drain3Tokenizer, Error> {
        config.validate()?;
        let mut separators = Box::new([false; 256]);
        for byte in 0..128 {
            separators[usize::from(byte)] = ascii_space(byte);
        }
        let mut delimiters = Vec::new();
        if config.extra_delimiters.iter().all(|d| d.len() == 1) {
            let bytes = config.extra_delimiters.iter().flat_map(|d| d.bytes());
            bytes.for_each(|byte| separators[usize::from(byte)] = true);
        } else {
            delimiters.extend(config.extra_delimiters.iter().map(|d| d.as_bytes().to_vec()));
        }
        // Offsets are 32 bits wide.
        let limit = |limit: usize| if limit == 0 { u32::MAX as usize / 2 } else { limit };
        let is_simple = config.masks.is_empty() && config.extra_delimiters.is_empty();
        Ok(Drain3Tokenizer {
            masks: Masks::compile(config)?,
            separators,
            delimiters,
            wildcard_key: TokenKey::of(config.placeholders().wildcard().as_bytes()),
            is_simple,
            wildcard: config.placeholders().wildcard().into_bytes(),
            max_line_bytes: limit(config.max_line_bytes),
            max_tokens: limit(config.max_tokens),
        })
    }

    /// How often a mask used up its steps on a line, and counted as not matching there.
    pub(crate) fn exhausted(&self) -> u64 {
        self.masks.exhausted()
    }

    /// The tokens of a line.
    pub(crate) fn tokenize(&self, line: &[u8], tokens: &mut Tokens) {
        tokens.clear();
        let line = self.cut(line, tokens);
        if self.is_simple && is_plain(line) {
            self.split_plain(line, tokens);
            return;
        }
        let ascii = line.is_ascii();
        let limit = ROOM + GROWTH.saturating_mul(line.len());
        let whole = || [RewrittenPart { at: 0, origin: Span::new(0, line.len()), copied: true, class: None }];
        if !ascii && std::str::from_utf8(line).is_err() {
            let mut scratch = std::mem::take(tokens.rewrite_scratch());
            let mut text = std::mem::take(tokens.rewrite());
            decode(line, &mut text, &mut scratch.parts);
            self.rewrite(text, scratch, self.masks.iter(), limit, tokens);
            return;
        }
        let seen = if self.masks.is_empty() { 0 } else { self.masks.seen(line) };
        let mut rest = self.masks.iter();
        let hay = if self.masks.is_empty() { None } else { Some(Haystack::new(line)) };
        // The first mask that matches ends the quick way.
        let mut first = None;
        while first.is_none()
            && let Some(hay) = hay
            && let Some(mask) = rest.next()
        {
            if mask.needs & !seen == 0 {
                let mut matched = false;
                let scratch = tokens.rewrite_scratch();
                let mut next = std::mem::take(&mut scratch.text);
                let mut next_parts = std::mem::take(&mut scratch.next_parts);
                let parts = whole();
                let mut pass = Pass::new(line, &parts, &mut next, &mut next_parts, limit);
                mask.pattern.for_each_match(hay, |start, end| {
                    matched = true;
                    pass.replace(start, end, &mask.placeholder, Some(mask.class));
                });
                if matched {
                    first = Some(pass.finish());
                }
                let scratch = tokens.rewrite_scratch();
                scratch.text = next;
                scratch.next_parts = next_parts;
            }
        }
        match first {
            Some(whole) => {
                let mut scratch = std::mem::take(tokens.rewrite_scratch());
                let mut text = std::mem::take(tokens.rewrite());
                std::mem::swap(&mut text, &mut scratch.text);
                std::mem::swap(&mut scratch.parts, &mut scratch.next_parts);
                if !whole {
                    tokens.set_cut();
                }
                self.rewrite(text, scratch, rest, limit, tokens);
            }
            None if self.delimiters.is_empty() => self.split(line, ascii, None, tokens),
            None => {
                let mut scratch = std::mem::take(tokens.rewrite_scratch());
                let mut text = std::mem::take(tokens.rewrite());
                text.extend_from_slice(line);
                scratch.parts.clear();
                scratch.parts.extend(whole());
                self.rewrite(text, scratch, rest, limit, tokens);
            }
        }
    }

    /// The line up to its limit, at a character's boundary.
    fn cut<'a>(&self, line: &'a [u8], tokens: &mut Tokens) -> &'a [u8] {
        if line.len() <= self.max_line_bytes {
            return line;
        }
        tokens.set_cut();
        let mut end = self.max_line_bytes;
        while end > 0 && self.max_line_bytes - end < 3 && line[end] & 0xC0 == 0x80 {
            end -= 1;
        }
        &line[..end]
    }

    /// The remaining passes over a text that is already rewritten, then the split.
    fn rewrite<'m>(
        &self,
        mut text: Vec<u8>,
        mut scratch: RewriteScratch,
        masks: impl Iterator<Item = &'m CompiledMask>,
        limit: usize,
        tokens: &mut Tokens,
    ) {
        let mut whole = true;
        let mut seen = self.masks.seen(&text);
        for mask in masks {
            if mask.needs & !seen != 0 {
                continue;
            }
            let RewriteScratch { text: next, parts, next_parts } = &mut scratch;
            let mut matched = false;
            let mut pass = Pass::new(&text, parts, next, next_parts, limit);
            mask.pattern.for_each_match(Haystack::new(&text), |start, end| {
                matched = true;
                pass.replace(start, end, &mask.placeholder, Some(mask.class));
            });
            if matched {
                whole &= pass.finish();
                std::mem::swap(&mut text, next);
                std::mem::swap(parts, next_parts);
                seen |= mask.shows;
            }
        }
        if !self.delimiters.is_empty() {
            let RewriteScratch { text: next, parts, next_parts } = &mut scratch;
            // `strip` comes first: it decides whether a delimiter that holds a space can match at the edges.
            let kept = stripped(&text);
            let mut pass = Pass::new(&text, parts, next, next_parts, limit);
            pass.skip(0, kept.start);
            pass.copy_to(kept.end);
            pass.skip(kept.end, text.len());
            whole &= pass.finish();
            std::mem::swap(&mut text, next);
            std::mem::swap(parts, next_parts);
            for delimiter in &self.delimiters {
                let mut found = memchr::memmem::find_iter(&text, delimiter).peekable();
                if found.peek().is_none() {
                    continue;
                }
                let mut pass = Pass::new(&text, parts, next, next_parts, limit);
                for start in found {
                    pass.replace(start, start + delimiter.len(), b" ", None);
                }
                whole &= pass.finish();
                std::mem::swap(&mut text, next);
                std::mem::swap(parts, next_parts);
            }
        }
        if !whole {
            tokens.set_cut();
        }
        let ascii = text.is_ascii();
        self.split(&text, ascii, Some(&scratch.parts), tokens);
        *tokens.rewrite() = text;
        *tokens.rewrite_scratch() = scratch;
    }

    /// Python's `split`, and the keys. `text` is UTF-8.
    fn split(&self, text: &[u8], ascii: bool, parts: Option<&[RewrittenPart]>, tokens: &mut Tokens) {
        if ascii && parts.is_none() {
            return self.split_ascii(text, tokens);
        }
        let mut out = Out { tokenizer: self, text, parts, part: 0, masked_to: 0, tokens };
        let mut at = 0;
        let is_space = |at: usize| match text.get(at) {
            Some(&byte) if byte < 0x80 => usize::from(self.separators[usize::from(byte)]),
            Some(_) => wide_space(&text[at..]),
            None => 0,
        };
        loop {
            while let len @ 1.. = is_space(at) {
                at += len;
            }
            let start = at;
            while at < text.len() && is_space(at) == 0 {
                at += 1;
            }
            if start == at || !out.push(start, at) {
                return;
            }
        }
    }

    /// The quickest way, for printable ASCII in which the space is the only separator.
    fn split_plain(&self, text: &[u8], tokens: &mut Tokens) {
        for_each_word(text, |start, end| {
            if tokens.len() >= self.max_tokens {
                tokens.set_cut();
                return false;
            }
            let key = TokenKey::literal(text, start, end);
            let wild = key == self.wildcard_key && (key.is_exact() || text[start..end] == *self.wildcard);
            tokens.push(Span::new(start, end), if wild { TokenKey::WILD } else { key });
            true
        });
    }

    /// The quick way: one table look-up per byte.
    fn split_ascii(&self, text: &[u8], tokens: &mut Tokens) {
        let mut out = Out { tokenizer: self, text, parts: None, part: 0, masked_to: 0, tokens };
        let mut start = 0;
        for (at, &byte) in text.iter().enumerate() {
            if self.separators[usize::from(byte)] {
                if start < at && !out.push(start, at) {
                    return;
                }
                start = at + 1;
            }
        }
        if start < text.len() {
            out.push(start, text.len());
        }
    }
}

/// Where the tokens go.
struct Out<'a> {
    tokenizer: &'a Drain3Tokenizer,
    text: &'a [u8],
    parts: Option<&'a [RewrittenPart]>,
    /// The first part that may still matter.
    part: usize,
    /// Where in the original line the last masked value ended.
    masked_to: u32,
    tokens: &'a mut Tokens,
}

impl Out<'_> {
    /// One token; `false` when there must be no more.
    #[inline]
    fn push(&mut self, start: usize, end: usize) -> bool {
        if self.tokens.len() >= self.tokenizer.max_tokens {
            self.tokens.set_cut();
            return false;
        }
        let wildcard = &self.tokenizer.wildcard;
        let key = if end - start == wildcard.len() && self.text[start..end] == **wildcard {
            TokenKey::WILD
        } else {
            TokenKey::literal(self.text, start, end)
        };
        match self.parts {
            None => self.tokens.push(Span::new(start, end), key),
            Some(parts) => {
                let origin = self.masks_of(parts, start, end);
                self.tokens.push_rewritten(Span::new(start, end), origin, key);
            }
        }
        true
    }

    /// Pushes the masked values of a token, gives its origin.
    #[cold]
    fn masks_of(&mut self, parts: &[RewrittenPart], start: usize, end: usize) -> Span {
        while parts.get(self.part + 1).is_some_and(|next| next.at as usize <= start) {
            self.part += 1;
        }
        let mut origin: Option<Span> = None;
        let mut at = self.part;
        while let Some(part) = parts.get(at).filter(|part| (part.at as usize) < end) {
            if let Some(class) = part.class
                && part.origin.start >= self.masked_to
            {
                self.tokens.push_mask(part.origin, class);
                self.masked_to = part.origin.end;
            }
            // Pieces of one placeholder share its origin, so origins may step back a little.
            let piece = Span { start: part.start_of(start), end: part.end_of(end) };
            let all = origin.get_or_insert(piece);
            *all = Span { start: all.start.min(piece.start), end: all.end.max(piece.end) };
            at += 1;
        }
        origin.unwrap_or_default()
    }
}

impl RewrittenPart {
    /// Where a place inside the part came from, as the start of something.
    fn start_of(&self, at: usize) -> u32 {
        let inside = (at as u32).saturating_sub(self.at);
        if self.copied { (self.origin.start + inside).min(self.origin.end) } else { self.origin.start }
    }

    /// Where a place inside (or behind) the part came from, as the end of something.
    fn end_of(&self, at: usize) -> u32 {
        let inside = (at as u32).saturating_sub(self.at);
        if self.copied { (self.origin.start + inside).min(self.origin.end) } else { self.origin.end }
    }
}

/// One pass that replaces parts of a text, from left to right.
struct Pass<'a> {
    text: &'a [u8],
    parts: &'a [RewrittenPart],
    /// The part that `done` lies in.
    part: usize,
    /// How far the text is done.
    done: usize,
    out: &'a mut Vec<u8>,
    out_parts: &'a mut Vec<RewrittenPart>,
    limit: usize,
    whole: bool,
}

impl<'a> Pass<'a> {
    fn new(
        text: &'a [u8],
        parts: &'a [RewrittenPart],
        out: &'a mut Vec<u8>,
        out_parts: &'a mut Vec<RewrittenPart>,
        limit: usize,
    ) -> Pass<'a> {
        out.clear();
        out_parts.clear();
        Pass { text, parts, part: 0, done: 0, out, out_parts, limit, whole: true }
    }

    /// Moves to the part that a place lies in; the last one for the end of the text.
    fn seek(&mut self, at: usize) -> Option<RewrittenPart> {
        while self.parts.get(self.part + 1).is_some_and(|next| next.at as usize <= at) {
            self.part += 1;
        }
        self.parts.get(self.part).copied()
    }

    /// Copies the text up to a place.
    fn copy_to(&mut self, end: usize) {
        while self.done < end {
            let Some(part) = self.seek(self.done) else { return };
            let part_end = self.parts.get(self.part + 1).map_or(self.text.len(), |next| next.at as usize);
            let stop = part_end.min(end);
            let at = self.out.len() as u32;
            let complete = self.done == part.at as usize && stop == part_end;
            self.out_parts.push(if part.copied {
                let origin = Span { start: part.start_of(self.done), end: part.end_of(stop) };
                RewrittenPart { at, origin, ..part }
            } else {
                // A piece of a placeholder stands for no value any more.
                RewrittenPart { at, class: part.class.filter(|_| complete), ..part }
            });
            self.out.extend_from_slice(&self.text[self.done..stop]);
            self.done = stop;
        }
    }

    /// Copies up to a match and writes something else instead of it.
    fn replace(&mut self, start: usize, end: usize, with: &[u8], class: Option<Class>) {
        if self.out.len() + (end - self.done) + with.len() > self.limit {
            self.whole = false;
            return;
        }
        self.copy_to(start);
        let origin = if start == end {
            // Between two characters: where the one before ends.
            let point = match start.checked_sub(1) {
                Some(_) if start == self.text.len() => self.parts.last().map_or(0, |part| part.end_of(start)),
                _ => self.seek(start).map_or(0, |part| part.start_of(start)),
            };
            Span { start: point, end: point }
        } else {
            let first = self.seek(start).map_or(0, |part| part.start_of(start));
            let last = self.seek(end - 1).map_or(first, |part| part.end_of(end));
            Span { start: first, end: last.max(first) }
        };
        if !with.is_empty() {
            self.out_parts.push(RewrittenPart { at: self.out.len() as u32, origin, copied: false, class });
            self.out.extend_from_slice(with);
        }
        self.done = end;
    }

    /// Leaves out a part of the text.
    fn skip(&mut self, start: usize, end: usize) {
        self.copy_to(start);
        self.done = end;
    }

    /// Copies the rest; `false` if something had to be left out.
    fn finish(mut self) -> bool {
        if self.whole {
            self.copy_to(self.text.len());
        }
        self.whole
    }
}

/// Decodes as Python does with `errors="replace"`: each maximal run of bytes that could have begun a character becomes one
/// U+FFFD.
fn decode(line: &[u8], text: &mut Vec<u8>, parts: &mut Vec<RewrittenPart>) {
    text.clear();
    parts.clear();
    let mut at = 0;
    for chunk in line.utf8_chunks() {
        let mut part = |bytes: &[u8], len: usize, copied| {
            if !bytes.is_empty() {
                parts.push(RewrittenPart {
                    at: text.len() as u32,
                    origin: Span::new(at, at + len),
                    copied,
                    class: None,
                });
                text.extend_from_slice(bytes);
                at += len;
            }
        };
        part(chunk.valid().as_bytes(), chunk.valid().len(), true);
        if !chunk.invalid().is_empty() {
            part("\u{fffd}".as_bytes(), chunk.invalid().len(), false);
        }
    }
}

/// What Python's `strip` leaves of a text that is UTF-8.
fn stripped(text: &[u8]) -> std::ops::Range<usize> {
    let Ok(text) = std::str::from_utf8(text) else { return 0..text.len() };
    let start = text.len() - text.trim_start_matches(python_space).len();
    let end = text.trim_end_matches(python_space).len();
    start..end.max(start)
}

/// The length of the white space character that begins here, beyond ASCII; 0 if none does.
fn wide_space(text: &[u8]) -> usize {
    let len = match text.first() {
        Some(0xC2) => 2,
        Some(0xE1..=0xE3) => 3,
        _ => return 0,
    };
    let character = text.get(..len).and_then(|bytes| std::str::from_utf8(bytes).ok());
    if character.and_then(|s| s.chars().next()).is_some_and(python_space) { len } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::config::Mask;
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Golden {
        case: Vec<Case>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        name: String,
        masks: Vec<Mask>,
        mask_prefix: String,
        mask_suffix: String,
        extra_delimiters: Vec<String>,
        lines: Vec<Line>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        text: Option<String>,
        hex: Option<String>,
        tokens: Vec<String>,
    }

    fn tokenizer(masks: &[(&str, &str)], delimiters: &[&str]) -> Drain3Tokenizer {
        Drain3Tokenizer::new(&NormalizeConfig {
            masks: masks.iter().map(|(name, pattern)| Mask::new(*name, *pattern)).collect(),
            extra_delimiters: delimiters.iter().map(|&d| d.to_owned()).collect(),
            ..NormalizeConfig::drain3()
        })
        .unwrap()
    }

    fn texts<'a>(tokens: &'a Tokens, line: &'a [u8]) -> Vec<&'a str> {
        tokens.spans().iter().map(|span| std::str::from_utf8(span.of(tokens.text(line))).unwrap()).collect()
    }

    /// What every result must keep to, whatever went in.
    fn check(tokens: &Tokens, line: &[u8]) {
        for (i, span) in tokens.spans().iter().enumerate() {
            let origin = tokens.origin(i);
            assert!(!span.is_empty() && span.end as usize <= tokens.text(line).len());
            assert!(origin.start <= origin.end && origin.end as usize <= line.len());
            for mask in tokens.masks(i) {
                assert!(origin.start <= mask.span.start && mask.span.end <= origin.end);
            }
            assert!(tokens.is_rewritten() || origin == *span);
        }
        assert!(tokens.all_masks().is_sorted_by(|a, b| a.span.end <= b.span.start));
    }

    #[test]
    fn tokens_are_those_of_drain3() {
        let golden = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/drain3/tokens.toml"));
        let golden: Golden = toml::from_str(golden).unwrap();
        assert!(golden.case.len() > 50);
        // One value for all lines: what one line leaves behind must not show in the next.
        let mut tokens = Tokens::new();
        for case in golden.case {
            let tokenizer = Drain3Tokenizer::new(&NormalizeConfig {
                masks: case.masks,
                mask_prefix: case.mask_prefix,
                mask_suffix: case.mask_suffix,
                extra_delimiters: case.extra_delimiters,
                ..NormalizeConfig::drain3()
            })
            .unwrap();
            for given in case.lines {
                let line = match (given.text, given.hex) {
                    (Some(text), _) => text.into_bytes(),
                    (None, hex) => {
                        let hex = hex.unwrap();
                        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
                    }
                };
                tokenizer.tokenize(&line, &mut tokens);
                assert_eq!(texts(&tokens, &line), given.tokens, "{}: {}", case.name, String::from_utf8_lossy(&line));
                check(&tokens, &line);
            }
        }
    }

    #[test]
    fn values_and_tokens_point_into_the_original_line() {
        let tokenizer = tokenizer(&[("IP4", r"\d+\.\d+\.\d+\.\d+"), ("NUM", r"\d+")], &["::"]);
        let line = b"a=10.0.0.1 x::7 z";
        let mut tokens = Tokens::new();
        tokenizer.tokenize(line, &mut tokens);
        // The second mask takes the 4 of the first one's name, as in Drain3.
        assert_eq!(texts(&tokens, line), ["a=<IP<NUM>>", "x", "<NUM>", "z"]);
        let origins: Vec<&[u8]> = (0..4).map(|i| tokens.origin(i).of(line)).collect();
        assert_eq!(origins, [&b"a=10.0.0.1"[..], b"x", b"7", b"z"]);
        let values: Vec<&[u8]> = tokens.all_masks().iter().map(|mask| mask.span.of(line)).collect();
        assert_eq!(values, [&b"10.0.0.1"[..], b"7"]);
    }

    #[test]
    fn a_wildcard_is_what_is_spelled_like_one() {
        let mut tokens = Tokens::new();
        tokenizer(&[("*", r"\d+")], &[]).tokenize(b"<*> 5 <*>x", &mut tokens);
        assert_eq!(tokens.keys()[..2], [TokenKey::WILD, TokenKey::WILD]);
        assert_eq!(tokens.keys()[2], TokenKey::of(b"<*>x"));
    }

    #[test]
    fn an_untouched_line_is_not_rewritten() {
        let mut tokens = Tokens::new();
        let tokenizer = tokenizer(&[("NUM", r"\d+")], &["_"]);
        for (line, rewritten) in [("a_b", false), ("a 1", true), ("caf\u{e9}", false), ("x", false)] {
            tokenizer.tokenize(line.as_bytes(), &mut tokens);
            assert_eq!(tokens.is_rewritten(), rewritten, "{line}");
        }
    }

    #[test]
    fn limits_cut_and_say_so() {
        let config = NormalizeConfig { max_line_bytes: 6, max_tokens: 2, ..NormalizeConfig::drain3() };
        let tokenizer = Drain3Tokenizer::new(&config).unwrap();
        let mut tokens = Tokens::new();
        for (line, expected, cut) in [
            ("a b", vec!["a", "b"], false),
            ("a b c", vec!["a", "b"], true),
            ("abcde\u{e9}", vec!["abcde"], true),
            ("abcdefg", vec!["abcdef"], true),
        ] {
            tokenizer.tokenize(line.as_bytes(), &mut tokens);
            assert_eq!((texts(&tokens, line.as_bytes()), tokens.is_cut()), (expected, cut), "{line}");
        }
    }

    #[test]
    fn masks_that_multiply_a_line_are_stopped() {
        let tokenizer = tokenizer(&[("LONG", ""); 12], &[]);
        let mut tokens = Tokens::new();
        tokenizer.tokenize(b"a b", &mut tokens);
        assert!(tokens.is_cut() && tokens.text(b"a b").len() <= ROOM + 3 * GROWTH);
    }

    proptest! {
        #[test]
        fn any_bytes_give_tokens_inside_the_line(lines in prop::collection::vec(any::<Vec<u8>>(), 1..4)) {
            let all = [
                tokenizer(&[], &[]),
                tokenizer(&[], &["_", "ab", "\u{e9}"]),
                tokenizer(&[("A", r"\d+|\W"), ("X Y", "(?<=A)|<"), ("C", r"(?<!x)\b")], &[" A"]),
            ];
            let mut tokens = Tokens::new();
            for line in &lines {
                for tokenizer in &all {
                    tokenizer.tokenize(line, &mut tokens);
                    check(&tokens, line);
                }
            }
        }
    }
}
