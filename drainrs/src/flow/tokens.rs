//! A normalized line: tokens as spans, keys and masked values. Nothing is rewritten.

use super::Class;
use crate::text::{Span, TokenKey};

/// A masked value inside a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MaskSpan {
    /// Where it stands in the original line.
    pub span: Span,
    /// What it is.
    pub class: Class,
}

/// The tokens of one line, structure of arrays, reused from line to line.
///
/// Between white space a word is one token or several *pieces*: the spans of pieces are contiguous, and a piece that is glued
/// to the next one has a [key of its own kind](TokenKey::glued).
///
/// A token is a span of the *token text*: the line itself, or, where masks rewrite lines as Drain3's do, the rewritten text
/// that is kept here. A token that holds masked values lists them in order, without overlap, inside its span.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    keys: Vec<TokenKey>,
    spans: Vec<Span>,
    masks: Vec<MaskSpan>,
    /// For each token the end of its run in `masks`.
    mask_ends: Vec<u32>,
    rewritten: Rewritten,
    /// Whether the token text is the rewritten one.
    is_rewritten: bool,
    cut: bool,
    /// Scratch for the spans that the user's masks claim.
    claims: Vec<MaskSpan>,
    /// Scratch for the masks of a word that is cut into pieces.
    parked: Vec<MaskSpan>,
}

/// Token text that differs from the line.
#[derive(Debug, Clone, Default)]
struct Rewritten {
    text: Vec<u8>,
    /// For each token, the span of the original line that it came from.
    origins: Vec<Span>,
    scratch: RewriteScratch,
}

/// What a tokenizer that rewrites lines needs while it does so; kept here to be reused from line to line.
#[derive(Debug, Clone, Default)]
pub(crate) struct RewriteScratch {
    /// The text of the next pass.
    pub(crate) text: Vec<u8>,
    /// Where the parts of the present text came from.
    pub(crate) parts: Vec<RewrittenPart>,
    /// Where the parts of the next text will have come from.
    pub(crate) next_parts: Vec<RewrittenPart>,
}

/// A part of a rewritten text and its origin. A part ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RewrittenPart {
    /// Where it begins in the rewritten text.
    pub(crate) at: u32,
    /// What it was in the original line.
    pub(crate) origin: Span,
    /// Whether it is its origin, byte by byte.
    pub(crate) copied: bool,
    /// The class of the value that it stands for.
    pub(crate) class: Option<Class>,
}

impl Tokens {
    /// Memory in bytes on the heap: the scratch of the longest line so far.
    pub(crate) fn memory(&self) -> usize {
        let masks = self.masks.capacity() + self.claims.capacity() + self.parked.capacity();
        self.keys.capacity() * size_of::<TokenKey>()
            + (self.spans.capacity() + self.rewritten.origins.capacity()) * size_of::<Span>()
            + masks * size_of::<MaskSpan>()
            + self.mask_ends.capacity() * size_of::<u32>()
            + self.rewritten.text.capacity()
            + self.rewritten.scratch.text.capacity()
            + (self.rewritten.scratch.parts.capacity() + self.rewritten.scratch.next_parts.capacity())
                * size_of::<RewrittenPart>()
    }

    /// An empty line's tokens.
    pub fn new() -> Tokens {
        Tokens::default()
    }

    /// Forgets the last line; keeps the memory. The token text is the line itself.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.spans.clear();
        self.masks.clear();
        self.mask_ends.clear();
        self.cut = false;
        if self.is_rewritten {
            self.is_rewritten = false;
            self.rewritten.text.clear();
            self.rewritten.origins.clear();
        }
    }

    /// Switches to rewritten text and gives the buffer to write it into. Tokens are then added with
    /// [`push_rewritten`](Tokens::push_rewritten).
    pub(crate) fn rewrite(&mut self) -> &mut Vec<u8> {
        self.is_rewritten = true;
        &mut self.rewritten.text
    }

    /// Scratch for the tokenizer that rewrites; it may be taken out and put back.
    pub(crate) fn rewrite_scratch(&mut self) -> &mut RewriteScratch {
        &mut self.rewritten.scratch
    }

    /// Adds a masked value to the token that is pushed next.
    #[inline]
    pub(crate) fn push_mask(&mut self, span: Span, class: Class) {
        self.masks.push(MaskSpan { span, class });
    }

    /// Adds a token of the line, which owns the masks pushed since the last token.
    #[inline]
    pub(crate) fn push(&mut self, span: Span, key: TokenKey) {
        self.keys.push(key);
        self.spans.push(span);
        self.mask_ends.push(self.masks.len() as u32);
    }

    /// Adds a token of the rewritten text, and the span of the original line that it came from.
    pub(crate) fn push_rewritten(&mut self, span: Span, origin: Span, key: TokenKey) {
        self.push(span, key);
        self.rewritten.origins.push(origin);
    }

    /// Takes back the last token but keeps its masks for the token that is pushed next. Gives its span.
    pub(crate) fn reopen(&mut self) -> Option<Span> {
        self.keys.pop();
        self.mask_ends.pop();
        self.spans.pop()
    }

    /// The masks added since the last token.
    #[inline]
    pub(crate) fn pending_masks(&self) -> &[MaskSpan] {
        let start = self.mask_ends.last().map_or(0, |&end| end as usize);
        self.masks.get(start..).unwrap_or_default()
    }

    /// The last mask added, of whatever token.
    #[inline]
    pub(crate) fn last_mask(&self) -> Option<&MaskSpan> {
        self.masks.last()
    }

    /// Moves the end of the last mask.
    pub(crate) fn end_last_mask_at(&mut self, end: usize) {
        if let Some(last) = self.masks.last_mut() {
            last.span.end = end as u32;
        }
    }

    /// The last token's span and masks.
    pub(crate) fn last(&self) -> Option<(Span, &[MaskSpan])> {
        let span = *self.spans.last()?;
        Some((span, self.masks(self.spans.len() - 1)))
    }

    /// Gives the last token and its last mask what follows up to `end`, in place of the masks added since; the token keeps its
    /// key.
    pub(crate) fn extend_last(&mut self, end: usize) {
        self.masks.truncate(self.mask_ends.last().map_or(0, |&end| end as usize));
        self.end_last_mask_at(end);
        if let Some(span) = self.spans.last_mut() {
            span.end = end as u32;
        }
    }

    /// Takes out the masks added since the last token, in order; [`give_parked`](Tokens::give_parked) takes the memory back.
    pub(crate) fn park_masks(&mut self) -> Vec<MaskSpan> {
        let mut parked = std::mem::take(&mut self.parked);
        parked.clear();
        parked.extend_from_slice(self.pending_masks());
        self.masks.truncate(self.masks.len() - parked.len());
        parked
    }

    /// Gives the memory of parked masks back.
    pub(crate) fn give_parked(&mut self, parked: Vec<MaskSpan>) {
        self.parked = parked;
    }

    /// Changes the class of the last mask.
    pub(crate) fn set_last_class(&mut self, class: Class) {
        if let Some(last) = self.masks.last_mut() {
            last.class = class;
        }
    }

    /// Takes back the masks added since the last token that begin at `start` or later.
    pub(crate) fn retract_masks(&mut self, start: usize) {
        let first = self.mask_ends.last().map_or(0, |&end| end as usize);
        while self.masks.len() > first && self.masks.last().is_some_and(|mask| mask.span.start as usize >= start) {
            self.masks.pop();
        }
    }

    /// Changes the key of a token.
    pub(crate) fn set_key(&mut self, token: usize, key: TokenKey) {
        if let Some(own) = self.keys.get_mut(token) {
            *own = key;
        }
    }

    /// Lends the scratch for claims.
    pub(crate) fn take_claims(&mut self) -> Vec<MaskSpan> {
        std::mem::take(&mut self.claims)
    }

    /// Gives the scratch for claims back.
    pub(crate) fn give_claims(&mut self, claims: Vec<MaskSpan>) {
        self.claims = claims;
    }

    /// Marks that the line was longer than the limits and its tail is missing.
    pub(crate) fn set_cut(&mut self) {
        self.cut = true;
    }

    /// Whether the line was cut at a limit.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The number of tokens.
    #[inline]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the line has no token.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys, in order.
    #[inline]
    pub fn keys(&self) -> &[TokenKey] {
        &self.keys
    }

    /// Whether the next token follows a token without a blank.
    #[inline]
    pub fn is_glued(&self, token: usize) -> bool {
        self.keys.get(token).is_some_and(|key| key.is_glued())
    }

    /// The spans of the tokens in the token text.
    #[inline]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The token text, given the line that these tokens were made of.
    #[inline]
    pub fn text<'a>(&'a self, line: &'a [u8]) -> &'a [u8] {
        if self.is_rewritten { &self.rewritten.text } else { line }
    }

    /// The span of the original line that a token came from.
    #[inline]
    pub fn origin(&self, token: usize) -> Span {
        let spans = if self.is_rewritten { &self.rewritten.origins } else { &self.spans };
        spans.get(token).copied().unwrap_or_default()
    }

    /// The masked values of a token, in order.
    #[inline]
    pub fn masks(&self, token: usize) -> &[MaskSpan] {
        let before = token.checked_sub(1).and_then(|before| self.mask_ends.get(before));
        let end = self.mask_ends.get(token).copied().unwrap_or_default();
        self.masks.get(before.copied().unwrap_or_default() as usize..end as usize).unwrap_or_default()
    }

    /// All masked values of the line, in order.
    #[inline]
    pub fn all_masks(&self) -> &[MaskSpan] {
        &self.masks
    }

    /// Whether masks are structure (the token text is the line) or already part of the text (Drain3's way).
    #[inline]
    pub fn is_rewritten(&self) -> bool {
        self.is_rewritten
    }
}
