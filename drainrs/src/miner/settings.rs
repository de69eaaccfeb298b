//! Comparing settings one by one, so that an error can name the one that differs.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Problems};

/// Fails with one problem per setting that differs.
pub(crate) fn require_equal<C: serde::Serialize>(here: &C, there: &C, whose: &str) -> Result<(), Error> {
    let mut problems = Problems::default();
    let value = |config: &C| serde_json::to_value(config).unwrap_or_default();
    compare(&value(here), &value(there), String::new(), &mut |path, here, there| {
        problems.add(ErrorKind::SnapshotConfig, path, format!("is {here} here and {there} in {whose}"));
    });
    problems.finish()
}

/// Calls `differs` with the path of every leaf in which two documents differ.
fn compare(here: &Value, there: &Value, path: String, differs: &mut impl FnMut(String, &Value, &Value)) {
    match (here, there) {
        (Value::Object(a), Value::Object(b)) => {
            let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                compare(a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null), path, differs);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                compare(a, b, format!("{path}[{at}]"), differs);
            }
        }
        _ if here != there => differs(path, here, there),
        _ => {}
    }
}
