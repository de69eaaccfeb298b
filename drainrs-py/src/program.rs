//! The program, and files as it reads them: plain, gzip or Zstandard, told by their first bytes.

use std::io::{self, Read};
use std::path::PathBuf;

use drainrs::program::{self, Lines, ReportError, ReportRequest, Source};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::convert::{plain, read, settings};
use crate::error::raised;
use crate::lines::bytes_of;
use crate::lock::{Locked, locked};

/// Runs the program with these arguments, the first of which is its name; gives its exit status. It writes to the
/// process's own output.
#[pyfunction]
pub(crate) fn run(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> u8 {
    py.detach(|| program::run(arguments))
}

/// The log that comes with the package, as bytes. `drainrs.sample_log` has its lines.
#[pyfunction]
pub(crate) fn sample(py: Python<'_>) -> Bound<'_, PyBytes> {
    PyBytes::new(py, program::sample())
}

/// A file that cannot be read, as Python says it: `FileNotFoundError` and its kin, with the name.
fn os_error(name: &str, error: &io::Error) -> PyErr {
    match error.raw_os_error() {
        Some(number) => {
            let what = error.to_string();
            let what = what.split(" (os error").next().unwrap_or_default().to_owned();
            PyOSError::new_err((number, what, name.to_owned()))
        }
        None => PyOSError::new_err(format!("cannot read {name}: {error}")),
    }
}

/// Bytes out of an object with `read`, or out of one that is iterated line by line.
struct Reader {
    object: Py<PyAny>,
    has_read: bool,
    rest: Vec<u8>,
    at: usize,
}

impl Reader {
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Reader> {
        let has_read = object.getattr_opt("read")?.is_some();
        let object = if has_read { object.clone() } else { object.try_iter()?.into_any() };
        Ok(Reader { object: object.unbind(), has_read, rest: Vec::new(), at: 0 })
    }

    /// More of it; nothing at the end.
    fn more(&mut self, py: Python<'_>) -> PyResult<()> {
        py.check_signals()?;
        self.rest.clear();
        self.at = 0;
        let object = self.object.bind(py);
        if self.has_read {
            let part = object.call_method1("read", (1 << 20,))?;
            self.rest.extend_from_slice(&bytes_of(&part)?);
            return Ok(());
        }
        for item in object.try_iter()? {
            let item = item?;
            if item.is_none() {
                continue;
            }
            let line = bytes_of(&item)?;
            self.rest.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(&line));
            self.rest.push(b'\n');
            if self.rest.len() >= 1 << 18 {
                break;
            }
        }
        Ok(())
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.rest.len() {
            Python::attach(|py| self.more(py)).map_err(io::Error::other)?;
        }
        let rest = self.rest.get(self.at..).unwrap_or_default();
        let taken = rest.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&rest[..taken]);
        self.at += taken;
        Ok(taken)
    }
}

/// What Python itself raised while it was read comes out as it was.
fn python_error(py: Python<'_>, name: &str, error: &io::Error) -> PyErr {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<PyErr>()) {
        Some(raised) => raised.clone_ref(py),
        None => os_error(name, error),
    }
}

/// The lines of a file, as `bytes` without their newlines: plain, gzip or Zstandard, told by the first bytes. The
/// source is a path, an object with `read`, or an iterable of lines. It is an iterator and a context manager, and
/// batches read it without the interpreter.
///
/// A file that cannot be opened is an `OSError` of its kind (`FileNotFoundError`), damage in what is packed an
/// `OSError`, a reader that was closed a `ValueError`. A line of more than 64 MiB is cut.
///
///     >>> import gzip, io
///     >>> import drainrs
///     >>> packed = gzip.compress(b"disk sda is full\ndisk sdb is full\n")
///     >>> with drainrs.LineReader(io.BytesIO(packed)) as reader:
///     ...     list(reader)
///     [b'disk sda is full', b'disk sdb is full']
///     >>> reader.closed
///     True
#[pyclass(frozen, module = "drainrs")]
pub(crate) struct LineReader {
    lines: Locked<Option<Lines>>,
    /// The name of the file: its path, the `name` of an object that is read, or `"input"`.
    #[pyo3(get)]
    name: String,
    /// The size of the file in bytes, packed as it is; `None` where it is not known.
    #[pyo3(get)]
    size: Option<u64>,
}

impl LineReader {
    /// Gives lines to `push` until it has enough, or there are no more; false then.
    pub(crate) fn read_lines(&self, py: Python<'_>, mut push: impl FnMut(&[u8]) -> bool + Send) -> PyResult<bool> {
        let done = py.detach(|| -> Result<Result<bool, io::Error>, PyErr> {
            let mut lines = self.lines.detached()?;
            let lines = lines.as_mut().ok_or_else(closed)?;
            Ok(loop {
                match lines.next_line() {
                    Ok(Some(line)) => {
                        if !push(line) {
                            break Ok(true);
                        }
                    }
                    Ok(None) => break Ok(false),
                    Err(error) => break Err(error),
                }
            })
        })?;
        done.map_err(|error| python_error(py, &self.name, &error))
    }
}

fn closed() -> PyErr {
    PyValueError::new_err("this reader is closed; open the file again")
}

#[pymethods]
impl LineReader {
    #[new]
    fn new(py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<LineReader> {
        if let Ok(path) = source.extract::<PathBuf>() {
            let name = path.display().to_string();
            let opened = py.detach(|| Lines::open(&path)).map_err(|error| os_error(&name, &error))?;
            let size = path.metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len());
            return Ok(LineReader { lines: Locked::new(Some(opened)), name, size });
        }
        let name = match source.getattr_opt("name")? {
            Some(name) => name.extract().unwrap_or_else(|_| "input".to_owned()),
            None => "input".to_owned(),
        };
        let wanted = "lines are read from a path, an open file, or an iterable of lines";
        let reader = Reader::of(source).map_err(|_| crate::error::wrong_type(wanted, source))?;
        let opened = py.detach(|| Lines::of(Box::new(reader))).map_err(|error| python_error(py, &name, &error))?;
        Ok(LineReader { lines: Locked::new(Some(opened)), name, size: None })
    }

    /// How many bytes were taken of the source, packed as they are, a little ahead of the lines: for a progress bar
    /// beside `size`.
    #[getter]
    fn bytes_read(&self, py: Python<'_>) -> PyResult<u64> {
        locked(py, &self.lines)?.as_ref().map(Lines::bytes_read).ok_or_else(closed)
    }

    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let mut found = None;
        self.read_lines(py, |line| {
            found = Some(line.to_vec());
            false
        })?;
        Ok(found.map(|line| PyBytes::new(py, &line)))
    }

    /// Lets the source go. Closing twice is nothing.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let gone = locked(py, &self.lines)?.take();
        // What is read may be Python's, so it is let go without the lock.
        drop(gone);
        Ok(())
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(locked(py, &self.lines)?.is_none())
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_reason))]
    fn __exit__(&self, py: Python<'_>, _reason: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> String {
        format!("<drainrs.LineReader of {}>", self.name)
    }
}

/// A report as data and as text. For `drainrs.report`.
#[pyfunction]
#[pyo3(signature = (sources, config, *, level, top, cells, service, detect, topology, width))]
#[allow(clippy::too_many_arguments, reason = "the options of the program's report")]
pub(crate) fn report<'py>(
    py: Python<'py>,
    sources: Vec<(String, Bound<'py, PyAny>)>,
    config: Option<&Bound<'py, PyAny>>,
    level: &str,
    top: Option<usize>,
    cells: usize,
    service: Option<String>,
    detect: bool,
    topology: Option<&Bound<'py, PyDict>>,
    width: Option<usize>,
) -> PyResult<(Bound<'py, PyAny>, String)> {
    let mut request = ReportRequest::default();
    request.config = settings(config)?;
    request.level = crate::convert::word("level", level)?;
    (request.top, request.cells, request.service, request.detect) = (top, cells, service, detect);
    if let Some(topology) = topology {
        request.topology = read(topology.as_any())?;
    }
    let mut opened = Vec::new();
    for (name, source) in sources {
        opened.push(match source.extract::<PathBuf>() {
            Ok(path) => Source::file(path),
            Err(_) if source.is_none() => Source::sample(),
            Err(_) => Source::reader(name, Box::new(Reader::of(&source)?)),
        });
    }
    let made = py.detach(|| program::report_of(opened, &request));
    let made = made.map_err(|error| match &error {
        ReportError::Read { name, error, .. } => python_error(py, name, error),
        ReportError::Settings(error) => raised(py, error),
        other => PyValueError::new_err(other.to_string()),
    })?;
    Ok((plain(py, &made)?, made.text(width)))
}
