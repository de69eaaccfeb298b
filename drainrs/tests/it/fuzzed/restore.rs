//! Snapshots from strangers: an error or a machine, never a panic, never more memory than the bytes are worth. An attacker can
//! compute checksums, so the input is the payload, and the container around it is right.

use drainrs::baseline::Baseline;
use drainrs::prompt::Task;
use drainrs::{
    Guard, GuardConfig, IncidentLibrary, Miner, MinerConfig, OnOtherSettings, Pipeline, PipelineConfig, Timestamp,
};
use xxhash_rust::xxh3::xxh3_64;

use super::choices::split;

/// A payload in its container.
pub(super) fn sealed(payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"DRNR\x01\x00".to_vec();
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&xxh3_64(payload).to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

pub(super) fn run(data: &[u8]) {
    let (choices, payload) = split::<1>(data);
    match choices.pick(0, 8) {
        0 => pipeline(payload),
        1 => baseline(payload),
        2 => alone(payload),
        3 => {
            let mut asker = drainrs::ask::Asker::build(&drainrs::ask::AskConfig::default()).expect("default settings");
            let mut pipeline = Pipeline::build(&PipelineConfig::default()).expect("default settings");
            if asker.resume(&sealed(payload), &mut pipeline).is_ok() {
                asker.snapshot(&pipeline).expect("a snapshot");
            }
        }
        4 => {
            if let Ok(guard) = Guard::restore(&sealed(payload), &GuardConfig::default()) {
                Guard::restore(&guard.snapshot(), &GuardConfig::default()).expect("its own snapshot");
            }
        }
        5 => {
            if let Ok(miner) = Miner::from_drain3_state(payload, &MinerConfig::drain3()) {
                go_on(miner);
            }
        }
        6 => {
            if let Ok(task) = Task::load(payload) {
                let saved = task.save().expect("a task is saved");
                Task::load(&saved).expect("its own bytes");
            }
        }
        _ => {
            let Ok(text) = std::str::from_utf8(payload) else { return };
            if let Ok(library) = IncidentLibrary::from_json(text, &drainrs::index::IncidentConfig::default()) {
                IncidentLibrary::from_json(&library.to_json(), &drainrs::index::IncidentConfig::default())
                    .expect("its own text");
            }
        }
    }
    // And as it came, without a container.
    let _ = Pipeline::restore(payload, &PipelineConfig::default(), OnOtherSettings::Adopt);
}

/// A miner that was restored mines, and can be kept again.
fn go_on(mut miner: Miner) {
    for line in ["user 1 logged in from 10.0.0.1", "link eth9 up", "", "something else entirely here"] {
        miner.insert(line.as_bytes());
        miner.explain(line.as_bytes());
    }
    let bytes = miner.snapshot().expect("a snapshot");
    let again = Miner::restore(&bytes, miner.config(), OnOtherSettings::Refuse).expect("its own snapshot");
    assert_eq!(again.snapshot().expect("a snapshot"), bytes);
}

fn pipeline(payload: &[u8]) {
    let bytes = sealed(payload);
    if let Ok(miner) = Miner::restore(&bytes, &MinerConfig::default(), OnOtherSettings::Adopt) {
        go_on(miner);
    }
    let config = PipelineConfig::default();
    let Ok(mut pipeline) = Pipeline::restore(&bytes, &config, OnOtherSettings::Adopt) else { return };
    let kept = pipeline.snapshot().expect("a snapshot");
    let again = Pipeline::restore(&kept, &config, OnOtherSettings::Adopt).expect("its own snapshot");
    assert_eq!(again.snapshot().expect("a snapshot"), kept);
    for n in 0..40 {
        let now = Timestamp::from_seconds(1_700_000_000 + 61 * n);
        pipeline.push(format!("2024-03-01 10:{n:02}:00 ERROR a.B: request {n} failed").as_bytes(), now);
        let _ = std::iter::from_fn(|| pipeline.poll_alert()).count();
    }
    pipeline.finish(Timestamp::from_seconds(1_800_000_000));
    if let Some(detector) = pipeline.detector_mut() {
        detector.finish();
        let _ = detector.memory();
    }
}

fn baseline(payload: &[u8]) {
    let Ok(baseline) = Baseline::load(&sealed(payload)) else { return };
    let kept = baseline.save().expect("a baseline");
    Baseline::load(&kept).expect("its own bytes");
    let mut judge = baseline.into_judge();
    judge.push(b"2024-03-01 10:00:00 ERROR a.B: request 1 failed", Timestamp::from_seconds(1_709_287_200));
    judge.finish(Timestamp::from_seconds(1_709_287_300));
}

/// Machines that a host uses without a pipeline: each reads the section that bears its tag.
fn alone(payload: &[u8]) {
    use drainrs::score::{
        Battery, Centroid, CentroidConfig, Content, ContentConfig, Drift, DriftConfig, Frequency, FrequencyConfig,
        FrequencyModel, KMeans, Novelty, NoveltyConfig, ScoreConfig, Sequence, SequenceConfig, SequenceModel, Silence,
        SilenceConfig, ValueModel, Vectoriser, VectoriserConfig,
    };
    use drainrs::{AlertConfig, Alerter, CountConfig, Counter, DetectConfig, Detector};
    let bytes = sealed(payload);
    macro_rules! each {
        ($($machine:ident of $config:ident),* $(,)?) => {$(
            if let Ok(machine) = $machine::restore(&bytes, &$config::default()) {
                let kept = machine.snapshot();
                let again = $machine::restore(&kept, &$config::default()).expect("its own snapshot");
                assert_eq!(again.snapshot(), kept, "{}", stringify!($machine));
            }
        )*};
    }
    each!(
        Counter of CountConfig, Detector of DetectConfig, Alerter of AlertConfig, Battery of ScoreConfig,
        Centroid of CentroidConfig, Content of ContentConfig, Drift of DriftConfig, Frequency of FrequencyConfig,
        FrequencyModel of FrequencyConfig, Novelty of NoveltyConfig, Sequence of SequenceConfig,
        SequenceModel of SequenceConfig, Silence of SilenceConfig, ValueModel of ContentConfig,
        Vectoriser of VectoriserConfig,
    );
    if let Ok(clusters) = KMeans::restore(&bytes) {
        KMeans::restore(&clusters.snapshot()).expect("its own snapshot");
    }
}
