//! What a schema cannot say: that evidence was sent, names are safe, numbers come from somewhere.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::super::data::without_marks;
use super::super::schema::{CHECK, Check, properties};
use super::super::subject::Subject;
use super::super::task::{MAX_PLACEHOLDER, Task, TaskKind};
use super::JudgeLimits;
use super::header::HeaderPattern;
use super::reason::{Note, Reason, ReasonCode};
use super::validate::{MAX_REASONS, pointer};

/// Collects what is wrong and what is worth knowing.
pub(super) struct Meaning<'a> {
    pub(super) task: &'a Task,
    pub(super) limits: &'a JudgeLimits,
    pub(super) reasons: Vec<Reason>,
    pub(super) notes: Vec<Note>,
    /// The least confidence that was stated.
    pub(super) confidence: Option<f64>,
    /// The numbers that were sent; read when the first is asked for.
    numbers: Option<BTreeSet<String>>,
    /// The placeholders that were sent; read when the first is asked for.
    placeholders: Option<BTreeSet<&'a str>>,
}

/// The most notes about numbers.
const MAX_NOTES: usize = 20;
/// A quotation that is shorter must be all of a text.
const SHORTEST_QUOTE: usize = 8;
/// `milliseconds`
const LONGEST_UNIT: usize = 12;

impl<'a> Meaning<'a> {
    pub(super) fn new(task: &'a Task, limits: &'a JudgeLimits, notes: Vec<Note>) -> Meaning<'a> {
        Meaning { task, limits, reasons: Vec::new(), notes, confidence: None, numbers: None, placeholders: None }
    }

    fn wrong(&mut self, code: ReasonCode, path: &str, message: impl Into<String>, found: &str) {
        if self.reasons.len() < MAX_REASONS {
            self.reasons.push(Reason::new(code, path, message).found(found));
        }
    }

    /// Looks through a value that fits its schema.
    pub(super) fn look(&mut self, value: &Value, schema: &Value, path: &str) {
        let check = schema.get(CHECK).and_then(Value::as_str).and_then(Check::named);
        match value {
            Value::String(text) => self.look_at_text(text, check, schema.get("enum").is_some(), path),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                match check {
                    // Whatever a host's schema says of it.
                    Some(Check::Confidence) if !(0.0..=1.0).contains(&number) => {
                        let found = number.to_string();
                        self.wrong(ReasonCode::OutOfRange, path, "must be at least 0 and at most 1", &found);
                    }
                    Some(Check::Confidence) => {
                        self.confidence = Some(self.confidence.map_or(number, |least| least.min(number)));
                    }
                    Some(Check::LineCount) => self.line_count(number, path),
                    _ => {}
                }
            }
            Value::Array(items) => {
                if check == Some(Check::EachIdOnce) {
                    self.each_once(items, path);
                }
                let Some(schema) = schema.get("items") else { return };
                for (nth, item) in items.iter().enumerate() {
                    self.look(item, schema, &format!("{path}/{nth}"));
                }
            }
            Value::Object(fields) => {
                let Some(known) = properties(schema) else { return };
                for (name, value) in fields {
                    if let Some(schema) = known.get(name) {
                        self.look(value, schema, &format!("{path}/{}", pointer(name)));
                    }
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn look_at_text(&mut self, text: &str, check: Option<Check>, closed: bool, path: &str) {
        match check {
            Some(Check::Evidence) => self.evidence(text, path),
            Some(Check::Id) => {
                let letter = asked_letter(self.task.kind);
                if !self.is_id(text) || letter.is_some_and(|letter| !text.starts_with(letter)) {
                    let such = letter.map(|letter| format!(", such as {letter}1")).unwrap_or_default();
                    let message = format!("must be an id of what is asked about{such}");
                    self.wrong(ReasonCode::UnknownId, path, message, text);
                }
            }
            Some(Check::Name) => self.name(text, path),
            Some(Check::Unit) => self.unit(text, path),
            Some(Check::HeaderPattern) => self.header(text, path),
            _ if closed => {}
            _ => {
                self.placeholders(text, path);
                self.numbers(text, path);
            }
        }
    }

    fn is_id(&self, text: &str) -> bool {
        self.task.evidence.iter().any(|sent| sent.id == text)
    }

    fn evidence(&mut self, text: &str, path: &str) {
        let quote = text.trim();
        if self.is_id(quote) {
            return;
        }
        let lines = lines_of(self.task);
        if lines.iter().any(|(line, log)| quotes(quote, line, log)) {
            return;
        }
        if without_marks(quote).chars().count() < SHORTEST_QUOTE {
            let message = format!("must be an id of the data, or {SHORTEST_QUOTE} characters of it at least");
            return self.wrong(ReasonCode::EvidenceTooShort, path, message, text);
        }
        let message = "does not occur in the data; copy a text from one line of it letter by letter, or name an id";
        self.wrong(ReasonCode::EvidenceNotFound, path, message, text);
    }

    fn name(&mut self, text: &str, path: &str) {
        let mut bytes = text.bytes();
        let first = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase());
        if !first || !bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            let message = "must be a name of lower-case letters, digits and underscores that begins with a letter";
            self.wrong(ReasonCode::BadName, path, message, text);
        }
    }

    fn unit(&mut self, text: &str, path: &str) {
        let good = |c: char| {
            c.is_alphanumeric() || matches!(c, ' ' | '/' | '%' | '°' | '^' | '*' | '.' | '-' | '_' | '$' | '€' | '£')
        };
        if text.trim().is_empty() || !text.chars().all(good) {
            let message = "must be a unit such as ms or requests/s, of letters, digits and / % ° ^ * . - only, or null";
            self.wrong(ReasonCode::BadName, path, message, text);
        }
    }

    fn line_count(&mut self, number: f64, path: &str) {
        let Some(Subject::Batch { .. }) = self.task.subject() else { return };
        let sent = self.task.evidence.len() as f64;
        #[allow(clippy::float_cmp, reason = "both are whole numbers")]
        if number != sent {
            let message = format!("must be the number of lines in the data, {sent}");
            self.wrong(ReasonCode::LineCount, path, message, &number.to_string());
        }
    }

    /// The ids and names of a list occur once each; what was sent and is not there is noted.
    fn each_once(&mut self, items: &[Value], path: &str) {
        let mut ids = BTreeSet::new();
        for field in ["id", "name"] {
            let mut seen = BTreeSet::new();
            for (nth, item) in items.iter().enumerate() {
                let Some(text) = item.get(field).and_then(Value::as_str) else { continue };
                if !seen.insert(text) {
                    self.wrong(
                        ReasonCode::Repeated,
                        &format!("{path}/{nth}/{field}"),
                        "occurs twice in the list",
                        text,
                    );
                }
            }
            if field == "id" {
                ids = seen;
            }
        }
        let Some(letter) = asked_letter(self.task.kind) else { return };
        for sent in self.task.evidence.iter().filter(|sent| sent.id.starts_with(letter)) {
            if !ids.contains(sent.id.as_str()) && self.notes.len() < MAX_NOTES {
                self.notes.push(Note::Unanswered { id: sent.id.clone() });
            }
        }
    }

    fn header(&mut self, text: &str, path: &str) {
        let tried = match self.task.subject() {
            Some(Subject::Header { samples, .. }) => {
                HeaderPattern::read_for(text, &samples.must).and_then(|pattern| pattern.try_on(samples, self.limits))
            }
            _ => HeaderPattern::read(text).map(drop),
        };
        if let Err((code, message)) = tried {
            self.wrong(code, path, message, text);
        }
    }

    /// A placeholder that was not sent stands for a value that nobody knows.
    fn placeholders(&mut self, text: &str, path: &str) {
        let mut rest = text;
        while let Some(start) = rest.find('<') {
            rest = rest.get(start + 1..).unwrap_or_default();
            let near = rest.bytes().take(MAX_PLACEHOLDER).position(|byte| byte == b'>');
            let Some(end) = near else { continue };
            let name = rest.get(..end).unwrap_or_default();
            if is_given(name) && !self.sent_placeholders().contains(name) {
                let message = "has a placeholder that is not in the data";
                self.wrong(ReasonCode::UnknownPlaceholder, path, message, &format!("<{name}>"));
            }
        }
    }

    fn sent_placeholders(&mut self) -> &BTreeSet<&'a str> {
        let task = self.task;
        self.placeholders.get_or_insert_with(|| {
            let inside = task.data.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(name, _)| name));
            inside.filter(|name| is_given(name)).collect()
        })
    }

    fn numbers(&mut self, text: &str, path: &str) {
        let task = self.task;
        let sent = self
            .numbers
            .get_or_insert_with(|| numbers_in(&task.data).chain(numbers_in(&task.system)).map(value_of).collect());
        for number in numbers_in(text) {
            if !sent.contains(&value_of(number)) && self.notes.len() < MAX_NOTES {
                self.notes.push(Note::UnknownNumber { path: path.to_owned(), number: number.to_owned() });
            }
        }
    }
}

/// The lines of the data that show log text, each with where that stands in it: without our words before it and our marks behind it.
fn lines_of(task: &Task) -> Vec<(&str, Range<usize>)> {
    let mut sent = task.evidence.iter().peekable();
    let shown = task.data.lines().filter_map(|line| {
        let id = line.split(' ').next();
        // In the same order; lines without an id are ours.
        let sent = sent.next_if(|sent| Some(sent.id.as_str()) == id)?;
        let log = sent.text.get(sent.own..).unwrap_or_default();
        let start = line.strip_suffix(log)?.len();
        Some((line, start..start + without_marks(log).len()))
    });
    shown.filter(|(_, log)| !log.is_empty()).collect()
}

/// Whether a quotation stands in a line letter by letter, with enough of the log text in it, or all of that.
fn quotes(quote: &str, line: &str, log: &Range<usize>) -> bool {
    let count = |range: Range<usize>| line.get(range).map_or(0, |text| text.chars().count());
    let enough = SHORTEST_QUOTE.min(count(log.clone()));
    !quote.is_empty()
        && line.match_indices(quote).any(|(at, _)| {
            let (start, end) = (at.max(log.start), (at + quote.len()).min(log.end));
            start < end && count(start..end) >= enough
        })
}

/// The letter of the ids that are asked about, where it is one: the examples of a template have ids, too.
fn asked_letter(kind: TaskKind) -> Option<char> {
    match kind {
        TaskKind::ClassifyTemplates => Some('t'),
        TaskKind::NameParameters => Some('p'),
        _ => None,
    }
}

/// Whether it reads as what stands for a value: `EMAIL_1`, `ORDER2_17`, `EMAIL:k7q2m5xw`.
fn is_given(name: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let all = |text: &str, wanted: fn(u8) -> bool| !text.is_empty() && text.bytes().all(wanted);
    match name.split_once(':') {
        Some((kind, hash)) => word(kind) && all(hash, |b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b)),
        None => name.rsplit_once('_').is_some_and(|(kind, number)| word(kind) && all(number, |b| b.is_ascii_digit())),
    }
}

/// The numbers of a text: digits with dots, commas and low lines inside, perhaps with a unit. Those inside words and identifiers
/// (`t1`, `node12`) are none.
fn numbers_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | ',' | '_')));
    words.flat_map(date_and_time).flat_map(|word| {
        let word = word.trim_matches(['.', ',']);
        let exponent = word.split_once(['e', 'E']).is_some_and(|(number, power)| is_plain(number) && is_plain(power));
        if exponent { vec![word] } else { with_units(word) }
    })
}

fn is_plain(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// The number of `37ms`, the numbers of `5m30s`; none of a word in which something else stands.
fn with_units(word: &str) -> Vec<&str> {
    let mut numbers = Vec::new();
    let mut rest = word;
    while !rest.is_empty() {
        let inside = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'_');
        let (digits, behind) = rest.split_at(rest.bytes().take_while(inside).count());
        let unit = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, more) = behind.split_at(unit);
        let one = unit.len() <= LONGEST_UNIT && unit.chars().all(char::is_alphabetic);
        let several = one && TIMES.contains(&unit);
        let digits = digits.trim_end_matches(['.', ',', '_']);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) || !(one && more.is_empty() || several) {
            return Vec::new();
        }
        numbers.push(digits);
        rest = more;
    }
    numbers
}

/// Units of times, of which several make one: `2h15m`.
const TIMES: [&str; 7] = ["d", "h", "m", "min", "s", "ms", "us"];

/// The `12T10` of `2026-03-12T10:00:00Z` is two numbers; another word is itself.
fn date_and_time(word: &str) -> impl Iterator<Item = &str> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let two = word.split_once('T').filter(|(date, time)| digits(date) && digits(time));
    let (first, second) = two.map_or((word, None), |(date, time)| (date, Some(time)));
    std::iter::once(first).chain(second)
}

/// A number as it is written plainly: `1,024` is `1024`, `6.0` is `6`, `05` is `5`; an address or a version is itself.
fn value_of(number: &str) -> String {
    if number.bytes().filter(|&byte| byte == b'.').count() > 1 {
        return number.to_owned();
    }
    // `1,5` is one and a half in half of the world.
    let is_decimal =
        number.rsplit_once(',').is_some_and(|(_, part)| part.len() != 3) && number.matches(',').count() == 1;
    let plain = if is_decimal { number.replace(',', ".") } else { number.replace([',', '_'], "") };
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_with_their_units_and_without_names() {
        let of = |text| numbers_in(text).collect::<Vec<_>>();
        assert_eq!(of("took 37ms, 1,024 of 2.5 GB (90%) on node12 at t1, v1_2."), ["37", "1,024", "2.5", "90"]);
        assert_eq!(of("5xx and 10.0.0.7"), ["5", "10.0.0.7"]);
        assert_eq!(of("1_000 rows in 500minutes, 3fa9c"), ["1_000", "500"]);
        assert_eq!(of("at 2026-03-12T10:05:37.250Z"), ["2026", "03", "12", "10", "05", "37.250"]);
        assert_eq!(of("12TB in 12T, 12T10x"), ["12", "12"]);
        assert_eq!(of("1e9 rows, 1.7e6, in 5m30s or 2h15m, not 0x1f"), ["1e9", "1.7e6", "5", "30", "2", "15"]);
        assert!(of("no numbers, t1 or e12").is_empty());
    }

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        for (written, plain) in [
            ("1,024", "1024"),
            ("1,024,000", "1024000"),
            ("1,5", "1.5"),
            ("6.0", "6"),
            ("05", "5"),
            ("000", "0"),
            ("0.50", "0.5"),
            ("10.0.0.0", "10.0.0.0"),
            ("9007199254740993", "9007199254740993"),
        ] {
            assert_eq!(value_of(written), plain);
        }
    }

    #[test]
    fn placeholders_are_those_with_a_number() {
        assert!(is_given("EMAIL_1") && is_given("API_KEY_12") && is_given("ORDER2_3") && is_given("EMAIL:k7q2m5xw"));
        assert!(!is_given("NUM") && !is_given("*") && !is_given("_1") && !is_given("b_1") && !is_given(":NUM:"));
    }
}
