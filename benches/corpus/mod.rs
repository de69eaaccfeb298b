//! Corpora: streams of lines, generated or read.
//!
//! | name | lines like | bytes per line | statements |
//! |---|---|---|---|
//! | `hdfs` | a distributed file system | 93 | 30 |
//! | `hdfs-raw` | the same with its header of date, time, process, level, component | 137 | 30 |
//! | `kernel` | booting kernels | 52 | 5,000 |
//! | `mixed` | many services through one pipe | 70 | 576 |
//! | `json` | compact JSON, one token per line | 150 | 3 |
//!
//! Lines are distinct where their values are; how often a statement occurs is skewed, as it is in programs.

mod hdfs;
mod json;
mod kernel;
mod mixed;
mod odd;
mod phrase;
mod random;
mod shape;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use drainrs::Lines;
pub use odd::odd_line;
pub use random::Random;

/// A stream of lines.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// What it is called in the name of a benchmark.
    pub name: String,
    /// The lines, each with its newline.
    pub data: Vec<u8>,
    /// How many different statements wrote it; 0 if unknown.
    pub statements: usize,
}

/// The streams that can be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Few statements, long lines.
    Hdfs,
    /// The same behind a header.
    HdfsRaw,
    /// Thousands of statements, short lines.
    Kernel,
    /// Several hundred statements of all kinds.
    Mixed,
    /// One token per line.
    Json,
}

const SEED: u64 = 0x6472_6169_6e72_7321;

impl Stream {
    /// All streams.
    pub const ALL: [Stream; 5] = [Stream::Hdfs, Stream::HdfsRaw, Stream::Kernel, Stream::Mixed, Stream::Json];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Stream::Hdfs => "hdfs",
            Stream::HdfsRaw => "hdfs-raw",
            Stream::Kernel => "kernel",
            Stream::Mixed => "mixed",
            Stream::Json => "json",
        }
    }

    /// The first lines of the stream: always the same.
    pub fn generate(self, lines: usize) -> Corpus {
        let mut data = Vec::new();
        let statements = match self {
            Stream::Hdfs | Stream::HdfsRaw => {
                hdfs::write(lines, SEED, self == Stream::HdfsRaw, &mut data);
                hdfs::COUNT
            }
            Stream::Kernel => kernel::write(lines, SEED, &mut data),
            Stream::Mixed => mixed::write(lines, SEED, &mut data),
            Stream::Json => json::write(lines, SEED, &mut data),
        };
        Corpus { name: self.name().to_owned(), data, statements }
    }
}

impl Corpus {
    /// Reads a file, raw or `.zst`; the name is that of the file without its endings.
    ///
    /// # Errors
    ///
    /// What reading and decompressing give.
    pub fn read(path: &Path) -> io::Result<Corpus> {
        let data = if path.extension().is_some_and(|ending| ending == "zst") {
            let mut data = Vec::new();
            let mut decoder = ruzstd::decoding::StreamingDecoder::new(File::open(path)?).map_err(io::Error::other)?;
            decoder.read_to_end(&mut data)?;
            data
        } else {
            fs::read(path)?
        };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("corpus");
        Ok(Corpus { name: name.split('.').next().unwrap_or(name).to_owned(), data, statements: 0 })
    }

    /// The corpora that the environment variable `DRAINRS_CORPUS` names; none if it is not set.
    ///
    /// # Panics
    ///
    /// If a file cannot be read: a benchmark of another corpus than the one asked for would be worse.
    #[allow(clippy::disallowed_methods, clippy::panic, reason = "a benchmark is a program, not the library")]
    pub fn from_environment() -> Vec<Corpus> {
        let paths = std::env::var("DRAINRS_CORPUS").unwrap_or_default();
        let read = |path: &str| Corpus::read(Path::new(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        paths.split(':').filter(|path| !path.is_empty()).map(read).collect()
    }

    /// The corpora of the environment, or else some generated streams.
    pub fn from_environment_or(streams: &[Stream], lines: usize) -> Vec<Corpus> {
        let mut corpora = Corpus::from_environment();
        if corpora.is_empty() {
            corpora.extend(streams.iter().map(|stream| stream.generate(lines)));
        }
        corpora
    }

    /// Drops all but the first lines.
    pub fn keep_first(&mut self, lines: usize) {
        let newlines = self.data.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at + 1);
        let end = newlines.take(lines).last().unwrap_or_default();
        // A last line without a newline is kept if there is room for it.
        if self.lines().len() > lines {
            self.data.truncate(end);
        }
    }

    /// The lines.
    pub fn lines(&self) -> Vec<&[u8]> {
        Lines::new(&self.data).collect()
    }

    /// The lines as strings, what is not UTF-8 replaced: what the peers take.
    pub fn strings(&self) -> Vec<String> {
        Lines::new(&self.data).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    /// The bytes of the lines, newlines aside.
    pub fn line_bytes(&self) -> usize {
        Lines::new(&self.data).map(<[u8]>::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drainrs::{Miner, MinerConfig};

    #[test]
    fn streams_are_the_same_every_time_and_as_long_as_promised() {
        // Bytes per line as the table above says, within a tenth.
        let expected = [93, 137, 52, 70, 150];
        for (stream, bytes) in Stream::ALL.into_iter().zip(expected) {
            let corpus = stream.generate(20_000);
            assert_eq!(corpus.data, stream.generate(20_000).data);
            let lines = corpus.lines();
            assert_eq!(lines.len(), 20_000);
            let mean = corpus.line_bytes() / lines.len();
            assert!(mean.abs_diff(bytes) <= bytes / 10, "{}: {mean} bytes per line", stream.name());
            assert!(!corpus.data.contains(&b'{') || stream == Stream::Json, "{}: a hole was left open", stream.name());
        }
    }

    #[test]
    fn the_kernel_has_thousands_of_statements_and_the_mixture_hundreds() {
        let statements = Stream::Kernel.generate(1).statements;
        assert!((4000..6000).contains(&statements), "{statements}");
        assert!((400..900).contains(&Stream::Mixed.generate(1).statements));
    }

    #[test]
    fn one_token_lines_have_one_token() {
        let corpus = Stream::Json.generate(500);
        assert!(corpus.lines().iter().all(|line| !line.contains(&b' ')));
    }

    #[test]
    fn the_miner_finds_about_as_many_templates_as_there_are_statements() {
        let corpus = Stream::Hdfs.generate(20_000);
        let mut miner = Miner::build(&MinerConfig::default()).unwrap();
        for line in corpus.lines() {
            miner.insert(line);
        }
        assert!(miner.len().abs_diff(corpus.statements) < 10, "{}", miner.len());
    }
}
