//! Bytes as the text of a document.

use serde::{Serialize, Serializer};

/// Bytes that are serialized as text; what is not UTF-8 is replaced.
#[derive(Debug)]
pub(crate) struct Lossy<'a>(pub(crate) &'a [u8]);

impl Serialize for Lossy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(self.0))
    }
}

/// The same for a field.
pub(crate) fn serialize_lossy<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    Lossy(bytes).serialize(serializer)
}
