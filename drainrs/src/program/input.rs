//! Where lines come from: files, standard input, the sample; plain, gzip or Zstandard, told by their first bytes.
//!
//! Input is read in large pieces and split in place: a line is a slice of the buffer. A line that does not end is cut at
//! [`MAX_LINE`], so that no input can fill the memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use indicatif::ProgressBar;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::ahead::Ahead;
use super::clock;
use super::failure::Failure;
use super::progress::{self, Counted};
use crate::Timestamp;

/// How much is read at a time.
const CHUNK: usize = 1 << 20;
/// Longer lines lose their tail. Far above what the miner looks at.
const MAX_LINE: usize = 64 << 20;

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// A frame of Zstandard that carries other data: 0x184D2A50 to 0x184D2A5F, the lowest byte first.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2A, 0x4D, 0x18];

/// A web shop on the evening of a deploy; written by `sample.py`.
const SAMPLE: &[u8] = include_bytes!("sample.log");

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    File(PathBuf),
    Stdin,
    /// The log that is part of the program.
    Sample,
}

impl Input {
    /// As named on the command line: `-` is standard input.
    pub(crate) fn named(path: &Path) -> Input {
        if path == Path::new("-") { Input::Stdin } else { Input::File(path.to_path_buf()) }
    }

    /// The path to show in messages.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Input::File(path) => path,
            Input::Stdin => Path::new("standard input"),
            Input::Sample => Path::new("sample.log"),
        }
    }

    /// The bare name, from which names of output files are made; without what tells of compression.
    pub(crate) fn name(&self) -> String {
        let path = match self {
            Input::File(path) => path,
            Input::Stdin => Path::new("stdin"),
            Input::Sample => self.path(),
        };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let plain = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
        plain.filter(|plain| !plain.is_empty()).map_or(name.clone(), str::to_owned)
    }

    /// The present of its last line, by which missing years are filled in: when a file was last written.
    pub(crate) fn present(&self) -> Timestamp {
        let now = clock::now();
        let Input::File(path) = self else { return now };
        let written = path.metadata().and_then(|about| about.modified());
        written.map_or(now, |written| clock::of_system(written).min(now))
    }

    /// Opens it; with a progress bar unless that would stand in the way of the output.
    pub(crate) fn open(&self, with_bar: bool) -> Result<LineReader, Failure> {
        let failure = |error: io::Error| Failure::file("read", self.path(), &error);
        let (source, bar): (Box<dyn Read + Send>, ProgressBar) = match self {
            Input::File(path) => {
                let file = File::open(path).map_err(failure)?;
                let about = file.metadata().map_err(failure)?;
                if about.is_dir() {
                    return Err(Failure::wrong(format!("cannot read {}: it is a directory", path.display())));
                }
                (Box::new(file), progress::bar(with_bar, about.is_file().then_some(about.len())))
            }
            Input::Stdin => (Box::new(io::stdin()), progress::bar(with_bar, None)),
            Input::Sample => (Box::new(SAMPLE), ProgressBar::hidden()),
        };
        let source = unpacked(Counted::new(source, bar.clone())).map_err(failure)?;
        Ok(LineReader::new(source, bar, self.path().to_path_buf()))
    }
}

/// Looks at the first bytes and unpacks what is packed.
fn unpacked(source: impl Read + Send + 'static) -> io::Result<Box<dyn Read>> {
    let mut source = BufReader::with_capacity(CHUNK, source);
    // A pipe may give its first bytes one by one; they are taken out and put before the rest again.
    let mut head = Vec::with_capacity(ZSTD.len());
    source.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head)?;
    let packed_zstd = head == ZSTD || (head.get(1..) == Some(&ZSTD_SKIPPABLE) && head[0] & 0xF0 == 0x50);
    let packed_gzip = head.starts_with(&GZIP);
    let whole = Cursor::new(head).chain(source);
    Ok(if packed_gzip {
        Box::new(Ahead::new(MultiGzDecoder::new(whole)))
    } else if packed_zstd {
        Box::new(Ahead::new(Frames { source: whole, decoder: FrameDecoder::new(), open: false }))
    } else {
        Box::new(whole)
    })
}

/// The frames of a Zstandard file one after the other; the decoder itself knows a single one.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    /// Whether the decoder stands in a frame.
    open: bool,
}

impl<R: BufRead> Frames<R> {
    /// Begins the next frame; false at the end of the input.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut self.source.by_ref().take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.open {
                self.open = self.begin()?;
                if !self.open {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let step = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.source, step).map_err(io::Error::other)?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.open = !self.decoder.is_finished();
        }
    }
}

/// Lines of an input, split at `\n` only; a carriage return before it stays.
pub(crate) struct LineReader {
    source: Box<dyn Read>,
    bar: ProgressBar,
    path: PathBuf,
    buffer: Vec<u8>,
    /// Where the line at hand begins.
    start: usize,
    /// Up to where there is no newline.
    scanned: usize,
    /// Up to where the buffer is filled.
    end: usize,
    /// Whether the tail of a line that was cut is still to be skipped.
    skipping: bool,
    bytes: u64,
}

impl LineReader {
    fn new(source: Box<dyn Read>, bar: ProgressBar, path: PathBuf) -> LineReader {
        let buffer = vec![0; CHUNK];
        LineReader { source, bar, path, buffer, start: 0, scanned: 0, end: 0, skipping: false, bytes: 0 }
    }

    /// The next line, without its newline. A last line without one counts, an empty one after the last newline does not.
    pub(crate) fn next_line(&mut self) -> Result<Option<&[u8]>, Failure> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[self.scanned..self.end]) {
                let (start, end) = (self.start, self.scanned + at);
                self.start = end + 1;
                self.scanned = self.start;
                if std::mem::take(&mut self.skipping) {
                    continue;
                }
                return Ok(Some(&self.buffer[start..end]));
            }
            self.scanned = self.end;
            if self.skipping {
                self.start = self.end;
            } else if self.end - self.start >= MAX_LINE {
                let (start, end) = (self.start, self.end);
                self.start = end;
                self.skipping = true;
                return Ok(Some(&self.buffer[start..end]));
            }
            if !self.refill()? {
                let (start, end) = (self.start, self.end);
                self.start = end;
                return Ok((start < end && !self.skipping).then(|| &self.buffer[start..end]));
            }
        }
    }

    /// Bytes given so far, after unpacking.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads on; false at the end.
    fn refill(&mut self) -> Result<bool, Failure> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.scanned -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    self.end += read;
                    self.bytes += read as u64;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::file("read", &self.path, &error)),
            }
        }
    }
}

impl Drop for LineReader {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
