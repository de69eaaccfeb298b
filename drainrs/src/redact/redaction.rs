//! The numbering of one task, and the map back to the values. It stays in the host.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::addresses::canonical_ip;
use super::config::RedactMode;
use super::placeholder::{FORGED, Shape, end_of_brackets};
use super::redactor::{Place, Redactor};
use super::rules::SecretKind;

/// How often a text that was redacted is looked at again: what stands beside a placeholder may be a secret only now.
const MAX_ROUNDS: usize = 8;

/// A value and what stands for it.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The kind's word, a zero, and the spelling that all spellings of the value share.
    key: String,
    placeholder: String,
    /// The value as it was first spelled.
    value: String,
}

/// The placeholders of one task: several texts that are read together, such as one prompt. Equal values get equal placeholders,
/// and whoever holds this can put the values back; so it stays in the host. It can be stored, if the host wishes; [`Debug`] shows no value.
///
/// ```
/// use drainrs::redact::{RedactConfig, Redaction, Redactor};
///
/// let redactor = Redactor::build(&RedactConfig::default())?;
/// let mut task = Redaction::default();
/// assert_eq!(task.redact(&redactor, b"ann@shop.test logged in"), "<EMAIL_1> logged in");
/// assert_eq!(task.redact(&redactor, b"bob@shop.test invited Ann@Shop.test"), "<EMAIL_2> invited <EMAIL_1>");
/// assert_eq!(task.restore("ask <EMAIL_2> about it"), "ask bob@shop.test about it");
/// assert_eq!(task.value("<EMAIL_1>"), Some("ann@shop.test"));
/// assert_eq!(task.counts()["email"], 3);
/// # Ok::<(), drainrs::Error>(())
/// ```
///
/// Text may hold what looks like a placeholder, because somebody wrote it there. Where its number is free, it stays as it is and no
/// value gets the number; where a value has it, the text is changed, so that nobody chooses where a value is put back:
///
/// ```
/// # use drainrs::redact::{RedactConfig, Redaction, Redactor};
/// # let redactor = Redactor::build(&RedactConfig::default())?;
/// let mut task = Redaction::default();
/// assert_eq!(task.redact(&redactor, b"<EMAIL_1> wrote to ann@shop.test"), "<EMAIL_1> wrote to <EMAIL_2>");
/// assert_eq!(task.redact(&redactor, b"send it to <EMAIL_2>!"), "send it to <FORGED_EMAIL_2>!");
/// assert_eq!(task.forged(), 1);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Default, Clone, serde::Serialize, serde::Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Redaction {
    stored: Stored,
    /// Places in `entries` by key, and by placeholder.
    by_key: BTreeMap<String, usize>,
    by_placeholder: BTreeMap<String, usize>,
    bytes: usize,
}

/// What a document has of it.
#[derive(Default, Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Stored {
    entries: Vec<Entry>,
    /// The last number of each word.
    numbers: BTreeMap<String, u32>,
    /// Placeholders that stood in a text already.
    reserved: BTreeSet<String>,
    counts: BTreeMap<String, u64>,
    forged: u64,
    more: u64,
}

impl From<Stored> for Redaction {
    fn from(stored: Stored) -> Redaction {
        let places = |of: fn(&Entry) -> &String| {
            // The first of equal ones is meant, as when it was written.
            stored.entries.iter().enumerate().rev().map(|(at, entry)| (of(entry).clone(), at)).collect()
        };
        let (by_key, by_placeholder) = (places(|entry| &entry.key), places(|entry| &entry.placeholder));
        let bytes = stored.entries.iter().map(|entry| entry.value.len()).sum();
        Redaction { stored, by_key, by_placeholder, bytes }
    }
}

impl From<Redaction> for Stored {
    fn from(redaction: Redaction) -> Stored {
        redaction.stored
    }
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redaction")
            .field("values", &self.stored.entries.len())
            .field("counts", &self.stored.counts)
            .field("forged", &self.stored.forged)
            .field("more", &self.stored.more)
            .finish_non_exhaustive()
    }
}

impl Redaction {
    /// The text with its secrets replaced; what is not UTF-8 is replaced by U+FFFD. No rule finds anything in what is given back.
    ///
    /// Give it texts as they are. A text that this very redaction has already written looks forged to it.
    pub fn redact(&mut self, redactor: &Redactor, text: &[u8]) -> String {
        let mut out = self.defused(redactor, text);
        for _ in 0..MAX_ROUNDS {
            let places = redactor.places(&out);
            if places.is_empty() {
                return String::from_utf8_lossy(&out).into_owned();
            }
            out = self.replaced(redactor, &out, &places).into_bytes();
        }
        if redactor.is_clean(&out) {
            return String::from_utf8_lossy(&out).into_owned();
        }
        // A text that was made so that each replacement shows another secret. Nothing of it leaves.
        *self.stored.counts.entry("key_value".to_owned()).or_default() += 1;
        format!("<{}>", SecretKind::Secret.word())
    }

    /// The text with the values in place of their placeholders. Others stay as they are.
    pub fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for at in memchr::memchr_iter(b'<', text.as_bytes()) {
            if at < from {
                continue;
            }
            let Some(end) = end_of_brackets(text.as_bytes(), at) else { continue };
            if let Some(value) = text.get(at..end).and_then(|placeholder| self.value(placeholder)) {
                out.push_str(&text[from..at]);
                out.push_str(value);
                from = end;
            }
        }
        out.push_str(&text[from..]);
        out
    }

    /// The value that a placeholder stands for, as it was first spelled.
    pub fn value(&self, placeholder: &str) -> Option<&str> {
        self.by_placeholder.get(placeholder).map(|at| self.stored.entries[*at].value.as_str())
    }

    /// All placeholders with their values, in the order in which they were given out.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.stored.entries.iter().map(|entry| (entry.placeholder.as_str(), entry.value.as_str()))
    }

    /// How many findings each rule had.
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.stored.counts
    }

    /// How many placeholders of given values stood in texts and were changed.
    pub fn forged(&self) -> u64 {
        self.stored.forged
    }

    /// How many findings got `<EMAIL_MORE>` or the like, because there were too many values.
    pub fn more(&self) -> u64 {
        self.stored.more
    }

    /// The text with the placeholders in it that have a value changed; the numbers of the others are reserved.
    fn defused(&mut self, redactor: &Redactor, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        let mut from = 0;
        for found in redactor.placeholders(text) {
            let inside = &text[found.start..found.end];
            let Some(placeholder) = std::str::from_utf8(inside).ok().filter(|_| found.shape == Shape::Given) else {
                continue;
            };
            let known = self.stored.reserved.contains(placeholder);
            let room = self.stored.reserved.len() < redactor.max_values;
            if !self.by_placeholder.contains_key(placeholder) && (known || room) {
                if !known {
                    self.stored.reserved.insert(placeholder.to_owned());
                }
                continue;
            }
            self.stored.forged += 1;
            out.extend_from_slice(&text[from..=found.start]);
            out.extend_from_slice(FORGED.as_bytes());
            from = found.start + 1;
        }
        out.extend_from_slice(&text[from..]);
        out
    }

    /// The text with findings replaced.
    fn replaced(&mut self, redactor: &Redactor, text: &[u8], places: &[Place]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for place in places {
            out.push_str(&String::from_utf8_lossy(&text[from..place.start]));
            let value = String::from_utf8_lossy(&text[place.start..place.end]);
            self.write_placeholder(redactor, place, &value, &mut out);
            from = place.end;
        }
        out.push_str(&String::from_utf8_lossy(&text[from..]));
        out
    }

    fn write_placeholder(&mut self, redactor: &Redactor, place: &Place, value: &str, out: &mut String) {
        let (kind, word) = (Redactor::kind(place.source), redactor.word(place.source));
        let rule = redactor.rule(place.source);
        match self.stored.counts.get_mut(rule) {
            Some(count) => *count += 1,
            None => drop(self.stored.counts.insert(rule.to_owned(), 1)),
        }
        if redactor.mode == RedactMode::Remove {
            out.extend(["<", word, ">"]);
            return;
        }
        let canonical = canonical(kind, value);
        let key = format!("{word}\0{canonical}");
        if let Some(at) = self.by_key.get(&key) {
            out.push_str(&self.stored.entries[*at].placeholder);
            return;
        }
        let full = self.stored.entries.len() >= redactor.max_values
            || self.bytes.saturating_add(value.len()) > redactor.max_value_bytes;
        let placeholder = if full { None } else { self.free_placeholder(redactor, kind, word, &canonical) };
        let Some(placeholder) = placeholder else {
            self.stored.more += 1;
            out.extend(["<", word, "_MORE>"]);
            return;
        };
        out.push_str(&placeholder);
        let at = self.stored.entries.len();
        self.by_key.insert(key.clone(), at);
        self.by_placeholder.insert(placeholder.clone(), at);
        self.bytes += value.len();
        self.stored.entries.push(Entry { key, placeholder, value: value.to_owned() });
    }

    /// A placeholder that neither stands for another value nor stood in a text: a pseudonym where that is the mode, else the next number.
    fn free_placeholder(
        &mut self,
        redactor: &Redactor,
        kind: SecretKind,
        word: &str,
        canonical: &str,
    ) -> Option<String> {
        let taken = |name: &str, this: &Redaction| {
            this.by_placeholder.contains_key(name) || this.stored.reserved.contains(name)
        };
        if let Some(pseudonyms) = redactor.pseudonyms.as_ref().filter(|_| !kind.is_guessable()) {
            let name = format!("<{word}:{}>", pseudonyms.of(word, canonical));
            if !taken(&name, self) {
                return Some(name);
            }
        }
        let mut number = self.stored.numbers.get(word).copied().unwrap_or(0);
        loop {
            // At most as many are taken as there are values and reserved numbers, so that this ends.
            number = number.checked_add(1).filter(|number| *number <= 9_999_999)?;
            let name = format!("<{word}_{number}>");
            if !taken(&name, self) {
                self.stored.numbers.insert(word.to_owned(), number);
                return Some(name);
            }
        }
    }
}

/// The one spelling of a value that all its spellings share.
fn canonical(kind: SecretKind, value: &str) -> String {
    match kind {
        SecretKind::Email => value.to_lowercase().replace("%40", "@"),
        SecretKind::Host => value.to_lowercase(),
        SecretKind::Card | SecretKind::Ssn | SecretKind::Phone => value.chars().filter(char::is_ascii_digit).collect(),
        SecretKind::Iban => value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect(),
        SecretKind::Mac => value.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect(),
        SecretKind::Ip => canonical_ip(value.as_bytes()).unwrap_or_else(|| value.to_owned()),
        _ => value.to_owned(),
    }
}
