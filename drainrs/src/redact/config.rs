//! Settings of the redactor.

use std::collections::BTreeSet;
use std::fmt;

use super::rules::{self, BUILT_IN, SecretKind};
use crate::error::{ErrorKind, Problems};

/// The most rules of the user's.
const MAX_CUSTOM: usize = 256;
/// The most entries of an allow-list.
const MAX_ALLOWED: usize = 10_000;
/// The longest word of a placeholder.
pub(super) const MAX_WORD: usize = 32;
/// The most values that may be told apart. More would need longer numbers than a placeholder may have.
const MOST_VALUES: usize = 1_000_000;

/// What is written where a secret stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RedactMode {
    /// A numbered placeholder, `<EMAIL_1>`: equal values have equal numbers within one [`Redaction`](crate::redact::Redaction), which
    /// can put the values back.
    #[default]
    Placeholder,
    /// The kind alone, `<EMAIL>`: equal values cannot be told, and nothing is kept that could be put back.
    Remove,
    /// A hash under the host's key, `<EMAIL:k7q2m9xw>`: equal values are equal across tasks and programs that share the key.
    /// Cards, bank accounts and social security numbers are numbered in this mode too: they are few enough to try them all.
    Pseudonym,
}

/// The key of pseudonyms: 16 bytes, written as 32 hexadecimal digits. It is read from documents, and never written to one, nor shown.
///
/// ```
/// use drainrs::redact::PseudonymKey;
///
/// let key = PseudonymKey::new([7; 16]);
/// assert_eq!(format!("{key:?}"), "PseudonymKey(..)");
/// assert_eq!(key, PseudonymKey::from_hex("07070707070707070707070707070707"));
/// ```
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct PseudonymKey(String);

impl PseudonymKey {
    /// Of bytes, which the host draws at random and keeps.
    pub fn new(bytes: [u8; 16]) -> PseudonymKey {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        PseudonymKey(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    }

    /// Of hexadecimal digits. Whether there are 32 of them, [`Redactor::build`](crate::redact::Redactor::build) looks.
    pub fn from_hex(digits: &str) -> PseudonymKey {
        PseudonymKey(digits.to_owned())
    }

    /// The bytes, if that is what was written.
    pub(super) fn bytes(&self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        let digits: Option<Vec<u8>> =
            self.0.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        let digits = digits.filter(|digits| digits.len() == 32)?;
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
        }
        Some(bytes)
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(..)")
    }
}

/// A rule of the user's: what else is a secret here.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactRule {
    /// The name, which is the word of its placeholders: capitals, digits and underscores, such as `EMPLOYEE`.
    pub name: String,
    /// What it finds: a regular expression of the `regex` crate, on bytes, without Unicode.
    pub pattern: String,
    /// The group, by name or number, whose text is the secret. Default: all that is matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Values that are never redacted, whatever rule finds them.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AllowList {
    /// The very values.
    pub exact: Vec<String>,
    /// What they begin with.
    pub prefixes: Vec<String>,
    /// What they end with, such as `@support.example.com`.
    pub suffixes: Vec<String>,
}

/// What is redacted, and how.
///
/// ```
/// use drainrs::redact::{RedactConfig, Redactor};
///
/// let config: RedactConfig = serde_json::from_str(
///     r#"{ "disable": ["phone"], "enable": ["mac"], "custom": [{ "name": "EMPLOYEE", "pattern": "\\bE-[0-9]{6}\\b" }] }"#,
/// ).unwrap();
/// let redactor = Redactor::build(&config)?;
/// assert_eq!(redactor.redact(b"E-123456 called +49 30 1234567 from 00:1b:44:11:3a:b7"),
///            "<EMPLOYEE_1> called +49 30 1234567 from <MAC_1>");
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedactConfig {
    /// What is written in place of a secret. Default numbered placeholders.
    pub mode: RedactMode,
    /// Rules that work although they are off by default, by name.
    pub enable: Vec<String>,
    /// Rules that do not work although they are on by default, by name.
    pub disable: Vec<String>,
    /// The user's own rules.
    pub custom: Vec<RedactRule>,
    /// Values that are never redacted.
    pub allow: AllowList,
    /// Whether private, loopback and link-local addresses stay. Default false.
    pub keep_private_ips: bool,
    /// Whether what is reserved for examples stays: the domains of RFC 2606, the addresses of RFC 5737 and RFC 3849, the keys in
    /// vendors' manuals. Default false: to redact one does no harm.
    pub keep_examples: bool,
    /// The key of pseudonyms; needed in that mode, and never written to a document.
    #[serde(skip_serializing)]
    pub pseudonym_key: Option<PseudonymKey>,
    /// How many bits of the hash a pseudonym shows: a multiple of 5, from 20 to 120. Default 40: among 3,000 values the odds that
    /// two share one are 1 in 250,000.
    pub pseudonym_bits: u32,
    /// The most values that a [`Redaction`](crate::redact::Redaction) tells apart; more are written as `<EMAIL_MORE>`. Default 10,000.
    pub max_values: usize,
    /// The most bytes of values that it keeps; what comes later is written as `<EMAIL_MORE>`. Default 8 MiB.
    pub max_value_bytes: usize,
}

impl Default for RedactConfig {
    fn default() -> RedactConfig {
        RedactConfig {
            mode: RedactMode::Placeholder,
            enable: Vec::new(),
            disable: Vec::new(),
            custom: Vec::new(),
            allow: AllowList::default(),
            keep_private_ips: false,
            keep_examples: false,
            pseudonym_key: None,
            pseudonym_bits: 40,
            max_values: 10_000,
            max_value_bytes: 8 << 20,
        }
    }
}

impl RedactConfig {
    /// Notes what is wrong, but for the patterns, which are looked at when they are compiled.
    pub(super) fn check(&self, problems: &mut Problems) {
        for (list, names) in [("enable", &self.enable), ("disable", &self.disable)] {
            for (at, name) in names.iter().enumerate() {
                problems.require(rules::named(name).is_some(), &format!("redact.{list}[{at}]"), || {
                    let known: Vec<_> = BUILT_IN.iter().map(|facts| facts.name).collect();
                    format!("{name:?} is no rule; known are {}", known.join(", "))
                });
            }
        }
        for (at, name) in self.enable.iter().enumerate() {
            problems.require(!self.disable.contains(name), &format!("redact.enable[{at}]"), || {
                format!("{name:?} is disabled too; leave it in one of the lists")
            });
        }
        self.check_custom(problems);
        for (name, list) in
            [("exact", &self.allow.exact), ("prefixes", &self.allow.prefixes), ("suffixes", &self.allow.suffixes)]
        {
            let path = format!("redact.allow.{name}");
            problems.require(list.len() <= MAX_ALLOWED, &path, || {
                format!("{} entries are more than {MAX_ALLOWED}", list.len())
            });
            problems.require(!list.iter().any(String::is_empty), &path, || {
                "an empty entry would allow every value; remove it".to_owned()
            });
        }
        let bits = self.pseudonym_bits;
        problems.require((20..=120).contains(&bits) && bits.is_multiple_of(5), "redact.pseudonym_bits", || {
            format!("{bits} is not a multiple of 5 from 20 to 120; write 40")
        });
        let key = self.pseudonym_key.as_ref();
        problems.require(self.mode != RedactMode::Pseudonym || key.is_some(), "redact.pseudonym_key", || {
            "mode = \"pseudonym\" needs a key: draw 16 random bytes, keep them, and give them as 32 hexadecimal digits"
                .to_owned()
        });
        problems.require(key.is_none_or(|key| key.bytes().is_some()), "redact.pseudonym_key", || {
            // The digits are not shown: they may be a key that lacks one.
            "is not 32 hexadecimal digits, which are 16 bytes".to_owned()
        });
        problems.require((1..=MOST_VALUES).contains(&self.max_values), "redact.max_values", || {
            format!("{} is not in 1..={MOST_VALUES}", self.max_values)
        });
    }

    fn check_custom(&self, problems: &mut Problems) {
        problems.require(self.custom.len() <= MAX_CUSTOM, "redact.custom", || {
            format!("{} rules are more than {MAX_CUSTOM}; join some by |", self.custom.len())
        });
        let mut names = BTreeSet::new();
        for (at, rule) in self.custom.iter().enumerate() {
            let path = format!("redact.custom[{at}].name");
            let name = rule.name.as_str();
            problems.require(is_word(name), &path, || {
                format!("{name:?} cannot be the word of a placeholder; write 1 to {MAX_WORD} of A-Z, 0-9 and _, a letter first")
            });
            problems.require(!SecretKind::WORDS.contains(&name), &path, || {
                format!("{name:?} is the word of a built-in rule; choose another")
            });
            let tail = name.rsplit_once('_').map_or("", |(_, tail)| tail);
            let numbered = !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit());
            problems.require(!numbered && tail != "MORE" && !name.starts_with("FORGED_"), &path, || {
                format!("{name:?} would read as a numbered placeholder; do not end it in _MORE or a number, or begin it with FORGED_")
            });
            problems.require(names.insert(name), &path, || format!("{name:?} is there twice"));
        }
    }
}

fn is_word(name: &str) -> bool {
    (1..=MAX_WORD).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Notes a pattern that does not do.
pub(super) fn bad_pattern(problems: &mut Problems, at: usize, field: &str, message: String) {
    problems.add(ErrorKind::Pattern, format!("redact.custom[{at}].{field}"), message);
}
