//! What the library does with input that nobody should write but somebody does. The results are documented in
//! `docs/bad-input.md`; each row of its table has a test here.

use drainrs::{Change, Lines, Mask, Miner, MinerConfig, Seen, Timestamp};

fn miner() -> Miner {
    Miner::build(&MinerConfig::default()).unwrap()
}

fn text(miner: &Miner, line: &[u8]) -> String {
    let id = miner.find(line).expect("a mined line is found");
    miner.template(id).unwrap().text
}

#[test]
fn not_utf8_is_mined_by_its_bytes_and_shown_with_replacement_characters() {
    let mut miner = miner();
    miner.insert(b"caf\xe9 open 12");
    assert_eq!(miner.insert(b"caf\xe9 open 13").change, Change::Unchanged);
    assert_eq!(miner.insert(b"caf\xe8 open 13").change, Change::Created, "another byte is another word");
    assert_eq!(text(&miner, b"caf\xe9 open 1"), "caf\u{fffd} open <NUM>");
    assert_eq!(
        miner.template(drainrs::TemplateId(1)).unwrap().examples[0],
        b"caf\xe9 open 12",
        "examples keep the bytes"
    );
}

#[test]
fn nul_and_other_control_bytes_separate_tokens() {
    let mut miner = miner();
    miner.insert(b"a\0b\x01c");
    assert_eq!(text(&miner, b"a b c"), "a b c");
}

#[test]
fn a_line_of_ten_megabytes_is_cut_and_flagged() {
    let mut miner = miner();
    let mut line = b"dump ".to_vec();
    line.resize(10_000_000, b'x');
    miner.insert(&line);
    assert_eq!(miner.stats().cut_lines, 1);
    assert!(miner.stats().memory < 1_000_000, "the head is kept, not the line");
    assert!(miner.find(&line).is_some());
}

#[test]
fn masks_see_the_head_of_a_cut_line_only() {
    let mut config = MinerConfig::default();
    config.normalize.max_line_bytes = 9;
    config.normalize.masks = vec![Mask::new("END", "[a-z]+$")];
    let mut miner = Miner::build(&config).unwrap();
    let id = miner.insert(b"list: abc def ghi").template;
    assert_eq!(miner.template(id).unwrap().text, "list: <END>");
    assert_eq!(miner.stats().cut_lines, 1);
}

#[test]
fn a_hundred_thousand_tokens_are_cut_and_flagged() {
    let mut config = MinerConfig::default();
    config.normalize.max_line_bytes = 0;
    let mut miner = Miner::build(&config).unwrap();
    let line = "w ".repeat(100_000);
    miner.insert(line.as_bytes());
    assert_eq!(miner.stats().cut_lines, 1);
    let tokens = text(&miner, line.as_bytes()).split(' ').count();
    assert_eq!(tokens, config.normalize.max_tokens);
}

#[test]
fn drain3_mode_has_no_limits_as_drain3_has_none() {
    let mut miner = Miner::build(&MinerConfig::drain3()).unwrap();
    let line = "w ".repeat(100_000);
    miner.insert(line.as_bytes());
    assert_eq!(miner.stats().cut_lines, 0);
    assert_eq!(text(&miner, line.as_bytes()).split(' ').count(), 100_000);
}

#[test]
fn empty_lines_and_lines_of_spaces_share_the_empty_template() {
    let mut miner = miner();
    let first = miner.insert(b"").template;
    for line in [&b" "[..], b"\t\t", b"   \r"] {
        let hit = miner.insert(line);
        assert_eq!((hit.template, hit.change), (first, Change::Unchanged));
    }
    assert_eq!(miner.template(first).unwrap().text, "");
    assert_eq!(miner.template(first).unwrap().count, 4);
}

#[test]
fn crlf_and_a_missing_last_newline_change_nothing() {
    let mine = |text: &[u8]| {
        let mut miner = miner();
        for line in Lines::new(text) {
            miner.insert(line);
        }
        miner.templates().map(|t| (t.text, t.count)).collect::<Vec<_>>()
    };
    let plain = mine(b"disk 1 ok\ndisk 2 ok\n");
    assert_eq!(plain, [("disk <NUM> ok".to_owned(), 2)]);
    assert_eq!(mine(b"disk 1 ok\r\ndisk 2 ok\r\n"), plain);
    assert_eq!(mine(b"disk 1 ok\ndisk 2 ok"), plain);
}

#[test]
fn time_that_goes_back_widens_the_range() {
    let mut miner = miner();
    let seen = |seconds| Seen { at: Some(Timestamp::from_seconds(seconds)), ..Seen::default() };
    let id = miner.insert_seen(b"tick", seen(100)).template;
    miner.insert_seen(b"tick", seen(50));
    miner.insert_seen(b"tick", seen(i64::MIN));
    miner.insert_seen(b"tick", Seen::default());
    miner.insert_seen(b"tick", seen(70));
    let view = miner.template(id).unwrap();
    assert_eq!(view.first_seen, Some(Timestamp::from_seconds(i64::MIN)));
    assert_eq!(view.last_seen, Some(Timestamp::from_seconds(100)));
}

#[test]
fn an_explosion_of_templates_stays_within_the_limits_and_loses_no_count() {
    let mut config = MinerConfig::default();
    config.mine.max_templates = Some(500);
    let mut miner = Miner::build(&config).unwrap();
    let mut state = 1_u64;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (0..6).map(|at| char::from(b'g' + (state >> (at * 8 + 8)) as u8 % 20)).collect::<String>()
    };
    for _ in 0..30_000 {
        let line = [word(), word(), word(), word()].join(" ");
        miner.insert(line.as_bytes());
    }
    let stats = miner.stats();
    assert!(stats.templates <= 500);
    assert!(stats.nodes < 500 * 4, "{} nodes", stats.nodes);
    assert!(stats.memory < 2_000_000, "{} bytes", stats.memory);
    let alive: u64 = miner.templates().map(|t| t.count).sum();
    assert_eq!(stats.counters.seen, 30_000);
    assert_eq!(stats.counters.matched + stats.counters.created, 30_000);
    assert_eq!(alive + stats.counters.evicted_lines, 30_000);
}

#[test]
fn masks_that_match_nothing_at_all_mask_nothing() {
    let mut config = MinerConfig::default();
    config.normalize.masks = vec![Mask::new("EMPTY", "x*"), Mask::new("EDGE", r"\b")];
    let mut miner = Miner::build(&config).unwrap();
    miner.insert(b"plain words only");
    assert_eq!(text(&miner, b"plain words only"), "plain words only");
}

#[test]
fn a_users_mask_owns_what_it_matches() {
    let mut config = MinerConfig::default();
    config.normalize.masks =
        vec![Mask::new("ORDER", r"((?<=[^A-Za-z0-9])|^)ord-\d+-\d+((?=[^A-Za-z0-9])|$)"), Mask::new("ANY", r"\d+-\d+")];
    let mut miner = Miner::build(&config).unwrap();
    let line = b"shipped ord-17-20240102 in 3 parts 7-8";
    let parameters: Vec<_> = miner.insert(line).parameters().collect();
    let names = |p: &drainrs::Parameter| miner.placeholders().name(p.class).to_owned();
    let values: Vec<_> =
        parameters.iter().map(|p| (String::from_utf8_lossy(p.span.of(line)).into_owned(), names(p))).collect();
    let owned = |value: &str, name: &str| (value.to_owned(), name.to_owned());
    assert_eq!(values, [owned("ord-17-20240102", "ORDER"), owned("3", "NUM"), owned("7-8", "ANY")]);
    assert_eq!(text(&miner, line), "shipped <ORDER> in <NUM> parts <ANY>");
}

#[test]
fn a_config_with_every_field_wrong_tells_all_of_it() {
    let mut config = MinerConfig::default();
    config.normalize.masks = vec![Mask::new("", "("), Mask::new("B", "[z-a]")];
    config.normalize.extra_delimiters = vec![String::new()];
    config.normalize.keep = vec!["NO_SUCH_CLASS".to_owned()];
    config.mine.depth = 0;
    config.mine.similarity_threshold = -1.0;
    config.mine.max_children = 0;
    config.mine.max_memory = Some(1000);
    let error = Miner::build(&config).unwrap_err();
    let paths: Vec<&str> = error.problems().iter().map(|p| p.path.as_str()).collect();
    for path in [
        "normalize.masks[0].pattern",
        "normalize.masks[0].name",
        "normalize.masks[1].pattern",
        "normalize.extra_delimiters[0]",
        "normalize.keep[0]",
        "mine.depth",
        "mine.similarity_threshold",
        "mine.max_children",
        "mine.max_memory",
    ] {
        assert!(paths.contains(&path), "{path} is not told: {error}");
    }
    for problem in error.problems() {
        assert!(problem.message.len() > 10 && !problem.message.ends_with('.'), "{problem}");
    }
}
