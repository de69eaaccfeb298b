//! Values over the border: settings come in and rare results go out as plain data, by serde. What is frequent has classes of
//! its own.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt};
use pythonize::{Depythonizer, pythonize};
use serde::Serialize;
use serde::de::DeserializeOwned;

use drainrs::Timestamp;

use crate::error::raised_of;

/// Plain Python data (dicts, lists, numbers, text) of a value.
pub(crate) fn plain<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    pythonize(py, value).map_err(PyErr::from)
}

/// A value as an object of the class of that name in `drainrs.shapes`.
pub(crate) fn shaped<'py>(py: Python<'py>, class: &str, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    shape_of(class, &plain(py, value)?)
}

/// Plain data as an object of the class of that name in `drainrs.shapes`.
pub(crate) fn shape_of<'py>(class: &str, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    shapes(data.py())?.getattr("decode")?.call1((class, data))
}

pub(crate) fn shapes(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("drainrs.shapes")
}

/// A document of settings, or a result that comes back, as the library's own type. The exception names the place.
pub(crate) fn read<T: DeserializeOwned>(data: &Bound<'_, PyAny>) -> PyResult<T> {
    let py = data.py();
    let data = as_plain(data)?;
    serde_path_to_error::deserialize(&mut Depythonizer::from_object(&data)).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        let cause = error.into_inner().to_string();
        raised_of(py, [(drainrs::ErrorKind::Config, path.as_str(), cause.as_str())])
    })
}

/// Objects of ours know their plain data; everything else is taken as it is.
fn as_plain<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // Settings know more than they show: a key for pseudonyms.
    let mut data = data.clone();
    for whole in ["_full", "to_dict"] {
        if let Some(whole) = data.getattr_opt(whole)? {
            data = whole.call0()?;
            break;
        }
    }
    // Python's own limit of recursion holds here, so what is nested without end is an exception.
    data.py().import("drainrs.config")?.getattr("plain")?.call1((data,))
}

/// Settings: nothing for the defaults, an object of the class, or a mapping.
pub(crate) fn settings<T: DeserializeOwned + Default>(config: Option<&Bound<'_, PyAny>>) -> PyResult<T> {
    match config {
        None => Ok(T::default()),
        Some(config) => read(config),
    }
}

/// Settings by name and by keyword, where the keywords win.
pub(crate) fn settings_with<T: DeserializeOwned + Default>(
    py: Python<'_>,
    class: &str,
    config: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<T> {
    match options.filter(|options| !options.is_empty()) {
        None => settings(config),
        Some(options) => {
            let merged = py.import("drainrs.config")?.getattr("merged")?.call1((class, config, options))?;
            read(&merged)
        }
    }
}

/// A point in time: nanoseconds as int, seconds as float, and what `Timestamp.of` takes.
pub(crate) fn time(at: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    if at.is_instance_of::<PyInt>() && !at.is_instance_of::<PyBool>() {
        return Ok(Timestamp::from_nanos(at.extract()?));
    }
    if at.is_none() {
        return Err(PyTypeError::new_err(
            "a time is needed: nanoseconds (int), seconds (float), a datetime or text; got None",
        ));
    }
    let nanos = shapes(at.py())?.getattr("Timestamp")?.call_method1("of", (at,))?;
    Ok(Timestamp::from_nanos(nanos.extract()?))
}

/// The time that was given, or the clock's.
pub(crate) fn time_or_now(py: Python<'_>, at: Option<&Bound<'_, PyAny>>) -> PyResult<Timestamp> {
    match at {
        Some(at) => time(at),
        None => Ok(Timestamp::from_nanos(py.import("time")?.call_method0("time_ns")?.extract()?)),
    }
}

/// A point in time as Python sees it.
pub(crate) fn shown_time(py: Python<'_>, at: Timestamp) -> PyResult<Bound<'_, PyAny>> {
    shapes(py)?.getattr("Timestamp")?.call1((at.as_nanos(),))
}

/// The content id of a template, as Python has it.
pub(crate) fn content_of(id: &str) -> PyResult<drainrs::ContentId> {
    let wrong = || {
        PyValueError::new_err(format!("a content id is 16 hexadecimal digits, such as e8ba0a9e1f95703f; got {id:?}"))
    };
    if id.len() != 16 || !id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    u64::from_str_radix(id, 16).map(drainrs::ContentId).map_err(|_| wrong())
}

/// A value named by its word in documents: `"error"` for a level, `"fallback"` for a strategy.
pub(crate) fn word<T: DeserializeOwned>(what: &str, name: &str) -> PyResult<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned()))
        .map_err(|cause| PyValueError::new_err(format!("{what}: {cause}")))
}
