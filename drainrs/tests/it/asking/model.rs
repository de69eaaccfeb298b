//! The example's host beside a model that is a mock: one that answers, and one that misbehaves in every way that servers do.

#[allow(dead_code, unreachable_pub, reason = "the example's own code, compiled into the test")]
#[path = "../../../examples/ask_model/host.rs"]
mod host;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use drainrs::ask::Plan;
use drainrs::prompt::{Answered, Verdict, fallback};
use serde_json::{Value, json};

use self::host::{Endpoint, Trouble, ask_all};
use super::story::{end, roomy, told};

/// What the mock does with a connection, one after the other; the last one again and again.
#[derive(Clone)]
enum Manner {
    /// A status and the content of the message.
    Answer(String),
    /// The same for what the rules would say.
    Status(u16),
    /// A body as it is.
    Body(Vec<u8>),
    /// A body that ends before its announced length.
    Broken,
    /// Closes without a word.
    Hangup,
    /// Says nothing and waits.
    Silent,
}

/// Serves until the test is over; gives the requests' bodies as they come.
fn mock(manners: Vec<Manner>) -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (seen, requests) = channel();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for (nth, stream) in listener.incoming().enumerate() {
            let Ok(stream) = stream else { return };
            let manner = manners.get(nth).or(manners.last()).cloned().unwrap();
            let Some(request) = request(&stream) else { continue };
            if seen.send(request).is_err() {
                return;
            }
            respond(stream, &manner, &mut held);
        }
    });
    (url, requests)
}

fn request(stream: &TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn respond(mut stream: TcpStream, manner: &Manner, held: &mut Vec<TcpStream>) {
    let head = |status: u16, length: usize| {
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        )
    };
    let body = match manner {
        Manner::Answer(content) => {
            json!({ "choices": [{ "message": { "content": content } }] }).to_string().into_bytes()
        }
        Manner::Body(body) => body.clone(),
        Manner::Status(status) => {
            let _ = stream.write_all(head(*status, 2).as_bytes());
            let _ = stream.write_all(b"{}");
            return;
        }
        Manner::Broken => {
            let _ = stream.write_all(head(200, 1000).as_bytes());
            let _ = stream.write_all(b"{\"choices\": [");
            return;
        }
        Manner::Hangup => return,
        Manner::Silent => return held.push(stream),
    };
    let _ = stream.write_all(head(200, body.len()).as_bytes());
    let _ = stream.write_all(&body);
}

fn endpoint(url: String) -> Endpoint {
    // A host that waits for nothing: the mock is as fast as it is.
    let (timeout, wait) = (Duration::from_millis(500), Duration::ZERO);
    Endpoint { url, model: "mock".to_owned(), key: Some("k".to_owned()), timeout, retries: 2, wait }
}

/// Asks the first task of the story's plan; gives what was told, and what the mock saw.
fn asked(manners: Vec<Manner>) -> (Vec<(Answered, Option<Trouble>)>, Vec<Value>) {
    let (mut pipeline, mut asker) = told();
    let mut plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    plan.tasks.truncate(1);
    asker.offer(plan, end());
    let (url, requests) = mock(manners);
    let mut told = Vec::new();
    ask_all(&mut asker, &mut pipeline, &endpoint(url), &end, &mut |answered, trouble| {
        told.push((answered.clone(), trouble.cloned()));
    })
    .unwrap();
    (told, requests.try_iter().collect())
}

/// What a good model would say to the first task.
fn good() -> String {
    let (pipeline, asker) = told();
    let Plan { tasks, .. } = asker.plan(&pipeline, end(), &roomy()).unwrap();
    fallback(&tasks[0]).unwrap().to_string()
}

fn accepted(answered: &Answered) -> bool {
    matches!(answered.verdict, Some(Verdict::Accepted(_)))
}

#[test]
fn a_good_model_is_asked_once_and_believed() {
    let (told, requests) = asked(vec![Manner::Answer(good())]);
    assert_eq!((told.len(), requests.len()), (1, 1));
    assert!(accepted(&told[0].0) && told[0].1.is_none());
    let request = &requests[0];
    assert_eq!((&request["model"], &request["temperature"]), (&json!("mock"), &json!(0)));
    assert!(request["messages"][0]["role"] == "system" && request["messages"][1]["role"] == "user");
    assert_eq!(request["response_format"]["json_schema"]["name"], "root_cause");
    let sent = request.to_string();
    assert!(sent.contains("certificate of <IP> expires") && !sent.contains("s3cr3t-pw") && !sent.contains("10.0.0.7"));
}

#[test]
fn a_model_that_chatters_is_understood_and_one_that_errs_is_asked_again() {
    let chatter = format!("Of course! Here is the analysis:\n```json\n{}\n```\nAnything else?", good());
    let (told, _) = asked(vec![Manner::Answer(chatter)]);
    assert!(accepted(&told[0].0));
    let (told, requests) = asked(vec![Manner::Answer("I am not sure.".to_owned()), Manner::Answer(good())]);
    assert_eq!(told.len(), 2);
    assert!(told[0].0.repair.is_some() && accepted(&told[1].0));
    assert!(requests[1]["messages"][1]["content"].as_str().unwrap().contains("Your answer was refused"));
}

#[test]
fn a_model_that_lies_is_not_believed() {
    let mut lie: Value = serde_json::from_str(&good()).unwrap();
    lie["causal_chain"][0]["evidence"] = json!(["disk /dev/sda1 is full, said nobody"]);
    let (told, _) = asked(vec![Manner::Answer(lie.to_string())]);
    assert_eq!(told.len(), 2, "asked again once");
    assert!(told.iter().all(|(answered, _)| !accepted(answered)));
    assert!(told[1].0.fallback.is_some(), "then the rules answer");
}

#[test]
fn whatever_a_server_does_the_rules_have_an_answer() {
    let manners: Vec<(Vec<Manner>, usize)> = vec![
        (vec![Manner::Status(500)], 3),
        (vec![Manner::Status(429)], 3),
        (vec![Manner::Status(401)], 1),
        (vec![Manner::Hangup], 3),
        (vec![Manner::Broken], 3),
        (vec![Manner::Silent], 3),
        (vec![Manner::Body(b"<html>gateway timeout</html>".to_vec())], 1),
        (vec![Manner::Body(b"{\"choices\": []}".to_vec())], 1),
        (vec![Manner::Body(vec![b' '; 12 << 20])], 1),
        (vec![Manner::Body(b"\xff\xff\xff".to_vec())], 1),
    ];
    for (manners, requests) in manners {
        let (told, seen) = asked(manners);
        let (answered, trouble) = told.last().unwrap();
        assert!(trouble.is_some() && answered.verdict.is_none(), "{trouble:?}");
        assert!(answered.fallback.is_some(), "{trouble:?}");
        assert_eq!(seen.len(), requests, "{trouble:?}");
    }
    let url = "http://127.0.0.1:1/v1".to_owned();
    let (pipeline, asker) = told();
    let task = asker.plan(&pipeline, end(), &roomy()).unwrap().tasks.remove(0);
    assert!(matches!(endpoint(url).complete(&task), Err(Trouble::Unreachable(_))), "nobody listens");
}

#[test]
fn a_busy_server_is_asked_again_and_one_without_schemas_is_asked_without() {
    let (told, requests) = asked(vec![Manner::Status(503), Manner::Hangup, Manner::Answer(good())]);
    assert!(accepted(&told[0].0) && requests.len() == 3);
    let (told, requests) = asked(vec![Manner::Status(400), Manner::Answer(good())]);
    assert!(accepted(&told[0].0) && requests.len() == 2);
    assert!(requests[0].get("response_format").is_some() && requests[1].get("response_format").is_none());
}
