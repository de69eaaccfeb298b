//! Asks a model about a log, over any endpoint that speaks `OpenAI`'s chat protocol.
//!
//! ```sh
//! OPENAI_API_KEY=... cargo run -p drainrs --example ask_model -- app.log https://api.openai.com/v1 gpt-5-mini
//! cargo run -p drainrs --example ask_model -- app.log http://localhost:11434/v1 llama3.3
//! ```
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program: it has an output, a clock and an environment"
)]

mod host;

use std::io::BufRead;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use drainrs::ask::{AskConfig, Asker};
use drainrs::prompt::{Answered, Budget, Verdict};
use drainrs::{DetectConfig, Pipeline, PipelineConfig, Timestamp};

use host::{Endpoint, Trouble, ask_all};

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [log, url, model] = arguments.as_slice() else {
        return Err("give a log, the URL of an endpoint, and the name of a model".into());
    };
    let detect = DetectConfig { max_scores: 64, ..DetectConfig::default() };
    let mut pipeline = Pipeline::build(&PipelineConfig { detect: Some(detect), ..PipelineConfig::default() })?;
    let mut config = AskConfig::default();
    config.journal.window_ns = 0; // all of the file is one window
    let mut asker = Asker::build(&config)?;
    for line in std::io::BufReader::new(std::fs::File::open(log)?).split(b'\n') {
        if let Some(event) = pipeline.push(&line?, now()) {
            asker.observe(&event);
        }
        asker.take(&mut pipeline);
    }
    if let Some(event) = pipeline.finish(now()) {
        asker.observe(&event);
    }
    if let Some(detector) = pipeline.detector_mut() {
        detector.finish();
    }
    asker.take(&mut pipeline);
    asker.finish();

    let plan = asker.plan(&pipeline, now(), &Budget { max_tasks: 4, ..Budget::default() })?;
    asker.offer(plan, now());
    let endpoint = Endpoint {
        url: url.clone(),
        model: model.clone(),
        key: std::env::var("OPENAI_API_KEY").ok(),
        timeout: Duration::from_secs(60),
        retries: 3,
        wait: Duration::from_secs(1),
    };
    ask_all(&mut asker, &mut pipeline, &endpoint, &now, &mut |answered, trouble| tell(answered, trouble))?;
    for adoption in asker.adoptions() {
        println!("adopted {}: {}", adoption.id, serde_json::to_string(&adoption.change)?);
    }
    Ok(())
}

fn tell(answered: &Answered, trouble: Option<&Trouble>) {
    let task = &answered.task;
    println!("{} ({} tokens at most)", task.kind.name(), task.input_tokens);
    if let Some(trouble) = trouble {
        println!("  no answer: {trouble:?}");
    }
    match &answered.verdict {
        Some(Verdict::Accepted(accepted)) => {
            println!("  {}", task.restore_value(&accepted.value));
            println!("  confidence {:?}, notes {:?}", accepted.confidence, accepted.notes);
        }
        Some(Verdict::Rejected(rejected)) => rejected.reasons.iter().for_each(|reason| println!("  refused: {reason}")),
        other => println!("  {other:?}"),
    }
    if let Some(value) = &answered.fallback {
        println!("  by rules: {}", task.restore_value(value));
    }
}
