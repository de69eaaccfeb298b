//! Guardrails: who may do what, and that neither clocks nor proposals nor floods open the gate.

use drainrs::guard::{
    ActionRule, AuditEvent, AuditRecord, Autonomy, Guard, GuardConfig, Outcome, Proposal, ReasonCode, Reported, Risk,
    RunId, Verdict,
};
use drainrs::{ErrorKind, Timestamp};
use proptest::prelude::*;

use crate::cases;

const HOUR: i64 = 3600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_704_067_200 + seconds)
}

fn rules() -> Vec<ActionRule> {
    let mut drain = ActionRule::new("drain", Risk::High, &["node-1"]);
    (drain.verify, drain.roll_back) = (Some("is_idle".into()), Some("uncordon".into()));
    let mut delete = ActionRule::new("delete", Risk::Low, &["*"]);
    delete.needs_approval = true;
    vec![
        ActionRule::new("restart", Risk::Low, &["web-*"]),
        drain,
        ActionRule::new("reboot", Risk::High, &["*"]),
        delete,
    ]
}

fn config(change: impl FnOnce(&mut GuardConfig)) -> GuardConfig {
    let mut config = GuardConfig { autonomy: Autonomy::AutoLowRisk, actions: rules(), ..GuardConfig::default() };
    change(&mut config);
    config
}

fn guard(change: impl FnOnce(&mut GuardConfig)) -> Guard {
    Guard::build(&config(change)).unwrap()
}

fn restart(target: &str, seconds: i64) -> Proposal {
    Proposal::new("restart", target, 0.8, at(seconds))
}

/// Decides, and gives the verdict and what decided it.
fn decide(guard: &mut Guard, proposal: &Proposal) -> (Verdict, ReasonCode) {
    let decision = guard.decide(proposal);
    assert_nothing_lost(guard);
    (decision.verdict, decision.reasons[0].code)
}

/// What the essay of the module promises.
fn assert_nothing_lost(guard: &Guard) {
    let c = guard.counters();
    assert_eq!(c.decided, c.run + c.asked + c.suggested + c.alerted + c.refused, "{c:?}");
    assert_eq!(c.run, c.succeeded + c.failed + c.rolled_back + c.roll_backs_failed + c.forgotten + c.open, "{c:?}");
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionCase {
    why: String,
    autonomy: Autonomy,
    action: String,
    target: String,
    #[serde(default)]
    risk: Option<Risk>,
    confidence: f64,
    approved_by: Option<String>,
    verdict: Verdict,
    reasons: Vec<ReasonCode>,
}

#[test]
fn decisions_are_those_of_the_table() {
    for case in cases::of::<DecisionCase>("guard/decisions.toml") {
        let mut guard = guard(|config| config.autonomy = case.autonomy);
        let mut proposal = Proposal::new(&case.action, &case.target, case.confidence, at(0));
        (proposal.risk, proposal.approved_by) = (case.risk.unwrap_or(Risk::Low), case.approved_by.clone());
        let decision = guard.decide(&proposal);
        let codes: Vec<ReasonCode> = decision.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!((decision.verdict, &codes), (case.verdict, &case.reasons), "{}: {decision:#?}", case.why);
        assert_eq!(decision.run.is_some(), case.verdict == Verdict::Run, "{}", case.why);
        assert!(decision.reasons.iter().all(|reason| !reason.sentence.is_empty()), "{}", case.why);
        assert_nothing_lost(&guard);
    }
}

#[test]
fn the_hooks_of_the_rule_go_with_the_decision() {
    let mut guard = guard(|config| config.autonomy = Autonomy::AutoHighRisk);
    let decision = guard.decide(&Proposal::new("drain", "node-1", 0.95, at(0)));
    assert_eq!((decision.verify.as_deref(), decision.roll_back.as_deref()), (Some("is_idle"), Some("uncordon")));
    assert_eq!((decision.risk, decision.run), (Risk::High, Some(RunId(1))));
}

#[test]
fn an_action_rests_on_a_target_and_not_on_others() {
    let mut guard = guard(|config| config.actions[2].cooldown_ns = Some(0));
    assert_eq!(decide(&mut guard, &restart("web-1", 0)), (Verdict::Run, ReasonCode::Allowed));
    assert_eq!(decide(&mut guard, &restart("web-2", 0)), (Verdict::Run, ReasonCode::Allowed));
    let decision = guard.decide(&restart("web-1", 599));
    assert_eq!((decision.verdict, decision.retry_at), (Verdict::Refuse, Some(at(600))));
    assert_eq!(
        decision.reasons[0].sentence,
        "\"restart\" was run on \"web-1\" a short while ago; not again before 2024-01-01T00:10:00Z"
    );
    let mut approved = restart("web-1", 599);
    approved.approved_by = Some("ann".into());
    assert_eq!(decide(&mut guard, &approved), (Verdict::Refuse, ReasonCode::Cooldown), "a yes does not shorten it");
    assert_eq!(decide(&mut guard, &restart("web-1", 600)), (Verdict::Run, ReasonCode::Allowed));
    // A rule of its own: none.
    let mut reboot = Proposal::new("reboot", "x", 1.0, at(700));
    reboot.approved_by = Some("ann".into());
    for _ in 0..2 {
        assert_eq!(decide(&mut guard, &reboot), (Verdict::Run, ReasonCode::Approved));
    }
}

#[test]
fn the_hour_is_full_for_all_and_for_one() {
    let mut guard = guard(|config| {
        (config.max_per_hour, config.cooldown_ns) = (4, 0);
        config.actions[0].max_per_hour = Some(2);
    });
    assert_eq!(decide(&mut guard, &restart("web-1", 0)).0, Verdict::Run);
    assert_eq!(decide(&mut guard, &restart("web-1", 10)).0, Verdict::Run);
    let decision = guard.decide(&restart("web-1", 20));
    assert_eq!((decision.verdict, decision.retry_at), (Verdict::Refuse, Some(at(HOUR))));
    assert_eq!(decision.reasons[0].sentence, "2 runs of \"restart\" in the last hour, its max_per_hour = 2");
    let mut delete = Proposal::new("delete", "x", 1.0, at(30));
    delete.approved_by = Some("ann".into());
    assert_eq!(decide(&mut guard, &delete).0, Verdict::Run);
    assert_eq!(decide(&mut guard, &delete).0, Verdict::Run);
    let decision = guard.decide(&delete);
    assert_eq!(decision.reasons[0].sentence, "4 runs in the last hour, max_per_hour = 4");
    // The first one is an hour ago: one more, and no more than that.
    assert_eq!(decide(&mut guard, &restart("web-1", HOUR)).0, Verdict::Run);
    assert_eq!(decide(&mut guard, &restart("web-1", HOUR + 1)), (Verdict::Refuse, ReasonCode::RateLimit));
    assert_eq!(decide(&mut guard, &restart("web-1", HOUR + 10)).0, Verdict::Run);
}

#[test]
fn a_clock_that_is_set_back_opens_nothing() {
    let mut guard = guard(|config| config.max_per_hour = 2);
    assert_eq!(decide(&mut guard, &restart("web-1", 0)).0, Verdict::Run);
    assert_eq!(decide(&mut guard, &restart("web-2", 1)).0, Verdict::Run);
    for seconds in [-1, -HOUR, -1_000_000_000] {
        let decision = guard.decide(&restart("web-1", seconds));
        let codes: Vec<ReasonCode> = decision.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!(codes, [ReasonCode::Cooldown, ReasonCode::RateLimit, ReasonCode::ClockSetBack], "{seconds}");
    }
    assert_eq!(decide(&mut guard, &restart("web-3", HOUR)).0, Verdict::Run, "the time goes on where it was");
}

#[test]
fn a_clock_that_was_ahead_can_be_corrected_and_opens_nothing() {
    let mut guard = guard(|config| config.max_per_hour = 2);
    let ahead = 1_000_000 * HOUR;
    assert_eq!(decide(&mut guard, &restart("web-1", ahead)).0, Verdict::Run);
    assert_eq!(decide(&mut guard, &restart("web-2", 0)).0, Verdict::Run);
    assert_eq!(decide(&mut guard, &restart("web-3", 2 * HOUR)), (Verdict::Refuse, ReasonCode::RateLimit), "for ages");
    assert!(guard.correct_clock(at(10)));
    assert!(!guard.correct_clock(at(10)), "only backwards");
    let decision = guard.decide(&restart("web-1", 10));
    assert_eq!(decision.retry_at, Some(at(10 + HOUR)), "as full as it was, from now on");
    assert_eq!(decide(&mut guard, &restart("web-1", 10 + HOUR)).0, Verdict::Run);
    let events = guard.take_audit();
    assert!(events.iter().any(|record| record.event == AuditEvent::ClockCorrected { before: at(ahead) }));
}

#[test]
fn failures_in_a_row_suspend_an_action_until_a_person_resumes_it() {
    let mut guard = guard(|config| (config.cooldown_ns, config.max_failures) = (0, 2));
    let run = |guard: &mut Guard, outcome| {
        let run = guard.decide(&restart("web-1", 0)).run.unwrap();
        let reported = guard.report(run, outcome, at(1));
        assert_eq!(guard.report(run, outcome, at(1)), Reported::Unknown, "once");
        reported
    };
    assert_eq!(run(&mut guard, Outcome::Failed), Reported::Noted);
    assert_eq!(run(&mut guard, Outcome::Succeeded), Reported::Noted, "no longer in a row");
    let running = guard.decide(&restart("web-1", 0)).run.unwrap();
    assert_eq!(run(&mut guard, Outcome::RolledBack), Reported::Noted);
    assert_eq!(run(&mut guard, Outcome::Failed), Reported::Suspended);
    assert!(guard.is_suspended("restart") && !guard.is_suspended("reboot"));
    let mut approved = restart("web-1", 2);
    approved.approved_by = Some("ann".into());
    let decision = guard.decide(&approved);
    assert_eq!((decision.verdict, decision.retry_at), (Verdict::Refuse, None), "time does not heal it");
    assert_eq!(
        decision.reasons[0].sentence,
        "\"restart\" is suspended after 2 failures in a row; the host has to resume"
    );
    // What was running before and went well does not resume it.
    assert_eq!(guard.report(running, Outcome::Succeeded, at(3)), Reported::Noted);
    assert!(guard.is_suspended("restart"));
    assert!(guard.resume("restart", "ann", at(4)));
    assert!(!guard.resume("restart", "ann", at(4)), "it is no longer");
    assert_eq!(decide(&mut guard, &restart("web-1", 5)).0, Verdict::Run);
    assert_eq!((guard.counters().suspensions, guard.counters().unknown_reports), (1, 4));
    assert_nothing_lost(&guard);
}

#[test]
fn what_cannot_be_undone_suspends_at_once() {
    let mut guard = guard(|config| config.cooldown_ns = 0);
    let run = guard.decide(&restart("web-1", 0)).run.unwrap();
    assert_eq!(guard.report(run, Outcome::RollBackFailed, at(1)), Reported::Suspended);
    assert_eq!(decide(&mut guard, &restart("web-2", 2)), (Verdict::Refuse, ReasonCode::Suspended));
}

#[test]
fn actions_without_a_rule_are_suspended_together_whatever_they_are_called() {
    let mut guard = guard(|config| (config.cooldown_ns, config.max_failures) = (0, 2));
    for name in ["a", "b"] {
        let mut proposal = Proposal::new(name, "x", 1.0, at(0));
        proposal.approved_by = Some("ann".into());
        let run = guard.decide(&proposal).run.unwrap();
        guard.report(run, Outcome::Failed, at(0));
    }
    let mut proposal = Proposal::new("c", "x", 1.0, at(0));
    proposal.approved_by = Some("ann".into());
    assert_eq!(decide(&mut guard, &proposal), (Verdict::Refuse, ReasonCode::Suspended));
    assert!(guard.resume("anything", "ann", at(1)));
    assert_eq!(decide(&mut guard, &proposal), (Verdict::Run, ReasonCode::Approved));
}

#[test]
fn nothing_grows_without_a_limit() {
    let mut guard = guard(|config| {
        (config.max_cooldowns, config.max_open, config.max_audit, config.max_evidence) = (3, 2, 4, 1);
        (config.max_per_hour, config.max_name_bytes) = (100, 10);
    });
    for n in 0..3 {
        let mut proposal = restart(&format!("web-{n}"), n);
        proposal.evidence = vec!["é".repeat(1000), "more".into()];
        assert_eq!(decide(&mut guard, &proposal).0, Verdict::Run);
    }
    assert_eq!((guard.counters().forgotten, guard.counters().open), (1, 2));
    assert_eq!(guard.report(RunId(1), Outcome::Failed, at(5)), Reported::Unknown, "forgotten");
    // No room to remember: nothing runs, rather than without a cooldown.
    assert_eq!(decide(&mut guard, &restart("web-3", 10)), (Verdict::Refuse, ReasonCode::NoRoom));
    assert_eq!(decide(&mut guard, &restart("web-3", 600)).0, Verdict::Run, "the first is over");
    assert_eq!(decide(&mut guard, &restart("web-456789", 600)), (Verdict::Refuse, ReasonCode::NoRoom));
    assert_eq!(decide(&mut guard, &restart("web-4567890", 700)), (Verdict::Refuse, ReasonCode::BadName));
    let records = guard.take_audit();
    assert_eq!(records.iter().map(|record| record.number).collect::<Vec<_>>(), [4, 5, 6, 7]);
    assert_eq!(guard.audit_dropped(), 3);
    assert!(guard.take_audit().is_empty());
    let mut proposal = restart("web-5", 2000);
    proposal.evidence = vec!["é".repeat(1000), "more".into()];
    guard.decide(&proposal);
    let AuditEvent::Decided { evidence, .. } = &guard.take_audit()[0].event else { panic!("no decision") };
    assert_eq!(evidence, &["é".repeat(512)]);
}

#[test]
fn the_audit_reads_back_line_by_line() {
    let mut guard = guard(|_| {});
    let mut proposal = restart("web-1", 0);
    (proposal.task, proposal.evidence) = (Some("t1".into()), vec!["line\nfeed".into()]);
    let run = guard.decide(&proposal).run.unwrap();
    guard.report(run, Outcome::RolledBack, at(1));
    guard.decide(&Proposal::new("restart", "web-1", f64::NAN, at(2)));
    guard.resume("restart", "ann", at(3));
    let (mut copy, mut text) = (guard.clone(), String::new());
    guard.take_audit_lines(&mut text);
    let read: Vec<AuditRecord> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, copy.take_audit());
    assert_eq!(
        text.lines().nth(1).unwrap(),
        "{\"number\":2,\"at\":1704067201000000000,\"event\":\"reported\",\"run\":1,\"action\":\"restart\",\
         \"target\":\"web-1\",\"outcome\":\"rolled_back\",\"suspended\":false}"
    );
    assert!(text.lines().nth(2).unwrap().contains("\"confidence\":null"), "{text}");
}

#[test]
fn a_document_cannot_approve_itself_or_tell_the_time() {
    let good = r#"{"action":"restart","target":"web-1","confidence":0.9,"risk":"high","task":"7","evidence":["x"]}"#;
    let proposal: Proposal = serde_json::from_str(good).unwrap();
    assert_eq!((proposal.risk, proposal.approved_by, proposal.at), (Risk::High, None, Timestamp::default()));
    for more in [r#""approved_by":"root""#, r#""at":0"#, r#""verdict":"run""#] {
        let forged = good.replacen('{', &format!("{{{more},"), 1);
        let error = serde_json::from_str::<Proposal>(&forged).unwrap_err();
        assert!(error.to_string().starts_with("unknown field"), "{error}");
    }
}

#[test]
fn wrong_settings_are_listed_together() {
    let error = Guard::build(&config(|config| {
        (config.min_confidence, config.min_confidence_high_risk) = (0.95, 0.9);
        (config.max_per_hour, config.cooldown_ns, config.max_failures) = (0, -1, 0);
        (config.max_open, config.max_audit, config.max_cooldowns) = (0, 0, 0);
        config.actions[1].name = "restart".into();
        config.actions[1].verify = Some(String::new());
        config.actions[2].targets = vec!["a*b".into(), String::new()];
        config.actions[3].targets = Vec::new();
        config.actions[3].min_confidence = Some(f64::NAN);
        config.actions[3].max_per_hour = Some(10_001);
    }))
    .unwrap_err();
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "guard.min_confidence_high_risk",
            "guard.max_per_hour",
            "guard.cooldown_ns",
            "guard.max_failures",
            "guard.max_cooldowns",
            "guard.max_open",
            "guard.max_audit",
            "guard.actions[1].name",
            "guard.actions[1].verify",
            "guard.actions[2].targets[0]",
            "guard.actions[2].targets[1]",
            "guard.actions[3].targets",
            "guard.actions[3].min_confidence",
            "guard.actions[3].max_per_hour",
        ]
    );
    assert_eq!(error.kind(), ErrorKind::Config);
    let many = (0..1001).map(|n| ActionRule::new(n.to_string(), Risk::Low, &["*"])).collect();
    let error = Guard::build(&config(|config| config.actions = many)).unwrap_err();
    assert_eq!(error.to_string(), "guard.actions: 1001 actions are more than 1000");
    let many = vec!["a".to_owned(); 1001];
    let error = Guard::build(&config(|config| config.actions[0].targets = many)).unwrap_err();
    assert_eq!(error.to_string(), "guard.actions[0].targets: 1001 are more than 1000");
}

#[test]
fn the_settings_of_the_guide_are_settings() {
    #[derive(serde::Deserialize)]
    struct Host {
        guard: GuardConfig,
    }
    let guide = include_str!("../../../docs/guardrails.md");
    let document = guide.split("```toml").nth(1).unwrap().split("```").next().unwrap();
    let mut guard = Guard::build(&toml::from_str::<Host>(document).unwrap().guard).unwrap();
    assert_eq!(decide(&mut guard, &restart("web-1", 0)), (Verdict::Run, ReasonCode::Allowed));
    let drain = Proposal::new("drain", "node-2", 1.0, at(0));
    assert_eq!(decide(&mut guard, &drain), (Verdict::AskApproval, ReasonCode::HighRisk));
}

#[test]
fn a_snapshot_of_other_settings_keeps_what_still_applies() {
    let mut guard = guard(|config| (config.max_failures, config.cooldown_ns) = (1, 0));
    let run = guard.decide(&restart("web-1", 0)).run.unwrap();
    guard.report(run, Outcome::Failed, at(1));
    let snapshot = guard.snapshot();
    let other = config(|config| {
        config.actions.swap(0, 2);
        config.max_per_hour = 1;
    });
    let mut restored = Guard::restore(&snapshot, &other).unwrap();
    assert!(restored.is_suspended("restart") && !restored.is_suspended("reboot"), "by name, not by place");
    let mut reboot = Proposal::new("reboot", "x", 1.0, at(2));
    reboot.approved_by = Some("ann".into());
    assert_eq!(
        decide(&mut restored, &reboot),
        (Verdict::Refuse, ReasonCode::RateLimit),
        "the hour is as full as it was"
    );
    for end in 0..snapshot.len() {
        assert!(Guard::restore(&snapshot[..end], &other).is_err());
    }
    assert_eq!(Guard::restore(b"DRNR", &other).unwrap_err().kind(), ErrorKind::Snapshot);
}

#[test]
fn a_limit_that_comes_with_new_settings_counts_the_runs_before() {
    let mut guard = guard(|config| (config.max_per_hour, config.cooldown_ns) = (20, 0));
    for n in 0..5 {
        assert_eq!(decide(&mut guard, &restart("web-1", n)).0, Verdict::Run);
    }
    let limited = config(|config| {
        (config.max_per_hour, config.cooldown_ns) = (20, 0);
        config.actions[0].max_per_hour = Some(3);
    });
    let mut restored = Guard::restore(&guard.snapshot(), &limited).unwrap();
    assert_eq!(decide(&mut restored, &restart("web-1", 6)), (Verdict::Refuse, ReasonCode::RateLimit));
    assert_eq!(decide(&mut restored, &restart("web-1", HOUR + 3)).0, Verdict::Run);
}

#[derive(Debug, Clone)]
enum Step {
    Decide(u8, u8, f64, bool, i64),
    Report(u64, u8),
    Resume,
    Correct(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let confidence = prop_oneof![8 => 0.6..1.0_f64, 1 => Just(f64::NAN), 1 => Just(2.0)];
    let decide = (0..5_u8, 0..4_u8, confidence, any::<bool>(), -4000..4000_i64).prop_map(
        |(action, target, confidence, approved, step)| Step::Decide(action, target, confidence, approved, step),
    );
    let step = prop_oneof![
        20 => decide,
        5 => (1..40_u64, 0..4_u8).prop_map(|(run, outcome)| Step::Report(run, outcome)),
        1 => Just(Step::Resume),
        1 => (-2000..100_i64).prop_map(Step::Correct),
    ];
    prop::collection::vec(step, 0..80)
}

/// Takes a step; `clock` is what the host's clock says.
fn take(guard: &mut Guard, clock: &mut i64, step: &Step) -> String {
    match *step {
        Step::Decide(action, target, confidence, approved, step) => {
            *clock += step;
            let action = ["restart", "drain", "reboot", "delete", "unknown"][usize::from(action)];
            let target = ["web-1", "node-1", "x", "web-2"][usize::from(target)];
            let mut proposal = Proposal::new(action, target, confidence, at(*clock));
            proposal.approved_by = approved.then(|| "ann".to_owned());
            serde_json::to_string(&guard.decide(&proposal)).unwrap()
        }
        Step::Report(run, outcome) => {
            let outcomes = [Outcome::Succeeded, Outcome::Failed, Outcome::RolledBack, Outcome::RollBackFailed];
            format!("{:?}", guard.report(RunId(run), outcomes[usize::from(outcome)], at(*clock)))
        }
        Step::Resume => format!("{}", guard.resume("restart", "ann", at(*clock))),
        Step::Correct(step) => format!("{}", guard.correct_clock(at(*clock + step))),
    }
}

proptest! {
    #![proptest_config(cases::properties(128))]

    /// Restoring is never having stopped, wherever it stopped.
    #[test]
    fn a_restored_guard_decides_as_the_one_that_went_on(steps in steps(), cut in any::<prop::sample::Index>()) {
        let config = config(|config| {
            (config.autonomy, config.max_per_hour, config.max_open) = (Autonomy::AutoHighRisk, 5, 3);
            (config.max_cooldowns, config.max_audit) = (4, 6);
            config.actions[0].max_per_hour = Some(2);
        });
        let mut guard = Guard::build(&config).unwrap();
        let mut clock = 0;
        let cut = cut.index(steps.len() + 1);
        for step in &steps[..cut] {
            take(&mut guard, &mut clock, step);
            assert_nothing_lost(&guard);
        }
        let mut restored = Guard::restore(&guard.snapshot(), &config).unwrap();
        let mut other_clock = clock;
        for step in &steps[cut..] {
            prop_assert_eq!(take(&mut guard, &mut clock, step), take(&mut restored, &mut other_clock, step));
        }
        prop_assert_eq!(guard.snapshot(), restored.snapshot());
    }

    /// However time is told, and whoever approves: in any hour of the latest time told there are no more runs than allowed, and
    /// none on a target that rests.
    #[test]
    fn no_sequence_of_times_runs_more_than_allowed(steps in steps()) {
        let mut guard = guard(|config| (config.autonomy, config.max_per_hour) = (Autonomy::AutoHighRisk, 3));
        let (mut clock, mut latest) = (0, i64::MIN);
        let mut runs: Vec<(i64, String)> = Vec::new();
        for step in &steps {
            let Step::Decide(action, target, _, _, _) = step else { continue };
            let said = take(&mut guard, &mut clock, step);
            latest = latest.max(clock);
            if said.contains("\"verdict\":\"run\"") {
                let key = format!("{action} {target}");
                prop_assert!(runs.iter().filter(|(run, _)| latest - run < HOUR).count() < 3);
                prop_assert!(!runs.iter().any(|(run, own)| latest - run < 600 && *own == key));
                runs.push((latest, key));
            }
        }
    }
}
