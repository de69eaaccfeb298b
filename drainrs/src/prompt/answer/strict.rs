//! JSON as strictly as it is meant: one value, no name twice, not deep.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::reason::{Reason, ReasonCode};

/// How deep an answer may be. The ready schemas need 5.
const MAX_DEPTH: usize = 24;

/// Reads one value that fills the text.
pub(super) fn read(text: &str) -> Result<Value, Reason> {
    let mut from = serde_json::Deserializer::from_str(text);
    let seed = Strict { depth: 0 };
    let value = seed.deserialize(&mut from).and_then(|value| from.end().map(|()| value));
    value.map_err(|error| {
        let told = error.to_string();
        let code = if told.starts_with(TWICE) {
            ReasonCode::DuplicateKey
        } else if told.starts_with(DEEP) || told.starts_with("recursion limit") {
            ReasonCode::TooDeep
        } else {
            ReasonCode::Syntax
        };
        // What serde says may quote the answer; the place is enough to repair it.
        let sentence = match code {
            ReasonCode::DuplicateKey => "a name occurs twice in an object",
            ReasonCode::TooDeep => "the answer is nested too deeply",
            _ if error.is_eof() => "the answer ends in the middle of a value",
            _ => "the answer is not JSON",
        };
        Reason::new(code, "", format!("{sentence} (line {}, column {})", error.line(), error.column()))
    })
}

const TWICE: &str = "twice: ";
const DEEP: &str = "too deep";

#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: de::Error>(self) -> Result<Strict, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(DEEP));
        }
        Ok(Strict { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(deeper)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(deeper)?;
            if map.insert(name, value).is_some() {
                return Err(de::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_single_plain_value_is_refused() {
        let code = |text: &str| read(text).map_err(|reason| reason.code);
        assert_eq!(code(r#"{"a": [1, -2, 0.5, null, true, "x"]}"#).unwrap()["a"][2], 0.5);
        assert_eq!(code(r#"{"a": 1, "a": 2}"#), Err(ReasonCode::DuplicateKey));
        assert_eq!(code(r#"{"a": {"b": 1, "b": 1}}"#), Err(ReasonCode::DuplicateKey));
        assert_eq!(code(&"[".repeat(100_000)), Err(ReasonCode::TooDeep));
        assert_eq!(code(&format!("{}{}", "[".repeat(30), "]".repeat(30))), Err(ReasonCode::TooDeep));
        assert_eq!(code(r#"{"a": 1} {"a": 2}"#), Err(ReasonCode::Syntax));
        assert_eq!(code(r#"{"a": 1,}"#), Err(ReasonCode::Syntax));
        assert_eq!(code(r#"{"a": NaN}"#), Err(ReasonCode::Syntax));
        assert_eq!(code(r#"{"a": "1"#), Err(ReasonCode::Syntax));
    }
}
