//! One log event, put together from the physical lines that it was printed on.

/// An event of one or more lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Joined<'a> {
    /// The lines, with `\n` between them; the head of them when the event is truncated.
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
