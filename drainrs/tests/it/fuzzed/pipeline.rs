//! The whole way: nothing is lost, limits hold, a restart changes nothing, and all that can be asked has an answer.

use drainrs::{Event, OnOtherSettings, Outcome, Pipeline, Rule};

use super::accounts::account_events;
use super::choices::split;
use super::lines::{lines, moment, pipeline_config};

pub(super) fn run(data: &[u8]) {
    let (choices, data) = split::<4>(data);
    let config = pipeline_config(&choices, 0);
    let pace = choices.pick(2, 5);
    let restart = choices.pick(3, 32);
    let mut pipeline = Pipeline::build(&config).expect("settings that are right");
    let (mut pushed, mut of_events) = (0, 0);
    for (at, line) in lines(data).enumerate() {
        let now = moment(at, pace);
        if at == restart {
            let bytes = pipeline.snapshot().expect("a snapshot");
            pipeline = Pipeline::restore(&bytes, &config, OnOtherSettings::Refuse).expect("its own snapshot");
            assert_eq!(pipeline.snapshot().expect("a snapshot"), bytes, "the same state, the same bytes");
        }
        let mined = pipeline.push(line, now).map(|event| check(&event, &mut of_events));
        pushed += 1;
        assert_eq!(of_events + u64::from(pipeline.held_lines()), pushed, "every line is in an event or held back");
        if let Some((mined, Some(template))) = mined
            && config.mine.rule == Rule::Default
        {
            assert_eq!(pipeline.miner().find(&mined), Some(template), "what was mined is found");
        }
        while let Some(alert) = pipeline.poll_alert() {
            assert!(serde_json::to_string(&alert).expect("an alert").len() < 1 << 16);
        }
    }
    let last = moment(1000, pace);
    if let Some(event) = pipeline.finish(last) {
        check(&event, &mut of_events);
    }
    assert_eq!(of_events, pushed);
    if let Some(detector) = pipeline.detector_mut() {
        detector.advance(last);
        detector.finish();
    }
    let _ = std::iter::from_fn(|| pipeline.poll_alert()).count();
    account_events(&pipeline);
    for view in pipeline.miner().templates() {
        assert!(view.text.len() <= 64 * data.len() + 1024);
    }
    let _ = pipeline.miner().explain(lines(data).next().unwrap_or_default());
}

/// What holds of every event. Gives what was mined, and its template.
fn check(event: &Event<'_>, of_events: &mut u64) -> (Vec<u8>, Option<drainrs::TemplateId>) {
    *of_events += u64::from(event.lines);
    let Outcome::Mined(hit) = &event.outcome else { return (event.mined.to_vec(), None) };
    let mut before = 0;
    for parameter in hit.parameters() {
        assert!(before <= parameter.span.start && parameter.span.start <= parameter.span.end);
        before = parameter.span.end;
    }
    assert!(hit.size > 0);
    (event.mined.to_vec(), Some(hit.template))
}
