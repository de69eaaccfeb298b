//! Header patterns: a language small enough to be checked by reading it.
//!
//! A pattern is literal text with fields in it: `<ts> [<thread>] <level> <service>: <message>`; `\<` is a literal `<`. No field can match across a line's
//! end, none can be nested, and the engine that runs it is linear in the line, so that no pattern whoever wrote it can stall. A
//! regular expression is not taken: its signs are literal text here, which matches no line, and is refused for that.

use std::collections::BTreeMap;

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::super::subject::Samples;
use super::JudgeLimits;
use super::reason::ReasonCode;
use crate::text::scan::time;
use crate::time::{NANOS_PER_SECOND, Timestamp};

/// The words of levels: a field that took any word would read prose.
const LEVEL_WORDS: &str = "trace|trc|finest|finer|verbose|debug|dbg|fine|config|information|informational|info|inf|notice|warning|\
                           warn|wrn|error|err|severe|critical|crit|fatal|ftl|alert|emergency|emerg|panic|log";
/// And their letters.
const LEVEL_LETTERS: &str = "[TDVINWECFA]";

/// The fields with what they match. Those named like groups of a custom format are read as such.
const FIELDS: [(&str, &str); 12] = [
    ("ts", r"[0-9A-Za-z][0-9A-Za-z.,:/+ _-]*?[0-9Z]"),
    // By the lines that were seen.
    ("level", ""),
    ("service", r"[^\s\[\]()<>:]+?"),
    ("host", r"[0-9A-Za-z][0-9A-Za-z.:-]*?"),
    ("pid", r"[0-9]+?"),
    ("thread", r"[^\[\]\n]{1,64}?"),
    ("logger", r"[^\s\[\]()<>]+?"),
    ("source", r"[^\s\[\]()<>]+?"),
    ("trace", r"[0-9A-Za-z-]+?"),
    ("span", r"[0-9A-Za-z-]+?"),
    ("message", r"[^\n]+"),
    ("*", r"[^\n]{0,64}?"),
];

/// Those that may be filled with blanks up to a bracket beside them.
const PADDED: [&str; 4] = ["level", "service", "pid", "logger"];

/// The most fields of a pattern.
const MAX_FIELDS: usize = 16;
/// A header that is longer holds what belongs to the message.
const MAX_HEADER: usize = 256;

/// Lines of prose and of other things that a pattern for headers never reads.
const DECOYS: [&str; 25] = [
    "x",
    "the quick brown fox jumps over the lazy dog",
    "    at com.example.Main.run(Main.java:17)",
    "{\"a\": 1}",
    "-----",
    "connection refused",
    "Caused by: java.io.IOException: broken pipe",
    "a: b",
    "error while reading the file",
    "Error: disk full",
    "fatal: not a git repository",
    "warning - check this",
    "the fatal error was not handled",
    "task failed with error code 5",
    "this is a warning: none of it works",
    "no info found in /var/log",
    "Error code: 5 of the disk",
    "error code: none",
    "Fatal problem: none of it works",
    "A warning: the disk is full",
    "I think: this is prose",
    "I/O error on the disk",
    "I/O error: broken pipe",
    "W/o a lock: it fails",
    "error/warning texts of the tool",
];

/// A pattern that was read.
#[derive(Debug, Clone)]
pub(crate) struct HeaderPattern {
    /// A custom format of the parser reads the same.
    pub(crate) expression: String,
    regex: Regex,
    /// Whether there is a time in it.
    pub(crate) timed: bool,
    /// Whether its level stands between signs, or behind a number in brackets, as no word of prose does.
    marked: bool,
    /// Whether its level reads as in logcat: `W/cart:`, `W/cart(12):`.
    slashed: bool,
}

type Refusal = (ReasonCode, String);

impl HeaderPattern {
    /// Reads a pattern. Its `<level>` takes all levels however they are written.
    pub(crate) fn read(pattern: &str) -> Result<HeaderPattern, Refusal> {
        HeaderPattern::with_level(pattern, &format!("(?i:{LEVEL_WORDS})|{LEVEL_LETTERS}"))
    }

    /// Reads a pattern for lines such as these. Its `<level>` takes words or letters, and in lower or upper case, as these lines have them, but for
    /// a few: what reads `ERROR cart: down` does not read `Error code: 5`.
    ///
    /// Cost: one match per line.
    pub(crate) fn read_for(pattern: &str, lines: &[String]) -> Result<HeaderPattern, Refusal> {
        let general = HeaderPattern::read(pattern)?;
        let mut shapes: BTreeMap<Shape, usize> = BTreeMap::new();
        for level in lines.iter().filter_map(|line| general.captures(line)?.name("level")) {
            *shapes.entry(Shape::of(level.as_bytes())).or_default() += 1;
        }
        let all: usize = shapes.values().sum();
        // A line of prose among them does not make the format one that reads prose.
        shapes.retain(|_, count| *count * FEW >= all);
        // Words in capitals are no prose. Others are, and single letters are words of it, unless signs say what they are.
        let is_prose = |shape: &Shape| *shape != Shape::Upper && !(*shape == Shape::Letter && general.slashed);
        if !general.timed && !general.marked && shapes.keys().any(is_prose) {
            let message =
                "has no <ts>, and a <level> that prose has as well: between signs, as in [<level>], it would be none";
            return Err((ReasonCode::PatternTooGeneral, message.to_owned()));
        }
        if all == 0 {
            return Ok(general);
        }
        let levels: Vec<String> = shapes.into_keys().map(Shape::levels).collect();
        HeaderPattern::with_level(pattern, &levels.join("|"))
    }

    fn with_level(pattern: &str, level: &str) -> Result<HeaderPattern, Refusal> {
        let syntax = |message: String| (ReasonCode::PatternSyntax, message);
        let known = || FIELDS.map(|(name, _)| format!("<{name}>")).join(" ");
        let mut expression = String::new();
        let mut fields: Vec<&str> = Vec::new();
        let (mut marked, mut slashed) = (false, false);
        let mut rest = pattern.trim();
        if rest.contains('\n') {
            return Err(syntax("must be one line".to_owned()));
        }
        while !rest.is_empty() {
            let Some(start) = field_start(rest) else {
                literal(rest, &mut expression);
                break;
            };
            let (before, from) = rest.split_at(start);
            // `[INFO ]` and `[ERROR]` are one column.
            if before.starts_with([')', ']', '}', '>']) && fields.last().is_some_and(|field| PADDED.contains(field)) {
                expression.push_str(" *");
            }
            literal(before, &mut expression);
            let end = from.find('>').ok_or_else(|| syntax("has a field that is not closed by >".to_owned()))?;
            let name = from.get(1..end).unwrap_or_default();
            let Some(&(name, body)) = FIELDS.iter().find(|(known, _)| *known == name) else {
                return Err(syntax(format!("has an unknown field; known are {}", known())));
            };
            if name != "*" && fields.contains(&name) {
                return Err(syntax(format!("has <{name}> twice")));
            }
            if fields.last().is_some() && before.is_empty() {
                return Err(syntax("has two fields with nothing between them".to_owned()));
            }
            let after = from.get(end + 1..).unwrap_or_default();
            if name == "thread" && !(before.ends_with(is_sign) && after.starts_with(is_sign)) {
                return Err(syntax("has <thread>, which may have blanks in it, without signs around it".to_owned()));
            }
            let between = |open: &str, close: char| before.ends_with(open) && after.starts_with(close);
            match name {
                "level" => {
                    marked |= before.ends_with(is_sign) && after.starts_with(is_sign);
                    // Behind it comes a name, and then a colon or a number in parentheses.
                    let behind =
                        after.strip_prefix('/').and_then(|after| after.split_once('>')).map(|(_, behind)| behind);
                    slashed = before.is_empty() && behind.is_some_and(|behind| behind.starts_with([':', '(']));
                }
                "pid" if !fields.contains(&"level") => {
                    marked |= between("[", ']') || between("(", ')') || between("<", '>');
                }
                _ => {}
            }
            fields.push(name);
            if PADDED.contains(&name) && before.ends_with(['(', '[', '{', '<']) {
                expression.push_str(" *");
            }
            match name {
                "level" => expression.extend(["(?P<level>", level, ")"]),
                "*" => expression.extend(["(?:", body, ")"]),
                name => expression.extend(["(?P<", name, ">", body, ")"]),
            }
            rest = from.get(end + 1..).unwrap_or_default();
        }
        if fields.len() > MAX_FIELDS {
            return Err(syntax(format!("has more than {MAX_FIELDS} fields")));
        }
        if fields.last() != Some(&"message") || !pattern.trim().ends_with("<message>") {
            return Err(syntax(format!("must end with <message>; the fields are {}", known())));
        }
        let anchor = fields.iter().rposition(|field| matches!(*field, "ts" | "level"));
        if fields.iter().rposition(|field| *field == "*") > anchor {
            let message = "has <*> behind <ts> and <level>, where it would swallow the message; name what stands there";
            return Err((ReasonCode::PatternTooGeneral, message.to_owned()));
        }
        let timed = fields.contains(&"ts");
        if !timed && (!fields.contains(&"level") || pattern.trim_start().starts_with("<*>")) {
            let message = "has no <ts>, and no <level> in a fixed place: it would read anything as a header";
            return Err((ReasonCode::PatternTooGeneral, message.to_owned()));
        }
        // As the parser does: signs and counts are of bytes.
        let regex = RegexBuilder::new(&format!("^(?:{expression})$")).unicode(false).size_limit(4 << 20).build();
        let regex = regex.map_err(|_| syntax("does not compile".to_owned()))?;
        Ok(HeaderPattern { expression, regex, timed, marked, slashed })
    }

    fn captures<'a>(&self, line: &'a str) -> Option<Captures<'a>> {
        self.regex.captures(line.as_bytes())
    }

    /// Whether the parser would read a line by it: a time that is none is no header.
    fn reads(&self, line: &str) -> bool {
        let time = |found: &Captures<'_>| found.name("ts").is_none_or(|ts| moment(ts.as_bytes()).is_some());
        self.captures(line).is_some_and(|found| time(&found))
    }

    /// Tries it on the samples.
    pub(crate) fn try_on(&self, samples: &Samples, limits: &JudgeLimits) -> Result<(), Refusal> {
        if let Some(decoy) = DECOYS.iter().find(|line| self.reads(line)) {
            return Err((ReasonCode::PatternTooGeneral, format!("reads a line that has no header: {decoy:?}")));
        }
        let (mut read, mut times, mut last, mut backwards) = (0_usize, 0_usize, None, 0_usize);
        for line in &samples.must {
            let Some(found) = self.captures(line) else { continue };
            if found.name("message").is_none_or(|message| message.start() > MAX_HEADER) {
                continue;
            }
            read += 1;
            if let Some(at) = found.name("ts").and_then(|text| moment(text.as_bytes())) {
                times += 1;
                // Lines may be out of order by a little, but not by an hour.
                backwards += usize::from(last.is_some_and(|last| at + SLACK_SECONDS < last));
                last = Some(at);
            }
        }
        let share = |part: usize| part as f64 / samples.must.len().max(1) as f64;
        if share(read) < limits.min_parse_share {
            let (all, least) = (samples.must.len(), 100.0 * limits.min_parse_share);
            let message = format!("reads {read} of {all} lines of the same kind, at least {least:.0} % are needed");
            return Err((ReasonCode::PatternReadsTooFew, message));
        }
        if self.timed && (times * 10 < read * 9 || backwards * 10 > read) {
            let message =
                format!("takes for a time what is none, or runs backwards, in {} lines", read - times + backwards);
            return Err((ReasonCode::PatternTimes, message));
        }
        let others = samples.must_not.iter().filter(|line| self.reads(line)).count();
        if others > 0 {
            let message = format!("reads {others} lines that other formats read, or that have no header");
            return Err((ReasonCode::PatternReadsOthers, message));
        }
        Ok(())
    }
}

const SLACK_SECONDS: i64 = 3600;
/// Of levels as less than one in so many lines has them nothing is made.
const FEW: usize = 20;

/// How a level is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// `W`
    Letter,
    /// `WARN`
    Upper,
    /// `warn`
    Lower,
    /// `Warn`
    Capitalised,
    /// `wARn`
    Mixed,
}

impl Shape {
    fn of(level: &[u8]) -> Shape {
        let upper = |text: &[u8]| text.iter().all(u8::is_ascii_uppercase);
        let lower = |text: &[u8]| text.iter().all(u8::is_ascii_lowercase);
        match level.split_at_checked(1) {
            Some((_, [])) => Shape::Letter,
            Some((first, rest)) if upper(first) && lower(rest) => Shape::Capitalised,
            _ if upper(level) => Shape::Upper,
            _ if lower(level) => Shape::Lower,
            _ => Shape::Mixed,
        }
    }

    /// An expression for the levels that are written so.
    fn levels(self) -> String {
        let capitalised = |word: &str| word.split_at(1).0.to_ascii_uppercase() + word.split_at(1).1;
        match self {
            Shape::Letter => LEVEL_LETTERS.to_owned(),
            Shape::Upper => LEVEL_WORDS.to_ascii_uppercase(),
            Shape::Lower => LEVEL_WORDS.to_owned(),
            Shape::Capitalised => LEVEL_WORDS.split('|').map(capitalised).collect::<Vec<_>>().join("|"),
            Shape::Mixed => format!("(?i:{LEVEL_WORDS})"),
        }
    }
}

/// A time, as seconds; those without a date as seconds of the day.
fn moment(bytes: &[u8]) -> Option<i64> {
    if let Some((at, _)) = time::epoch(bytes, 0).filter(|(_, end)| *end == bytes.len()) {
        return Some(at.as_nanos() / NANOS_PER_SECOND);
    }
    let stamp = time::stamp(bytes, 0).or_else(|| time::compact(bytes, 0)).or_else(|| time::klog(bytes, 0))?;
    let mut civil = stamp.civil;
    if !stamp.has_year {
        civil.year = 1972;
    }
    (civil.month, civil.day) = (civil.month.max(1), civil.day.max(1));
    let at = Timestamp::from_civil(&civil, stamp.offset.unwrap_or_default())?;
    Some(at.as_nanos() / NANOS_PER_SECOND)
}

/// A sign that words do not have.
fn is_sign(character: char) -> bool {
    character.is_ascii_punctuation()
}

/// Where a field begins: at a `<` that is not written `\<`.
fn field_start(text: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).find(|&at| !text[..at].ends_with('\\'))
}

/// Literal text as an expression; a blank is one or more, `\<` is `<`.
fn literal(text: &str, out: &mut String) {
    let text = text.replace("\\<", "<");
    for (nth, piece) in text.split(' ').enumerate() {
        if nth > 0 && !out.ends_with(" +") {
            out.push_str(" +");
        }
        out.push_str(&regex::escape(piece));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(pattern: &str, must: &[String]) -> Result<(), ReasonCode> {
        let samples = Samples { must: must.to_vec(), must_not: vec!["2024-05-01 INFO other: x y".to_owned()] };
        let read = HeaderPattern::read_for(pattern, must);
        let read = read.and_then(|pattern| pattern.try_on(&samples, &JudgeLimits::default()));
        read.map_err(|(code, _)| code)
    }

    fn lines() -> Vec<String> {
        (0..60).map(|n| format!("@@ 2024-05-01T10:00:{n:02}Z {{w-{n}}} (WARN) shop/cart => took {n} ms")).collect()
    }

    #[test]
    fn a_pattern_reads_what_it_describes() {
        assert_eq!(tried("@@ <ts> {<thread>} (<level>) <logger> => <message>", &lines()), Ok(()));
        assert_eq!(tried("@@  <ts> <*> (<level>) <message>", &lines()), Ok(()));
    }

    #[test]
    fn a_sign_of_fields_may_be_literal() {
        let lines: Vec<String> = (0..60).map(|n| format!("<{n}>WARN cart: took {n} ms")).collect();
        assert_eq!(tried("\\<<pid>><level> <service>: <message>", &lines), Ok(()));
        assert_eq!(tried("<<pid>><level> <service>: <message>", &lines), Err(ReasonCode::PatternSyntax));
    }

    #[test]
    fn columns_are_filled_with_blanks() {
        let levels = ["INFO ", "ERROR", " WARN"];
        let lines: Vec<String> = (0..60).map(|n| format!("[{}] ({:>5}) up", levels[n % 3], n * 700)).collect();
        assert_eq!(tried("[<level>] (<pid>) <message>", &lines), Ok(()));
    }

    #[test]
    fn a_level_is_written_as_in_the_samples() {
        let reads = |pattern: &str, level: &str, line: &str| {
            let lines: Vec<String> = (0..60).map(|n| format!("[{level}] cart: took {n} ms")).collect();
            let read = HeaderPattern::read_for(pattern, &lines).unwrap();
            assert!(lines.iter().all(|line| read.reads(line)));
            read.reads(line)
        };
        let shapes = [("WARN", "ERROR"), ("warn", "error"), ("Warn", "Error"), ("W", "E")];
        for (level, _) in shapes {
            for (own, other) in shapes {
                let line = format!("[{other}] db: down");
                assert_eq!(reads("[<level>] <service>: <message>", level, &line), own == level, "{level}: {line}");
            }
        }
        assert!(reads("[<level>] <service>: <message>", "wARN", "[Error] db: down"), "as anybody writes it");
    }

    #[test]
    fn what_reads_prose_is_refused_and_what_is_written_otherwise_is_not() {
        let of =
            |level: &str, rest: &str| -> Vec<String> { (0..60).map(|n| format!("{level}{rest} {n} ms")).collect() };
        let service = "<level> <service>: <message>";
        assert_eq!(tried(service, &of("WARN", " cart: took")), Ok(()));
        assert_eq!(tried(service, &of("warn", " cart: took")), Err(ReasonCode::PatternTooGeneral));
        assert_eq!(tried(service, &of("Warn", " cart: took")), Err(ReasonCode::PatternTooGeneral));
        assert_eq!(tried(service, &of("W", " cart: took")), Err(ReasonCode::PatternTooGeneral));
        assert_eq!(tried("<level>/<service> <message>", &of("W", "/cart took")), Err(ReasonCode::PatternTooGeneral));
        assert_eq!(tried("<level>/<service>: <message>", &of("W", "/cart: took")), Ok(()));
        assert_eq!(tried("<level>/<service>(<pid>): <message>", &of("W", "/cart(  17): took")), Ok(()));
        assert_eq!(tried("<level>: <message>", &of("WARN", ": took")), Ok(()));
        for (pattern, line) in [
            ("<level> <pid>: <message>", "Warn 7: took"),
            ("<level> <pid> <message>", "W 7 took"),
            ("<level>: <service>: <message>", "Warn: cart: took"),
            ("<level> (<service>) <message>", "warn (cart) took"),
            ("<level> <service> - <message>", "W cart - took"),
            ("<level>, <message>", "warn, took"),
            ("<level> <service> <pid>: <message>", "warn cart 7: took"),
            ("<level> <host> <service>: <message>", "warn a1 cart: took"),
            ("<service>: <level>: <message>", "cart: warn: took"),
            ("<service> <level>: <message>", "cart Warn: took"),
            ("<service> <level> <message>", "cart W took"),
        ] {
            let lines: Vec<String> = (0..60).map(|n| format!("{line} {n} ms")).collect();
            assert_eq!(tried(pattern, &lines), Err(ReasonCode::PatternTooGeneral), "{pattern}");
            assert_eq!(tried(&format!("@ <ts> {pattern}"), &lines), Err(ReasonCode::PatternReadsTooFew));
        }
        for (pattern, line) in [
            ("<service>[<pid>]: <level>: <message>", "cart[7]: warn: took"),
            ("(<level>) <service>: <message>", "(warn) cart: took"),
            ("<service> <level> <pid> <message>", "cart WARN 7 took"),
        ] {
            let lines: Vec<String> = (0..60).map(|n| format!("{line} {n} ms")).collect();
            assert_eq!(tried(pattern, &lines), Ok(()), "{pattern}");
        }
        let mut stray = of("WARN", " cart: took");
        stray[7] = "Error code: 5".to_owned();
        stray[8] = "warning signs: none".to_owned();
        assert_eq!(tried(service, &stray), Ok(()), "two lines of prose are not the format's");
    }

    #[test]
    fn a_time_is_a_time() {
        for (pattern, line) in [
            ("<ts> <service>: <message>", "081109 203518 cart: took"),
            ("<ts> | <message>", "2026-03-12 | took"),
            ("<ts> <service>: <message>", "12:00:01 cart: took"),
        ] {
            let lines: Vec<String> = (0..60).map(|n| format!("{line} {n} ms")).collect();
            assert_eq!(tried(pattern, &lines), Ok(()), "{pattern}");
            let read = HeaderPattern::read_for(pattern, &lines).unwrap();
            assert!(!read.reads("took 5 seconds: too slow") && !read.reads("I have 3 cats: all fine"));
        }
    }

    #[test]
    fn bytes_are_counted_as_the_parser_counts_them() {
        let lines: Vec<String> = (0..60).map(|n| format!("{{{}}} (WARN) took {n} ms", "ж".repeat(40))).collect();
        assert_eq!(tried("{<thread>} (<level>) <message>", &lines), Err(ReasonCode::PatternReadsTooFew));
        let short: Vec<String> = (0..60).map(|n| format!("{{{}}} (WARN) took {n} ms", "ж".repeat(20))).collect();
        assert_eq!(tried("{<thread>} (<level>) <message>", &short), Ok(()));
    }

    #[test]
    fn what_is_too_general_or_wrong_is_refused() {
        let lines = lines();
        let cases = [
            ("<message>", ReasonCode::PatternTooGeneral),
            ("<*> <message>", ReasonCode::PatternTooGeneral),
            ("<level> <message>", ReasonCode::PatternTooGeneral),
            ("<*> <level> <message>", ReasonCode::PatternTooGeneral),
            ("@@ <ts> {<*>} (<level>) <*>=> <message>", ReasonCode::PatternTooGeneral),
            ("<thread> <level> <message>", ReasonCode::PatternSyntax),
            ("<logger> <level> <message>", ReasonCode::PatternTooGeneral),
            ("<level>: <message>", ReasonCode::PatternTooGeneral),
            ("(a+)+$", ReasonCode::PatternSyntax),
            ("(?P<ts>.*)(?P<message>.*)", ReasonCode::PatternSyntax),
            (".* <ts> .* <message>", ReasonCode::PatternReadsTooFew),
            ("<ts> <level> <message", ReasonCode::PatternSyntax),
            ("<ts> <user> <message>", ReasonCode::PatternSyntax),
            ("<ts> <ts> <message>", ReasonCode::PatternSyntax),
            ("<ts><level> <message>", ReasonCode::PatternSyntax),
            ("<ts> <message> <level>", ReasonCode::PatternSyntax),
            ("@@ <service> {<ts>} (<level>) <message>", ReasonCode::PatternReadsTooFew),
            ("<ts> <level> <service>: <message>", ReasonCode::PatternReadsTooFew),
        ];
        for (pattern, code) in cases {
            assert_eq!(tried(pattern, &lines), Err(code), "{pattern}");
        }
        let others: Vec<String> = (10..60).map(|n| format!("2024-05-01 INFO svc{n}: ok")).collect();
        assert_eq!(tried("<ts> <level> <service>: <message>", &others), Err(ReasonCode::PatternReadsOthers));
        let words: Vec<String> = (10..70).map(|n| format!("[a b{n}] (WARN) up")).collect();
        assert_eq!(tried("[<ts>] (<level>) <message>", &words), Err(ReasonCode::PatternTimes));
        let mut backwards: Vec<String> =
            (0..60).rev().map(|n| format!("[2024-05-01 {:02}:00:00] up", n % 12 * 2)).collect();
        assert_eq!(tried("[<ts>] <message>", &backwards), Err(ReasonCode::PatternTimes));
        backwards.sort();
        assert_eq!(tried("[<ts>] <message>", &backwards), Ok(()));
    }
}
