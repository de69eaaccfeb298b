//! Lines that are about to be measured.

use drainrs_bench::corpus::Stream;

/// Lines in one buffer.
#[derive(Default)]
pub(crate) struct Input {
    data: Vec<u8>,
    ends: Vec<usize>,
}

impl Input {
    /// Adds a line.
    pub(crate) fn push(&mut self, line: &[u8]) {
        self.data.extend_from_slice(line);
        self.ends.push(self.data.len());
    }

    /// The lines.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let line = &self.data[start..end];
            start = end;
            line
        })
    }

    /// How many lines.
    pub(crate) fn lines(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of the lines, each with its newline, so that empty lines are something.
    pub(crate) fn bytes(&self) -> usize {
        self.data.len() + self.ends.len()
    }
}

/// Lines as many services write them, of about so many bytes.
pub(crate) fn usual(bytes: usize) -> Input {
    let corpus = Stream::Mixed.generate(bytes / 70 + 1);
    let mut input = Input::default();
    corpus.lines().into_iter().for_each(|line| input.push(line));
    input
}
