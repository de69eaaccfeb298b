//! The promises of the mining stage.

use std::fmt::Write as _;

use drainrs::{Change, ErrorKind, Miner, MinerConfig, NormalizeConfig, OnOtherSettings};
use proptest::prelude::*;

use crate::fuzzed::accounts::account;
use crate::fuzzed::miner_naive::{config, lines, settings};

/// Lines, and texts of templates, with values of many classes alone and inside tokens.
fn masked_lines(count: usize) -> impl Strategy<Value = Vec<String>> {
    let tokens = [
        "/usr/a",
        "10.0.0.1",
        "ab",
        "cd",
        "<*>",
        "17",
        "k=7",
        "k=<NUM>",
        "\u{e9}",
        "10ms",
        "a-17",
        "<IP>",
        "x9x",
        "blk_12345678",
    ];
    let line = prop::collection::vec(prop::sample::select(tokens.to_vec()), 0..6).prop_map(|tokens| tokens.join(" "));
    prop::collection::vec(line, 0..count)
}

/// Templates and counts, without the ids.
pub(crate) fn contents(miner: &Miner) -> Vec<(String, u64)> {
    let mut all: Vec<_> = miner.templates().map(|t| (t.text, t.count)).collect();
    all.sort();
    all
}

pub(crate) fn feed(miner: &mut Miner, lines: &[String]) {
    lines.iter().for_each(|line| {
        miner.insert(line.as_bytes());
    });
}

proptest! {
    #![proptest_config(crate::cases::properties(400))]

    #[test]
    fn going_on_from_a_snapshot_equals_never_having_stopped(
        settings in settings(), before in lines(80), after in lines(80),
    ) {
        let config = config(&settings);
        let mut miner = Miner::build(&config).unwrap();
        feed(&mut miner, &before);
        let snapshot = miner.snapshot().unwrap();
        let mut restored = Miner::restore(&snapshot, &config, OnOtherSettings::Refuse).unwrap();
        prop_assert_eq!(&restored.snapshot().unwrap(), &snapshot, "the same state gives the same bytes");
        for line in &after {
            let (a, b) = (miner.insert(line.as_bytes()), restored.insert(line.as_bytes()));
            prop_assert_eq!((a.template, a.change, a.size), (b.template, b.change, b.size));
        }
        prop_assert_eq!(restored.snapshot().unwrap(), miner.snapshot().unwrap());
    }

    #[test]
    fn a_threshold_comes_back_from_a_snapshot_to_the_last_bit(threshold in 0.0..=1.0_f64) {
        let mut config = MinerConfig::default();
        config.mine.similarity_threshold = threshold;
        let snapshot = Miner::build(&config).unwrap().snapshot().unwrap();
        let restored = Miner::restore(&snapshot, &config, OnOtherSettings::Refuse).unwrap();
        prop_assert_eq!(restored.config().mine.similarity_threshold.to_bits(), threshold.to_bits());
    }

    #[test]
    fn every_mined_line_is_found(mut settings in settings(), lines in lines(120)) {
        settings.max_templates = None;
        let mut miner = Miner::build(&config(&settings)).unwrap();
        for line in &lines {
            miner.insert(line.as_bytes());
            prop_assert!(miner.find(line.as_bytes()).is_some(), "at once: {}", line);
        }
        for line in &lines {
            prop_assert!(miner.find(line.as_bytes()).is_some(), "at the end: {}", line);
        }
    }

    /// Both rules over both front ends, masks and seeds included: what is promised does not depend on what is combined.
    #[test]
    fn masked_lines_are_found_after_snapshots_and_merges_too(
        mut settings in settings(), lexer in any::<bool>(), seeds in masked_lines(3), lines in masked_lines(60),
    ) {
        settings.max_templates = None;
        let mut config = config(&settings);
        if lexer {
            config.normalize = NormalizeConfig::default();
        } else {
            config.normalize.masks = vec![drainrs::Mask::new("NUM", r"\d+"), drainrs::Mask::new("UP", "[A-Z]+")];
        }
        let mut miner = Miner::build(&config).unwrap();
        seeds.iter().for_each(|text| _ = miner.seed(text));
        feed(&mut miner, &lines);
        account(&miner);
        let snapshot = miner.snapshot().unwrap();
        let restored = Miner::restore(&snapshot, &config, OnOtherSettings::Refuse).unwrap();
        prop_assert_eq!(restored.snapshot().unwrap(), snapshot);
        let mut moved = Miner::build(&config).unwrap();
        moved.merge(&miner).unwrap();
        prop_assert_eq!(contents(&moved), contents(&miner));
        let mut doubled = miner.clone();
        doubled.merge(&miner).unwrap();
        account(&doubled);
        for line in &lines {
            for miner in [&miner, &restored, &moved, &doubled] {
                prop_assert!(miner.find(line.as_bytes()).is_some(), "{}", line);
            }
        }
    }

    #[test]
    fn reading_changes_nothing(settings in settings(), lines in lines(60), probes in lines(20)) {
        let mut miner = Miner::build(&config(&settings)).unwrap();
        feed(&mut miner, &lines);
        let before = miner.snapshot().unwrap();
        for probe in &probes {
            miner.find(probe.as_bytes());
            miner.explain(probe.as_bytes());
            miner.shard_key(probe.as_bytes());
        }
        let templates = miner.templates().count();
        prop_assert_eq!(templates, miner.len());
        prop_assert_eq!(miner.snapshot().unwrap(), before);
    }

    #[test]
    fn an_explanation_foretells_what_insert_does(settings in settings(), lines in lines(80)) {
        let mut miner = Miner::build(&config(&settings)).unwrap();
        for line in &lines {
            let foretold = miner.explain(line.as_bytes()).chosen;
            let hit = miner.insert(line.as_bytes());
            match foretold {
                None => prop_assert_eq!(hit.change, Change::Created),
                // A template that is united with its twin may change its id in the same step.
                Some(id) if hit.template != id => prop_assert_eq!(hit.change, Change::Widened),
                Some(_) => prop_assert_ne!(hit.change, Change::Created),
            }
        }
    }

    #[test]
    fn shards_merge_into_what_one_miner_would_have(
        mut settings in settings(), lines in lines(150), shards in 1_u64..5, order in any::<u64>(),
    ) {
        settings.max_templates = None;
        let config = config(&settings);
        let mut whole = Miner::build(&config).unwrap();
        feed(&mut whole, &lines);
        let mut parts: Vec<Miner> = (0..shards).map(|_| Miner::build(&config).unwrap()).collect();
        for line in &lines {
            let shard = whole.shard_key(line.as_bytes()) % shards;
            parts[shard as usize].insert(line.as_bytes());
        }
        parts.rotate_left((order % shards) as usize);
        let mut merged = Miner::build(&config).unwrap();
        for part in &parts {
            merged.merge(part).unwrap();
        }
        prop_assert_eq!(contents(&merged), contents(&whole));
        account(&merged);
        for line in &lines {
            prop_assert!(merged.find(line.as_bytes()).is_some());
        }
    }

    #[test]
    fn merging_is_commutative_and_associative(
        mut settings in settings(), a in lines(60), b in lines(60), c in lines(60),
    ) {
        settings.max_templates = None;
        let config = config(&settings);
        let [a, b, c] = [a, b, c].map(|lines| {
            let mut miner = Miner::build(&config).unwrap();
            feed(&mut miner, &lines);
            miner
        });
        let merged = |parts: &[&Miner]| {
            let mut first = parts[0].clone();
            parts[1..].iter().for_each(|part| { first.merge(part).unwrap(); });
            first
        };
        let bc = merged(&[&b, &c]);
        let expected = contents(&merged(&[&a, &b, &c]));
        prop_assert_eq!(contents(&merged(&[&c, &b, &a])), expected.clone());
        prop_assert_eq!(contents(&merged(&[&a, &bc])), expected.clone());
        prop_assert_eq!(contents(&merged(&[&bc, &a])), expected);
    }

    #[test]
    fn the_map_of_a_merge_leads_to_the_same_text(mut settings in settings(), a in lines(60), b in lines(60)) {
        settings.max_templates = None;
        let config = config(&settings);
        let (mut ours, mut theirs) = (Miner::build(&config).unwrap(), Miner::build(&config).unwrap());
        feed(&mut ours, &a);
        feed(&mut theirs, &b);
        let map = ours.merge(&theirs).unwrap();
        for template in theirs.templates() {
            let here = map.get(template.id).unwrap();
            prop_assert_eq!(ours.template(here).unwrap().text, template.text);
        }
    }
}

#[test]
fn the_least_recently_used_template_makes_room_and_reading_is_not_use() {
    let mut config = MinerConfig::default();
    config.mine.max_templates = Some(3);
    let mut miner = Miner::build(&config).unwrap();
    for line in ["alpha", "beta", "gamma", "alpha"] {
        miner.insert(line.as_bytes());
    }
    for _ in 0..1000 {
        miner.find(b"beta");
        assert_eq!(miner.templates().count(), 3);
    }
    miner.insert(b"delta");
    let texts: Vec<String> = miner.templates().map(|t| t.text).collect();
    assert_eq!(texts, ["alpha", "gamma", "delta"]);
    account(&miner);
}

#[test]
fn the_tree_shrinks_with_its_templates() {
    let mut config = MinerConfig::default();
    config.mine.max_templates = Some(10);
    config.mine.max_children = 1_000_000;
    let mut miner = Miner::build(&config).unwrap();
    for n in 0..20_000_u32 {
        let word: String = n.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect();
        miner.insert(format!("{word} x{word} tail").as_bytes());
    }
    let stats = miner.stats();
    assert_eq!(stats.templates, 10);
    assert!(stats.nodes <= 10 * 3 + 1, "{} nodes for ten templates", stats.nodes);
    assert!(stats.memory < 200_000, "{} bytes for ten templates", stats.memory);
}

#[test]
fn memory_counts_the_examples_through_eviction_too() {
    let mut config = MinerConfig::default();
    config.mine.max_templates = Some(50);
    let mut miner = Miner::build(&config).unwrap();
    for n in 0..2000_u32 {
        let word: String = n.to_string().bytes().map(|digit| char::from(b'k' + digit - b'0')).collect();
        for _ in 0..3 {
            miner.insert(format!("{word} {word} {word} {}", "tail ".repeat(60)).as_bytes());
        }
    }
    let examples: usize = miner.templates().flat_map(|t| t.examples).map(Vec::len).sum();
    let memory = miner.stats().memory;
    assert!(memory > examples && examples > 25_000, "{memory} bytes in all, {examples} of examples");
    assert!(memory < 500_000, "{memory} bytes for fifty templates");
}

#[test]
fn a_variable_first_token_does_not_explode() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    for n in 0..50_000_u32 {
        let word: String = n.to_string().bytes().map(|digit| char::from(b'k' + digit - b'0')).collect();
        miner.insert(format!("{word} has joined the channel today").as_bytes());
    }
    assert!(miner.len() <= 101, "{} templates of one statement", miner.len());
    account(&miner);
}

#[test]
fn wildcards_do_not_make_a_template_swallow_what_differs() {
    let mut config = MinerConfig::default();
    config.mine.depth = 3;
    let mut miner = Miner::build(&config).unwrap();
    let lines =
        ["evt user login ok now", "evt disk failure on sda", "evt job queued for night", "evt cache flush took long"];
    lines.iter().for_each(|line| _ = miner.insert(line.as_bytes()));
    assert_eq!(miner.len(), lines.len());
}

#[test]
fn literal_placeholders_are_text() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let first = miner.insert(b"value <*> of cache").template;
    let second = miner.insert(b"value other of cache").template;
    assert_ne!(first, second);
    assert_eq!(miner.find(b"value anything of cache"), None);
    assert_eq!(miner.find(b"value <*> of cache"), Some(first));
    miner.insert(b"to <IP> now");
    assert_eq!(miner.find(b"to 10.0.0.1 now"), None);
}

#[test]
fn seeds_are_pinned() {
    let mut config = MinerConfig::default();
    config.mine.max_templates = Some(2);
    let mut miner = Miner::build(&config).unwrap();
    let seed = miner.seed("<*> <*> error");
    assert_eq!(miner.seed("<*> <*> error"), seed, "a known seed is the same seed");
    assert_eq!(miner.insert(b"disk sda error").template, seed, "however many wildcards it has");
    for line in ["one two", "three four five six", "seven"] {
        miner.insert(line.as_bytes());
    }
    assert_eq!(miner.insert(b"net eth error").template, seed, "it never makes room");
    let view = miner.template(seed).unwrap();
    assert_eq!((view.text.as_str(), view.count, view.pinned), ("<*> <*> error", 2, true));
    assert_ne!(miner.insert(b"net eth warning").template, seed, "it never widens");
    account(&miner);
}

#[test]
fn more_seeds_than_templates_are_allowed_leave_room_for_one_and_survive_a_snapshot() {
    let mut config = MinerConfig::default();
    config.mine.max_templates = Some(2);
    let mut miner = Miner::build(&config).unwrap();
    ["a b c", "d e", "f"].iter().for_each(|text| _ = miner.seed(text));
    for line in ["one two three four", "a b c", "one two three four", "five six", "d e"] {
        miner.insert(line.as_bytes());
        assert_eq!(miner.len(), 4, "three seeds and the latest other");
        let snapshot = miner.snapshot().unwrap();
        let restored = Miner::restore(&snapshot, &config, OnOtherSettings::Refuse).unwrap();
        assert_eq!(contents(&restored), contents(&miner));
    }
    assert_eq!(miner.stats().counters.evicted_templates, 1);
    account(&miner);
}

#[test]
fn seeds_take_their_lines_under_drain3s_rule_too() {
    let mut miner = Miner::build(&MinerConfig::drain3()).unwrap();
    let seed = miner.seed("link <*> is up");
    for line in ["link eth0 is up", "link eth1 is up"] {
        assert_eq!(miner.explain(line.as_bytes()).chosen, Some(seed));
        let hit = miner.insert(line.as_bytes());
        assert_eq!((hit.template, hit.change), (seed, Change::Unchanged));
    }
    assert_eq!(miner.insert(b"link eth0 is down").change, Change::Created, "a seed never widens");
    assert_eq!(miner.template(seed).unwrap().text, "link <*> is up");
    account(&miner);
}

#[test]
fn a_seed_may_hold_typed_placeholders_inside_tokens() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let seed = miner.seed("block blk_<NUM> sent to <IP> after <NUM> tries");
    assert_eq!(miner.insert(b"block blk_-776 sent to 10.0.0.1:50010 after 3 tries").template, seed);
    assert_eq!(miner.template(seed).unwrap().text, "block <ID> sent to <IP> after <NUM> tries");
    let seed = miner.seed("gave up with ERR_<NUM>");
    assert_eq!(miner.insert(b"gave up with ERR_404").template, seed, "a constant with a number is no identifier");
    assert_eq!(miner.template(seed).unwrap().text, "gave up with ERR_<NUM>");
    let seed = miner.seed("from (<*>) as user=<*>, try <NUM>");
    assert_eq!(miner.insert(b"from (alpha) as user=beta, try 3").template, seed);
    assert_ne!(miner.insert(b"from alpha as user=beta, try 3").template, seed, "a seed keeps its edges");
    assert_eq!(miner.template(seed).unwrap().text, "from (<*>) as user=<*>, try <NUM>");
}

#[test]
fn edges_of_wildcards_come_back_from_a_snapshot() {
    let config = MinerConfig { normalize: NormalizeConfig::drain3(), ..MinerConfig::default() };
    let mut miner = Miner::build(&config).unwrap();
    feed(&mut miner, &["read (10.0) bytes".to_owned(), "read (20.5) bytes".to_owned()]);
    assert_eq!(contents(&miner), [("read (<*>) bytes".to_owned(), 2)]);
    let mut restored = Miner::restore(&miner.snapshot().unwrap(), &config, OnOtherSettings::Refuse).unwrap();
    assert_eq!(contents(&restored), contents(&miner));
    let ids = |miner: &Miner| miner.templates().map(|t| t.content_id).collect::<Vec<_>>();
    assert_eq!(ids(&restored), ids(&miner));
    let inside =
        restored.insert(b"read (30.5) bytes").parameters().map(|p| (p.span.start, p.span.end)).collect::<Vec<_>>();
    assert_eq!(inside, [(6, 10)]);
}

#[test]
fn content_ids_are_the_same_on_every_host() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let id = miner.insert(b"disk sda1 is full at 97% on 10.0.0.1").template;
    // Golden: this number is part of the interface. It may never change.
    assert_eq!(miner.template(id).unwrap().content_id.to_string(), "4bd4ed18a07d1bf1");
}

#[test]
fn miners_of_other_settings_do_not_merge() {
    let mut other = MinerConfig::default();
    other.mine.max_children = 7;
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let error = miner.merge(&Miner::build(&other).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "mine.max_children: is 100 here and 7 in the other miner");
}

#[test]
fn miners_that_take_each_other_in_again_and_again_are_told_before_their_counters_end() {
    let mut miners = [0; 2].map(|_| Miner::build(&MinerConfig::default()).unwrap());
    let refused = (0..140).find_map(|round| {
        let other = miners[1 - round % 2].clone();
        let miner = &mut miners[round % 2];
        let id = miner.insert(b"user 17 logged in").template;
        assert_eq!(miner.template(id).unwrap().count, miner.stats().counters.seen);
        let before = miner.clone();
        let error = miner.merge(&other).err()?;
        assert_eq!(miner.snapshot().unwrap(), before.snapshot().unwrap(), "nothing is changed");
        Some(error)
    });
    let problem = refused.unwrap().problems()[0].clone();
    assert_eq!((problem.kind, problem.path.as_str()), (ErrorKind::Limit, "the other miner"));
    for miner in &miners {
        let again =
            Miner::restore(&miner.snapshot().unwrap(), &MinerConfig::default(), OnOtherSettings::Refuse).unwrap();
        assert_eq!(again.stats().counters, miner.stats().counters);
    }
}

#[test]
fn all_wrong_settings_are_told_at_once() {
    let mut config = MinerConfig::default();
    config.mine.depth = 2;
    config.mine.similarity_threshold = f64::NAN;
    config.mine.max_children = 0;
    config.mine.max_templates = Some(0);
    config.mine.max_examples = 1_000_000;
    config.mine.max_example_bytes = usize::MAX;
    let mut text = String::new();
    write!(text, "{}", Miner::build(&config).unwrap_err()).unwrap();
    assert_eq!(
        text,
        "6 problems:\n  \
         mine.depth: must be at least 3, got 2\n  \
         mine.similarity_threshold: must lie between 0 and 1, got NaN\n  \
         mine.max_children: must be at least 1 (the wildcard), got 0\n  \
         mine.max_templates: must be at least 1, got 0; leave it out for no limit\n  \
         mine.max_examples: must be at most 1000, got 1000000\n  \
         mine.max_example_bytes: must be at most 1048576, got 18446744073709551615"
    );
}

#[test]
fn parameters_in_drain3_mode_are_spans_of_the_line_with_mask_names() {
    let mut config = MinerConfig::drain3();
    config.normalize.masks = vec![
        drainrs::Mask::new("IP", r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)"),
        drainrs::Mask::new("NUM", r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)"),
    ];
    config.normalize.extra_delimiters = vec!["=".to_owned()];
    let mut miner = Miner::build(&config).unwrap();
    miner.insert(b"  user bob took=15 ms from 10.0.0.7 port:22 ok");
    let line = "  user \u{e9}lise took=-7 ms from 10.0.0.9 port:2222 ok".as_bytes();
    let names = miner.placeholders().clone();
    let hit = miner.insert(line);
    assert_eq!(hit.change, Change::Widened);
    let parameters: Vec<(String, String)> = hit
        .parameters()
        .map(|p| (String::from_utf8_lossy(p.span.of(line)).into_owned(), names.name(p.class).to_owned()))
        .collect();
    let expected = [("\u{e9}lise", "*"), ("-7", "NUM"), ("10.0.0.9", "IP"), ("2222", "NUM")];
    assert_eq!(parameters, expected.map(|(value, name)| (value.to_owned(), name.to_owned())));
    let id = hit.template;
    assert_eq!(miner.template(id).unwrap().text, "user <*> took <NUM> ms from <IP> port:<NUM> ok");
}

#[test]
fn parameters_are_linear_where_drain3_is_exponential() {
    // Fourteen wildcards against sixty tokens: an extraction by one regular expression would not end.
    let mut miner = Miner::build(&MinerConfig::drain3()).unwrap();
    let line = |seed: usize| {
        let words = (0..60).map(|at| if at % 4 == 1 { format!("v{}", at * seed) } else { "word".to_owned() });
        words.collect::<Vec<_>>().join(" ")
    };
    miner.insert(line(1).as_bytes());
    assert_eq!(miner.insert(line(3).as_bytes()).parameters().count(), 15);
}

/// A snapshot written by format version 1, kept for good: every later library reads it.
const SNAPSHOT_V1: &[u8] = include_bytes!("../golden/snapshot/v1.snapshot");

fn miner_of_the_golden_snapshot() -> Miner {
    let mut config = MinerConfig::default();
    config.mine.max_templates = Some(4);
    let mut miner = Miner::build(&config).unwrap();
    miner.seed("disk <*> failed");
    // A masked value, an empty line, edges with and without a unit, pieces of a word.
    for line in [
        "user 17 logged in from 10.0.0.7",
        "user 4 logged in from 10.0.0.8",
        "",
        "link eth0 up",
        "link eth1 up",
        "took 37 ms for (alpha.one) rhost=alpha",
        "took 41 ms for (beta.two) rhost=alpha",
    ] {
        let at = Some(drainrs::Timestamp::from_seconds(1_700_000_000));
        miner.insert_seen(line.as_bytes(), drainrs::Seen { at, level: drainrs::Level::Warn });
    }
    miner
}

#[test]
fn snapshots_of_version_1_are_read() {
    let miner = Miner::restore(SNAPSHOT_V1, &MinerConfig::default(), OnOtherSettings::Adopt).unwrap();
    assert_eq!(miner.config().mine.max_templates, Some(4));
    assert_eq!(contents(&miner), contents(&miner_of_the_golden_snapshot()));
    assert_eq!(miner.stats().counters, miner_of_the_golden_snapshot().stats().counters);
    assert_eq!(miner.templates().map(|t| t.id.0).collect::<Vec<_>>(), [1, 3, 4, 5], "the second made room");
    assert_eq!(contents(&miner)[3].0, "took <NUM> ms for (<*>) rhost=alpha");
}

#[test]
fn damaged_snapshots_are_refused() {
    let config = MinerConfig::default();
    for at in 0..SNAPSHOT_V1.len() {
        assert!(Miner::restore(&SNAPSHOT_V1[..at], &config, OnOtherSettings::Adopt).is_err(), "cut at {at}");
        let mut damaged = SNAPSHOT_V1.to_vec();
        damaged[at] ^= 1;
        assert!(Miner::restore(&damaged, &config, OnOtherSettings::Adopt).is_err(), "byte {at}");
    }
}

/// The golden snapshot with bytes changed behind a checksum that fits.
fn forged(changes: impl IntoIterator<Item = (usize, u8)>) -> Vec<u8> {
    const HEADER: usize = 22;
    let mut forged = SNAPSHOT_V1.to_vec();
    let length = forged.len() - HEADER;
    changes.into_iter().for_each(|(at, byte)| forged[HEADER + at % length] = byte);
    let checksum = xxhash_rust::xxh3::xxh3_64(&forged[HEADER..]);
    forged[HEADER - 8..HEADER].copy_from_slice(&checksum.to_le_bytes());
    forged
}

#[test]
fn a_snapshot_whose_counts_do_not_add_up_is_refused() {
    let body = SNAPSHOT_V1.windows(4).position(|tag| tag == b"MINE").unwrap() - 22 + 12;
    // The next id, then the lines seen, as one byte each.
    let seen = SNAPSHOT_V1[22 + body + 1];
    let error = Miner::restore(&forged([(body + 1, seen + 1)]), &MinerConfig::default(), OnOtherSettings::Adopt);
    let told = format!("snapshot: the templates do not account for the {} lines seen", seen + 1);
    assert_eq!(error.unwrap_err().to_string(), told);
}

proptest! {
    #![proptest_config(crate::cases::properties(2000))]

    /// Behind a checksum that fits, too, nothing may panic or allocate without bound: an attacker can compute checksums.
    #[test]
    fn a_forged_snapshot_is_an_error_or_a_miner(
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
    ) {
        let forged = forged(changes);
        if let Ok(mut miner) = Miner::restore(&forged, &MinerConfig::default(), OnOtherSettings::Adopt) {
            for line in ["user 1 logged in from 10.0.0.1", "link eth9 up", "", "something else entirely here"] {
                miner.insert(line.as_bytes());
                miner.explain(line.as_bytes());
            }
            miner.snapshot().unwrap();
            account(&miner);
        }
    }
}

#[test]
fn trees_too_deep_for_both_branches_are_searched_whole() {
    let mut config = MinerConfig::default();
    config.mine.depth = 14;
    let mut miner = Miner::build(&config).unwrap();
    let line = |n: u32| format!("{n} one two three {n} four five six {n} seven eight nine ten end of {n}");
    let first = miner.insert(line(1).as_bytes()).template;
    for n in 2..20 {
        assert_eq!(miner.insert(line(n).as_bytes()).template, first);
    }
    let other = miner.insert(b"a b c d e f g h i j k l m n o p").template;
    assert_eq!(miner.find(line(77).as_bytes()), Some(first));
    assert_eq!(miner.find(b"a b c d e f g h i j k l m n o p"), Some(other));
    assert_eq!(miner.find(b"a b c d e f g h i j k l m n o q"), None);
}
