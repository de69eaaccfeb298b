//! The engines against each other, and against what Python's `re.sub` was seen to do.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

fn matches(pattern: &Pattern, text: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    pattern.for_each_match(Haystack::new(text), |start, end| found.push((start, end)));
    found
}

fn by_machine(pattern: &Pattern, text: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    pattern.backtrack(text, |start, end| found.push((start, end)));
    found
}

fn sub(pattern: &str, text: &str) -> String {
    let pattern = Pattern::compile(pattern).unwrap();
    let mut out = String::new();
    let mut done = 0;
    for (start, end) in matches(&pattern, text.as_bytes()) {
        out.push_str(&text[done..start]);
        out.push('-');
        done = end;
    }
    out + &text[done..]
}

/// The idioms that must run on automata.
const LOWERED: &[&str] = &[
    r"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)",
    r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)",
    r"((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)",
    r"((?<=[^A-Za-z0-9])|^)([0-9A-F]{4} ?){4,}((?=[^A-Za-z0-9])|$)",
    r"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)",
    r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)",
    r#"(?<=executed cmd )(".+?")"#,
    r"(?:^|(?<=\s))\S+(?=\s|$)",
    r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])",
    r"(?<!\d)(?<!\.)\d+(?!\.)(?!\d)",
    r"(?<=\d)a+",
    r"(?<=[=:])[^,]+?(?=,|$)",
    r"\b\d+\b",
    r"a(?=bc)",
    r"^a+",
    r"a+$",
    r"(?i)error|WARN",
    r"(?<![a-z])(?:ab|a)(?=b|\Z)",
    r"(?m)^a+$",
];

/// The rest: only the machine runs these.
const BACKTRACKED: &[&str] = &[
    r"a*",
    r"a*?",
    r"|a",
    r"\b",
    r"\B",
    r"(a)b\1",
    r"(?P<q>['a])b(?P=q)",
    r"a(?!b)b|b",
    r"(?<!ab)a",
    r"(?>a+)b",
    r"a++b",
    r"(?:a|b*)*c",
    r"(?:|a)+b",
    r"(a)?(?(1)b|a)",
    r"(?=a)(?=ab)\w+",
];

static ALL: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| LOWERED.iter().chain(BACKTRACKED).map(|source| Pattern::compile(source).unwrap()).collect());

#[test]
fn idioms_run_on_automata_and_the_rest_on_the_machine() {
    for pattern in LOWERED {
        assert!(Pattern::compile(pattern).unwrap().ascii.is_some(), "{pattern}");
    }
    for pattern in BACKTRACKED {
        let compiled = Pattern::compile(pattern).unwrap();
        assert!(compiled.ascii.is_none(), "{pattern}");
    }
}

#[test]
fn replaces_what_python_replaces() {
    // The right-hand sides are what `re.sub(pattern, "-", text)` gave.
    for (pattern, text, expected) in [
        ("a*", "baac", "-b--c-"),
        ("a*?", "aa", "-----"),
        ("|a", "a", "---"),
        ("x*", "", "-"),
        (r"\b", "ab cd", "-ab- -cd-"),
        (r"\B", "", ""),
        (r"\b", "", ""),
        ("$", "a\n", "a-\n-"),
        ("a$", "a\n", "-\n"),
        (r"a\Z", "a\n", "a\n"),
        (r"\d+", "a\u{663}b\u{b2}", "a-b\u{b2}"),
        (r"\w+", "a\u{b2}\u{301}b", "-\u{301}-"),
        (r"\s", "a\u{1c}b\u{85}c\u{200b}", "a-b-c\u{200b}"),
        (r"(?i)k", "K\u{212a}", "--"),
        // A look-ahead that consumes a character of two bytes.
        ("(?:b)(?=[^a])", "b\u{e9} ba b", "-\u{e9} ba b"),
        (r"((?<=[^A-Za-z0-9])|^)(\d+)((?=[^A-Za-z0-9])|$)", "1 2 3a 4_5", "- - 3a -_-"),
        (r"(?<=a)b", "abab", "a-a-"),
        (r"(?<=ab)c|d", "abcd", "ab--"),
        (r"(?<![\w.])\d+(?![\w.])", "1 2.5 x3 4", "- 2.5 x3 -"),
    ] {
        assert_eq!(sub(pattern, text), expected, "{pattern} on {text:?}");
    }
}

#[test]
fn a_hostile_line_costs_a_bounded_number_of_steps() {
    let pattern = Pattern::compile(r"(?=a)(?:a+)+\1|(x)(?:a+)+$".replace(r"\1", "b").as_str()).unwrap();
    let text = "a".repeat(3000);
    assert_eq!(matches(&pattern, text.as_bytes()), []);
    assert!(pattern.exhausted() <= 1);
    let pattern = Pattern::compile(r"(?=(?:a+)+b)a").unwrap();
    assert_eq!(matches(&pattern, text.as_bytes()), []);
    assert_eq!(pattern.exhausted(), 1);
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "ab",
        "A",
        "f",
        "0",
        "1",
        "12",
        "00:",
        ":",
        ".",
        "1.2.3.4",
        " ",
        "  ",
        "_",
        "-",
        "+",
        "x",
        "0x1f",
        "=",
        ",",
        "\n",
        "executed cmd \"",
        "\"",
        "error",
        "\u{e9}",
        "\u{b2}",
        "\u{663}",
        "\u{301}",
        "\u{1c}",
        "\u{2003}",
        "'",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Random patterns without nullable loops over what may be empty.
fn random_pattern() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "a", "b", "[ab]", "[^a]", r"\d", r"\w", r"\s", ".", "1", "_", "ab", r"\S", "(?:a|ab)", "(?:ab|a)", r"\b", "$",
        "^",
    ]);
    let counted = (atom, prop::sample::select(vec!["", "", "+", "?", "*", "+?", "*?", "??", "{2}", "{1,2}", "{0,2}?"]));
    let counted = counted.prop_map(|(atom, count)| {
        let repeatable = !matches!(atom, r"\b" | "$" | "^");
        if repeatable && !count.is_empty() { format!("(?:{atom}){count}") } else { atom.to_owned() }
    });
    let core = prop::collection::vec(counted, 1..4).prop_map(|atoms| atoms.concat());
    let left = prop::sample::select(vec![
        "",
        "",
        "(?<=a)",
        "(?<=[^a])",
        "((?<=[^A-Za-z0-9])|^)",
        r"(?<!\w)",
        "(?<!a)(?<!b)",
        "(?<=ab)",
        r"(?:^|(?<=\s))",
        "^",
    ]);
    let right = prop::sample::select(vec![
        "",
        "",
        "(?=a)",
        "(?=[^a])",
        "((?=[^A-Za-z0-9])|$)",
        r"(?!\w)",
        "(?!a)(?!b)",
        "(?=ab|b)",
        r"(?=\s|$)",
        "$",
        r"\Z",
    ]);
    (left, prop::collection::vec(core, 1..3), right)
        .prop_map(|(left, cores, right)| format!("{left}(?:{}){right}", cores.join("|")))
}

proptest! {
    // The same cases on every run.
    #![proptest_config(ProptestConfig {
        cases: 500,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn automata_find_what_the_machine_finds(pattern in random_pattern(), texts in prop::collection::vec(text(), 4)) {
        let pattern = Pattern::compile(&pattern).unwrap();
        for text in texts {
            prop_assert_eq!(matches(&pattern, text.as_bytes()), by_machine(&pattern, text.as_bytes()), "{:?}", text);
        }
    }

    #[test]
    fn idioms_find_what_the_machine_finds(text in text()) {
        for pattern in ALL.iter() {
            let (found, expected) = (matches(pattern, text.as_bytes()), by_machine(pattern, text.as_bytes()));
            prop_assert_eq!(found, expected, "{}", pattern.source());
        }
    }

    #[test]
    fn any_bytes_and_any_pattern_are_survived(source in "\\PC{0,20}|[ab()\\[\\]{}|*+?^$.\\\\0-9<=!:,-]{0,16}", text: Vec<u8>) {
        if let Ok(pattern) = Pattern::compile(&source) {
            let mut last = 0;
            pattern.for_each_match(Haystack::new(&text), |start, end| {
                assert!(last <= start && start <= end && end <= text.len());
                last = end;
            });
        }
    }
}
