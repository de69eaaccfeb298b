//! The container of a snapshot: versioned, checksummed, read with bounds.
//!
//! ```text
//! "DRNR"  version: u16  payload length: u64  XXH3-64 of the payload: u64  payload
//! payload = sections; section = tag: 4 bytes, length: u64, body
//! ```
//!
//! Numbers in the header are little-endian; inside a section they are LEB128, texts carry their length in front. A reader
//! skips sections it does not know, so a later version may add some; a version it does not know is refused. Reading never
//! allocates more than the bytes at hand could fill.

mod alone;
mod reader;
mod state;
mod writer;

pub(crate) use alone::alone;
pub(crate) use reader::{Reader, open};
pub(crate) use state::{State, state};
pub(crate) use writer::{Writer, seal};

/// The format written by this library.
pub(crate) const VERSION: u16 = 1;

pub(crate) const MAGIC: &[u8; 4] = b"DRNR";

/// Bytes before the payload.
pub(crate) const HEADER_LEN: usize = 4 + 2 + 8 + 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn sample() -> Vec<u8> {
        let mut body = Writer::new();
        body.number(300);
        body.bytes(b"text");
        seal(&[(*b"ABCD", body.finish())])
    }

    #[test]
    fn what_is_written_is_read() {
        let snapshot = sample();
        let sections = open(&snapshot).unwrap();
        let mut reader = Reader::new(sections.get(*b"ABCD").unwrap());
        assert_eq!(reader.number().unwrap(), 300);
        assert_eq!(reader.bytes().unwrap(), b"text");
        assert!(reader.is_empty());
        assert!(reader.number().is_err(), "nothing is left");
    }

    #[test]
    fn every_damaged_byte_and_every_cut_is_noticed() {
        let snapshot = sample();
        for at in 0..snapshot.len() {
            let mut damaged = snapshot.clone();
            damaged[at] ^= 0x10;
            assert!(open(&damaged).is_err(), "byte {at}");
            assert!(open(&snapshot[..at]).is_err(), "cut at {at}");
        }
        assert!(open(&[snapshot.as_slice(), b"x"].concat()).is_err(), "bytes behind the end");
    }

    #[test]
    fn a_later_version_is_refused_by_its_own_kind() {
        let mut snapshot = sample();
        snapshot[4] = 2;
        let error = open(&snapshot).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SnapshotVersion);
        assert_eq!(
            error.to_string(),
            "snapshot: written by format version 2, this library reads up to version 1; update it"
        );
    }
}
