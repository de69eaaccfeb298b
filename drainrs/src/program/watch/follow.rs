//! Follows a file that grows: reads what is appended, notices when the file was replaced or emptied.
//!
//! Replaced means renamed away and created anew (as logrotate does by default): the old file is read to its end, then the new
//! one from its beginning. Emptied means cut to less than was read (logrotate's `copytruncate`): reading starts again at the
//! beginning. A file that does not exist is waited for.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// How much is read at a time.
const CHUNK: usize = 1 << 20;
/// A line that has not ended after so many bytes is given as it is, and its tail is skipped.
const MAX_LINE: usize = 4 << 20;

/// What a look at the file brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Something was read; there may be more.
    Read,
    /// Nothing new.
    Idle,
    /// The file was replaced or emptied; what was there is read to its end.
    Restarted,
    /// There is no file yet.
    Missing,
}

/// A file and how far it was read.
#[derive(Debug)]
pub(super) struct Follower {
    path: PathBuf,
    open: Option<Open>,
    /// Where to begin in the file that is found first.
    begin: u64,
    chunk: Vec<u8>,
    /// The beginning of a line whose end is not written yet.
    partial: Vec<u8>,
    skipping: bool,
}

#[derive(Debug)]
struct Open {
    file: File,
    identity: Identity,
    /// How many bytes were read.
    position: u64,
}

/// What makes a file this very file, whatever its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(about: &Metadata) -> Identity {
        use std::os::unix::fs::MetadataExt;
        Identity(about.dev(), about.ino())
    }

    /// Elsewhere the time of creation has to do.
    #[cfg(not(unix))]
    fn of(about: &Metadata) -> Identity {
        let created = about.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        Identity(0, created.map_or(0, |since| since.as_nanos() as u64))
    }
}

impl Follower {
    /// From a place in the file on.
    pub(super) fn new(path: PathBuf, begin: u64) -> Follower {
        Follower { path, open: None, begin, chunk: vec![0; CHUNK], partial: Vec::new(), skipping: false }
    }

    /// How far was read: the beginning of the line that is not finished.
    pub(super) fn position(&self) -> u64 {
        self.open.as_ref().map_or(self.begin, |open| open.position.saturating_sub(self.partial.len() as u64))
    }

    /// Reads on. `each` gets the lines, and where they begin in the file.
    pub(super) fn poll(&mut self, each: &mut dyn FnMut(&[u8], u64)) -> io::Result<Step> {
        if self.open.is_none() && !self.find()? {
            return Ok(Step::Missing);
        }
        if self.read(each)? {
            return Ok(Step::Read);
        }
        let Some(open) = &mut self.open else { return Ok(Step::Missing) };
        let about = match self.path.metadata() {
            Ok(about) => about,
            // Renamed away, and the new one is not there yet. The old one may still grow.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Step::Idle),
            Err(error) => return Err(error),
        };
        let replaced = Identity::of(&about) != open.identity;
        let emptied = !replaced && about.len() < open.position;
        if !replaced && !emptied {
            return Ok(Step::Idle);
        }
        // Between the last read and the look at the name the old file may have grown.
        if replaced && self.read(each)? {
            return Ok(Step::Read);
        }
        self.end_line(each);
        self.open = None;
        self.begin = 0;
        self.find()?;
        Ok(Step::Restarted)
    }

    /// Gives the line that was not ended, when nothing more can come.
    fn end_line(&mut self, each: &mut dyn FnMut(&[u8], u64)) {
        let at = self.position();
        if !self.partial.is_empty() && !self.skipping {
            each(without_return(&self.partial), at);
        }
        self.partial.clear();
        self.skipping = false;
    }

    /// Opens the file; false if there is none.
    fn find(&mut self) -> io::Result<bool> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::Error::other("it is a directory"));
        }
        let position = if self.begin > 0 { file.seek(SeekFrom::Start(self.begin))? } else { 0 };
        self.open = Some(Open { file, identity: Identity::of(&about), position });
        Ok(true)
    }

    /// Reads a piece; false if there is none.
    fn read(&mut self, each: &mut dyn FnMut(&[u8], u64)) -> io::Result<bool> {
        let Some(open) = &mut self.open else { return Ok(false) };
        let read = loop {
            match open.file.read(&mut self.chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        let mut at = open.position - self.partial.len() as u64;
        open.position += read as u64;
        let mut rest = &self.chunk[..read];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = (&rest[..end], &rest[end + 1..]);
            let begin = at;
            at += (self.partial.len() + end + 1) as u64;
            if self.skipping {
                self.skipping = false;
            } else if self.partial.is_empty() {
                each(without_return(line), begin);
            } else {
                self.partial.extend_from_slice(line);
                each(without_return(&self.partial), begin);
            }
            self.partial.clear();
            rest = after;
        }
        if !self.skipping {
            self.partial.extend_from_slice(rest);
        }
        if self.partial.len() > MAX_LINE {
            each(&self.partial, at);
            self.partial.clear();
            self.skipping = true;
        }
        Ok(read > 0)
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
