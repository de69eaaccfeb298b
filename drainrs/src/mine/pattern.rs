//! Lines without loss: a template's pattern and a line's values give back every byte of the line.
//!
//! A store that keeps each pattern once, by its content id, and of each line only the values, keeps everything:
//!
//! ```
//! use drainrs::{Miner, MinerConfig};
//! let mut miner = Miner::build(&MinerConfig::default())?;
//! let line = b"took 37 ms  to send 2 parts".as_slice();
//! let hit = miner.insert(line);
//! let encoded = hit.encode(line).unwrap();
//! assert_eq!(encoded.values, [&b"37"[..], b"2"]);
//! assert_eq!(encoded.gaps, [(2, &b"  "[..])], "two blanks where the pattern has one");
//! let (content, id) = (encoded.content, hit.template);
//! let template = miner.template(id).unwrap();
//! assert_eq!(template.content_id, content);
//! assert_eq!(template.pattern.render(&["37", "2"], &[(2, "  ")]), line);
//! # Ok::<(), drainrs::Error>(())
//! ```
//!
//! A template that widens gets another content id and another pattern; lines encoded before stay readable by the old one.

use super::edges::Edges;
use super::template::{Slot, Template, pieces_of};
use crate::flow::{Class, Tokens};
use crate::id::ContentId;

/// A part of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Constant bytes.
    #[serde(with = "bytes_or_text")]
    Text(Vec<u8>),
    /// A value, and what it is; [`Class::Word`] if values of several classes have been seen.
    Value(Class),
    /// The place between two tokens, at the beginning of the line and at its end: a blank, or nothing.
    Gap {
        /// Whether a blank stands here.
        blank: bool,
    },
}

/// A template as constants and places for values.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Pattern {
    /// The parts, in the order of the line.
    pub parts: Vec<Part>,
}

impl Pattern {
    /// The template with `<*>` for every value, as benchmarks and other miners write it.
    ///
    /// ```
    /// # let mut miner = drainrs::Miner::build(&drainrs::MinerConfig::default()).unwrap();
    /// let id = miner.insert(b"user 17 logged in from 10.0.0.7").template;
    /// assert_eq!(miner.template(id).unwrap().text, "user <NUM> logged in from <IP>");
    /// assert_eq!(miner.template(id).unwrap().pattern.plain(), "user <*> logged in from <*>");
    /// ```
    pub fn plain(&self) -> String {
        let mut plain = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => plain.push_str(&String::from_utf8_lossy(text)),
                Part::Value(_) => plain.push_str("<*>"),
                Part::Gap { blank } => plain.push_str(if *blank { " " } else { "" }),
            }
        }
        plain
    }

    /// The line whose values and unusual gaps are given. Values that are missing are left out, gaps that the pattern does
    /// not have are ignored.
    pub fn render<V: AsRef<[u8]>, G: AsRef<[u8]>>(&self, values: &[V], gaps: &[(u32, G)]) -> Vec<u8> {
        let mut line = Vec::new();
        let mut values = values.iter();
        let mut gaps = gaps.iter().peekable();
        let mut gap = 0;
        for part in &self.parts {
            match part {
                Part::Text(text) => line.extend_from_slice(text),
                Part::Value(_) => line.extend_from_slice(values.next().map_or(b"", AsRef::as_ref)),
                Part::Gap { blank } => {
                    match gaps.next_if(|(at, _)| *at == gap) {
                        Some((_, unusual)) => line.extend_from_slice(unusual.as_ref()),
                        None if *blank => line.push(b' '),
                        None => {}
                    }
                    gap += 1;
                }
            }
        }
        line
    }
}

/// What a store keeps of a line: see [`Hit::encode`](super::Hit::encode).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Encoded<'a> {
    /// Which pattern the line has.
    pub content: ContentId,
    /// The values, in the order of the pattern.
    pub values: Vec<&'a [u8]>,
    /// White space that differs from the pattern's: the number of the gap, counted from the beginning of the line, and what
    /// stands there. The last gap also holds what was cut off at the limits of a line.
    pub gaps: Vec<(u32, &'a [u8])>,
}

/// Bytes that are written as text where they are text.
mod bytes_or_text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(bytes),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Either::deserialize(deserializer)? {
            Either::Text(text) => text.into_bytes(),
            Either::Bytes(bytes) => bytes,
        })
    }
}

impl Template {
    /// The pattern of the template.
    pub(crate) fn pattern(&self) -> Pattern {
        let mut parts = vec![Part::Gap { blank: false }];
        let mut slots = self.slots.iter();
        let mut value = || {
            let slot = slots.next().copied().unwrap_or(Slot::new(0, 0, 0));
            let single = slot.classes.is_power_of_two().then(|| Class::from_index(slot.classes.trailing_zeros() as u8));
            Part::Value(single.unwrap_or(Class::Word))
        };
        let text = |bytes: &[u8]| (!bytes.is_empty()).then(|| Part::Text(bytes.to_vec()));
        for (at, &key) in self.keys.iter().enumerate() {
            let bytes = self.token_bytes(at);
            if key.is_value() {
                let Edges { head, tail, .. } = Edges::read(bytes);
                parts.extend(text(head).into_iter().chain([value()]).chain(text(tail)));
            } else if key.is_masked() {
                for (nth, piece) in pieces_of(bytes).enumerate() {
                    if nth > 0 {
                        parts.push(value());
                    }
                    parts.extend(text(piece));
                }
            } else {
                parts.extend(text(bytes));
            }
            let last = at + 1 == self.keys.len();
            parts.push(Part::Gap { blank: !last && !self.edges(at).glued });
        }
        Pattern { parts }
    }

    /// The values and unusual gaps of a line; `None` if the line only nearly has this pattern.
    pub(crate) fn encode<'a>(&self, tokens: &Tokens, line: &'a [u8]) -> Option<Encoded<'a>> {
        if tokens.is_rewritten() || tokens.len() != self.keys.len() || self.token_without_edges(tokens, line).is_some()
        {
            return None;
        }
        let values: Option<Vec<&[u8]>> =
            self.slots.iter().map(|slot| slot.value(tokens).map(|(span, _)| span.of(line))).collect();
        let mut gaps = Vec::new();
        let mut end = 0;
        for (at, span) in tokens.spans().iter().enumerate() {
            let gap = line.get(end..span.start as usize)?;
            let usual: &[u8] = if at == 0 || self.edges(at - 1).glued { b"" } else { b" " };
            if gap != usual {
                gaps.push((at as u32, gap));
            }
            end = span.end as usize;
        }
        let rest = line.get(end..)?;
        if !rest.is_empty() {
            gaps.push((tokens.len() as u32, rest));
        }
        Some(Encoded { content: self.content, values: values?, gaps })
    }
}
