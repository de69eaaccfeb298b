//! Pickles and copies: what a machine is pickled as, and what is said where it cannot be.
//!
//! A machine is pickled as its snapshot and its settings, so a damaged pickle is an exception with a number. Values are pickled
//! as plain data behind the version of their layout. What lives in the process (an open file, lines that are held back) refuses
//! with what to do instead.

use drainrs::ErrorKind;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::raised_of;

/// What `__reduce__` gives: who makes the object again, and of what.
pub(crate) type Kept<'py> = (Bound<'py, PyAny>, Bound<'py, PyTuple>);

/// The layout in which values are pickled.
const LAYOUT: u32 = 1;

/// An object that the static method `by` makes again of these arguments.
pub(crate) fn kept<'py, A>(object: &Bound<'py, impl pyo3::PyClass>, by: &str, arguments: A) -> PyResult<Kept<'py>>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
    PyErr: From<A::Error>,
{
    let maker = object.as_any().get_type().getattr(by)?;
    Ok((maker, arguments.into_pyobject(object.py())?))
}

/// An object that its class makes again of its settings.
pub(crate) fn rebuilt<'py>(object: &Bound<'py, impl pyo3::PyClass>, config: Bound<'py, PyAny>) -> PyResult<Kept<'py>> {
    Ok((object.as_any().get_type().into_any(), PyTuple::new(object.py(), [config])?))
}

/// A value that the static method `_restored` makes again of its fields, which follow the version of their layout.
pub(crate) fn laid_out<'py, A>(object: &Bound<'py, impl pyo3::PyClass>, fields: A) -> PyResult<Kept<'py>>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
    PyErr: From<A::Error>,
{
    let py = object.py();
    let layout = LAYOUT.into_pyobject(py)?.into_any();
    let arguments = PyTuple::new(py, [layout, fields.into_pyobject(py)?.into_any()])?;
    Ok((object.as_any().get_type().getattr("_restored")?, arguments))
}

/// Refuses a value that was laid out by another version of the package.
pub(crate) fn known_layout(py: Python<'_>, layout: u32) -> PyResult<()> {
    if layout == LAYOUT {
        return Ok(());
    }
    let message =
        format!("pickled in layout {layout}, this version reads layout {LAYOUT}; use the version that wrote it");
    Err(raised_of(py, [(ErrorKind::SnapshotVersion, "pickle", message.as_str())]))
}

/// What is pickled is no such value.
pub(crate) fn damaged(py: Python<'_>, what: &str) -> PyErr {
    raised_of(py, [(ErrorKind::Snapshot, "pickle", what)])
}

/// What cannot be pickled or copied, and what to do instead.
pub(crate) fn refused<'py>(object: &Bound<'py, impl pyo3::PyClass>, instead: &str) -> PyResult<Kept<'py>> {
    let name = object.as_any().get_type().name()?;
    Err(PyTypeError::new_err(format!("{name} cannot be pickled or copied: {instead}")))
}
