//! Tokens that their form gives away: keys of vendors, JWTs, private keys in PEM.

use std::ops::RangeInclusive;

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use super::entropy::entropy;
use super::rules::{BuiltIn, Hits, RuleSet};
use crate::text::scan::byte;

/// Which characters stand behind the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    /// `A-Z2-7`.
    Base32,
    /// `0-9a-f`.
    Hex,
    /// Letters and digits.
    Alnum,
    /// Letters, digits and the underscore.
    Word,
    /// Letters, digits, underscore and dash.
    Dashed,
    /// Letters, digits, underscore, dash and dot.
    Dotted,
    /// Letters, digits and what Base64 and percent codes add.
    Base64,
}

impl Alphabet {
    fn has(self, b: u8) -> bool {
        let alnum = b.is_ascii_alphanumeric();
        match self {
            Alphabet::Base32 => b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b),
            Alphabet::Hex => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
            Alphabet::Alnum => alnum,
            Alphabet::Word => alnum || b == b'_',
            Alphabet::Dashed => alnum || matches!(b, b'_' | b'-'),
            Alphabet::Dotted => alnum || matches!(b, b'_' | b'-' | b'.'),
            Alphabet::Base64 => alnum || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=' | b'%'),
        }
    }
}

/// A vendor's format: a prefix, and so many characters of an alphabet.
#[derive(Debug)]
struct Format {
    prefix: &'static str,
    rule: BuiltIn,
    alphabet: Alphabet,
    len: (usize, usize),
    /// Whether a letter or digit may stand before it: the prefix is like nothing else.
    inside: bool,
    /// A further look at what follows the prefix.
    check: fn(&[u8]) -> bool,
}

/// As long as it likes to be.
const ANY: usize = usize::MAX;

fn yes(_: &[u8]) -> bool {
    true
}

fn varied(rest: &[u8]) -> bool {
    entropy(rest) >= 3.0
}

/// Two parts with a dot between, as long as `SendGrid` makes them.
fn sendgrid(rest: &[u8]) -> bool {
    let mut parts = rest.split(|b| *b == b'.');
    let mut part = |range: RangeInclusive<usize>| parts.next().is_some_and(|part| range.contains(&part.len()));
    part(16..=32) && part(32..=64)
}

fn has_digit(rest: &[u8]) -> bool {
    rest.iter().any(u8::is_ascii_digit)
}

const fn format(prefix: &'static str, rule: BuiltIn, alphabet: Alphabet, min: usize, max: usize) -> Format {
    Format { prefix, rule, alphabet, len: (min, max), inside: true, check: yes }
}

impl Format {
    /// The prefix is short, or part of words: nothing may be glued to its left.
    const fn alone(self) -> Format {
        Format { inside: false, ..self }
    }

    const fn checked(self, check: fn(&[u8]) -> bool) -> Format {
        Format { check, ..self }
    }
}

/// The formats, from what the vendors say of them. Of two prefixes that begin alike the longer stands first.
static FORMATS: [Format; 77] = {
    use Alphabet::{Alnum, Base32, Base64, Dashed, Dotted, Hex, Word};
    use BuiltIn as B;
    [
        format("AKIA", B::Aws, Base32, 16, 16).checked(varied),
        format("ASIA", B::Aws, Base32, 16, 16).checked(varied),
        format("ABIA", B::Aws, Base32, 16, 16).checked(varied),
        format("ACCA", B::Aws, Base32, 16, 16).checked(varied),
        format("ghp_", B::GitHub, Word, 36, ANY),
        format("gho_", B::GitHub, Word, 36, ANY),
        format("ghu_", B::GitHub, Word, 36, ANY),
        format("ghs_", B::GitHub, Word, 36, ANY),
        format("ghr_", B::GitHub, Word, 36, ANY),
        format("github_pat_", B::GitHub, Word, 22, ANY),
        format("glpat-", B::GitLab, Dotted, 20, ANY),
        format("gldt-", B::GitLab, Dotted, 20, ANY).alone(),
        format("glrt-", B::GitLab, Dotted, 20, ANY).alone(),
        format("glptt-", B::GitLab, Dotted, 20, ANY).alone(),
        format("glft-", B::GitLab, Dotted, 20, ANY).alone(),
        format("glcbt-", B::GitLab, Dotted, 20, ANY).alone(),
        format("glagent-", B::GitLab, Dotted, 20, ANY).alone(),
        format("gloas-", B::GitLab, Dotted, 20, ANY).alone(),
        format("xoxa-", B::Slack, Dashed, 10, ANY),
        format("xoxb-", B::Slack, Dashed, 10, ANY),
        format("xoxc-", B::Slack, Dashed, 10, ANY),
        format("xoxd-", B::Slack, Base64, 10, ANY),
        format("xoxe-", B::Slack, Dashed, 10, ANY),
        format("xoxe.xox", B::Slack, Dashed, 10, ANY),
        format("xoxo-", B::Slack, Dashed, 10, ANY),
        format("xoxp-", B::Slack, Dashed, 10, ANY),
        format("xoxr-", B::Slack, Dashed, 10, ANY),
        format("xoxs-", B::Slack, Dashed, 10, ANY),
        format("xapp-", B::Slack, Dashed, 10, ANY).alone().checked(has_digit),
        format("hooks.slack.com/services/", B::Slack, Base64, 20, ANY),
        format("sk_live_", B::Stripe, Alnum, 10, ANY).alone(),
        format("sk_test_", B::Stripe, Alnum, 10, ANY).alone(),
        format("sk_prod_", B::Stripe, Alnum, 10, ANY).alone(),
        format("rk_live_", B::Stripe, Alnum, 10, ANY).alone(),
        format("rk_test_", B::Stripe, Alnum, 10, ANY).alone(),
        format("rk_prod_", B::Stripe, Alnum, 10, ANY).alone(),
        format("pk_live_", B::Stripe, Alnum, 10, ANY).alone(),
        format("pk_test_", B::Stripe, Alnum, 10, ANY).alone(),
        format("pk_prod_", B::Stripe, Alnum, 10, ANY).alone(),
        format("whsec_", B::Stripe, Base64, 24, ANY).alone(),
        format("AIza", B::Google, Dashed, 35, 35).checked(varied),
        format("ya29.", B::Google, Dotted, 20, ANY).alone(),
        format("GOCSPX-", B::Google, Dashed, 20, ANY),
        format("AC", B::Twilio, Hex, 32, 32).alone().checked(varied),
        format("SK", B::Twilio, Hex, 32, 32).alone().checked(varied),
        format("SG.", B::SendGrid, Dotted, 49, 97).alone().checked(sendgrid),
        format("npm_", B::Npm, Alnum, 36, 36).alone(),
        format("pypi-AgE", B::PyPi, Dashed, 32, ANY),
        format("hf_", B::HuggingFace, Alnum, 30, 64).alone(),
        format("dop_v1_", B::DigitalOcean, Hex, 64, 64),
        format("doo_v1_", B::DigitalOcean, Hex, 64, 64),
        format("dor_v1_", B::DigitalOcean, Hex, 64, 64),
        format("hvs.", B::Vault, Dashed, 20, ANY).alone(),
        format("hvb.", B::Vault, Dashed, 20, ANY).alone(),
        format("hvr.", B::Vault, Dashed, 20, ANY).alone(),
        format("sk-ant-", B::LanguageModel, Dashed, 20, ANY),
        format("sk-proj-", B::LanguageModel, Dashed, 20, ANY),
        format("sk-svcacct-", B::LanguageModel, Dashed, 20, ANY),
        format("sk-admin-", B::LanguageModel, Dashed, 20, ANY),
        format("sk-or-v1-", B::LanguageModel, Hex, 32, ANY),
        format("sk-", B::LanguageModel, Alnum, 32, 64).alone().checked(has_digit),
        format("gsk_", B::LanguageModel, Alnum, 40, ANY).alone(),
        format("xai-", B::LanguageModel, Alnum, 60, ANY).alone(),
        format("shpat_", B::OtherVendor, Hex, 32, 64),
        format("shpss_", B::OtherVendor, Hex, 32, 64),
        format("shpca_", B::OtherVendor, Hex, 32, 64),
        format("dckr_pat_", B::OtherVendor, Dashed, 20, ANY),
        format("dckr_oat_", B::OtherVendor, Dashed, 20, ANY),
        format("lin_api_", B::OtherVendor, Alnum, 32, ANY),
        format("PMAK-", B::OtherVendor, Dashed, 40, ANY),
        format("ATATT3", B::OtherVendor, Base64, 40, ANY),
        format("ATCTT3", B::OtherVendor, Base64, 40, ANY),
        format("dapi", B::OtherVendor, Hex, 32, 32).alone(),
        format("NRAK-", B::OtherVendor, Alnum, 20, ANY),
        format("glsa_", B::OtherVendor, Word, 32, ANY).alone(),
        format("glc_", B::OtherVendor, Base64, 32, ANY).alone(),
        format("rubygems_", B::OtherVendor, Hex, 48, 48),
    ]
};

/// The formats of the rules that are on, found by their prefixes: one search for all of them.
#[derive(Debug, Clone)]
pub(super) struct Vendors {
    prefixes: Option<Regex>,
    rules: RuleSet,
}

impl Vendors {
    /// Of the rules that are on.
    pub(super) fn new(rules: RuleSet) -> Vendors {
        let wanted: Vec<_> = FORMATS.iter().filter(|f| rules.has(f.rule)).map(|f| regex::escape(f.prefix)).collect();
        // Literals alone always compile; without any there is nothing to look for.
        let built = RegexBuilder::new(&wanted.join("|")).unicode(false).build().ok();
        Vendors { prefixes: built.filter(|_| !wanted.is_empty()), rules }
    }

    /// Linear: what is read behind a prefix is either taken, and skipped, or at most as long as the format's limits.
    pub(super) fn find(&self, text: &[u8], hits: &mut Hits) {
        let Some(prefixes) = &self.prefixes else { return };
        let mut from = 0;
        while let Some(prefix) = prefixes.find_at(text, from) {
            let start = prefix.start();
            from = start + 1;
            let fitting = FORMATS.iter().filter(|f| f.prefix.as_bytes() == prefix.as_bytes() && self.rules.has(f.rule));
            for format in fitting {
                if let Some(end) = format.end(text, start) {
                    hits.add(format.rule, start, end);
                    from = end;
                    break;
                }
            }
        }
    }
}

impl Format {
    /// The end of the token whose prefix stands at `start`.
    fn end(&self, text: &[u8], start: usize) -> Option<usize> {
        if !self.inside && start > 0 && byte(text, start - 1).is_ascii_alphanumeric() {
            return None;
        }
        let rest = text.get(start + self.prefix.len()..)?;
        let (min, max) = self.len;
        let mut len = rest.iter().take(max.saturating_add(1)).take_while(|b| self.alphabet.has(**b)).count();
        if len > max || (max != ANY && byte(rest, len).is_ascii_alphanumeric()) {
            return None;
        }
        // Marks at the end belong to the sentence.
        while len > min && matches!(byte(rest, len - 1), b'.' | b'-') {
            len -= 1;
        }
        let token = rest.get(..len)?;
        (len >= min && (self.check)(token)).then_some(start + self.prefix.len() + len)
    }
}

/// JSON Web Tokens: a header that says `alg` when it is decoded, and what follows it between dots.
pub(super) fn jwt(text: &[u8], hits: &mut Hits) {
    /// Headers are no longer than this; and so each is decoded at a cost that is bounded.
    const MAX_HEADER: usize = 1_024;
    let part = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|b| Alphabet::Dashed.has(**b)).count()
    };
    // Where the run of characters ends in which the last header began: it is not read again for each start inside it.
    let (mut taken, mut run) = (0, 0);
    for start in memmem::find_iter(text, b"eyJ") {
        let glued = start > 0 && byte(text, start - 1).is_ascii_alphanumeric();
        if start < taken || glued {
            continue;
        }
        if start >= run {
            run = part(start);
        }
        if byte(text, run) != b'.' || run - start > MAX_HEADER || !is_header(text.get(start..run).unwrap_or_default()) {
            continue;
        }
        let mut end = run;
        // Three parts, or five when it is encrypted; perhaps cut.
        for _ in 0..4 {
            if byte(text, end) != b'.' {
                break;
            }
            end = part(end + 1);
        }
        if byte(text, end - 1) == b'.' && end > run + 1 {
            end -= usize::from(!byte(text, end).is_ascii_alphanumeric() && end == text.len());
        }
        hits.add(BuiltIn::Jwt, start, end);
        taken = end;
    }
}

fn is_header(encoded: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Header {
        alg: Option<serde::de::IgnoredAny>,
    }
    let decoded = base64url(encoded);
    serde_json::from_slice::<Header>(&decoded).is_ok_and(|header| header.alg.is_some())
}

/// What Base64 of either alphabet says; bits at the end that make no byte are left away.
fn base64url(encoded: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0);
    for &b in encoded {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'-' | b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

/// Private keys in PEM, over lines or with `\n` written out. Without its end, all is taken that can belong to the key; without
/// its beginning, a text that is one line of base64 as PEM has it.
pub(super) fn private_keys(text: &[u8], hits: &mut Hits) {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const MAX_LABEL: usize = 64;
    if is_pem_line(text.trim_ascii()) {
        let start = text.len() - text.trim_ascii_start().len();
        hits.add(BuiltIn::PrivateKey, start, start + text.trim_ascii().len());
        return;
    }
    let (mut from, mut ends_left) = (0, true);
    while let Some(at) = memmem::find(text.get(from..).unwrap_or_default(), BEGIN) {
        let start = from + at;
        from = start + BEGIN.len();
        let label = text.get(from..).unwrap_or_default();
        let len = label
            .iter()
            .take(MAX_LABEL)
            .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b' ')
            .count();
        let (label, rest) = label.split_at(len);
        let private = label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK");
        if !private || !rest.starts_with(b"-----") {
            continue;
        }
        let body = from + len + 5;
        let closing = if ends_left { closing(text, body) } else { None };
        ends_left = closing.is_some();
        let end = closing.unwrap_or_else(|| {
            // Also where a template has masks in it.
            let inside = |b: u8| {
                Alphabet::Base64.has(b)
                    || matches!(b, b'\n' | b'\r' | b'\\' | b':' | b',' | b' ' | b'<' | b'>' | b'*' | b'_')
            };
            body + text.get(body..).unwrap_or_default().iter().take_while(|b| inside(**b)).count()
        });
        hits.add(BuiltIn::PrivateKey, start, end);
        from = end;
    }
}

/// Whether a text is a line of base64 as long as those of PEM are, and as mixed.
fn is_pem_line(text: &[u8]) -> bool {
    const LENGTHS: RangeInclusive<usize> = 60..=76;
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mixed = |kind: fn(&u8) -> bool| text.iter().any(kind);
    LENGTHS.contains(&text.len())
        && text.iter().all(base64)
        && mixed(u8::is_ascii_lowercase)
        && mixed(u8::is_ascii_uppercase)
        && mixed(u8::is_ascii_digit)
        && entropy(text) >= 4.0
}

/// The end of the line `-----END ... PRIVATE KEY-----` behind `body`.
fn closing(text: &[u8], body: usize) -> Option<usize> {
    let at = body + memmem::find(text.get(body..)?, b"-----END ")?;
    let label = at + b"-----END ".len();
    let end = memmem::find(text.get(label..)?.get(..80).or_else(|| text.get(label..))?, b"-----")?;
    Some(label + end + 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_prefixes_stand_first() {
        for (at, format) in FORMATS.iter().enumerate() {
            let hidden = FORMATS[..at].iter().find(|earlier| format.prefix.starts_with(earlier.prefix));
            assert!(hidden.is_none(), "{} is hidden by {:?}", format.prefix, hidden.map(|f| f.prefix));
        }
    }

    #[test]
    fn a_header_says_its_algorithm() {
        assert!(is_header(b"eyJhbGciOiJIUzI1NiJ9"));
        assert!(!is_header(b"eyJ0eXAiOiJKV1QifQ"));
        assert!(!is_header(b"eyJhbGciOiJIUzI1NiJ"));
    }
}
