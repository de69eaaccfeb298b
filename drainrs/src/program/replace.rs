//! Files that are replaced as a whole: whoever reads sees the old one or the new one.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Whoever the system's defaults let.
    Anybody,
    /// Its owner alone.
    Owner,
}

/// What a process that was killed leaves beside a file is removed after so long; a write takes less.
const STALE: Duration = Duration::from_secs(600);

/// The name under which a process writes what is to replace a file.
fn attempt(path: &Path, process: &str) -> OsString {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or(path.as_os_str()));
    name.push(format!(".{process}.new"));
    name
}

/// Removes what processes that were killed have left of their attempts to replace a file.
pub(crate) fn forget_attempts(path: &Path) {
    let name = attempt(path, "");
    // `.NAME.` in front of the number, `.new` behind it.
    let (Some(front), Ok(entries)) =
        (name.to_str().and_then(|name| name.strip_suffix(".new")), fs::read_dir(folder(path)))
    else {
        return;
    };
    for entry in entries.flatten() {
        let own = entry.file_name();
        let process = own.to_str().and_then(|own| own.strip_prefix(front)?.strip_suffix(".new"));
        let is_attempt = process.is_some_and(|number| number.parse::<u32>().is_ok());
        let age = entry.metadata().and_then(|about| about.modified()).map(|at| at.elapsed().unwrap_or_default());
        if is_attempt && age.is_ok_and(|age| age > STALE) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Puts a file in the place of another: written beside it, brought to the disk, renamed. A link in its place is replaced, not followed.
pub(crate) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let beside = folder(path).join(attempt(path, &std::process::id().to_string()));
    // Another program's that had the same number and was stopped.
    let _ = fs::remove_file(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let written = options.open(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&beside, path)) {
        // What is left of a failed attempt is of no use to anybody.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    // The new name, too, has to reach the disk; not every file system lets a folder be synchronised.
    if cfg!(unix) {
        let _ = File::open(folder(path)).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
