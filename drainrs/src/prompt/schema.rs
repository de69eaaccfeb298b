//! The schemas of answers: the ready ones, and which part of JSON Schema a host's own may use.
//!
//! A schema is checked when settings are built, so that a keyword which nobody would heed is told then and not silently
//! ignored. `x-check` names what is checked beyond the schema; it is not sent to the model.

use serde_json::{Map, Value};

use super::task::TaskKind;
use crate::error::{ErrorKind, Problems};

/// The checks beyond a schema, by their names in `x-check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// The string is the id of something that was sent, or occurs in it letter by letter.
    Evidence,
    /// The string is the id of something that was sent.
    Id,
    /// The number is a confidence: below the threshold an answer is not acted on.
    Confidence,
    /// The string is a name that programs can use.
    Name,
    /// The string is a unit of measurement.
    Unit,
    /// The number is that of the lines that were sent.
    LineCount,
    /// The string is a header pattern that reads the sample lines.
    HeaderPattern,
    /// The `id`s and `name`s of the items occur once each.
    EachIdOnce,
}

impl Check {
    const ALL: [(&'static str, Check); 8] = [
        ("evidence", Check::Evidence),
        ("id", Check::Id),
        ("confidence", Check::Confidence),
        ("name", Check::Name),
        ("unit", Check::Unit),
        ("line_count", Check::LineCount),
        ("header_pattern", Check::HeaderPattern),
        ("each_id_once", Check::EachIdOnce),
    ];

    /// The types of the values that it looks at.
    fn types(self) -> &'static [&'static str] {
        match self {
            Check::Evidence | Check::Id | Check::Name | Check::Unit | Check::HeaderPattern => &["string"],
            Check::Confidence => &["number"],
            Check::LineCount => &["integer", "number"],
            Check::EachIdOnce => &["array"],
        }
    }

    pub(super) fn named(name: &str) -> Option<Check> {
        Check::ALL.iter().find(|(known, _)| *known == name).map(|&(_, check)| check)
    }
}

/// The keyword of the checks.
pub(super) const CHECK: &str = "x-check";

/// What may stand in a schema.
const KEYWORDS: [&str; 18] = [
    "$schema",
    "title",
    "description",
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "examples",
    CHECK,
];

/// The types of values.
const TYPES: [&str; 7] = ["object", "array", "string", "number", "integer", "boolean", "null"];

/// How deep a schema may be.
const MAX_DEPTH: usize = 16;

/// The schema that ships for a kind.
pub(super) fn built_in(kind: TaskKind) -> Value {
    let text = match kind {
        TaskKind::SummariseWindow => include_str!("schemas/window_summary.json"),
        TaskKind::ClassifyTemplates => include_str!("schemas/template_classification.json"),
        TaskKind::ExplainAnomaly => include_str!("schemas/anomaly_explanation.json"),
        TaskKind::RootCause => include_str!("schemas/root_cause.json"),
        TaskKind::JudgeBatch => include_str!("schemas/batch_anomalies.json"),
        TaskKind::WriteHeaderPattern => include_str!("schemas/header_pattern.json"),
        TaskKind::NameParameters => include_str!("schemas/parameter_names.json"),
    };
    // A test reads all of them; nothing else can be in these files.
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// The schema as it is sent: without the checks.
pub(super) fn without_checks(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, value)| !(*name == CHECK && value.is_string()));
            kept.map(|(name, value)| (name.clone(), without_checks(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_checks).collect(),
        other => other.clone(),
    }
}

/// Notes everything in a schema that would not be heeded.
pub(super) fn check(schema: &Value, path: &str, problems: &mut Problems) {
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        let message = "an answer is an object; write \"type\": \"object\" with its \"properties\"";
        problems.add(ErrorKind::Config, path, message);
        return;
    }
    check_part(schema, path, 0, problems);
}

fn check_part(schema: &Value, path: &str, depth: usize, problems: &mut Problems) {
    let mut wrong = |place: String, message: String| problems.add(ErrorKind::Config, place, message);
    if depth > MAX_DEPTH {
        return wrong(path.to_owned(), format!("the schema is deeper than {MAX_DEPTH}"));
    }
    let Some(fields) = schema.as_object() else {
        return wrong(path.to_owned(), format!("a schema is an object, this is {schema}"));
    };
    for (name, value) in fields {
        let place = format!("{path}.{name}");
        let good = match name.as_str() {
            "type" => types_of(value).is_some(),
            "enum" | "examples" => value.as_array().is_some_and(|values| !values.is_empty()),
            "properties" | "items" => value.is_object(),
            "required" => value.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
            "additionalProperties" => value.is_boolean(),
            "minItems" | "maxItems" | "minLength" | "maxLength" => value.is_u64(),
            "minimum" | "maximum" => value.is_number(),
            CHECK => value.as_str().and_then(Check::named).is_some(),
            _ => true,
        };
        if name == CHECK && !good {
            let known: Vec<&str> = Check::ALL.iter().map(|(name, _)| *name).collect();
            wrong(place, format!("{value} is no check; known are {}", known.join(", ")));
        } else if !KEYWORDS.contains(&name.as_str()) {
            wrong(place, format!("the keyword is not heeded; known are {}", KEYWORDS.join(", ")));
        } else if !good {
            wrong(place, format!("{value} is not what {name} takes"));
        }
    }
    let types = fields.get("type").and_then(types_of);
    if let Some(check) = fields.get(CHECK).and_then(Value::as_str).and_then(Check::named) {
        // On another type nothing would be looked at.
        let good = |name: &&str| check.types().contains(name) || *name == "null";
        let fits =
            types.as_ref().is_some_and(|types| types.iter().all(good) && types.iter().any(|name| *name != "null"));
        if !fits {
            let message = format!("{} looks at values of type {} only", fields[CHECK], check.types().join(" or "));
            wrong(format!("{path}.{CHECK}"), message);
        }
    }
    if types.is_none() && !fields.contains_key("enum") {
        wrong(path.to_owned(), "without \"type\" anything goes; name one".to_owned());
    }
    for (name, part) in fields.get("properties").and_then(Value::as_object).into_iter().flatten() {
        check_part(part, &format!("{path}.properties.{name}"), depth + 1, problems);
    }
    if let Some(part) = fields.get("items") {
        check_part(part, &format!("{path}.items"), depth + 1, problems);
    }
}

/// The types that a schema allows.
pub(super) fn types_of(value: &Value) -> Option<Vec<&str>> {
    let names: Vec<&str> = match value {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    (!names.is_empty() && names.iter().all(|name| TYPES.contains(name))).then_some(names)
}

/// The fields of an object that a schema describes.
pub(super) fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_schemas_keep_their_own_rules() {
        for kind in TaskKind::ALL {
            let schema = built_in(kind);
            let mut problems = Problems::default();
            check(&schema, kind.name(), &mut problems);
            assert_eq!(problems.finish().map_err(|error| error.to_string()), Ok(()));
            let sent = without_checks(&schema);
            assert!(!sent.to_string().contains(CHECK) && schema.to_string().contains(CHECK), "{}", kind.name());
        }
    }

    #[test]
    fn what_would_not_be_heeded_is_told() {
        let schema = serde_json::json!({
            "type": "object",
            "oneOf": [],
            "properties": { "a": { "type": "text" }, "b": { "type": "string", "x-check": "truth" }, "c": {},
                "d": { "type": "array", "items": { "type": "string" }, "x-check": "evidence" },
                "e": { "type": ["number", "string"], "x-check": "confidence" },
                "f": { "type": ["string", "null"], "x-check": "id" } }
        });
        let mut problems = Problems::default();
        check(&schema, "prompt.schemas.root_cause", &mut problems);
        let error = problems.finish().unwrap_err().to_string();
        for part in [".oneOf: the keyword is not heeded", "properties.a.type: \"text\" is not", "\"truth\" is no check"]
        {
            assert!(error.contains(part), "{part} in {error}");
        }
        for part in
            ["d.x-check: \"evidence\" looks at values of type string only", "e.x-check: \"confidence\" looks at"]
        {
            assert!(error.contains(part), "{part} in {error}");
        }
        assert!(!error.contains("properties.f"), "a value that may be missing: {error}");
        assert!(error.contains("properties.c: without \"type\" anything goes"), "{error}");
    }
}
