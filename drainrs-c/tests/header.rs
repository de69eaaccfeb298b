//! The header is the one that the sources make. With `UPDATE_HEADER=1` it is written, and the list of symbols with it.

use std::path::{Path, PathBuf};

/// A function of the header.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    /// The types and names of its parameters.
    pub(crate) parameters: Vec<(String, String)>,
}

impl Declared {
    /// Whether it tells failures. What frees an error has a place for nothing else.
    pub(crate) fn can_fail(&self) -> bool {
        self.parameters.len() > 1 && self.parameters.last().is_some_and(|(kind, _)| kind == "drainrs_error**")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The functions that the committed header declares.
pub(crate) fn declared() -> Vec<Declared> {
    let header = std::fs::read_to_string(root().join("include/drainrs.h")).unwrap();
    let mut code = String::new();
    for (at, part) in header.split("/*").enumerate() {
        code.push_str(if at == 0 { part } else { part.split_once("*/").map_or("", |(_, code)| code) });
    }
    let code: Vec<&str> = code.lines().filter(|line| !line.starts_with('#')).collect();
    code.join(" ").split(';').filter_map(declaration).collect()
}

fn declaration(text: &str) -> Option<Declared> {
    let (head, parameters) = text.trim().strip_suffix(')')?.split_once('(')?;
    let name = head.rsplit([' ', '*']).next()?.to_owned();
    let parameters = parameters.split(',').map(str::trim).filter(|one| !matches!(*one, "" | "void"));
    let parameters = parameters.filter_map(|one| {
        let at = one.rfind([' ', '*'])? + 1;
        Some((one[..at].replace(' ', ""), one[at..].to_owned()))
    });
    name.starts_with("drainrs_").then(|| Declared { parameters: parameters.collect(), name })
}

#[test]
fn the_committed_header_is_what_the_sources_say() {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let bindings = cbindgen::generate_with_config(root(), config).unwrap();
    let mut made = Vec::new();
    bindings.write(&mut made);
    let made = String::from_utf8(made).unwrap();
    let path = root().join("include/drainrs.h");
    let update = std::env::var_os("UPDATE_HEADER").is_some();
    if update {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "include/drainrs.h is out of date: run this test with UPDATE_HEADER=1");

    let mut names: Vec<String> = declared().into_iter().map(|function| function.name).collect();
    names.sort();
    let names = names.join("\n") + "\n";
    let path = root().join("abi/symbols.txt");
    if update {
        std::fs::write(&path, &names).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == names, "abi/symbols.txt is out of date: run this test with UPDATE_HEADER=1");
}
