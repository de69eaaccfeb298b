//! The shapes of hostile input: what a line is made of, and which lines come one after the other.

use drainrs_bench::corpus::Random;

use super::input::Input;
use super::stages::{Limits, Stage};
use super::{collide, templates};

/// The line that the default limit cuts.
const CUT: usize = 64 * 1024;

/// What makes an input of about so many bytes.
type Maker = Box<dyn Fn(usize) -> Input>;

/// A shape.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) limits: Limits,
    /// Whether it is about templates: then only stages that learn some are asked.
    pub(crate) about_templates: bool,
    /// The only stages it is made for; all if there is none.
    only: &'static [Stage],
    make: Maker,
}

impl Shape {
    /// Lines, by a maker.
    pub(crate) fn of_templates(name: &str, make: impl Fn(usize) -> Input + 'static) -> Shape {
        Shape { about_templates: true, ..Shape::of_text(name, make) }
    }

    fn of_text(name: &str, make: impl Fn(usize) -> Input + 'static) -> Shape {
        let (name, make) = (name.to_owned(), Box::new(make));
        Shape { name, limits: Limits::Default, about_templates: false, only: &[], make }
    }

    /// The same for some stages only.
    fn only(self, only: &'static [Stage]) -> Shape {
        Shape { only, ..self }
    }

    /// Whether the shape has something to say to a stage.
    pub(crate) fn suits(&self, stage: Stage) -> bool {
        (!self.about_templates || stage.learns_templates()) && (self.only.is_empty() || self.only.contains(&stage))
    }

    /// An input of about so many bytes.
    pub(crate) fn input(&self, bytes: usize) -> Input {
        (self.make)(bytes)
    }
}

/// A line of `head`, then `unit` again and again, then `tail`, of about so many bytes.
pub(crate) fn repeated(head: &[u8], unit: &[u8], tail: &[u8], bytes: usize) -> Vec<u8> {
    let mut line = head.to_vec();
    while line.len() + unit.len() + tail.len() <= bytes {
        line.extend_from_slice(unit);
    }
    line.extend_from_slice(tail);
    line
}

/// Lines one after the other until there are so many bytes.
pub(crate) fn lines(bytes: usize, mut next: impl FnMut(usize) -> Vec<u8>) -> Input {
    let mut input = Input::default();
    while input.bytes() < bytes {
        let line = next(input.lines());
        input.push(&line);
    }
    input
}

/// A name; head, unit and tail of a line.
type Unit = (&'static str, &'static [u8], &'static [u8], &'static [u8]);

/// A name; the first line of an event; the lines that follow it, again and again.
type Trace = (&'static str, &'static [u8], &'static [&'static [u8]]);

/// What lines are made of.
#[rustfmt::skip]
const UNITS: &[Unit] = &[
    // Nothing, and next to nothing.
    ("letters without a blank", b"", b"a", b""),
    ("one-letter tokens", b"", b"a ", b""),
    ("different one-letter tokens", b"", b"a b c d e f g h i j k l m ", b""),
    ("blanks", b"", b" ", b""),
    ("tabs and blanks", b"x", b"\t ", b"x"),
    ("NUL", b"", b"\0", b""),
    ("NUL between letters", b"", b"a\0", b""),
    ("bytes that are not UTF-8", b"", b"\xff", b""),
    ("broken characters", b"", b"\xe2\x82 ", b""),
    ("continuation bytes", b"x", b"\x80", b""),
    ("two-byte characters", b"", "\u{e9}".as_bytes(), b""),
    ("four-byte characters and blanks", b"", "\u{1f600} ".as_bytes(), b""),
    ("wide blanks", b"", "\u{3000}a".as_bytes(), b""),
    ("escapes of a terminal", b"", b"\x1b[31mx\x1b[0m ", b""),
    // Numbers.
    ("digits", b"", b"7", b""),
    ("one-digit numbers", b"", b"7 ", b""),
    ("a number with dots", b"", b"1.", b""),
    ("a number with commas", b"", b"1,", b""),
    ("groups of thousands", b"1", b",234", b""),
    ("a number with dashes", b"", b"1-", b""),
    ("a number with dashes in a word with a dot", b"a.b ", b"1-", b".x"),
    ("short labels with edges before a domain", b"x.y-", b"1-.", b"1.com"),
    ("a number with underscores", b"", b"1_", b""),
    ("underscores and signs", b"", b"a_-1", b""),
    ("a number with slashes", b"", b"1/", b""),
    ("a number with colons", b"", b"1:", b""),
    ("a number with plus signs", b"", b"+1", b""),
    ("a number with equals signs", b"", b"1=", b""),
    ("digits and letters", b"", b"a1", b""),
    ("digits and letters, long runs", b"", b"abcdefg1234567hijklmn ", b""),
    ("0x without end", b"", b"0x", b""),
    ("exponents", b"", b"1e", b""),
    ("exponents with signs", b"", b"1e+", b""),
    ("lengths of time glued together", b"", b"1h2m3.5s", b""),
    ("lengths of time that end in a letter", b"", b"1h1h1h1h1h1h1h1hx", b""),
    ("sizes said twice", b"", b"1 KB (1 KB ", b""),
    ("percent signs", b"", b"%1", b""),
    ("fractions without end", b"12:00:00.", b"1", b"x"),
    // Addresses, times.
    ("octets", b"", b"255.255.255.", b""),
    ("addresses without a blank", b"", b"10.0.0.1,", b""),
    ("addresses with slashes", b"", b"a/10.0.0.1/", b""),
    ("pairs of hexadecimal digits", b"", b"ab:", b""),
    ("pairs of digits", b"", b"12:", b""),
    ("pairs with dashes", b"", b"a1-", b""),
    ("groups of IPv6", b"", b"fe80::", b""),
    ("colons", b"", b":", b""),
    ("colons and letters", b"", b"a::", b""),
    ("halves of UUIDs", b"", b"01234567-89ab-", b""),
    ("digests", b"", b"0123456789abcdef", b""),
    ("letters of digests", b"", b"abcdefab-", b""),
    ("ids with prefixes", b"", b"req_1a", b""),
    ("pods", b"", b"-7d9f8b6c5d-", b""),
    ("mail", b"", b"a@", b""),
    ("mail with dots", b"", b"a.b@c.d", b""),
    ("hosts with ports", b"", b"a.b:80:", b""),
    ("hosts that end in a domain", b"", b"1a.", b"1a.com"),
    ("addresses of pages", b"", b"http://", b""),
    ("addresses of pages, dots", b"", b"aa://..", b""),
    ("slashes", b"", b"/", b""),
    ("slashes and letters", b"", b" /a", b""),
    ("slashes and quotes", b"", b"\"/.", b""),
    ("paths and numbers", b"", b"=/1#", b""),
    ("two dots and slashes", b"", b"../", b""),
    ("elements", b"", b"</a", b""),
    ("backslashes", b"", b"\\", b""),
    ("UNC paths", b"", b" \\\\a", b""),
    ("drives", b"", b"C:\\", b""),
    ("times", b"", b"12:00:00 ", b""),
    ("times that nearly are", b"", b"2024-05-06T12:00:6", b""),
    ("dates", b"", b"2024-05-06", b""),
    ("months", b"", b"Jun 1", b""),
    ("months and weekdays", b"", b"Mon Jun 14 ", b""),
    ("short dates", b"", b"01/02/", b""),
    ("klog", b"", b"I0612 ", b""),
    // Words and marks.
    ("keys", b"", b"a=", b""),
    ("keys and values", b"", b"a=b ", b""),
    ("keys and values without a blank", b"", b"a=b,", b""),
    ("keys and quotes", b"", b"a=\"", b""),
    ("keys and open quotes", b"", b"a=\"b ", b""),
    ("keys and quoted values", b"", b"a=\"b c\",", b""),
    ("brackets that separate", b"", b",(", b""),
    ("brackets that separate, then a word", b"", b",(", b"a"),
    ("equals signs", b"", b"=", b""),
    ("dots", b"", b".", b""),
    ("dashes", b"", b"-", b""),
    ("underscores", b"", b"_", b""),
    ("at signs", b"", b"@", b""),
    ("number signs", b"", b"#", b""),
    ("percent", b"", b"%", b""),
    ("stars", b"", b"*", b""),
    ("wildcards", b"", b"<*>", b""),
    ("placeholders", b"", b"<NUM> ", b""),
    ("less-than signs", b"", b"<", b""),
    ("opening brackets", b"", b"[", b""),
    ("opening parentheses", b"", b"(", b""),
    ("opening braces", b"", b"{", b""),
    ("all brackets", b"", b"[{(<", b""),
    ("closing brackets", b"", b"]", b""),
    ("pairs of brackets", b"", b"[]", b""),
    ("double quotes", b"", b"\"", b""),
    ("single quotes", b"", b"'", b""),
    ("quotes and blanks", b"", b"\" ", b""),
    ("backticks", b"", b"`", b""),
    ("commas and blanks", b"", b", ", b""),
    ("calls that do not end", b"; call ", b"a", b"!"),
    ("base64", b"", b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo3", b""),
    ("base64 with ends", b"", b"QUJD==", b""),
    ("constants", b"", b"true,null;", b""),
    ("states", b"", b"failed started ", b""),
    ("constants and closers", b"", b"null]", b""),
    // Documents.
    ("JSON nested, opening", b"{\"a\":", b"{\"a\":", b""),
    ("JSON nested, arrays", b"{\"a\":", b"[", b""),
    ("JSON nested and closed", b"{\"a\":1,\"b\":", b"[[]],", b"}"),
    ("JSON of many keys", b"{\"msg\":\"x\"", b",\"k\":1", b"}"),
    ("JSON of escapes", b"{\"msg\":\"", b"\\n", b"\"}"),
    ("JSON of escaped characters", b"{\"msg\":\"", b"\\u0041", b"\"}"),
    ("JSON of halves of characters", b"{\"msg\":\"", b"\\ud83d", b"\"}"),
    ("JSON, a string not closed", b"{\"msg\":\"", b"x ", b""),
    ("JSON, backslashes not closed", b"{\"msg\":\"", b"\\\\", b""),
    ("JSON in JSON", b"{\"msg\":\"", b"{\\\"msg\\\":", b"\"}"),
    ("JSON with long keys", b"{\"", b"k", b"\":1}"),
    ("JSON with the same time again", b"{\"msg\":\"x\"", b",\"time\":\"2024-05-06T12:00:00Z\"", b"}"),
    ("JSON, message keys", b"{\"a\":1", b",\"message\":\"x\"", b"}"),
    ("objects one behind the other", b"", b"{\"a\":1}", b""),
    ("logfmt of many keys", b"time=2024-05-06T12:00:00Z level=info", b" k=v", b""),
    ("logfmt of quotes", b"level=info", b" k=\"v\\\"", b""),
    ("logfmt, a quote not closed", b"level=info msg=\"", b"x ", b""),
    ("logfmt of bare words", b"level=info", b" k", b""),
    ("CEF", b"CEF:0|a|b|c|d|e|f|", b"k\\=v ", b""),
    ("syslog, parameters", b"<134>1 2024-05-06T12:00:00Z h a p m [x", b" k=\"v\"", b"] m"),
    ("syslog, parameters not closed", b"<134>1 2024-05-06T12:00:00Z h a p m [x", b" k=\"v\\\"", b""),
    ("syslog, elements", b"<134>1 2024-05-06T12:00:00Z h a p m ", b"[x]", b" m"),
    ("syslog nearly", b"", b"<134>1 2024-05-06T12:00:00Z ", b""),
    ("an access log, quotes", b"10.0.0.1 - - [03/Feb/2031:04:05:06 +0000] \"", b"GET \\\"", b""),
    ("brackets of threads", b"2024-05-06 12:00:00 ", b"[main] ", b""),
    ("brackets of threads, not closed", b"2024-05-06 12:00:00 ", b"[main ", b""),
    ("levels", b"2024-05-06 12:00:00 ", b"INFO ", b""),
    ("levels and colons", b"", b"ERROR: ", b""),
    ("pipes", b"2024-05-06 12:00:00 ", b"|", b""),
    ("pipes and words", b"2024-05-06 12:00:00 ", b"a | ", b""),
    ("a line of Docker", b"{\"log\":\"", b"\\t", b"\",\"stream\":\"stdout\",\"time\":\"2024-05-06T12:00:00Z\"}"),
    // What a redactor looks for.
    ("card numbers", b"", b"4111-1111-1111-1111-", b""),
    ("card numbers without marks", b"", b"4111111111111111 ", b""),
    ("digits and blanks", b"", b"4 1", b""),
    ("phone numbers", b"", b"+49 30 1", b""),
    ("account numbers", b"", b"DE89 3704 0044 0532 0130 0", b""),
    ("account numbers without blanks", b"", b"DE89370400440532013000", b""),
    ("bearers", b"", b"Authorization: Bearer a ", b""),
    ("bearers without end", b"", b"Bearer ", b""),
    ("basic", b"", b"Authorization: Basic QUJD", b""),
    ("passwords", b"", b"password=", b""),
    ("passwords and quotes", b"", b"password=\"", b""),
    ("passwords and colons", b"", b"password: ", b""),
    ("quoted keys", b"", b"\"password\":\"", b""),
    ("passwords in addresses", b"", b"://a:b@", b""),
    ("passwords in addresses, no end", b"", b"a://b:", b""),
    ("web tokens", b"", b"eyJhbGciOiJIUzI1NiJ9.", b""),
    ("web tokens without end", b"", b"eyJ", b""),
    ("keys of a cloud", b"", b"AKIAIOSFODNN7EXAMPL", b""),
    ("tokens of a forge", b"", b"ghp_", b""),
    ("secrets of a chat", b"", b"xoxb-1-", b""),
    ("private keys, opening", b"", b"-----BEGIN PRIVATE KEY-----", b""),
    ("private keys with lines", b"", b"-----BEGIN RSA PRIVATE KEY-----\\nMIIE", b""),
    ("private keys, nearly", b"", b"-----BEGIN ", b""),
    ("cookies", b"Cookie: ", b"a=b; ", b""),
    ("headers", b"", b"X-Api-Key: ", b""),
    ("queries", b"GET /?", b"token=a&", b""),
    ("user paths", b"", b"/home/a", b""),
    ("user paths of Windows", b"", b"C:\\Users\\a", b""),
    ("social numbers", b"", b"078-05-1120-", b""),
];

/// All shapes.
pub(crate) fn all() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for &(name, head, unit, tail) in UNITS {
        shapes.push(Shape::of_text(&format!("{name}, 64 KiB lines"), move |bytes| {
            lines(bytes, |_| repeated(head, unit, tail, CUT.min(bytes)))
        }));
        shapes.push(Shape::of_text(&format!("{name}, 250-byte lines"), move |bytes| {
            lines(bytes, |_| repeated(head, unit, tail, 250))
        }));
        let one = Shape::of_text(&format!("{name}, one line"), move |bytes| {
            let mut input = Input::default();
            input.push(&repeated(head, unit, tail, bytes));
            input
        });
        shapes.push(Shape { limits: Limits::None, ..one });
    }
    shapes.push(Shape::of_text("empty lines", |bytes| lines(bytes, |_| Vec::new())));
    for letter in [&b"x"[..], b"7", b"{", b"[", b" ", b"\xff"] {
        let name = format!("lines of one byte, {:?}", String::from_utf8_lossy(letter));
        shapes.push(Shape::of_text(&name, move |bytes| lines(bytes, |_| letter.to_vec())));
    }
    shapes.push(Shape::of_text("bytes at random", |bytes| {
        let mut random = Random::new(1);
        lines(bytes, |_| (0..random.between(1, 400)).map(|_| random.bits() as u8).filter(|b| *b != b'\n').collect())
    }));
    shapes.push(Shape::of_text("printable bytes at random", |bytes| {
        let mut random = Random::new(2);
        lines(bytes, |_| (0..random.between(1, 400)).map(|_| random.between(0x20, 0x7E) as u8).collect())
    }));
    shapes.extend(traces());
    shapes.extend(templates::all());
    shapes.extend(collide::all());
    shapes
}

/// Events of many lines, for the joiner and what stands behind it.
fn traces() -> Vec<Shape> {
    const STAGES: &[Stage] = &[Stage::Joiner, Stage::Pipeline, Stage::Parser];
    let of = |name: &str, head: &'static [u8], each: &'static [&'static [u8]]| {
        let name = format!("{name}, one event");
        Shape::of_text(&name, move |bytes| {
            lines(bytes, |at| if at == 0 { head.to_vec() } else { each[at % each.len()].to_vec() })
        })
        .only(STAGES)
    };
    let exception: &[u8] = b"2024-05-06 12:00:00 ERROR a.B - java.lang.IllegalStateException: x";
    let docker: &[u8] =
        b"{\"log\":\"java.lang.Exception: x\\n\",\"stream\":\"stderr\",\"time\":\"2024-05-06T12:00:00Z\"}";
    let kinds: [Trace; 11] = [
        ("frames", exception, &[b"\tat a.b.C.d(C.java:7)"]),
        ("causes", exception, &[b"Caused by: java.io.IOException: x", b"\tat a.b.C.d(C.java:7)", b"\t... 3 more"]),
        ("causes without frames", exception, &[b"Caused by: java.io.IOException: x"]),
        ("empty lines", exception, &[b""]),
        ("short lines", exception, &[b"\t"]),
        ("Python", b"Traceback (most recent call last):", &[b"  File \"a.py\", line 1, in f", b"    x()"]),
        ("Python again and again", b"Traceback (most recent call last):", &[b"Traceback (most recent call last):"]),
        ("Go", b"panic: x", &[b"goroutine 1 [running]:", b"main.f(0x1)", b"\t/a/b.go:7 +0x1"]),
        ("an open object", b"{", &[b"  \"a\": {"]),
        (
            "Docker",
            docker,
            &[b"{\"log\":\"\\tat a.b.C.d(C.java:7)\\n\",\"stream\":\"stderr\",\"time\":\"2024-05-06T12:00:00Z\"}"],
        ),
        (
            "pieces of CRI",
            b"2024-05-06T12:00:00.000000000Z stdout P x",
            &[b"2024-05-06T12:00:00.000000000Z stdout P x"],
        ),
    ];
    let mut shapes: Vec<Shape> = kinds.into_iter().map(|(name, head, each)| of(name, head, each)).collect();
    shapes.extend(
        kinds
            .into_iter()
            .map(|(name, head, each)| Shape { limits: Limits::None, ..of(&format!("{name}, no limit"), head, each) }),
    );
    // An envelope with a long tail, before which every line is inserted.
    let tail = "x".repeat(60_000);
    let tailed = move |first: bool| {
        let text = if first { "java.lang.Exception: x" } else { "\\tat a.b.C.d(C.java:7)" };
        let attrs = if first { tail.as_str() } else { "" };
        format!(
            "{{\"log\":\"{text}\\n\",\"stream\":\"stderr\",\"attrs\":{{\"a\":\"{attrs}\"}},\"time\":\"2024-05-06T12:00:00Z\"}}"
        )
        .into_bytes()
    };
    shapes.push(
        Shape::of_text("Docker with long attributes", move |bytes| lines(bytes, |at| tailed(at % 600 == 0)))
            .only(STAGES),
    );
    shapes.push(
        Shape::of_text("private keys over many lines", |bytes| {
            let mut input = Input::default();
            let mut text = b"-----BEGIN RSA PRIVATE KEY-----".to_vec();
            while text.len() < bytes {
                text.extend_from_slice(b"\nMIIEowIBAAKCAQEA0Z3VS5JJcds3xfn");
            }
            input.push(&text);
            input
        })
        .only(&[Stage::Redactor]),
    );
    shapes
}
