//! What becomes of a question in the end: asked once, asked later, asked for another host, given up, found again after a restart.

use drainrs::ask::{AskConfig, Asker, Plan};
use drainrs::prompt::{Offer, Refusal, ShownLine, Subject, Task, TaskKind, Thumb, Verdict};
use drainrs::{Level, Pipeline, Timestamp};
use serde_json::json;

use super::desk::{balanced, good, only, story};
use super::story::{after, config, end, lines, roomy};

const MINUTE: i64 = 60_000_000_000;
const HOUR: i64 = 60 * MINUTE;

fn later(nanos: i64) -> Timestamp {
    end().plus_nanos(nanos)
}

fn kinds(plan: &Plan) -> Vec<TaskKind> {
    plan.tasks.iter().map(|task| task.kind).collect()
}

/// Asks all that a plan holds, and answers with the same bytes or well.
fn answer_all(pipeline: &Pipeline, asker: &mut Asker, plan: Plan, now: Timestamp, bytes: Option<&[u8]>) {
    asker.offer(plan, now);
    while let Some(task) = asker.next(now) {
        let answer = bytes.map_or_else(|| good(&task), <[u8]>::to_vec);
        asker.answer(&task.id, &answer, now, pipeline).unwrap();
    }
}

const ONCE: [TaskKind; 3] = [TaskKind::JudgeBatch, TaskKind::ExplainAnomaly, TaskKind::RootCause];

#[test]
fn what_was_answered_once_is_not_asked_again() {
    for bytes in [None, Some(&b"no idea"[..])] {
        let (mut pipeline, mut asker, plan) = story(|config| config.desk.max_repairs = 0);
        assert!(ONCE.iter().all(|kind| kinds(&plan).contains(kind)), "{:?}", kinds(&plan));
        answer_all(&pipeline, &mut asker, plan, end(), bytes);
        // Long after all answers are forgotten.
        let plan = asker.plan(&pipeline, later(5 * HOUR), &roomy()).unwrap();
        assert!(ONCE.iter().all(|kind| !kinds(&plan).contains(kind)), "{bytes:?}: {:?}", kinds(&plan));
        assert!(!kinds(&plan).contains(&TaskKind::SummariseWindow), "nothing came since");
        assert!(!kinds(&plan).contains(&TaskKind::ClassifyTemplates), "not before a day is over");
        let plan = asker.plan(&pipeline, later(25 * HOUR), &roomy()).unwrap();
        assert!(kinds(&plan).contains(&TaskKind::ClassifyTemplates));
        // The state of things is asked about again when there is another one.
        pipeline.push(lines()[0].as_bytes(), end());
        if let Some(event) = pipeline.finish(end()) {
            asker.observe(&event);
        }
        let plan = asker.plan(&pipeline, later(5 * HOUR), &roomy()).unwrap();
        assert!(kinds(&plan).contains(&TaskKind::SummariseWindow));
        balanced(&asker);
    }
}

#[test]
fn what_was_answered_makes_no_room_and_what_was_not_does() {
    for (answered, lost) in [(true, 0), (false, 2)] {
        let (mut pipeline, mut asker, plan) = story(|config| config.journal.max_batches = 2);
        let dropped = asker.counters().dropped_batches;
        assert!(dropped > 0);
        if answered {
            answer_all(&pipeline, &mut asker, plan, end(), None);
        }
        // Two more are full, and one begins.
        for line in lines().iter().take(150) {
            if let Some(event) = pipeline.push(line.as_bytes(), end()) {
                asker.observe(&event);
            }
        }
        assert_eq!(asker.counters().dropped_batches, dropped + lost);
    }
}

#[test]
fn what_is_long_past_is_not_asked_about() {
    let line = |second: i64, level: &str, text: &str| {
        let at = Timestamp::from_seconds(1_773_309_600 + second);
        format!("{at} {level:>5} 1 --- [web] [exec-1] com.shop.Main : {text}")
    };
    let old: Vec<String> = (0..200).map(|n| line(n, "ERROR", &format!("took {n} ms"))).collect();
    let mut new = old.clone();
    new.extend((0..200).map(|n| line(2 * 86_400 + n, "INFO", &format!("served page {n}"))));
    let mut windowed = config();
    windowed.journal.window_ns = 5 * MINUTE;
    windowed.journal.batch_level = Level::Error;
    let batches = |lines: &[String], config: &AskConfig| {
        let (pipeline, asker) = after(lines, config);
        let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
        kinds(&plan).iter().filter(|kind| **kind == TaskKind::JudgeBatch).count()
    };
    assert!(batches(&old, &windowed) > 0);
    assert_eq!(batches(&new, &windowed), 0, "two days ago");
    windowed.journal.window_ns = 0;
    assert!(batches(&new, &windowed) > 0, "in one window of all nothing is past");
    windowed.journal.window_ns = 5 * MINUTE;
    windowed.journal.keep_ns = 0;
    assert!(batches(&new, &windowed) > 0);
}

#[test]
fn a_model_that_is_away_costs_nothing_and_is_asked_less_and_less() {
    let (_, mut asker, plan) = story(|config| config.prompt.expires_after_ns = 1_000 * HOUR);
    let task = plan.tasks[0].clone();
    let mut now = end();
    let mut waits = Vec::new();
    assert_eq!(asker.offer(only(&plan, &task), now), [Offer::Queued]);
    for _ in 0..8 {
        let asked = asker.next(now).unwrap();
        assert!(asker.desk().today()[0].0 == 1 && asker.desk().today()[0].1 > 0);
        assert!(asker.desk_mut().give_up(&asked.id, now).unwrap().fallback.is_some());
        assert_eq!(asker.desk().today()[0], (0, 0), "what was not asked is not paid");
        let mut minutes = 0;
        while asker.offer(only(&plan, &task), now) == [Offer::Refused(Refusal::Resting)] {
            minutes += 1;
            now = now.plus_nanos(MINUTE);
        }
        waits.push(minutes);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60], "twice as long each time, up to an hour");
    balanced(&asker);
}

#[test]
fn an_answer_that_was_refused_in_the_end_is_not_asked_for_at_once() {
    let (pipeline, mut asker, plan) = story(|config| config.desk.max_repairs = 0);
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap().clone();
    asker.offer(only(&plan, &window), end());
    let task = asker.next(end()).unwrap();
    asker.answer(&task.id, b"no", end(), &pipeline).unwrap();
    assert_eq!(asker.offer(only(&plan, &window), later(4 * MINUTE)), [Offer::Refused(Refusal::Resting)]);
    assert_eq!(asker.offer(only(&plan, &window), later(5 * MINUTE)), [Offer::Queued]);
    balanced(&asker);
}

#[test]
fn what_is_too_dear_keeps_nobody_waiting() {
    let price = |task: &Task| (task.input_tokens + task.max_output_tokens) as u64;
    let (_, _, plan) = story(|_| {});
    let dearest = plan.tasks.iter().max_by_key(|task| price(task)).unwrap().clone();
    let cheapest = plan.tasks.iter().min_by_key(|task| price(task)).unwrap().clone();
    let (_, mut asker, plan) = story(|config| config.desk.tokens_per_day = price(&dearest) - 1);
    assert_eq!(asker.offer(only(&plan, &dearest), end()), [Offer::Refused(Refusal::TooDear)], "not in a whole day");
    // Room for the dear one and the cheap one by turns, but not for the dear one twice.
    let (_, mut asker, plan) = story(|config| config.desk.tokens_per_day = price(&dearest) + price(&cheapest));
    let (mut first, mut dear) = (dearest.clone(), dearest.clone());
    (first.value, dear.value) = (1_000.0, 900.0);
    // Another question of the same size: the same batch of another stream.
    let asked = asker.offer(only(&plan, &first), end());
    assert_eq!(asked, [Offer::Queued]);
    assert_eq!(asker.next(end()).unwrap().id, first.id);
    let mut rest = plan.clone();
    rest.tasks.retain(|task| task.id != dearest.id);
    asker.offer(rest, end());
    let next = asker.next(end()).unwrap();
    assert!(price(&next) <= price(&cheapest), "what fits goes first, whatever it is worth: {}", next.kind.name());
    assert!(asker.next(end()).is_none());
    assert!(balanced(&asker).over_budget > 0 && asker.desk().waiting() > 0);
}

#[test]
fn one_clock_that_lies_expires_nothing() {
    let (pipeline, mut asker, plan) = story(|_| {});
    let tasks = plan.tasks.len();
    asker.offer(plan.clone(), end());
    let year = 365 * 24 * HOUR;
    let task = asker.next(later(30 * year)).unwrap();
    assert_eq!(asker.desk().waiting(), tasks - 1, "none has expired");
    let answered = asker.answer(&task.id, &good(&task), later(30 * year), &pipeline).unwrap();
    assert!(matches!(answered.verdict, Some(Verdict::Accepted(_))));
    assert!(asker.next(end()).is_some());
    assert_eq!(asker.desk().today()[0].0, 2, "the day is the day");
    // A clock that was set for good is followed.
    assert!(asker.desk().waiting() > 0);
    let given = (0..8).filter(|_| asker.next(later(year)).is_some()).count();
    assert!(given < 8 && asker.desk().waiting() == 0, "what waits has expired by then");
    balanced(&asker);
}

#[test]
fn what_is_open_for_too_long_makes_room_by_itself() {
    let (_, mut asker, plan) = story(|config| {
        config.desk.max_open = 1;
        config.prompt.expires_after_ns = 10 * MINUTE;
    });
    asker.offer(only(&plan, &plan.tasks[0]), end());
    let first = asker.next(end()).unwrap();
    let mut fresh = plan.tasks[1].clone();
    fresh.expires_at = later(HOUR);
    asker.offer(only(&plan, &fresh), later(MINUTE));
    assert!(asker.next(later(10 * MINUTE)).is_none(), "one is open");
    assert_eq!(asker.next(later(11 * MINUTE)).unwrap().topic(), fresh.topic());
    let lost = asker.desk_mut().lost(later(11 * MINUTE));
    assert!(lost.len() == 1 && lost[0].task.id == first.id && lost[0].fallback.is_some());
    assert_eq!(balanced(&asker).lost, 1);
}

/// A question about lines of a host, which reads the same for all hosts once it is redacted.
fn about_host(asker: &Asker, host: &str) -> Task {
    let text = format!("connection to {host} refused");
    let line = ShownLine { number: 7, level: Level::Error, service: "web".to_owned(), text, ..ShownLine::default() };
    asker.task_of(Subject::Batch { lines: vec![line; 3] }, 1.0, end(), &roomy()).unwrap()
}

#[test]
fn two_hosts_are_two_topics_though_they_read_the_same() {
    let (pipeline, mut asker, plan) = story(|_| {});
    let (one, two) = (about_host(&asker, "10.0.0.1"), about_host(&asker, "10.0.0.2"));
    assert!(one.text() == two.text() && one.key == two.key);
    assert_ne!(one.topic(), two.topic());
    assert!(!serde_json::to_string(&one).unwrap().contains(one.topic()), "it is made of what is hidden");
    for task in [&one, &two] {
        assert_eq!(asker.offer(only(&plan, task), end()), [Offer::Queued]);
    }
    assert_eq!(asker.offer(only(&plan, &two), end()), [Offer::Repeated]);
    let (first, second) = (asker.next(end()).unwrap(), asker.next(end()).unwrap());
    assert_ne!(first.id, second.id);
    let answer = json!({
        "anomalies": [{ "severity": "high", "type": "unknown", "summary": "<IP_1> is down", "evidence": ["e1"], "recommended_action": "look" }],
        "window_health": "degraded", "total_lines_analyzed": 3,
    });
    for (task, host) in [(&second, "10.0.0.2"), (&first, "10.0.0.1")] {
        let answered = asker.answer(&task.id, answer.to_string().as_bytes(), end(), &pipeline).unwrap();
        assert!(matches!(answered.verdict, Some(Verdict::Accepted(_))) && !answered.repeated, "another host is news");
        assert_eq!(answered.task.restore("<IP_1>"), host);
    }
    // The answer that is given again is the host's own, with what it speaks of.
    let offers = asker.offer(only(&plan, &two), later(MINUTE));
    let [Offer::Cached(cached)] = offers.as_slice() else { panic!("{offers:?}") };
    let value = cached.task.restore_value(&cached.accepted.value);
    assert_eq!(value["anomalies"][0]["summary"], "10.0.0.2 is down");
    assert_eq!(cached.task.evidence.len(), 1, "what it names");
    assert_eq!(cached.task.evidence[0].text, "connection to <IP_1> refused");
    // A repair keeps them apart, too.
    let (pipeline, mut asker, plan) = story(|_| {});
    asker.offer(only(&plan, &one), end());
    asker.offer(only(&plan, &two), end());
    let repairs: Vec<String> = (0..2)
        .map(|_| {
            let task = asker.next(end()).unwrap();
            asker.answer(&task.id, b"no", end(), &pipeline).unwrap().repair.unwrap().id
        })
        .collect();
    assert_ne!(repairs[0], repairs[1]);
}

#[test]
fn another_schema_or_another_note_is_another_question() {
    let topic = |change: &dyn Fn(&mut AskConfig)| {
        let mut config = config();
        change(&mut config);
        about_host(&Asker::build(&config).unwrap(), "10.0.0.1").topic().to_owned()
    };
    let plain = topic(&|_| {});
    assert_eq!(plain, topic(&|_| {}));
    assert_ne!(plain, topic(&|config| config.prompt.notes.push("db is slow on mondays".to_owned())));
    let schema = json!({ "type": "object", "properties": { "x": { "type": "string" } } });
    assert_ne!(plain, topic(&|config| drop(config.prompt.schemas.insert(TaskKind::JudgeBatch, schema.clone()))));
}

#[test]
fn a_task_without_its_other_half_does_not_wait() {
    let (_, mut asker, plan) = story(|_| {});
    let half: Task = serde_json::from_str(&serde_json::to_string(&plan.tasks[0]).unwrap()).unwrap();
    assert_eq!(asker.offer(only(&plan, &half), end()), [Offer::Refused(Refusal::Incomplete)]);
    balanced(&asker);
}

#[test]
fn a_restart_keeps_answers_and_the_newest_feedback() {
    let (mut pipeline, mut asker, plan) = story(|_| {});
    let two = about_host(&asker, "10.0.0.2");
    asker.offer(only(&plan, &two), end());
    let task = asker.next(end()).unwrap();
    let answer = json!({ "anomalies": [], "window_health": "normal", "total_lines_analyzed": 3 });
    asker.answer(&task.id, answer.to_string().as_bytes(), end(), &pipeline).unwrap();
    for n in 0..5 {
        assert!(asker.desk_mut().feedback(&task.id, Thumb::Up, "eve", &n.to_string(), end()));
    }
    let state = asker.snapshot(&pipeline).unwrap();
    let mut less = config();
    less.desk.max_feedback = 2;
    let mut asker = Asker::build(&less).unwrap();
    asker.resume(&state, &mut pipeline).unwrap();
    let comments: Vec<&str> = asker.desk().all_feedback().map(|one| one.comment.as_str()).collect();
    assert_eq!(comments, ["3", "4"]);
    assert_eq!(balanced(&asker).dropped_feedback, 3);
    assert!(matches!(asker.offer(only(&plan, &two), later(MINUTE))[0], Offer::Cached(_)));
}

#[test]
fn no_time_is_too_early_or_too_late() {
    let times = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX].map(Timestamp::from_nanos);
    for first in times {
        for second in times {
            let (pipeline, mut asker, _) = story(|config| config.desk.ttl_ns = i64::MAX);
            let Ok(plan) = asker.plan(&pipeline, first, &roomy()) else { continue };
            asker.offer(plan, first);
            for now in [first, second, first, second] {
                if let Some(task) = asker.next(now) {
                    asker.answer(&task.id, b"no", now, &pipeline);
                }
                if let Some(task) = asker.next(now) {
                    asker.answer(&task.id, &good(&task), now, &pipeline);
                }
                if let Some(task) = asker.next(now) {
                    asker.desk_mut().give_up(&task.id, now);
                }
                asker.desk_mut().lost(now);
                asker.plan(&pipeline, now, &roomy()).unwrap();
                balanced(&asker);
            }
        }
    }
}

#[test]
fn a_header_pattern_is_asked_for_once_a_day_and_at_once_for_other_lines() {
    let odd = super::story::odd_lines();
    let is_header = |plan: &Plan| kinds(plan).contains(&TaskKind::WriteHeaderPattern);
    let (mut pipeline, mut asker) = after(&odd, &config());
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let task = plan.tasks.iter().find(|task| task.kind == TaskKind::WriteHeaderPattern).unwrap().clone();
    asker.offer(only(&plan, &task), end());
    let asked = asker.next(end()).unwrap();
    asker.desk_mut().give_up(&asked.id, end()).unwrap();
    // Other lines of the same sort are no other question.
    let feed = |lines: &[String], pipeline: &mut Pipeline, asker: &mut Asker| {
        for line in lines {
            if let Some(event) = pipeline.push(line.as_bytes(), end()) {
                asker.observe(&event);
            }
        }
    };
    feed(&odd, &mut pipeline, &mut asker);
    let again = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let other = again.tasks.iter().find(|task| task.kind == TaskKind::WriteHeaderPattern).unwrap();
    assert!(other.data != task.data);
    assert_eq!(asker.offer(only(&again, other), end()), [Offer::Refused(Refusal::Resting)]);
    assert_eq!(asker.offer(only(&again, other), later(MINUTE)), [Offer::Queued]);
    let asked = asker.next(later(MINUTE)).unwrap();
    let answer = br#"{"pattern": "{<service>/<thread>} -<level>- <message>", "confidence": 0.9}"#;
    let answered = asker.answer(&asked.id, answer, later(MINUTE), &pipeline).unwrap();
    feed(&odd, &mut pipeline, &mut asker);
    assert!(!is_header(&asker.plan(&pipeline, later(2 * HOUR), &roomy()).unwrap()));
    assert!(is_header(&asker.plan(&pipeline, later(25 * HOUR), &roomy()).unwrap()));
    // Adopted, it reads these lines; others are asked about at once.
    asker.adopt(&answered, &mut pipeline, "model-x", false, end()).unwrap();
    assert!(!is_header(&asker.plan(&pipeline, later(HOUR), &roomy()).unwrap()));
    let others: Vec<String> = (0..150).map(|n| format!("%%w{n}%% ~E~ lost {n} packets")).collect();
    feed(&others, &mut pipeline, &mut asker);
    let plan = asker.plan(&pipeline, later(2 * MINUTE), &roomy()).unwrap();
    let task = plan.tasks.iter().find(|task| task.kind == TaskKind::WriteHeaderPattern).unwrap();
    assert_eq!(asker.offer(only(&plan, task), later(2 * MINUTE)), [Offer::Queued]);
}

#[test]
fn what_is_alike_is_explained_once() {
    let (pipeline, mut asker, _) = story(|_| {});
    let mut settings = drainrs::PipelineConfig { detect: Some(drainrs::DetectConfig::default()), ..Default::default() };
    let rule = json!([{ "name": "disk", "pattern": "disk full" }]);
    settings.detect.as_mut().unwrap().alert.rules = serde_json::from_value(rule).unwrap();
    let mut other = Pipeline::build(&settings).unwrap();
    other.push(b"2026-03-12T10:00:00Z ERROR 1 --- [db] [exec-1] com.shop.Main : disk full", end());
    other.finish(end());
    other.detector_mut().unwrap().finish();
    let alert =
        std::iter::from_fn(|| other.poll_alert()).find(|alert| alert.score.kind == drainrs::ScoreKind::Rule).unwrap();
    let about = |asker: &Asker, now: Timestamp| {
        let plan = asker.plan(&pipeline, now, &roomy()).unwrap();
        let tasks = plan.tasks.iter().filter(|task| task.data.contains("disk full"));
        let tasks: Vec<Task> = tasks.filter(|task| task.kind == TaskKind::ExplainAnomaly).cloned().collect();
        (tasks, plan)
    };
    for _ in 0..5 {
        asker.note(&alert);
    }
    let (tasks, plan) = about(&asker, end());
    assert_eq!(tasks.len(), 5);
    answer_all(&pipeline, &mut asker, only(&plan, &tasks[3]), end(), None);
    assert!(about(&asker, end()).0.is_empty(), "they have the same answer");
    // What comes while the answer holds has it, and is not asked about when it holds no longer.
    asker.note(&alert);
    let (tasks, plan) = about(&asker, later(HOUR / 2));
    assert!(matches!(asker.offer(only(&plan, &tasks[0]), later(HOUR / 2))[0], Offer::Cached(_)));
    assert!(about(&asker, later(2 * HOUR)).0.is_empty());
    asker.note(&alert);
    let (tasks, plan) = about(&asker, later(2 * HOUR));
    assert_eq!(asker.offer(only(&plan, &tasks[0]), later(2 * HOUR)), [Offer::Queued], "later it is news");
}

#[test]
fn a_clock_set_back_for_good_opens_no_budget() {
    let (_, mut asker, plan) = story(|config| config.desk.tasks_per_day = 1);
    asker.offer(plan, end());
    assert!(asker.next(end()).is_some());
    let days = |n: i64| later(n * 24 * HOUR);
    for n in [-2, 0, -30, -2, 0] {
        for _ in 0..20 {
            assert!(asker.next(days(n)).is_none(), "{n} days");
        }
    }
    assert_eq!(asker.desk().today()[0].0, 1);
}

#[test]
fn what_holds_for_a_while_does_not_hold_for_ever_when_the_clock_is_set_back() {
    let hours = |n: i64| later(n * HOUR);
    for back in [12, 24 * 300] {
        // An answer.
        let (pipeline, mut asker, plan) = story(|_| {});
        let one = plan.tasks[0].clone();
        asker.offer(only(&plan, &one), hours(0));
        let task = asker.next(hours(0)).unwrap();
        asker.answer(&task.id, &good(&task), hours(0), &pipeline).unwrap();
        let mut again = one.clone();
        again.expires_at = hours(24 * 365);
        let offer = |asker: &mut Asker, now| asker.offer(only(&plan, &again), now).remove(0);
        assert!(matches!(offer(&mut asker, hours(0)), Offer::Cached(_)));
        for _ in 0..8 {
            asker.next(hours(-back));
        }
        assert!(matches!(offer(&mut asker, hours(-back)), Offer::Cached(_)), "it is as old as it was");
        assert_eq!(offer(&mut asker, hours(2 - back)), Offer::Queued, "{back}");
        // A rest.
        let (_, mut asker, _) = story(|_| {});
        asker.offer(only(&plan, &again), hours(0));
        let task = asker.next(hours(0)).unwrap();
        asker.desk_mut().give_up(&task.id, hours(0)).unwrap();
        for _ in 0..8 {
            asker.next(hours(-back));
        }
        assert_eq!(offer(&mut asker, hours(-back)), Offer::Refused(Refusal::Resting));
        assert_eq!(offer(&mut asker, hours(1 - back)), Offer::Queued);
        assert_eq!(asker.desk().today()[0].0, 0, "nobody was asked");
        // A task that nobody answers.
        let (_, mut asker, _) = story(|config| config.desk.max_open = 1);
        asker.offer(only(&plan, &one), hours(0));
        assert!(asker.next(hours(0)).is_some());
        for _ in 0..8 {
            asker.next(hours(-back));
        }
        assert_eq!(asker.desk_mut().lost(hours(2 - back)).len(), 1);
    }
}

#[test]
fn an_answer_that_comes_too_late_lets_its_topic_rest() {
    let (pipeline, mut asker, plan) = story(|_| {});
    asker.offer(only(&plan, &plan.tasks[0]), end());
    let task = asker.next(end()).unwrap();
    let late = task.expires_at.plus_nanos(1);
    let answered = asker.answer(&task.id, &good(&task), late, &pipeline).unwrap();
    assert!(matches!(answered.verdict, Some(Verdict::Stale(_))) && answered.fallback.is_some());
    let mut fresh = plan.tasks[0].clone();
    fresh.expires_at = later(9 * HOUR);
    assert_eq!(asker.offer(only(&plan, &fresh), late), [Offer::Refused(Refusal::Resting)]);
    assert_eq!(asker.offer(only(&plan, &fresh), late.plus_nanos(MINUTE)), [Offer::Queued]);
}

#[test]
fn a_cause_is_asked_for_with_what_moved_or_not_at_all() {
    let (pipeline, asker, _) = story(|_| {});
    let mut asked = 0;
    for max_tokens in (1_500..9_000).step_by(97) {
        let budget = drainrs::prompt::Budget { max_tokens, ..roomy() };
        let Ok(plan) = asker.plan(&pipeline, end(), &budget) else { continue };
        for task in plan.tasks.iter().filter(|task| task.kind == TaskKind::RootCause) {
            asked += 1;
            assert!(task.data.lines().any(|line| line.starts_with("m1 ")), "{max_tokens}: {}", task.data);
            assert!(drainrs::prompt::fallback(task).is_some());
        }
    }
    assert!(asked > 20);
}
