//! Templates and incidents for a store, and the search among them.

use drainrs::ContentId;
use drainrs::index::{
    ArrowLayout, Csv, Incident, IncidentConfig, IncidentLibrary as LibraryMachine, Index as Machine, IndexConfig,
    IndexRow, Inserted, Present, Sql as SqlMachine, SqlConfig, read_json_lines, write_arrow, write_json_line,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::convert::{content_of, plain, read, settings, settings_with, shaped};
use crate::error::OrRaise;
use crate::kept::{Kept, kept};
use crate::lock::{Locked, locked};
use crate::matrix::vector_of;

fn rows_of(rows: &Bound<'_, PyAny>) -> PyResult<Vec<IndexRow>> {
    rows.try_iter()?.map(|row| read(&row?)).collect()
}

/// Templates by key (service and content id), and those nearest to a vector. The search looks at every row: some 25
/// million numbers for 100,000 vectors of 256. `len` counts the rows.
///
/// Takes an `IndexConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> index = drainrs.Index()
///     >>> for number, vector in enumerate([[1.0, 0.0], [0.6, 0.8], [-1.0, 0.0]]):
///     ...     _ = index.insert({"service": "cart", "id": f"{number:016x}", "template": "a template", "vector": vector})
///     >>> [(near.row.id[-1], round(near.similarity, 1)) for near in index.nearest([2.0, 0.0], 2)]
///     [('0', 1.0), ('1', 0.6)]
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Index {
    machine: Locked<Machine>,
    config: IndexConfig,
}

#[pymethods]
impl Index {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Index> {
        let config: IndexConfig = settings_with(py, "IndexConfig", config, options)?;
        Ok(Index { machine: Locked::new(Machine::build(&config).or_raise(py)?), config })
    }

    /// Puts a row in (an `IndexRow` or a document of one), in the place of the one with its key. Gives the row that was
    /// replaced or made room, or `None`. Raises `ConfigError` (a wrong row, a vector of another length) and
    /// `LimitError` (too large); the index stays as it was.
    fn insert<'py>(&self, py: Python<'py>, row: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let row: IndexRow = read(row)?;
        let inserted = locked(py, &self.machine)?.insert(row).or_raise(py)?;
        match inserted {
            Inserted::Replaced(row) | Inserted::Evicted(row) => shaped(py, "IndexRow", &row).map(Some),
            _ => Ok(None),
        }
    }

    /// Takes a row out and gives it; `None` if there is none. An id that is not 16 hexadecimal digits is a
    /// `ValueError`.
    fn remove<'py>(&self, py: Python<'py>, service: &str, id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let id = content_of(id)?;
        let row = locked(py, &self.machine)?.remove(service, id);
        row.map(|row| shaped(py, "IndexRow", &row)).transpose()
    }

    /// A row by its key; `None` if there is none. An id that is not 16 hexadecimal digits is a `ValueError`.
    fn get<'py>(&self, py: Python<'py>, service: &str, id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let id = content_of(id)?;
        let machine = locked(py, &self.machine)?;
        machine.get(service, id).map(|row| shaped(py, "IndexRow", row)).transpose()
    }

    /// All rows, by service and id.
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for row in locked(py, &self.machine)?.rows() {
            list.append(shaped(py, "IndexRow", row)?)?;
        }
        Ok(list)
    }

    /// The `count` rows nearest to a vector (a sequence or an array), the nearest first, each with the cosine of the
    /// angle, -1 to 1. Rows without a vector are passed over. A `ConfigError` for a vector of another length or with a
    /// number that is none.
    #[pyo3(signature = (vector, count = 10))]
    fn nearest<'py>(&self, py: Python<'py>, vector: &Bound<'py, PyAny>, count: usize) -> PyResult<Bound<'py, PyList>> {
        let vector = vector_of(vector)?;
        let machine = locked(py, &self.machine)?;
        let list = PyList::empty(py);
        for near in machine.nearest(&vector, count).or_raise(py)? {
            list.append(shaped(py, "Neighbour", &near)?)?;
        }
        Ok(list)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.len())
    }

    /// How many numbers a vector has; `None` until one is there.
    #[getter]
    fn dimensions(&self, py: Python<'_>) -> PyResult<Option<usize>> {
        Ok(locked(py, &self.machine)?.dimensions())
    }

    /// How many rows made room for others.
    #[getter]
    fn evicted(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.evicted())
    }

    /// Memory in bytes, roughly.
    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "IndexConfig", &self.config)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        let rows = plain(py, &locked(py, &own.machine)?.rows().collect::<Vec<_>>())?;
        kept(slf, "_restored", (rows, plain(py, &own.config)?))
    }

    #[staticmethod]
    fn _restored(py: Python<'_>, rows: &Bound<'_, PyAny>, config: &Bound<'_, PyAny>) -> PyResult<Index> {
        let config: IndexConfig = read(config)?;
        let mut machine = Machine::build(&config).or_raise(py)?;
        for row in rows_of(rows)? {
            machine.insert(row).or_raise(py)?;
        }
        Ok(Index { machine: Locked::new(machine), config })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<drainrs.Index: {} rows>", self.__len__(py)?))
    }
}

/// Statements for a store of rows, as text: the host runs them over the connection that it has. The dialect is
/// `"postgresql"` or `"sqlite"`; options are the other settings of `SqlConfig`; wrong ones are a `ConfigError`.
///
///     >>> import sqlite3
///     >>> import drainrs
///     >>> sql, store = drainrs.Sql("sqlite"), sqlite3.connect(":memory:")
///     >>> _ = store.executescript(sql.schema())
///     >>> _ = store.execute(sql.upsert({"service": "o'hara", "id": "0000000000000001", "template": "it's full", "hits": 3}))
///     >>> store.execute("SELECT service, template, hits FROM log_templates").fetchall()
///     [("o'hara", "it's full", 3)]
///     >>> store.close()
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Sql {
    machine: SqlMachine,
    config: SqlConfig,
}

#[pymethods]
impl Sql {
    #[new]
    #[pyo3(signature = (dialect = None, **options))]
    fn new(py: Python<'_>, dialect: Option<&str>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Sql> {
        let all = options.map_or_else(|| Ok(PyDict::new(py)), Bound::copy)?;
        if let Some(dialect) = dialect {
            all.set_item("dialect", dialect)?;
        }
        let config: SqlConfig = read(all.as_any())?;
        Ok(Sql { machine: SqlMachine::build(&config).or_raise(py)?, config })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        kept(slf, "_restored", (plain(slf.py(), &slf.get().config)?,))
    }

    #[staticmethod]
    fn _restored(py: Python<'_>, config: &Bound<'_, PyAny>) -> PyResult<Sql> {
        let config: SqlConfig = read(config)?;
        Ok(Sql { machine: SqlMachine::build(&config).or_raise(py)?, config })
    }

    /// The statements that make table and indexes where they are missing, a line each.
    fn schema(&self) -> String {
        self.machine.schema()
    }

    /// The statement that puts a row in, or brings the one with its key up to date. Values are quoted. A `ConfigError`
    /// or `LimitError` for a row that a store cannot take.
    fn upsert(&self, py: Python<'_>, row: &Bound<'_, PyAny>) -> PyResult<String> {
        let mut statement = String::new();
        self.machine.write_upsert(&read(row)?, &mut statement).or_raise(py)?;
        Ok(statement)
    }
}

/// Rows as bytes of a file: `"jsonl"`, `"csv"`, `"arrow"` (a file) or `"arrow_stream"`. Another form is a `ValueError`.
///
///     >>> import drainrs
///     >>> drainrs.write_rows([{"service": "cart", "id": "00000000000000ab", "template": "link up"}], "csv").splitlines()[0][:27]
///     b'service,id,template,templat'
#[pyfunction]
pub(crate) fn write_rows<'py>(py: Python<'py>, rows: &Bound<'py, PyAny>, form: &str) -> PyResult<Bound<'py, PyBytes>> {
    let rows = rows_of(rows)?;
    let mut text = String::new();
    match form {
        "jsonl" => rows.iter().try_for_each(|row| write_json_line(row, &mut text)).or_raise(py)?,
        "csv" => {
            let csv = Csv::default();
            csv.write_header(&mut text);
            rows.iter().try_for_each(|row| csv.write_row(row, &mut text)).or_raise(py)?;
        }
        "arrow" | "arrow_stream" => {
            let layout = if form == "arrow" { ArrowLayout::File } else { ArrowLayout::Stream };
            let mut bytes = Vec::new();
            write_arrow(&rows, layout, &mut bytes).or_raise(py)?;
            return Ok(PyBytes::new(py, &bytes));
        }
        _ => return Err(PyValueError::new_err(format!("form {form:?}: one of jsonl, csv, arrow, arrow_stream"))),
    }
    Ok(PyBytes::new(py, text.as_bytes()))
}

/// Reads rows that were written as `"jsonl"`, at most `max_rows` (a `LimitError` beyond). A `ConfigError` names the
/// line that is no row.
#[pyfunction]
#[pyo3(signature = (text, max_rows = 100_000))]
pub(crate) fn read_rows<'py>(py: Python<'py>, text: &str, max_rows: usize) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for row in read_json_lines(text, max_rows).or_raise(py)? {
        list.append(shaped(py, "IndexRow", &row)?)?;
    }
    Ok(list)
}

/// Past incidents, found again by the templates that are in a window: the more of an incident's templates are there,
/// and the rarer they are, the more similar. `len` counts the incidents.
///
/// Takes an `IncidentConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> library = drainrs.IncidentLibrary()
///     >>> templates = [
///     ...     {"id": "0000000000000001", "text": "disk <*> is full"},
///     ...     {"id": "0000000000000002", "text": "could not write checkpoint to disk sda"},
///     ... ]
///     >>> library.add({"id": "2024-03", "title": "Disk full", "fix": "Delete old logs", "at": 0, "templates": templates})
///     >>> window = [templates[0], {"id": "0000000000000007", "text": "could not write checkpoint to disk <*>"}]
///     >>> [(match.incident.fix, round(match.similarity, 2)) for match in library.matches(window)]
///     [('Delete old logs', 0.93)]
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct IncidentLibrary {
    machine: Locked<LibraryMachine>,
    config: IncidentConfig,
}

#[pymethods]
impl IncidentLibrary {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<IncidentLibrary> {
        let config: IncidentConfig = settings_with(py, "IncidentConfig", config, options)?;
        Ok(IncidentLibrary { machine: Locked::new(LibraryMachine::build(&config).or_raise(py)?), config })
    }

    /// Puts an incident in (an `Incident` or a document of one); gives the one with its id that it replaces, or `None`.
    /// Raises `ConfigError` (no id, no templates, a weight that is none) and `LimitError` (no room, or too long); the
    /// library stays as it was.
    fn add<'py>(&self, py: Python<'py>, incident: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let incident: Incident = read(incident)?;
        let gone = locked(py, &self.machine)?.add(incident).or_raise(py)?;
        gone.map(|gone| shaped(py, "Incident", &gone)).transpose()
    }

    /// Takes an incident out and gives it; `None` if there is none.
    fn remove<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let gone = locked(py, &self.machine)?.remove(id);
        gone.map(|gone| shaped(py, "Incident", &gone)).transpose()
    }

    /// An incident by its id; `None` if there is none.
    fn get<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        machine.get(id).map(|incident| shaped(py, "Incident", incident)).transpose()
    }

    /// All incidents, by id.
    fn incidents<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for incident in locked(py, &self.machine)?.incidents() {
            list.append(shaped(py, "Incident", incident)?)?;
        }
        Ok(list)
    }

    /// Learns a window in which nothing was wrong, by the content ids of its templates: they weigh less from then on.
    fn learn_usual(&self, py: Python<'_>, window: Vec<String>) -> PyResult<()> {
        let window: Vec<ContentId> = window.iter().map(|id| content_of(id)).collect::<PyResult<_>>()?;
        locked(py, &self.machine)?.learn_usual(window);
        Ok(())
    }

    /// How many usual windows were learned.
    #[getter]
    fn usual_windows(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.usual_windows())
    }

    /// How much a template, by its content id, tells by being rare: above 0.
    fn rarity(&self, py: Python<'_>, id: &str) -> PyResult<f64> {
        Ok(locked(py, &self.machine)?.rarity(content_of(id)?))
    }

    /// The incidents that a window looks like, the most similar first, at most `limit`. The window is
    /// `IncidentTemplate`s (`Asker.incident_templates` gives them), or documents with the same fields.
    #[pyo3(signature = (window, limit = 5))]
    fn matches<'py>(&self, py: Python<'py>, window: &Bound<'py, PyAny>, limit: usize) -> PyResult<Bound<'py, PyTuple>> {
        let window: Vec<drainrs::index::IncidentTemplate> =
            window.try_iter()?.map(|template| read(&template?)).collect::<PyResult<_>>()?;
        let present: Vec<Present<'_>> = window
            .iter()
            .map(|template| {
                let service = template.service.as_deref().unwrap_or_default();
                let mut present = Present::new(template.id, service, &template.text);
                present.weight = template.weight;
                present
            })
            .collect();
        let machine = locked(py, &self.machine)?;
        let found: Vec<_> = machine
            .matches(&present, limit)
            .iter()
            .map(|found| shaped(py, "IncidentMatch", found))
            .collect::<PyResult<_>>()?;
        PyTuple::new(py, found)
    }

    /// The library as a JSON document, which may be edited by hand.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        Ok(locked(py, &self.machine)?.to_json())
    }

    /// Reads such a document. Raises `ConfigError` with the place of all that is wrong, `LimitError` and
    /// `SnapshotVersionError`.
    #[staticmethod]
    #[pyo3(signature = (text, config = None))]
    fn from_json(py: Python<'_>, text: &str, config: Option<&Bound<'_, PyAny>>) -> PyResult<IncidentLibrary> {
        let config: IncidentConfig = settings(config)?;
        Ok(IncidentLibrary { machine: Locked::new(LibraryMachine::from_json(text, &config).or_raise(py)?), config })
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "IncidentConfig", &self.config)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        kept(slf, "from_json", (own.to_json(py)?, plain(py, &own.config)?))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.len())
    }
}
