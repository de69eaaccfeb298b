//! What became of one line: its template, and its values where they stand.

use std::sync::Arc;

use drainrs::{Change, ContentId};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::kept::{Kept, damaged, known_layout, laid_out};
use crate::lines::bytes_of;

/// The names of all changes, in the order of their codes.
pub(crate) const CHANGES: [&str; 3] = ["unchanged", "created", "widened"];

/// The place of a change among [`CHANGES`].
pub(crate) fn change_code(change: Change) -> usize {
    change as usize
}

/// A value in a line: what stood where a template has a placeholder. Two are equal if all their fields are.
#[pyclass(frozen, eq, hash, module = "drainrs")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Parameter {
    value: String,
    class: String,
    /// Where it begins in the line, in bytes.
    #[pyo3(get)]
    start: u32,
    /// Where it ends in the line, in bytes: the first byte behind it.
    #[pyo3(get)]
    end: u32,
    /// The number of the token that it lies in, from 0.
    #[pyo3(get)]
    token: u32,
}

#[pymethods]
impl Parameter {
    /// The text of the value; what is not UTF-8 in it is replaced.
    #[getter]
    fn value(&self) -> &str {
        &self.value
    }

    /// What kind of value it is: `"NUM"`, `"IP"`, `"*"` where no kind was recognised, or the name of a mask.
    #[getter]
    fn class_(&self) -> &str {
        &self.class
    }

    /// Where it stands in its line as text, in characters: `line[begin:end]` is the value. A `ValueError` for a line that
    /// has another text there.
    ///
    ///     >>> import drainrs
    ///     >>> line = "größe von ann 17"
    ///     >>> parameter = drainrs.Miner().insert(line).parameters[0]
    ///     >>> (parameter.start, parameter.end), parameter.text_span(line), line[slice(*parameter.text_span(line))]
    ///     ((16, 18), (14, 16), '17')
    fn text_span(&self, line: &Bound<'_, PyString>) -> PyResult<(usize, usize)> {
        let bytes = bytes_of(line)?;
        let (start, end) = (self.start as usize, self.end as usize);
        let (before, own) = (bytes.get(..start).unwrap_or_default(), bytes.get(start..end).unwrap_or_default());
        if String::from_utf8_lossy(own) != self.value {
            return Err(PyValueError::new_err(format!("this line has another text at the bytes {start} to {end}")));
        }
        // As Python decodes lines with foreign bytes: a character each.
        let characters = |bytes: &[u8]| -> PyResult<usize> {
            PyBytes::new(line.py(), bytes).call_method1("decode", ("utf-8", "surrogateescape"))?.len()
        };
        let begin = characters(before)?;
        Ok((begin, begin + characters(own)?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let Parameter { value, class, start, end, token } = slf.get();
        laid_out(slf, (value, class, *start, *end, *token))
    }

    #[staticmethod]
    fn _restored(py: Python<'_>, layout: u32, fields: (String, String, u32, u32, u32)) -> PyResult<Parameter> {
        known_layout(py, layout)?;
        let (value, class, start, end, token) = fields;
        Ok(Parameter { value, class, start, end, token })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let value = PyString::new(py, &self.value).repr()?;
        Ok(format!("Parameter({value}, {:?}, {}..{})", self.class, self.start, self.end))
    }
}

/// Where a value stands in its line, and the number of its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    start: u32,
    end: u32,
    token: u32,
    class: u8,
}

impl Place {
    fn of(self, line: &[u8]) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(line.get(self.start as usize..self.end as usize).unwrap_or_default())
    }
}

/// What became of a line: its template and its values. The line is kept, and its values are cut out when they are asked
/// for. Two are equal if all that they say is.
///
///     >>> import drainrs
///     >>> hit = drainrs.Miner().insert("user 17 logged in from 10.0.0.7")
///     >>> hit
///     Hit(template=1, change="created", size=1, values=('17', '10.0.0.7'))
///     >>> [(parameter.class_, parameter.start) for parameter in hit.parameters]
///     [('NUM', 5), ('IP', 23)]
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Hit {
    /// The number of the template, from 1: births inside one miner are counted, and no number is given twice.
    #[pyo3(get)]
    pub(crate) template: u64,
    change: u8,
    /// How many lines the template has, this one included.
    #[pyo3(get)]
    size: u64,
    content: u64,
    merged: Vec<(u64, u64)>,
    places: Vec<Place>,
    line: Py<PyAny>,
    words: Arc<Vec<String>>,
}

impl Hit {
    pub(crate) fn of(hit: &drainrs::Hit<'_>, bytes: &[u8], line: &Bound<'_, PyAny>, words: &Arc<Vec<String>>) -> Hit {
        Hit {
            template: hit.template.0,
            change: change_code(hit.change) as u8,
            size: hit.size,
            content: hit.content().0,
            merged: hit.merged.iter().map(|(gone, into)| (gone.0, into.0)).collect(),
            places: hit
                .parameters()
                .map(|parameter| Place {
                    start: parameter.span.start,
                    end: parameter.span.end,
                    token: parameter.token,
                    class: parameter.class.index(),
                })
                .collect(),
            // Only what cannot change is kept as it is.
            line: if line.is_exact_instance_of::<PyString>() || line.is_exact_instance_of::<PyBytes>() {
                line.clone().unbind()
            } else {
                PyBytes::new(line.py(), bytes).into_any().unbind()
            },
            words: Arc::clone(words),
        }
    }
}

/// What a hit is pickled as: template, change, size, content, merged, values by class and place, line.
type Fields<'py> = (u64, u8, u64, u64, Vec<(u64, u64)>, Vec<(String, u32, u32, u32)>, Bound<'py, PyAny>);

impl Hit {
    fn class_of(&self, place: Place) -> &str {
        self.words.get(usize::from(place.class)).map_or("", String::as_str)
    }
}

#[pymethods]
impl Hit {
    /// What the line did to its template: `"unchanged"`, `"created"` or `"widened"`.
    #[getter]
    fn change<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::intern(py, CHANGES[usize::from(self.change)])
    }

    /// Whether the line founded its template.
    #[getter]
    fn is_new(&self) -> bool {
        usize::from(self.change) == change_code(Change::Created)
    }

    /// The name of the template's content, 16 hexadecimal digits: the same on every host, another one once it widens.
    #[getter]
    fn content_id(&self) -> String {
        ContentId(self.content).to_string()
    }

    /// Templates that became equal to others when this one widened: pairs of the number that is gone and the one that
    /// it went into.
    #[getter]
    fn merged<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.merged)
    }

    /// The values of the line with their classes and places, in the order of the line.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let line = self.line.bind(py);
        let line = bytes_of(line)?;
        PyTuple::new(
            py,
            self.places.iter().map(|place| Parameter {
                value: place.of(&line).into_owned(),
                class: self.class_of(*place).to_owned(),
                start: place.start,
                end: place.end,
                token: place.token,
            }),
        )
    }

    /// The values of the line alone, as text.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let line = self.line.bind(py);
        let line = bytes_of(line)?;
        PyTuple::new(py, self.places.iter().map(|place| place.of(&line)))
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Hit>() else { return Ok(false) };
        let other = other.get();
        let said = |hit: &Hit| (hit.template, hit.change, hit.size, hit.content, hit.merged.clone());
        Ok(said(self) == said(other) && self.parameters(py)?.eq(other.parameters(py)?)?)
    }

    fn __hash__(&self) -> u64 {
        self.template ^ self.size.rotate_left(32) ^ self.content
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, hit) = (slf.py(), slf.get());
        // Classes by their names: their numbers are those of one miner.
        let places: Vec<_> =
            hit.places.iter().map(|place| (hit.class_of(*place), place.start, place.end, place.token)).collect();
        let line = hit.line.clone_ref(py);
        laid_out(slf, (hit.template, hit.change, hit.size, hit.content, hit.merged.clone(), places, line))
    }

    #[staticmethod]
    fn _restored(layout: u32, fields: &Bound<'_, PyTuple>) -> PyResult<Hit> {
        let py = fields.py();
        known_layout(py, layout)?;
        let (template, change, size, content, merged, named, line): Fields<'_> = fields.extract()?;
        let length = bytes_of(&line)?.len();
        let fits = |(_, start, end, _): &(String, u32, u32, u32)| start <= end && *end as usize <= length;
        if usize::from(change) >= CHANGES.len() || !named.iter().all(fits) {
            return Err(damaged(py, "this is no hit: its values lie outside of its line"));
        }
        let mut words: Vec<String> = named.iter().map(|(class, ..)| class.clone()).collect();
        words.sort_unstable();
        words.dedup();
        let number = |class: &String| words.binary_search(class).unwrap_or_default() as u8;
        let places = named.iter().map(|(class, start, end, token)| Place {
            start: *start,
            end: *end,
            token: *token,
            class: number(class),
        });
        let places = places.collect();
        Ok(Hit { template, change, size, content, merged, places, line: line.unbind(), words: Arc::new(words) })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let values = self.values(py)?.repr()?;
        let change = CHANGES[usize::from(self.change)];
        Ok(format!("Hit(template={}, change={change:?}, size={}, values={values})", self.template, self.size))
    }
}
