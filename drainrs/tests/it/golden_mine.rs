//! The golden cases of mining: `tests/golden/mine/*.toml`.

use drainrs::{Change, Miner, MinerConfig};

use crate::cases;

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    config: MinerConfig,
    lines: Vec<String>,
    hits: Vec<String>,
    templates: Vec<String>,
}

#[derive(serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

/// All cases with the names of their files.
fn cases() -> Vec<(String, Case)> {
    let read = |file: cases::CaseFile| {
        let parsed: File = toml::from_str(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        parsed.case.into_iter().map(move |case| (file.name.clone(), case))
    };
    cases::read("mine").into_iter().flat_map(read).collect()
}

#[test]
fn golden_cases() {
    for (file, case) in cases() {
        let mut miner = Miner::build(&case.config).unwrap();
        let hits: Vec<String> = case
            .lines
            .iter()
            .map(|line| {
                let hit = miner.insert(line.as_bytes());
                let change = match hit.change {
                    Change::Created => 'c',
                    Change::Widened => 'w',
                    Change::Unchanged => 'u',
                };
                format!("{} {change}", hit.template)
            })
            .collect();
        assert_eq!(hits, case.hits, "{file}: {}", case.name);
        let templates: Vec<String> = miner.templates().map(|t| format!("{} {}", t.count, t.text)).collect();
        assert_eq!(templates, case.templates, "{file}: {}", case.name);
    }
}
