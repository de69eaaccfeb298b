//! How much must be seen before a place counts as a parameter.
//!
//! Two lines that differ in one token may be one statement with a parameter there, or two statements. Drain decides at the
//! first difference. Here the difference itself is looked at: an address against an address proves a parameter at once; a
//! word against a word proves nothing until several different ones have been seen in the same surroundings; words that
//! name a state (`started`, `FAILED`) prove it last, because merging opposites is the one mistake that hides an incident.
//!
//! The unit is *different tokens seen at a place*, written `n` for [`DrainConfig::distinct_values`](super::DrainConfig):
//!
//! | what stands there | needed |
//! |---|---|
//! | masked values; text with several digits; dotted names, addresses, an empty pair of brackets | 2 |
//! | the same text but for its digits | 2 |
//! | a word right after `user`, `host` and their like, unless it names a state | 2 |
//! | a word that is the value of a key (`key=word`), or in quotes or brackets | n - 1 |
//! | a word, with one number in it or without | n |
//! | a name at the beginning of a line | n |
//! | a word at the beginning of a line where no value has been seen, a state, a word all in capitals, punctuation | 4 n |
//!
//! Two tokens that need 2 make their template widen at once; otherwise templates stay apart until `gather` finds enough.

use super::edges::closes;
use super::template::pieces_of;
use crate::text::TokenKey;

/// What a token looks like, from the surest parameter to the surest constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Looks {
    /// A masked value, a learned wildcard, text with several digits, or nothing between brackets.
    Value,
    /// A dotted or otherwise composed name: `com.example.Main`, `db@replica`.
    Name,
    /// A word with one number in it: `eth0`, `node-<NUM>`.
    Numbered,
    /// A word.
    Word,
    /// A word that names a state or a severity, or one all in capitals; punctuation.
    State,
}

/// Where a token stands, as far as that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The beginning of the line.
    First,
    /// Right after a word such as `user`, which is followed by a name.
    Named,
    /// The value of a key: `key=` stands before it, or `"key":`.
    OfKey,
    /// Anywhere else.
    Inner,
}

/// All that this module asks of a token of a template; worked out when the template is founded or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nature {
    pub(crate) looks: Looks,
    pub(crate) place: Place,
    /// Says what the line is about, see [`is_anchor`].
    pub(crate) anchor: bool,
    /// A literal that begins with a quote or a bracket.
    pub(crate) enclosed: bool,
}

impl Nature {
    /// Of a token that stands at `place`.
    pub(crate) fn of(key: TokenKey, bytes: &[u8], place: Place) -> Nature {
        let opened = matches!(bytes.first(), Some(b'(' | b'[' | b'{' | b'<' | b'"' | b'\'' | b'`'));
        let enclosed = opened && !key.is_masked() && !key.is_value();
        Nature { looks: looks(key, bytes), place, anchor: is_anchor(key, bytes), enclosed }
    }

    /// Whether one other token at its place is enough to prove the token a parameter.
    pub(crate) fn proves_itself(self) -> bool {
        proves_itself(self.looks, self.place)
    }

    /// How many different tokens its place must have shown, `n` being
    /// [`DrainConfig::distinct_values`](super::DrainConfig).
    pub(crate) fn needed(self, n: u32) -> u32 {
        let n = n.max(2);
        let needed = match (self.looks, self.place) {
            _ if self.proves_itself() => 2,
            (Looks::Numbered | Looks::Word, Place::Inner) if self.enclosed => n - 1,
            (Looks::Numbered | Looks::Word, Place::OfKey) => n - 1,
            (Looks::Numbered | Looks::Word, Place::Inner) | (Looks::State, Place::Named) | (Looks::Name, _) => n,
            _ => 4 * n,
        };
        needed.max(2)
    }
}

/// No word of the lists below is longer.
const LONGEST: usize = 16;

/// The words that names follow.
const NAMING: [&str; 8] = ["account", "accounts", "host", "hostname", "login", "user", "username", "users"];

/// Names of accounts that every system has: values wherever they stand.
const ACCOUNTS: [&str; 5] = ["admin", "administrator", "guest", "nobody", "root"];

/// Words that name a state, an outcome or a severity, in lower case and sorted. A template that held a wildcard in their
/// place would hide the very thing that is looked for.
const STATES: [&str; 144] = [
    "abort",
    "aborted",
    "absent",
    "accept",
    "accepted",
    "acquired",
    "active",
    "add",
    "added",
    "alive",
    "allow",
    "allowed",
    "attached",
    "available",
    "bad",
    "begin",
    "blocked",
    "busy",
    "cancelled",
    "closed",
    "closing",
    "commit",
    "committed",
    "complete",
    "completed",
    "connect",
    "connected",
    "connecting",
    "crashed",
    "create",
    "created",
    "critical",
    "dead",
    "debug",
    "delete",
    "deleted",
    "denied",
    "deny",
    "detached",
    "disable",
    "disabled",
    "disconnect",
    "disconnected",
    "done",
    "down",
    "drop",
    "dropped",
    "empty",
    "enable",
    "enabled",
    "end",
    "ended",
    "enter",
    "error",
    "errors",
    "exit",
    "exited",
    "expired",
    "fail",
    "failed",
    "failure",
    "failures",
    "false",
    "fatal",
    "finish",
    "finished",
    "found",
    "full",
    "good",
    "granted",
    "healthy",
    "high",
    "idle",
    "inactive",
    "info",
    "invalid",
    "join",
    "joined",
    "kill",
    "killed",
    "leave",
    "left",
    "load",
    "loaded",
    "lock",
    "locked",
    "lost",
    "low",
    "missing",
    "no",
    "normal",
    "notice",
    "off",
    "offline",
    "ok",
    "on",
    "online",
    "open",
    "opened",
    "panic",
    "pass",
    "passed",
    "pause",
    "paused",
    "pending",
    "present",
    "ready",
    "recovered",
    "refused",
    "register",
    "registered",
    "reject",
    "rejected",
    "released",
    "remove",
    "removed",
    "reset",
    "restart",
    "restarted",
    "resume",
    "resumed",
    "retry",
    "rollback",
    "running",
    "start",
    "started",
    "starting",
    "stop",
    "stopped",
    "stopping",
    "succeeded",
    "success",
    "suspended",
    "timeout",
    "true",
    "unavailable",
    "unhealthy",
    "unlocked",
    "unregister",
    "up",
    "valid",
    "warn",
    "warning",
    "yes",
];

/// The token without the punctuation around it.
fn core(text: &[u8]) -> &[u8] {
    let inside = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80;
    let start = text.iter().position(inside).unwrap_or(text.len());
    let end = text.iter().rposition(inside).map_or(start, |last| last + 1);
    &text[start..end]
}

/// What a token of a template looks like, from its key and its canonical bytes.
pub(crate) fn looks(key: TokenKey, bytes: &[u8]) -> Looks {
    if key.is_value() {
        return Looks::Value;
    }
    if key.is_masked() {
        let words = pieces_of(bytes).filter(|piece| !core(piece).is_empty()).count();
        // One piece more than there are values.
        let values = pieces_of(bytes).count().saturating_sub(1);
        return if words == 0 || values > 1 { Looks::Value } else { Looks::Numbered };
    }
    looks_of_text(bytes)
}

/// What literal text looks like.
fn looks_of_text(text: &[u8]) -> Looks {
    let word = core(text);
    if word.is_empty() {
        // `()`, `"",`, `-`: a place that was left empty. `/`: the shortest path.
        let bracket = |b: &u8| matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'');
        let empty = text.iter().filter(|b| bracket(b)).count() > 1 && text.iter().all(|b| bracket(b) || closes(*b));
        return if empty || matches!(text, b"-" | b"/") { Looks::Value } else { Looks::State };
    }
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    if digits > 1 {
        return Looks::Value;
    }
    if word.iter().any(|b| matches!(b, b'.' | b'/' | b'\\' | b'@' | b'$')) {
        return Looks::Name;
    }
    if digits == 1 {
        return Looks::Numbered;
    }
    let letters = || word.iter().filter(|b| b.is_ascii_alphabetic());
    if letters().count() > 1 && letters().all(u8::is_ascii_uppercase) {
        return Looks::State;
    }
    // Most words are in no list, and their first letter and length say so.
    let first = word[0] | 0x20;
    let listed =
        LENGTHS.get(first.wrapping_sub(b'a') as usize).is_some_and(|lengths| lengths >> word.len().min(31) & 1 == 1);
    let states = |lower: &str| (STATES.binary_search(&lower).is_ok(), ACCOUNTS.binary_search(&lower).is_ok());
    match listed.then(|| in_lower_case(word, states)).flatten() {
        Some((true, _)) => Looks::State,
        Some((_, true)) => Looks::Name,
        _ => Looks::Word,
    }
}

/// For each letter the lengths, as bits, of the states and accounts that begin with it.
const LENGTHS: [u32; 26] = {
    let mut lengths = [0; 26];
    let mut at = 0;
    while at < STATES.len() + ACCOUNTS.len() {
        let word = if at < STATES.len() { STATES[at] } else { ACCOUNTS[at - STATES.len()] };
        lengths[(word.as_bytes()[0] - b'a') as usize] |= 1 << word.len();
        at += 1;
    }
    lengths
};

/// What a question about a word in lower case says; `None` for what is longer than any word of a list, or no ASCII.
fn in_lower_case<T>(word: &[u8], ask: impl FnOnce(&str) -> T) -> Option<T> {
    let mut buffer = [0; LONGEST];
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    std::str::from_utf8(lower).ok().map(ask)
}

/// Where a token stands, from the token before it; `None` is the beginning of the line.
pub(crate) fn place_after(before: Option<&[u8]>) -> Place {
    let Some(before) = before else { return Place::First };
    if in_lower_case(core(before), |word| NAMING.contains(&word)) == Some(true) {
        return Place::Named;
    }
    if before.ends_with(b"=") || before.ends_with(b"\":") { Place::OfKey } else { Place::Inner }
}

/// Whether one other token at its place is enough to prove a token a parameter.
pub(crate) fn proves_itself(looks: Looks, place: Place) -> bool {
    match looks {
        Looks::Value => true,
        Looks::Name => place != Place::First,
        Looks::Numbered | Looks::Word => place == Place::Named,
        Looks::State => false,
    }
}

/// Whether two texts are the same but for the digits in them.
pub(crate) fn same_but_for_digits(a: &[u8], b: &[u8]) -> bool {
    let (mut a, mut b) = (a, b);
    let mut seen = false;
    loop {
        let run = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits_a, digits_b) = (run(a), run(b));
        if (digits_a == 0) != (digits_b == 0) {
            return false;
        }
        seen |= digits_a > 0;
        (a, b) = (&a[digits_a..], &b[digits_b..]);
        match (a.split_first(), b.split_first()) {
            (None, None) => return seen,
            (Some((x, rest_a)), Some((y, rest_b))) if x == y => (a, b) = (rest_a, rest_b),
            _ => return false,
        }
    }
}

/// Whether a token anchors a template: a word that says what the line is about, not a value or punctuation.
fn is_anchor(key: TokenKey, bytes: &[u8]) -> bool {
    key != TokenKey::MASK
        && key != TokenKey::WILD
        && !key.is_masked()
        && core(bytes).iter().any(u8::is_ascii_alphabetic)
        || key.is_masked() && pieces_of(bytes).any(|piece| core(piece).iter().any(u8::is_ascii_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_states_are_sorted() {
        assert!(STATES.is_sorted() && ACCOUNTS.is_sorted());
        assert!([&STATES[..], &ACCOUNTS, &NAMING].concat().iter().all(|word| word.len() <= LONGEST));
    }

    #[test]
    fn what_tokens_look_like() {
        let of = |text: &str| looks(TokenKey::of(text.as_bytes()), text.as_bytes());
        assert_eq!(of("R25-M1-N2"), Looks::Value);
        assert_eq!(of("()"), Looks::Value);
        assert_eq!(of("-"), Looks::Value);
        assert_eq!(of("com.example.Main,"), Looks::Name);
        assert_eq!(of("eth0:"), Looks::Numbered);
        assert_eq!(of("session"), Looks::Word);
        assert_eq!(of("started."), Looks::State);
        assert_eq!(of("TASK_ABORT"), Looks::State);
        assert_eq!(of("****"), Looks::State);
        assert_eq!(of("I"), Looks::Word, "one capital is no shout");
    }

    #[test]
    fn digits_alone_may_differ() {
        assert!(same_but_for_digits(b"Slf4jLog", b"Slf11jLog"));
        assert!(!same_but_for_digits(b"eth0", b"wlan0"));
        assert!(!same_but_for_digits(b"abc", b"abc"), "no digit, no difference to explain");
        assert!(!same_but_for_digits(b"a1", b"a"));
    }

    #[test]
    fn what_stands_before_tells_the_place() {
        assert_eq!(place_after(None), Place::First);
        assert_eq!(place_after(Some(b"user")), Place::Named);
        assert_eq!(place_after(Some(b"Username:")), Place::Named);
        assert_eq!(place_after(Some(b"name=")), Place::OfKey);
        assert_eq!(place_after(Some(b"{\"name\":")), Place::OfKey);
        assert_eq!(place_after(Some(b"from")), Place::Inner);
    }
}
