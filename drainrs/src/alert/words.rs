//! A level guessed from words, where a line has no level of its own. A guess: words lie more often than levels.

use crate::flow::Level;

/// How far into a text words are looked at.
const MAX_BYTES: usize = 512;
/// How many words before a level word may deny it, and after it.
const REACH: usize = 2;

/// The level that the words of a text suggest: the most severe of its level words that nothing beside them denies.
///
/// ```
/// use drainrs::{Level, alert::guess_level};
/// assert_eq!(guess_level(b"kernel panic: not syncing"), Some(Level::Fatal));
/// assert_eq!(guess_level(b"connection refused by peer"), Some(Level::Error));
/// assert_eq!(guess_level(b"finished with 0 errors"), None);
/// assert_eq!(guess_level(b"instruction cache parity error corrected"), None);
/// ```
pub fn guess_level(text: &[u8]) -> Option<Level> {
    let head = text.get(..MAX_BYTES).unwrap_or(text);
    let words: Vec<String> = head
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).to_ascii_lowercase())
        .collect();
    let mut most = None;
    for (at, word) in words.iter().enumerate() {
        let Some(level) = level(word) else { continue };
        let before = words.get(at.saturating_sub(REACH)..at).unwrap_or_default();
        let after = words.get(at + 1..words.len().min(at + 1 + REACH)).unwrap_or_default();
        let denied = before.iter().any(|word| denies_before(word))
            || after.iter().any(|word| denies_after(word))
            || after.first().is_some_and(|word| word == "0");
        if !denied {
            most = most.max(Some(level));
        }
    }
    most
}

fn level(word: &str) -> Option<Level> {
    Some(match word {
        "panic" | "panicked" | "fatal" | "emergency" | "emerg" | "segfault" | "oom" => Level::Fatal,
        "critical" | "crit" => Level::Critical,
        "error" | "errors" | "exception" | "exceptions" | "traceback" | "failed" | "failure" | "failures"
        | "refused" | "denied" | "unreachable" | "corrupt" | "corrupted" | "aborted" | "crashed" | "severe" => {
            Level::Error
        }
        "warn" | "warning" | "warnings" | "timeout" | "retrying" | "deprecated" | "degraded" => Level::Warn,
        // `IOException`, `SQLError`
        _ if word.len() > 9 && word.ends_with("exception") => Level::Error,
        _ if word.len() > 5 && word.ends_with("error") => Level::Error,
        _ => return None,
    })
}

fn denies_before(word: &str) -> bool {
    matches!(word, "no" | "not" | "0" | "zero" | "without" | "non" | "never" | "recovered" | "cleared" | "ignoring")
}

fn denies_after(word: &str) -> bool {
    matches!(word, "corrected" | "recovered" | "cleared" | "fixed" | "resolved" | "succeeded" | "none" | "ok")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_what_denies_them() {
        for (text, guess) in [
            ("java.io.IOException: broken pipe", Some(Level::Error)),
            ("FATAL: could not start", Some(Level::Fatal)),
            ("WARNING: disk almost full", Some(Level::Warn)),
            ("error: 0", None),
            ("no error found", None),
            ("completed without any errors", None),
            ("retry succeeded", None),
            ("error recovered after retry", None),
            ("3 errors in 5 files", Some(Level::Error)),
            ("terrorist", None),
            ("", None),
        ] {
            assert_eq!(guess_level(text.as_bytes()), guess, "{text}");
        }
    }
}
