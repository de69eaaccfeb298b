//! The clock, which the library does not have.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::Timestamp;

/// The present.
#[allow(clippy::disallowed_methods, reason = "the program is a host: it has a clock")]
pub(crate) fn now() -> Timestamp {
    of_system(SystemTime::now())
}

/// A time of the operating system; the epoch for times before it.
pub(crate) fn of_system(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
