//! What mining a line gives.

use super::Class;
use crate::text::Span;

/// What a line did to the set of templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Change {
    /// Nothing: the line fits a template as it stands.
    Unchanged = 0,
    /// A new template was born.
    Created = 1,
    /// A template became more general to take the line in.
    Widened = 2,
}

/// A variable part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Where it stands in the line that was given.
    pub span: Span,
    /// What it is; [`Placeholders::name`](crate::Placeholders::name) says how it is called.
    pub class: Class,
    /// The number of the token in the template, from 0.
    pub token: u32,
}

impl Parameter {
    /// From its parts.
    pub(crate) fn new(span: Span, class: Class, token: usize) -> Parameter {
        Parameter { span, class, token: token as u32 }
    }
}
