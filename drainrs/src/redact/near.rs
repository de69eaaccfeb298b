//! Words near a value: some shapes are believed only beside a word that says what they are.

/// How far a word may stand from the value, in bytes.
const NEAR: usize = 40;

/// Whether one of the words stands before `start`: `parts` anywhere, `whole` with no letter on either side.
pub(super) fn word_before(text: &[u8], start: usize, parts: &[&str], whole: &[&str]) -> bool {
    has_word(text, start.saturating_sub(NEAR), start, parts, whole)
}

/// The same on either side of `start..end`.
pub(super) fn word_around(text: &[u8], start: usize, end: usize, parts: &[&str], whole: &[&str]) -> bool {
    word_before(text, start, parts, whole) || has_word(text, end, text.len().min(end + NEAR), parts, whole)
}

fn has_word(text: &[u8], from: usize, to: usize, parts: &[&str], whole: &[&str]) -> bool {
    let (before, window) = (from.checked_sub(1).and_then(|at| text.get(at)), &text[from..to]);
    let at = |word: &str, at: usize| {
        window.get(at..at + word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
    };
    let letter = |at: Option<usize>| at.and_then(|at| window.get(at)).is_some_and(u8::is_ascii_alphabetic);
    // `<CARD_1>` stands for a number, and says nothing of the next one.
    let placeholder = |word: &str, at: usize| {
        let left = at.checked_sub(1).map_or(before, |at| window.get(at));
        let capitals = window[at..at + word.len()].iter().all(u8::is_ascii_uppercase);
        left == Some(&b'<') && capitals && matches!(window.get(at + word.len()), None | Some(b'_' | b':' | b'>'))
    };
    (0..window.len()).any(|from| {
        parts.iter().any(|word| at(word, from) && !placeholder(word, from))
            || whole
                .iter()
                .any(|word| at(word, from) && !letter(from.checked_sub(1)) && !letter(Some(from + word.len())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_and_parts() {
        assert!(word_before(b"cc=4", 3, &[], &["cc"]));
        assert!(!word_before(b"access=4", 7, &[], &["cc"]));
        assert!(word_before(b"CardNo 4", 7, &["card"], &[]));
        assert!(word_around(b"4 visa", 0, 1, &["visa"], &[]));
        assert!(word_before(b"<Card>4", 6, &["card"], &[]) && !word_before(b"<CARD_1> 4", 9, &["card"], &[]));
    }
}
