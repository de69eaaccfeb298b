//! Settings: any document is a machine or an error that says where and why; what is built is written and read again alike.

use drainrs::redact::RedactConfig;
use drainrs::{Error, Guard, GuardConfig, Pipeline, PipelineConfig, Redactor, Timestamp, read_drain3_ini};

use super::accounts::account_events;
use super::choices::split;

pub(super) fn run(data: &[u8]) {
    let (choices, data) = split::<1>(data);
    match choices.pick(0, 4) {
        0 => pipeline(data),
        1 => {
            let Ok(text) = std::str::from_utf8(data) else { return };
            match read_drain3_ini(text) {
                Ok(ini) => {
                    let built = drainrs::MinerConfig::try_from(ini).and_then(|config| drainrs::Miner::build(&config));
                    match built {
                        Ok(mut miner) => drop(miner.insert(b"user 17 logged in")),
                        Err(error) => told(&error),
                    }
                }
                Err(error) => told(&error),
            }
        }
        2 => {
            let Ok(config) = serde_json::from_slice::<RedactConfig>(data) else { return };
            match Redactor::build(&config) {
                Ok(redactor) => assert!(redactor.redact(b"password=hunter2 at 10.0.0.7").len() < 1 << 16),
                Err(error) => told(&error),
            }
        }
        _ => {
            let Ok(config) = serde_json::from_slice::<GuardConfig>(data) else { return };
            let _ = Guard::build(&config).map_err(|error| told(&error));
        }
    }
}

fn pipeline(data: &[u8]) {
    let Ok(config) = serde_json::from_slice::<PipelineConfig>(data) else { return };
    let text = serde_json::to_string(&config).expect("settings are written");
    let again: PipelineConfig = serde_json::from_str(&text).expect("and read");
    assert_eq!(again, config);
    let mut pipeline = match Pipeline::build(&config) {
        Ok(pipeline) => pipeline,
        Err(error) => return told(&error),
    };
    for n in 0..20 {
        pipeline.push(
            format!("2024-03-01 10:00:{n:02} INFO a.B: user {n} logged in").as_bytes(),
            Timestamp::from_seconds(n),
        );
    }
    pipeline.finish(Timestamp::from_seconds(21));
    account_events(&pipeline);
    let bytes = pipeline.snapshot().expect("a snapshot");
    let restored = Pipeline::restore(&bytes, &config, drainrs::OnOtherSettings::Refuse).expect("its own snapshot");
    assert_eq!(restored.snapshot().expect("a snapshot"), bytes);
}

/// An error says where and why.
fn told(error: &Error) {
    assert!(!error.problems().is_empty());
    assert!(error.problems().iter().all(|problem| problem.message.len() > 5), "{error}");
}
