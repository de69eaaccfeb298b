//! What a host does around the library: send tasks to an endpoint that speaks `OpenAI`'s chat protocol, bring back bytes, and go on when
//! there are none. Everything that is judged is judged by the library.

use std::io::Read;
use std::time::Duration;

use drainrs::ask::Asker;
use drainrs::prompt::{Answered, Task};
use drainrs::{Pipeline, Timestamp};
use serde_json::{Value, json};

/// Where a model answers.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// Such as `https://api.openai.com/v1` or `http://localhost:11434/v1`.
    pub(crate) url: String,
    /// Its name there.
    pub(crate) model: String,
    /// Sent as a bearer token.
    pub(crate) key: Option<String>,
    /// For a whole answer.
    pub(crate) timeout: Duration,
    /// How often a busy endpoint is asked again, and how long to wait before; the wait doubles.
    pub(crate) retries: u32,
    pub(crate) wait: Duration,
}

/// The most bytes of a response that are read.
const MAX_RESPONSE: u64 = 1 << 20;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No connection, no response in time, or one that broke off.
    Unreachable(String),
    /// The endpoint said no, with its status.
    Refused(u16),
    /// The response is not what the protocol says.
    Garbled,
}

impl Endpoint {
    /// Sends a task; gives the text of the answer.
    pub(crate) fn complete(&self, task: &Task) -> Result<Vec<u8>, Trouble> {
        let mut body = json!({
            "model": self.model,
            "messages": task.messages(),
            "max_tokens": task.max_output_tokens,
            "temperature": 0,
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": task.kind.name(), "schema": task.schema },
            },
        });
        let mut wait = self.wait;
        let mut left = self.retries;
        loop {
            match self.post(&body) {
                // Some endpoints know no schemas; the schema stands in the instruction, too.
                Err(Trouble::Refused(400 | 422)) if body.get("response_format").is_some() => {
                    body.as_object_mut().map(|fields| fields.remove("response_format"));
                }
                Err(Trouble::Refused(429 | 500..) | Trouble::Unreachable(_)) if left > 0 => {
                    left -= 1;
                    std::thread::sleep(wait);
                    wait *= 2;
                }
                done => return done,
            }
        }
    }

    fn post(&self, body: &Value) -> Result<Vec<u8>, Trouble> {
        let unreachable = |error: &dyn std::fmt::Display| Trouble::Unreachable(error.to_string());
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(self.timeout))
            .http_status_as_error(false)
            .build()
            .new_agent();
        let mut request = agent
            .post(format!("{}/chat/completions", self.url.trim_end_matches('/')))
            .header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let mut response = request.send(body.to_string()).map_err(|error| unreachable(&error))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Trouble::Refused(status));
        }
        let mut bytes = Vec::new();
        let mut reader = response.body_mut().as_reader().take(MAX_RESPONSE);
        reader.read_to_end(&mut bytes).map_err(|error| unreachable(&error))?;
        let response: Value = serde_json::from_slice(&bytes).map_err(|_| Trouble::Garbled)?;
        let content = response.pointer("/choices/0/message/content").and_then(Value::as_str);
        content.map(|content| content.as_bytes().to_vec()).ok_or(Trouble::Garbled)
    }
}

/// Asks what the plan holds, one task after the other, and tells what became of each: an answer by the model, or by rules.
pub(crate) fn ask_all(
    asker: &mut Asker,
    pipeline: &mut Pipeline,
    endpoint: &Endpoint,
    now: &dyn Fn() -> Timestamp,
    tell: &mut dyn FnMut(&Answered, Option<&Trouble>),
) -> Result<(), drainrs::Error> {
    let mut first_error = None;
    while let Some(first) = asker.next(now()) {
        let mut task = Some(first);
        while let Some(asked) = task.take() {
            let (answered, trouble) = match endpoint.complete(&asked) {
                Ok(bytes) => (asker.answer(&asked.id, &bytes, now(), pipeline), None),
                Err(trouble) => (asker.desk_mut().give_up(&asked.id, now()), Some(trouble)),
            };
            let Some(answered) = answered else { break };
            tell(&answered, trouble.as_ref());
            // Labels, names and formats take effect; whoever disagrees takes them back by their records. What cannot is no reason
            // not to ask on.
            let adopted = asker.adopt(&answered, pipeline, &endpoint.model, false, now());
            if let (Err(error), None) = (adopted, &first_error) {
                first_error = Some(error);
            }
            task = answered.repair;
        }
    }
    // What was never answered in time has an answer by rules, too.
    for lost in asker.desk_mut().lost(now()) {
        tell(&lost, None);
    }
    first_error.map_or(Ok(()), Err)
}
