//! Levels by their many names: words, letters and numbers of every dialect, and the words of a message as a last resort.

use crate::flow::Level;
use crate::text::scan::Starts;

/// The longest level word.
const MAX_WORD: usize = 13;

/// The level that a word names, in any case.
#[inline]
pub(super) fn word(word: &[u8]) -> Option<Level> {
    if word == b"INFO" {
        return Some(Level::Info);
    }
    let mut buffer = [0_u8; MAX_WORD];
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"trace" | b"trc" | b"finest" | b"finer" | b"verbose" | b"trace2" | b"trace3" | b"trace4" => Level::Trace,
        b"debug" | b"dbg" | b"dbug" | b"fine" | b"config" | b"debug1" | b"debug2" | b"debug3" | b"debug4"
        | b"debug5" => Level::Debug,
        b"info" | b"inf" | b"information" | b"informational" | b"log" | b"statement" | b"detail" | b"hint"
        | b"context" | b"system" | b"note" | b"default" => Level::Info,
        b"notice" => Level::Notice,
        b"warn" | b"warning" | b"wrn" => Level::Warn,
        b"error" | b"err" | b"eror" | b"severe" | b"failure" | b"fail" => Level::Error,
        b"critical" | b"crit" | b"crt" => Level::Critical,
        b"fatal" | b"alert" | b"emerg" | b"emergency" | b"panic" | b"ftl" | b"dpanic" => Level::Fatal,
        _ => return None,
    })
}

/// The level that a word of any dialect names, in any case: `WARN`, `warning`, `err`, `SEVERE`, `emerg`. `None` for other words. For
/// who has the level in a field of its own and builds a [`Record`](crate::Record) of it.
///
/// ```
/// use drainrs::{Level, level_of_word};
///
/// assert_eq!(level_of_word(b"WARNING"), Some(Level::Warn));
/// assert_eq!(level_of_word(b"loud"), None);
/// ```
pub fn level_of_word(name: &[u8]) -> Option<Level> {
    word(name)
}

/// The level that a single capital letter stands for.
#[inline]
pub(super) fn letter(letter: u8) -> Option<Level> {
    Some(match letter {
        b'V' | b'T' => Level::Trace,
        b'D' => Level::Debug,
        b'I' => Level::Info,
        b'N' => Level::Notice,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'C' => Level::Critical,
        b'F' | b'A' => Level::Fatal,
        _ => return None,
    })
}

/// The level of a syslog priority: its lowest three bits.
pub(super) fn syslog(priority: u32) -> Level {
    match priority & 7 {
        0 | 1 => Level::Fatal,
        2 => Level::Critical,
        3 => Level::Error,
        4 => Level::Warn,
        5 => Level::Notice,
        6 => Level::Info,
        _ => Level::Debug,
    }
}

/// The level of an HTTP status.
pub(super) fn http_status(status: &[u8]) -> Level {
    match status.first() {
        Some(b'5') => Level::Error,
        Some(b'4') => Level::Warn,
        _ => Level::Info,
    }
}

/// What a bare number under a level key means: tens are bunyan's and pino's, hundreds Google Cloud's, up to 7 syslog's.
pub(super) fn number(number: u32) -> Option<Level> {
    Some(match number {
        0..=7 => syslog(number),
        10 => Level::Trace,
        20 | 100 => Level::Debug,
        30 | 200 => Level::Info,
        300 => Level::Notice,
        40 | 400 => Level::Warn,
        50 | 500 => Level::Error,
        600 => Level::Critical,
        60 | 700 | 800 => Level::Fatal,
        _ => return None,
    })
}

/// The level of an OpenTelemetry severity number.
pub(super) fn otel(number: u32) -> Option<Level> {
    Some(match number {
        1..=4 => Level::Trace,
        5..=8 => Level::Debug,
        9 => Level::Info,
        10..=12 => Level::Notice,
        13..=16 => Level::Warn,
        17 => Level::Error,
        18..=20 => Level::Critical,
        21..=24 => Level::Fatal,
        _ => return None,
    })
}

/// How far into a message its words are looked at.
const FALLBACK_BYTES: usize = 256;

/// The level that the words of a message suggest: the first level word that stands by itself in the first bytes.
///
/// A guess: `retrying after error` is no error. The bound keeps it from growing worse with the length of the line.
pub fn level_in_text(message: &[u8]) -> Option<Level> {
    let head = message.get(..FALLBACK_BYTES).unwrap_or(message);
    let mut inside = false;
    for (at, pair) in head.windows(2).enumerate() {
        let word = WORD[usize::from(pair[0])];
        // The first two letters rule out nearly all words without a closer look.
        if word && !inside && LEVEL_STARTS.may_begin(pair[0], pair[1]) {
            let len = head[at..].iter().take_while(|b| WORD[usize::from(**b)]).count();
            let before = at.checked_sub(1).and_then(|i| head.get(i));
            if before.is_none_or(|b| b" \t\"'([<|=,;\n".contains(b))
                && let Some(level) = text_word(&head[at..at + len], head.get(at + len).copied())
            {
                return Some(level);
            }
        }
        // `IOException:` ends a word of any beginning.
        if word && pair[1] == b':' && matches!(pair[0], b'n' | b'r') && names_exception(&head[..=at]) {
            return Some(Level::Error);
        }
        inside = word;
    }
    None
}

/// Whether the text ends with the name of an exception.
fn names_exception(text: &[u8]) -> bool {
    let start = text.iter().rposition(|b| !WORD[usize::from(*b)]).map_or(0, |i| i + 1);
    let word = &text[start..];
    word.ends_with(b"Exception") || (word.len() > 5 && word.ends_with(b"Error"))
}

/// The bytes of words.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        table[byte] = matches!(
            byte as u8,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'.' | b'-' | b'/' | b'$' | 0x80..=0xFF
        );
        byte += 1;
    }
    table
};

/// How level words begin.
const LEVEL_STARTS: Starts = Starts::new(&[
    *b"tr", *b"de", *b"in", *b"no", *b"wa", *b"er", *b"se", *b"cr", *b"fa", *b"pa", *b"em", *b"ex", *b"lo",
]);

/// A word of running text that names a level. Fewer than the field's words: `log`, `note` or `detail` say nothing here.
#[inline]
fn text_word(word: &[u8], next: Option<u8>) -> Option<Level> {
    let word = word.strip_suffix(b".").unwrap_or(word);
    if !matches!(word.len(), 3..=9) || next == Some(b'=') {
        return None;
    }
    // PostgreSQL behind a syslog header: in any other case or place `log` says nothing.
    if word == b"LOG" && next == Some(b':') {
        return Some(Level::Info);
    }
    let mut buffer = [0_u8; 9];
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"trace" => Level::Trace,
        b"debug" => Level::Debug,
        b"info" => Level::Info,
        b"notice" => Level::Notice,
        b"warn" | b"warning" => Level::Warn,
        b"error" | b"err" | b"severe" | b"exception" | b"traceback" => Level::Error,
        b"critical" | b"crit" => Level::Critical,
        b"fatal" | b"panic" | b"emerg" => Level::Fatal,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_case() {
        for (name, level) in [("Warning", Level::Warn), ("SEVERE", Level::Error), ("informational", Level::Info)] {
            assert_eq!(word(name.as_bytes()), Some(level));
        }
        assert_eq!(word(b"a word that is much longer"), None);
        assert_eq!(word(b""), None);
    }

    #[test]
    fn text_is_searched_for_words_that_stand_alone() {
        for (text, level) in [
            ("disk error on sda", Some(Level::Error)),
            ("Warning: low space", Some(Level::Warn)),
            ("[FATAL] no", Some(Level::Fatal)),
            ("java.io.IOException: closed", Some(Level::Error)),
            ("auth:error on login", None),
            ("errors=0", None),
            ("[1-1] db=,user= LOG:  listening", Some(Level::Info)),
            ("the log: nothing", None),
            ("error=0 done", None),
            ("terror", None),
            ("open /var/log/error.log", None),
            ("", None),
        ] {
            assert_eq!(level_in_text(text.as_bytes()), level, "{text}");
        }
        let far = format!("{} error", "x ".repeat(200));
        assert_eq!(level_in_text(far.as_bytes()), None, "beyond the bound");
    }
}
