//! One template: canonical tokens, slots, statistics, examples.

use crate::flow::{Class, Level, Parameter, Placeholders, Tokens};
use crate::id::{ContentId, TemplateId};
use crate::text::{Span, TokenKey};
use crate::time::Timestamp;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::config::DrainConfig;
use super::edges::Edges;
use super::evidence::{Nature, Place, looks, place_after, proves_itself, same_but_for_digits};
use super::pattern::Pattern;

/// A place in a template where lines differ: a learned wildcard, or a masked value inside a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The token it belongs to.
    pub(crate) token: u32,
    /// The ordinal of the masked value in its token, or [`Slot::WHOLE`].
    pub(crate) mask: u32,
    /// The set of classes of the values seen here.
    pub(crate) classes: u64,
    /// How many bytes at the beginning and the end of the token are constant, see `edges`; 0 unless the slot is a token.
    pub(crate) head: u16,
    pub(crate) tail: u16,
}

impl Slot {
    /// The slot is the whole token: a learned wildcard.
    pub(crate) const WHOLE: u32 = u32::MAX;

    /// Of a masked value, or of a token.
    pub(crate) fn new(token: u32, mask: u32, classes: u64) -> Slot {
        Slot { token, mask, classes, head: 0, tail: 0 }
    }

    /// What is left of a token's span between the edges.
    #[inline]
    fn inside(self, span: Span) -> Span {
        let (start, end) = (span.start + u32::from(self.head), span.end.saturating_sub(u32::from(self.tail)));
        if start <= end { Span { start, end } } else { span }
    }

    /// The span and class of this slot's value in a line; `None` if the line has no such value (a literal that merely
    /// looks like a placeholder).
    #[inline]
    pub(crate) fn value(self, tokens: &Tokens) -> Option<(Span, Class)> {
        let token = self.token as usize;
        let masks = tokens.masks(token);
        if self.mask == Slot::WHOLE {
            let origin = tokens.origin(token);
            // Where masks or a decoder rewrote the token, its edges are not those of the line.
            let as_written =
                !tokens.is_rewritten() || (masks.is_empty() && origin.len() == tokens.spans()[token].len());
            let inside = if as_written { self.inside(origin) } else { origin };
            let class = match masks {
                [only] if only.span == inside => only.class,
                _ => Class::Word,
            };
            return Some((inside, class));
        }
        let mask = masks.get(self.mask as usize)?;
        if self.tail > 0 {
            // The unit is part of the template, the value is the number before it.
            return Some((self.inside(mask.span), Class::Number));
        }
        Some((mask.span, mask.class))
    }
}

/// The number of lines after which a template counts as busy.
const BUSY: u64 = 64;

/// The most bytes that are set aside for an example in advance.
pub(super) const MAX_RESERVED_EXAMPLE: usize = 1024;

/// A template as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) id: TemplateId,
    pub(crate) content: ContentId,
    /// One key per token; what lines are compared with.
    pub(crate) keys: Vec<TokenKey>,
    /// The bytes behind the keys: a literal as it is, a partly masked token as its pieces (see [`write_token`]).
    pub(crate) bytes: Vec<u8>,
    /// The end of each token in `bytes`.
    pub(crate) ends: Vec<u32>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) wildcards: u32,
    pub(crate) count: u64,
    pub(crate) first_seen: Option<Timestamp>,
    pub(crate) last_seen: Option<Timestamp>,
    pub(crate) level: Level,
    pub(crate) pinned: bool,
    pub(crate) examples: Vec<Vec<u8>>,
    /// What the tokens are, see [`Template::study`]; empty where nobody asks.
    natures: Vec<Nature>,
    /// The leaf of the tree that holds it.
    pub(crate) node: u32,
    /// What it weighed when it was weighed last, see [`Store::weigh`](super::store::Store::weigh).
    pub(crate) weighed: usize,
}

/// Appends the canonical bytes of a line's token. A literal is itself; a partly masked token is its literal pieces, each
/// behind its length, so that no text can imitate a boundary; pure masks and wildcards are empty.
pub(crate) fn write_token(tokens: &Tokens, at: usize, line: &[u8], out: &mut Vec<u8>) {
    let key = tokens.keys()[at];
    if key.is_value() {
        return;
    }
    let (text, span) = (tokens.text(line), tokens.spans()[at]);
    if tokens.is_rewritten() || tokens.masks(at).is_empty() {
        out.extend_from_slice(span.of(text));
        return;
    }
    pieces(tokens, at, |piece| {
        out.extend_from_slice(&(piece.len() as u32).to_le_bytes());
        out.extend_from_slice(piece.of(text));
    });
}

/// The spans of the literal pieces around the masked values of a token: one more than there are values.
fn pieces(tokens: &Tokens, at: usize, mut each: impl FnMut(Span)) {
    let span = tokens.spans()[at];
    let mut start = span.start;
    for mask in tokens.masks(at) {
        each(Span { start, end: mask.span.start });
        start = mask.span.end;
    }
    each(Span { start, end: span.end });
}

/// The unit behind the number of a value such as `37 ms`, with its blank.
fn unit_of<'a>(tokens: &Tokens, at: usize, line: &'a [u8]) -> Option<&'a [u8]> {
    let [mask] = tokens.masks(at) else { return None };
    let measured = matches!(mask.class, Class::Size | Class::Duration) && tokens.keys()[at] == TokenKey::MASK;
    let value = measured.then(|| mask.span.of(line))?;
    let blank = value.iter().position(|&b| b == b' ')?;
    let (number, unit) = value.split_at(blank);
    let plain = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+');
    (number.iter().all(plain) && unit[1..].iter().all(u8::is_ascii_alphabetic)).then_some(unit)
}

/// Whether two slices are equal. Tokens are short: for those the call of a general comparison costs more than the words.
#[inline]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some(first), Some(last)) = (a.first_chunk::<8>(), a.last_chunk::<8>()) else {
        return a.iter().zip(b).all(|(a, b)| a == b);
    };
    if a.len() > 16 {
        return a == b;
    }
    // The two words overlap where there are fewer than sixteen bytes.
    b.first_chunk() == Some(first) && b.last_chunk() == Some(last)
}

/// Whether a line's token, whose key equals the stored one, really is the stored token.
#[inline]
pub(crate) fn same_token(tokens: &Tokens, at: usize, line: &[u8], stored: &[u8]) -> bool {
    if tokens.keys()[at].is_exact() {
        return true;
    }
    let (text, span) = (tokens.text(line), tokens.spans()[at]);
    if tokens.is_rewritten() || tokens.masks(at).is_empty() {
        return same_bytes(span.of(text), stored);
    }
    let mut rest = Some(stored);
    pieces(tokens, at, |piece| {
        let split = rest.and_then(|rest| rest.split_first_chunk::<4>());
        let split = split.filter(|(length, _)| u32::from_le_bytes(**length) as usize == piece.len());
        let split = split.and_then(|(_, rest)| rest.split_at_checked(piece.len()));
        rest = split.filter(|(stored, _)| same_bytes(piece.of(text), stored)).map(|(_, rest)| rest);
    });
    rest == Some(&[])
}

impl Template {
    /// Without tokens and lines; the content id is not computed yet.
    pub(crate) fn blank(id: TemplateId, node: u32) -> Template {
        Template {
            id,
            content: ContentId(0),
            keys: Vec::new(),
            bytes: Vec::new(),
            ends: Vec::new(),
            slots: Vec::new(),
            wildcards: 0,
            count: 0,
            first_seen: None,
            last_seen: None,
            level: Level::Unknown,
            pinned: false,
            examples: Vec::new(),
            natures: Vec::new(),
            node,
            weighed: 0,
        }
    }

    /// The template that a line founds.
    pub(crate) fn of_line(id: TemplateId, tokens: &Tokens, line: &[u8], node: u32) -> Template {
        let keys = tokens.keys().to_vec();
        let ends = Vec::with_capacity(tokens.len());
        let mut template = Template { keys, ends, ..Template::blank(id, node) };
        for at in 0..tokens.len() {
            let unit = unit_of(tokens, at, line);
            match unit {
                Some(unit) => template.bytes.extend_from_slice(&Edges::tail(unit).stored()),
                None => write_token(tokens, at, line, &mut template.bytes),
            }
            template.ends.push(template.bytes.len() as u32);
            if tokens.keys()[at] == TokenKey::WILD {
                template.wildcards += 1;
                template.slots.push(Slot::new(at as u32, Slot::WHOLE, 0));
            } else {
                let masks = 0..tokens.masks(at).len() as u32;
                template.slots.extend(masks.map(|mask| Slot::new(at as u32, mask, 0)));
            }
        }
        template.bytes.shrink_to_fit();
        template.measure_edges();
        template.content = template.content_id();
        template
    }

    /// The stored bytes of a token.
    #[inline]
    pub(crate) fn token_bytes(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[start..self.ends[at] as usize]
    }

    /// Whether a token of the line, found equal by its key, is equal in its bytes too.
    #[inline]
    pub(crate) fn confirms(&self, tokens: &Tokens, at: usize, line: &[u8]) -> bool {
        same_token(tokens, at, line, self.token_bytes(at))
    }

    /// How many tokens of the line equal the template's, by keys alone.
    #[inline]
    pub(crate) fn equal_keys(&self, keys: &[TokenKey]) -> u32 {
        self.keys.iter().zip(keys).map(|(&own, &other)| u32::from(own == other && own != TokenKey::WILD)).sum()
    }

    /// Whether every token of the line equals the template's or meets a wildcard, by keys alone.
    #[inline]
    pub(crate) fn covers_keys(&self, keys: &[TokenKey]) -> bool {
        self.keys.len() == keys.len()
            && self.keys.iter().zip(keys).all(|(&own, &other)| own == other || own == TokenKey::WILD)
    }

    /// The same as [`Template::equal_keys`], with every equality confirmed by bytes.
    pub(crate) fn equal_tokens(&self, tokens: &Tokens, line: &[u8]) -> u32 {
        let pairs = self.keys.iter().zip(tokens.keys()).enumerate();
        pairs
            .map(|(at, (&own, &other))| {
                u32::from(own == other && own != TokenKey::WILD && self.confirms(tokens, at, line))
            })
            .sum()
    }

    /// The tokens in which a line differs from the template.
    pub(crate) fn differences<'a>(&'a self, tokens: &'a Tokens, line: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let differs = move |at: &usize| {
            let key = self.keys[*at];
            key != TokenKey::WILD && (key != tokens.keys()[*at] || !self.confirms(tokens, *at, line))
        };
        (0..tokens.len()).filter(differs)
    }

    /// Whether every difference to a line proves a parameter by its looks, and what is left says what the line is about.
    pub(crate) fn differs_in_values(&self, tokens: &Tokens, line: &[u8]) -> bool {
        let mut different = self.differences(tokens, line).peekable();
        let mut anchored = false;
        let mut other = Vec::new();
        for at in 0..tokens.len() {
            if different.peek() != Some(&at) {
                anchored = anchored || self.nature(at).anchor;
                continue;
            }
            different.next();
            let (key, own) = (tokens.keys()[at], self.token_bytes(at));
            other.clear();
            write_token(tokens, at, line, &mut other);
            let nature = self.nature(at);
            let proven = nature.proves_itself() && proves_itself(looks(key, &other), nature.place);
            let literal = !key.is_masked() && !self.keys[at].is_masked();
            let one_but_for_digits = literal && same_but_for_digits(own, &other);
            if !proven && !one_but_for_digits {
                return false;
            }
        }
        anchored
    }

    /// Whether a token is the same in another template.
    pub(crate) fn same_token(&self, other: &Template, at: usize) -> bool {
        let key = self.keys[at];
        let said = key.is_exact() && !key.is_value();
        key == other.keys[at] && (said || self.token_bytes(at) == other.token_bytes(at))
    }

    /// The edges that a token has in common with a line's, as the bytes of a wildcard.
    pub(crate) fn edges_with(&self, at: usize, tokens: &Tokens, line: &[u8]) -> Vec<u8> {
        let mut other = Vec::new();
        let key = tokens.keys()[at];
        if key == TokenKey::MASK && self.keys[at] == TokenKey::MASK {
            // Another unit.
            return Vec::new();
        }
        write_token(tokens, at, line, &mut other);
        self.edges(at).common(&Edges::of(key, &other)).stored()
    }

    /// Notes the classes of a line's values in its slots.
    #[inline]
    pub(crate) fn note_classes(&mut self, tokens: &Tokens) {
        for slot in &mut self.slots {
            if let Some((_, class)) = slot.value(tokens) {
                slot.classes |= class.bit();
            }
        }
    }

    /// Makes a wildcard of a token; what its slots had seen goes over to the new one. `stored` are the bytes of the
    /// wildcard: its [`Edges`], which have to be [measured](Self::measure_edges) when all tokens are changed.
    pub(crate) fn widen(&mut self, at: usize, stored: &[u8]) {
        self.natures.clear();
        let was_wild = self.keys[at] == TokenKey::WILD;
        // The values that the token itself stood for: one pure mask keeps its class, anything else was a word.
        let own: Vec<Slot> = self.slots.iter().filter(|slot| slot.token as usize == at).copied().collect();
        let classes = match own.as_slice() {
            [only] if was_wild || self.is_value(at) => only.classes,
            _ => Class::Word.bit(),
        };
        self.wildcards += u32::from(!was_wild);
        self.keys[at] = TokenKey::WILD;
        let place = self.slots.partition_point(|slot| (slot.token as usize) < at);
        self.slots.retain(|slot| slot.token as usize != at);
        self.slots.insert(place, Slot::new(at as u32, Slot::WHOLE, classes));
        self.set_token_bytes(at, stored);
    }

    /// Makes wildcards with edges of tokens such as `(<*>)`, which only a seed can spell.
    pub(crate) fn widen_inner_wildcards(&mut self, tokens: &Tokens) {
        for at in 0..self.keys.len() {
            if self.keys[at].is_masked() && matches!(tokens.masks(at), [only] if only.class == Class::Word) {
                let edges = self.edges(at).stored();
                self.widen(at, &edges);
            }
        }
        self.measure_edges();
        self.content = self.content_id();
    }

    /// Whether a token is one masked value with nothing but punctuation around it.
    fn is_value(&self, at: usize) -> bool {
        let (key, bytes) = (self.keys[at], self.token_bytes(at));
        let bare = |piece: &[u8]| piece.iter().all(u8::is_ascii_punctuation);
        key == TokenKey::MASK || (key.is_masked() && pieces_of(bytes).count() == 2 && pieces_of(bytes).all(bare))
    }

    /// Replaces the stored bytes of a token. The edges have to be [measured](Self::measure_edges) afterwards.
    pub(crate) fn set_token_bytes(&mut self, at: usize, bytes: &[u8]) {
        let (start, end) = (if at == 0 { 0 } else { self.ends[at - 1] }, self.ends[at]);
        self.bytes.splice(start as usize..end as usize, bytes.iter().copied());
        for later in &mut self.ends[at..] {
            *later = *later - (end - start) + bytes.len() as u32;
        }
    }

    /// Writes the lengths of the edges into the slots, where they are at hand for every line.
    pub(crate) fn measure_edges(&mut self) {
        for at in 0..self.slots.len() {
            let slot = self.slots[at];
            let key = self.keys.get(slot.token as usize).copied();
            let (mut head, mut tail) = (0, 0);
            if slot.mask == Slot::WHOLE || key == Some(TokenKey::MASK) {
                let edges = Edges::read(self.token_bytes(slot.token as usize));
                (head, tail) = (edges.head.len() as u16, edges.tail.len() as u16);
            }
            self.slots[at] = Slot { head, tail, ..slot };
        }
    }

    /// Where a token stands.
    fn place_of(&self, at: usize) -> Place {
        let before = at.checked_sub(1);
        let literal = before.filter(|&before| !self.keys[before].is_value());
        place_after(before.map(|_| literal.map_or(&[][..], |before| self.token_bytes(before))))
    }

    /// What a token is by its looks and its place.
    #[inline]
    pub(crate) fn nature(&self, at: usize) -> Nature {
        let known = self.natures.get(at).copied();
        known.unwrap_or_else(|| Nature::of(self.keys[at], self.token_bytes(at), self.place_of(at)))
    }

    /// Works out what the first `most` tokens are, so that it need not be asked again and again.
    pub(crate) fn study(&mut self, most: usize) {
        self.natures.clear();
        let known: Vec<Nature> = (0..self.keys.len().min(most)).map(|at| self.nature(at)).collect();
        self.natures = known;
    }

    /// The edges of a token.
    pub(crate) fn edges(&self, at: usize) -> Edges<'_> {
        Edges::of(self.keys[at], self.token_bytes(at))
    }

    /// The first token whose edges a line, which fits otherwise, does not have.
    #[inline]
    pub(crate) fn token_without_edges(&self, tokens: &Tokens, line: &[u8]) -> Option<usize> {
        let edged = self.slots.iter().filter(|slot| slot.head > 0 || slot.tail > 0);
        let mut tokens_of_slots = edged.map(|slot| slot.token as usize);
        let text = tokens.text(line);
        tokens_of_slots.find(|&at| !Edges::read(self.token_bytes(at)).fit(tokens.spans()[at].of(text)))
    }

    /// Narrows all edges that a line does not have.
    pub(crate) fn narrow(&mut self, tokens: &Tokens, line: &[u8]) {
        while let Some(at) = self.token_without_edges(tokens, line) {
            let edges = self.edges_with(at, tokens, line);
            self.set_token_bytes(at, &edges);
            self.measure_edges();
        }
    }

    /// The hash of the canonical tokens: for each token its kind, the length of its bytes, its bytes.
    pub(crate) fn content_id(&self) -> ContentId {
        let mut hash = Xxh3::new();
        for (at, &key) in self.keys.iter().enumerate() {
            let bytes = self.token_bytes(at);
            hash.update(&[kind(key)]);
            hash.update(&(bytes.len() as u32).to_le_bytes());
            hash.update(bytes);
        }
        ContentId(hash.digest())
    }

    /// Whether two templates have the same canonical tokens.
    pub(crate) fn same_content(&self, other: &Template) -> bool {
        self.content == other.content && self.keys == other.keys && self.ends == other.ends && self.bytes == other.bytes
    }

    /// The template's text, tokens joined by single spaces; appended to `out`.
    pub(crate) fn write_text(&self, placeholders: &Placeholders, out: &mut String) {
        for at in 0..self.keys.len() {
            self.write_token_text(at, placeholders, out);
            if at + 1 < self.keys.len() && !self.edges(at).glued {
                out.push(' ');
            }
        }
    }

    /// The text of one token.
    pub(crate) fn token_text(&self, at: usize, placeholders: &Placeholders) -> String {
        let mut text = String::new();
        self.write_token_text(at, placeholders, &mut text);
        text
    }

    fn write_token_text(&self, at: usize, placeholders: &Placeholders, out: &mut String) {
        let (key, bytes) = (self.keys[at], self.token_bytes(at));
        let first_slot = self.slots.partition_point(|slot| (slot.token as usize) < at);
        let mut classes = self.slots[first_slot..].iter().map(|slot| slot.classes);
        if key.is_value() {
            let edges = Edges::read(bytes);
            out.push_str(&String::from_utf8_lossy(edges.head));
            let classes = classes.next().unwrap_or_default();
            if key == TokenKey::MASK && !edges.tail.is_empty() {
                placeholders.write(Class::Number.bit(), out);
            } else if key == TokenKey::WILD && !Class::are_built_in(classes) {
                out.push_str(&placeholders.wildcard());
            } else {
                placeholders.write(classes, out);
            }
            out.push_str(&String::from_utf8_lossy(edges.tail));
        } else if key.is_masked() {
            for (nth, piece) in pieces_of(bytes).enumerate() {
                if nth > 0 {
                    placeholders.write(classes.next().unwrap_or_default(), out);
                }
                out.push_str(&String::from_utf8_lossy(piece));
            }
        } else {
            out.push_str(&String::from_utf8_lossy(bytes));
        }
    }

    /// An order of templates that depends on their canonical tokens alone.
    pub(crate) fn canonical_order(&self, other: &Template) -> std::cmp::Ordering {
        let kinds = |template: &Template| template.keys.iter().map(|&key| kind(key)).collect::<Vec<_>>();
        (&self.ends, &self.bytes).cmp(&(&other.ends, &other.bytes)).then_with(|| kinds(self).cmp(&kinds(other)))
    }

    /// Counts a line: number, times, level, and a place among the examples.
    #[inline]
    /// Tells whether the examples have changed.
    pub(crate) fn count_line(
        &mut self,
        line: &[u8],
        at: Option<Timestamp>,
        level: Level,
        config: &DrainConfig,
    ) -> bool {
        self.count += 1;
        if let Some(at) = at {
            self.first_seen = Some(self.first_seen.map_or(at, |first| first.min(at)));
            self.last_seen = Some(self.last_seen.map_or(at, |last| last.max(at)));
        }
        self.level = self.level.max(level);
        let kept = config.max_examples as u64;
        if self.count <= kept {
            self.examples.push(cut(line, config.max_example_bytes).to_vec());
            true
        } else {
            kept > 0 && self.maybe_replace_example(line, config)
        }
    }

    /// Reservoir sampling (Vitter's algorithm R) with a hash of template and count in place of a random number, so that
    /// the same input keeps the same examples. The n-th line stays with probability `max_examples / n`.
    #[inline]
    fn maybe_replace_example(&mut self, line: &[u8], config: &DrainConfig) -> bool {
        if self.count == BUSY {
            self.reserve_examples(config);
        }
        let random = mix(self.id.0.rotate_left(32) ^ self.count);
        // The high half of the product is a uniform number below `count`, without a division.
        let place = ((u128::from(random) * u128::from(self.count)) >> 64) as usize;
        let Some(example) = self.examples.get_mut(place) else { return false };
        example.clear();
        example.extend_from_slice(cut(line, config.max_example_bytes));
        // The room of one that was very long is given back.
        example.shrink_to(MAX_RESERVED_EXAMPLE);
        true
    }

    /// Gives a busy template room for long examples, once: from here on it allocates nothing, but for lines longer still
    /// where the limit allows them.
    pub(crate) fn reserve_examples(&mut self, config: &DrainConfig) {
        if self.count >= BUSY {
            let room = config.max_example_bytes.min(MAX_RESERVED_EXAMPLE);
            self.examples.iter_mut().for_each(|example| example.reserve_exact(room.saturating_sub(example.len())));
        }
    }

    /// Bytes on the heap, roughly.
    pub(crate) fn heap(&self) -> usize {
        let examples: usize = self.examples.iter().map(Vec::capacity).sum();
        self.keys.capacity() * size_of::<TokenKey>()
            + self.bytes.capacity()
            + self.ends.capacity() * size_of::<u32>()
            + self.slots.capacity() * size_of::<Slot>()
            + self.examples.capacity() * size_of::<Vec<u8>>()
            + self.natures.capacity() * size_of::<Nature>()
            + examples
    }
}

/// Literal 0, pure mask 1, wildcard 2, partly masked 3; 4 more if the next token follows without a blank. Part of the content
/// id's definition: never changed.
pub(crate) fn kind(key: TokenKey) -> u8 {
    match key {
        TokenKey::MASK => 1,
        TokenKey::WILD => 2,
        key => u8::from(key.is_masked()) * 3 + u8::from(key.is_glued()) * 4,
    }
}

/// The literal pieces of a partly masked token's stored bytes.
pub(crate) fn pieces_of(mut stored: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = stored.split_first_chunk::<4>()?;
        let (piece, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        stored = rest;
        Some(piece)
    })
}

/// The final mixing step of `SplitMix64` (Steele, Lea, Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The head of a line, cut at a character boundary.
pub(crate) fn cut(line: &[u8], max: usize) -> &[u8] {
    if line.len() <= max {
        return line;
    }
    let mut end = max;
    // A UTF-8 character has at most three continuation bytes; what has more is not UTF-8 and is cut anywhere.
    while end > 0 && max - end < 4 && line[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    &line[..end]
}

/// A deterministic rank of an example, for choosing among two sets of them in a way that does not depend on the order.
pub(crate) fn example_rank(example: &[u8]) -> u64 {
    xxh3_64(example)
}

/// A template, as the miner shows it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct TemplateView<'a> {
    /// The number inside this miner.
    pub id: TemplateId,
    /// The number that is the same on every host.
    pub content_id: ContentId,
    /// The text with typed placeholders; `<*>` where classes differ or a wildcard was learned.
    pub text: String,
    /// The same as parts: what [`Hit::encode`](super::Hit::encode) leaves out of a line.
    pub pattern: Pattern,
    /// How many lines it has taken in.
    pub count: u64,
    /// The earliest event time among its lines.
    pub first_seen: Option<Timestamp>,
    /// The latest event time among its lines.
    pub last_seen: Option<Timestamp>,
    /// The greatest severity among its lines.
    pub level: Level,
    /// Whether it was seeded: never widened, never evicted.
    pub pinned: bool,
    /// A fair sample of its lines, each cut to `max_example_bytes`.
    #[serde(serialize_with = "lossy_lines")]
    pub examples: &'a [Vec<u8>],
}

/// Serializes lines as text; what is not UTF-8 is replaced.
fn lossy_lines<S: serde::Serializer>(lines: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lines.iter().map(|line| String::from_utf8_lossy(line)))
}

impl Template {
    /// As shown to the outside.
    pub(crate) fn view(&self, placeholders: &Placeholders) -> TemplateView<'_> {
        let mut text = String::new();
        self.write_text(placeholders, &mut text);
        TemplateView {
            id: self.id,
            content_id: self.content,
            text,
            pattern: self.pattern(),
            count: self.count,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            level: self.level,
            pinned: self.pinned,
            examples: &self.examples,
        }
    }

    /// The parameters of a line that belongs to this template, in the order of the line.
    pub(crate) fn parameters<'a>(slots: &'a [Slot], tokens: &'a Tokens) -> impl Iterator<Item = Parameter> + use<'a> {
        slots
            .iter()
            .filter_map(|slot| slot.value(tokens).map(|(span, class)| Parameter::new(span, class, slot.token as usize)))
    }
}
