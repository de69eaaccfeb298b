//! What the README and `docs/dependencies.md` say of the dependencies is what cargo says.
//!
//! Cargo is asked as the README asks it, by a shell: on Unix only.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const PAGE: &str = "docs/dependencies.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn shell(command: &str) -> String {
    let done = Command::new("sh").args(["-c", command]).current_dir(root()).output().unwrap();
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Name and licence of each crate that comes with the library by default, from cargo.
fn by_cargo() -> BTreeMap<String, String> {
    let listed = shell("cargo tree -p drainrs -e normal --prefix none --no-dedupe -f '{p}|{l}'");
    let crates = listed.lines().filter(|line| !line.starts_with("drainrs "));
    crates
        .map(|line| {
            let (package, licence) = line.split_once('|').unwrap();
            (package.split(' ').next().unwrap().to_owned(), licence.to_owned())
        })
        .collect()
}

/// Name, licence and `unsafe` of each crate, from the tables of the page.
fn by_the_page() -> BTreeMap<String, (String, String)> {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.map(|row| row.split(" | ").collect::<Vec<_>>()).filter(|cells| cells[0] != "crate");
    cells
        .map(|cells| {
            assert_eq!(cells.len(), 4, "{PAGE}: {cells:?}");
            (cells[0].to_owned(), (cells[2].to_owned(), cells[3].to_owned()))
        })
        .collect()
}

/// Whether any source below the folder has `unsafe` in its code: a block, a function, a trait or an implementation of one.
fn has_unsafe(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return has_unsafe(&path);
        }
        path.extension().is_some_and(|ending| ending == "rs")
            && fs::read_to_string(&path).unwrap().lines().any(|line| {
                let code = line.split("//").next().unwrap_or_default();
                ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait", "unsafe extern"]
                    .iter()
                    .any(|it| code.contains(it))
            })
    })
}

#[test]
fn the_readme_counts_the_dependencies() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let counted =
        readme.lines().filter_map(|line| line.starts_with("cargo tree ").then(|| line.rsplit_once(" # ")).flatten());
    let [(command, said)] = counted.collect::<Vec<_>>()[..] else { panic!("README.md counts the dependencies once") };
    let found = shell(command);
    assert_eq!(found.trim(), said.trim(), "{command}: left what cargo says, right what README.md says");
    assert_eq!(by_cargo().len().to_string(), said.trim(), "the crates that cargo lists, and what README.md says");
}

#[test]
fn the_page_of_dependencies_has_each_with_its_licence() {
    let said: BTreeMap<String, String> =
        by_the_page().into_iter().map(|(name, (licence, _))| (name, licence)).collect();
    let found = by_cargo();
    let only_in = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| -> Vec<String> {
        one.iter().filter(|(name, licence)| other.get(*name) != Some(licence)).map(|both| format!("{both:?}")).collect()
    };
    let (more, missing) = (only_in(&said, &found), only_in(&found, &said));
    assert!(more.is_empty() && missing.is_empty(), "only in {PAGE}: {more:?}; only by cargo: {missing:?}");
}

#[test]
fn the_page_of_dependencies_tells_who_uses_unsafe() {
    let said = by_the_page();
    let found = shell("cargo metadata --format-version 1 --locked");
    let found: Value = serde_json::from_str(&found).unwrap();
    // Of several versions of a crate, the one that the library brings along.
    let versions = shell("cargo tree -p drainrs -e normal --prefix none --no-dedupe");
    let mut seen = 0;
    for package in found["packages"].as_array().unwrap() {
        let (name, version) = (package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        let Some((_, has)) = said.get(name) else { continue };
        if !versions.lines().any(|line| line.split(" (").next() == Some(&format!("{name} v{version}"))) {
            continue;
        }
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().join("src");
        assert_eq!(has == "yes", has_unsafe(&folder), "{PAGE}: {name} {version}: is there `unsafe` in its sources?");
        seen += 1;
    }
    assert_eq!(seen, said.len(), "every crate of the page was looked at");
}
