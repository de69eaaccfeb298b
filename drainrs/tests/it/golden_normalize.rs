//! Golden cases of the lexer: lines, and how their masked text must read.

use std::fs;
use std::path::Path;

use drainrs::{Lexer, Placeholders, Tokens, masked_text};

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    line: String,
    masked: String,
}

fn mask(line: &str) -> String {
    let mut tokens = Tokens::new();
    Lexer::default().lex(line.as_bytes(), &mut tokens);
    masked_text(line.as_bytes(), &tokens, &Placeholders::default())
}

#[test]
fn lines_are_masked_as_the_golden_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/normalize");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let Cases { case } = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for Case { name, line, masked } in case {
            seen += 1;
            let got = mask(&line);
            if got != masked {
                wrong.push(format!("{name}\n  line   {line}\n  want   {masked}\n  got    {got}"));
            }
        }
    }
    assert!(seen > 100, "the cases were found: {seen}");
    assert!(wrong.is_empty(), "{} of {seen} cases:\n{}", wrong.len(), wrong.join("\n"));
}
