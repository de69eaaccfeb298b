//! Lines without loss: pattern and values give every byte back.

use std::collections::BTreeMap;

use drainrs::{ContentId, Miner, MinerConfig, Pattern};
use proptest::prelude::*;

use crate::cases::properties;

/// What a store has kept of a line.
struct Kept {
    content: ContentId,
    values: Vec<Vec<u8>>,
    gaps: Vec<(u32, Vec<u8>)>,
}

/// Stores lines as a host would: every pattern once, of each line the rest. Then reads them all.
fn store_and_read(miner: &mut Miner, lines: &[Vec<u8>]) {
    let mut patterns: BTreeMap<ContentId, Pattern> = BTreeMap::new();
    let mut store = Vec::new();
    for line in lines {
        let hit = miner.insert(line);
        let encoded = hit.encode(line).expect("a line fits the template that has just taken it in");
        let kept = Kept {
            content: encoded.content,
            values: encoded.values.iter().map(|value| value.to_vec()).collect(),
            gaps: encoded.gaps.iter().map(|(at, gap)| (*at, gap.to_vec())).collect(),
        };
        let id = hit.template;
        patterns.entry(kept.content).or_insert_with(|| miner.template(id).unwrap().pattern);
        store.push(kept);
    }
    for (line, kept) in lines.iter().zip(&store) {
        let rendered = patterns[&kept.content].render(&kept.values, &kept.gaps);
        assert_eq!(String::from_utf8_lossy(&rendered), String::from_utf8_lossy(line));
        assert_eq!(&rendered, line);
    }
    // The document of a pattern is the pattern.
    for pattern in patterns.values() {
        let document = serde_json::to_string(pattern).unwrap();
        assert_eq!(&serde_json::from_str::<Pattern>(&document).unwrap(), pattern);
    }
}

/// Words of which lines are made that meet in templates again and again.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        "[0-9]{1,3}",
        "(user|uid|name|open|closed)",
        "(id|k)=[a-z0-9]{0,2}",
        r#"(x|y)="[ab ]{0,3}","#,
        r"\([a-z]{0,2}\)",
        r"[ab]\.[cd],",
        r"10\.0\.0\.[0-9](:[0-9]{2})?",
        r"blk_-?[0-9]{1,4}",
        r"[0-9]{1,3} (ms|KB|bytes),?",
        r"[a-z]{1,2}[:|;,][a-z0-9]{1,2}",
        "(true|false|null)",
    ]
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => (prop::collection::vec((word(), "( |  |\t)"), 0..7), " {0,2}").prop_map(|(words, head)| {
            let words = words.into_iter().map(|(word, gap)| word + &gap).collect::<String>();
            (head + &words).into_bytes()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => r"[ -~]{0,80}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(properties(400))]

    #[test]
    fn every_byte_of_every_line_comes_back(lines in prop::collection::vec(line(), 1..60)) {
        store_and_read(&mut Miner::build(&MinerConfig::default()).unwrap(), &lines);
    }
}

#[test]
fn lines_beyond_the_limits_come_back_whole() {
    let mut config = MinerConfig::default();
    config.normalize.max_tokens = 3;
    config.normalize.max_line_bytes = 20;
    let mut miner = Miner::build(&config).unwrap();
    let lines = ["one two three four five", "a b c", "one two three four six", "abcdefghijklmnopqrstuvwxyz 1 2 3"];
    store_and_read(&mut miner, &lines.map(|line| line.as_bytes().to_vec()));
}

#[test]
fn what_a_store_keeps_is_less_than_the_line() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let line = b"Received block of size 67108864 from 10.251.42.84";
    miner.insert(line);
    let hit = miner.insert(line);
    let encoded = hit.encode(line).unwrap();
    assert_eq!(encoded.values, [&b"67108864"[..], b"10.251.42.84"]);
    assert!(encoded.gaps.is_empty());
}
