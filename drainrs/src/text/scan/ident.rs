//! Identifiers that machines make: UUIDs, digests, trace contexts, names of pods, opaque ids.

use super::{DIGIT, HEX_LETTER, LETTER, POD, UPPER, byte, class, end_of, has, is_digit, is_hex, is_word};

/// A UUID at `at`, in any case.
#[inline]
pub(crate) fn uuid(text: &[u8], at: usize) -> Option<usize> {
    let bytes = text.get(at..)?.first_chunk::<36>()?;
    let dashes = [8, 13, 18, 23].iter().all(|&i: &usize| bytes[i] == b'-');
    if !dashes {
        return None;
    }
    // Four bytes are no hexadecimal digits, the dashes; no other may be.
    let hex: usize = bytes.iter().map(|&b| usize::from(is_hex(b))).sum();
    (hex == 32 && !is_word(byte(text, at + 36))).then_some(at + 36)
}

/// What a run consists of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Run {
    pub(crate) len: usize,
    pub(crate) digits: usize,
    pub(crate) hex_letters: usize,
    pub(crate) upper: usize,
    pub(crate) letters: usize,
    /// How often a digit follows a letter or a letter a digit.
    pub(crate) turns: usize,
}

/// Counts what `run` consists of. Behind the first 256 bytes nothing is looked at: no rule needs more.
pub(crate) fn survey(run: &[u8]) -> Run {
    let mut seen = Run { len: run.len(), ..Run::default() };
    let mut before = 0;
    for &b in run.iter().take(256) {
        let class = class(b);
        seen.digits += usize::from(class & DIGIT != 0);
        seen.letters += usize::from(class & LETTER != 0);
        seen.hex_letters += usize::from(class & HEX_LETTER != 0);
        seen.upper += usize::from(class & UPPER != 0);
        seen.turns += usize::from(before != 0 && (before ^ class) & DIGIT != 0);
        before = class & (DIGIT | LETTER);
    }
    seen
}

impl Run {
    /// Whether all of it is hexadecimal digits.
    pub(crate) fn is_hex(&self) -> bool {
        self.digits + self.hex_letters == self.len
    }

    /// Whether it is a hexadecimal number: of one case and with enough digits not to be a word, unless it is as long as a
    /// digest: two, or one if it is longer than words are. Eight letters of one case are believed without digits: no log
    /// spells so long a word with six letters.
    pub(crate) fn is_hex_number(&self, min_len: usize) -> bool {
        if !self.is_hex() || self.letters == 0 {
            return false;
        }
        let one_case = self.upper == 0 || self.upper == self.letters;
        let enough = match self.digits {
            0 => self.len >= 8,
            1 => self.len >= 7,
            _ => true,
        };
        self.len >= 32 || (one_case && self.len >= min_len && enough)
    }

    /// Whether letters and digits alternate as nobody names things.
    pub(crate) fn is_id(&self) -> bool {
        self.len >= 12 && self.digits >= 3 && self.turns >= 4
    }
}

/// A W3C trace context (`00-<32>-<16>-<2>`) or an X-Ray one (`1-<8>-<24>`) at `at`.
pub(crate) fn trace(text: &[u8], at: usize) -> Option<usize> {
    let groups: &[usize] = match (byte(text, at), byte(text, at + 1)) {
        (b'0', b'0') => &[2, 32, 16, 2],
        (b'1', b'-') => &[1, 8, 24],
        _ => return None,
    };
    let mut end = at;
    for (i, &len) in groups.iter().enumerate() {
        if i > 0 {
            if byte(text, end) != b'-' {
                return None;
            }
            end += 1;
        }
        let group = text.get(end..end + len)?;
        if !group.iter().all(|&b| is_hex(b)) {
            return None;
        }
        end += len;
    }
    (!is_word(byte(text, end))).then_some(end)
}

/// The random end of a pod's name at `at`, behind `-`: the hash of a replica set and five characters, or the five alone.
/// Kubernetes uses neither vowels nor 0, 1 and 3, which no word of a language survives.
pub(crate) fn pod(text: &[u8], at: usize) -> Option<usize> {
    /// What one could read as five random characters.
    const WORDS: [&[u8]; 6] = [b"http2", b"html4", b"html5", b"ppc64", b"mqtt5", b"rv64g"];
    let end = end_of(text, at, POD);
    let group = text.get(at..end)?;
    let digits = |group: &[u8]| group.iter().any(|&b| is_digit(b));
    let letters = |group: &[u8]| group.iter().any(|&b| has(b, LETTER));
    if (6..=10).contains(&group.len()) && byte(text, end) == b'-' && digits(group) {
        let leaf = text.get(end + 1..end + 6)?;
        // Behind a hash that cannot be a word, names that people made up for an example are believed, too.
        let strict = leaf.iter().all(|&b| has(b, POD));
        let loose = letters(group) && digits(leaf) && leaf.iter().all(|b| b.is_ascii_lowercase() || is_digit(*b));
        return ((strict || loose) && !is_word(byte(text, end + 6))).then_some(end + 6);
    }
    let random = group.len() == 5 && digits(group) && letters(group) && !WORDS.contains(&group);
    (random && !is_word(byte(text, end))).then_some(end)
}

/// Whether `word` is what well-known services put before `_` or `-` and a random id.
pub(crate) fn is_id_prefix(word: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 28] = [
        b"acct", b"ami", b"ch", b"cs", b"cus", b"eni", b"evt", b"i", b"igw", b"in", b"inv", b"job", b"msg", b"ord",
        b"pi", b"pm", b"req", b"rtb", b"run", b"sess", b"sg", b"snap", b"sub", b"subnet", b"txn", b"usr", b"vol",
        b"vpc",
    ];
    PREFIXES.contains(&word)
}
