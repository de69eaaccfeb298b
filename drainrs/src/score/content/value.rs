//! What a value is read as: a number in base units, or a text.

use xxhash_rust::xxh3::xxh3_64;

use crate::flow::Class;
use crate::text::{Unit, quantity};

/// A value of a place, for [`ValueModel`](super::ValueModel): a number, or a text that is read as a number if it is one.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A number without a unit.
    Number(f64),
    /// What stands in a line: `50ms`, `GET`, `/index.html`.
    Text(&'a [u8]),
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(text: &'a [u8]) -> Self {
        Value::Text(text)
    }
}

/// What the values of a class are judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Nothing: every value is another one, or a time.
    Skip,
    /// Being one of a few.
    Set,
    /// Being one of a few, then the length.
    Text,
    /// The number if it is one, else as a text.
    Number,
}

impl Treatment {
    #[inline]
    pub(super) fn of(class: Class) -> Treatment {
        match class {
            Class::Timestamp
            | Class::Date
            | Class::Time
            | Class::Uuid
            | Class::Hex
            | Class::Id
            | Class::Pod
            | Class::Trace
            | Class::Base64
            | Class::Mac => Treatment::Skip,
            Class::Ip | Class::Host | Class::Version | Class::Bool | Class::Null => Treatment::Set,
            Class::Url | Class::Email | Class::Path | Class::Quoted => Treatment::Text,
            Class::Word | Class::Number | Class::Size | Class::Duration | Class::Percent | Class::Mask(_) => {
                Treatment::Number
            }
        }
    }
}

/// A value that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// What tells it from others: the bits of the number, or a hash of the text.
    pub(super) key: u64,
    /// The number with its unit.
    pub(super) number: Option<(f64, Unit)>,
    /// Whether lengths are compared when there are too many different texts.
    pub(super) sized: bool,
    /// As it was written; empty where a number was given.
    pub(super) text: &'a [u8],
}

impl<'a> Reading<'a> {
    /// `None`: a number that is infinite or none.
    #[inline]
    pub(super) fn new(value: Value<'a>, treatment: Treatment) -> Option<Reading<'a>> {
        let (number, text) = match value {
            Value::Number(number) if number.is_finite() => (Some((number, Unit::Plain)), b"".as_slice()),
            Value::Number(_) => return None,
            Value::Text(text) if treatment == Treatment::Number => {
                (quantity(text).map(|found| (found.value, found.unit)), text)
            }
            Value::Text(text) => (None, text),
        };
        let key = match number {
            // Both zeros are one value.
            Some((number, _)) => (number + 0.0).to_bits(),
            None => xxh3_64(text),
        };
        Some(Reading { key, number, sized: treatment != Treatment::Set, text })
    }
}
