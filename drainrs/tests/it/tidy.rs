//! The house rules that a script can see: floors, module essays, file sizes, words that do not belong here.

use std::fs;
use std::path::{Path, PathBuf};

/// The floor of each module of the core. A file may name modules of lower floors and its own module, nothing else.
const FLOORS: [(&str, u32); 29] = [
    ("error", 0),
    ("time", 0),
    ("id", 0),
    ("text", 1),
    ("stats", 1),
    ("wire", 1),
    ("flow", 2),
    ("join", 3),
    ("parse", 3),
    ("normalize", 3),
    ("mine", 3),
    ("count", 3),
    ("score", 3),
    ("alert", 3),
    ("redact", 3),
    ("prompt", 3),
    ("index", 3),
    ("guard", 3),
    ("miner", 4),
    ("pipeline", 4),
    ("fit", 4),
    ("detect", 4),
    ("baseline", 4),
    ("correlate", 4),
    ("report", 4),
    ("ask", 4),
    ("lib", 5),
    ("program", 6),
    ("main", 7),
];

/// What `stats` keeps writes itself by `wire`, and its tables spread keys by the secret that `text` has. `miner` is normalize + mine, `pipeline` join + parse + miner + detect, `fit`
/// judges miners, `baseline` learns by a pipeline, and `ask` asks about one: the steps that are allowed inside a floor.
const STEP_INSIDE_A_FLOOR: [(&str, &str); 11] = [
    ("stats", "text"),
    ("stats", "wire"),
    ("pipeline", "miner"),
    ("pipeline", "detect"),
    ("fit", "miner"),
    ("baseline", "miner"),
    ("baseline", "pipeline"),
    ("ask", "miner"),
    ("ask", "pipeline"),
    ("ask", "detect"),
    ("ask", "correlate"),
];

const MAX_LINES_OF_A_FILE: usize = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// All files below a folder with one of the endings, without build output and hidden folders.
fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with('.') || name == "target" || name == "proptest-regressions" {
            continue;
        }
        if path.is_dir() {
            files(&path, endings, found);
        } else if endings.iter().any(|e| name.ends_with(e)) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root().join("drainrs/src"), &[".rs"], &mut found);
    assert!(found.len() > 10, "the sources were found");
    found
}

/// The top-level module that a file belongs to.
fn module_of(path: &Path) -> String {
    let below = path.strip_prefix(root().join("drainrs/src")).unwrap();
    below.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

fn floor(module: &str) -> Option<u32> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|&(_, floor)| floor)
}

/// The top-level modules that a source names by a path from the crate's root.
fn modules_named_in(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = Vec::new();
    for line in code {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split(',').map(|item| item.trim().split("::").next().unwrap_or_default()).collect(),
                None => vec![rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()],
            };
            found.extend(names.into_iter().map(|n| n.trim_end_matches(['}', ';']).to_owned()));
        }
    }
    found
}

/// What a file must not name, given its own module.
fn forbidden(own: &str, named: &str) -> bool {
    let (Some(own_floor), Some(named_floor)) = (floor(own), floor(named)) else { return false };
    let step = STEP_INSIDE_A_FLOOR.contains(&(own, named));
    named != own && named_floor >= own_floor && !step
}

#[test]
fn no_module_looks_up_or_sideways() {
    let mut bad = Vec::new();
    for path in sources() {
        let own = module_of(&path);
        assert!(floor(&own).is_some() || own == "lib", "{own} has no floor: add it to the table");
        for named in modules_named_in(&fs::read_to_string(&path).unwrap()) {
            if forbidden(&own, &named) {
                bad.push(format!("{} names {named}", path.display()));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn the_floor_rule_notices_a_look_upwards() {
    let seen = |own: &str, code: &str| modules_named_in(code).iter().any(|named| forbidden(own, named));
    assert!(seen("text", "use crate::flow::Tokens;"));
    assert!(seen("parse", "let x = crate::normalize::build();"));
    assert!(seen("flow", "use crate::{text::Span, mine::Drain};"));
    assert!(!seen("mine", "use crate::flow::Tokens; use crate::text::Span;"));
}

#[test]
fn every_file_opens_with_its_essay_and_keeps_to_one_subject() {
    let mut all = sources();
    files(&root().join("drainrs-c/src"), &[".rs"], &mut all);
    files(&root().join("drainrs-py/src"), &[".rs"], &mut all);
    files(&root().join("drainrs-py/python"), &[".py"], &mut all);
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        let says = ["//! ", "\"\"\""].iter().any(|mark| text.starts_with(mark));
        assert!(says, "{} does not say what it is", path.display());
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES_OF_A_FILE, "{} has {lines} lines: which noun wants out?", path.display());
    }
}

#[test]
fn no_unfinished_work_and_no_private_paths() {
    let mut found = Vec::new();
    files(&root(), &[".rs", ".md", ".toml", ".py", ".sh", "Makefile"], &mut found);
    // Spelled in two halves so that this file does not find itself.
    let words = [["TO", "DO"], ["FIX", "ME"], ["/wo", "rk/"], ["/ro", "ot/"], ["../sha", "red"], ["todo", "!("]];
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        for word in words.map(|halves| halves.concat()) {
            assert!(!text.contains(&word), "{} contains {word}", path.display());
        }
    }
}

/// Logarithms and exponentials of the platform differ in the last digit from host to host, and so would snapshots.
#[test]
fn numbers_are_the_same_on_every_host() {
    let of_the_platform =
        ["ln", "ln_1p", "log", "log2", "log10", "exp", "exp_m1", "exp2", "powf", "cbrt", "sin", "cos", "tan", "tanh"];
    let calls: Vec<String> = of_the_platform.iter().map(|name| format!(".{name}(")).collect();
    let mut looked_at = 0;
    for path in sources() {
        if path.ends_with("tests.rs") || module_of(&path) == "program" {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        looked_at += usize::from(source.contains(".portable_"));
        for (number, line) in source.lines().enumerate() {
            let used = calls.iter().find(|call| line.contains(call.as_str()) && !line.trim_start().starts_with("//"));
            assert!(used.is_none(), "{}:{}: {line}: use stats::Portable", path.display(), number + 1);
        }
    }
    assert!(looked_at > 10, "who computes was found");
}
