//! A pattern out of values: what they have in common stays literal, the rest becomes classes of characters.
//!
//! `us-ab12`, `us-9z3k` give `\bus-[a-z0-9]{4}\b`: a literal piece says what it is wherever it stands. Values without one
//! (`kxqzv`, `bob`) are told by their neighbours: `(?<=\buser )[a-z]+(?=\s|$)`. Whether a pattern matches all values, and
//! little else, is not reasoned about here: it is tried on the sample.

/// A common beginning of this many characters stays literal.
const MIN_COMMON: usize = 2;
/// Words that say nothing about the value behind them.
const FILLERS: [&str; 22] = [
    "a", "an", "and", "as", "at", "by", "for", "from", "has", "in", "into", "is", "no", "of", "on", "or", "the", "to",
    "via", "was", "with", "not",
];

/// How closely a pattern looks at its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// One neighbour, or none where the value tells itself.
    Loose,
    /// Both neighbours.
    Both,
}

/// Where values stand: the tokens before and behind, if they are literal text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
}

/// A part of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece<'a> {
    /// Letters and digits, or what stands between them.
    word: bool,
    text: &'a str,
}

fn pieces(value: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let word = first.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != word).unwrap_or(rest.len());
        pieces.push(Piece { word, text: &rest[..end] });
        rest = &rest[end..];
    }
    pieces
}

/// A pattern for the values at a place, or `None` where nothing tells them from other text.
pub(super) fn pattern(values: &[&str], context: Context<'_>, anchor: Anchor) -> Option<String> {
    let cut: Vec<Vec<Piece<'_>>> = values.iter().map(|value| pieces(value)).collect();
    let first = cut.first()?;
    let (mut from, mut to) = (0, 0);
    let same = |nth: usize, end: bool| {
        let of = |pieces: &[Piece<'_>]| {
            let at = if end { pieces.len().checked_sub(nth + 1) } else { Some(nth) };
            at.and_then(|at| pieces.get(at)).map(|piece| (piece.word, piece.text.to_owned()))
        };
        let wanted = of(first);
        wanted.filter(|_| cut.iter().all(|pieces| of(pieces) == of(first)))
    };
    let shortest = cut.iter().map(Vec::len).min()?;
    while from < shortest && same(from, false).is_some() {
        from += 1;
    }
    while from + to < shortest && same(to, true).is_some() {
        to += 1;
    }
    let text = |pieces: &[Piece<'_>]| pieces.iter().map(|piece| piece.text).collect::<String>();
    // A key and its sign (`user=`), an opening bracket: context. A name that belongs to the value (`us-`) is part of it.
    let key_end = first[..from]
        .iter()
        .rposition(|piece| !piece.word && piece.text.ends_with(['=', ':', '(', '[', '{', '"', '\'', '<', ',', ';']));
    let key = text(&first[..key_end.map_or(0, |at| at + 1)]);
    let head = text(&first[key_end.map_or(0, |at| at + 1)..from]);
    let tail_start = first.len() - to;
    let tail_end = first[tail_start..]
        .iter()
        .position(|piece| !piece.word && piece.text.starts_with([',', ';', ':', ')', ']', '}', '"', '\'', '>', '.']));
    let tail = text(&first[tail_start..tail_end.map_or(first.len(), |at| tail_start + at)]);
    let close = text(&first[tail_end.map_or(first.len(), |at| tail_start + at)..]);

    let middles: Vec<&[Piece<'_>]> = cut.iter().map(|pieces| &pieces[from..pieces.len() - to]).collect();
    let alike = middles.iter().all(|middle| {
        middle.len() == middles[0].len()
            && middle.iter().zip(middles[0]).all(|(a, b)| a.word == b.word && (a.word || a.text == b.text))
    });
    let mut literal =
        !head.trim_matches(|c: char| !c.is_alphanumeric()).is_empty() || tail.contains(char::is_alphanumeric);
    let mut core = escaped(&head);
    if alike && !middles[0].is_empty() {
        for nth in 0..middles[0].len() {
            let texts: Vec<&str> = middles.iter().map(|middle| middle[nth].text).collect();
            let (piece, common) = if middles[0][nth].word { word(&texts) } else { (escaped(texts[0]), false) };
            core.push_str(&piece);
            literal |= common;
        }
    } else {
        core.push_str(&mixed(&middles));
    }
    core.push_str(&escaped(&tail));

    let word_edge = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let starts_word = word_edge(values.first()?[key.len()..].chars().next());
    let inside = &values.first()?[..values.first()?.len() - close.len()];
    let ends_word = word_edge(inside.chars().last());
    if literal && anchor == Anchor::Loose {
        let before = if starts_word { r"\b".to_owned() } else { behind(&key) };
        let after = if ends_word { r"\b" } else { "" };
        return Some(format!("{before}{core}{after}"));
    }
    let before = match (key.is_empty(), context.before) {
        (false, _) => behind(&key),
        (true, Some(token)) => behind(&format!("{token} ")),
        (true, None) => r"(?<!\S)".to_owned(),
    };
    let told = !key.is_empty() || context.before.is_some();
    let wants_after = anchor == Anchor::Both || !told;
    let after = match context.after.filter(|_| wants_after) {
        Some(token) => format!("(?={} {})", escaped(&close), escaped(token)),
        None if !close.is_empty() => format!("(?={})", escaped(&close)),
        None => r"(?=\s|$)".to_owned(),
    };
    (told || context.after.is_some()).then(|| format!("{before}{core}{after}"))
}

/// What must stand before.
fn behind(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let edge = if text.starts_with(|c: char| c.is_alphanumeric() || c == '_') { r"\b" } else { "" };
    format!("(?<={edge}{})", escaped(text))
}

/// Runs of letters and digits: a common beginning, then a class with its length. Whether there is such a beginning.
fn word(texts: &[&str]) -> (String, bool) {
    if texts.iter().all(|text| *text == texts[0]) {
        return (escaped(texts[0]), texts[0].chars().count() >= MIN_COMMON);
    }
    let mut common = texts[0].len();
    for text in texts {
        let equal = texts[0].char_indices().zip(text.chars()).take_while(|((_, a), b)| a == b).last();
        common = common.min(equal.map_or(0, |((at, c), _)| at + c.len_utf8()));
    }
    // A word that is a beginning itself leaves nothing for the class.
    if texts[0][..common].chars().count() < MIN_COMMON || texts.iter().any(|text| text.len() == common) {
        common = 0;
    }
    let rests: Vec<&str> = texts.iter().map(|text| &text[common..]).collect();
    let length = rests[0].chars().count();
    let one_length = rests.iter().all(|rest| rest.chars().count() == length);
    let letters_only = rests.iter().all(|rest| rest.chars().all(char::is_alphabetic));
    // Identifiers have a length, words do not.
    let count = if one_length && (!letters_only || common > 0) { format!("{{{length}}}") } else { "+".to_owned() };
    (format!("{}{}{count}", escaped(&texts[0][..common]), class(&rests, "")), common > 0)
}

/// Values that are built differently: any of the characters seen.
fn mixed(middles: &[&[Piece<'_>]]) -> String {
    let mut marks: Vec<char> = Vec::new();
    let mut words = Vec::new();
    for piece in middles.iter().flat_map(|middle| middle.iter()) {
        if piece.word {
            words.push(piece.text);
        } else {
            marks.extend(piece.text.chars());
        }
    }
    marks.sort_unstable();
    marks.dedup();
    let marks: String = marks.iter().map(|mark| escaped(mark.encode_utf8(&mut [0; 4]))).collect();
    // A value without anything of its own is the common part alone.
    let count = if middles.iter().any(|middle| middle.is_empty()) { "*" } else { "+" };
    format!("{}{count}", class(&words, &marks))
}

fn class(texts: &[&str], marks: &str) -> String {
    let any = |test: fn(char) -> bool| texts.iter().any(|text| text.contains(test));
    if any(|c| !c.is_ascii()) {
        return format!(r"[\w{marks}]");
    }
    let (lower, upper, digit) =
        (any(|c| c.is_ascii_lowercase()), any(|c| c.is_ascii_uppercase()), any(|c| c.is_ascii_digit()));
    let hexadecimal = digit && lower && !upper && texts.len() >= 8 && !any(|c| !c.is_ascii_hexdigit());
    let mut class = String::from("[");
    class.push_str(match (upper, lower) {
        (true, true) => "A-Za-z",
        (true, false) => "A-Z",
        (false, true) if hexadecimal => "a-f",
        (false, true) => "a-z",
        (false, false) => "",
    });
    class.push_str(if digit { "0-9" } else { "" });
    class.push_str(marks);
    class.push(']');
    class
}

/// Text as a pattern that matches it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // In a class as outside of it; what needs none is left readable.
        if c.is_ascii_punctuation()
            && !matches!(c, '_' | '=' | ':' | '/' | ',' | ';' | '"' | '\'' | '<' | '>' | '@' | '%' | '!' | '`')
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A name for the values: their key, or the nearest word before them that says something.
pub(super) fn name(values: &[&str], before: &[String]) -> String {
    let key = values.first().and_then(|value| value.find(['=', ':']).map(|end| &value[..=end]));
    // What all values begin with; the `:` before a port is none.
    let key = key.filter(|key| values.iter().all(|value| value.starts_with(key)));
    let key = key.and_then(|key| key.get(..key.len() - 1));
    let words = before.iter().rev().take(2).flat_map(|token| token.rsplit(|c: char| !c.is_ascii_alphabetic()));
    let named = key.into_iter().chain(words).find(|word| {
        (2..=16).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !FILLERS.contains(&word.to_ascii_lowercase().as_str())
            && !word.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    named.map_or_else(|| "VALUE".to_owned(), str::to_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::miner::{Miner, MinerConfig};
    use crate::normalize::Mask;

    fn of(values: &[&str], before: Option<&str>, after: Option<&str>, anchor: Anchor) -> String {
        pattern(values, Context { before, after }, anchor).unwrap_or_default()
    }

    #[test]
    fn values_become_patterns() {
        let (loose, both) = (Anchor::Loose, Anchor::Both);
        assert_eq!(of(&["us-ab12", "us-9z3k"], None, None, loose), r"\bus\-[a-z0-9]{4}\b");
        assert_eq!(of(&["kxqzv", "bob"], Some("user"), Some("in"), loose), r"(?<=\buser )[a-z]+(?=\s|$)");
        assert_eq!(of(&["kxqzv", "bob"], Some("user"), Some("in"), both), r"(?<=\buser )[a-z]+(?= in)");
        assert_eq!(of(&["user=kx,", "user=Bo,"], None, None, loose), r"(?<=\buser=)[A-Za-z]+(?=,)");
        assert_eq!(of(&["a.b", "cd", "e-f"], Some("for"), None, loose), r"(?<=\bfor )[a-z\-\.]+(?=\s|$)");
        assert_eq!(of(&["kx", "bo"], None, None, loose), "", "nothing tells them");
        assert_eq!(of(&["(ab", "(cd"], Some("x"), None, loose), r"(?<=\()[a-z]+(?=\s|$)");
        assert_eq!(of(&["naïf", "né"], Some("x"), None, loose), r"(?<=\bx )[\w]+(?=\s|$)");
    }

    #[test]
    fn patterns_match_what_they_are_made_from() {
        for values in [
            vec!["us-ab12", "us-9z3k"],
            vec!["user=kx,", "user=bob,"],
            vec!["[a^b]", "[c]d]", "[e\\f]"],
            vec!["x", "xx", "xxx"],
            vec!["job", "job.a", "job.b-c"],
            vec!["=", "=="],
            vec!["日本", "語"],
        ] {
            for anchor in [Anchor::Loose, Anchor::Both] {
                let context = Context { before: Some("see"), after: Some("here") };
                let Some(pattern) = pattern(&values, context, anchor) else { continue };
                let mut config = MinerConfig::default();
                config.normalize.masks = vec![Mask::new("V", &pattern)];
                let mut miner = Miner::build(&config).unwrap_or_else(|error| panic!("{error}"));
                for value in &values {
                    let hit = miner.insert(format!("see {value} here").as_bytes());
                    let masked = hit.parameters().any(|parameter| parameter.class == crate::flow::Class::Mask(0));
                    assert!(masked, "{pattern} does not match {value}");
                }
            }
        }
    }

    #[test]
    fn names_come_from_keys_and_words_before() {
        let before = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(name(&["user=kx", "user=bo"], &before("login")), "USER");
        assert_eq!(name(&["kx"], &before("session for user:")), "USER");
        assert_eq!(name(&["kx"], &before("region of the")), "VALUE");
        assert_eq!(name(&["kx"], &before("region of")), "REGION");
        assert_eq!(name(&["host:80", "other:443"], &[]), "VALUE");
    }
}
