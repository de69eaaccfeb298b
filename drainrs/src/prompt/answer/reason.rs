//! What is wrong with an answer, and what is worth knowing of a good one.

/// What is wrong. The names in documents are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasonCode {
    /// The task lacks what an answer is judged by: it was read from a document that may be sent instead of a saved one.
    IncompleteTask,
    /// The answer has more bytes than `max_answer_bytes`.
    TooLarge,
    /// The answer is not UTF-8.
    NotUtf8,
    /// There is no JSON object in it.
    NoJson,
    /// There are several, and nobody can say which one is meant.
    SeveralJson,
    /// It is not JSON.
    Syntax,
    /// It is nested too deeply.
    TooDeep,
    /// An object has a name twice.
    DuplicateKey,
    /// A value has a type that the schema does not allow.
    WrongType,
    /// A field is missing.
    MissingField,
    /// A field is not in the schema.
    UnknownField,
    /// A value is not one of those that the schema lists.
    NotInEnum,
    /// A number is out of its range.
    OutOfRange,
    /// A string or list is longer than allowed.
    TooLong,
    /// A string or list is shorter than allowed.
    TooShort,
    /// A quotation does not occur in what was sent.
    EvidenceNotFound,
    /// A quotation is so short that it would occur anywhere.
    EvidenceTooShort,
    /// An id was not sent.
    UnknownId,
    /// An id or name occurs twice.
    Repeated,
    /// A name is not one that programs can use.
    BadName,
    /// A placeholder was not sent: a value nobody knows.
    UnknownPlaceholder,
    /// The number of lines is not that of the lines that were sent.
    LineCount,
    /// A pattern does not read as one.
    PatternSyntax,
    /// A pattern matches anything.
    PatternTooGeneral,
    /// A pattern reads too few of the sample lines.
    PatternReadsTooFew,
    /// A pattern reads lines that it must not read.
    PatternReadsOthers,
    /// What a pattern takes for times are none, or run backwards.
    PatternTimes,
}

impl ReasonCode {
    /// The name as in documents.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// Why an answer was refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Reason {
    /// What is wrong.
    pub code: ReasonCode,
    /// Where: a JSON pointer into the answer, empty for the whole.
    pub path: String,
    /// A sentence that says what was asked for. It never repeats texts of the answer: it is sent back.
    pub message: String,
    /// What stood there, cut; for people, never sent back.
    pub found: String,
}

impl Reason {
    pub(in crate::prompt) fn new(code: ReasonCode, path: &str, message: impl Into<String>) -> Reason {
        Reason { code, path: path.to_owned(), message: message.into(), found: String::new() }
    }

    #[must_use]
    pub(super) fn found(mut self, found: &str) -> Reason {
        const LONGEST: usize = 120;
        self.found = found.chars().take(LONGEST).collect();
        self
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.path, self.message) }
    }
}

/// What is worth knowing of an answer that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Note {
    /// The object stood in a fenced block.
    Fenced,
    /// There was text around the object.
    Prose,
    /// A number that is not in the input: perhaps computed, perhaps invented.
    UnknownNumber {
        /// Where: a JSON pointer.
        path: String,
        /// The number as it is written.
        number: String,
    },
    /// Something that was sent has no answer.
    Unanswered {
        /// Its id.
        id: String,
    },
}
