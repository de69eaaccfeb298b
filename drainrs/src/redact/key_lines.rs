//! Private keys that are logged line by line: each line is nothing by itself, all together are a key.

use std::collections::BTreeMap;

use memchr::memmem::Finder;

/// The most streams that are followed at once; beyond it those that are open are taken for one.
const MAX_STREAMS: usize = 64;
/// The most lines behind a beginning: a key of 16,384 bits has 200.
const MAX_LINES: u32 = 256;
/// Behind words of a collector's own, a shorter last word may be anything.
const MIN_WORD: usize = 16;

/// Follows lines and says which of them belong to a private key whose beginning was seen. What is *inside* a line is for the
/// [`Redactor`](super::Redactor).
///
/// Lines of several streams may be mixed; each is followed by its name. Cost: one search for `-----BEGIN ` per line.
///
/// ```
/// use drainrs::redact::KeyLines;
///
/// let mut keys = KeyLines::default();
/// assert!(!keys.is_inside(b"web", b"-----BEGIN RSA PRIVATE KEY-----"), "the redactor sees to it");
/// assert!(keys.is_inside(b"web", b"MIIEowIBAAKCAQEAvRzWq"));
/// assert!(!keys.is_inside(b"db", b"ready"), "another stream");
/// assert!(!keys.is_inside(b"web", b"listening on port 80"), "another message");
/// assert!(keys.is_inside(b"web", b"Zm9v"));
/// assert!(!keys.is_inside(b"web", b"-----END RSA PRIVATE KEY-----"));
/// assert!(!keys.is_inside(b"web", b"ready"));
/// ```
#[derive(Debug, Clone)]
pub struct KeyLines {
    begin: Finder<'static>,
    /// By stream, how many lines may still come.
    open: BTreeMap<Vec<u8>, u32>,
}

impl Default for KeyLines {
    fn default() -> KeyLines {
        KeyLines { begin: Finder::new(b"-----BEGIN "), open: BTreeMap::new() }
    }
}

impl KeyLines {
    /// Whether a line of a stream belongs to a private key that began on an earlier line.
    #[inline]
    pub fn is_inside(&mut self, stream: &[u8], line: &[u8]) -> bool {
        if self.begin.find(line).is_none() && self.open.is_empty() {
            return false;
        }
        self.follow(stream, line)
    }

    #[cold]
    fn follow(&mut self, stream: &[u8], line: &[u8]) -> bool {
        let known = self.open.contains_key(stream) || self.open.len() < MAX_STREAMS;
        let stream: &[u8] = if known { stream } else { b"" };
        if let Some(at) = self.begin.find(line) {
            let rest = line.get(at..).unwrap_or_default();
            let has = |text: &[u8]| memchr::memmem::find(rest, text).is_some();
            if has(b"PRIVATE KEY") && !has(b"-----END ") {
                self.open.insert(stream.to_vec(), MAX_LINES);
            }
            return false;
        }
        let Some(left) = self.open.get_mut(stream) else { return false };
        *left -= 1;
        if *left == 0 || memchr::memmem::find(line, b"-----END ").is_some() {
            self.open.remove(stream);
            return false;
        }
        is_piece(line)
    }
}

/// Whether all of a line, or a long last word, is base64.
fn is_piece(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let start = line.iter().rposition(u8::is_ascii_whitespace).map_or(0, |at| at + 1);
    let word = line.get(start..).unwrap_or_default();
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    // Another message of one word is no piece; that the last four letters of a key could look like one tells nobody anything.
    let is_word = |word: &[u8]| {
        let (first, rest) = word.split_first().map_or((b' ', word), |(first, rest)| (*first, rest));
        let all = |kind: fn(&u8) -> bool| rest.iter().all(kind);
        first.is_ascii_alphabetic()
            && (all(u8::is_ascii_lowercase) || (first.is_ascii_uppercase() && all(u8::is_ascii_uppercase)))
    };
    let long = word.len() >= MIN_WORD;
    !word.is_empty() && word.iter().all(base64) && (long || (start == 0 && !is_word(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_piece() {
        let mut keys = KeyLines::default();
        keys.is_inside(b"a", b"-----BEGIN PRIVATE KEY-----");
        for word in ["Shutdown", "ready", "OK", "", "x", "bye!"] {
            assert!(!keys.is_inside(b"a", word.as_bytes()), "{word}");
        }
        for piece in ["Zm9v", "aB==", "abcdEF", "7", "abcdefghijklmnopqr"] {
            assert!(keys.is_inside(b"a", piece.as_bytes()), "{piece}");
        }
    }

    #[test]
    fn a_beginning_without_an_end_is_given_up() {
        let mut keys = KeyLines::default();
        keys.is_inside(b"a", b"-----BEGIN PRIVATE KEY-----");
        let inside = (0..1_000).filter(|_| keys.is_inside(b"a", b"AA0A")).count();
        assert_eq!(inside, MAX_LINES as usize - 1);
    }

    #[test]
    fn many_streams_are_bounded_and_none_is_let_through() {
        let mut keys = KeyLines::default();
        for n in 0..1_000 {
            keys.is_inside(format!("s{n}").as_bytes(), b"-----BEGIN OPENSSH PRIVATE KEY-----");
        }
        assert!(keys.open.len() <= MAX_STREAMS + 1);
        assert!(
            keys.is_inside(b"s3", b"b3BlbnNzaC1rZXktdjEAAAAA") && keys.is_inside(b"s999", b"b3BlbnNzaC1rZXktdjEAAAAA")
        );
        assert!(!keys.is_inside(b"s4", b"connection closed"));
        assert!(keys.is_inside(b"s4", b"worker[3]: b3BlbnNzaC1rZXktdjEAAAAA"), "behind a collector's words");
    }

    #[test]
    fn a_certificate_is_public() {
        let mut keys = KeyLines::default();
        keys.is_inside(b"", b"-----BEGIN CERTIFICATE-----");
        assert!(!keys.is_inside(b"", b"MIIEowIBAAKCAQEAvRzWq"));
        keys.is_inside(b"", b"-----BEGIN PRIVATE KEY-----MIIE-----END PRIVATE KEY-----");
        assert!(!keys.is_inside(b"", b"MIIEowIBAAKCAQEAvRzWq"), "all on one line");
    }
}
