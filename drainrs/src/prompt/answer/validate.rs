//! A value against its schema: every difference, each with its place.

use serde_json::Value;

use super::super::schema::{properties, types_of};
use super::reason::{Reason, ReasonCode};

/// The most reasons that are listed: an answer that is wrong in a hundred ways is no better understood by all of them.
pub(super) const MAX_REASONS: usize = 20;

/// Appends what is wrong with a value.
pub(super) fn validate(value: &Value, schema: &Value, path: &str, reasons: &mut Vec<Reason>) {
    if reasons.len() >= MAX_REASONS {
        return;
    }
    let mut wrong = |code, message: String| reasons.push(Reason::new(code, path, message));
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let list: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        return wrong(ReasonCode::NotInEnum, format!("must be one of {}", list.join(", ")));
    }
    if let Some(only) = schema.get("const")
        && only != value
    {
        return wrong(ReasonCode::NotInEnum, format!("must be {only}"));
    }
    if let Some(types) = schema.get("type").and_then(types_of)
        && !types.iter().any(|name| is_a(value, name))
    {
        return wrong(ReasonCode::WrongType, format!("must be of type {}", types.join(" or ")));
    }
    let limit = |name: &str| schema.get(name).and_then(Value::as_u64);
    match value {
        Value::String(text) => {
            let length = text.chars().count() as u64;
            if limit("maxLength").is_some_and(|most| length > most) {
                let most = limit("maxLength").unwrap_or_default();
                wrong(ReasonCode::TooLong, format!("has {length} characters, at most {most} are allowed"));
            }
            if limit("minLength").is_some_and(|least| length < least) {
                wrong(ReasonCode::TooShort, "must not be so short".to_owned());
            }
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
            let (low, high) = (bound("minimum"), bound("maximum"));
            let inside = low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high);
            if !inside {
                let side = |bound: Option<f64>, name: &str| bound.map(|bound| format!("{name} {bound}"));
                let sides: Vec<String> = side(low, "at least").into_iter().chain(side(high, "at most")).collect();
                wrong(ReasonCode::OutOfRange, format!("must be {}", sides.join(" and ")));
            }
        }
        Value::Array(items) => {
            let count = items.len() as u64;
            if limit("maxItems").is_some_and(|most| count > most) {
                let most = limit("maxItems").unwrap_or_default();
                return wrong(ReasonCode::TooLong, format!("has {count} items, at most {most} are allowed"));
            }
            if limit("minItems").is_some_and(|least| count < least) {
                let least = limit("minItems").unwrap_or_default();
                wrong(ReasonCode::TooShort, format!("has {count} items, at least {least} are needed"));
            }
            let Some(schema) = schema.get("items") else { return };
            for (nth, item) in items.iter().enumerate() {
                validate(item, schema, &format!("{path}/{nth}"), reasons);
            }
        }
        Value::Object(fields) => {
            let known = properties(schema);
            for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
                let name = name.as_str().unwrap_or_default();
                if !fields.contains_key(name) {
                    let message = "is missing".to_owned();
                    reasons.push(Reason::new(ReasonCode::MissingField, &format!("{path}/{name}"), message));
                }
            }
            let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
            for (name, value) in fields {
                match known.and_then(|known| known.get(name)) {
                    Some(schema) => validate(value, schema, &format!("{path}/{}", pointer(name)), reasons),
                    None if closed && reasons.len() < MAX_REASONS => {
                        let known: Vec<&str> = known.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                        let message = format!("has a field that is not asked for; known are {}", known.join(", "));
                        reasons.push(Reason::new(ReasonCode::UnknownField, path, message).found(name));
                    }
                    None => {}
                }
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        // 3.0 is an integer to JSON Schema.
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    }
}

/// A name in a JSON pointer (RFC 6901).
pub(super) fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
