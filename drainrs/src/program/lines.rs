//! Lines of a source: plain, gzip or Zstandard, told by its first bytes.
//!
//! Input is read in large pieces and split in place: a line is a slice of the buffer. A line that does not end is cut at
//! [`MAX_LINE`], so that no input can fill the memory.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::ahead::Ahead;

/// How much is read at a time.
const CHUNK: usize = 1 << 20;
/// Longer lines lose their tail. Far above what the miner looks at.
const MAX_LINE: usize = 64 << 20;

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// A frame of Zstandard that carries other data: 0x184D2A50 to 0x184D2A5F, the lowest byte first.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2A, 0x4D, 0x18];

/// Opens a file to be read; a folder is refused here, not at the first line.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    Ok(file)
}

/// Looks at the first bytes and unpacks what is packed.
fn unpacked(source: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
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

/// Counts what is taken of a source, for those who want to know how far it is.
struct Taken<R> {
    source: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Taken<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The lines of a file or of another source, as the program reads them: plain, gzip or Zstandard, told by the first bytes.
///
/// Lines end at `\n` only; a carriage return before it stays. A line of more than 64 MiB is cut there, its tail skipped.
///
/// ```
/// use drainrs::program::Lines;
///
/// let mut lines = Lines::of(Box::new(&b"disk sda is full\ndisk sdb is full"[..]))?;
/// assert_eq!(lines.next_line()?, Some(&b"disk sda is full"[..]));
/// assert_eq!(lines.next_line()?, Some(&b"disk sdb is full"[..]));
/// assert_eq!(lines.next_line()?, None);
/// assert_eq!(lines.bytes_read(), 33);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Lines {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Where the line at hand begins.
    start: usize,
    /// Up to where there is no newline.
    scanned: usize,
    /// Up to where the buffer is filled.
    end: usize,
    /// Whether the tail of a line that was cut is still to be skipped.
    skipping: bool,
    /// After unpacking.
    unpacked: u64,
    /// Before it; a thread that reads ahead counts too.
    packed: Arc<AtomicU64>,
}

impl Lines {
    /// The lines of a file.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, is a directory, or its first bytes cannot be read.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Lines> {
        Lines::of(Box::new(open_file(path.as_ref())?))
    }

    /// The lines of any source of bytes. What is packed is read ahead on a thread of its own.
    ///
    /// # Errors
    ///
    /// If its first bytes cannot be read.
    pub fn of(source: Box<dyn Read + Send>) -> io::Result<Lines> {
        let packed = Arc::default();
        let source = unpacked(Taken { source, bytes: Arc::clone(&packed) })?;
        let buffer = vec![0; CHUNK];
        Ok(Lines { source, buffer, start: 0, scanned: 0, end: 0, skipping: false, unpacked: 0, packed })
    }

    /// The next line, without its newline. A last line without one counts, an empty one after the last newline does not.
    ///
    /// # Errors
    ///
    /// If the source cannot be read on, or what is packed is damaged.
    pub fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
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

    /// How many bytes were taken of the source so far, packed as they are: how far it is, for a bar. A little ahead of the lines.
    pub fn bytes_read(&self) -> u64 {
        self.packed.load(Ordering::Relaxed)
    }

    /// How many bytes were read so far, after unpacking.
    pub fn bytes_unpacked(&self) -> u64 {
        self.unpacked
    }

    /// Reads on; false at the end.
    fn refill(&mut self) -> io::Result<bool> {
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
                    self.unpacked += read as u64;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("bytes_read", &self.bytes_read()).finish_non_exhaustive()
    }
}
