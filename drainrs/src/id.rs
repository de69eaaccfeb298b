//! Identities of templates: a dense local number, and a hash of the content that is the same on every host.

use std::fmt;

/// The number of a template inside one miner: 1, 2, 3, ... in the order of birth, never reused.
///
/// In Drain3 mode this is Drain3's cluster id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TemplateId(pub u64);

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The XXH3-64 hash of a template's canonical tokens: equal on every host, in every language, for the same template.
///
/// It changes when the template widens; the lineage ([`crate::Lineage`]) says what became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub u64);

impl fmt::Display for ContentId {
    /// Sixteen lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl serde::Serialize for ContentId {
    /// As text: JSON numbers lose the upper bits of 64.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ContentId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ContentId, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(ContentId).map_err(serde::de::Error::custom)
    }
}

/// The number of a service inside one machine, in the order in which they were met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ServiceId(pub u32);

impl ServiceId {
    /// Events that name no service.
    pub const UNNAMED: ServiceId = ServiceId(0);
    /// Services beyond the limit on services, all together.
    pub const OTHER: ServiceId = ServiceId(1);
}

/// The number of an alert inside one machine: 1, 2, 3, ...; an escalation and the end carry the number of the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct AlertId(pub u64);
