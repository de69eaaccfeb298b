//! Going on from the states that Drain3 saved: `tests/golden/drain3/*.state.json`, with what Drain3 itself answered.

use std::fs;
use std::path::{Path, PathBuf};

use drainrs::{Change, ErrorKind, Mask, Miner, MinerConfig, OnOtherSettings, Rule, SearchStrategy, TemplateId};
use proptest::prelude::*;
use serde_json::{Value, json};

const STRATEGIES: [SearchStrategy; 3] = [SearchStrategy::Never, SearchStrategy::Fallback, SearchStrategy::Always];

struct Case {
    name: String,
    state: Vec<u8>,
    config: MinerConfig,
    answers: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/drain3")
}

fn config(settings: &Value) -> MinerConfig {
    let mut config = MinerConfig::drain3();
    let size = |name: &str| settings[name].as_u64().map(|n| n as usize);
    config.mine.similarity_threshold = settings["sim_th"].as_f64().unwrap_or(0.4);
    config.mine.depth = size("depth").unwrap_or(4);
    config.mine.max_children = size("max_children").unwrap_or(100);
    config.mine.max_templates = size("max_clusters");
    for delimiter in settings["extra_delimiters"].as_array().into_iter().flatten() {
        config.normalize.extra_delimiters.push(delimiter.as_str().unwrap().to_owned());
    }
    for mask in settings["masks"].as_array().into_iter().flatten() {
        config.normalize.masks.push(Mask::new(mask[0].as_str().unwrap(), mask[1].as_str().unwrap()));
    }
    config
}

fn cases() -> Vec<Case> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".state.json")) else { continue };
        let answers = fs::read(folder().join(format!("{name}.answers.json"))).unwrap();
        let answers: Value = serde_json::from_slice(&answers).unwrap();
        let (state, config) = (fs::read(&path).unwrap(), config(&answers["settings"]));
        found.push(Case { name: name.to_owned(), state, config, answers });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() >= 4);
    found
}

/// What Drain3's `add_log_message` would return.
fn answer(miner: &mut Miner, line: &str) -> Value {
    let hit = miner.insert(line.as_bytes());
    let change = match hit.change {
        Change::Unchanged => "none",
        Change::Created => "cluster_created",
        Change::Widened => "cluster_template_changed",
    };
    let (id, size) = (hit.template, hit.size);
    json!({ "change_type": change, "cluster_id": id.0, "cluster_size": size,
            "template_mined": miner.template(id).unwrap().text, "cluster_count": miner.len() })
}

fn go_on(mut miner: Miner, case: &Case) {
    let lines: Vec<&str> =
        case.answers["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(answer(&mut miner, line), case.answers["answers"][at], "{}, line {at}: {line}", case.name);
    }
    for (at, line) in lines.iter().enumerate() {
        let found = STRATEGIES.map(|strategy| miner.match_as_drain3(line.as_bytes(), strategy).map(|id| id.0));
        assert_eq!(json!(found), case.answers["matches"][at], "{}, matching line {at}: {line}", case.name);
    }
}

#[test]
fn going_on_equals_drain3_going_on() {
    for case in cases() {
        go_on(Miner::from_drain3_state(&case.state, &case.config).unwrap(), &case);
    }
}

#[test]
fn our_own_snapshot_of_it_goes_on_alike() {
    for case in cases() {
        let miner = Miner::from_drain3_state(&case.state, &case.config).unwrap();
        let again = Miner::restore(&miner.snapshot().unwrap(), miner.config(), OnOtherSettings::Refuse).unwrap();
        assert_eq!(again.drain3_tree(), miner.drain3_tree());
        go_on(again, &case);
    }
}

#[test]
fn the_tree_is_in_the_order_of_birth() {
    let mut miner = Miner::build(&MinerConfig::drain3()).unwrap();
    for line in ["b c", "b d e", "a 1 2", "9 1 2", "x"] {
        miner.insert(line.as_bytes());
    }
    let node = |key: &str, children: Value, clusters: &[u64]| json!({ "key": key, "children": children, "clusters": clusters });
    let expected = json!([
        node("2", json!([node("b", json!([]), &[1])]), &[]),
        node("3", json!([node("b", json!([]), &[2]), node("a", json!([]), &[3]), node("<*>", json!([]), &[4])]), &[]),
        node("1", json!([]), &[5]),
    ]);
    assert_eq!(serde_json::to_value(miner.drain3_tree()).unwrap(), expected);
    let again = Miner::restore(&miner.snapshot().unwrap(), miner.config(), OnOtherSettings::Refuse).unwrap();
    assert_eq!(serde_json::to_value(again.drain3_tree()).unwrap(), expected);
}

#[test]
fn parameters_come_with_the_templates_of_a_state() {
    let state = state(&json!(["took", "<NUM>", "<*>"]), 3);
    let mut config = MinerConfig::drain3();
    config.normalize.masks = vec![Mask::new("NUM", r"\d+")];
    let mut miner = Miner::from_drain3_state(&state, &config).unwrap();
    let line = b"took 12 ms";
    let hit = miner.insert(line);
    let values: Vec<&[u8]> = hit.parameters().map(|parameter| parameter.span.of(line)).collect();
    assert_eq!((hit.size, values), (4, vec![&b"12"[..], b"ms"]));
}

/// A state with one cluster of three tokens, without its tree.
fn state(tokens: &Value, size: i64) -> Vec<u8> {
    let cluster = json!({ "log_template_tokens": { "py/tuple": tokens }, "cluster_id": 2, "size": size });
    let root = json!({ "key_to_child_node": {}, "cluster_ids": [] });
    serde_json::to_vec(&json!({ "clusters_counter": 5, "id_to_cluster": { "json://2": cluster }, "root_node": root }))
        .unwrap()
}

#[test]
fn clusters_that_jsonpickle_left_out_of_the_tree_are_put_back() {
    // jsonpickle drops keys such as py/id. Drain3 would never find the cluster again.
    let mut miner = Miner::from_drain3_state(&state(&json!(["py/id", "b", "c"]), 3), &MinerConfig::drain3()).unwrap();
    let hit = miner.insert(b"py/id b c");
    assert_eq!((hit.template, hit.change, hit.size), (TemplateId(2), Change::Unchanged, 4));
    let counters = miner.stats().counters;
    assert_eq!((counters.seen, counters.created, counters.evicted_templates), (8, 5, 4));
    assert_eq!(miner.insert(b"x y").template, TemplateId(6), "ids go on");
}

#[test]
fn the_limit_is_that_of_the_state_and_all_else_that_of_the_settings() {
    let limited = cases().into_iter().find(|case| case.name.starts_with("limited")).unwrap();
    let mut other = limited.config.clone();
    other.mine.max_templates = Some(99);
    other.mine.similarity_threshold = 0.9;
    let miner = Miner::from_drain3_state(&limited.state, &other).unwrap();
    assert_eq!((miner.config().mine.max_templates, miner.config().mine.similarity_threshold), (Some(4), 0.9));
    other.mine.depth = 7;
    let error = Miner::from_drain3_state(&limited.state, &other).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::SnapshotConfig, "mine.depth"));
    other.mine.rule = Rule::Default;
    let error = Miner::from_drain3_state(&limited.state, &other).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Config, "mine.rule"));
    let error = Miner::from_drain3_state(&limited.state, &MinerConfig::default()).unwrap_err();
    assert_eq!(error.problems().len(), 2);
}

#[test]
fn a_limit_that_no_miner_can_have_is_a_fault_of_the_state() {
    let limited = cases().into_iter().find(|case| case.name.starts_with("limited")).unwrap();
    let text = String::from_utf8(limited.state.clone()).unwrap();
    for limit in ["0", "-1", "null", "100000001", "99999999999999999999", "2"] {
        let text = text.replace("\"_Cache__maxsize\": 4", &format!("\"_Cache__maxsize\": {limit}"));
        let error = Miner::from_drain3_state(text.as_bytes(), &limited.config).unwrap_err();
        let path = if limit == "2" { "id_to_cluster" } else { "id_to_cluster._Cache__maxsize" };
        assert_eq!((error.kind(), error.path()), (ErrorKind::Snapshot, path), "{limit}: {error}");
    }
}

#[test]
fn states_of_older_releases_have_plain_keys() {
    let text = String::from_utf8(state(&json!(["a", "b", "c"]), 3)).unwrap().replace("json://", "");
    let mut config = MinerConfig::drain3();
    config.mine.max_templates = Some(7);
    let mut miner = Miner::from_drain3_state(text.as_bytes(), &config).unwrap();
    assert_eq!(miner.config().mine.max_templates, Some(7));
    assert_eq!(miner.insert(b"a b c").size, 4);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let good = String::from_utf8(state(&json!(["a", "b", "c"]), 3)).unwrap();
    let empty = r#""root_node":{"cluster_ids":[],"key_to_child_node":{}}"#;
    assert!(good.contains(empty), "{good}");
    let tree = |nodes: &str| good.replace(empty, &format!(r#""root_node":{{"key_to_child_node":{{{nodes}}}}}"#));
    let leaf = |ids: &str| format!(r#"{{"key_to_child_node":{{}},"cluster_ids":{ids}}}"#);
    let below = |word: &str, node: &str| format!(r#"{{"key_to_child_node":{{"{word}":{node}}},"cluster_ids":[]}}"#);
    let miner = Miner::from_drain3_state(
        tree(&format!(r#""3":{}"#, below("a", &leaf("[1,2,3]")))).as_bytes(),
        &MinerConfig::drain3(),
    );
    assert_eq!(miner.unwrap().len(), 1);
    for (text, path, message) in [
        (String::new(), "byte 0", "cut off"),
        ("DRNR".to_owned(), "byte 0", "expected a value"),
        ("{}".to_owned(), "clusters_counter", "missing"),
        (good.replace(":5", ":\"5\""), "clusters_counter", "is a text"),
        (good.replace(":5", ":1"), "id_to_cluster.2", "between 1 and"),
        (good.replace(":5", ":9223372036854775807"), "clusters_counter", "too large"),
        (good.replace("\"size\":3", "\"size\":0"), "id_to_cluster.2", "no size"),
        (good.replace("\"size\":3", "\"size\":-1"), "id_to_cluster.json://2.size", "is a number"),
        (good.replace("\"size\":3", "\"size\":9223372036854775807"), "id_to_cluster.2", "no size"),
        (good.replace("\"cluster_id\":2", "\"cluster_id\":3"), "id_to_cluster.json://2", "holds the cluster 3"),
        (
            good.replace(r#"{"py/tuple":["a","b","c"]}"#, r#"{"py/id":4}"#),
            "id_to_cluster.json://2.log_template_tokens",
            "py/id",
        ),
        (tree(r#""3":{"py/id":4}"#), "root_node (below \"3\").key_to_child_node", "missing"),
        (tree(&format!(r#""three":{}"#, leaf("[2]"))), "root_node.three", "not a number"),
        (tree(&format!(r#""3":{}"#, leaf("[2]"))), "root_node.3", "no leaf"),
        (tree(&format!(r#""3":{0},"03":{0}"#, leaf("[]"))), "root_node.03", "twice"),
        (tree(&format!(r#""3":{}"#, below("a", &leaf("[2,2]")))), "root_node.3.a", "twice"),
        (tree(&format!(r#""3":{}"#, below("a", &below("b", &leaf("[]"))))), "root_node.3.a.b", "deeper"),
        (tree(&format!(r#""4":{}"#, below("a", &leaf("[2]")))), "id_to_cluster.2", "other lengths"),
    ] {
        let error = Miner::from_drain3_state(text.as_bytes(), &MinerConfig::drain3()).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Snapshot, path), "{text}: {error}");
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn every_cut_of_a_state_is_noticed() {
    for case in cases() {
        for end in 0..case.state.trim_ascii_end().len() {
            let error = Miner::from_drain3_state(&case.state[..end], &case.config).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Snapshot, "{} up to {end}", case.name);
        }
    }
}

proptest! {
    #[test]
    fn damage_is_an_error_or_another_state(
        which in 0_usize..4, at: prop::sample::Index, piece in "[\\[\\]{}\",:0-9a-z/* -]{0,4}", gone in 0_usize..40,
    ) {
        let case = cases().swap_remove(which);
        let at = at.index(case.state.len());
        let mut state = case.state.clone();
        state.splice(at..(at + gone).min(case.state.len()), piece.bytes());
        if let Ok(mut miner) = Miner::from_drain3_state(&state, &case.config) {
            let snapshot = miner.snapshot().unwrap();
            Miner::restore(&snapshot, miner.config(), OnOtherSettings::Refuse).unwrap();
            for line in case.answers["lines"].as_array().unwrap() {
                miner.insert(line.as_str().unwrap().as_bytes());
            }
        }
    }
}
