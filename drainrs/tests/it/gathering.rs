//! Gathering: how many different words it takes, who stays, what is told of it, and what it costs at worst.

use std::collections::BTreeMap;

use drainrs::{Change, ContentId, Lineage, Miner, MinerConfig, NormalizeConfig, TemplateId};
use proptest::prelude::*;

use crate::fuzzed::accounts::account;
use crate::fuzzed::miner_naive::{config, lines, settings};
use crate::mining::feed;

/// Words are split at blanks, by the default rule.
fn miner_of(distinct_values: usize) -> Miner {
    let mut config = MinerConfig { normalize: NormalizeConfig::drain3(), ..MinerConfig::default() };
    config.mine.distinct_values = distinct_values;
    Miner::build(&config).unwrap()
}

/// The n-th of many words that are no states, without a digit.
fn word(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(b'k' + digit - b'0')).collect::<String>() + "zz"
}

fn told(miner: &mut Miner) -> Vec<Lineage> {
    std::iter::from_fn(|| miner.poll_lineage()).collect()
}

/// A line of which the n-th is asked for.
type Family = fn(usize) -> String;

/// How many of them it takes, by `distinct_values`.
type Needed = fn(usize) -> usize;

/// A family of lines that differ in one word, and how many of them are one template.
const FAMILIES: [(&str, Family, Needed); 7] = [
    ("values", |n| format!("sent blk_{} to disk", 1000 + n), |_| 2),
    ("users", |n| format!("welcome user {} again", word(n)), |_| 2),
    ("values of keys", |n| format!("put key= {} there", word(n)), |n| (n - 1).max(2)),
    ("words", |n| format!("put the {} there", word(n)), |n| n),
    ("names in front", |n| format!("a.b.{} is loaded", word(n)), |n| n),
    ("words in front", |n| format!("{} has entered", word(n)), |n| 4 * n),
    ("shouted words", |n| format!("job {} in the end", word(n).to_uppercase()), |n| 4 * n),
];

#[test]
fn templates_gather_at_exactly_so_many_words_and_the_oldest_stays() {
    // The last one asks for more words than templates may share an entry otherwise.
    for n in [2, 3, 4, 7, 70] {
        for (name, line, needed) in FAMILIES {
            let (mut miner, needed) = (miner_of(n), needed(n));
            let mut contents = Vec::new();
            for at in 1..needed {
                let hit = miner.insert(line(at).as_bytes());
                let id = hit.template;
                assert_eq!((id.0, hit.change, hit.size), (at as u64, Change::Created, 1), "{name}, {n}");
                contents.push(miner.template(id).unwrap().content_id);
            }
            assert_eq!(told(&mut miner), [], "{name}, {n}: nothing has changed yet");
            let hit = miner.insert(line(needed).as_bytes());
            assert_eq!(
                (hit.template, hit.change, hit.size),
                (TemplateId(1), Change::Widened, needed as u64),
                "{name}, {n}"
            );
            let content = miner.template(TemplateId(1)).unwrap().content_id;
            let mut expected = vec![Lineage::Became { template: TemplateId(1), from: contents[0], to: content }];
            // A line that joins founds nothing; one that is gathered has had an id, which nobody has seen.
            let last = if needed == 2 && miner.stats().counters.merged_templates == 0 { 1 } else { needed };
            let gone = (2..=last as u64).map(TemplateId);
            expected.extend(gone.map(|template| Lineage::MergedInto { template, into: TemplateId(1), content }));
            assert_eq!(told(&mut miner), expected, "{name}, {n}");
            assert_eq!(miner.insert(line(needed + 1).as_bytes()).change, Change::Unchanged, "{name}, {n}");
            assert_eq!(miner.len(), 1);
            account(&miner);
        }
    }
}

#[test]
fn opposites_never_merge_however_often_and_with_whatever_values() {
    let pairs = [
        ("session opened for user {}", "session closed for user {}"),
        ("VM Started ( {} )", "VM Paused ( {} )"),
        ("job FAILED on host {} twice", "job SUCCEEDED on host {} twice"),
        ("link {} is up", "link {} is down"),
        ("disk {} online", "disk {} offline"),
        ("{} was accepted", "{} was rejected"),
    ];
    let mut miner = miner_of(2);
    for n in 0..40 {
        for (this, that) in pairs {
            for line in [this, that] {
                miner.insert(line.replace("{}", &word(n)).as_bytes());
            }
        }
    }
    for (this, that) in pairs {
        let of = |line: &str| miner.find(line.replace("{}", &word(7)).as_bytes()).unwrap();
        assert_ne!(of(this), of(that), "{this}");
        assert!(miner.template(of(this)).unwrap().text.contains("<*>"), "{this}");
    }
    assert_eq!(miner.len(), 2 * pairs.len());
}

#[test]
fn a_widened_template_keeps_its_id_and_is_found_by_what_it_is() {
    let mut miner = miner_of(4);
    let id = miner.insert(b"the link was 10.0.0.1").template;
    let from = miner.template(id).unwrap().content_id;
    assert_eq!(miner.insert(b"the link was 10.0.0.2").change, Change::Widened);
    let to = miner.template(id).unwrap().content_id;
    assert_eq!(told(&mut miner), [Lineage::Became { template: id, from, to }]);
    assert_eq!(miner.template_by_content(to).unwrap().id, id);
    assert!(miner.template_by_content(from).is_none());
}

#[test]
fn an_older_template_that_takes_in_a_wildcard_tells_that_it_has_changed() {
    let mut miner = miner_of(4);
    // A first word waits for a third value's worth of evidence, the wildcard of the two values has it.
    for line in ["alpha has joined", "x00 has joined", "x01 has joined"] {
        miner.insert(line.as_bytes());
    }
    let kinds: Vec<(u8, u64)> = told(&mut miner)
        .into_iter()
        .map(|entry| match entry {
            Lineage::Became { template, .. } => (b'b', template.0),
            Lineage::MergedInto { template, .. } => (b'm', template.0),
            _ => (b'?', 0),
        })
        .collect();
    assert_eq!(kinds, [(b'b', 2), (b'b', 1), (b'm', 2)]);
}

#[test]
fn lineage_that_nobody_takes_is_bounded_and_counted() {
    let mut config = MinerConfig { normalize: NormalizeConfig::drain3(), ..MinerConfig::default() };
    config.mine.max_lineage = 2;
    let mut miner = Miner::build(&config).unwrap();
    for topic in ["p", "q", "r", "s"] {
        miner.insert(format!("{topic} link was 10.0.0.1").as_bytes());
        miner.insert(format!("{topic} link was 10.0.0.2").as_bytes());
    }
    assert_eq!((told(&mut miner).len(), miner.stats().counters.dropped_lineage), (2, 2));
}

#[test]
fn seeds_gather_nothing_and_take_in_what_becomes_their_twin() {
    let mut miner = miner_of(3);
    miner.insert(b"put the alpha there");
    let seed = miner.seed("put the <*> here");
    for word in ["alpha", "beta", "gamma"] {
        assert_eq!(miner.insert(format!("put the {word} here").as_bytes()).template, seed);
    }
    assert_eq!(miner.insert(b"put the beta there").change, Change::Created);
    assert_eq!(miner.insert(b"put the gamma there").template, TemplateId(1), "those that are no seeds gather");
    assert_eq!(miner.template(seed).unwrap().text, "put the <*> here");
    account(&miner);
}

#[test]
fn distinct_values_have_limits() {
    let with = |distinct_values| {
        let mut config = MinerConfig::default();
        config.mine.distinct_values = distinct_values;
        Miner::build(&config)
    };
    assert!(with(2).is_ok() && with(10_000).is_ok());
    for wrong in [0, 1, 10_001, usize::MAX] {
        let told = format!("mine.distinct_values: must lie between 2 and 10000, got {wrong}");
        assert_eq!(with(wrong).unwrap_err().to_string(), told);
    }
}

/// What is told of templates, followed by somebody who keeps results by id and by content.
#[derive(Default)]
struct Follower {
    known: BTreeMap<TemplateId, ContentId>,
    moved: BTreeMap<TemplateId, TemplateId>,
}

impl Follower {
    fn follow(&mut self, entry: &Lineage) {
        match *entry {
            Lineage::Became { template, from, to } => {
                assert_ne!(from, to, "{template}");
                let before = self.known.insert(template, to);
                assert!(before.is_none_or(|before| before == from), "{template} was something else");
            }
            Lineage::MergedInto { template, into, content } => {
                self.known.remove(&template);
                assert_eq!(self.known.get(&into), Some(&content), "{into} took in {template}");
                assert_eq!(self.moved.insert(template, into), None, "{template} is gone once");
            }
            _ => panic!("{entry:?} is not known here"),
        }
    }

    fn now(&self, mut id: TemplateId) -> TemplateId {
        while let Some(&next) = self.moved.get(&id) {
            id = next;
        }
        id
    }
}

proptest! {
    #![proptest_config(crate::cases::properties(300))]

    /// Every id that was ever handed out leads to a template that lives, unless it was evicted; every content id is what
    /// was last told.
    #[test]
    fn lineage_is_exact_and_complete(settings in settings(), lines in lines(120)) {
        let mut miner = Miner::build(&config(&settings)).unwrap();
        let mut follower = Follower::default();
        for line in &lines {
            let hit = miner.insert(line.as_bytes());
            let (id, change) = (hit.template, hit.change);
            let entries = told(&mut miner);
            entries.iter().for_each(|entry| follower.follow(entry));
            let content = miner.template(id).unwrap().content_id;
            if change == Change::Created {
                follower.known.insert(id, content);
            }
            prop_assert_eq!(follower.known.get(&id), Some(&content), "{}", line);
            prop_assert_eq!(follower.now(id), id, "a hit names a living template");
            if change == Change::Unchanged {
                prop_assert_eq!(entries, []);
            }
        }
        let evicted = miner.stats().counters.evicted_templates;
        let ids: Vec<TemplateId> = follower.known.keys().chain(follower.moved.keys()).copied().collect();
        let lost = ids.iter().map(|&id| follower.now(id)).filter(|&id| miner.template(id).is_none());
        let lost: std::collections::BTreeSet<TemplateId> = lost.collect();
        prop_assert!(lost.len() as u64 <= evicted, "{:?} are lost, {} were evicted", lost, evicted);
        for template in miner.templates() {
            prop_assert_eq!(follower.known.get(&template.id), Some(&template.content_id));
        }
    }

    #[test]
    fn the_same_lines_give_the_same_bytes_and_limits_hold(settings in settings(), lines in lines(120)) {
        let config = config(&settings);
        let (mut a, mut b) = (Miner::build(&config).unwrap(), Miner::build(&config).unwrap());
        for line in &lines {
            a.insert(line.as_bytes());
            prop_assert!(settings.max_templates.is_none_or(|max| a.len() <= max));
        }
        feed(&mut b, &lines);
        prop_assert_eq!(a.snapshot().unwrap(), b.snapshot().unwrap());
        account(&a);
    }

    /// A wildcard shows what all its lines have in common: each line fits the text of its template, edges included.
    #[test]
    fn every_line_has_the_edges_of_its_template(mut settings in settings(), lines in lines(120)) {
        settings.max_templates = None;
        let mut miner = Miner::build(&config(&settings)).unwrap();
        let mut ids = Vec::new();
        for line in &lines {
            ids.push(miner.insert(line.as_bytes()).template);
        }
        let mut follower = Follower::default();
        for entry in told(&mut miner) {
            if let Lineage::MergedInto { template, into, .. } = entry {
                follower.moved.insert(template, into);
            }
        }
        for (line, id) in lines.iter().zip(ids) {
            let text = miner.template(follower.now(id)).unwrap().text;
            let fits = text.split(' ').zip(line.split(' ')).all(|(shown, word)| match shown.split_once("<*>") {
                Some((head, tail)) => word.strip_prefix(head).is_some_and(|rest| rest.ends_with(tail)),
                None => shown == word,
            });
            prop_assert!(fits, "{} is not {}", line, text);
        }
    }
}

/// Masks that rewrite lines, under the default rule: what a mask wrote may be the edge of a wildcard.
#[test]
fn rewritten_tokens_have_the_edges_that_masks_wrote() {
    let mut config = MinerConfig { normalize: NormalizeConfig::drain3(), ..MinerConfig::default() };
    config.normalize.masks = vec![drainrs::Mask::new("NUM", r"\d+")];
    let mut miner = Miner::build(&config).unwrap();
    for line in ["scan a:1 on disk", "scan b:2 on disk", "scan c:3 on disk", "scan d:4 on disk"] {
        miner.insert(line.as_bytes());
    }
    let hit = miner.insert(b"scan e:55555 on disk");
    assert_eq!((hit.template, hit.change), (TemplateId(1), Change::Unchanged));
    let spans: Vec<_> = hit.parameters().map(|parameter| (parameter.span.start, parameter.span.end)).collect();
    assert_eq!(spans, [(5, 12)], "the whole token: its edge is not text of the line");
    assert_eq!(miner.template(TemplateId(1)).unwrap().text, "scan <*>:<NUM> on disk");
    assert_eq!(miner.insert(b"scan f on disk").change, Change::Widened);
    assert_eq!(miner.template(TemplateId(1)).unwrap().text, "scan <*> on disk");
}

/// Lines that an enemy would write: nothing gathers, or nearly nothing.
pub(crate) fn hostile(family: usize, n: usize) -> String {
    let states = [
        "started", "stopped", "paused", "failed", "closed", "opened", "locked", "denied", "lost", "idle", "up", "down",
        "ok", "bad", "dead",
    ];
    let flag = |bit: usize| if n >> bit & 1 == 0 { "true" } else { "false" };
    match family {
        // All combinations of states as values of keys: siblings by the thousand, never proof.
        0 => format!(
            "set a= {} b= {} c= {} d= {} now",
            states[n % 15],
            states[n / 15 % 15],
            states[n / 225 % 15],
            states[n / 3375 % 15]
        ),
        // The same with flags.
        1 => (0..15).fold("set".to_owned(), |line, bit| line + &format!(" f{}= {}", word(bit), flag(bit))),
        // Pairs of words that differ together.
        2 => format!("moved {} to {} of the house", word(n), word(n + 7)),
        // Long lines, longer than what is entered.
        3 => format!("{} {}", word(n % 90), "x ".repeat(499)).trim_end().to_owned(),
        // Long lines, entered, each another in two places.
        4 => format!("say {} {} {}", "x ".repeat(58).trim_end(), word(n), word(n + 3)),
        // First words.
        5 => format!("{} has entered the house", word(n)),
        // Flags without keys.
        _ => (0..15).fold("set".to_owned(), |line, bit| line + " " + flag(bit)),
    }
}

#[test]
fn hostile_lines_stay_within_the_limits() {
    const MOST: usize = 60;
    for family in 0..7 {
        let mut config = MinerConfig { normalize: NormalizeConfig::drain3(), ..MinerConfig::default() };
        config.mine.max_templates = Some(MOST);
        let mut miner = Miner::build(&config).unwrap();
        let mut half = 0;
        for n in 0..20_000 {
            miner.insert(hostile(family, n).as_bytes());
            if n == 9_999 {
                half = miner.stats().memory;
            }
        }
        let stats = miner.stats();
        assert!(stats.templates <= MOST, "{family}: {} templates", stats.templates);
        assert!(stats.nodes <= 3 * MOST + 1, "{family}: {} nodes", stats.nodes);
        // Tables keep the room they once had; what lives is bounded.
        assert!(stats.memory <= half + half / 4, "{family}: {half} bytes, then {} bytes", stats.memory);
        account(&miner);
    }
}

/// Flags that change together, as values of keys: every template shares the entry of its keys with all others. It is left
/// alone once so many share it that what is not proven will never be; what is proven before is united as ever.
#[test]
fn entries_that_many_share_are_left_alone() {
    let flags = |n: usize| hostile(1, n);
    let mut miner = miner_of(4);
    for n in 0..2_000 {
        assert_eq!(miner.insert(flags(n).as_bytes()).change, Change::Created, "{n}");
    }
    assert_eq!((miner.len(), told(&mut miner).len()), (2_000, 0));
    // The other entries of the same templates go on: one place, few who share it.
    let with_word = |n: usize| {
        flags(1).replace("set", "take").replace(&format!("f{}= true", word(9)), &format!("f{}= {}", word(9), word(n)))
    };
    for n in 1..3 {
        assert_eq!(miner.insert(with_word(n).as_bytes()).change, Change::Created);
    }
    assert_eq!(miner.insert(with_word(3).as_bytes()).change, Change::Widened);
    assert_eq!(miner.len(), 2_001);
    account(&miner);
}
