//! One log event, put together from the physical lines that it was printed on.

/// An event of one or more lines. In documents its bytes are text; what is not UTF-8 is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Joined<'a> {
    /// The lines, with `\n` between them; the head of them when the event is truncated.
    #[serde(serialize_with = "crate::text::serialize_lossy")]
    pub text: &'a [u8],
    /// How many lines belong to the event, those that were cut off included.
    pub lines: u32,
    /// The number of the event's first line in the stream, from 0.
    pub first_line: u64,
    /// Whether a limit was reached and the tail of the text is missing.
    pub truncated: bool,
}

impl<'a> Joined<'a> {
    /// From its parts.
    pub(crate) fn new(text: &'a [u8], lines: u32, first_line: u64, truncated: bool) -> Joined<'a> {
        Joined { text, lines, first_line, truncated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_the_bytes_as_text() {
        let document = serde_json::to_string(&Joined::new(b"a\n\xff", 2, 7, false)).unwrap();
        assert_eq!(document, "{\"text\":\"a\\n\u{fffd}\",\"lines\":2,\"first_line\":7,\"truncated\":false}");
    }
}
