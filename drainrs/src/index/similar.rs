//! Whether two texts are the same template at two times of its life.

/// What placeholders are compared as.
const PLACEHOLDER: &str = "<*>";

/// A text with every placeholder written alike: a template that was `<NUM>` may be `<*>` since.
pub(super) fn alike(text: &str) -> String {
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

/// The share of places at which two texts of [`alike`] have the same word, 0 to 1; 0 as soon as it is below `least`, if they
/// have different numbers of words, or no word in common that is more than placeholders and punctuation.
pub(super) fn similarity(a: &str, b: &str, words: usize, least: f64) -> f64 {
    // A hair more: four of five are 0.8, whatever the fractions are rounded to.
    let most_different = (1.0 - least) * words as f64 + 1e-9;
    let (mut different, mut telling) = (0_u32, false);
    for (a, b) in a.split_whitespace().zip(b.split_whitespace()) {
        if a == b {
            telling = telling || a.chars().any(char::is_alphanumeric);
        } else {
            different += 1;
            if f64::from(different) > most_different {
                return 0.0;
            }
        }
    }
    if telling { 1.0 - f64::from(different) / words.max(1) as f64 } else { 0.0 }
}

/// How many words there are in a text.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In percent.
    fn of(a: &str, b: &str) -> String {
        let (a, b) = (alike(a), alike(b));
        let share = if words(&a) == words(&b) { similarity(&a, &b, words(&a), 0.8) } else { 0.0 };
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
