//! JSON as jsonpickle writes it, read as data: nothing is imported, created or called.
//!
//! The reader keeps the order of keys, which is the order of Drain3's tree, and does not recurse: a document may nest as deep
//! as a tree does, and no deeper than [`MAX_NESTING`].

use std::borrow::Cow;

use crate::error::{Error, ErrorKind};

/// A level of Drain3's tree takes five brackets, and there are 62 of them at most.
const MAX_NESTING: usize = 512;

/// jsonpickle's mark of a key that is no string, or looks as if it were none.
const ENCODED_KEY: &str = "json://";

/// A value of the document. It borrows from the text what it can.
#[derive(Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool,
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl Json<'_> {
    /// The value of a key; of the last one, as in Python, if there are several.
    pub(super) fn entry(&self, name: &str) -> Option<&Json<'_>> {
        let Json::Object(entries) = self else { return None };
        entries.iter().rfind(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// An attribute of an object, wherever the versions of jsonpickle and Python put it: beside the class, in a state, or in
    /// the second half of a state for classes with slots.
    pub(super) fn attribute(&self, name: &str) -> Option<&Json<'_>> {
        match self.entry("py/state") {
            None => self.entry(name),
            Some(state) => match state.items() {
                Some(halves) => halves.iter().find_map(|half| half.entry(name)),
                None => state.entry(name),
            },
        }
    }

    /// The items of a list or a tuple.
    pub(super) fn items(&self) -> Option<&[Json<'_>]> {
        match self {
            Json::List(items) => Some(items),
            _ => match self.entry("py/tuple")? {
                Json::List(items) => Some(items),
                _ => None,
            },
        }
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Json::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// What a value is, for sentences about those that should be something else.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Json::Null => "nothing",
            Json::Bool => "a truth value",
            Json::Number(_) => "a number",
            Json::Text(_) => "a text",
            Json::List(_) => "a list",
            Json::Object(_) if self.entry("py/id").is_some() => "a reference (py/id), which Drain3 never writes here",
            Json::Object(_) => "an object",
        }
    }
}

/// The text that a key stands for. jsonpickle encodes texts that look encoded themselves, but forgets it in places: there the
/// key is meant as it is.
pub(super) fn key_text(key: &str) -> Cow<'_, str> {
    let encoded = key.strip_prefix(ENCODED_KEY).and_then(|encoded| serde_json::from_str::<String>(encoded).ok());
    match encoded.filter(|text| text.starts_with(ENCODED_KEY)) {
        Some(text) => Cow::Owned(text),
        None => Cow::Borrowed(key),
    }
}

/// The number that a key stands for. Drain3 0.9.1 and older wrote numbers as texts.
pub(super) fn key_number(key: &str) -> Option<u64> {
    key.strip_prefix(ENCODED_KEY).unwrap_or(key).parse().ok()
}

/// Whether a key is written as the older way has it.
pub(super) fn is_plain_key(key: &str) -> bool {
    !key.starts_with(ENCODED_KEY)
}

/// A list or an object that is not closed yet.
enum Open<'a> {
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>, Cow<'a, str>),
}

/// Reads a document.
pub(super) fn read(document: &[u8]) -> Result<Json<'_>, Error> {
    let text = std::str::from_utf8(document).map_err(|error| wrong(error.valid_up_to(), "the text is not UTF-8"))?;
    let mut from = Source { text, at: 0 };
    let mut open: Vec<Open<'_>> = Vec::new();
    loop {
        let mut value = match from.next_byte() {
            Some(b'[') => {
                from.at += 1;
                if from.next_byte() != Some(b']') {
                    from.nest(&mut open, Open::List(Vec::new()))?;
                    continue;
                }
                from.at += 1;
                Json::List(Vec::new())
            }
            Some(b'{') => {
                from.at += 1;
                if from.next_byte() != Some(b'}') {
                    let key = from.key()?;
                    from.nest(&mut open, Open::Object(Vec::new(), key))?;
                    continue;
                }
                from.at += 1;
                Json::Object(Vec::new())
            }
            _ => from.scalar()?,
        };
        // A value ends: so may what it stands in, and what that stands in.
        loop {
            let next = match open.last() {
                None => {
                    let end = from.next_byte().is_none();
                    return if end { Ok(value) } else { Err(wrong(from.at, "text after the end of the document")) };
                }
                Some(_) => from.next_byte(),
            };
            match (open.pop(), next) {
                (Some(Open::List(mut items)), Some(b',' | b']')) => {
                    from.at += 1;
                    items.push(value);
                    if next == Some(b',') {
                        open.push(Open::List(items));
                        break;
                    }
                    value = Json::List(items);
                }
                (Some(Open::Object(mut entries, key)), Some(b',' | b'}')) => {
                    from.at += 1;
                    entries.push((key, value));
                    if next == Some(b',') {
                        open.push(Open::Object(entries, from.key()?));
                        break;
                    }
                    value = Json::Object(entries);
                }
                (_, Some(_)) => return Err(wrong(from.at, "expected a comma or a closing bracket")),
                (_, None) => return Err(wrong(from.at, "the document is cut off")),
            }
        }
    }
}

fn wrong(at: usize, message: &str) -> Error {
    Error::new(ErrorKind::Snapshot, format!("byte {at}"), format!("{message}; is this the JSON that Drain3 saved?"))
}

/// The text, and how far it is read.
struct Source<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Source<'a> {
    /// The next byte that is no white space, not taken.
    fn next_byte(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += blanks;
        rest.get(blanks).copied()
    }

    fn nest(&self, open: &mut Vec<Open<'a>>, inner: Open<'a>) -> Result<(), Error> {
        if open.len() >= MAX_NESTING {
            return Err(wrong(self.at, "nested too deep"));
        }
        open.push(inner);
        Ok(())
    }

    fn key(&mut self) -> Result<Cow<'a, str>, Error> {
        if self.next_byte() != Some(b'"') {
            return Err(wrong(self.at, "expected a key"));
        }
        let key = self.string()?;
        if self.next_byte() != Some(b':') {
            return Err(wrong(self.at, "expected a colon after a key"));
        }
        self.at += 1;
        Ok(key)
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        let start = self.at;
        let inside = &self.text.as_bytes()[start + 1..];
        let mut len = 0;
        let mut plain = true;
        loop {
            match inside.get(len) {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    len += 2;
                }
                Some(0..0x20) => return Err(wrong(start + 1 + len, "a control character in a text")),
                Some(_) => len += 1,
                None => return Err(wrong(start, "a text is not closed")),
            }
        }
        self.at = start + len + 2;
        if plain {
            return Ok(Cow::Borrowed(&self.text[start + 1..=start + len]));
        }
        let decoded = serde_json::from_str::<String>(&self.text[start..self.at]);
        decoded.map(Cow::Owned).map_err(|error| {
            let reason = error.to_string();
            wrong(start, &format!("a text has an escape that is no character ({reason})"))
        })
    }

    fn scalar(&mut self) -> Result<Json<'a>, Error> {
        let rest = &self.text[self.at..];
        if rest.starts_with('"') {
            return self.string().map(Json::Text);
        }
        let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count();
        let word = &rest[..len];
        let value = match word {
            "null" => Json::Null,
            "true" | "false" => Json::Bool,
            // Python's own addition to JSON.
            "NaN" | "Infinity" | "-Infinity" => Json::Number(word),
            "" if rest.is_empty() => return Err(wrong(self.at, "the document is cut off")),
            _ if serde_json::from_str::<serde_json::Number>(word).is_ok() => Json::Number(word),
            _ => return Err(wrong(self.at, "expected a value")),
        };
        self.at += len;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of keys apart, `serde_json` is the measure.
    fn as_value(json: &Json<'_>) -> serde_json::Value {
        match json {
            Json::Null => serde_json::Value::Null,
            Json::Bool => true.into(),
            Json::Number(digits) => serde_json::from_str(digits).unwrap(),
            Json::Text(text) => text.as_ref().into(),
            Json::List(items) => items.iter().map(as_value).collect::<Vec<_>>().into(),
            Json::Object(entries) => entries
                .iter()
                .map(|(key, value)| (key.to_string(), as_value(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    #[test]
    fn documents_are_read_as_serde_json_reads_them() {
        for text in [
            "[]",
            "{}",
            " [ 1 , -2.5e3 , true , null , \"\" ] ",
            r#"{"a": {"b": [{}, [], [[]]]}, "c": "\u00e9\n\"\\"}"#,
            "7",
            "\"\u{e9}\"",
            r#"{"": ""}"#,
            r#"["\ud83d\ude00"]"#,
        ] {
            assert_eq!(
                as_value(&read(text.as_bytes()).unwrap()),
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
        }
        for text in [
            "",
            " ",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "{",
            "{1:2}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1",
            "]",
            "[}",
            "{]",
            "[1}",
            "[1 2]",
            "1 2",
            "tru",
            "\"",
            "\"\\",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\n\"",
            "01",
            "+1",
            "- 1",
            "\\",
            "x",
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Snapshot, "{text}");
            assert!(error.path().starts_with("byte "), "{text}: {error}");
        }
        assert!(read(b"[\xff]").is_err());
    }

    #[test]
    fn depth_is_limited_and_costs_no_stack() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(read(nested(MAX_NESTING).as_bytes()).is_ok());
        assert!(read(nested(1_000_000).as_bytes()).unwrap_err().to_string().contains("nested too deep"));
    }

    #[test]
    fn keys_and_attributes_are_found_where_each_version_puts_them() {
        for text in [
            r#"{"py/object": "C", "size": 3}"#,
            r#"{"py/object": "C", "py/state": {"size": 3}}"#,
            r#"{"py/object": "C", "py/state": {"py/tuple": [null, {"size": 3}]}}"#,
            r#"{"py/object": "C", "py/state": [{"x": 1}, {"size": 3}]}"#,
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().attribute("size").and_then(Json::number), Some(3), "{text}");
        }
        assert_eq!((key_number("json://12"), key_number("12"), key_number("json://x")), (Some(12), Some(12), None));
        assert_eq!(key_text(r#"json://"json://a""#), "json://a");
        assert_eq!(
            (key_text("a"), key_text("json://1"), key_text("json://x")),
            ("a".into(), "json://1".into(), "json://x".into())
        );
    }
}
