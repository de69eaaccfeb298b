//! One mapping of the library's error to Python's exceptions: the tree of classes lives in `drainrs.errors`, each with the
//! numbers of [`ErrorKind`](drainrs::ErrorKind).

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;

/// The library's error as its exception, with code, path and all problems.
pub(crate) fn raised(py: Python<'_>, error: &drainrs::Error) -> PyErr {
    let problems =
        error.problems().iter().map(|problem| (problem.kind, problem.path.as_str(), problem.message.as_str()));
    raised_of(py, problems)
}

/// The exception of such problems.
pub(crate) fn raised_of<'a>(
    py: Python<'_>,
    problems: impl IntoIterator<Item = (drainrs::ErrorKind, &'a str, &'a str)>,
) -> PyErr {
    let problems: Vec<_> =
        problems.into_iter().map(|(kind, path, message)| (kind.code(), kind_name(kind), path, message)).collect();
    let made = py.import("drainrs.errors").and_then(|errors| errors.call_method1("of", (problems,)));
    made.map_or_else(|broken| broken, PyErr::from_value)
}

/// The name of a kind in documents.
fn kind_name(kind: drainrs::ErrorKind) -> String {
    let name = serde_json::to_value(kind).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// Every number with its name, for the test that compares them with Python's tree.
#[pyfunction]
pub(crate) fn error_kinds() -> Vec<(u32, String)> {
    use drainrs::ErrorKind::{Config, Feature, Limit, Pattern, Snapshot, SnapshotConfig, SnapshotVersion, Task};
    [Config, Pattern, Limit, Snapshot, SnapshotVersion, SnapshotConfig, Task, Feature]
        .map(|kind| (kind.code(), kind_name(kind)))
        .to_vec()
}

/// `?` on results of the library.
pub(crate) trait OrRaise<T> {
    /// The value, or the exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, drainrs::Error> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raised(py, &error))
    }
}

/// A value of the wrong type: what was meant, and what came.
pub(crate) fn wrong_type(expected: &str, got: &Bound<'_, PyAny>) -> PyErr {
    let name = got.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{expected}, not {name}"))
}

/// A machine whose lock was poisoned: a panic inside it, which is a defect of ours.
pub(crate) fn poisoned() -> PyErr {
    PyRuntimeError::new_err("this object broke in an earlier call and cannot be used any more; build another one")
}
