//! Golden cases on disk: all files of one stage, sorted by name.

use std::fs;
use std::path::Path;

/// A file of cases.
pub(crate) struct CaseFile {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The files of a stage.
pub(crate) fn read(stage: &str) -> Vec<CaseFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(stage);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .map(|p| CaseFile {
            name: p.file_name().unwrap().to_str().unwrap().to_owned(),
            text: fs::read_to_string(p).unwrap(),
        })
        .collect()
}
