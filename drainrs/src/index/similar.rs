//! Whether two texts are the same template at two times of its life.

use xxhash_rust::xxh3::xxh3_64;

/// What placeholders are compared as.
const PLACEHOLDER: &str = "<*>";

/// A text with every placeholder written alike: a template that was `<NUM>` may be `<*>` since.
fn alike(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find('>').filter(|&end| is_name(from.get(1..end).unwrap_or_default()));
        let (mark, length) = end.map_or(("<", 1), |end| (PLACEHOLDER, end + 1));
        out.push_str(mark);
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Whether that is what stands between the marks of a placeholder: `NUM`, `*`, `:*:`, `_`.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'*' | b':'))
}

/// A text as it is compared.
#[derive(Debug, Clone)]
pub(super) struct Words {
    text: String,
    /// A hash of each word, to see quickly that two texts differ; what they have in common is told by the words themselves.
    hashes: Vec<u64>,
}

impl Words {
    pub(super) fn of(text: &str) -> Words {
        let text = alike(text);
        let hashes = text.split_whitespace().map(|word| xxh3_64(word.as_bytes())).collect();
        Words { text, hashes }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        self.text.capacity() + self.hashes.capacity() * size_of::<u64>()
    }

    /// The share of places at which two texts have the same word, placeholders all alike, 0 to 1; 0 if it is below `least` or not
    /// above `best`, if they have different numbers of words, or no word in common that is more than placeholders and
    /// punctuation.
    pub(super) fn similarity(&self, other: &Words, least: f64, best: f64) -> f64 {
        if self.len() != other.len() {
            return 0.0;
        }
        // A hair more: four of five are 0.8, whatever the fractions are rounded to.
        let most_different = (1.0 - least) * self.len() as f64 + 1e-9;
        let mut different = 0_u32;
        for (a, b) in self.hashes.iter().zip(&other.hashes) {
            different += u32::from(a != b);
            if f64::from(different) > most_different {
                return 0.0;
            }
        }
        // Many texts may be as near as the best one: it costs no look at their words.
        if 1.0 - f64::from(different) / self.len() as f64 <= best {
            return 0.0;
        }
        let (mut different, mut telling) = (0_u32, false);
        for (a, b) in self.text.split_whitespace().zip(other.text.split_whitespace()) {
            different += u32::from(a != b);
            telling = telling || (a == b && a.chars().any(char::is_alphanumeric));
        }
        if telling && f64::from(different) <= most_different {
            1.0 - f64::from(different) / self.len() as f64
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In percent.
    fn of(a: &str, b: &str) -> String {
        let share = Words::of(a).similarity(&Words::of(b), 0.8, 0.0);
        format!("{:.0}", share * 100.0)
    }

    #[test]
    fn placeholders_are_alike_and_other_marks_stay() {
        for (text, then) in [
            ("a <NUM> b <*> c=<IP>:<MY_MASK>", "a <*> b <*> c=<*>:<*>"),
            ("<:*:> <_>", "<*> <*>"),
            ("<html> a < b <> <a b> <", "<html> a < b <> <a b> <"),
            ("<<NUM>>", "<<NUM>>"),
            ("\u{e9}<NUM>\u{e9}", "\u{e9}<*>\u{e9}"),
        ] {
            // The outer mark of `<<NUM>>` is none, the inner one is.
            let then = if text == "<<NUM>>" { "<<*>>" } else { then };
            assert_eq!(alike(text), then);
        }
    }

    #[test]
    fn a_widened_template_is_the_same_and_another_is_not() {
        assert_eq!(of("a b c d e", "a b c d e"), "100");
        assert_eq!(of("user <NUM> logged in from", "user <*> logged in from"), "100");
        assert_eq!(of("could not reach host db1", "could not reach host <*>"), "80");
        assert_eq!(of("could not reach host db1", "could never reach host <*>"), "0", "two of five");
        assert_eq!(of("a b c d", "a b c <*>"), "0", "three quarters");
        assert_eq!(of("a b c d e", "a b c d e f"), "0", "another length");
        assert_eq!(of("<*> <NUM> - <IP>", "<*> <*> - <*>"), "0", "nothing but placeholders");
        assert_eq!(of("", ""), "0");
    }
}
