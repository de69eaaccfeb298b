//! Token keys: what the miner compares instead of text.
//!
//! A key is 64 bits with a tag in the top byte. A literal of up to seven bytes *is* its key, so nothing can collide with
//! it. Longer literals and partly masked tokens carry 56 bits of a hash under the secret of the process, and whoever finds two
//! such keys equal compares the bytes before believing it: two different tokens never become one, and nobody can write tokens
//! that are always compared in vain, whatever an attacker writes into a log.

use super::secret::{fold, secret};

/// The comparison key of one token. That of a long one is another number in each process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenKey(u64);

const TAG_SHIFT: u32 = 56;
const BODY: u64 = (1 << TAG_SHIFT) - 1;
const TAG_MASKED: u64 = 0xFC;
const TAG_MASK: u64 = 0xFD;
const TAG_WILD: u64 = 0xFE;
const TAG_LONG: u64 = 0xFF;

/// The bit that tells a piece glued to the next one. Every tag but those of masks alone has two forms: 0 to 7 become 0x10 to
/// 0x17, 0xFC becomes 0xEC, 0xFF becomes 0xEF.
const GLUE: u64 = 0x10;

/// The eight bytes from `at` on, if they lie inside `text`.
#[inline]
fn word(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes))
}

/// The bytes of a short slice as a little-endian number.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b))
}

impl TokenKey {
    /// The learned wildcard `<*>`. No text has this key.
    pub const WILD: TokenKey = TokenKey(TAG_WILD << TAG_SHIFT);
    /// A token that is nothing but one masked value. No text has this key.
    pub const MASK: TokenKey = TokenKey(TAG_MASK << TAG_SHIFT);

    /// The key of the literal `text[start..end]`. Reads neighbouring bytes of `text` to avoid byte loops, never past it.
    #[inline]
    pub fn literal(text: &[u8], start: usize, end: usize) -> TokenKey {
        let len = end - start;
        if len > 7 {
            return TokenKey(TAG_LONG << TAG_SHIFT | hash(text, start, end) & BODY);
        }
        let body = if let Some(word) = word(text, start) {
            word & ((1 << (8 * len)) - 1)
        } else if len > 0 && end >= 8 {
            word(text, end - 8).unwrap_or_default() >> (64 - 8 * len)
        } else {
            short_word(text.get(start..end).unwrap_or_default())
        };
        TokenKey((len as u64) << TAG_SHIFT | body)
    }

    /// The key of a whole slice as one literal.
    #[inline]
    pub fn of(literal: &[u8]) -> TokenKey {
        TokenKey::literal(literal, 0, literal.len())
    }

    /// Starts the key of a token that mixes literal pieces and masked values.
    #[inline]
    pub fn masked() -> MaskedKey {
        MaskedKey(secret()[2])
    }

    /// Whether equal keys prove equal tokens, so that no bytes need to be compared.
    #[inline]
    pub const fn is_exact(self) -> bool {
        let tag = self.0 >> TAG_SHIFT;
        !matches!(tag | GLUE, TAG_LONG | TAG_MASKED)
    }

    /// Whether the token mixes literal pieces and masked values.
    #[inline]
    pub const fn is_masked(self) -> bool {
        self.0 >> TAG_SHIFT | GLUE == TAG_MASKED
    }

    /// The key of the same piece of a word when the next piece follows without a blank: another key, for `a=` before a value
    /// and `a=` before a blank are two tokens. A glued key stays as it is, and so do [`MASK`](TokenKey::MASK) and
    /// [`WILD`](TokenKey::WILD): a glued piece ends in a separator, so it is never nothing but a value.
    #[inline]
    #[must_use]
    pub const fn glued(self) -> TokenKey {
        let tag = self.0 >> TAG_SHIFT;
        if matches!(tag, TAG_MASK | TAG_WILD) || self.is_glued() {
            return self;
        }
        TokenKey(self.0 ^ GLUE << TAG_SHIFT)
    }

    /// Whether the key is that of a [glued](TokenKey::glued) piece.
    #[inline]
    pub const fn is_glued(self) -> bool {
        // The bit is set in the tags of short literals and cleared in the others.
        let tag = self.0 >> TAG_SHIFT;
        (tag & GLUE != 0) == (tag < 0x80)
    }

    /// Whether the token is nothing but a value: [`MASK`](TokenKey::MASK) or [`WILD`](TokenKey::WILD).
    #[inline]
    pub const fn is_value(self) -> bool {
        matches!(self.0 >> TAG_SHIFT, TAG_MASK | TAG_WILD)
    }

    /// The number itself, for hash tables of this process.
    #[inline]
    pub const fn bits(self) -> u64 {
        self.0
    }
}

/// 64 bits over eight or more bytes of `text[start..end]`.
#[inline]
fn hash(text: &[u8], start: usize, end: usize) -> u64 {
    let [begin, step, last] = *secret();
    let mut state = begin ^ (end - start) as u64;
    let mut at = start;
    while at + 8 < end {
        state = fold(state ^ word(text, at).unwrap_or_default(), step);
        at += 8;
    }
    // The last word overlaps its predecessor instead of being padded.
    fold(state ^ word(text, end - 8).unwrap_or_default(), last)
}

/// The key of a partly masked token, built piece by piece: values fold to one mark whatever their class or length.
#[derive(Debug, Clone, Copy)]
pub struct MaskedKey(u64);

impl MaskedKey {
    /// Adds a literal piece (which may be empty) followed by a masked value.
    #[inline]
    pub fn piece(&mut self, literal: &[u8]) {
        self.0 = fold(self.0 ^ TokenKey::of(literal).0, secret()[1]);
    }

    /// The same with the piece given by its place, which saves a loop over its bytes.
    #[inline]
    pub(crate) fn piece_at(&mut self, text: &[u8], start: usize, end: usize) {
        self.0 = fold(self.0 ^ TokenKey::literal(text, start, end).0, secret()[1]);
    }

    /// The same as [`finish`](MaskedKey::finish) with the tail given by its place.
    #[inline]
    pub(crate) fn finish_at(self, text: &[u8], start: usize, end: usize) -> TokenKey {
        TokenKey(TAG_MASKED << TAG_SHIFT | fold(self.0 ^ TokenKey::literal(text, start, end).0, secret()[0]) & BODY)
    }

    /// Closes the key with the literal after the last masked value (which may be empty).
    #[inline]
    pub fn finish(self, tail: &[u8]) -> TokenKey {
        TokenKey(TAG_MASKED << TAG_SHIFT | fold(self.0 ^ TokenKey::of(tail).0, secret()[0]) & BODY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_the_token_alone_not_on_its_place() {
        let token = b"abcdefghijklmnopqrstuvwxyz0123456789";
        for len in 0..token.len() {
            let expected = TokenKey::of(&token[..len]);
            for left in 0..12 {
                for right in 0..12 {
                    let text = [&vec![b'x'; left][..], &token[..len], &vec![b'y'; right][..]].concat();
                    assert_eq!(
                        TokenKey::literal(&text, left, left + len),
                        expected,
                        "len {len} left {left} right {right}"
                    );
                }
            }
        }
    }

    #[test]
    fn short_literals_are_their_own_key() {
        assert!(TokenKey::of(b"1234567").is_exact());
        assert!(!TokenKey::of(b"12345678").is_exact());
        assert_ne!(TokenKey::of(b"a"), TokenKey::of(b"a\0"));
        assert_ne!(TokenKey::of(b""), TokenKey::of(b"\0"));
    }

    /// Without a secret the second half of a token can undo what the first half did, for as many tokens as one likes.
    #[test]
    fn tokens_made_by_known_arithmetic_have_keys_of_their_own() {
        let (begin, step) = (0x243F_6A88_85A3_08D3_u64, 0x1319_8A2E_0370_7345_u64);
        let made = |n: u64| {
            let first = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let second = fold(begin ^ 16 ^ first, step) ^ 0x7A7A_7A7A_7A7A_7A7A;
            [first.to_le_bytes(), second.to_le_bytes()].concat()
        };
        let keys: std::collections::BTreeSet<u64> = (0..1000).map(|n| TokenKey::of(&made(n)).bits()).collect();
        assert_eq!(keys.len(), 1000);
    }

    #[test]
    fn marks_differ_from_every_spelling_of_them() {
        for text in ["<*>", "<NUM>", "", "\u{fffd}"] {
            assert_ne!(TokenKey::of(text.as_bytes()), TokenKey::WILD);
            assert_ne!(TokenKey::of(text.as_bytes()), TokenKey::MASK);
        }
    }

    #[test]
    fn glue_is_another_key_and_nothing_else() {
        let mut masked = TokenKey::masked();
        masked.piece(b"a");
        let keys =
            [TokenKey::of(b""), TokenKey::of(b"uid="), TokenKey::of(b"1234567"), TokenKey::of(b"a longer literal=")];
        for key in keys.into_iter().chain([masked.finish(b"=")]) {
            let glued = key.glued();
            assert!(!key.is_glued() && glued.is_glued());
            assert_ne!(key, glued);
            assert_eq!(glued.glued(), glued);
            assert_eq!((key.is_exact(), key.is_masked()), (glued.is_exact(), glued.is_masked()));
        }
        for key in [TokenKey::MASK, TokenKey::WILD] {
            assert!(!key.is_glued() && key.is_exact() && !key.is_masked());
            assert_eq!(key.glued(), key);
        }
        assert!(masked.finish(b"=").is_masked() && !masked.finish(b"=").is_exact());
        assert!(!TokenKey::of(b"a longer literal=").glued().is_exact());
    }

    #[test]
    fn pieces_keep_their_places() {
        let key = |pieces: &[&str], tail: &str| {
            let mut key = TokenKey::masked();
            pieces.iter().for_each(|p| key.piece(p.as_bytes()));
            key.finish(tail.as_bytes())
        };
        assert_ne!(key(&["ab"], "c"), key(&["a"], "bc"));
        assert_ne!(key(&["", "a"], ""), key(&["a", ""], ""));
        assert_eq!(key(&["blk_"], ""), key(&["blk_"], ""));
    }
}
