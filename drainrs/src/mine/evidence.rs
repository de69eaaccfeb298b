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
//! | any word right after `user`, `host` and their like | 2 |
//! | a word that is the value of a key (`key=word`), or in quotes or brackets | n - 1 |
//! | a word, with one number in it or without | n |
//! | a name at the beginning of a line | n |
//! | a word at the beginning of a line, a state, a word all in capitals, punctuation | 4 n |
//!
//! Two tokens that need 2 make their template widen at once; otherwise templates stay apart until `gather` finds enough.

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
        // `()`, `""`, `-`: a place that was left empty.
        let empty = matches!(text.first(), Some(b'(' | b'[' | b'{' | b'"' | b'\'' | b'<')) && text.len() > 1;
        return if empty || text == b"-" { Looks::Value } else { Looks::State };
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
    let lower = word.to_ascii_lowercase();
    let is_one_of = |words: &[&str]| std::str::from_utf8(&lower).is_ok_and(|lower| words.binary_search(&lower).is_ok());
    if is_one_of(&STATES) {
        Looks::State
    } else if is_one_of(&ACCOUNTS) {
        Looks::Name
    } else {
        Looks::Word
    }
}

/// Where a token stands, from the token before it; `None` is the beginning of the line.
pub(crate) fn place_after(before: Option<&[u8]>) -> Place {
    let Some(before) = before else { return Place::First };
    let word = core(before).to_ascii_lowercase();
    if std::str::from_utf8(&word).is_ok_and(|word| NAMING.contains(&word)) {
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

/// How many different tokens a place must have shown, `n` being [`DrainConfig::distinct_values`](super::DrainConfig).
pub(crate) fn needed(key: TokenKey, bytes: &[u8], place: Place, n: u32) -> u32 {
    let n = n.max(2);
    let looks = looks(key, bytes);
    let enclosed = matches!(bytes.first(), Some(b'(' | b'[' | b'{' | b'<' | b'"' | b'\'' | b'`')) && !key.is_masked();
    let needed = match (looks, place) {
        _ if proves_itself(looks, place) => 2,
        (Looks::Numbered | Looks::Word, Place::Inner) if enclosed => n - 1,
        (Looks::Numbered | Looks::Word, Place::OfKey) => n - 1,
        (Looks::Numbered | Looks::Word, Place::Inner) | (Looks::State, Place::Named) | (Looks::Name, _) => n,
        _ => 4 * n,
    };
    needed.max(2)
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
pub(crate) fn is_anchor(key: TokenKey, bytes: &[u8]) -> bool {
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
        assert!(STATES.is_sorted());
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
