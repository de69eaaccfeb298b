//! Snapshots of a miner.

use super::settings::require_equal;
use super::{Miner, MinerConfig};
use crate::error::{Error, ErrorKind};
use crate::mine::Drain;
use crate::wire::{self, Reader, Writer};

const CONFIG: [u8; 4] = *b"CONF";
const LINES: [u8; 4] = *b"LINE";
const MINE: [u8; 4] = *b"MINE";

/// What to do with a snapshot that was taken under other settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnOtherSettings {
    /// Fail, naming every setting that differs.
    #[default]
    Refuse,
    /// Go on under the settings of the snapshot; [`Miner::config`] tells them.
    Adopt,
}

impl Miner {
    /// The whole state as bytes: versioned, checksummed, the same bytes for the same state. The host stores them; the
    /// library writes no files.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Snapshot`] if the settings cannot be written, which settings that were built with never do.
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        self.snapshot_with(Vec::new())
    }

    /// A snapshot with the sections of whoever stands on the miner.
    pub(crate) fn snapshot_with(&self, others: Vec<([u8; 4], Vec<u8>)>) -> Result<Vec<u8>, Error> {
        let config = serde_json::to_vec(self.config())
            .map_err(|cause| Error::new(ErrorKind::Snapshot, "snapshot", format!("settings: {cause}")))?;
        let mut lines = Writer::new();
        lines.number(self.cut_lines());
        let mut sections = vec![(CONFIG, config), (LINES, lines.finish()), (MINE, self.drain().write_snapshot())];
        sections.extend(others);
        Ok(wire::seal(&sections))
    }

    /// A miner that goes on where a snapshot was taken.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Snapshot`]: damaged, truncated, or not a snapshot;
    /// - [`ErrorKind::SnapshotVersion`]: written by a later format;
    /// - [`ErrorKind::SnapshotConfig`]: taken under other settings, each named (see [`OnOtherSettings`]).
    ///
    /// # Example: a changed setting is noticed
    ///
    /// ```
    /// use drainrs::{Miner, MinerConfig, OnOtherSettings};
    ///
    /// let mut config = MinerConfig::default();
    /// let mut miner = Miner::build(&config)?;
    /// miner.insert(b"link up");
    /// let bytes = miner.snapshot()?;
    ///
    /// config.mine.depth = 6;
    /// let error = Miner::restore(&bytes, &config, OnOtherSettings::Refuse).unwrap_err();
    /// assert_eq!(error.to_string(), "mine.depth: is 6 here and 5 in the snapshot");
    ///
    /// let adopted = Miner::restore(&bytes, &config, OnOtherSettings::Adopt)?;
    /// assert_eq!(adopted.config().mine.depth, 5);
    /// # Ok::<(), drainrs::Error>(())
    /// ```
    pub fn restore(snapshot: &[u8], config: &MinerConfig, on_other: OnOtherSettings) -> Result<Miner, Error> {
        let sections = wire::open(snapshot)?;
        let stored: MinerConfig = serde_json::from_slice(sections.get(CONFIG)?).map_err(|cause| {
            Error::new(ErrorKind::Snapshot, "snapshot", format!("its settings do not read: {cause}"))
        })?;
        if on_other == OnOtherSettings::Refuse {
            require_equal(config, &stored, "the snapshot")?;
        }
        let mut miner = Miner::build(&stored)?;
        let placeholders = miner.drain().placeholders().clone();
        let drain = Drain::read_snapshot(sections.get(MINE)?, &stored.mine, placeholders)?;
        miner.resume(drain, Reader::new(sections.get(LINES)?).counter()?);
        Ok(miner)
    }
}
