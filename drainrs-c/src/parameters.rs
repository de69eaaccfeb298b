//! The parameters of many texts as columns.

use drainrs::Parameter;

/// One entry per parameter; those of text `i` end at `ends[i]` and begin where those of the text before it end.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) ends: Vec<u32>,
    pub(crate) starts: Vec<u32>,
    pub(crate) stops: Vec<u32>,
    pub(crate) classes: Vec<u8>,
    pub(crate) tokens: Vec<u32>,
}

impl Parameters {
    pub(crate) fn push(&mut self, parameters: impl Iterator<Item = Parameter>) {
        for parameter in parameters {
            self.starts.push(parameter.span.start);
            self.stops.push(parameter.span.end);
            self.classes.push(parameter.class.index());
            self.tokens.push(parameter.token);
        }
        self.end();
    }

    /// A text without parameters, or the end of one's.
    pub(crate) fn end(&mut self) {
        self.ends.push(u32::try_from(self.starts.len()).unwrap_or(u32::MAX));
    }

    pub(crate) fn clear(&mut self) {
        self.ends.clear();
        self.starts.clear();
        self.stops.clear();
        self.classes.clear();
        self.tokens.clear();
    }
}
