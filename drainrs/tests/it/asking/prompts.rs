//! What goes out: golden prompts, bounds, redaction, data that stays data.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use drainrs::ask::{Asker, Prices};
use drainrs::prompt::{Budget, TaskKind, tokens_about};
use proptest::prelude::*;

use super::story::{INJECTION, after, config, end, lines, odd_lines, roomy, task, told};
use crate::cases::properties;

/// Compares with a file; `DRAINRS_BLESS=1` writes it.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/prompt").join(name);
    if std::env::var_os("DRAINRS_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    assert!(golden == text, "{} differs; this is what is written now:\n{text}", path.display());
}

#[test]
fn every_kind_of_task_reads_as_it_should() {
    let (pipeline, asker) = told();
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let mut seen = BTreeSet::new();
    for task in plan.tasks.iter().filter(|task| seen.insert(task.kind)) {
        golden(&format!("{}.txt", task.kind.name()), &task.text());
    }
    // Lines of the story parse; those below do not.
    let (pipeline, asker) = after(&odd_lines(), &config());
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let header = plan.tasks.iter().find(|task| task.kind == TaskKind::WriteHeaderPattern).unwrap();
    golden("write_header_pattern.txt", &header.text());
    seen.insert(header.kind);
    assert_eq!(seen.len(), TaskKind::ALL.len());
}

#[test]
fn the_same_state_gives_the_same_bytes() {
    let plans: Vec<String> = (0..2)
        .map(|_| {
            let (pipeline, asker) = told();
            serde_json::to_string(&asker.plan(&pipeline, end(), &roomy()).unwrap()).unwrap()
        })
        .collect();
    assert_eq!(plans[0], plans[1]);
    // Time alone changes neither the text nor its key.
    let (pipeline, asker) = told();
    let later = asker.plan(&pipeline, end().plus_nanos(1_000_000_000), &roomy()).unwrap();
    let now = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let keys = |plan: &drainrs::ask::Plan| plan.tasks.iter().map(|task| task.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&later), keys(&now));
    let distinct: BTreeSet<String> = keys(&now).into_iter().collect();
    assert_eq!(distinct.len(), now.tasks.len());
}

#[test]
fn nothing_private_leaves_and_the_map_stays() {
    let (pipeline, asker) = told();
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    for task in &plan.tasks {
        let document = serde_json::to_string(task).unwrap();
        for private in ["ann@example", "bob@example", "s3cr3t-pw", "10.0.0.7", "198.51.100."] {
            assert!(!task.text().contains(private) && !document.contains(private), "{private} in {}", task.kind.name());
        }
        assert!(!format!("{task:?}").contains("ann@example.org"), "not into anybody's debug output");
    }
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(window.data.contains("<EMAIL_1>") && window.redacted["email"] >= 1, "{:?}", window.redacted);
    assert!(window.restore("mail <EMAIL_1> about <EMAIL_77>").starts_with("mail ann@example.org about <EMAIL_77>"));
    // The host may keep all of it, and only the host: by its own call.
    let saved = window.save().unwrap();
    assert!(String::from_utf8_lossy(&saved).contains("ann@example.org"));
    assert_eq!(&drainrs::prompt::Task::load(&saved).unwrap(), window);
}

#[test]
fn the_early_cause_is_kept_however_little_room_there_is() {
    let (pipeline, asker) = told();
    let cause = "expires today";
    for max_tokens in [3_300, 3_600, 4_000, 6_000, 40_000] {
        let budget = Budget { max_tokens, ..roomy() };
        let plan = asker.plan(&pipeline, end(), &budget).unwrap();
        for kind in [TaskKind::SummariseWindow, TaskKind::RootCause] {
            let Some(task) = plan.tasks.iter().find(|task| task.kind == kind) else { continue };
            assert!(task.data.contains(cause), "{} in {max_tokens} tokens:\n{}", kind.name(), task.data);
            assert!(task.input_tokens <= max_tokens && task.text().len() <= task.input_bytes + 1);
        }
        assert!(plan.tasks.iter().any(|task| task.kind == TaskKind::SummariseWindow), "{max_tokens}");
    }
    // With less than that there is the cause, or no question.
    let mut asked = 0;
    for max_tokens in (2_600..3_300).step_by(13) {
        let Ok(plan) = asker.plan(&pipeline, end(), &Budget { max_tokens, ..roomy() }) else { continue };
        for task in plan.tasks.iter().filter(|task| task.kind == TaskKind::SummariseWindow) {
            asked += 1;
            assert!(task.data.contains(cause), "{max_tokens}: {}", task.data);
        }
    }
    assert!(asked > 5);
    let root = task(TaskKind::RootCause);
    let first = root.evidence.iter().find(|sent| sent.id == "m1").unwrap();
    assert!(first.text.contains(cause), "what was first stands first: {}", root.data);
    assert!(root.data.contains("order -> db") && root.data.contains("web -> order"));
}

#[test]
fn a_greater_budget_loses_no_question() {
    use drainrs::prompt::{Notice, Subject};
    let asker = Asker::build(&config()).unwrap();
    let text = |word: &str, times: usize| word.repeat(times).trim_end().to_owned();
    let notice = Notice {
        at: end(),
        kind: drainrs::ScoreKind::NewTemplate,
        priority: drainrs::Priority::High,
        service: "web".to_owned(),
        reason: "never seen before".to_owned(),
        template: None,
        text: text("notice ", 80),
    };
    let shown = vec![super::story::shown(&text("word ", 60), "", "", &[])];
    let subject = Subject::Window { span: None, events: 9, templates: 1, shown, notices: vec![notice] };
    let mut asked = false;
    for max_tokens in (2_600..4_400).step_by(20) {
        let made = asker.task_of(subject.clone(), 1.0, end(), &Budget { max_tokens, ..roomy() });
        assert!(!asked || made.is_ok(), "{max_tokens}: {made:?}");
        asked |= made.is_ok();
    }
    assert!(asked);
}

#[test]
fn what_is_left_out_is_said_to_the_model_and_to_the_host() {
    let (pipeline, asker) = told();
    let tight = Budget { max_tokens: 3_400, ..roomy() };
    let plan = asker.plan(&pipeline, end(), &tight).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    let told = window.cut.iter().find(|sentence| sentence.ends_with("do not fit and are left out")).unwrap();
    assert!(window.instruction.contains(told), "{}", window.instruction);
    assert!(window.cut.iter().any(|sentence| sentence.contains("below level warn")), "{:?}", window.cut);
    let few = Budget { max_tasks: 1, ..roomy() };
    let plan = asker.plan(&pipeline, end(), &few).unwrap();
    assert_eq!(plan.tasks.len(), 1);
    assert!(plan.left_out.values().sum::<usize>() > 3, "{:?}", plan.left_out);
    let none = Budget { max_tokens: 500, ..roomy() };
    let error = asker.plan(&pipeline, end(), &none).map(|plan| plan.tasks.len()).unwrap_err();
    assert_eq!(error.path(), "budget.max_tokens");
    assert!(error.to_string().contains("500 tokens leave no room for data"), "{error}");
    let none = Budget { max_bytes: 500, ..roomy() };
    let error = asker.plan(&pipeline, end(), &none).map(|plan| plan.tasks.len()).unwrap_err();
    assert_eq!(error.path(), "budget.max_bytes");
}

#[test]
fn long_texts_are_cut_between_tokens() {
    let mut long = lines();
    let words: Vec<String> = (0..300).map(|n| format!("w{n}")).collect();
    let words = words.join(" ");
    long.push(format!("2026-03-12T10:59:59Z ERROR 1 --- [db] [exec-1] com.shop.Main : dump {words}"));
    let (pipeline, asker) = after(&long, &config());
    let plan = asker.plan(&pipeline, end(), &Budget { max_text_bytes: 200, ..roomy() }).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    let cut =
        window.evidence.iter().find(|sent| sent.text.starts_with("dump") && sent.text.contains("[cut: ")).unwrap();
    let (kept, _) = cut.text.split_once(" [cut: ").unwrap();
    let whole = |word: &str| word == "dump" || word.starts_with('w') || word.starts_with('<');
    assert!(kept.len() <= 200 && kept.split(' ').all(whole), "{kept}");
    assert!(
        window.cut.iter().any(|sentence| sentence.contains("longer than 200 bytes and are cut")),
        "{:?}",
        window.cut
    );
}

#[test]
fn an_instruction_in_a_line_is_data_and_is_told() {
    let batch = task(TaskKind::JudgeBatch);
    assert!(!batch.suspicious.is_empty() || !batch.data.contains("Ignore previous"));
    let window = task(TaskKind::SummariseWindow);
    let close = window.data.lines().last().unwrap();
    assert_eq!(window.data.matches(close).count(), 1);
    let line = window.data.lines().find(|line| line.contains("Ignore previous")).unwrap();
    assert!(line.contains("| no results for"), "behind our own words: {line}");
    assert!(!window.suspicious.is_empty());
    assert!(
        !window.system.contains("Ignore") && !window.instruction.contains("Ignore"),
        "only in the data: {INJECTION}"
    );
}

#[test]
fn a_day_has_a_price() {
    let (pipeline, asker) = told();
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let prices = Prices { input_per_million: 2.0, output_per_million: 10.0 };
    let day = plan.day(prices, &config().desk);
    assert!(day.is_capped && day.tasks <= 500.0 + 1e-6, "{day:?}");
    assert!((day.price - (day.input_tokens * 2.0 + day.output_tokens * 10.0) / 1e6).abs() < 1e-9);
    let mut open = config().desk;
    (open.tasks_per_day, open.tokens_per_day) = (u64::MAX, u64::MAX);
    let open = plan.day(prices, &open);
    // A summary every five minutes, once an hour's worth of everything else a day.
    assert!(!open.is_capped && open.tasks > 288.0 && open.price > day.price, "{open:?}");
}

#[test]
fn a_host_counts_as_it_likes() {
    let (pipeline, asker) = told();
    let words = |text: &str| text.split_whitespace().count();
    let budget = Budget { max_tokens: 500, max_bytes: usize::MAX, count: &words, ..roomy() };
    let plan = asker.plan(&pipeline, end(), &budget).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(words(&window.text()) <= 500 && window.input_tokens <= 500);
    let about = Budget { count: &tokens_about, max_tokens: 2_000, ..roomy() };
    let plan = asker.plan(&pipeline, end(), &about).unwrap();
    for task in &plan.tasks {
        assert!(tokens_about(&task.text()) <= task.input_tokens && task.input_tokens <= 2_000, "{}", task.kind.name());
    }
}

proptest! {
    #![proptest_config(properties(24))]

    #[test]
    fn whatever_the_lines_say_a_task_stays_in_its_bounds_and_its_frame(
        texts in prop::collection::vec("(\\PC|[\u{0}-\u{1f}]|</data-|[0-9a-f]{16}|\u{202e}| ){0,80}", 1..40),
        max_tokens in 2_000_usize..6_000,
    ) {
        let lines: Vec<String> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| format!("2026-03-12T10:00:{:02}Z ERROR 1 --- [db] [exec-1] com.shop.Main : {text}", n % 60))
            .collect();
        let (pipeline, asker) = after(&lines, &config());
        let budget = Budget { max_tokens, ..roomy() };
        let Ok(plan) = asker.plan(&pipeline, end(), &budget) else { return Ok(()) };
        for task in &plan.tasks {
            prop_assert!(task.text().len() <= max_tokens, "{} bytes, {max_tokens} asked, {} {:?}: {} {} {}", task.text().len(), task.input_tokens, task.input_bytes, task.data, task.instruction, task.data.len());
            prop_assert!(task.text().len() <= task.input_bytes + 1);
            let (open, close) = (task.data.lines().next().unwrap(), task.data.lines().last().unwrap());
            prop_assert_eq!(task.data.matches(open).count(), 1);
            prop_assert_eq!(task.data.matches(close).count(), 1);
            let rest: String = task.data.chars().filter(|c| c.is_control() && *c != '\n').collect();
            prop_assert!(rest.is_empty(), "nothing steers: {:?}", rest);
            // Every line is ours: nothing but our words stands at its beginning.
            for line in task.data.lines().skip(1).filter(|line| *line != close) {
                let ours = line.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) && !line.starts_with("</");
                prop_assert!(ours, "{line}");
            }
        }
    }
}
