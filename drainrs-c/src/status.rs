//! What a function returns. The numbers from 100 on are those of the core's errors, the same in every language.

use drainrs::ErrorKind;

/// What became of a call: `DRAINRS_OK`, or one of the other constants. More can be added.
pub type drainrs_status = i32;

/// It was done.
pub const DRAINRS_OK: drainrs_status = 0;
/// A pointer is NULL that must not be.
pub const DRAINRS_ERR_NULL: drainrs_status = 1;
/// An argument has a value that makes no sense: a text that is not UTF-8, ends that go down, an unknown constant.
pub const DRAINRS_ERR_ARGUMENT: drainrs_status = 2;
/// A bug of the library, caught. The handle that was changed when it happened takes no more calls but `_free`: they return this.
pub const DRAINRS_ERR_PANIC: drainrs_status = 3;
/// A setting is unknown, missing, of the wrong type or out of its range.
pub const DRAINRS_ERR_CONFIG: drainrs_status = 100;
/// A pattern (a mask, a format) does not compile.
pub const DRAINRS_ERR_PATTERN: drainrs_status = 101;
/// A value is larger than a fixed limit of the library.
pub const DRAINRS_ERR_LIMIT: drainrs_status = 102;
/// A snapshot is damaged, truncated or not a snapshot.
pub const DRAINRS_ERR_SNAPSHOT: drainrs_status = 200;
/// A snapshot was written by a format version that this library does not know.
pub const DRAINRS_ERR_SNAPSHOT_VERSION: drainrs_status = 201;
/// A snapshot was taken under other settings than the ones given.
pub const DRAINRS_ERR_SNAPSHOT_CONFIG: drainrs_status = 202;
/// What should be a saved task is none.
pub const DRAINRS_ERR_TASK: drainrs_status = 300;
/// The part that was asked for is not compiled in.
pub const DRAINRS_ERR_FEATURE: drainrs_status = 900;

pub(crate) fn of_kind(kind: ErrorKind) -> drainrs_status {
    kind.code().cast_signed()
}

/// The name of a status, such as `snapshot_version`, for logs: NUL-terminated text that lives as long as the program;
/// "unknown" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn drainrs_status_name(status: drainrs_status) -> *const core::ffi::c_char {
    let name = match status {
        DRAINRS_OK => c"ok",
        DRAINRS_ERR_NULL => c"null",
        DRAINRS_ERR_ARGUMENT => c"argument",
        DRAINRS_ERR_PANIC => c"panic",
        DRAINRS_ERR_CONFIG => c"config",
        DRAINRS_ERR_PATTERN => c"pattern",
        DRAINRS_ERR_LIMIT => c"limit",
        DRAINRS_ERR_SNAPSHOT => c"snapshot",
        DRAINRS_ERR_SNAPSHOT_VERSION => c"snapshot_version",
        DRAINRS_ERR_SNAPSHOT_CONFIG => c"snapshot_config",
        DRAINRS_ERR_TASK => c"task",
        DRAINRS_ERR_FEATURE => c"feature",
        _ => c"unknown",
    };
    name.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_its_number_and_its_name() {
        let all = [
            (ErrorKind::Config, DRAINRS_ERR_CONFIG),
            (ErrorKind::Pattern, DRAINRS_ERR_PATTERN),
            (ErrorKind::Limit, DRAINRS_ERR_LIMIT),
            (ErrorKind::Snapshot, DRAINRS_ERR_SNAPSHOT),
            (ErrorKind::SnapshotVersion, DRAINRS_ERR_SNAPSHOT_VERSION),
            (ErrorKind::SnapshotConfig, DRAINRS_ERR_SNAPSHOT_CONFIG),
            (ErrorKind::Task, DRAINRS_ERR_TASK),
            (ErrorKind::Feature, DRAINRS_ERR_FEATURE),
        ];
        for (kind, status) in all {
            assert_eq!(of_kind(kind), status);
            // SAFETY: the names are C texts of the program's own.
            let name = unsafe { core::ffi::CStr::from_ptr(drainrs_status_name(status)) };
            assert_eq!(serde_json::to_value(kind).unwrap(), name.to_str().unwrap());
        }
        let numbers = 100..1000;
        // SAFETY: as above.
        let known = numbers.filter(|&n| unsafe { core::ffi::CStr::from_ptr(drainrs_status_name(n)) } != c"unknown");
        assert_eq!(known.count(), all.len(), "a name without a kind");
    }
}
