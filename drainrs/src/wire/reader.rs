//! Reading sections, with every length checked against the bytes at hand.

use xxhash_rust::xxh3::xxh3_64;

use super::{HEADER_LEN, MAGIC, VERSION};
use crate::error::{Error, ErrorKind};

/// The path that errors of a snapshot carry.
const PATH: &str = "snapshot";

fn damaged(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Snapshot, PATH, message)
}

/// The sections of a container.
#[derive(Debug)]
pub(crate) struct Sections<'a>(Vec<([u8; 4], &'a [u8])>);

impl<'a> Sections<'a> {
    /// The body of a section.
    pub(crate) fn get(&self, tag: [u8; 4]) -> Result<&'a [u8], Error> {
        let found = self.0.iter().find(|(own, _)| *own == tag);
        found.map(|&(_, body)| body).ok_or_else(|| {
            damaged(format!(
                "the section {} is missing: this is a snapshot of another machine",
                String::from_utf8_lossy(&tag)
            ))
        })
    }
}

/// Checks a container and lists its sections.
pub(crate) fn open(snapshot: &[u8]) -> Result<Sections<'_>, Error> {
    let Some((header, payload)) = snapshot.split_at_checked(HEADER_LEN) else {
        return Err(damaged(format!("{} bytes are too few for a snapshot", snapshot.len())));
    };
    if !header.starts_with(MAGIC) {
        return Err(damaged("not a snapshot: the first four bytes are not DRNR"));
    }
    let mut fields = Reader::new(&header[MAGIC.len()..]);
    let version = u16::from_le_bytes(fields.fixed()?);
    if version != VERSION {
        let message =
            format!("written by format version {version}, this library reads up to version {VERSION}; update it");
        return Err(Error::new(ErrorKind::SnapshotVersion, PATH, message));
    }
    let length = u64::from_le_bytes(fields.fixed()?);
    if length != payload.len() as u64 {
        return Err(damaged(format!("truncated: {length} bytes of payload announced, {} found", payload.len())));
    }
    if u64::from_le_bytes(fields.fixed()?) != xxh3_64(payload) {
        return Err(damaged("the checksum does not fit the content: the file was changed or written partly"));
    }
    let mut reader = Reader::new(payload);
    let mut sections = Vec::new();
    while !reader.is_empty() {
        let tag = reader.fixed()?;
        let length = u64::from_le_bytes(reader.fixed()?);
        sections.push((tag, reader.take(length)?));
    }
    Ok(Sections(sections))
}

/// Reads the body of a section.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Reader<'a> {
        Reader { rest: body }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Error> {
        let split = usize::try_from(len).ok().and_then(|len| self.rest.split_at_checked(len));
        let Some((taken, rest)) = split else {
            return Err(damaged(format!("{len} bytes announced where {} are left", self.rest.len())));
        };
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let taken = self.take(N as u64)?;
        taken.first_chunk::<N>().copied().ok_or_else(|| damaged("a field is cut short"))
    }

    /// An unsigned number.
    pub(crate) fn number(&mut self) -> Result<u64, Error> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged("a number is longer than 64 bits"))
    }

    /// A counter: small enough that counting on cannot overflow in the life of a machine.
    pub(crate) fn counter(&mut self) -> Result<u64, Error> {
        let value = self.number()?;
        if value > 1 << 62 { Err(damaged(format!("{value} is no counter"))) } else { Ok(value) }
    }

    /// A signed number.
    pub(crate) fn signed(&mut self) -> Result<i64, Error> {
        let value = self.number()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// One byte.
    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        let [byte] = self.fixed::<1>()?;
        Ok(byte)
    }

    /// A number that must not exceed what follows: a count of items of at least one byte each.
    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        let count = self.number()?;
        if count > self.rest.len() as u64 {
            return Err(damaged(format!("{count} items announced where {} bytes are left", self.rest.len())));
        }
        Ok(count as usize)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize, what: &str) -> Result<usize, Error> {
        let value = self.number()?;
        if value >= limit as u64 {
            return Err(damaged(format!("{what} {value} does not exist, there are {limit}")));
        }
        Ok(value as usize)
    }

    /// Bytes behind their length.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let len = self.number()?;
        self.take(len)
    }

    /// An error about this section.
    pub(crate) fn damaged(message: impl Into<String>) -> Error {
        damaged(message)
    }
}
