//! A log text that is remembered, with what it takes to see later what in it is secret.
//!
//! Two things hide a secret from the rules. A text that is cut loses the end by which a card number or a quotation is known; so more is
//! kept than is shown, and what is shown ends in front of a secret that goes on. And a header takes the name away: of
//! `ERROR password: hunter2` the message is `hunter2` alone; so the name is put back.

use std::borrow::Cow;

use crate::pipeline::Event;
use crate::redact::{Finding, Redactor, names_a_secret};
use crate::text::Span;

/// So many bytes behind what is shown are kept: longer than what the rules find, but for private keys, which are found without their end.
const BEYOND: usize = 512;
/// The longest name.
const MAX_NAME: usize = 64;
/// The most signs between a name and the message.
const MAX_SIGNS: usize = 8;

/// A text, or its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Remembered {
    bytes: Vec<u8>,
    /// How many bytes of it are a name that was put back, and `: `.
    named: usize,
    /// How long the text was.
    len: usize,
}

impl Remembered {
    /// Takes another text, in its own memory. `name` is put in front of it.
    pub(super) fn set(&mut self, name: &[u8], text: &[u8], max_bytes: usize) {
        self.bytes.clear();
        if !name.is_empty() {
            self.bytes.extend_from_slice(name);
            self.bytes.extend_from_slice(b": ");
        }
        self.named = self.bytes.len();
        self.len = text.len();
        self.bytes.extend_from_slice(beginning(text, max_bytes));
    }

    pub(super) fn new(name: &[u8], text: &[u8], max_bytes: usize) -> Remembered {
        let mut new = Remembered::default();
        new.set(name, text, max_bytes);
        new
    }

    /// The text without the name, as far as it is remembered.
    pub(super) fn own(&self) -> &[u8] {
        self.bytes.get(self.named..).unwrap_or_default()
    }

    /// Whether it was made of this text.
    pub(super) fn is_of(&self, text: &[u8], max_bytes: usize) -> bool {
        self.own() == beginning(text, max_bytes)
    }

    /// As it is shown, before it is redacted: at most so many bytes of the text. What is longer is cut in front of a word and of a
    /// secret, and says so.
    pub(super) fn shown(&self, redactor: &Redactor, max_bytes: usize) -> Cow<'_, [u8]> {
        if self.len <= max_bytes {
            return Cow::Borrowed(&self.bytes);
        }
        let head = self.bytes.get(..cut(redactor, &self.bytes, self.named + max_bytes)).unwrap_or_default();
        let mut whole = head.to_vec();
        if !head.is_empty() {
            whole.push(b' ');
        }
        let more = self.len - head.len().saturating_sub(self.named);
        whole.extend_from_slice(format!("[cut: {more} bytes more]").as_bytes());
        Cow::Owned(whole)
    }

    pub(super) fn memory(&self) -> usize {
        self.bytes.capacity()
    }
}

/// As much of a text as is remembered.
fn beginning(text: &[u8], max_bytes: usize) -> &[u8] {
    if text.len() <= max_bytes { text } else { text.get(..max_bytes + BEYOND).unwrap_or(text) }
}

/// Where a text is cut to be at most so long: in front of a word, because half a secret is not seen to be one, and of a secret that goes on.
pub(super) fn cut(redactor: &Redactor, text: &[u8], max_bytes: usize) -> usize {
    let head = whole_words(text, max_bytes).len();
    let found = redactor.find(text);
    let goes_on = found.iter().map(|finding| finding.span.range()).find(|span| span.start < head && span.end > head);
    let end = goes_on.map_or(head, |span| span.start);
    text.get(..end).unwrap_or_default().trim_ascii_end().len()
}

/// As many whole words of a text as fit.
pub(super) fn whole_words(text: &[u8], max_bytes: usize) -> &[u8] {
    let fits = text.get(..=max_bytes).unwrap_or(text);
    if fits.len() == text.len() && text.len() <= max_bytes {
        return text;
    }
    let end = fits.iter().rposition(u8::is_ascii_whitespace).unwrap_or_default();
    fits.get(..end).unwrap_or_default().trim_ascii_end()
}

/// The name of a secret that the header ends with, so that the message is its value; empty if there is none.
pub(super) fn name_before_message<'a>(event: &Event<'a>) -> &'a [u8] {
    // The message is a part of the text, unless it was unpacked or put together of several lines.
    let begins = event.mined.as_ptr().addr().checked_sub(event.text.as_ptr().addr());
    let header = begins.and_then(|at| event.text.get(..at));
    let header = header.or(event.record.logger).or(event.record.service).unwrap_or_default();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let signs = header.iter().rev().take(MAX_SIGNS).take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let header = header.get(..header.len() - signs).unwrap_or_default();
    let letters = header.iter().rev().take(MAX_NAME).take_while(|byte| inside(byte)).count();
    let name = header.get(header.len() - letters..).unwrap_or_default();
    if names_a_secret(name) { name } else { Default::default() }
}

/// What is secret in a text behind a name, by places in the text.
pub(super) fn find_behind<'r>(redactor: &'r Redactor, name: &[u8], text: &[u8]) -> Vec<Finding<'r>> {
    if name.is_empty() {
        return redactor.find(text);
    }
    let whole = [name, b": ", text].concat();
    let skipped = whole.len() - text.len();
    let mut found = redactor.find(&whole);
    found.retain_mut(|finding| {
        let span = finding.span.range();
        finding.span = Span::new(span.start.saturating_sub(skipped), span.end.saturating_sub(skipped));
        span.end > skipped
    });
    found
}
