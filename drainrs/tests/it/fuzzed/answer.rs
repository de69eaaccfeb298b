//! What a model says: an answer is judged whatever it is, and what is accepted can be taken over and taken back.

use std::sync::LazyLock;

use drainrs::ask::{AskConfig, Asker};
use drainrs::prompt::{Budget, JudgeLimits, Task, Verdict, fallback, judge, repair};
use drainrs::{DetectConfig, Pipeline, PipelineConfig, Timestamp};

use super::choices::split;

/// An hour of a shop: routine, errors, a new service, and lines whose header nobody reads.
static TASKS: LazyLock<Vec<Task>> = LazyLock::new(|| {
    let detect = DetectConfig { max_scores: 64, ..DetectConfig::default() };
    let config = PipelineConfig { detect: Some(detect), ..PipelineConfig::default() };
    let mut config_of_asker = AskConfig::default();
    config_of_asker.journal.window_ns = 0;
    let mut tasks: Vec<Task> = Vec::new();
    let odd = || (0..200).map(|n| format!("{{cart/w-{}}} -W- took {n} ms for {}", n % 7, n * 3)).collect();
    let log: Vec<String> = include_str!("../../../src/program/sample.log").lines().map(str::to_owned).collect();
    for lines in [log, odd()] {
        let mut pipeline = Pipeline::build(&config).expect("settings that are right");
        let mut asker = Asker::build(&config_of_asker).expect("settings that are right");
        for line in &lines {
            if let Some(event) = pipeline.push(line.as_bytes(), end()) {
                asker.observe(&event);
            }
            asker.take(&mut pipeline);
        }
        if let Some(event) = pipeline.finish(end()) {
            asker.observe(&event);
        }
        if let Some(detector) = pipeline.detector_mut() {
            detector.finish();
        }
        asker.take(&mut pipeline);
        asker.finish();
        let budget = Budget { max_tokens: 40_000, max_tasks: usize::MAX, ..Budget::default() };
        for task in asker.plan(&pipeline, end(), &budget).expect("a plan").tasks {
            if !tasks.iter().any(|known| known.kind == task.kind) {
                tasks.push(task);
            }
        }
    }
    tasks
});

fn end() -> Timestamp {
    Timestamp::from_seconds(1_773_345_600)
}

pub(super) fn run(data: &[u8]) {
    let (choices, answer) = split::<1>(data);
    let tasks = &*TASKS;
    let task = &tasks[choices.pick(0, tasks.len())];
    match judge(task, answer, end(), &JudgeLimits::default(), &task.as_sent()) {
        Verdict::Accepted(accepted) => {
            assert!(accepted.confidence.is_none_or(|confidence| (0.0..=1.0).contains(&confidence)));
            let _ = drainrs::ask::format_of(task, &accepted);
            assert!(task.restore_value(&accepted.value).to_string().len() <= 1 << 22);
        }
        Verdict::Rejected(rejected) => {
            assert!(!rejected.reasons.is_empty() && rejected.reasons.len() <= 20);
            if let Some(again) = repair(task, &rejected.reasons) {
                assert!(again.text().len() <= 2 * task.text().len() + (64 << 10), "a repair is bounded");
            }
            assert!(fallback(task).is_none_or(|value| value.is_object()));
        }
        _ => {}
    }
}
