//! Lines in a buffer: splitting at newlines, and batches as one buffer plus an array of ends.

/// Splits a buffer at `\n`. A last line without a newline counts; a carriage return before the newline belongs to the
/// ending and is left out. Cost: one `memchr` per line.
///
/// ```
/// let lines: Vec<&[u8]> = drainrs::Lines::new(b"a\r\nb\n\nc").collect();
/// assert_eq!(lines, [b"a".as_slice(), b"b", b"", b"c"]);
/// ```
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    /// Over all lines of a buffer.
    pub fn new(buffer: &'a [u8]) -> Lines<'a> {
        Lines { rest: buffer }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = match memchr::memchr(b'\n', self.rest) {
            Some(at) => (&self.rest[..at], &self.rest[at + 1..]),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// Many lines as one buffer and the offset of each line's end: the layout that cgo allows to be passed and that Arrow uses.
///
/// Line `i` is `buffer[ends[i - 1]..ends[i]]`. Ends that run backwards or past the buffer give empty lines, never a panic.
///
/// ```
/// let batch = drainrs::LineBatch::new(b"onetwo", &[3, 6]);
/// assert_eq!(batch.iter().collect::<Vec<_>>(), [b"one", b"two"]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LineBatch<'a> {
    buffer: &'a [u8],
    ends: &'a [u32],
}

impl<'a> LineBatch<'a> {
    /// Over a buffer and its line ends.
    pub fn new(buffer: &'a [u8], ends: &'a [u32]) -> LineBatch<'a> {
        LineBatch { buffer, ends }
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The lines, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let buffer = self.buffer;
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let line = buffer.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            line
        })
    }
}
