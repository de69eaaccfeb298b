//! The lexer: one pass over a line's bytes, tokens and masked values out.
//!
//! Words are separated by white space (bytes up to the blank). Inside a word values are looked for only at anchors
//! (`blocks`), from left to right, and each is masked where it stands. What a value is, `values` decides. A value that
//! spans white space (`Jun 14 15:16:01`, `2.1 KB`) draws the words it covers into one. Then a word is cut into tokens
//! (`pieces`).
//!
//! Costs: bitmaps for every byte, a key for every token, a call for every anchor. Look-ahead from an anchor is bounded, or
//! consumed by what was found, so the whole is linear whatever the line. Nothing is allocated once the tokens' memory has
//! grown to the largest line.

use super::blocks::{Block, WIDTH, next_anchor};
use super::pieces::{Word, find_open_quote, lists_with_blanks, word_end};
use crate::flow::{Class, MaskSpan, Tokens};
use crate::text::Span;
use crate::text::scan::byte;

/// What the lexer masks, and its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LexerOptions {
    /// The masked classes, as the union of their [bits](Class::bit); see [`keep`](Self::keep).
    pub(crate) masked: u64,
    /// Whether values of one class with `,` or `, ` between are one value. Hides how many there are.
    pub(crate) fold_lists: bool,
    /// The most tokens of a line; what follows is cut.
    pub(crate) max_tokens: usize,
    /// The most bytes of a line; what follows is cut.
    pub(crate) max_line_bytes: usize,
}

impl Default for LexerOptions {
    /// All classes that have a recogniser; lists folded; 512 tokens, 64 KiB.
    fn default() -> LexerOptions {
        let all = [
            Class::Number,
            Class::Ip,
            Class::Mac,
            Class::Uuid,
            Class::Url,
            Class::Email,
            Class::Timestamp,
            Class::Date,
            Class::Time,
            Class::Size,
            Class::Duration,
            Class::Percent,
            Class::Hex,
            Class::Path,
            Class::Id,
            Class::Pod,
            Class::Trace,
            Class::Version,
            Class::Bool,
            Class::Null,
            Class::Host,
        ];
        LexerOptions {
            masked: all.iter().fold(0, |set, class| set | class.bit()),
            fold_lists: true,
            max_tokens: 512,
            max_line_bytes: 64 * 1024,
        }
    }
}

impl LexerOptions {
    /// Keeps a class as it is written: its values are not looked for, so that the numbers inside them are numbers. With
    /// [`Class::Path`] kept, `/users/17/orders` becomes `/users/<NUM>/orders`.
    pub(crate) fn keep(&mut self, class: Class) {
        self.masked &= !class.bit();
    }

    /// Whether a class is masked.
    #[inline]
    pub(crate) fn masks(&self, class: Class) -> bool {
        self.masked & class.bit() != 0
    }
}

/// Turns lines into tokens. Holds nothing but its options: one lexer serves any number of lines and threads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexer {
    pub(super) options: LexerOptions,
}

/// A word that goes on behind a user's mask.
#[derive(Debug, Clone, Copy)]
struct Open {
    start: usize,
    /// The end of the quoted string that holds it together, or 0.
    quoted: usize,
    /// See [`Word::searched`].
    searched: usize,
}

impl Open {
    /// A word that nothing is known of but its start.
    fn at(start: usize) -> Open {
        Open { start, quoted: 0, searched: start }
    }
}

/// A word that is being read.
#[derive(Debug)]
pub(super) struct Reading<'t> {
    /// The text, up to the limit or to the next span that belongs to a user's mask.
    pub(super) text: &'t [u8],
    /// The first byte that may be looked at: the end of the last span that belongs to a user's mask.
    pub(super) low: usize,
    /// Where the last value ended: no value begins before.
    pub(super) floor: usize,
    /// Whether a host's name may stand in the word.
    pub(super) named: bool,
    /// What was found out at earlier anchors of the word and holds for later ones.
    pub(super) known: Known,
    /// The word so far.
    start: usize,
    end: usize,
    tokens: &'t mut Tokens,
}

/// How far earlier anchors of a word have looked, so that later ones need not look there again.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The end of the run of bytes of a host's name.
    pub(super) name_reach: usize,
    /// The end of a name, the first byte that was allowed, and where the name starts, if it is one.
    pub(super) host: (usize, usize, Option<usize>),
    /// The part of a word with underscores, from one place to another.
    pub(super) part: (usize, usize),
}

impl Lexer {
    /// With the given options.
    pub(crate) fn new(options: LexerOptions) -> Lexer {
        Lexer { options }
    }

    /// Replaces `tokens` by those of `line`.
    #[inline]
    pub(crate) fn lex(&self, line: &[u8], tokens: &mut Tokens) {
        self.lex_with(line, &[], tokens);
    }

    /// The same where masks of the user have claimed spans: sorted, without overlap. A claimed span is a masked value; no
    /// rule looks into it or across it, and its neighbours see the edge of a word there. Claims that are empty, out of
    /// order or outside the line are ignored.
    pub(crate) fn lex_with(&self, line: &[u8], claims: &[MaskSpan], tokens: &mut Tokens) {
        tokens.clear();
        let text = self.head(line);
        if text.len() < line.len() {
            tokens.set_cut();
        }
        let mut low = 0;
        let mut open: Option<Open> = None;
        for claim in claims {
            let (start, end) = (claim.span.start as usize, claim.span.end as usize);
            if start < low || end > text.len() || start >= end {
                continue;
            }
            let before = text.get(..start).unwrap_or_default();
            open = self.stretch(text, before, low, open, tokens).map(|word| Open {
                start: word.start,
                quoted: word.quoted,
                searched: word.searched,
            });
            let joined = if self.options.fold_lists { fold_list(text, start, claim.class, tokens) } else { None };
            if let Some(first) = joined {
                tokens.end_last_mask_at(end);
                let word = open.unwrap_or(Open::at(first));
                open = Some(Open { start: word.start.min(first), ..word });
            } else {
                tokens.push_mask(claim.span, claim.class);
                open = open.or(Some(Open::at(start)));
            }
            low = end;
        }
        if let Some(word) = self.stretch(text, text, low, open, tokens) {
            self.close(text, word, tokens);
        }
    }

    /// The line up to the limit, not cut inside a character.
    pub(super) fn head<'t>(&self, line: &'t [u8]) -> &'t [u8] {
        let limit = self.options.max_line_bytes.min(u32::MAX as usize);
        if line.len() <= limit {
            return line;
        }
        let inside_character = |at: &usize| line.get(*at).is_some_and(|b| b & 0xC0 == 0x80);
        let end = (limit.saturating_sub(3)..=limit).rev().find(|at| !inside_character(at)).unwrap_or(limit);
        line.get(..end).unwrap_or_default()
    }

    /// Reads from `low` to the end of `text`, a beginning of `line`. `open` is a word that goes on at `low`. Gives the word that
    /// reaches the end of `text`, if there is one.
    #[inline]
    fn stretch(&self, line: &[u8], text: &[u8], low: usize, open: Option<Open>, tokens: &mut Tokens) -> Option<Word> {
        let mut open = open;
        let mut floor = low;
        let mut base = low;
        let mut at = low;
        let mut block = Block::at(text, base);
        loop {
            let mut word = if let Some(open) = open.take() {
                Word { quoted: open.quoted, searched: open.searched, ..Word::new(open.start, text.len()) }
            } else {
                // Over the white space, block by block.
                let words = loop {
                    if let Some(words) = shifted(!block.space, at, base).filter(|words| *words != 0) {
                        break words;
                    }
                    base += WIDTH;
                    if base >= text.len() {
                        return None;
                    }
                    at = at.max(base);
                    if at >= base + WIDTH {
                        base = at;
                    }
                    block = Block::at(text, base);
                };
                at += words.trailing_zeros() as usize;
                // Most words are words: nothing to look at, and they end inside the block.
                let offset = (at - base) & (WIDTH - 1);
                let spaces = block.space >> offset;
                let end = at + spaces.trailing_zeros() as usize;
                let inside = (spaces & spaces.wrapping_neg()).wrapping_sub(1);
                if spaces != 0 && (block.anchor | block.inner) >> offset & inside == 0 && end < text.len() {
                    if !self.push_plain(line, at, end, tokens) {
                        return None;
                    }
                    at = end;
                    continue;
                }
                Word { start: at, end: at, inner: 0, exact: true, quoted: 0, searched: at }
            };
            // To the end of the word, with the first anchor and the separators on the way.
            let mut anchor = None;
            let mut dots = 0;
            let end = loop {
                let Some(spaces) = shifted(block.space, at, base) else {
                    base = at;
                    block = Block::at(text, base);
                    continue;
                };
                let anchors = block.anchor >> (at - base);
                let len = spaces.trailing_zeros();
                let here = if len < u64::BITS { (1 << len) - 1 } else { !0 };
                let inside = anchors & here;
                word.exact &= at == word.start;
                dots |= block.dot >> (at - base) & here;
                word.inner |= block.inner >> (at - base) & here;
                if inside != 0 && anchor.is_none() {
                    anchor = Some(at + inside.trailing_zeros() as usize);
                }
                if len < u64::BITS {
                    break at + len as usize;
                }
                base += WIDTH;
                at = base;
                if base >= text.len() {
                    break text.len();
                }
                block = Block::at(text, base);
            };
            word.end = end;
            if word.inner != 0 || anchor.is_some() {
                let (named, known, start) = (dots != 0, Known::default(), word.start);
                let mut reading = Reading { text, low, floor, named, known, start, end, tokens };
                self.examine(line, &mut reading, &mut word, anchor);
                floor = reading.floor;
            }
            if word.end >= text.len() {
                return Some(word);
            }
            if !self.close(line, word, tokens) {
                return None;
            }
            at = word.end;
        }
    }

    /// Looks for a quoted string and for values in a word, of which the first anchor is known. The word then has the edges
    /// that they give it.
    fn examine(&self, line: &[u8], reading: &mut Reading<'_>, word: &mut Word, anchor: Option<usize>) {
        let mut anchor = anchor;
        if word.inner != 0 {
            find_open_quote(line, word);
            if word.quoted > word.end {
                reading.end = word_end(reading.text, word.quoted.min(reading.text.len()));
                reading.named = true;
                anchor = anchor.or_else(|| next_anchor(reading.text, word.end, reading.end));
            }
        }
        if let Some(first) = anchor {
            self.read(reading, first);
        }
        if (reading.start, reading.end) != (word.start, word.end) {
            let Word { quoted, searched, .. } = *word;
            *word = Word { quoted, searched, ..Word::new(reading.start, reading.end) };
        }
    }

    /// Looks at the anchors of a token, from `first` on.
    fn read(&self, reading: &mut Reading<'_>, first: usize) {
        let mut anchor = first;
        loop {
            let next = self.look(reading, anchor);
            match next_anchor(reading.text, next, reading.end) {
                Some(found) => anchor = found,
                None => break,
            }
        }
    }
}

/// The bits of a block from `at` on, if `at` lies inside it.
#[inline]
fn shifted(bits: u64, at: usize, base: usize) -> Option<u64> {
    let offset = at - base;
    (offset < WIDTH).then(|| bits >> (offset & (WIDTH - 1)))
}

/// Whether a value of `class` that starts at `start` continues the list that ends with the last mask. If so, where that mask
/// begins; the token with it is open again.
fn fold_list(text: &[u8], start: usize, class: Class, tokens: &mut Tokens) -> Option<usize> {
    let last = tokens.last_mask().filter(|last| last.class == class)?.span;
    let between = text.get(last.end as usize..start)?;
    let list = matches!(between, b"," | b", ") || (between == b" " && lists_with_blanks(class));
    if !list {
        return None;
    }
    if tokens.pending_masks().is_empty() {
        return tokens.reopen().map(|token| token.start as usize);
    }
    Some(last.start as usize)
}

impl Reading<'_> {
    /// The byte before `at`; 0 at the edge of the text or of a span that belongs to a user's mask.
    #[inline]
    pub(super) fn before(&self, at: usize) -> u8 {
        if at > self.low { byte(self.text, at - 1) } else { 0 }
    }

    /// Masks `start..end`. Gives `end`, from where to look on.
    pub(super) fn hit(&mut self, start: usize, end: usize, class: Class, fold_lists: bool) -> usize {
        // Back over the words that belong to the value: they have no masks after `floor`, so none is torn.
        while start < self.start {
            let Some(token) = self.tokens.reopen() else { break };
            self.start = token.start as usize;
        }
        let joined = if fold_lists { fold_list(self.text, start, class, self.tokens) } else { None };
        if let Some(first) = joined {
            self.tokens.end_last_mask_at(end);
            self.start = self.start.min(first);
        } else {
            self.tokens.push_mask(Span::new(start, end), class);
        }
        self.reach(end)
    }

    /// A value ends at `end`: what follows it in its word belongs to the word.
    fn reach(&mut self, end: usize) -> usize {
        self.floor = end;
        if end > self.end {
            self.end = word_end(self.text, end);
            self.named = true;
        }
        end
    }

    /// The size `start..end` in parentheses says again what the last value said: `1190 bytes (1.16 KB)`. If so, the two are
    /// one value; gives its end.
    pub(super) fn restate(&mut self, start: usize, end: usize) -> Option<usize> {
        let last = self.tokens.last_mask().filter(|last| matches!(last.class, Class::Size | Class::Number))?.span;
        let between = self.text.get(last.end as usize..start)?;
        if between != b" (" || byte(self.text, end) != b')' || !self.tokens.pending_masks().is_empty() {
            return None;
        }
        self.start = self.tokens.reopen()?.start as usize;
        self.tokens.end_last_mask_at(end + 1);
        self.tokens.set_last_class(Class::Size);
        Some(self.reach(end + 1))
    }

    /// Leaves everything up to `end` as it is: no later value may begin inside. Gives `end`.
    pub(super) fn keep(&mut self, end: usize) -> usize {
        self.floor = end;
        end
    }

    /// Masks `start..end`, which was found from the inside at `anchor`, over what earlier rules took for values of their own.
    /// One that began before `start` keeps what it has. `None` if nothing is left.
    pub(super) fn hit_over(
        &mut self,
        start: usize,
        anchor: usize,
        end: usize,
        class: Class,
        fold: bool,
    ) -> Option<usize> {
        // Masks lie in order: those from `start` on are the last ones.
        self.tokens.retract_masks(start);
        let mut start = start;
        if let Some(torn) = self.tokens.pending_masks().last().copied().filter(|mask| mask.span.end as usize > start) {
            match self.list_before(start, torn.class) {
                // The last member of a folded list turns out to be none.
                Some(list) => self.tokens.end_last_mask_at(list),
                None => start = torn.span.end as usize,
            }
        }
        if start >= anchor {
            return None;
        }
        Some(self.hit(start, end, class, fold))
    }

    /// The end of what stands before `start`, a member of a list of values of `class`, and before the comma or blank there.
    fn list_before(&self, start: usize, class: Class) -> Option<usize> {
        if matches!(class, Class::Time | Class::Timestamp) {
            // Its members have colons, which neither hosts nor addresses of mail have: `,10` is a fraction.
            return None;
        }
        let before = self.text.get(..start)?;
        let list = before.strip_suffix(b", ").or_else(|| before.strip_suffix(b","));
        list.or_else(|| before.strip_suffix(b" ").filter(|_| lists_with_blanks(class))).map(<[u8]>::len)
    }

    /// [`hit_over`](Reading::hit_over) for the name of a host, which is no name if it begins inside a value.
    pub(super) fn hit_host(&mut self, start: usize, anchor: usize, end: usize, fold: bool) -> Option<usize> {
        let torn = self.tokens.pending_masks().iter().rev().find(|mask| (mask.span.start as usize) < start);
        if torn.is_some_and(|mask| mask.span.end as usize > start && self.list_before(start, mask.class).is_none()) {
            return None;
        }
        self.hit_over(start, anchor, end, Class::Host, fold)
    }

    /// The first byte of the token.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claimed(lexer: &Lexer, line: &[u8], claims: &[MaskSpan]) -> Vec<MaskSpan> {
        let mut tokens = Tokens::new();
        lexer.lex_with(line, claims, &mut tokens);
        let mut at = 0;
        for token in 0..tokens.len() {
            let span = tokens.spans()[token];
            assert!(at <= span.start && span.start < span.end, "token {token} of {line:?}");
            for mask in tokens.masks(token) {
                assert!(span.start <= mask.span.start && mask.span.end <= span.end, "token {token} of {line:?}");
            }
            at = span.end;
        }
        let all = tokens.all_masks();
        assert!(all.is_sorted_by(|one, next| one.span.end <= next.span.start), "masks of {line:?} overlap");
        all.iter().copied().filter(|mask| matches!(mask.class, Class::Mask(_))).collect()
    }

    /// Masks compiled from patterns never claim such spans, so that nothing else would try them.
    #[test]
    fn claims_that_make_no_sense_are_ignored() {
        let claim = |start, end| MaskSpan { span: Span::new(start, end), class: Class::Mask(0) };
        let claims = [claim(3, 3), claim(5, 8), claim(6, 9), claim(9, 4), claim(20, 99)];
        assert_eq!(claimed(&Lexer::default(), b"user bob smith5 id7 x9y", &claims), [claim(5, 8)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20000))]

        #[test]
        fn claimed_spans_are_masked_as_claimed_and_left_alone(
            line in "([a-z]{1,6}|[0-9]{1,6}|[0-9a-f:./@\\\\ ,_%xTZ+-]{1,8}|/[a-z]{1,5}|10\\.0\\.0\\.[0-9]| |, |=){0,20}",
            cuts in prop::collection::vec(0_usize..120, 0..8),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= line.len()).collect();
            cuts.sort_unstable();
            let claims: Vec<MaskSpan> = cuts
                .chunks_exact(2)
                .filter(|pair| pair[0] < pair[1])
                .map(|pair| MaskSpan { span: Span::new(pair[0], pair[1]), class: Class::Mask((pair[0] % 3) as u8) })
                .collect();
            let lexer = Lexer::new(LexerOptions { fold_lists: false, ..LexerOptions::default() });
            prop_assert_eq!(claimed(&lexer, line.as_bytes(), &claims), claims);
        }
    }
}
