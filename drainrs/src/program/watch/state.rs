//! What `watch` keeps across restarts: the miner's snapshot, and beside it how far the file was read.
//!
//! The snapshot is the library's own, so that other programs can restore it. The position is a small JSON document in a file
//! named after it, `NAME.position`; it says which snapshot it belongs to, so that a crash between writing the two is noticed:
//! then the file is read from its beginning again, which counts lines twice but finds no template that is not new.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::program::failure::Failure;
use crate::program::replace::{Readers, folder, replace};
use crate::{Error, OnOtherSettings, Pipeline, PipelineConfig};

const VERSION: u32 = 1;
/// A file is recognised by its first bytes.
const HEAD: u64 = 1024;

/// How far a file was read.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    version: u32,
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
        Ok(State { path: path.to_path_buf() })
    }

    /// Restores what was kept, if anything was.
    pub(super) fn restore(
        &self,
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
        let offset = self.position().filter(|position| {
            position.snapshot == hash(&bytes) && head_of(log, position.offset).is_ok_and(|head| head == position.head)
        });
        Ok(Some(Restored { pipeline, offset: offset.map(|position| position.offset) }))
    }

    fn refused(&self, error: &Error) -> Failure {
        let other_settings = error.kind() == crate::ErrorKind::SnapshotConfig;
        let remedy = if other_settings { "; --adopt goes on with the settings of the snapshot" } else { "" };
        let Failure::Wrong(sentence) = Failure::from(error.clone()) else { return Failure::Quiet };
        Failure::wrong(format!("{}: {sentence}{remedy}", self.path.display()))
    }

    fn position(&self) -> Option<Position> {
        let text = fs::read(self.position_path()).ok()?;
        serde_json::from_slice(&text).ok().filter(|position: &Position| position.version == VERSION)
    }

    fn position_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".position");
        PathBuf::from(name)
    }

    /// Writes both files. Whoever reads meanwhile, or after a crash, finds the old or the new ones, never half of one.
    pub(super) fn save(&self, pipeline: &Pipeline, log: &Path, offset: u64) -> Result<(), Failure> {
        let bytes = pipeline.snapshot()?;
        replace(&self.path, &bytes, Readers::Anybody).map_err(|error| Failure::file("write", &self.path, &error))?;
        let Ok(head) = head_of(log, offset) else { return Ok(()) };
        let position = Position { version: VERSION, offset, head, snapshot: hash(&bytes) };
        let text = serde_json::to_vec(&position).map_err(io::Error::from)?;
        let path = self.position_path();
        replace(&path, &text, Readers::Anybody).map_err(|error| Failure::file("write", &path, &error))
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
