//! The fast lexer against the naive one, on lines made of pieces that mean something to both.

use std::sync::LazyLock;

use drainrs::{NormalizeConfig, Normalizer};
use proptest::prelude::*;

use super::made::many;
use crate::reference::lexer::Reference;

static FAST: LazyLock<Normalizer> =
    LazyLock::new(|| Normalizer::build(&NormalizeConfig::default()).expect("default settings"));
static NAIVE: LazyLock<Reference> = LazyLock::new(Reference::new);

pub(super) fn run(data: &[u8]) {
    many(&line(), data, 16).iter().for_each(|line| agree(line));
}

/// Both come to the same text.
pub(crate) fn agree(line: &str) {
    assert_eq!(FAST.masked_text(line.as_bytes()), NAIVE.mask(line), "{line}");
}

/// Pieces of lines that mean something to the lexer, and some that nearly do.
fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[A-Z][a-z]{2,7}",
        "[0-9]{1,6}",
        "[0-9]{1,3}(,[0-9]{3}){1,2}",
        "[0-9]{1,4}\\.[0-9]{1,3}",
        "[a-z]{1,5}[0-9]{1,3}",
        "[0-9]{1,3}[b-o][a-z]{0,2}",
        "(1|2)?[1-9]?[0-9]\\.(1|2)?[1-9]?[0-9]\\.(1|2)?[1-9]?[0-9]\\.(1|2)?[1-9]?[0-9](:[0-9]{2,4})?",
        "[1-9]\\.[0-9]{1,2}\\.[0-9]{1,2}(-rc[1-9])?",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "0x[0-9a-f]{1,8}",
        "[0-9a-f]{6,12}",
        "[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}",
        "fe80::[0-9a-f]{1,4}:[1-9][0-9a-f]{0,3}",
        "/[a-z]{1,5}(/[a-z0-9_.]{1,6}[a-z]){0,3}",
        "https?://[a-z]{1,8}\\.com(:80)?/[a-z0-9]{0,5}",
        "[a-z]{1,6}\\.?[a-z0-9]{0,3}@[a-z]{2,6}\\.(com|org)",
        "[0-9]{1,4}(\\.[0-9])?( |)(KB|MiB|B|bytes)",
        "[0-9]{1,4}(\\.[0-9])?(ms|s|us|m|h| ms)",
        "[1-9]h[1-9]m[1-9]s",
        "[0-9]{1,2}%",
        "20[0-2][0-9]-0[1-9]-[0-2][1-9]",
        "20[0-2][0-9]-0[1-9]-[0-2][1-9](T| )[01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{3}|)(Z|)",
        "[01][0-9]:[0-5][0-9]:[0-5][0-9]",
        "(Jan|Jun|Dec) [1-2]?[1-9] [01][0-9]:[0-5][0-9]:[0-5][0-9]",
        "[0-2][1-9]/(Jan|Jun|Dec)/20[0-2][0-9]:[01][0-9]:[0-5][0-9]:[0-5][0-9]",
        "[a-z]{2,5}-[0-9]{1,2}:[0-9]{1,5}",
        "[a-z]{1,4}-?[0-9]{0,2}\\.[a-z]{2,5}\\.(com|local|org|java|se)(:[0-9]{2,5})?",
        "[a-z]{1,5}[0-9]?/10\\.1\\.1\\.[0-9](:[0-9]{2,5})?",
        "/10\\.1\\.1\\.[0-9](:[0-9]{2,5})?",
        "v[0-9]\\.[0-9]{1,2}",
        "(true|False|null|None|nil|undefined|<nil>|TRUE)",
        "blk_-?[0-9]{1,3}( blk_-?[0-9]{1,3})?",
        "[b-oq-z][a-z]{0,3}_[0-9]{1,3}(_[a-z]{1,3}|_-?[0-9]{1,2}|\\.[0-9]{1,2}|=|\\(|,[0-9]{3})?",
        "([A-Z]{2,4}_|_|[0-9]_)[0-9]{1,6}_?",
        "[0-9]{2}:[0-9]{2}",
        "[a-f]{5,7}[0-9][a-f]{0,2}",
        "/([a-z]{1,4}(/[a-z.]{1,3})?)?[?#]([a-z]{1,2}|/|&|=[a-z])([a-z]=[0-9]{1,2}[&,.;)!]){0,2}",
        "/?10\\.1\\.1\\.[0-9][.-]([a-z]{1,4}[.-]){0,3}(ru|de|net|py|json|pl)(:[0-9]{2})?",
        "(Mon |)(Jan|Jun) [1-2]?[1-9] [0-9]{2}:[0-9]{2}:[0-9]{2} (UTC |)[0-9]{4}",
        "<?[0-9]{1,3} (sec|seconds|minutes|hours|day)",
        "[0-9]{3,4}( bytes)? \\([0-9]\\.[0-9]{2} KB\\)",
        "=\"[a-z]{1,4}( [a-z]{1,4}){0,4}\"",
        "[0-9]{2}:[0-9]{2}:[0-9]{2}",
        "(utf-8|x86_64|sha-256|HTTP/1|größe|<\\*>|<NUM>)",
    ]
}

fn glue() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        " ", " ", " ", " ", "  ", ", ", ",", "=", " = ", ": ", ":\"", "\" ", " (", ") ", " [", "] ", "='", "' ", "; ",
        "|", " #", "\t", " -", " +", ". ",
    ])
}

pub(crate) fn line() -> impl Strategy<Value = String> {
    prop::collection::vec((fragment(), glue()), 1..9)
        .prop_map(|parts| parts.into_iter().map(|(fragment, glue)| fragment + glue).collect::<String>())
        // The simple lexer knows no halves of the day.
        .prop_map(|line| line.replace(" am", " an").replace(" pm", " pn").replace(" AM", " AN").replace(" PM", " PN"))
}
