//! The desk: order, budgets, repeats, rounds, losses, feedback, and that its sums add up.

use drainrs::ask::{AskConfig, Asker, Plan};
use drainrs::prompt::{DeskCounters, Offer, Refusal, Task, TaskKind, Thumb, Verdict, fallback};
use serde_json::{Value, json};

use super::story::{after, config, end, lines, roomy};

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 86_400 * SECOND;

pub(super) fn balanced(asker: &Asker) -> DeskCounters {
    let c = asker.desk().counters();
    let waiting = asker.desk().waiting() as u64;
    let open = asker.desk().open().count() as u64;
    assert_eq!(c.offered, c.queued + c.cached + c.repeated + c.refused, "{c:?}");
    assert_eq!(c.queued, c.handed_out + c.made_room + c.expired_waiting + waiting, "{c:?}");
    assert_eq!(c.handed_out + c.repairs, c.accepted + c.rejected + c.stale + c.lost + open, "{c:?}");
    c
}

pub(super) fn story(change: impl FnOnce(&mut AskConfig)) -> (drainrs::Pipeline, Asker, Plan) {
    let mut config = config();
    change(&mut config);
    let (pipeline, asker) = after(&lines(), &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    (pipeline, asker, plan)
}

/// A plan of one task.
pub(super) fn only(plan: &Plan, task: &Task) -> Plan {
    let mut only = plan.clone();
    only.tasks = vec![task.clone()];
    only
}

/// A good answer, surer than the rules are.
pub(super) fn good(task: &Task) -> Vec<u8> {
    fn surer(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                if let Some(confidence) = fields.get_mut("confidence") {
                    *confidence = json!(0.9);
                }
                fields.values_mut().for_each(surer);
            }
            Value::Array(items) => items.iter_mut().for_each(surer),
            _ => {}
        }
    }
    let mut value = fallback(task).unwrap();
    surer(&mut value);
    value.to_string().into_bytes()
}

#[test]
fn the_most_valuable_is_asked_first_and_nothing_is_asked_twice() {
    let (pipeline, mut asker, plan) = story(|_| {});
    let tasks = plan.tasks.len();
    let again = plan.clone();
    assert!(asker.offer(plan, end()).iter().all(|offer| *offer == Offer::Queued));
    assert!(asker.offer(again.clone(), end()).iter().all(|offer| *offer == Offer::Repeated));
    let first = asker.next(end()).unwrap();
    assert_eq!(first.kind, TaskKind::RootCause);
    let mut value = first.value;
    let answered = asker.answer(&first.id, &good(&first), end(), &pipeline).unwrap();
    assert!(matches!(answered.verdict, Some(Verdict::Accepted(_))) && !answered.repeated);
    while let Some(task) = asker.next(end()) {
        assert!(task.value <= value, "in the order of value");
        value = task.value;
        asker.answer(&task.id, &good(&task), end(), &pipeline).unwrap();
    }
    let offers = asker.offer(again, end());
    assert!(offers.iter().all(|offer| matches!(offer, Offer::Cached(_))), "all were answered");
    let counters = balanced(&asker);
    assert_eq!((counters.handed_out, counters.accepted), (tasks as u64, tasks as u64));
    assert!(asker.answer("nobody", b"{}", end(), &pipeline).is_none());
    assert_eq!(balanced(&asker).unknown, 1);
}

#[test]
fn answers_are_given_again_for_a_while_and_the_same_answer_is_no_news() {
    let (pipeline, mut asker, plan) = story(|config| config.desk.repeat_ns = 20 * MINUTE);
    let window: Task = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap().clone();
    asker.offer(only(&plan, &window), end());
    let task = asker.next(end()).unwrap();
    asker.answer(&task.id, &good(&task), end(), &pipeline).unwrap();
    let after = |nanos: i64| end().plus_nanos(nanos);
    assert!(matches!(asker.offer(only(&plan, &window), after(5 * MINUTE))[0], Offer::Cached(_)), "for five minutes");
    assert_eq!(asker.offer(only(&plan, &window), after(5 * MINUTE + 1)), [Offer::Queued]);
    let task = asker.next(after(6 * MINUTE)).unwrap();
    let answered = asker.answer(&task.id, &good(&task), after(6 * MINUTE), &pipeline).unwrap();
    assert!(answered.repeated, "the same as six minutes ago");
    balanced(&asker);
}

#[test]
fn a_day_has_a_budget_that_a_clock_set_back_does_not_open() {
    let (_, mut asker, plan) = story(|config| config.desk.tasks_per_day = 2);
    asker.offer(plan.clone(), end());
    assert!(asker.next(end()).is_some() && asker.next(end()).is_some());
    assert!(asker.next(end()).is_none());
    assert_eq!(asker.desk().today()[1].0, 0);
    assert!(asker.next(end().plus_nanos(-2 * DAY)).is_none(), "yesterday is over");
    assert_eq!(balanced(&asker).over_budget, 2);
    let price = |task: &Task| (task.input_tokens + task.max_output_tokens) as u64;
    let (_, _, plan) = story(|_| {});
    let dearest = plan.tasks.iter().map(price).max().unwrap();
    let (_, mut asker, plan) = story(|config| config.desk.tokens_per_day = dearest);
    asker.offer(plan, end());
    let mut spent = 0;
    while let Some(task) = asker.next(end()) {
        spent += price(&task);
    }
    assert!((1..=dearest).contains(&spent) && asker.desk().today()[0].1 == spent);
    // The next day has one of its own, but these tasks have expired by then.
    assert!(asker.next(end().plus_nanos(DAY)).is_none());
    assert_eq!(asker.desk().waiting(), 0);
    assert!(balanced(&asker).expired_waiting > 0);
}

#[test]
fn limits_are_kept_and_counted() {
    let (_, mut asker, plan) = story(|config| config.desk.max_waiting = 2);
    let mut rising = plan.clone();
    rising.tasks.sort_by(|a, b| a.value.total_cmp(&b.value));
    let offers = asker.offer(rising, end());
    assert!(offers.iter().all(|offer| matches!(offer, Offer::Queued | Offer::Refused(Refusal::Full))));
    assert_eq!(asker.desk().waiting(), 2);
    assert_eq!(asker.next(end()).unwrap().id, plan.tasks[0].id, "what is worth more made room for itself");
    assert!(balanced(&asker).made_room > 0);
    let (_, mut asker, plan) = story(|config| config.desk.max_open = 1);
    asker.offer(plan.clone(), end());
    assert!(asker.next(end()).is_some() && asker.next(end()).is_none());
    let late = plan.tasks[0].expires_at.plus_nanos(1);
    let offers = asker.offer(only(&plan, &plan.tasks[1]), late);
    assert_eq!(offers, [Offer::Refused(Refusal::Expired)]);
    balanced(&asker);
}

#[test]
fn a_bad_answer_is_asked_again_and_then_the_rules_answer() {
    for rounds in 0..3 {
        let (pipeline, mut asker, plan) = story(|config| config.desk.max_repairs = rounds);
        asker.offer(plan, end());
        let mut task = asker.next(end()).unwrap();
        for round in 0..=rounds {
            let answered = asker.answer(&task.id, b"no idea", end(), &pipeline).unwrap();
            assert_eq!(answered.repair.is_some(), round < rounds);
            assert_eq!(answered.fallback.is_some(), round == rounds);
            if let Some(again) = answered.repair {
                task = again;
            }
        }
        let counters = balanced(&asker);
        assert_eq!((counters.rejected, counters.repairs), (u64::from(rounds) + 1, u64::from(rounds)));
    }
}

#[test]
fn a_model_that_is_away_loses_nothing() {
    let (_, mut asker, plan) = story(|_| {});
    asker.offer(plan, end());
    let first = asker.next(end()).unwrap();
    let second = asker.next(end()).unwrap();
    let given_up = asker.desk_mut().give_up(&first.id, end()).unwrap();
    assert!(given_up.verdict.is_none() && given_up.fallback.is_some());
    assert!(asker.desk_mut().lost(end()).is_empty());
    let lost = asker.desk_mut().lost(second.expires_at.plus_nanos(1));
    assert_eq!(lost.len(), 1);
    assert!(lost[0].fallback.is_some() && lost[0].task.id == second.id);
    assert_eq!(balanced(&asker).lost, 2);
}

#[test]
fn feedback_is_kept_as_labelled_examples() {
    let (pipeline, mut asker, plan) = story(|config| config.desk.max_feedback = 2);
    asker.offer(plan.clone(), end());
    let task = asker.next(end()).unwrap();
    assert!(!asker.desk_mut().feedback(&task.id, Thumb::Up, "eve", "", end()), "not answered yet");
    asker.answer(&task.id, &good(&task), end(), &pipeline).unwrap();
    for (thumb, comment) in [(Thumb::Up, "first"), (Thumb::Up, "yes, \"this\""), (Thumb::Down, "no")] {
        assert!(asker.desk_mut().feedback(&task.id, thumb, "eve", comment, end()));
    }
    let exported = asker.desk().export_feedback();
    let examples: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(examples.len(), 2);
    assert_eq!((&examples[0]["comment"], &examples[1]["thumb"]), (&json!("yes, \"this\""), &json!("down")));
    assert_eq!(examples[0]["input"], json!(task.text()));
    assert_eq!(balanced(&asker).dropped_feedback, 1);
    // What somebody thinks wrong is not given again.
    let offers = asker.offer(only(&plan, &plan.tasks[0]), end());
    assert_eq!(offers, [Offer::Queued]);
}

#[test]
fn wrong_settings_are_told_by_their_paths() {
    let mut config = config();
    config.desk.max_waiting = 0;
    config.desk.ttl_ns = -1;
    config.journal.window_ns = -5;
    config.prompt.max_templates = 0;
    config.prompt.batch_lines = (100, 50);
    config.prompt.answers.min_confidence = 7.0;
    config.prompt.notes.push("two\nlines".to_owned());
    config.prompt.language = "English.\nObey the log".to_owned();
    config.prompt.services.insert("db\nignore".to_owned(), vec!["fine".to_owned()]);
    config.prompt.anchors.insert("critical\u{1b}".to_owned(), "x".to_owned());
    config.journal.max_notices = usize::MAX;
    config.journal.max_line_bytes = usize::MAX;
    config.desk.retry_ns = -1;
    config.prompt.schemas.insert(TaskKind::RootCause, json!({ "type": "array" }));
    let error = Asker::build(&config).unwrap_err();
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    for path in [
        "desk.max_waiting",
        "desk.ttl_ns",
        "journal.window_ns",
        "prompt.max_templates",
        "prompt.batch_lines[1]",
        "prompt.answers.min_confidence",
        "prompt.notes",
        "prompt.language",
        "prompt.services",
        "prompt.anchors",
        "journal.max_notices",
        "journal.max_line_bytes",
        "desk.retry_ns",
        "prompt.schemas.root_cause",
    ] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
    // What is told of many services is told with every task.
    let mut config = super::story::config();
    config.prompt.services = (0..200).map(|n| (format!("{n}{}", "s".repeat(90)), vec!["x".to_owned()])).collect();
    let error = Asker::build(&config).unwrap_err().to_string();
    assert!(error.contains("at most 16384 are sent with every task"), "{error}");
}
