//! Values that stay: the user's list, and what is reserved for examples.

use std::collections::BTreeSet;

use super::addresses::is_example_ip;
use super::config::{AllowList, RedactConfig};
use super::rules::SecretKind;

/// What is never redacted.
#[derive(Debug, Clone)]
pub(super) struct Allowed {
    exact: BTreeSet<Vec<u8>>,
    prefixes: Vec<Vec<u8>>,
    suffixes: Vec<Vec<u8>>,
    examples: bool,
}

impl Allowed {
    pub(super) fn new(config: &RedactConfig) -> Allowed {
        let AllowList { exact, prefixes, suffixes } = &config.allow;
        let bytes = |list: &[String]| list.iter().map(|entry| entry.as_bytes().to_vec()).collect();
        Allowed {
            exact: exact.iter().map(|entry| entry.as_bytes().to_vec()).collect(),
            prefixes: bytes(prefixes),
            suffixes: bytes(suffixes),
            examples: config.keep_examples,
        }
    }

    /// Whether a value stays.
    pub(super) fn has(&self, kind: SecretKind, value: &[u8]) -> bool {
        self.exact.contains(value)
            || self.prefixes.iter().any(|prefix| value.starts_with(prefix))
            || self.suffixes.iter().any(|suffix| value.ends_with(suffix))
            || (self.examples && is_example(kind, value))
    }
}

/// Whether a value is reserved for examples: RFC 2606 and RFC 6761, RFC 5737 and RFC 3849, telephones 555-01xx, the keys of vendors'
/// manuals.
fn is_example(kind: SecretKind, value: &[u8]) -> bool {
    const KEYS: [&[u8]; 2] = [b"AKIAIOSFODNN7EXAMPLE", b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"];
    match kind {
        SecretKind::Email | SecretKind::Host => {
            let value = value.to_ascii_lowercase();
            let mut labels = value.rsplit(|b| matches!(b, b'.' | b'@'));
            match labels.next() {
                Some(b"test" | b"example" | b"invalid" | b"localhost") => true,
                Some(b"com" | b"net" | b"org") => labels.next() == Some(b"example"),
                _ => false,
            }
        }
        SecretKind::Ip => is_example_ip(value),
        SecretKind::Phone => {
            let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_digit).collect();
            digits.len() >= 8 && digits[digits.len() - 7..].starts_with(b"55501")
        }
        _ => KEYS.contains(&value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples() {
        for (kind, value) in [
            (SecretKind::Email, "ann@mail.Example.com"),
            (SecretKind::Email, "ann@shop.test"),
            (SecretKind::Ip, "192.0.2.7"),
            (SecretKind::Ip, "2001:db8::1"),
            (SecretKind::Phone, "+1 202-555-0123"),
            (SecretKind::Token, "AKIAIOSFODNN7EXAMPLE"),
        ] {
            assert!(is_example(kind, value.as_bytes()), "{value}");
        }
        assert!(!is_example(SecretKind::Email, b"ann@example.io") && !is_example(SecretKind::Ip, b"8.8.8.8"));
    }
}
