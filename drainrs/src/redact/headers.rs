//! Secrets that stand in headers and in URLs: `Bearer ...`, cookies, `user:password@`, query parameters.

use memchr::{memchr2_iter, memmem};
use regex::bytes::{Regex, RegexBuilder};

use super::keys::is_trivial;
use super::rules::{BuiltIn, Hits};
use crate::text::scan::byte;

/// A byte that a token in an authorization header may have.
fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'~' | b'+' | b'/' | b'-' | b'=' | b':')
}

fn starts_with(text: &[u8], at: usize, word: &str) -> bool {
    text.get(at..at + word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
}

/// The words that headers begin with, searched for in any case: one look at the text instead of one at each letter.
#[derive(Debug, Clone)]
pub(super) struct HeaderWords {
    schemes: Option<Regex>,
    cookies: Option<Regex>,
}

impl HeaderWords {
    pub(super) fn new() -> HeaderWords {
        // Literals alone always compile.
        let words = |words: &str| RegexBuilder::new(words).unicode(false).case_insensitive(true).build().ok();
        HeaderWords { schemes: words("bearer|basic|token"), cookies: words("cookie") }
    }

    /// Where one of the words begins.
    fn starts(words: Option<&Regex>, text: &[u8]) -> impl Iterator<Item = usize> {
        words.into_iter().flat_map(move |words| words.find_iter(text)).map(|found| found.start())
    }
}

/// `Bearer x`, `Basic x`, `Token x`, wherever they stand. Sixteen characters at least, and a digit or capitals among small
/// letters: "basic authentication" is prose.
pub(super) fn authorizations(text: &[u8], words: &HeaderWords, hits: &mut Hits) {
    const SCHEMES: [(&str, usize); 3] = [("bearer", 16), ("basic", 16), ("token", 20)];
    for at in HeaderWords::starts(words.schemes.as_ref(), text) {
        let glued = at > 0 && byte(text, at - 1).is_ascii_alphanumeric();
        let Some((word, min)) = SCHEMES.iter().find(|(word, _)| !glued && starts_with(text, at, word)) else {
            continue;
        };
        let blanks = at + word.len();
        let start = blanks + text[blanks..].iter().take(4).take_while(|b| matches!(b, b' ' | b'\t' | b'+')).count();
        let encoded = starts_with(text, blanks, "%20");
        let start = if encoded { blanks + 3 } else { start };
        if start == blanks {
            continue;
        }
        let end = start + text[start..].iter().take_while(|b| is_token(**b)).count();
        let value = &text[start..end];
        if value.len() >= *min && is_mixed(value) {
            hits.add(BuiltIn::AuthHeader, start, end);
        }
    }
}

/// Whether letters are mixed with digits or with capitals that do not begin a word.
pub(super) fn is_mixed(value: &[u8]) -> bool {
    let letter = value.iter().any(u8::is_ascii_alphabetic);
    let digit = value.iter().any(u8::is_ascii_digit);
    let hump = value.windows(2).filter(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase()).count();
    letter && (digit || hump >= 2 || value.ends_with(b"="))
}

/// `scheme://user:password@host`: what stands before the `@`. A name alone is taken if it is as long as a token. Gives the places of
/// the `@`s too, which are no e-mail's.
pub(super) fn userinfos(text: &[u8], hits: &mut Hits) -> Vec<usize> {
    const LONGEST: usize = 1_024;
    let mut ends = Vec::new();
    for at in memmem::find_iter(text, b"://") {
        let start = at + 3;
        let scheme = at > 0 && byte(text, at - 1).is_ascii_alphanumeric();
        let stops = |b: u8| {
            b <= b' ' || matches!(b, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'\\' | b'{' | b'}' | b'|' | b'^')
        };
        let authority = &text[start..start + text[start..].iter().take(LONGEST).take_while(|b| !stops(**b)).count()];
        let Some(sign) = authority.iter().rposition(|b| *b == b'@').filter(|_| scheme) else { continue };
        let colon = authority[..sign].iter().position(|b| *b == b':');
        let from = match colon {
            // `://:password@`: the user is left out.
            Some(0) => 1,
            Some(_) => 0,
            // Tokens of that length have digits; names of actors, as in `akka.tcp://sparkExecutorActorSystem@host`, have none.
            None if sign >= 20 && authority[..sign].iter().any(u8::is_ascii_digit) => 0,
            None => continue,
        };
        ends.push(start + sign);
        if !is_trivial(&authority[from..sign]) {
            hits.add(BuiltIn::UrlUserinfo, start + from, start + sign);
        }
    }
    ends
}

/// Names of parameters whose values are secrets; the others only when the value is long and has a digit.
const PARAMS: [&str; 26] = [
    "token",
    "sig",
    "signature",
    "password",
    "passwd",
    "pwd",
    "session",
    "sessionid",
    "session_id",
    "sid",
    "access_token",
    "refresh_token",
    "id_token",
    "api_key",
    "apikey",
    "api-key",
    "auth",
    "auth_token",
    "secret",
    "client_secret",
    "jwt",
    "x-amz-signature",
    "x-amz-security-token",
    "x-amz-credential",
    "x-goog-signature",
    "hmac",
];
const VAGUE_PARAMS: [&str; 3] = ["key", "code", "state"];
/// The longest value of those that is looked into.
const LONGEST_VAGUE: usize = 1_024;

/// `?token=x` and `&sig=x`.
pub(super) fn query_params(text: &[u8], hits: &mut Hits) {
    // Where the last value ends: a `?` inside it begins no other end, and so no byte is read for each of them.
    let mut run = 0;
    for at in memchr2_iter(b'?', b'&', text) {
        let start = at + 1 + if starts_with(text, at + 1, "amp;") { 4 } else { 0 };
        let rest = text.get(start..).unwrap_or_default();
        let len = rest.iter().take(32).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
        if byte(rest, len) != b'=' {
            continue;
        }
        let name = &rest[..len];
        let known = |list: &[&str]| list.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        let (sure, vague) = (known(&PARAMS), known(&VAGUE_PARAMS));
        if !sure && !vague {
            continue;
        }
        let value = start + len + 1;
        let stops = |b: u8| {
            b <= b' '
                || matches!(
                    b,
                    b'&' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'|' | b'\\' | b'}' | b']' | b')' | b',' | b';'
                )
        };
        if value >= run {
            run = value + text[value..].iter().take_while(|b| !stops(**b)).count();
        }
        let end = run;
        let text = &text[value..end];
        let random = || (8..=LONGEST_VAGUE).contains(&text.len()) && text.iter().any(u8::is_ascii_digit);
        if (sure && text.len() >= 4 || vague && random()) && !is_trivial(text) {
            hits.add(BuiltIn::QueryParam, value, end);
        }
    }
}

/// `Cookie: a=x; b=y` and `Set-Cookie: a=x; Path=/`: the values, without the attributes.
pub(super) fn cookies(text: &[u8], words: &HeaderWords, hits: &mut Hits) {
    let mut floor = 0;
    for at in HeaderWords::starts(words.cookies.as_ref(), text) {
        if at < floor {
            continue;
        }
        let mut from = at + "cookie".len();
        let marks =
            |from: usize, wanted: &[u8]| from + text[from..].iter().take(6).take_while(|b| wanted.contains(b)).count();
        let sign = marks(from, b"\\\"' ");
        if !matches!(byte(text, sign), b':' | b'=') {
            continue;
        }
        from = marks(sign + 1, b"\\\"' [");
        floor = cookie_list(text, from, hits).max(from);
    }
}

/// The pairs of one header; gives where they end.
fn cookie_list(text: &[u8], from: usize, hits: &mut Hits) -> usize {
    let name = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&*+-.^_|~".contains(&b);
    let stops = |b: u8| b <= b' ' || matches!(b, b';' | b'"' | b'\\' | b'\'' | b']' | b'}');
    let mut at = from;
    loop {
        let len = text[at..].iter().take(256).take_while(|b| name(**b)).count();
        if len == 0 {
            return at;
        }
        let key = &text[at..at + len];
        let mut end = at + len;
        if byte(text, end) == b'=' {
            let quote = usize::from(byte(text, end + 1) == b'"');
            let value = end + 1 + quote;
            end = value + text[value..].iter().take_while(|b| !stops(**b)).count();
            if is_attribute(key) {
                // Dates have blanks and commas in them.
                end = value + text[value..].iter().take(64).take_while(|b| **b == b' ' || !stops(**b)).count();
            } else if !is_trivial(&text[value..end]) {
                hits.add(BuiltIn::Cookie, value, end);
            }
            end += usize::from(quote == 1 && byte(text, end) == b'"');
        } else if !is_attribute(key) {
            return end;
        }
        if byte(text, end) != b';' {
            return end;
        }
        at = end + 1 + text[end + 1..].iter().take_while(|b| **b == b' ').count();
    }
}

fn is_attribute(name: &[u8]) -> bool {
    const ATTRIBUTES: [&str; 9] =
        ["path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "priority", "partitioned"];
    ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}
