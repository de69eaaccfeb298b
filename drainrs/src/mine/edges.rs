//! What stays constant at the edges of a wildcard: `rhost=<*>`, `(<*>)`, `<NUM> ms`.
//!
//! Lines differ inside a token more often than in the whole of it. A wildcard therefore keeps the literal text that all its
//! values begin and end with, cut back to separators, so that half a word never counts as constant. A later value without
//! those edges narrows them.

use super::template::pieces_of;
use crate::text::TokenKey;

/// The literal edges of a token's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edges<'a> {
    /// The text begins with this.
    pub(crate) head: &'a [u8],
    /// The text ends with this.
    pub(crate) tail: &'a [u8],
    /// Head and tail are the same bytes, the whole text of a literal.
    whole: bool,
    /// The next token follows without a blank.
    pub(crate) glued: bool,
}

const GLUED: u8 = 1;

/// The most bytes of an edge.
const MAX: usize = 256;

/// Bytes after which a head may end.
fn opens(b: u8) -> bool {
    matches!(b, b'(' | b'[' | b'{' | b'<' | b'"' | b'\'' | b'=' | b':' | b',' | b'|' | b';' | b'#')
}

/// Bytes with which a tail may begin.
pub(crate) fn closes(b: u8) -> bool {
    matches!(b, b')' | b']' | b'}' | b'>' | b'"' | b'\'' | b'=' | b':' | b',' | b'|' | b';')
}

impl<'a> Edges<'a> {
    /// Without any.
    pub(crate) const NONE: Edges<'static> = Edges { head: b"", tail: b"", whole: false, glued: false };

    /// Those of a token given by its key and canonical bytes.
    pub(crate) fn of(key: TokenKey, bytes: &'a [u8]) -> Edges<'a> {
        if key.is_value() {
            return Edges::read(bytes);
        }
        let glued = key.is_glued();
        if key.is_masked() {
            let head = pieces_of(bytes).next().unwrap_or_default();
            let tail = pieces_of(bytes).last().unwrap_or_default();
            return Edges { head, tail, whole: false, glued };
        }
        Edges { head: bytes, tail: bytes, whole: true, glued }
    }

    /// Those of a value that ends with a constant.
    pub(crate) fn tail(tail: &'a [u8]) -> Edges<'a> {
        Edges { tail, ..Edges::NONE }
    }

    /// The inverse of [`Edges::stored`].
    pub(crate) fn read(stored: &'a [u8]) -> Edges<'a> {
        let parts = stored.split_first().and_then(|(&flags, rest)| {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            Some((flags, rest.split_at_checked(u32::from_le_bytes(*length) as usize)?))
        });
        let Some((flags, (head, tail))) = parts else { return Edges::NONE };
        Edges { head, tail, whole: false, glued: flags & GLUED != 0 }
    }

    /// As the bytes of a wildcard: nothing, or flags, the length of the head, the head, the tail.
    pub(crate) fn stored(&self) -> Vec<u8> {
        if self.head.is_empty() && self.tail.is_empty() && !self.glued {
            return Vec::new();
        }
        let mut stored = vec![if self.glued { GLUED } else { 0 }];
        stored.extend_from_slice(&(self.head.len() as u32).to_le_bytes());
        stored.extend_from_slice(self.head);
        stored.extend_from_slice(self.tail);
        stored
    }

    /// What two tokens have in common.
    pub(crate) fn common(&self, other: &Edges<'_>) -> Edges<'a> {
        let same = self.head.iter().zip(other.head).take_while(|(a, b)| a == b).take(MAX).count();
        let head = self.head[..same].iter().rposition(|&b| opens(b)).map_or(0, |last| last + 1);
        let same = self.tail.iter().rev().zip(other.tail.iter().rev()).take_while(|(a, b)| a == b).take(MAX).count();
        let mut room = same;
        for edges in [self, other] {
            if edges.whole {
                room = room.min(edges.head.len() - head);
            }
        }
        let tail = &self.tail[self.tail.len() - room..];
        let punctuation = tail.iter().all(u8::is_ascii_punctuation);
        let start = if punctuation { Some(0) } else { tail.iter().position(|&b| closes(b)) };
        let tail = start.map_or(&tail[tail.len()..], |start| &tail[start..]);
        Edges { head: &self.head[..head], tail, whole: false, glued: self.glued && other.glued }
    }

    /// Whether bytes are those of edges.
    pub(crate) fn are_valid(stored: &[u8]) -> bool {
        let edges = Edges::read(stored);
        edges.stored() == stored && edges.head.len() <= MAX && edges.tail.len() <= MAX
    }

    /// Whether a text has these edges, one after the other.
    pub(crate) fn fit(&self, text: &[u8]) -> bool {
        text.len() >= self.head.len() + self.tail.len() && text.starts_with(self.head) && text.ends_with(self.tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(a: &str, b: &str) -> (String, String) {
        let of = |text: &'static str| Edges::of(TokenKey::of(text.as_bytes()), text.as_bytes());
        let (a, b): (&'static str, &'static str) = (a.to_owned().leak(), b.to_owned().leak());
        let edges = of(a).common(&of(b));
        assert_eq!(Edges::read(&edges.stored()).stored(), edges.stored());
        assert!(edges.fit(a.as_bytes()) && edges.fit(b.as_bytes()));
        (String::from_utf8_lossy(edges.head).into_owned(), String::from_utf8_lossy(edges.tail).into_owned())
    }

    #[test]
    fn edges_end_at_separators() {
        let cases = [
            ("rhost=alpha", "rhost=alfred", ("rhost=", "")),
            ("(reserved)", "(usable)", ("(", ")")),
            ("()", "(host)", ("(", ")")),
            ("[[a]]", "[[b]]", ("[[", "]]")),
            ("\"x\",", "\"y\",", ("\"", "\",")),
            ("one.", "two.", ("", ".")),
            ("prefix", "prelude", ("", "")),
            // No byte is head and tail.
            ("((", "(((", ("((", "")),
        ];
        for (a, b, (head, tail)) in cases {
            assert_eq!(common(a, b), (head.to_owned(), tail.to_owned()), "{a} and {b}");
        }
    }
}
