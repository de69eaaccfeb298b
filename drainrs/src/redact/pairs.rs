//! `name=value` and its many spellings: JSON, quoted, escaped, percent-encoded, on a command line, in XML.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use super::headers::is_mixed;
use super::keys::{self, Strength, is_trivial};
use super::rules::{BuiltIn, Hits};
use crate::text::scan::byte;

/// The longest name.
const MAX_NAME: usize = 64;
/// The most blanks beside the sign between name and value.
const MAX_BLANKS: usize = 32;

/// The search for names.
#[derive(Debug, Clone)]
pub(super) struct Pairs {
    /// What every name has in it. Whether the rest of the name fits is looked at by hand.
    stems: Option<Regex>,
}

/// How a value is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    /// A mark behind so many backslashes.
    Mark(u8, usize),
    /// A percent code: `%22`.
    Code,
}

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy)]
struct Sign {
    /// Where the value begins, or its quote.
    end: usize,
    /// Whether it is `=` or the like, rather than a colon.
    equals: bool,
    /// Whether a blank stands before the value.
    spaced: bool,
    /// Whether it is a percent code, so that the value's end is one too.
    encoded: bool,
}

impl Pairs {
    pub(super) fn new() -> Pairs {
        let stems = r"pass|pwd|secret|token|credential|authorization|key|identified\s{1,8}by";
        Pairs { stems: RegexBuilder::new(stems).unicode(false).case_insensitive(true).build().ok() }
    }

    /// Linear: names are short, and a value that was read is taken and skipped, or ends before the next name's.
    pub(super) fn find(&self, text: &[u8], hits: &mut Hits) {
        let Some(stems) = &self.stems else { return };
        let (mut from, mut floor) = (0, 0);
        while let Some(stem) = stems.find_at(text, from) {
            let sql = stem.as_bytes().to_ascii_lowercase().starts_with(b"identified");
            let name = if sql { stem.range() } else { name_around(text, stem.range(), floor) };
            from = name.end.max(stem.end());
            floor = from;
            if name.len() > MAX_NAME {
                continue;
            }
            let strength = if sql { Some(Strength::Password) } else { keys::strength(&text[name.clone()]) };
            let Some(strength) = strength else { continue };
            let first = value(text, &name, strength);
            if let Some(value) = &first {
                hits.add(BuiltIn::KeyValue, value.start, value.end);
                from = from.max(value.end);
            }
            // Of a list the first may say nothing, and the second all.
            let mut last = match first {
                Some(value) => Some(value).filter(|value| begins_list(text, value)),
                None => trivial_in_list(text, name.end),
            };
            while let Some(next) = last.and_then(|value| next_of_list(text, value.end)) {
                if !is_trivial(&text[next.clone()]) {
                    hits.add(BuiltIn::KeyValue, next.start, next.end);
                }
                from = from.max(next.end);
                last = Some(next);
            }
            floor = from;
        }
    }
}

/// The quoted value that begins a list behind a name that ends at `end`, if it says nothing: `=["<*>"`.
fn trivial_in_list(text: &[u8], end: usize) -> Option<Range<usize>> {
    let at = quote_at(text, end).map_or(end, |(_, end)| end);
    let start = sign_at(text, blanks(text, at))?.end;
    let (quote, from) = quote_at(text, start + 1).filter(|_| byte(text, start) == b'[')?;
    Some(from..closing(text, from, quote)?).filter(|inside| is_trivial(&text[inside.clone()]))
}

/// Whether a value is quoted behind a bracket: `["a"`.
fn begins_list(text: &[u8], value: &Range<usize>) -> bool {
    let before = &text[..value.start];
    let quote = before.iter().rposition(|b| !matches!(b, b'"' | b'\'' | b'\\'));
    quote.is_some_and(|at| before[at] == b'[' && at + 1 < value.start)
}

/// The quoted value behind one that ends at `end`, with a comma between: `"a", "b"`.
fn next_of_list(text: &[u8], end: usize) -> Option<Range<usize>> {
    let (_, end) = quote_at(text, end)?;
    let comma = blanks(text, end);
    if byte(text, comma) != b',' {
        return None;
    }
    let (quote, from) = quote_at(text, blanks(text, comma + 1))?;
    Some(from..closing(text, from, quote)?)
}

/// The name that a stem stands in: letters, digits, `_`, `-` and `.`, not before `floor`.
fn name_around(text: &[u8], stem: Range<usize>, floor: usize) -> Range<usize> {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let left = text[floor..stem.start].iter().rev().take(MAX_NAME + 1).take_while(|b| inside(**b)).count();
    let right = text[stem.end..].iter().take_while(|b| inside(**b)).count();
    stem.start - left..stem.end + right
}

fn blanks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(MAX_BLANKS).take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// The same over the ends of lines: an object may be written over several.
fn wide_blanks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(MAX_BLANKS).take_while(|b| b.is_ascii_whitespace()).count()
}

/// The value behind a name, if it is a secret.
fn value(text: &[u8], name: &Range<usize>, strength: Strength) -> Option<Range<usize>> {
    let mut at = name.end;
    let name_quote = quote_at(text, at);
    at = name_quote.map_or(at, |(_, end)| end);
    // `user[password]=`
    if name_quote.is_none() && byte(text, at) == b']' {
        at += 1;
    } else if name_quote.is_none() && starts_with(text, at, b"%5D") {
        at += 3;
    }
    let before_sign = if name_quote.is_some() { wide_blanks(text, at) } else { blanks(text, at) };
    let Some(sign) = sign_at(text, before_sign) else { return without_sign(text, name, strength) };
    let mut start = sign.end;
    let on_next_line = wide_blanks(text, start);
    if name_quote.is_some() && quote_at(text, on_next_line).is_some() {
        start = on_next_line;
    }
    // A list of one, as JSON has the values of a header.
    if byte(text, start) == b'[' && quote_at(text, start + 1).is_some() {
        start += 1;
    }
    // Python's `u'...'`.
    if matches!(byte(text, start), b'u' | b'b') && quote_at(text, start + 1).is_some() {
        start += 1;
    }
    let quoted = quote_at(text, start).and_then(|(quote, from)| Some(from..closing(text, from, quote)?));
    if let Some(inside) = quoted {
        if strength == Strength::Authorization {
            return quoted_authorization(text, inside);
        }
        return is_secret(text, name, &inside, strength, true, sign).then_some(inside);
    }
    if let Some((_, from)) = quote_at(text, start) {
        start = from;
    }
    if strength == Strength::Authorization {
        return authorization(text, start);
    }
    let query = name.start > 0 && matches!(byte(text, name.start - 1), b'?' | b'&');
    let mut inside = start..bare_end(text, start, query, sign.encoded);
    if is_trivial(&text[inside.clone()]) {
        return None;
    }
    // Go prints the values of a header in brackets.
    inside.start += usize::from(byte(text, inside.start) == b'[');
    inside = trimmed(text, inside);
    // `pass` has other meanings, so there has to be more than a colon.
    let quoted = name_quote.is_some();
    is_secret(text, name, &inside, strength, quoted, sign).then_some(inside)
}

/// `--password x`, `PASSWORD 'x'` and `<password>x</password>`.
fn without_sign(text: &[u8], name: &Range<usize>, strength: Strength) -> Option<Range<usize>> {
    let left = name.start.checked_sub(1).map_or(0, |at| byte(text, at));
    if matches!(left, b'<' | b':')
        && let Some(start) = behind_tag(text, name.end)
    {
        let end = start + memchr::memchr(b'<', &text[start..])?;
        let good = byte(text, end + 1) == b'/' && !is_trivial(&text[start..end]);
        return good.then_some(start..end);
    }
    if let Some(inside) = value_beside(text, name.end) {
        let secret = &text[inside.clone()];
        return (!is_trivial(secret) && (strength == Strength::Password || is_mixed(secret))).then_some(inside);
    }
    let start = blanks(text, name.end);
    if start == name.end || byte(text, start) == b'-' {
        return None;
    }
    let option = byte(text, name.start) == b'-';
    let sql = strength == Strength::Password;
    if let Some((quote, from)) = quote_at(text, start).filter(|_| option || sql) {
        let inside = from..closing(text, from, quote)?;
        return (!is_trivial(&text[inside.clone()])).then_some(inside);
    }
    let inside = trimmed(text, start..bare_end(text, start, false, false));
    (option && !is_trivial(&text[inside.clone()])).then_some(inside)
}

/// Where the text behind a tag begins whose name ends at `end`, perhaps with attributes.
fn behind_tag(text: &[u8], end: usize) -> Option<usize> {
    const LONGEST: usize = 256;
    if byte(text, end) == b'>' {
        return Some(end + 1);
    }
    let rest = text.get(end..).filter(|rest| rest.first() == Some(&b' '))?;
    let at = rest.iter().take(LONGEST).position(|b| matches!(b, b'<' | b'>'))?;
    let closed = at > 0 && rest[at - 1] == b'/';
    (rest[at] == b'>' && !closed).then_some(end + at + 1)
}

/// The value of an item whose name and value are told apart: `{"name":"DB_PASSWORD","value":"x"}`, `<add key="password" value="x"/>`.
fn value_beside(text: &[u8], name_end: usize) -> Option<Range<usize>> {
    let (_, mut at) = quote_at(text, name_end)?;
    at = wide_blanks(text, at + usize::from(byte(text, at) == b','));
    at = quote_at(text, at).map_or(at, |(_, end)| end);
    if !starts_with(text, at, b"value") {
        return None;
    }
    at += b"value".len();
    at = quote_at(text, at).map_or(at, |(_, end)| end);
    let sign = sign_at(text, blanks(text, at))?;
    let (quote, from) = quote_at(text, sign.end)?;
    Some(from..closing(text, from, quote)?)
}

fn starts_with(text: &[u8], at: usize, code: &[u8]) -> bool {
    text.get(at..at + code.len()).is_some_and(|text| text.eq_ignore_ascii_case(code))
}

fn sign_at(text: &[u8], at: usize) -> Option<Sign> {
    const SIGNS: [(&[u8], bool); 8] = [
        (b"=>", true),
        (b":=", true),
        (b"==", true),
        (b"=", true),
        (b"%3D", true),
        (b"->", true),
        (b":", false),
        (b"%3A", false),
    ];
    let &(sign, equals) = SIGNS.iter().find(|(sign, _)| starts_with(text, at, sign))?;
    let behind = at + sign.len();
    // `Password::new` and `token://` are no pairs.
    if !equals && (byte(text, behind) == b':' || starts_with(text, behind, b"//")) {
        return None;
    }
    let end = blanks(text, behind);
    Some(Sign { end, equals, spaced: end > behind, encoded: sign.starts_with(b"%") })
}

/// The quote at `at`, and where the text inside begins.
fn quote_at(text: &[u8], at: usize) -> Option<(Quote, usize)> {
    const MAX_BACKSLASHES: usize = 15;
    if starts_with(text, at, b"%22") || starts_with(text, at, b"%27") {
        return Some((Quote::Code, at + 3));
    }
    let rest = text.get(at..)?;
    let slashes = rest.iter().take(MAX_BACKSLASHES).take_while(|b| **b == b'\\').count();
    let mark = byte(rest, slashes);
    matches!(mark, b'"' | b'\'' | b'`').then_some((Quote::Mark(mark, slashes), at + slashes + 1))
}

/// Where the quoted text that begins at `from` ends, on the same line.
fn closing(text: &[u8], from: usize, quote: Quote) -> Option<usize> {
    let end = mark_behind(text, from, quote)?;
    memchr::memchr(b'\n', &text[from..end]).is_none().then_some(end)
}

fn mark_behind(text: &[u8], from: usize, quote: Quote) -> Option<usize> {
    let rest = text.get(from..)?;
    let Quote::Mark(mark, slashes) = quote else {
        return rest.windows(3).position(|w| w == b"%22" || w == b"%27").map(|at| from + at);
    };
    for at in memchr::memchr_iter(mark, rest) {
        let before = rest[..at].iter().rev().take_while(|b| **b == b'\\').count();
        // A mark inside is escaped once more than the one that opened.
        if if slashes == 0 { before % 2 == 0 } else { before <= slashes } {
            return Some(from + at - before.min(slashes));
        }
    }
    None
}

/// Where a value without quotes ends: at a blank or a quote, or at a mark behind which the next pair begins.
fn bare_end(text: &[u8], start: usize, query: bool, encoded: bool) -> usize {
    let mut end = start;
    while end < text.len() {
        match text[end] {
            0..=b' ' | b'"' | b'\'' | b'`' => break,
            b'\\' if matches!(byte(text, end + 1), b'"' | b'\'') => break,
            b'<' if byte(text, end + 1) == b'/' => break,
            b'&' if query => break,
            b',' | b';' | b'&' | b'|' if next_pair(text, end + 1) => break,
            b'%' if encoded
                && [&b"%22"[..], b"%26", b"%2C", b"%7D"].iter().any(|code| starts_with(text, end, code)) =>
            {
                break;
            }
            _ => end += 1,
        }
    }
    end
}

/// Whether what stands at `at` is the end, a blank, a quote, or a name and a sign.
fn next_pair(text: &[u8], at: usize) -> bool {
    let first = byte(text, at);
    if first <= b' ' || matches!(first, b'"' | b'\'' | b'\\') {
        return true;
    }
    let rest = text.get(at..).unwrap_or_default();
    let name = rest
        .iter()
        .take(MAX_BLANKS)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']'))
        .count();
    name > 0 && matches!(byte(rest, name), b'=' | b':')
}

/// Without the marks at the end that belong to what is around.
fn trimmed(text: &[u8], value: Range<usize>) -> Range<usize> {
    let mut end = value.end;
    while end > value.start {
        let inside = &text[value.start..end - 1];
        let open = |open: u8| !inside.contains(&open);
        let strip = match text[end - 1] {
            b',' | b';' | b'.' | b':' => true,
            b')' => open(b'('),
            b']' => open(b'['),
            b'}' => open(b'{'),
            b'>' => open(b'<'),
            _ => false,
        };
        // More of them than that are no punctuation; and so the looks back stay few.
        if !strip || value.end - end == 8 {
            break;
        }
        end -= 1;
    }
    value.start..end
}

/// What stands behind a header's scheme, and whether there was one.
fn behind_scheme(text: &[u8], value: Range<usize>) -> (Range<usize>, bool) {
    let inside = &text[value.clone()];
    let word = inside.iter().take(24).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count();
    let rest = inside[word..].iter().take(4).take_while(|b| **b == b' ').count();
    let scheme = word > 0 && rest > 0 && word + rest < inside.len();
    if scheme { (value.start + word + rest..value.end, true) } else { (value, false) }
}

/// Schemes with one token behind them, whatever it looks like.
fn is_one_token(scheme: &[u8]) -> bool {
    const ONE_TOKEN: [&[u8]; 7] = [b"bearer", b"basic", b"token", b"negotiate", b"ntlm", b"apikey", b"key"];
    ONE_TOKEN.iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// The value of the header `Authorization` in quotes. What is behind no known scheme must look like a secret:
/// `authorization: "enabled"` is a setting.
fn quoted_authorization(text: &[u8], inside: Range<usize>) -> Option<Range<usize>> {
    let (value, scheme) = behind_scheme(text, inside.clone());
    let one = scheme && is_one_token(text[inside.start..value.start].trim_ascii_end());
    let secret = &text[value.clone()];
    let like_one = secret.len() >= if one { 4 } else { 8 } && (one || secret.contains(&b'=') || is_mixed(secret));
    (like_one && !is_trivial(secret)).then_some(value)
}

/// The value of the header `Authorization`, without quotes: one token behind a scheme that has one, else all of the line.
fn authorization(text: &[u8], start: usize) -> Option<Range<usize>> {
    let start = start + usize::from(byte(text, start) == b'[');
    // `Digest username="ann", response="..."` has its own quotes.
    let head = text.get(start..)?;
    let own = memchr::memmem::find(&head[..head.len().min(64)], b"=\"").is_some_and(|at| !head[..at].contains(&b'"'));
    let stops = |b: u8| match b {
        b'\n' | b'\r' | b'\'' | b'`' | b']' | b'\\' | b'|' => true,
        b'"' => !own,
        _ => false,
    };
    let end = start + head.iter().take(8_192).take_while(|b| !stops(**b)).count();
    let (mut value, scheme) = behind_scheme(text, start..end);
    let word = text[start..value.start].trim_ascii_end();
    let one = is_one_token(word);
    let first = text[value.clone()].iter().take_while(|b| **b > b' ').count();
    let params = scheme && !one && text[value.start..value.start + first].contains(&b'=');
    if !params {
        if !one {
            // A scheme whose value is redacted already.
            if scheme && [&b"<SECRET"[..], b"<TOKEN"].iter().any(|known| text[value.start..].starts_with(known)) {
                return None;
            }
            // No scheme that is known: the first word is the value, or this is prose.
            value.start = start;
        }
        value = trimmed(text, value.start..bare_end(text, value.start, false, false).min(end));
    }
    let secret = &text[value.clone()];
    let like_one = secret.len() >= if one { 4 } else { 8 } && (one || params || is_mixed(secret));
    (like_one && !is_trivial(secret)).then_some(value)
}

/// Whether a value behind such a name is a secret.
fn is_secret(
    text: &[u8],
    name: &Range<usize>,
    inside: &Range<usize>,
    strength: Strength,
    quoted: bool,
    sign: Sign,
) -> bool {
    let (name, value) = (&text[name.clone()], &text[inside.clone()]);
    if is_trivial(value) {
        return false;
    }
    let digits = value.iter().all(u8::is_ascii_digit);
    match strength {
        Strength::Password => {
            let bare = name.rsplit(|b| !b.is_ascii_alphabetic()).next().unwrap_or_default();
            // The shell's working folder.
            let folder = matches!(value, [b'/' | b'~', ..] | [_, b':', b'\\' | b'/', ..]);
            let shell = bare.eq_ignore_ascii_case(b"pwd") || bare.eq_ignore_ascii_case(b"oldpwd");
            let short = value.len() < if quoted || sign.equals { 1 } else { 4 };
            let harmless = short || (shell && folder) || (digits && value.len() < 4);
            !harmless && !is_structure(value)
        }
        Strength::Pass => {
            value.len() >= 4 && !digits && (quoted || (sign.equals && !sign.spaced)) && !is_structure(value)
        }
        Strength::Token => {
            let few = digits && (value.len() < 6 || keys::counts(name));
            let prose = sign.spaced && !quoted && !is_mixed(value);
            value.len() >= 4 && !few && !prose && !is_structure(value) && !is_object(value)
        }
        // Looked at with its scheme before.
        Strength::Authorization => false,
    }
}

/// Whether a value begins something larger, such as `{"a":1}`. A hashed password of LDAP, `{SSHA}x`, does not.
fn is_structure(value: &[u8]) -> bool {
    let ldap = || {
        let close = value.iter().take(16).position(|b| *b == b'}');
        close.is_some_and(|at| {
            at > 1 && at + 1 < value.len() && value[1..at].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        })
    };
    value.first() == Some(&b'{') && !ldap()
}

/// Whether a value is how a program prints an object or a call: `AppWindowToken{3f1`, `android.os.BinderProxy@13f3f4`, `next()`.
fn is_object(value: &[u8]) -> bool {
    let len = value.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$')).count();
    let (name, rest) = value.split_at(len);
    let named = name.first().is_some_and(u8::is_ascii_alphabetic);
    let hex = || rest.len() > 1 && rest[1..].iter().all(|b| b.is_ascii_hexdigit() || *b == b'{' || *b == b'}');
    named
        && match rest.first() {
            Some(b'{') => name[0].is_ascii_uppercase(),
            Some(b'@') => hex(),
            Some(b'(') => rest.ends_with(b")"),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(text: &str) -> Vec<String> {
        let mut hits = Hits::default();
        Pairs::new().find(text.as_bytes(), &mut hits);
        hits.0.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect()
    }

    #[test]
    fn spellings() {
        for text in [
            "password=hunter2",
            "\"password\":\"hunter2\"",
            "password: hunter2",
            "--password hunter2",
            "PGPASSWORD=hunter2 psql",
            "db_password='hunter2'",
            "{'password': u'hunter2'}",
            r#"{\"password\":\"hunter2\"}"#,
            "password%3Dhunter2%26x",
            "password%22%3A%22hunter2%22",
            "password => hunter2,",
            "Password=hunter2;User=ann",
            "pwd=hunter2,user=ann",
            "<password>hunter2</password>",
            "IDENTIFIED BY 'hunter2'",
            "ROLE x PASSWORD 'hunter2'",
            "user[password]=hunter2&x=1",
            "x-api-key: hunter2",
            "X-Api-Key:[hunter2]",
            r#"\\\"secret\\\":\\\"hunter2\\\""#,
            "Authorization: Token hunter2",
            "(password: hunter2)",
            "pass=hunter2",
            "spring.datasource.password=hunter2",
            "ConvertTo -Password hunter2",
            "{\n  \"password\":\n    \"hunter2\"\n}",
            "{\n  \"name\": \"DB_PASSWORD\",\n  \"value\": \"hunter2\"\n}",
            "password=[\"<*>\", \"hunter2\"]",
            "\"passwords_password\": [\"true\", \"null\", \"hunter2\"]",
        ] {
            assert_eq!(secrets(text), ["hunter2"], "{text}");
        }
        assert_eq!(secrets(r#""password":"a \"b\" c""#), [r#"a \"b\" c"#]);
        assert_eq!(secrets("password=a,b;c&d"), ["a,b;c&d"]);
    }

    #[test]
    fn no_secrets() {
        for text in [
            "token_count=5",
            "password_reset=true",
            "passed=3",
            "tokens: 100",
            "secretary=Jo Ann",
            "auth:SIMPLE",
            "auth_request: off",
            "token = AppWindowToken{3f1 token",
            "token=android.os.BinderProxy@13f3f4",
            "password=<*>",
            "password=${PW}",
            "PWD=/home",
            "Password::new(x)",
            "unexpected token: identifier",
            "max_token=100000",
            "(using password: YES)",
            "key=1234567",
            "first pass: scanning",
            "PublicKeyToken=b77a5c561934e089",
            "secret: null",
            r#""token":{"a":1}"#,
            "authorization: SIMPLE",
        ] {
            assert_eq!(secrets(text), Vec::<String>::new(), "{text}");
        }
    }
}
