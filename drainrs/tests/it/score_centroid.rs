//! Distances: golden cases, a naive reference, clusters, vectors of the host, bad input, lines through a miner.

use std::collections::BTreeMap;

use drainrs::score::{
    Centroid, CentroidConfig, KMeans, KMeansConfig, Mode, ScoreConfig, Scorer, ScorerName, Vectoriser, VectoriserConfig,
};
use drainrs::{Change, ErrorKind, Miner, MinerConfig, Observation, ScoreKind, Timestamp};
use ndarray::{Array2, ArrayView2, array};
use proptest::prelude::*;

use crate::cases;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Judge {
    text: String,
    distance: Option<f64>,
    surprise: Option<f64>,
    unusual: Option<bool>,
    nearest: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    config: CentroidConfig,
    learn: Vec<String>,
    judge: Vec<Judge>,
}

#[derive(serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

#[test]
fn golden_cases() {
    let text = cases::read("score").into_iter().find(|file| file.name == "centroid.toml").unwrap().text;
    let file: File = toml::from_str(&text).unwrap();
    for case in file.case {
        let mut centroid = Centroid::build(&case.config).unwrap();
        case.learn.iter().for_each(|text| {
            centroid.learn_text(text);
        });
        for wanted in case.judge {
            let what = format!("{}: {}", case.name, wanted.text);
            let Some(found) = centroid.score_text(&wanted.text) else {
                assert!(wanted.distance.is_none(), "{what}: nothing is said");
                continue;
            };
            assert!((found.distance - wanted.distance.unwrap()).abs() < 2e-6, "{what}: {found:?}");
            assert!(
                wanted.surprise.is_none_or(|surprise| (found.surprise - surprise).abs() < 1e-4),
                "{what}: {found:?}"
            );
            assert!(wanted.unusual.is_none_or(|unusual| found.unusual == unusual), "{what}: {found:?}");
            assert!(wanted.nearest.is_none_or(|nearest| found.nearest == nearest), "{what}: {found:?}");
        }
    }
}

/// The recipe of the docs, with strings and maps. Texts are words and spaces only.
fn naive(texts: &[String], text: &str, dimensions: usize) -> Vec<f64> {
    let features = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let pairs = words.windows(2).map(|pair| pair.join(" "));
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        words.iter().cloned().chain(pairs).for_each(|feature| *counts.entry(feature).or_default() += 1.0);
        counts
    };
    let all: Vec<BTreeMap<String, f64>> = texts.iter().map(|text| features(text)).collect();
    let mut vector = vec![0.0; dimensions];
    for (feature, times) in features(text) {
        let with = all.iter().filter(|other| other.contains_key(&feature)).count() as f64;
        let weight = 1.0 + libm::log((1.0 + all.len() as f64) / (1.0 + with));
        let hash = feature
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let at = ((hash >> 32) ^ (hash & 0xFFFF_FFFF)) as usize % dimensions;
        vector[at] += (1.0 + f64::ln(times)) * weight * if hash >> 63 == 0 { 1.0 } else { -1.0 };
    }
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    vector.iter().map(|x| x / length).collect()
}

proptest! {
    #![proptest_config(cases::properties(64))]

    #[test]
    fn vectors_are_those_of_the_recipe(
        texts in prop::collection::vec("[A-Za-z]{2}( [b-dB-D]{1,2}){0,6}", 1..12),
        text in "[a-f]{1,2}( [b-d]{1,2}){0,20}",
        dimensions in prop::sample::select(vec![16_usize, 100, 256]),
    ) {
        let config = VectoriserConfig { dimensions, ..VectoriserConfig::default() };
        let mut vectoriser = Vectoriser::build(&config).unwrap();
        let unweighted = vectoriser.vector(&text);
        prop_assert!(unweighted.iter().zip(naive(&[], &text, dimensions)).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-5));
        texts.iter().for_each(|text| vectoriser.learn(text));
        prop_assert_eq!(&vectoriser.vector(&text), &unweighted, "weights are taken when they are asked for");
        vectoriser.reweigh();
        let wanted = naive(&texts, &text, dimensions);
        let found = vectoriser.vector(&text);
        prop_assert!(found.iter().zip(&wanted).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-5), "{found:?} {wanted:?}");
        let restored = Vectoriser::restore(&vectoriser.snapshot(), &config).unwrap();
        prop_assert_eq!(restored.vector(&text), found);
        prop_assert_eq!(restored.snapshot(), vectoriser.snapshot());
    }

    #[test]
    fn any_bytes_give_numbers(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..30)) {
        let mut centroid = Centroid::build(&CentroidConfig::default()).unwrap();
        for text in &texts {
            if let Some(found) = centroid.score_text(text) {
                prop_assert!((0.0..=2.0).contains(&found.distance) && found.surprise.is_finite());
            }
            centroid.learn_text(text);
            if let Some(found) = centroid.score_text(text) {
                prop_assert!(found.distance < 1e-5, "what is known is near: {}", found.distance);
            }
        }
    }

    #[test]
    fn clusters_are_consistent(
        rows in prop::collection::vec(prop::array::uniform3(-10_i8..10), 1..40),
        clusters in 1_usize..12,
        seed: u64,
    ) {
        let rows: Vec<[f32; 3]> = rows.iter().filter(|row| **row != [0; 3]).map(|row| row.map(f32::from)).collect();
        prop_assume!(!rows.is_empty());
        let points = ArrayView2::from(rows.as_slice());
        let config = KMeansConfig { clusters, seed, ..KMeansConfig::default() };
        let found = KMeans::fit(points, &config).unwrap();
        prop_assert_eq!(&found, &KMeans::fit(points, &config).unwrap());
        prop_assert!(found.len() <= clusters.min(rows.len()) && !found.is_empty());
        prop_assert_eq!(found.sizes().iter().sum::<usize>(), rows.len());
        let away = |row: &[f32; 3], cluster: usize| {
            let centroid = found.centroids().row(cluster).to_owned();
            let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            1.0 - f64::from(centroid.iter().zip(row).map(|(a, b)| a * b).sum::<f32>() / length)
        };
        for (row, &cluster) in rows.iter().zip(found.assignments()) {
            // The naive nearest, over all.
            let least = (0..found.len()).map(|other| away(row, other)).fold(f64::INFINITY, f64::min);
            prop_assert!(away(row, cluster) < least + 1e-5);
            let (nearest, distance) = found.nearest(&row[..]).unwrap();
            prop_assert_eq!(nearest, cluster);
            prop_assert!((distance - least).abs() < 1e-5 && distance.is_finite());
        }
        for cluster in 0..found.len() {
            let length: f32 = found.centroids().row(cluster).iter().map(|x| x * x).sum();
            prop_assert!((length - 1.0).abs() < 1e-4);
            let representatives = found.representatives(cluster);
            prop_assert_eq!(representatives.len(), found.sizes()[cluster].min(3));
            prop_assert!(representatives.windows(2).all(|two| away(&rows[two[0]], cluster) <= away(&rows[two[1]], cluster) + 1e-5));
        }
    }
}

/// Three bundles of directions.
fn bundles() -> Array2<f32> {
    Array2::from_shape_fn((60, 4), |(row, column)| {
        let main = if column == row % 3 { 10.0 } else { 0.0 };
        main + ((row * 7 + column * 5) % 61) as f32 / 61.0
    })
}

#[test]
fn bundles_are_found_whatever_the_seed() {
    let points = bundles();
    for seed in 0..20 {
        let found = KMeans::fit(points.view(), &KMeansConfig { clusters: 3, seed, ..KMeansConfig::default() }).unwrap();
        assert!(found.converged() && found.sizes() == [20, 20, 20], "{:?}", found.sizes());
        assert!((0..60).all(|row| found.assignments()[row] == found.assignments()[row % 3]));
        assert_eq!(found.representatives(0).len(), 3);
        assert!(found.representatives(99).is_empty());
    }
}

#[test]
fn equal_points_make_fewer_clusters_and_opposite_ones_no_nan() {
    let config = KMeansConfig { clusters: 5, ..KMeansConfig::default() };
    let same = KMeans::fit(array![[1.0_f32, 2.0], [2.0, 4.0], [0.5, 1.0]].view(), &config).unwrap();
    assert_eq!((same.len(), same.sizes()), (1, &[3][..]));
    let opposite = array![[1.0_f32, 0.0], [-1.0, 0.0]];
    let found = KMeans::fit(opposite.view(), &KMeansConfig { clusters: 1, ..config }).unwrap();
    assert!(found.centroids().iter().all(|x| x.is_finite()));
}

#[test]
fn bad_points_are_named() {
    let config = KMeansConfig::default();
    let path = |points: ArrayView2<'_, f32>| KMeans::fit(points, &config).unwrap_err().path().to_owned();
    assert_eq!(path(array![[1.0, 0.0], [0.0, f32::NAN]].view()), "points[1][1]");
    assert_eq!(path(array![[f32::NEG_INFINITY, 0.0]].view()), "points[0][0]");
    assert_eq!(path(array![[1.0, 0.0], [0.0, 0.0]].view()), "points[1]");
    assert_eq!(path(Array2::zeros((0, 3)).view()), "points");
    assert_eq!(path(Array2::zeros((3, 0)).view()), "points");
    let none = KMeansConfig { clusters: 0, max_iterations: 0, ..config };
    let error = KMeans::fit(bundles().view(), &none).unwrap_err();
    assert_eq!((error.kind(), error.path(), error.problems().len()), (ErrorKind::Config, "clusters", 2));
    let found = KMeans::fit(bundles().view(), &config).unwrap();
    assert_eq!(found.len(), 60, "never more than points");
    for bad in [&[1.0_f32, 2.0][..], &[0.0; 4], &[1.0, f32::NAN, 0.0, 0.0], &[]] {
        assert!(found.nearest(bad).unwrap_err().path().starts_with("vector"), "{bad:?}");
    }
}

#[test]
fn vectors_of_the_host_must_be_calibrated() {
    let mut centroid = Centroid::build(&CentroidConfig::default()).unwrap();
    let error = centroid.score_vector(&[1.0_f32, 0.0][..]).unwrap_err();
    assert_eq!(error.path(), "vector_threshold");
    assert_eq!(centroid.calibrate_vectors(bundles().view()).unwrap_err().path(), "vectors", "nothing is known");
    let points = bundles();
    for (row, point) in points.rows().into_iter().enumerate() {
        assert!(centroid.learn_vector(point, &format!("text {}", row % 3)).unwrap());
        assert!(!centroid.learn_vector(point, "again").unwrap());
    }
    assert_eq!(centroid.known_vectors(), 60);
    let few = centroid.calibrate_vectors(points.view()).unwrap_err();
    assert_eq!(few.to_string(), "vectors: 60 scores are too few for a rate of 0.005: at least 200 are needed");
    let held_out = Array2::from_shape_fn((200, 4), |(row, column)| {
        (if column == row % 3 { 10.0 } else { 0.0 }) + ((row * 5 + column * 3) % 13) as f32 / 13.0
    });
    let threshold = centroid.calibrate_vectors(held_out.view()).unwrap();
    assert!((0.01..0.1).contains(&threshold), "{threshold}");
    let usual = centroid.score_vector(&[0.2_f32, 20.0, 0.1, 0.3][..]).unwrap().unwrap();
    assert!(!usual.unusual && usual.nearest == "text 1", "{usual:?}");
    let other = centroid.score_vector(&[0.0_f32, 0.0, 0.0, 1.0][..]).unwrap().unwrap();
    assert!(other.unusual && other.surprise > 5.0, "{other:?}");
    for (bad, path) in [
        (&[1.0_f32, 2.0][..], "vector"),
        (&[0.0; 4], "vector"),
        (&[1.0, f32::INFINITY, 0.0, 0.0], "vector[1]"),
        (&[], "vector"),
    ] {
        assert_eq!(centroid.score_vector(bad).unwrap_err().path(), path, "{bad:?}");
        assert_eq!(centroid.learn_vector(bad, "").unwrap_err().path(), path, "{bad:?}");
    }
    assert_eq!(centroid.calibrate_vectors(Array2::ones((300, 3)).view()).unwrap_err().path(), "vectors");
    let config = KMeansConfig { clusters: 3, ..KMeansConfig::default() };
    assert_eq!(centroid.condense_vectors(&config).unwrap(), 3);
    assert!(centroid.score_vector(&[0.0_f32, 0.0, 0.0, 1.0][..]).unwrap().unwrap().unusual);
}

#[test]
fn texts_are_condensed_and_calibrated() {
    let mut centroid = Centroid::build(&CentroidConfig::default()).unwrap();
    assert_eq!(centroid.calibrate_texts(["disk full"]).unwrap_err().path(), "texts", "nothing is known");
    let things = ["disk", "cache", "queue", "socket", "thread", "lock", "page", "node", "volume", "shard"];
    let states = ["is full", "was closed by peer", "went away", "is slow today", "could not be opened at all"];
    let texts: Vec<String> =
        things.iter().flat_map(|thing| states.iter().map(move |state| format!("the {thing} {state}"))).collect();
    texts.iter().for_each(|text| assert!(centroid.learn_text(text)));
    assert!(!centroid.learn_text("The DISK is full!"), "the same words");
    let lines: Vec<String> =
        texts.iter().cycle().take(250).enumerate().map(|(at, text)| format!("{text} {at}")).collect();
    let error = centroid.calibrate_texts(&lines[..199]).unwrap_err();
    assert_eq!((error.path(), centroid.threshold()), ("texts", 0.35));
    let threshold = centroid.calibrate_texts(&lines).unwrap();
    assert!(threshold > 0.01 && threshold < 0.35, "a mark more: {threshold}");
    let config = KMeansConfig { clusters: 5, ..KMeansConfig::default() };
    assert_eq!(centroid.condense_texts(&config).unwrap(), 5);
    let near = centroid.score_text(&texts[0]).unwrap();
    let far = centroid.score_text("panic: nil pointer dereference").unwrap();
    assert!(near.distance < 0.7 && far.distance > 0.9 && texts.contains(&near.nearest), "{near:?} {far:?}");
    assert!(centroid.learn_text("one more text"), "goes on learning");
    assert_eq!(centroid.known_texts(), 6);
}

#[test]
fn every_wrong_setting_is_listed() {
    let config = CentroidConfig {
        threshold: f64::NAN,
        false_alarm_rate: 1.0,
        learn_ns: -1,
        adopt_hours: 0,
        max_known: 0,
        max_unusual: 0,
        max_text_bytes: 3,
        vectoriser: VectoriserConfig { dimensions: 8, max_words: 0, max_features: 0 },
    };
    let error = Centroid::build(&config).unwrap_err();
    assert_eq!(error.problems().len(), 10, "{error}");
    assert!(error.problems().iter().all(|problem| problem.path.starts_with("score.centroid.")));
    let error = Vectoriser::build(&config.vectoriser).unwrap_err();
    assert_eq!((error.path(), error.problems().len()), ("dimensions", 3));
    assert!(!ScoreConfig::default().has(ScorerName::Centroid), "only when it is asked for");
}

#[test]
fn a_buffer_must_fit_and_other_dimensions_are_no_snapshot_of_mine() {
    let vectoriser = Vectoriser::build(&VectoriserConfig::default()).unwrap();
    assert_eq!(vectoriser.write_vector("disk full", &mut [0.0; 255]).unwrap_err().path(), "vector");
    let mut vector = vec![7.0; 256];
    assert!(!vectoriser.write_vector("... 17 !!!".replace("17", "").as_str(), &mut vector).unwrap());
    assert!(vector.iter().all(|x| x.to_bits() == 0), "no word, no direction");
    assert!(vectoriser.write_vector("disk full", &mut vector).unwrap());
    assert_eq!(vector, vectoriser.vector("disk full"));
    let other = VectoriserConfig { dimensions: 128, ..VectoriserConfig::default() };
    let error = Vectoriser::restore(&vectoriser.snapshot(), &other).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SnapshotConfig);
}

#[test]
fn what_succeeds_must_not_absorb_what_is_refused_through_a_miner() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let mut centroid = Centroid::build(&CentroidConfig::default()).unwrap();
    centroid.set_mode(Mode::Learn);
    let mut scores = Vec::new();
    let mut push = |line: &str, seconds, centroid: &mut Centroid, scores: &mut Vec<_>| {
        let hit = miner.insert(line.as_bytes());
        let mut event = Observation::new(Timestamp::from_seconds(seconds), hit.template);
        event.change = hit.change;
        event.text = line.as_bytes();
        let parameters: Vec<_> = hit.parameters().collect();
        event.parameters = &parameters;
        centroid.observe(&event, scores);
        event.change
    };
    for second in 0..50 {
        push(&format!("retry {second} of 50 succeeded after {}ms", second * 3), second, &mut centroid, &mut scores);
        push(&format!("retry of /srv/{second}/data.db succeeded"), second, &mut centroid, &mut scores);
    }
    assert!(scores.is_empty() && centroid.known_texts() >= 2);
    centroid.set_mode(Mode::Adaptive);
    assert_eq!(push("connection refused 10.0.0.5:5432", 60, &mut centroid, &mut scores), Change::Created);
    push("connection refused 172.16.0.1:5432", 61, &mut centroid, &mut scores);
    let [score] = &scores[..] else { panic!("{scores:?}") };
    assert_eq!((&score.kind, score.scorer.as_ref()), (&ScoreKind::Distance, "centroid"));
    assert!(score.observed > 0.7 && (score.expected - 0.35).abs() < 1e-12 && score.surprise > 7.0, "{score:?}");
    assert!(score.reason.starts_with("unlike all ") && score.reason.contains("retry"), "{}", score.reason);
    assert_eq!(score.sample.as_deref(), Some("connection refused 10.0.0.5:5432"));
    // A template and its lines are one text, with placeholders or without.
    let template = miner.templates().find(|template| template.text.starts_with("connection")).unwrap();
    assert!(centroid.accept(template.id) && !centroid.accept(template.id));
    assert!(centroid.score_text(&template.text).unwrap().distance < 1e-6);
}
