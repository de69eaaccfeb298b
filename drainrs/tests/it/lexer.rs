//! Properties of the lexer: what holds for every line.

use std::sync::LazyLock;

use drainrs::{Class, Mask, MaskSpan, NormalizeConfig, Normalizer, Span, TokenKey, Tokens};
use proptest::prelude::*;

use crate::fuzzed::check_tokens as check;
use crate::fuzzed::lexer_naive::{agree, line};

fn normalizer(config: &NormalizeConfig) -> Normalizer {
    Normalizer::build(config).unwrap()
}

static DEFAULT: LazyLock<Normalizer> = LazyLock::new(|| normalizer(&NormalizeConfig::default()));

fn lex(line: &[u8]) -> Tokens {
    let mut tokens = Tokens::new();
    DEFAULT.normalize(line, &mut tokens);
    tokens
}

fn mask(line: &[u8]) -> String {
    DEFAULT.masked_text(line)
}

proptest! {
    #![proptest_config(crate::cases::properties(4000))]

    #[test]
    fn the_fast_lexer_agrees_with_the_simple_one(line in line()) {
        agree(&line);
    }

    #[test]
    fn any_bytes_give_well_formed_tokens(line in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&line, &lex(&line));
    }

    #[test]
    fn any_mixture_of_significant_bytes_gives_well_formed_tokens(line in "[0-9a-f:./@\\\\ ,_%xTZ+-]{0,200}") {
        check(line.as_bytes(), &lex(line.as_bytes()));
    }

    #[test]
    fn realistic_lines_give_well_formed_tokens(line in line()) {
        check(line.as_bytes(), &lex(line.as_bytes()));
    }

    #[test]
    fn masking_twice_is_masking_once(line in line()) {
        let once = mask(line.as_bytes());
        prop_assert_eq!(mask(once.as_bytes()), once);
    }

    #[test]
    fn what_users_masks_match_is_masked_as_they_say_and_left_alone(line in line()) {
        let mut tokens = Tokens::new();
        SINGLE_BYTES.normalize(line.as_bytes(), &mut tokens);
        check(line.as_bytes(), &tokens);
        let claims: Vec<MaskSpan> = line
            .bytes()
            .enumerate()
            .filter_map(|(at, byte)| {
                let name = [b"e7".as_slice(), b"./:", b"a0 "].iter().position(|bytes| bytes.contains(&byte))?;
                Some(MaskSpan { span: Span::new(at, at + 1), class: Class::Mask(name as u8) })
            })
            .collect();
        let claimed: Vec<MaskSpan> =
            tokens.all_masks().iter().copied().filter(|mask| matches!(mask.class, Class::Mask(_))).collect();
        prop_assert_eq!(claimed, claims);
    }
}

/// Masks that match single bytes wherever they stand, in words, in numbers and between them.
static SINGLE_BYTES: LazyLock<Normalizer> = LazyLock::new(|| {
    let masks = vec![Mask::new("A", "[e7]"), Mask::new("B", "[./:]"), Mask::new("C", "[a0 ]")];
    normalizer(&NormalizeConfig { masks, fold_lists: false, ..Default::default() })
});

#[test]
fn a_users_mask_is_an_edge_and_joins_its_words() {
    let line = b"user bob smith5 id7 x9y";
    let masks = vec![Mask::new("WHO", "bob smith|(?<=i)d|(?<=x)9")];
    let normalizer = normalizer(&NormalizeConfig { masks, ..Default::default() });
    assert_eq!(normalizer.masked_text(line), "user <WHO><NUM> i<WHO><NUM> x<WHO>y");
    let mut tokens = Tokens::new();
    normalizer.normalize(line, &mut tokens);
    assert_eq!(tokens.len(), 4);
}

#[test]
fn identifiers_end_at_a_users_mask() {
    let masks = vec![Mask::new("WHO", "(?<=_)b(?=_)|(?<==)c")];
    let normalizer = normalizer(&NormalizeConfig { masks, ..Default::default() });
    assert_eq!(normalizer.masked_text(b"a_b_5 5_b_c"), "a_<WHO>_<NUM> <NUM>_<WHO>_c");
    assert_eq!(normalizer.masked_text(b"7_x_b_y_8 k=c5_z"), "<ID><WHO><ID> k=<WHO><ID>");
}

#[test]
fn a_masked_text_of_drain3s_way_is_the_rewritten_text() {
    let config = NormalizeConfig {
        masks: vec![Mask::new("NUM", "[0-9]+")],
        extra_delimiters: vec!["=>".into()],
        ..NormalizeConfig::drain3()
    };
    assert_eq!(normalizer(&config).masked_text(b"user_17=>has  3 jobs"), "user_<NUM> has  <NUM> jobs");
    assert_eq!(normalizer(&NormalizeConfig::drain3()).masked_text(b"as it 1s"), "as it 1s");
}

#[test]
fn values_that_span_blanks_are_one_token() {
    let line = b"up since Jun 14 15:16:01 with 2.1 KB in [1, 2, 3]";
    let tokens = lex(line);
    let words: Vec<&str> = tokens.spans().iter().map(|span| str::from_utf8(span.of(line)).unwrap()).collect();
    assert_eq!(words, ["up", "since", "Jun 14 15:16:01", "with", "2.1 KB", "in", "[1, 2, 3]"]);
    assert_eq!(tokens.keys()[2], TokenKey::MASK);
    assert_eq!(tokens.keys()[4], TokenKey::MASK);
    assert_eq!(tokens.masks(6).len(), 1);
}

#[test]
fn limits_cut_and_say_so() {
    let mut tokens = Tokens::new();
    let lexer = normalizer(&NormalizeConfig { max_tokens: 3, max_line_bytes: 12, ..Default::default() });
    lexer.normalize(b"a b c d", &mut tokens);
    assert!(tokens.is_cut() && tokens.len() == 3);
    assert_eq!(lexer.masked_text(b"a b 3 4"), "a b <NUM>");
    let long = "one größeeee two".as_bytes();
    lexer.normalize(long, &mut tokens);
    assert!(tokens.is_cut());
    lexer.normalize("0123456789 ö".as_bytes(), &mut tokens);
    assert!(tokens.is_cut() && tokens.len() == 1, "a character is not cut in two");
    lexer.normalize(b"a b c", &mut tokens);
    assert!(!tokens.is_cut());
    lexer.normalize(b"", &mut tokens);
    assert!(tokens.is_empty() && !tokens.is_cut());
}

#[test]
fn settings_change_what_they_name() {
    let masked = |config: NormalizeConfig, line: &str| {
        let normalizer = normalizer(&config);
        let mut tokens = Tokens::new();
        normalizer.normalize(line.as_bytes(), &mut tokens);
        check(line.as_bytes(), &tokens);
        normalizer.masked_text(line.as_bytes())
    };
    let keep = |name: &str| NormalizeConfig { keep: vec![name.to_owned()], ..Default::default() };
    assert_eq!(masked(keep("PATH"), "GET /users/17/orders"), "GET /users/<NUM>/orders");
    assert_eq!(masked(keep("NUM"), "x=5 for 5ms at 10.0.0.1"), "x=5 for <DURATION> at <IP>");
    assert_eq!(masked(keep("SIZE"), "5 KB 5KB"), "<NUM> KB 5KB");
    assert_eq!(masked(keep("VERSION"), "v1.2.3 of nginx/1.18.0"), "v1.2.3 of nginx/1.18.0");
    assert_eq!(masked(keep("HOST"), "web-1:80 a/10.0.0.1:9"), "web-<NUM>:<NUM> a/<IP>");
    assert_eq!(masked(keep("BOOL"), "x=true,y=null"), "x=true,y=<NULL>");
    assert_eq!(masked(keep("NULL"), "x=true,y=null"), "x=<BOOL>,y=null");
    let apart = NormalizeConfig { fold_lists: false, ..Default::default() };
    assert_eq!(masked(apart, "1,2, 3"), "<NUM>,<NUM>, <NUM>");
}

/// Were one of these quadratic, the test would take hours.
#[test]
fn a_megabyte_of_anything_takes_linear_time() {
    let lexer = normalizer(&NormalizeConfig { max_line_bytes: 0, max_tokens: 0, ..Default::default() });
    let mut tokens = Tokens::new();
    let units = [
        "7",
        "/",
        ":",
        "@",
        "\\",
        "-",
        "_",
        "a",
        "f",
        "a@",
        "a.",
        "1.",
        "1:",
        "1,",
        "1-",
        "1/",
        "1_",
        "1, ",
        "a1",
        "1a",
        "f1-",
        "::",
        "a:1",
        "/a:",
        "://",
        "ab://",
        "100,",
        "%20",
        "1e",
        "1h",
        "x@y.zz",
        "-bcd2f",
        "12:",
        "Jan 1 ",
        "May 12 ",
        "0x",
        "00-",
        "1 ms ",
        "<",
        "~/",
        "../",
        "</a",
        "v1.",
        "utf-8",
        "1234-",
        "\u{e9}",
        "ffffffff",
        "ffffffff-",
        " ",
        "1 KB",
        "/a?",
        "/?a",
        "</a?b",
        "/a#b",
        "1.1.1.1.a-",
        "1.1.1.1-a_",
        "10:15,",
        "10:15-",
        "a_1_-",
    ];
    for unit in units {
        let line = unit.repeat((1 << 20) / unit.len()) + "1";
        lexer.normalize(line.as_bytes(), &mut tokens);
        check(line.as_bytes(), &tokens);
    }
    // A word that is no identifier, with many numbers that could make one of it.
    let line = "1_".repeat(1 << 19) + "1=";
    lexer.normalize(line.as_bytes(), &mut tokens);
    check(line.as_bytes(), &tokens);
}
