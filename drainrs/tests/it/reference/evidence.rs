//! What the naive miner holds of words: what they look like, where they stand, how many of them make a parameter, and
//! what stays constant of them. Text only, after the table that the library documents.

/// A word of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    Text(String),
    /// A wildcard, and what all that it stood for began and ended with.
    Any(String, String),
}

impl Word {
    pub(crate) fn any() -> Word {
        Word::Any(String::new(), String::new())
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Word::Text(text) => Some(text),
            Word::Any(..) => None,
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Word::Text(text) => text.clone(),
            Word::Any(head, tail) => format!("{head}<*>{tail}"),
        }
    }

    /// Whether a word of a line fits without any change.
    pub(crate) fn holds(&self, text: &str) -> bool {
        match self {
            Word::Text(own) => own == text,
            Word::Any(head, tail) => text.strip_prefix(head.as_str()).is_some_and(|rest| rest.ends_with(tail.as_str())),
        }
    }
}

/// The rows of the table, by what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Value,
    Name,
    Plain,
    Fixed,
}

/// The columns, by what stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum After {
    Nothing,
    Naming,
    Key,
    Other,
}

const NAMING: &str = "account accounts host hostname login user username users";
const ACCOUNTS: &str = "admin administrator guest nobody root";
const STATES: &str = "abort aborted absent accept accepted acquired active add added alive allow allowed attached \
    available bad begin blocked busy cancelled closed closing commit committed complete completed connect connected \
    connecting crashed create created critical dead debug delete deleted denied deny detached disable disabled \
    disconnect disconnected done down drop dropped empty enable enabled end ended enter error errors exit exited \
    expired fail failed failure failures false fatal finish finished found full good granted healthy high idle \
    inactive info invalid join joined kill killed leave left load loaded lock locked lost low missing no normal \
    notice off offline ok on online open opened panic pass passed pause paused pending present ready recovered \
    refused register registered reject rejected released remove removed reset restart restarted resume resumed retry \
    rollback running start started starting stop stopped stopping succeeded success suspended timeout true \
    unavailable unhealthy unlocked unregister up valid warn warning yes";

fn is_in(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(word))
}

/// Without the punctuation around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric())
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

pub(crate) fn kind(word: &Word) -> Kind {
    let Word::Text(text) = word else { return Kind::Value };
    let word = bare(text);
    let shouted = {
        let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
        letters.len() >= 2 && letters == letters.to_uppercase()
    };
    if word.is_empty() {
        let brackets = text.chars().filter(|&c| "()[]{}\"'".contains(c)).count();
        let left_empty = brackets >= 2 && text.chars().all(|c| "()[]{}\"'>=:,|;".contains(c));
        return if left_empty || text == "-" || text == "/" { Kind::Value } else { Kind::Fixed };
    }
    match digits(word) {
        2.. => Kind::Value,
        _ if word.contains(['.', '/', '\\', '@', '$']) => Kind::Name,
        1 => Kind::Plain,
        _ if shouted || is_in(STATES, word) => Kind::Fixed,
        _ if is_in(ACCOUNTS, word) => Kind::Name,
        _ => Kind::Plain,
    }
}

/// Where the word at a place of a template stands.
pub(crate) fn after(words: &[Word], at: usize) -> After {
    match at.checked_sub(1).map(|before| &words[before]) {
        None => After::Nothing,
        Some(Word::Text(text)) if is_in(NAMING, bare(text)) => After::Naming,
        Some(Word::Text(text)) if text.ends_with('=') || text.ends_with("\":") => After::Key,
        Some(_) => After::Other,
    }
}

/// The table.
pub(crate) fn needed(word: &Word, after: After, n: usize) -> usize {
    let enclosed = word.text().is_some_and(|text| text.starts_with(['(', '[', '{', '<', '"', '\'', '`']));
    let needed = match (kind(word), after) {
        (Kind::Value, _) | (Kind::Name, After::Naming | After::Key | After::Other) | (Kind::Plain, After::Naming) => 2,
        (Kind::Plain, After::Key) => n - 1,
        (Kind::Plain, After::Other) => n - usize::from(enclosed),
        (Kind::Name, After::Nothing) | (Kind::Fixed, After::Naming) => n,
        (Kind::Plain, After::Nothing) | (Kind::Fixed, After::Nothing | After::Key | After::Other) => 4 * n,
    };
    needed.max(2)
}

/// Whether a word is a parameter as soon as there is another one in its place.
pub(crate) fn proves_itself(words: &[Word], at: usize, word: &Word) -> bool {
    // For so large an n, only those that need two of a kind whatever n is.
    needed(word, after(words, at), 1000) == 2
}

/// Whether texts are one text in which only numbers differ.
pub(crate) fn differ_in_numbers(a: &str, b: &str) -> bool {
    let outline = |text: &str| {
        let mut outline = String::new();
        for c in text.chars() {
            match c {
                '0'..='9' if outline.ends_with('0') => {}
                '0'..='9' => outline.push('0'),
                other => outline.push(other),
            }
        }
        outline
    };
    digits(a) > 0 && outline(a) == outline(b)
}

/// Whether a word tells what a line is about.
pub(crate) fn tells(word: &Word) -> bool {
    word.text().is_some_and(|text| text.contains(|c: char| c.is_ascii_alphabetic()))
}

/// The wildcard for two words: the text before them up to a separator, the text behind them from a separator on.
pub(crate) fn common(a: &Word, b: &Word) -> Word {
    fn ends(word: &Word) -> (&str, &str, usize) {
        match word {
            Word::Text(text) => (text, text, text.len()),
            Word::Any(head, tail) => (head, tail, usize::MAX),
        }
    }
    let ((head_a, tail_a, room_a), (head_b, tail_b, room_b)) = (ends(a), ends(b));
    let heads = (1..=head_a.len()).rev().filter(|&at| head_a.is_char_boundary(at)).map(|at| &head_a[..at]);
    let head = heads
        .filter(|head| head_b.starts_with(head))
        .find(|head| head.ends_with(|c| "([{<\"'=:,|;#".contains(c)))
        .unwrap_or_default()
        .to_owned();
    let room = room_a.min(room_b) - head.len();
    let longest = (0..=tail_a.len())
        .filter(|&at| tail_a.is_char_boundary(at) && tail_a.len() - at <= room)
        .map(|at| &tail_a[at..])
        .find(|tail| tail_b.ends_with(tail))
        .unwrap_or_default();
    let separator = longest.find(|c| ")]}>\"'=:,|;".contains(c)).map_or("", |at| &longest[at..]);
    let tail = if longest.chars().all(|c| c.is_ascii_punctuation()) { longest } else { separator };
    Word::Any(head, tail.to_owned())
}
