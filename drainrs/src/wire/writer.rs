//! Writing sections.

use xxhash_rust::xxh3::xxh3_64;

use super::{HEADER_LEN, MAGIC, VERSION};

/// The body of a section, while it is written.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Writer {
        Writer::default()
    }

    /// An unsigned number, LEB128.
    pub(crate) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A signed number, zigzag.
    pub(crate) fn signed(&mut self, value: i64) {
        self.number((value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
    }

    /// One byte.
    pub(crate) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    /// Bytes whose number the reader knows.
    pub(crate) fn fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        self.0.extend_from_slice(&bytes);
    }

    /// Bytes behind their length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// The finished body.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Puts sections into a container.
pub(crate) fn seal(sections: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let payload: usize = sections.iter().map(|(_, body)| 12 + body.len()).sum();
    let mut out = Vec::with_capacity(HEADER_LEN + payload);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(payload as u64).to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    for (tag, body) in sections {
        out.extend_from_slice(tag);
        out.extend_from_slice(&(body.len() as u64).to_le_bytes());
        out.extend_from_slice(body);
    }
    let checksum = xxh3_64(&out[HEADER_LEN..]);
    out[HEADER_LEN - 8..HEADER_LEN].copy_from_slice(&checksum.to_le_bytes());
    out
}
