//! A word and its pieces: where a word is cut, and which quoted strings hold it together.
//!
//! A word is cut *behind* each of the separators `=` `,` `:` `;` `|` that
//!
//! - has a byte of the word behind it which is no separator, and lies outside every value;
//! - leaves on both sides of the word a *core* byte: a value, or a byte that is no separator, bracket or quote. So `src:` and
//!   `a=",` stay whole;
//! - is no part of an operator: on neither side of `=`, `:` and `|` stands one of `= : | < > ! ~`, and behind `:` no `//`. The
//!   bytes of values are no operators. So `a==b`, `a=>b`, `a::b` and `a:=b` stay whole;
//! - does not lie in a quoted string behind `="`: see [`quoted_end`].
//!
//! Brackets do not cut. The pieces are tokens with nothing between; all but the last are [glued](TokenKey::glued).

use super::blocks::{WIDTH, is_separator, separators};
use super::constants::{constant, may_be_constant};
use super::lexer::Lexer;
use crate::flow::{Class, MaskSpan, Tokens};
use crate::text::scan::byte;
use crate::text::{Span, TokenKey};

/// A word that is about to become one token or several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its inner separators, bit 0 at `start`, if `exact`; else 0 if it has none.
    pub(super) inner: u64,
    /// Whether `inner` says where the separators are.
    pub(super) exact: bool,
    /// The end of the quoted string that holds it together, or 0.
    pub(super) quoted: usize,
    /// No quoted string that opens before this is still to be found.
    pub(super) searched: usize,
}

impl Word {
    /// A word of which nothing is known but its edges.
    pub(super) fn new(start: usize, end: usize) -> Word {
        Word { start, end, inner: 1, exact: false, quoted: 0, searched: start }
    }

    /// The places of its separators from `from` on, and perhaps some at its end.
    fn separators<'t>(&self, text: &'t [u8]) -> Separators<'t> {
        let end = self.end.min(text.len());
        let (bits, next) = if self.exact || self.inner == 0 { (self.inner, end) } else { (0, self.start) };
        Separators { text, bits, base: self.start, next, end }
    }
}

/// Walks over the separators of a part of the text.
struct Separators<'t> {
    text: &'t [u8],
    bits: u64,
    /// The place of bit 0.
    base: usize,
    /// The first byte that `bits` does not describe.
    next: usize,
    end: usize,
}

impl Separators<'_> {
    /// Goes on at `from`, behind what was seen.
    fn skip_to(&mut self, from: usize) {
        if from >= self.next {
            self.bits = 0;
            self.next = from;
        } else if from > self.base {
            let behind = from - self.base;
            self.bits &= if behind < WIDTH { !0 << behind } else { 0 };
        }
    }
}

impl Iterator for Separators<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.next >= self.end {
                return None;
            }
            self.base = self.next;
            self.bits = separators(self.text, self.base, self.end);
            self.next = (self.base + WIDTH).min(self.end);
        }
        let at = self.base + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }
}

/// Looks for the last quoted string behind `="` that a word opens and leaves open: the word goes on at least as far. A word
/// that goes on behind the masks of a user is asked again at each of them, and what was searched is not searched again.
#[inline]
pub(super) fn find_open_quote(text: &[u8], word: &mut Word) {
    let mut bits = if word.exact { word.inner } else { 1 };
    while word.exact && bits != 0 {
        let at = word.start + bits.trailing_zeros() as usize;
        if byte(text, at) == b'=' && byte(text, at + 1) == b'"' {
            break;
        }
        bits &= bits - 1;
    }
    if bits != 0 {
        follow_quotes(text, word);
    }
}

/// [`find_open_quote`] where there may be one.
fn follow_quotes(text: &[u8], word: &mut Word) {
    let mut ahead = *word;
    let mut places = ahead.separators(text);
    places.skip_to(word.searched);
    while let Some(at) = places.next() {
        #[cfg(test)]
        tests::ASKED.with(|asked| asked.set(asked.get() + 1));
        let Some(quoted) = quoted_value(text, at) else { continue };
        if quoted > ahead.end {
            word.quoted = word.quoted.max(quoted);
            ahead = Word::new(quoted, word_end(text, quoted));
            places = ahead.separators(text);
        } else {
            places.skip_to(quoted);
        }
    }
    word.searched = word.searched.max(ahead.end);
}

/// The end of the word that `at` stands in or behind.
pub(super) fn word_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| *b <= b' ').unwrap_or(rest.len())
}

/// The end of the quoted string that is the value behind the separator at `at`.
fn quoted_value(text: &[u8], at: usize) -> Option<usize> {
    (byte(text, at) == b'=' && byte(text, at + 1) == b'"').then(|| quoted_end(text, at + 1)).flatten()
}

/// The end of the quoted string that opens at `quote`: the closing quote stands within 48 bytes, and between the two are no
/// `=`, at most three blanks and no other white space.
fn quoted_end(text: &[u8], quote: usize) -> Option<usize> {
    const LONGEST: usize = 48;
    const MAX_BLANKS: usize = 3;
    let mut blanks = 0;
    for (i, b) in text.get(quote + 1..)?.iter().take(LONGEST).enumerate() {
        match b {
            b'"' => return Some(quote + i + 2),
            b' ' if blanks < MAX_BLANKS => blanks += 1,
            b'=' | 0..=b' ' => return None,
            _ => {}
        }
    }
    None
}

/// A byte that is no core of a piece.
fn is_shell(b: u8) -> bool {
    is_separator(b) || matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b'"' | b'\'')
}

/// A byte that makes an operator of a `=`, `:` or `|` beside it.
fn is_operator(b: u8) -> bool {
    matches!(b, b'=' | b':' | b'|' | b'<' | b'>' | b'!' | b'~')
}

impl Lexer {
    /// Adds the tokens of a word, with the masks that wait for it. `false` when the line has all the tokens it may have.
    #[inline]
    pub(super) fn close(&self, line: &[u8], word: Word, tokens: &mut Tokens) -> bool {
        let span = Span::new(word.start, word.end);
        if tokens.len() < self.options.max_tokens && matches!(tokens.pending_masks(), [mask] if mask.span == span) {
            tokens.push(span, TokenKey::MASK);
            return true;
        }
        if word.inner == 0 {
            self.push(line, word.start, word.end, false, tokens)
        } else {
            self.cut(line, word, tokens)
        }
    }

    /// Adds a word without values and separators.
    #[inline]
    pub(super) fn push_plain(&self, line: &[u8], start: usize, end: usize, tokens: &mut Tokens) -> bool {
        if tokens.len() >= self.options.max_tokens || may_be_constant(line, end) {
            return self.push(line, start, end, false, tokens);
        }
        tokens.push(Span::new(start, end), TokenKey::literal(line, start, end));
        true
    }

    /// Adds the pieces of a word.
    fn cut(&self, line: &[u8], word: Word, tokens: &mut Tokens) -> bool {
        let parked = tokens.park_masks();
        let mut masks = parked.iter().copied().peekable();
        let mut piece = word.start;
        let mut before = word.start; // the end of the last mask before the separator
        let mut core = None;
        let mut places = word.separators(line);
        let mut good = true;
        while let Some(at) = places.next() {
            while let Some(mask) = masks.next_if(|mask| mask.span.end as usize <= at) {
                before = mask.span.end as usize;
                tokens.push_mask(mask.span, mask.class);
            }
            let next = masks.peek().map_or(Span::new(word.end, word.end), |mask| mask.span);
            if next.start as usize <= at {
                // Over the value: a list that grows member by member is not read again at each of them.
                places.skip_to(next.end as usize);
                continue;
            }
            if !is_cut(line, at, before, next.start as usize) {
                continue;
            }
            let core = core.get_or_insert_with(|| core_of(line, word, &parked));
            if at < core.start || at + 1 >= core.end {
                continue;
            }
            good = self.push(line, piece, at + 1, true, tokens);
            if !good {
                break;
            }
            piece = at + 1;
            if let Some(end) = quoted_value(line, at) {
                places.skip_to(end);
            }
        }
        if good {
            masks.for_each(|mask| tokens.push_mask(mask.span, mask.class));
            good = self.push(line, piece, word.end, false, tokens);
        }
        tokens.give_parked(parked);
        good
    }

    /// Adds the token `start..end` with the masks that wait for it. `false` when the line has all the tokens it may have.
    fn push(&self, line: &[u8], start: usize, end: usize, glued: bool, tokens: &mut Tokens) -> bool {
        if tokens.len() >= self.options.max_tokens {
            tokens.retract_masks(0);
            tokens.set_cut();
            return false;
        }
        if let Some((value, class)) = constant(line, start, end, tokens.pending_masks())
            && self.options.masks(class)
        {
            tokens.push_mask(value, class);
        }
        let span = Span::new(start, end);
        let key = match tokens.pending_masks() {
            [] => TokenKey::literal(line, start, end),
            [mask] if mask.span == span => TokenKey::MASK,
            masks => {
                if self.options.fold_lists && repeats_last(line, span, masks, tokens) {
                    tokens.extend_last(end);
                    return true;
                }
                let mut key = TokenKey::masked();
                let mut from = start;
                for mask in masks {
                    key.piece_at(line, from, (mask.span.start as usize).max(from));
                    from = mask.span.end as usize;
                }
                key.finish_at(line, from, end.max(from))
            }
        };
        // Where the limit cuts the line nothing follows.
        let glued = glued && tokens.len() + 1 < self.options.max_tokens;
        tokens.push(span, if glued { key.glued() } else { key });
        true
    }
}

/// Whether the separator at `at` cuts, by what stands beside it: `before` is the end of the last value, `next` the start of
/// the next one.
fn is_cut(line: &[u8], at: usize, before: usize, next: usize) -> bool {
    let behind = if next == at + 1 { b'0' } else { byte(line, at + 1) };
    if behind <= b' ' || is_separator(behind) {
        return false;
    }
    let mark = byte(line, at);
    if mark == b',' || mark == b';' {
        return true;
    }
    let ahead = if before == at { b'0' } else { byte(line, at - 1) };
    let scheme = mark == b':' && behind == b'/' && byte(line, at + 2) == b'/';
    !is_operator(ahead) && !is_operator(behind) && !scheme
}

/// The bytes from the first core byte of a word to behind its last one.
fn core_of(line: &[u8], word: Word, masks: &[MaskSpan]) -> std::ops::Range<usize> {
    #[cfg(test)]
    tests::CORES.with(|cores| cores.set(cores.get() + 1));
    let first = masks.first().map_or(word.end, |mask| mask.span.start as usize);
    let last = masks.last().map_or(word.start, |mask| mask.span.end as usize);
    let start = (word.start..first).find(|&at| !is_shell(byte(line, at))).unwrap_or(first);
    let end = (last..word.end).rev().find(|&at| !is_shell(byte(line, at))).map_or(last, |at| at + 1);
    start..end
}

/// Whether a token of the form `blk_1` follows one like it after a blank: the same text up to an underscore, then a value of
/// the same class to the end.
#[inline]
fn repeats_last(line: &[u8], span: Span, masks: &[MaskSpan], tokens: &Tokens) -> bool {
    let [mask] = masks else { return false };
    let (start, value) = (span.start as usize, mask.span.start as usize);
    if mask.span.end != span.end || value <= start || byte(line, value - 1) != b'_' {
        return false;
    }
    let Some((last, [same])) = tokens.last() else { return false };
    same.class == mask.class
        && same.span.end == last.end
        && last.end + 1 == span.start
        && byte(line, start - 1) == b' '
        && line.get(last.start as usize..same.span.start as usize) == line.get(start..value)
}

/// Whether a list of values of this class may be written with nothing but a blank between.
pub(super) fn lists_with_blanks(class: Class) -> bool {
    matches!(class, Class::Id | Class::Ip | Class::Uuid | Class::Host | Class::Mac)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How often a separator was asked for a quoted string behind it.
        pub(super) static ASKED: Cell<usize> = const { Cell::new(0) };
        /// How often the core of a word was looked for.
        pub(super) static CORES: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn the_core_of_a_word_is_looked_for_once() {
        // Nothing but marks, from the first byte of the line on: there is no core, and it is known.
        CORES.set(0);
        Lexer::default().lex(",(".repeat(1000).as_bytes(), &mut Tokens::new());
        assert_eq!(CORES.get(), 1);
    }

    #[test]
    fn a_separator_is_asked_once_however_many_masks_its_word_has() {
        let class = Class::Mask(0);
        for unit in ["=1", "=\"1", "=\"1\"", "=\"1 2\""] {
            let line = unit.repeat(2000);
            let digits = line.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit());
            let claims: Vec<MaskSpan> = digits.map(|(at, _)| MaskSpan { span: Span::new(at, at + 1), class }).collect();
            ASKED.set(0);
            Lexer::default().lex_with(line.as_bytes(), &claims, &mut Tokens::new());
            assert!(ASKED.get() <= 2 * 2000, "{unit}: {}", ASKED.get());
        }
    }
}
