//! The miner against the naive one, line by line, on lines made for all that the default rule looks at.

use drainrs::{Change, Lineage, Miner, MinerConfig, Rule, TemplateId};
use proptest::prelude::*;

use super::accounts::account;
use super::made::{made, many};
use crate::reference::{drain as naive, evidence};

pub(super) fn run(data: &[u8]) {
    let (head, rest) = data.split_at(data.len().min(8));
    let (first, frames) = head.split_at(head.len().min(4));
    let settings = made(&settings(), first);
    // Logs of few statements gather, logs of many do not.
    let lines = match frames.first() {
        Some(byte) if byte % 2 == 1 => many(&made(&of_few(), frames), rest, 80),
        _ => many(&line(), rest, 80),
    };
    agree(&settings, &lines);
}

/// Both say the same of every line, and have the same templates, lineage and counts in the end.
pub(crate) fn agree(settings: &naive::Settings, lines: &[String]) {
    let (mut miner, reference) = agree_on_hits(settings, lines);
    let ours: Vec<_> = miner.templates().map(|t| (t.id.0, t.text, t.count)).collect();
    let theirs: Vec<_> = reference.clusters.values().map(|c| (c.id, text_of(&c.words), c.size)).collect();
    assert_eq!(ours, theirs);
    account(&miner);
    if settings.rule == naive::Rule::Default {
        let told: Vec<naive::Told> = std::iter::from_fn(|| miner.poll_lineage())
            .map(|entry| match entry {
                Lineage::Became { template, .. } => naive::Told::Became(template.0),
                Lineage::MergedInto { template, into, .. } => naive::Told::MergedInto(template.0, into.0),
                other => panic!("{other:?} is not known here"),
            })
            .collect();
        assert_eq!(told, reference.told);
        let (counters, tally) = (miner.stats().counters, reference.tally);
        assert_eq!(counters.merged_templates, tally.united as u64);
        assert_eq!(counters.evicted_templates, tally.evicted as u64);
    }
}

/// Both say the same of every line.
pub(crate) fn agree_on_hits(settings: &naive::Settings, lines: &[String]) -> (Miner, naive::Drain) {
    let mut miner = Miner::build(&config(settings)).expect("settings that are right");
    let mut reference = naive::Drain::new(settings.clone());
    for line in lines {
        let [ours, theirs] = both(&mut miner, &mut reference, line);
        assert_eq!(ours, theirs, "{line}");
    }
    (miner, reference)
}

/// Words of every look, alone or with punctuation around them.
fn word() -> impl Strategy<Value = String> {
    let of = |words: &[&'static str]| prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        8 => of(&["a", "b", "c", "session", "job", "disk", "a-long-word-of-many-letters", "another-long-word"]),
        2 => of(&["open", "closed", "FAILED", "ok", "TASK_ABORT", "Started", "up,", "no."]),
        1 => of(&["--", "*", "=", "::", "&&"]),
        1 => of(&["-", "()", "\"\"", "[]", "<>"]),
        2 => of(&["com.example.Main", "x@y", "a/b", "alpha.beta,", "root", "(admin)", "C:\\d"]),
        4 => of(&["eth0", "eth1", "eth2", "wlan0", "wlan1", "sd7a", "sd8a", "node-7", "Slf4jLog", "1", "k=7"]),
        3 => "[xyz][0-9]{1,2}",
        2 => of(&["10.0.0.1", "0x1f22", "2024-01-01", "[17]", "(99)", "blk_12", "blk_778", "id=12,", "id=777,"]),
        1 => of(&["/", "{}", "()\",", "<a>", "'b'", "`c`", "[d", "\"e\"", "{f}", "(g)", "(on)", "{h}"]),
        2 => of(&["k=v", "k=w", "k=[v]", "(a)", "(b)", "[a]", "[b]", "\"a\",", "\"b\",", "a:", "b:", "#a", "#b", "((", "((("]),
        1 => of(&["user", "host", "Username:", "login=", "key=", "name=", "\"id\":", "\u{e9}", "\u{e9}t\u{e9}:"]),
        1 => "[d-z]{1,3}",
    ]
}

/// Words that prove themselves, with much the same around them: edges come and go.
fn value() -> impl Strategy<Value = String> {
    let of = |words: &[&'static str]| prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        6 => "id=[1-9]{2},",
        3 => "\\([1-9]{2}\\)",
        1 => of(&["nr=77,", "id=80;", "(a.b)", "[31]", "99", "-", "x@y"]),
    ]
}

/// Sentences whose holes any word may fill.
const FRAMES: [&str; 18] = [
    "{} has joined",
    "job {} done",
    "the {} of {} is {}",
    "session for user {} opened",
    "login from host {} by user {} ok",
    "set key= {} in name= {} now",
    "put key= {} name= {} \"id\": {} at disk",
    "{} {} is the value",
    "link ( {} ) up",
    "disk {} on {} is {} after {} s",
    "{} took {} of the a b c",
    "user {} key= {} {}",
    "login {} host {} came in",
    "user {} of account {} has gone now",
    "{} {} {} {} seen",
    "copied {} {} to {} by {}",
    "moved {} to {} of the house",
    "from {} to {} the way of {} goes",
];

fn filled(frame: &str, words: &[String]) -> String {
    words.iter().fold(frame.to_owned(), |line, word| line.replacen("{}", word, 1))
}

/// Lines in which prefixes, wildcards, thresholds and enough different words meet all the time.
pub(crate) fn line() -> impl Strategy<Value = String> {
    let free = prop::collection::vec(word(), 0..7).prop_map(|words| words.join(" "));
    let framed = (prop::sample::select(FRAMES.to_vec()), prop::collection::vec(word(), 4));
    prop_oneof![1 => free, 3 => framed.prop_map(|(frame, words)| filled(frame, &words))]
}

/// Lines of some sentences.
fn framed(frames: Vec<&'static str>) -> impl Strategy<Value = String> {
    let words = prop_oneof![4 => prop::collection::vec(word(), 4), 1 => prop::collection::vec(value(), 4)];
    (prop::sample::select(frames), words).prop_map(|(frame, words)| filled(frame, &words))
}

/// The same with words that change together, few of them alone.
fn paired(frames: Vec<&'static str>) -> impl Strategy<Value = String> {
    let word = || prop_oneof![12 => "[d-z]{2}", 1 => word()];
    let words = prop::collection::vec(word(), 4);
    (prop::sample::select(frames), words).prop_map(|(frame, words)| filled(frame, &words))
}

/// Some sentences, and lines of them.
fn of_few() -> impl Strategy<Value = BoxedStrategy<String>> {
    let few = prop::sample::subsequence(FRAMES.to_vec(), 1..4).prop_map(|frames| framed(frames).boxed());
    let pairs = prop::sample::subsequence(FRAMES[15..].to_vec(), 1..3).prop_map(|frames| paired(frames).boxed());
    prop_oneof![4 => few, 1 => pairs]
}

pub(crate) fn lines(count: usize) -> impl Strategy<Value = Vec<String>> {
    // Logs of few statements gather, logs of many do not.
    let few = prop::sample::subsequence(FRAMES.to_vec(), 1..4)
        .prop_flat_map(move |frames| prop::collection::vec(framed(frames), 1..count));
    let pairs = prop::sample::subsequence(FRAMES[15..].to_vec(), 1..3)
        .prop_flat_map(move |frames| prop::collection::vec(paired(frames), 1..count));
    prop_oneof![4 => prop::collection::vec(line(), 1..count), 4 => few, 1 => pairs]
}

pub(crate) fn settings() -> impl Strategy<Value = naive::Settings> {
    let rule = prop_oneof![3 => Just(naive::Rule::Default), 1 => Just(naive::Rule::Drain3)];
    let limit = prop_oneof![Just(None), (1_usize..20).prop_map(Some)];
    (rule, 3_usize..7, 0_u32..=10, 2_usize..6, 1_usize..6, limit, any::<bool>()).prop_map(
        |(rule, depth, tenths, distinct_values, max_children, max_templates, numeric)| naive::Settings {
            rule,
            depth,
            threshold: f64::from(tenths) / 10.0,
            distinct_values,
            max_children,
            max_templates,
            numeric,
        },
    )
}

/// The same settings for the library; masks are off, so that words are what both compare.
pub(crate) fn config(settings: &naive::Settings) -> MinerConfig {
    let mut config = MinerConfig::drain3();
    config.mine.rule = match settings.rule {
        naive::Rule::Default => Rule::Default,
        naive::Rule::Drain3 => Rule::Drain3,
    };
    config.mine.depth = settings.depth;
    config.mine.similarity_threshold = settings.threshold;
    config.mine.distinct_values = settings.distinct_values;
    config.mine.max_children = settings.max_children;
    config.mine.max_templates = settings.max_templates;
    config.mine.parametrize_numeric_tokens = settings.numeric;
    config
}

fn text_of(words: &[evidence::Word]) -> String {
    words.iter().map(evidence::Word::shown).collect::<Vec<_>>().join(" ")
}

/// Mines a line with both; what they say of it, and what the template's text is then.
fn both(miner: &mut Miner, reference: &mut naive::Drain, line: &str) -> [(TemplateId, Change, u64, String); 2] {
    let (id, change, size) = reference.insert(line);
    let change = match change {
        naive::Change::Unchanged => Change::Unchanged,
        naive::Change::Created => Change::Created,
        naive::Change::Widened => Change::Widened,
    };
    let theirs = (TemplateId(id), change, size, text_of(&reference.clusters[&id].words));
    let hit = miner.insert(line.as_bytes());
    let (id, change, size) = (hit.template, hit.change, hit.size);
    [(id, change, size, miner.template(id).expect("it was just mined").text), theirs]
}
