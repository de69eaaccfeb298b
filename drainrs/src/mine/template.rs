//! One template: canonical tokens, slots, statistics, examples.

use crate::flow::{Class, Level, Parameter, Placeholders, Tokens};
use crate::id::{ContentId, TemplateId};
use crate::text::{Span, TokenKey};
use crate::time::Timestamp;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::config::DrainConfig;

/// A place in a template where lines differ: a learned wildcard, or a masked value inside a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The token it belongs to.
    pub(crate) token: u32,
    /// The ordinal of the masked value in its token, or [`Slot::WHOLE`].
    pub(crate) mask: u32,
    /// The set of classes of the values seen here.
    pub(crate) classes: u64,
}

impl Slot {
    /// The slot is the whole token: a learned wildcard.
    pub(crate) const WHOLE: u32 = u32::MAX;

    /// The span and class of this slot's value in a line; `None` if the line has no such value (a literal that merely
    /// looks like a placeholder).
    #[inline]
    pub(crate) fn value(self, tokens: &Tokens) -> Option<(Span, Class)> {
        let token = self.token as usize;
        let masks = tokens.masks(token);
        if self.mask == Slot::WHOLE {
            let origin = tokens.origin(token);
            let class = match masks {
                [only] if only.span == origin => only.class,
                _ => Class::Word,
            };
            return Some((origin, class));
        }
        masks.get(self.mask as usize).map(|mask| (mask.span, mask.class))
    }
}

/// The number of lines after which a template counts as busy.
const BUSY: u64 = 64;

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
    /// The leaf of the tree that holds it.
    pub(crate) node: u32,
}

/// Appends the canonical bytes of a line's token. A literal is itself; a partly masked token is its literal pieces, each
/// behind its length, so that no text can imitate a boundary; pure masks and wildcards are empty.
pub(crate) fn write_token(tokens: &Tokens, at: usize, line: &[u8], out: &mut Vec<u8>) {
    let key = tokens.keys()[at];
    if key == TokenKey::WILD || key == TokenKey::MASK {
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
            node,
        }
    }

    /// The template that a line founds.
    pub(crate) fn of_line(id: TemplateId, tokens: &Tokens, line: &[u8], node: u32) -> Template {
        let keys = tokens.keys().to_vec();
        let ends = Vec::with_capacity(tokens.len());
        let mut template = Template { keys, ends, ..Template::blank(id, node) };
        for at in 0..tokens.len() {
            write_token(tokens, at, line, &mut template.bytes);
            template.ends.push(template.bytes.len() as u32);
            if tokens.keys()[at] == TokenKey::WILD {
                template.wildcards += 1;
                template.slots.push(Slot { token: at as u32, mask: Slot::WHOLE, classes: 0 });
            } else {
                let masks = 0..tokens.masks(at).len() as u32;
                template.slots.extend(masks.map(|mask| Slot { token: at as u32, mask, classes: 0 }));
            }
        }
        template.bytes.shrink_to_fit();
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

    /// Notes the classes of a line's values in its slots.
    #[inline]
    pub(crate) fn note_classes(&mut self, tokens: &Tokens) {
        for slot in &mut self.slots {
            if let Some((_, class)) = slot.value(tokens) {
                slot.classes |= class.bit();
            }
        }
    }

    /// Makes a wildcard of a token; what its slots had seen goes over to the new one.
    pub(crate) fn widen(&mut self, at: usize) {
        self.keys[at] = TokenKey::WILD;
        self.wildcards += 1;
        // The values that the token itself stood for: one pure mask keeps its class, anything else was a word.
        let own: Vec<Slot> = self.slots.iter().filter(|slot| slot.token as usize == at).copied().collect();
        let was_pure_mask = own.len() == 1 && self.token_bytes(at).is_empty();
        let classes = if was_pure_mask { own[0].classes } else { Class::Word.bit() };
        let place = self.slots.partition_point(|slot| (slot.token as usize) < at);
        self.slots.retain(|slot| slot.token as usize != at);
        self.slots.insert(place, Slot { token: at as u32, mask: Slot::WHOLE, classes });
        let (start, end) = (if at == 0 { 0 } else { self.ends[at - 1] }, self.ends[at]);
        self.bytes.drain(start as usize..end as usize);
        for later in &mut self.ends[at..] {
            *later -= end - start;
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
            if at > 0 {
                out.push(' ');
            }
            self.write_token_text(at, placeholders, out);
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
        if key == TokenKey::WILD {
            out.push_str(&placeholders.wildcard());
        } else if key == TokenKey::MASK {
            placeholders.write(classes.next().unwrap_or_default(), out);
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
    pub(crate) fn count_line(&mut self, line: &[u8], at: Option<Timestamp>, level: Level, config: &DrainConfig) {
        self.count += 1;
        if let Some(at) = at {
            self.first_seen = Some(self.first_seen.map_or(at, |first| first.min(at)));
            self.last_seen = Some(self.last_seen.map_or(at, |last| last.max(at)));
        }
        self.level = self.level.max(level);
        let kept = config.max_examples as u64;
        if self.count <= kept {
            self.examples.push(cut(line, config.max_example_bytes).to_vec());
        } else if kept > 0 {
            self.maybe_replace_example(line, config);
        }
    }

    /// Reservoir sampling (Vitter's algorithm R) with a hash of template and count in place of a random number, so that
    /// the same input keeps the same examples. The n-th line stays with probability `max_examples / n`.
    #[inline]
    fn maybe_replace_example(&mut self, line: &[u8], config: &DrainConfig) {
        if self.count == BUSY {
            // Room for the longest example, once: from here on the template allocates nothing.
            for example in &mut self.examples {
                example.reserve_exact(config.max_example_bytes.saturating_sub(example.len()));
            }
        }
        let random = mix(self.id.0.rotate_left(32) ^ self.count);
        // The high half of the product is a uniform number below `count`, without a division.
        let place = ((u128::from(random) * u128::from(self.count)) >> 64) as usize;
        if let Some(example) = self.examples.get_mut(place) {
            example.clear();
            example.extend_from_slice(cut(line, config.max_example_bytes));
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
            + examples
    }
}

/// Literal 0, pure mask 1, wildcard 2, partly masked 3. Part of the content id's definition: never changed.
pub(crate) fn kind(key: TokenKey) -> u8 {
    match key {
        TokenKey::MASK => 1,
        TokenKey::WILD => 2,
        key => u8::from(key.is_masked()) * 3,
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
