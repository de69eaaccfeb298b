//! What a placeholder looks like, for those who must not mistake one for a secret.

use std::collections::BTreeSet;

use super::config::MAX_WORD;
use super::rules::SecretKind;
use crate::text::scan::byte;

/// What a forged placeholder's word begins with.
pub(super) const FORGED: &str = "FORGED_";
/// The most digits of a number. Longer ones may be a value in brackets.
const MAX_DIGITS: usize = 7;
/// The longest word of capitals that is believed to be a template's mask. Keys of vendors are longer.
const MAX_MASK: usize = 16;

/// What a text between brackets is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It could have been given out for a value: `<EMAIL_1>`, `<EMAIL:k7q2m5xw>`.
    Given,
    /// It says that something is left out: `<EMAIL>`, `<EMAIL_MORE>`, `<NUM>`, `<*>`.
    Plain,
}

/// The words and the length of pseudonyms that a redactor writes.
#[derive(Debug, Clone)]
pub(super) struct Placeholders {
    words: BTreeSet<String>,
    /// The characters of a pseudonym; 0 when none are written.
    pseudonym: usize,
}

/// A placeholder in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) shape: Shape,
}

impl Placeholders {
    /// Of the built-in words and others.
    pub(super) fn new<'a>(custom: impl IntoIterator<Item = &'a str>, pseudonym: usize) -> Placeholders {
        let words = SecretKind::WORDS.into_iter().chain(custom).map(str::to_owned).collect();
        Placeholders { words, pseudonym }
    }

    /// All placeholders of a text, in order.
    pub(super) fn all(&self, text: &[u8]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for start in memchr::memchr_iter(b'<', text) {
            if let Some((end, shape)) = self.at(text, start) {
                found.push(Found { start, end, shape });
            }
        }
        found
    }

    /// The end and the shape of the placeholder at `start`, where a `<` stands. What is inside is short, and so this is cheap.
    fn at(&self, text: &[u8], start: usize) -> Option<(usize, Shape)> {
        const LONGEST: usize = FORGED.len() + MAX_WORD + 1 + 24;
        let rest = text.get(start + 1..)?;
        let len = rest.iter().take(LONGEST + 1).position(|b| *b == b'>')?;
        let shape = self.shape(std::str::from_utf8(rest.get(..len)?).ok()?)?;
        Some((start + len + 2, shape))
    }

    fn shape(&self, inside: &str) -> Option<Shape> {
        let plain = inside.strip_prefix(FORGED);
        let inside = plain.unwrap_or(inside);
        let given = if plain.is_some() { Shape::Plain } else { Shape::Given };
        if inside == "*" || self.words.contains(inside) || is_mask(inside) {
            return Some(Shape::Plain);
        }
        if let Some((word, hash)) = inside.split_once(':') {
            let alphabet = |b: u8| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b);
            let good = self.words.contains(word)
                && self.pseudonym > 0
                && hash.len() == self.pseudonym
                && hash.bytes().all(alphabet);
            return good.then_some(given);
        }
        let (word, tail) = inside.rsplit_once('_')?;
        if !self.words.contains(word) {
            return None;
        }
        if tail == "MORE" {
            return Some(Shape::Plain);
        }
        let digits = (1..=MAX_DIGITS).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit());
        digits.then_some(given)
    }
}

/// Whether this is the name of a mask, as templates have them: `NUM`, `IP`, and `:NUM:` by Drain3's default.
fn is_mask(inside: &str) -> bool {
    let name = inside.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).unwrap_or(inside);
    let letters = name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    (1..=MAX_MASK).contains(&name.len()) && (name == "*" || name == "B64" || letters)
}

/// The end of what could be any placeholder at `start`: for putting values back, where a look at the map decides.
pub(super) fn end_of_brackets(text: &[u8], start: usize) -> Option<usize> {
    const LONGEST: usize = MAX_WORD + 40;
    let mut end = start + 1;
    while end - start <= LONGEST {
        match byte(text, end) {
            b'>' => return Some(end + 1),
            b'_' | b':' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => end += 1,
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let known = Placeholders::new(["EMPLOYEE"], 8);
        let shape = |text: &str| known.at(text.as_bytes(), 0).map(|(end, shape)| (end == text.len(), shape));
        for given in ["<EMAIL_1>", "<EMPLOYEE_1234567>", "<PRIVATE_KEY_2>", "<IP:abcdefg2>"] {
            assert_eq!(shape(given), Some((true, Shape::Given)), "{given}");
        }
        for plain in ["<*>", "<NUM>", "<:NUM:>", "<:*:>", "<EMAIL>", "<B64>", "<EMAIL_MORE>", "<FORGED_EMAIL_1>"] {
            assert_eq!(shape(plain), Some((true, Shape::Plain)), "{plain}");
        }
        // Values in brackets hide nothing.
        for value in ["<AKIAIOSFODNNABCDEFGH>", "<CARD_4111111111111111>", "<hunter2>", "<EMAIL:abc>", "<>", "<EMAIL_1"]
        {
            assert_eq!(shape(value), None, "{value}");
        }
    }
}
