//! Columns that go out: to NumPy by its array interface and to everybody else by Arrow's C data interface, both without a
//! copy. A table is made once and never changed; whoever looks at a column keeps the table alive.

mod state;

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList, PyString, PyTuple};

use crate::arrow::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::kept::{Kept, known_layout, laid_out, refused};

/// Texts one after the other, as Arrow's large strings.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    ends: Vec<i64>,
    bytes: Vec<u8>,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { ends: vec![0], bytes: Vec::new() }
    }
}

impl Texts {
    /// Appends a text; what is not UTF-8 is replaced.
    pub(crate) fn push(&mut self, text: &[u8]) {
        match std::str::from_utf8(text) {
            Ok(text) => self.bytes.extend_from_slice(text.as_bytes()),
            Err(_) => self.bytes.extend_from_slice(String::from_utf8_lossy(text).as_bytes()),
        }
        self.ends.push(self.bytes.len() as i64);
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len() - 1
    }

    pub(crate) fn get(&self, at: usize) -> &str {
        let range = self.ends[at] as usize..self.ends[at + 1] as usize;
        std::str::from_utf8(&self.bytes[range]).unwrap_or_default()
    }
}

impl<T: AsRef<[u8]>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Texts {
        let mut own = Texts::default();
        texts.into_iter().for_each(|text| own.push(text.as_ref()));
        own
    }
}

/// What a column holds.
#[derive(Debug)]
pub(crate) enum Values {
    U32(Vec<u32>),
    U64(Vec<u64>),
    Bool(Vec<bool>),
    /// Nanoseconds since the epoch, UTC.
    Time(Vec<i64>),
    Text(Texts),
    /// Places in a list of words; a negative one is missing.
    Words(Vec<i32>, Texts),
    /// Lists of texts: where each ends among all.
    TextLists(Vec<i64>, Texts),
    /// Lists of words: where each ends among all places.
    WordLists(Vec<i64>, Vec<i32>, Texts),
}

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    name: Cow<'static, str>,
    values: Values,
    /// A bit per row, of which a missing one is 0; and how many are missing.
    valid: Option<(Vec<u8>, usize)>,
    /// Booleans as Arrow packs them.
    packed: Vec<u8>,
}

impl Column {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, values: Values) -> Column {
        let valid = match &values {
            Values::Words(places, _) => missing(places.len(), |row| places[row] < 0),
            _ => None,
        };
        let packed = match &values {
            Values::Bool(bits) => bitmap(bits.len(), |row| bits[row]),
            _ => Vec::new(),
        };
        Column { name: name.into(), values, valid, packed }
    }

    /// With rows that are missing.
    pub(crate) fn without(mut self, is_missing: impl Fn(usize) -> bool) -> Column {
        self.valid = missing(self.len(), is_missing);
        self
    }

    fn len(&self) -> usize {
        match &self.values {
            Values::U32(values) => values.len(),
            Values::U64(values) => values.len(),
            Values::Bool(values) => values.len(),
            Values::Time(values) => values.len(),
            Values::Text(texts) => texts.len(),
            Values::Words(places, _) => places.len(),
            Values::TextLists(ends, _) | Values::WordLists(ends, _, _) => ends.len() - 1,
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        self.valid.as_ref().is_some_and(|(bits, _)| bits[row / 8] >> (row % 8) & 1 == 0)
    }

    /// NumPy's name of the type and where the values lie, for what NumPy can look at.
    fn array(&self) -> Option<(&'static str, *const c_void)> {
        match &self.values {
            Values::U32(values) => Some(("<u4", values.as_ptr().cast())),
            Values::U64(values) => Some(("<u8", values.as_ptr().cast())),
            Values::Bool(values) => Some(("|b1", values.as_ptr().cast())),
            Values::Time(values) => Some(("<M8[ns]", values.as_ptr().cast())),
            Values::Words(places, _) => Some(("<i4", places.as_ptr().cast())),
            _ => None,
        }
    }

    /// A value as Python's own.
    fn value<'py>(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyAny>> {
        if self.is_missing(row) {
            return Ok(py.None().into_bound(py));
        }
        let word = |words: &Texts, place: i32| PyString::new(py, words.get(usize::try_from(place).unwrap_or_default()));
        let range = |ends: &[i64]| ends[row] as usize..ends[row + 1] as usize;
        Ok(match &self.values {
            Values::U32(values) => values[row].into_pyobject(py)?.into_any(),
            Values::U64(values) => values[row].into_pyobject(py)?.into_any(),
            Values::Bool(values) => values[row].into_pyobject(py)?.to_owned().into_any(),
            Values::Time(values) => crate::convert::shown_time(py, drainrs::Timestamp::from_nanos(values[row]))?,
            Values::Text(texts) => PyString::new(py, texts.get(row)).into_any(),
            Values::Words(places, words) => word(words, places[row]).into_any(),
            Values::TextLists(ends, texts) => {
                PyList::new(py, range(ends).map(|at| PyString::new(py, texts.get(at))))?.into_any()
            }
            Values::WordLists(ends, places, words) => {
                PyList::new(py, range(ends).map(|at| word(words, places[at])))?.into_any()
            }
        })
    }
}

fn bitmap(rows: usize, is_set: impl Fn(usize) -> bool) -> Vec<u8> {
    let mut bits = vec![0; rows.div_ceil(8)];
    (0..rows).filter(|row| is_set(*row)).for_each(|row| bits[row / 8] |= 1 << (row % 8));
    bits
}

fn missing(rows: usize, is_missing: impl Fn(usize) -> bool) -> Option<(Vec<u8>, usize)> {
    let bits = bitmap(rows, |row| !is_missing(row));
    let nulls = rows - bits.iter().map(|byte| byte.count_ones() as usize).sum::<usize>();
    (nulls > 0).then_some((bits, nulls))
}

/// Columns of the same length, behind `drainrs.Frame`. They never change.
#[pyclass(frozen, module = "drainrs._native")]
#[derive(Debug)]
pub(crate) struct Table {
    columns: Arc<Vec<Column>>,
    rows: usize,
}

impl Table {
    pub(crate) fn new(columns: Vec<Column>) -> Table {
        let rows = columns.first().map_or(0, Column::len);
        debug_assert!(columns.iter().all(|column| column.len() == rows), "columns of one length");
        Table { columns: Arc::new(columns), rows }
    }

    /// The table as an object of a class of `drainrs.frames`.
    pub(crate) fn framed<'py>(self, py: Python<'py>, class: &str) -> PyResult<Bound<'py, PyAny>> {
        py.import("drainrs.frames")?.getattr(class)?.call1((self,))
    }

    fn find(&self, name: &str) -> PyResult<usize> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .ok_or_else(|| PyKeyError::new_err(format!("no column {name:?}")))
    }
}

#[pymethods]
impl Table {
    fn __len__(&self) -> usize {
        self.rows
    }

    /// The names of the columns, in order.
    #[getter]
    fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_ref()).collect()
    }

    /// What NumPy can look at without a copy, or `None` for texts and lists. An unknown column is a `KeyError`, here
    /// and below.
    fn array(slf: &Bound<'_, Self>, name: &str) -> PyResult<Option<View>> {
        let table = slf.get();
        let at = table.find(name)?;
        Ok(table.columns[at].array().map(|_| View { columns: Arc::clone(&table.columns), at }))
    }

    /// The words of a column of words, or `None`.
    fn words(&self, name: &str) -> PyResult<Option<Vec<String>>> {
        let at = self.find(name)?;
        Ok(match &self.columns[at].values {
            Values::Words(_, words) => Some((0..words.len()).map(|at| words.get(at).to_owned()).collect()),
            _ => None,
        })
    }

    /// Which values of a column are there, as bits, the first row the lowest; `None` if all are.
    fn valid<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let at = self.find(name)?;
        Ok(self.columns[at].valid.as_ref().map(|(bits, _)| PyBytes::new(py, bits)))
    }

    /// How many values of a column are missing.
    fn nulls(&self, name: &str) -> PyResult<usize> {
        let at = self.find(name)?;
        Ok(self.columns[at].valid.as_ref().map_or(0, |(_, nulls)| *nulls))
    }

    /// A column as Python's own values, `None` for a missing one.
    fn list<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let at = self.find(name)?;
        let list = PyList::empty(py);
        for row in 0..self.rows {
            list.append(self.columns[at].value(py, row)?)?;
        }
        Ok(list)
    }

    /// A row as Python's own values, by name. An `IndexError` where there is none.
    fn row<'py>(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyDict>> {
        if row >= self.rows {
            return Err(PyIndexError::new_err(format!("row {row} of {}", self.rows)));
        }
        let values = PyDict::new(py);
        for column in self.columns.iter() {
            values.set_item(column.name.as_ref(), column.value(py, row)?)?;
        }
        Ok(values)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        laid_out(slf, (state::flat(slf.py(), slf.get())?,))
    }

    #[staticmethod]
    fn _restored(layout: u32, fields: &Bound<'_, PyTuple>) -> PyResult<Table> {
        known_layout(fields.py(), layout)?;
        let (columns,) = fields.extract()?;
        state::table_of(fields.py(), columns)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule(py, schema_of_table(&self.columns), c"arrow_schema")
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema; // a producer may ignore what it cannot give
        let schema = capsule(py, schema_of_table(&self.columns), c"arrow_schema")?;
        let array = capsule(py, array_of_table(&self.columns, self.rows), c"arrow_array")?;
        PyTuple::new(py, [schema, array])
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        capsule(py, stream_of_table(&self.columns, self.rows), c"arrow_array_stream")
    }
}

/// A column as NumPy sees it, without a copy.
#[pyclass(frozen, module = "drainrs._native")]
#[derive(Debug)]
pub(crate) struct View {
    columns: Arc<Vec<Column>>,
    at: usize,
}

#[pymethods]
impl View {
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "pickle the table, or the NumPy array that is made of it")
    }

    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let column = &self.columns[self.at];
        let interface = PyDict::new(py);
        if let Some((kind, place)) = column.array() {
            interface.set_item("shape", (column.len(),))?;
            interface.set_item("typestr", kind)?;
            interface.set_item("data", (place as usize, true))?;
            interface.set_item("version", 3)?;
        }
        Ok(interface)
    }
}

/// A structure of Arrow in a capsule, which releases it unless a consumer took it.
fn capsule<'py, T: 'static + Send>(
    py: Python<'py>,
    structure: T,
    name: &'static CStr,
) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, structure, name)
}

/// What a schema points to.
struct SchemaParts {
    format: CString,
    name: CString,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
}

fn schema(
    format: &str,
    name: &str,
    nullable: bool,
    children: Vec<ArrowSchema>,
    words: Option<ArrowSchema>,
) -> ArrowSchema {
    let owned = |text: &str| CString::new(text).unwrap_or_default();
    let mut parts = Box::new(SchemaParts {
        format: owned(format),
        name: owned(name),
        children: children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect(),
        dictionary: words.map_or(ptr::null_mut(), |words| Box::into_raw(Box::new(words))),
    });
    ArrowSchema {
        format: parts.format.as_ptr(),
        name: parts.name.as_ptr(),
        metadata: ptr::null::<c_char>(),
        flags: if nullable { 2 } else { 0 },
        n_children: parts.children.len() as i64,
        children: parts.children.as_mut_ptr(),
        dictionary: parts.dictionary,
        release: Some(release_schema),
        private_data: Box::into_raw(parts).cast(),
    }
}

unsafe extern "C" fn release_schema(own: *mut ArrowSchema) {
    // SAFETY: called once, by the consumer, with what `schema` made; children that were moved out are marked as released.
    unsafe {
        let parts = Box::from_raw((*own).private_data.cast::<SchemaParts>());
        parts.children.iter().for_each(|child| drop(Box::from_raw(*child)));
        if !parts.dictionary.is_null() {
            drop(Box::from_raw(parts.dictionary));
        }
        (*own).release = None;
    }
}

/// What an array points to.
struct ArrayParts {
    /// Keeps the values alive.
    _columns: Arc<Vec<Column>>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
}

fn array(
    columns: &Arc<Vec<Column>>,
    rows: usize,
    nulls: usize,
    buffers: Vec<*const c_void>,
    children: Vec<ArrowArray>,
    words: Option<ArrowArray>,
) -> ArrowArray {
    let mut parts = Box::new(ArrayParts {
        _columns: Arc::clone(columns),
        buffers,
        children: children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect(),
        dictionary: words.map_or(ptr::null_mut(), |words| Box::into_raw(Box::new(words))),
    });
    ArrowArray {
        length: rows as i64,
        null_count: nulls as i64,
        offset: 0,
        n_buffers: parts.buffers.len() as i64,
        n_children: parts.children.len() as i64,
        buffers: parts.buffers.as_mut_ptr(),
        children: parts.children.as_mut_ptr(),
        dictionary: parts.dictionary,
        release: Some(release_array),
        private_data: Box::into_raw(parts).cast(),
    }
}

unsafe extern "C" fn release_array(own: *mut ArrowArray) {
    // SAFETY: called once, by the consumer, with what `array` made; children that were moved out are marked as released.
    unsafe {
        let parts = Box::from_raw((*own).private_data.cast::<ArrayParts>());
        parts.children.iter().for_each(|child| drop(Box::from_raw(*child)));
        if !parts.dictionary.is_null() {
            drop(Box::from_raw(parts.dictionary));
        }
        (*own).release = None;
    }
}

fn schema_of_table(columns: &[Column]) -> ArrowSchema {
    let text = |name: &str| schema("U", name, true, Vec::new(), None);
    // Levels have an order, from the least to the greatest.
    let word = |name: &str| {
        let mut words = schema("i", name, true, Vec::new(), Some(text("")));
        words.flags |= i64::from(name == "level");
        words
    };
    let children = columns
        .iter()
        .map(|column| match &column.values {
            Values::U32(_) => schema("I", &column.name, true, Vec::new(), None),
            Values::U64(_) => schema("L", &column.name, true, Vec::new(), None),
            Values::Bool(_) => schema("b", &column.name, true, Vec::new(), None),
            Values::Time(_) => schema("tsn:UTC", &column.name, true, Vec::new(), None),
            Values::Text(_) => text(&column.name),
            Values::Words(..) => word(&column.name),
            Values::TextLists(..) => schema("+L", &column.name, true, vec![text("item")], None),
            Values::WordLists(..) => schema("+L", &column.name, true, vec![word("item")], None),
        })
        .collect();
    schema("+s", "", false, children, None)
}

fn array_of_table(columns: &Arc<Vec<Column>>, rows: usize) -> ArrowArray {
    let text = |texts: &Texts| {
        let buffers = vec![ptr::null(), texts.ends.as_ptr().cast(), texts.bytes.as_ptr().cast()];
        array(columns, texts.len(), 0, buffers, Vec::new(), None)
    };
    let children = columns
        .iter()
        .map(|column| {
            let (valid, nulls) = match &column.valid {
                Some((bits, nulls)) => (bits.as_ptr().cast::<c_void>(), *nulls),
                None => (ptr::null(), 0),
            };
            let flat = |values: *const c_void| array(columns, rows, nulls, vec![valid, values], Vec::new(), None);
            match &column.values {
                Values::U32(values) => flat(values.as_ptr().cast()),
                Values::U64(values) => flat(values.as_ptr().cast()),
                Values::Time(values) => flat(values.as_ptr().cast()),
                Values::Bool(_) => flat(column.packed.as_ptr().cast()),
                Values::Text(texts) => {
                    let buffers = vec![valid, texts.ends.as_ptr().cast(), texts.bytes.as_ptr().cast()];
                    array(columns, rows, nulls, buffers, Vec::new(), None)
                }
                Values::Words(places, words) => {
                    let buffers = vec![valid, places.as_ptr().cast()];
                    array(columns, rows, nulls, buffers, Vec::new(), Some(text(words)))
                }
                Values::TextLists(ends, texts) => {
                    let buffers = vec![valid, ends.as_ptr().cast()];
                    array(columns, rows, nulls, buffers, vec![text(texts)], None)
                }
                Values::WordLists(ends, places, words) => {
                    let places_at = vec![ptr::null(), places.as_ptr().cast()];
                    let items = array(columns, places.len(), 0, places_at, Vec::new(), Some(text(words)));
                    array(columns, rows, nulls, vec![valid, ends.as_ptr().cast()], vec![items], None)
                }
            }
        })
        .collect();
    array(columns, rows, 0, vec![ptr::null()], children, None)
}

/// A stream of one array.
struct Once {
    columns: Arc<Vec<Column>>,
    rows: usize,
    given: bool,
}

fn stream_of_table(columns: &Arc<Vec<Column>>, rows: usize) -> ArrowArrayStream {
    let once = Box::new(Once { columns: Arc::clone(columns), rows, given: false });
    ArrowArrayStream {
        get_schema: Some(once_schema),
        get_next: Some(once_next),
        get_last_error: Some(once_error),
        release: Some(release_once),
        private_data: Box::into_raw(once).cast(),
    }
}

unsafe extern "C" fn once_schema(own: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: what `stream_of_table` made; `out` is the consumer's, to be written without reading it.
    unsafe {
        let once = &*(*own).private_data.cast::<Once>();
        ptr::write(out, schema_of_table(&once.columns));
    }
    0
}

unsafe extern "C" fn once_next(own: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: as above.
    unsafe {
        let once = &mut *(*own).private_data.cast::<Once>();
        let next = if once.given { ArrowArray::empty() } else { array_of_table(&once.columns, once.rows) };
        once.given = true;
        ptr::write(out, next);
    }
    0
}

unsafe extern "C" fn once_error(_own: *mut ArrowArrayStream) -> *const c_char {
    ptr::null() // nothing can fail
}

unsafe extern "C" fn release_once(own: *mut ArrowArrayStream) {
    // SAFETY: called once with what `stream_of_table` made.
    unsafe {
        drop(Box::from_raw((*own).private_data.cast::<Once>()));
        (*own).release = None;
    }
}
