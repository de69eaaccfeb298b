//! What `watch` keeps across restarts: the miner's snapshot, and beside it how far the file was read.
//!
//! The snapshot is the library's own, so that other programs can restore it. How far the file was read stands in a small JSON
//! document beside it, `NAME.position`, which names the snapshot that it belongs to by its hash. It is written before the
//! snapshot and holds the position of the snapshot before, too: whichever of the two a crash leaves, its position is known.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::program::failure::Failure;
use crate::program::replace::{Readers, folder, forget_attempts, replace};
use crate::{Error, OnOtherSettings, Pipeline, PipelineConfig};

const VERSION: u32 = 2;
/// A file is recognised by its first bytes.
const HEAD: u64 = 1024;

/// The document beside the snapshot.
#[derive(Debug, Serialize, Deserialize)]
struct Positions {
    version: u32,
    /// Of the snapshot that is about to be written, and of the one before.
    positions: Vec<Position>,
}

/// How far a file was read when a snapshot was taken. Alone, with `"version":1` in front, it is the document of the first
/// programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Position {
    /// Where to go on.
    offset: u64,
    /// The first bytes of the file, at most [`HEAD`] and none behind the offset: their hash.
    head: String,
    /// The hash of the snapshot.
    snapshot: String,
}

/// Where the state is kept.
#[derive(Debug)]
pub(super) struct State {
    path: PathBuf,
    /// The position of the snapshot that is on the disk.
    last: Option<Position>,
}

/// What was kept.
pub(super) struct Restored {
    pub(super) pipeline: Pipeline,
    /// Where to go on in the file; `None` if it is another file by now.
    pub(super) offset: Option<u64>,
}

impl State {
    pub(super) fn at(path: &Path) -> Result<State, Failure> {
        let folder = folder(path);
        if !folder.is_dir() {
            return Err(Failure::wrong(format!("cannot write {}: there is no such folder", path.display())));
        }
        forget_attempts(path);
        Ok(State { path: path.to_path_buf(), last: None })
    }

    /// Restores what was kept, if anything was.
    pub(super) fn restore(
        &mut self,
        config: &PipelineConfig,
        adopt: bool,
        log: &Path,
    ) -> Result<Option<Restored>, Failure> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::file("read", &self.path, &error)),
        };
        let on_other = if adopt { OnOtherSettings::Adopt } else { OnOtherSettings::Refuse };
        let pipeline = Pipeline::restore(&bytes, config, on_other).map_err(|error| self.refused(&error))?;
        let own = hash(&bytes);
        self.last = self.positions().into_iter().find(|position| position.snapshot == own);
        let same_file = |position: &&Position| head_of(log, position.offset).is_ok_and(|head| head == position.head);
        let offset = self.last.as_ref().filter(same_file).map(|position| position.offset);
        Ok(Some(Restored { pipeline, offset }))
    }

    fn refused(&self, error: &Error) -> Failure {
        let other_settings = error.kind() == crate::ErrorKind::SnapshotConfig;
        let remedy = if other_settings { "; --adopt goes on with the settings of the snapshot" } else { "" };
        let Failure::Wrong(sentence) = Failure::from(error.clone()) else { return Failure::Quiet };
        Failure::wrong(format!("{}: {sentence}{remedy}", self.path.display()))
    }

    fn positions(&self) -> Vec<Position> {
        let text = fs::read(self.position_path()).unwrap_or_default();
        let known = serde_json::from_slice(&text).ok().filter(|known: &Positions| known.version == VERSION);
        known.map_or_else(|| serde_json::from_slice(&text).into_iter().collect(), |known| known.positions)
    }

    fn position_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".position");
        PathBuf::from(name)
    }

    /// Writes both files. Whoever reads meanwhile, or after a crash, finds a snapshot and its position, old or new.
    pub(super) fn save(&mut self, pipeline: &Pipeline, log: &Path, offset: u64) -> Result<(), Failure> {
        let bytes = pipeline.snapshot()?;
        // A file that is gone has no position, and its successor is read from its beginning.
        let position = head_of(log, offset).ok().map(|head| Position { offset, head, snapshot: hash(&bytes) });
        let positions = position.iter().chain(&self.last).cloned().collect();
        let text = serde_json::to_vec(&Positions { version: VERSION, positions }).map_err(io::Error::from)?;
        let path = self.position_path();
        replace(&path, &text, Readers::Anybody).map_err(|error| Failure::file("write", &path, &error))?;
        replace(&self.path, &bytes, Readers::Anybody).map_err(|error| Failure::file("write", &self.path, &error))?;
        self.last = position;
        Ok(())
    }
}

fn hash(bytes: &[u8]) -> String {
    format!("{:016x}", xxh3_64(bytes))
}

/// The hash of a file's first bytes before an offset.
fn head_of(log: &Path, offset: u64) -> io::Result<String> {
    let mut head = Vec::new();
    let file = File::open(log)?;
    if file.metadata()?.len() < offset {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    file.take(offset.min(HEAD)).read_to_end(&mut head)?;
    Ok(hash(&head))
}
