//! How varied a text is, and the rule that goes by it.

use super::near;
use super::rules::{BuiltIn, Hits};
use crate::stats::Portable;

/// Bits per character, by how often each occurs in the text itself.
pub(super) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &b in text {
        counts[usize::from(b)] += 1;
    }
    let len = text.len() as f64;
    counts.iter().filter(|count| **count > 0).fold(0.0, |bits, &count| {
        let share = f64::from(count) / len;
        bits - share * share.portable_log2()
    })
}

/// The fewest characters that are looked at.
const MIN: usize = 20;
/// More than this is a document, not a key.
const MAX: usize = 512;
/// Words that make a random text near them a secret.
const CONTEXT: [&str; 8] = ["key", "token", "secret", "auth", "pass", "cred", "sig", "session"];

/// Random text behind a word that speaks of keys: at least 20 characters and 3.5 bits in each, 3.0 in hexadecimal digits.
pub(super) fn random_texts(text: &[u8], hits: &mut Hits) {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'=');
    let mut start = 0;
    while start < text.len() {
        let run = text.iter().skip(start).take_while(|b| inside(**b)).count();
        let (mut from, end) = (start, start + run);
        start = end + 1;
        // `key=VALUE` is one run; the name is not part of the secret.
        let name = text[from..end].iter().rposition(|b| *b == b'=').filter(|at| from + at + 1 < end);
        if let Some(at) = name {
            from += at + 1;
        }
        let value = &text[from..end];
        let kinds = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
        if !(MIN..=MAX).contains(&value.len()) || !kinds || is_uuid(value) {
            continue;
        }
        let enough = if value.iter().all(u8::is_ascii_hexdigit) { 3.0 } else { 3.5 };
        if entropy(value) >= enough && near::word_before(text, from, &CONTEXT, &[]) {
            hits.add(BuiltIn::HighEntropy, from, end);
        }
    }
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36 && [8, 13, 18, 23].iter().all(|at| value[*at] == b'-')
}

#[cfg(test)]
mod tests {
    use super::entropy;

    #[test]
    fn entropy_by_hand() {
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!((entropy(b"abab") - 1.0).abs() < 1e-9);
        assert!((entropy(b"abcdefgh") - 3.0).abs() < 1e-9);
        assert!(entropy(b"").abs() < 1e-9);
    }
}
