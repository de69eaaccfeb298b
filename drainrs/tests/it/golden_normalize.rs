//! Golden cases of the lexer: lines, and how their masked text must read.

use std::fs;
use std::path::Path;

use drainrs::{NormalizeConfig, Normalizer, Tokens};

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    line: String,
    masked: String,
    /// The tokens as they stand in the line, where they are what the case is about.
    tokens: Option<Vec<String>>,
}

#[test]
fn lines_are_masked_as_the_golden_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/normalize");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let normalizer = Normalizer::build(&NormalizeConfig::default()).unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let Cases { case } = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for Case { name, line, masked, tokens } in case {
            seen += 1;
            let got = normalizer.masked_text(line.as_bytes());
            if got != masked {
                wrong.push(format!("{name}\n  line   {line}\n  want   {masked}\n  got    {got}"));
            }
            if let Some(want) = tokens {
                let mut tokens = Tokens::new();
                normalizer.normalize(line.as_bytes(), &mut tokens);
                let got: Vec<&str> = tokens.spans().iter().map(|span| &line[span.range()]).collect();
                if got != want {
                    wrong.push(format!("{name}\n  line   {line}\n  want   {want:?}\n  got    {got:?}"));
                }
            }
        }
    }
    assert!(seen > 100, "the cases were found: {seen}");
    assert!(wrong.is_empty(), "{} of {seen} cases:\n{}", wrong.len(), wrong.join("\n"));
}
