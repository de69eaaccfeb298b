//! Vectors and matrices of 32-bit numbers, in and out.

use ndarray::{Array2, ArrayView2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::kept::{Kept, refused};

/// A matrix of float32 as NumPy sees it, without a copy. For `drainrs.frames`.
#[pyclass(frozen, module = "drainrs._native")]
#[derive(Debug)]
pub(crate) struct Matrix {
    values: Vec<f32>,
    columns: usize,
}

impl Matrix {
    /// From rows one after the other.
    pub(crate) fn shown(py: Python<'_>, values: Vec<f32>, columns: usize) -> PyResult<Bound<'_, PyAny>> {
        py.import("drainrs.frames")?.getattr("matrix")?.call1((Matrix { values, columns },))
    }
}

#[pymethods]
impl Matrix {
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let interface = PyDict::new(py);
        interface.set_item("shape", (self.values.len().checked_div(self.columns).unwrap_or(0), self.columns))?;
        interface.set_item("typestr", "<f4")?;
        interface.set_item("data", (self.values.as_ptr() as usize, true))?;
        interface.set_item("version", 3)?;
        Ok(interface)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "pickle the NumPy array that is made of it")
    }

    /// The rows as lists, where NumPy is not installed.
    fn lists(&self) -> Vec<Vec<f32>> {
        self.values.chunks(self.columns.max(1)).map(<[f32]>::to_vec).collect()
    }
}

/// A vector out of anything that holds numbers.
pub(crate) fn vector_of(vector: &Bound<'_, PyAny>) -> PyResult<Vec<f32>> {
    let (values, rows, _) = numbers(vector)?;
    if rows != 1 {
        return Err(PyValueError::new_err(format!("a vector is needed, got a matrix of {rows} rows")));
    }
    Ok(values)
}

/// A matrix out of anything that holds rows of numbers.
pub(crate) fn matrix_of(matrix: &Bound<'_, PyAny>) -> PyResult<Array2<f32>> {
    let (values, rows, columns) = numbers(matrix)?;
    let shown = ArrayView2::from_shape((rows, columns), &values).map(|view| view.to_owned());
    shown.map_err(|cause| PyValueError::new_err(format!("a matrix of {rows} rows and {columns} columns: {cause}")))
}

fn numbers(array: &Bound<'_, PyAny>) -> PyResult<(Vec<f32>, usize, usize)> {
    let (bytes, rows, columns): (Vec<u8>, usize, usize) =
        array.py().import("drainrs.frames")?.getattr("numbers")?.call1((array,))?.extract()?;
    let values = bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
    Ok((values, rows, columns))
}
