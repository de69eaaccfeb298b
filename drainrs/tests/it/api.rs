//! What the interface promises besides what its functions do: traits, sizes, numbers, the form of documents.

use drainrs::{
    Change, Class, Columns, Drain, Drain3Ini, Error, ErrorKind, Event, EventColumns, Explanation, Fit, FitConfig,
    FitReport, Hit, Joined, Joiner, Lineage, MaskSpan, MergeMap, Miner, MinerConfig, MinerStats, Normalizer,
    OnOtherSettings, Outcome, Parameter, Parser, Pipeline, PipelineConfig, Problem, Record, Span, TemplateId,
    TemplateView, TokenKey, Tokens, TraceSummary,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

const fn is_send<T: Send>() {}
const fn is_send_and_sync<T: Send + Sync>() {}

// Machines go to threads and are shared by them; what they give does, too.
const _: () = {
    is_send_and_sync::<Miner>();
    is_send_and_sync::<Normalizer>();
    is_send_and_sync::<Drain>();
    is_send_and_sync::<Fit>();
    is_send_and_sync::<FitConfig>();
    is_send_and_sync::<FitReport>();
    is_send_and_sync::<Joiner>();
    is_send_and_sync::<Parser>();
    is_send::<Pipeline>();

    is_send_and_sync::<MinerConfig>();
    is_send_and_sync::<PipelineConfig>();
    is_send_and_sync::<Drain3Ini>();

    is_send_and_sync::<Error>();
    is_send_and_sync::<Problem>();
    is_send_and_sync::<Tokens>();
    is_send_and_sync::<Hit<'_>>();
    is_send_and_sync::<Event<'_>>();
    is_send_and_sync::<Outcome<'_>>();
    is_send_and_sync::<Joined<'_>>();
    is_send_and_sync::<Record<'_>>();
    is_send_and_sync::<TemplateView<'_>>();
    is_send_and_sync::<TraceSummary<'_>>();
    is_send_and_sync::<Explanation>();
    is_send_and_sync::<Lineage>();
    is_send_and_sync::<MergeMap>();
    is_send_and_sync::<MinerStats>();
    is_send_and_sync::<Columns>();
    is_send_and_sync::<EventColumns>();
};

// An error is small enough to be returned everywhere; what exists once per token has no padding to spare.
const _: () = {
    assert!(size_of::<Error>() <= 16);
    assert!(size_of::<Option<Error>>() <= 16);
    assert!(size_of::<Span>() == 8);
    assert!(size_of::<TokenKey>() == 8);
    assert!(size_of::<MaskSpan>() <= 12);
    assert!(size_of::<Parameter>() <= 16);
};

/// Every kind of error with its number and its name, as other languages have copied them. Lines are added here, never
/// changed.
const KINDS: [(ErrorKind, u32, &str); 8] = [
    (ErrorKind::Config, 100, "config"),
    (ErrorKind::Pattern, 101, "pattern"),
    (ErrorKind::Limit, 102, "limit"),
    (ErrorKind::Snapshot, 200, "snapshot"),
    (ErrorKind::SnapshotVersion, 201, "snapshot_version"),
    (ErrorKind::SnapshotConfig, 202, "snapshot_config"),
    (ErrorKind::Task, 300, "task"),
    (ErrorKind::Feature, 900, "feature"),
];

#[test]
fn kinds_of_errors_keep_their_numbers_and_names() {
    for (kind, code, name) in KINDS {
        assert_eq!(kind.code(), code, "{kind:?}");
        assert_eq!(serde_json::to_value(kind).unwrap(), name);
    }
    // The enum is open to the outside, so the compiler does not count: its source does.
    let source = include_str!("../../src/error.rs");
    let declared = source.split("pub enum ErrorKind {").nth(1).unwrap().split('}').next().unwrap();
    assert_eq!(declared.matches(" = ").count(), KINDS.len(), "a kind is missing in this table");
}

#[test]
fn an_error_lists_its_problems_in_a_document() {
    let config: MinerConfig = serde_json::from_str(r#"{ "normalize": { "keep": ["NUMBER"] } }"#).unwrap();
    let error = Miner::build(&config).unwrap_err();
    let document = serde_json::to_value(error.problems()).unwrap();
    assert_eq!(document[0]["kind"], "config");
    assert_eq!(document[0]["path"], "normalize.keep[0]");
    assert_eq!(document[0]["message"], error.problems()[0].message);
}

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(shape: &T, document: &str) {
    assert_eq!(serde_json::to_string(shape).unwrap(), document);
    assert_eq!(serde_json::from_str::<T>(document).unwrap(), *shape);
}

#[test]
fn shapes_are_documents() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let hit = miner.insert(b"took 35ms");
    let parameters: Vec<Parameter> = hit.parameters().collect();
    there_and_back(&parameters, r#"[{"span":{"start":5,"end":9},"class":"DURATION","token":1}]"#);
    let mask = MaskSpan { span: Span::new(0, 2), class: Class::Mask(1) };
    there_and_back(&mask, r#"{"span":{"start":0,"end":2},"class":{"mask":1}}"#);
    there_and_back(&OnOtherSettings::Adopt, r#""adopt""#);

    let mut columns = Columns::new();
    columns.templates.push(TemplateId(7));
    columns.changes.push(Change::Created);
    there_and_back(&columns, r#"{"templates":[7],"changes":["created"]}"#);
    there_and_back(
        &EventColumns::new(),
        r#"{"first_lines":[],"lines":[],"at":[],"levels":[],"templates":[],"changes":[]}"#,
    );
}
