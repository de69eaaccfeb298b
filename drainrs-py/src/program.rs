//! The program, and files as it reads them: plain, gzip or Zstandard, told by their first bytes.

use std::io::{self, Read};
use std::path::PathBuf;

use drainrs::Timestamp;
use drainrs::program::{self, Lines, ReportError, ReportRequest, Source};
use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

use crate::convert::{plain, read, settings, shown_time};
use crate::error::raised;
use crate::kept::{Kept, refused};
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

/// Files that are read one after the other; mostly there is one.
struct Files {
    lines: Lines,
    /// The one that is read.
    name: String,
    rest: std::vec::IntoIter<PathBuf>,
    /// Bytes of those that are done.
    done: u64,
}

impl Files {
    /// Gives lines to `push` until it has enough, or there are no more; false then.
    fn read(&mut self, mut push: impl FnMut(&[u8]) -> bool) -> Result<bool, (String, io::Error)> {
        loop {
            match self.lines.next_line() {
                Ok(Some(line)) if push(line) => {}
                Ok(Some(_)) => return Ok(true),
                Ok(None) => {
                    let Some(next) = self.rest.next() else { return Ok(false) };
                    self.done += self.lines.bytes_read();
                    self.name = next.display().to_string();
                    self.lines = Lines::open(next).map_err(|error| (self.name.clone(), error))?;
                }
                Err(error) => return Err((self.name.clone(), error)),
            }
        }
    }
}

/// The paths that a source names: one, or a list of objects that are paths (`pathlib.Path`). A list of text is a list of
/// lines, so both in one list are a mistake.
fn paths_of(source: &Bound<'_, PyAny>) -> PyResult<Option<Vec<PathBuf>>> {
    if let Ok(path) = source.extract::<PathBuf>() {
        return Ok(Some(vec![path]));
    }
    if !source.is_instance_of::<PyList>() && !source.is_instance_of::<PyTuple>() {
        return Ok(None);
    }
    let mut paths = Vec::new();
    for item in source.try_iter()? {
        let item = item?;
        if item.is_instance_of::<PyString>() || item.getattr_opt("__fspath__")?.is_none() {
            if paths.is_empty() {
                return Ok(None);
            }
            let message =
                "a list is of files (pathlib.Path) or of lines (str, bytes): this one begins with a path, and has";
            return Err(PyTypeError::new_err(format!("{message} {} at {}", item.get_type().name()?, paths.len())));
        }
        paths.push(item.extract()?);
    }
    Ok(Some(paths).filter(|paths| !paths.is_empty()))
}

/// The lines of a file, as `bytes` without their newlines: plain, gzip or Zstandard, told by the first bytes. The
/// source is a path, a list of `pathlib.Path` (files that are read one after the other), an object with `read`, or an
/// iterable of lines. It is an iterator and a context manager, and batches read it without the interpreter.
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
    files: Locked<Option<Files>>,
    /// The name of the file: its path, the `name` of an object that is read, or `"input"`; of several that of the first.
    #[pyo3(get)]
    name: String,
    /// The size in bytes, packed as it is, of all files together; `None` where it is not known.
    #[pyo3(get)]
    size: Option<u64>,
    written: Option<Timestamp>,
}

impl LineReader {
    /// Gives lines to `push` until it has enough, or there are no more; false then.
    pub(crate) fn read_lines(&self, py: Python<'_>, push: impl FnMut(&[u8]) -> bool + Send) -> PyResult<bool> {
        let done = py.detach(|| -> PyResult<_> {
            let mut files = self.files.detached()?;
            Ok(files.as_mut().ok_or_else(closed)?.read(push))
        })?;
        done.map_err(|(name, error)| python_error(py, &name, &error))
    }
}

impl LineReader {
    /// The lines of files, all of which must be there: who mines the first for an hour should not find out then.
    fn of_files(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<LineReader> {
        let (mut size, mut written) = (Some(0), None);
        for path in &paths {
            let about = path.metadata().map_err(|error| os_error(&path.display().to_string(), &error))?;
            size = size.filter(|_| about.is_file()).map(|size| size + about.len());
            let since = about.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            let at = since.and_then(|since| i64::try_from(since.as_nanos()).ok()).map(Timestamp::from_nanos);
            written = written.max(at.filter(|_| about.is_file()));
        }
        let mut rest = paths.into_iter();
        let first = rest.next().unwrap_or_default();
        let name = first.display().to_string();
        let lines = py.detach(|| Lines::open(&first)).map_err(|error| os_error(&name, &error))?;
        let files = Files { lines, name: name.clone(), rest, done: 0 };
        Ok(LineReader { files: Locked::new(Some(files)), name, size, written })
    }
}

fn closed() -> PyErr {
    PyValueError::new_err("this reader is closed; open the file again")
}

#[pymethods]
impl LineReader {
    #[new]
    fn new(py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<LineReader> {
        if let Some(paths) = paths_of(source)? {
            return LineReader::of_files(py, paths);
        }
        let name = match source.getattr_opt("name")? {
            Some(name) => name.extract().unwrap_or_else(|_| "input".to_owned()),
            None => "input".to_owned(),
        };
        let wanted = "lines are read from a path, an open file, or an iterable of lines";
        let reader = Reader::of(source).map_err(|_| crate::error::wrong_type(wanted, source))?;
        let opened = py.detach(|| Lines::of(Box::new(reader))).map_err(|error| python_error(py, &name, &error))?;
        let files = Files { lines: opened, name: name.clone(), rest: Vec::new().into_iter(), done: 0 };
        Ok(LineReader { files: Locked::new(Some(files)), name, size: None, written: None })
    }

    /// When the file was last written, of several the last of them; `None` where it is not known. The present of the
    /// last line, by which missing years are filled in.
    #[getter]
    fn written<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.written.map(|at| shown_time(py, at)).transpose()
    }

    /// How many bytes were taken of the source, packed as they are, a little ahead of the lines: for a progress bar
    /// beside `size`.
    #[getter]
    fn bytes_read(&self, py: Python<'_>) -> PyResult<u64> {
        locked(py, &self.files)?.as_ref().map(|files| files.done + files.lines.bytes_read()).ok_or_else(closed)
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
        let gone = locked(py, &self.files)?.take();
        // What is read may be Python's, so it is let go without the lock.
        drop(gone);
        Ok(())
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(locked(py, &self.files)?.is_none())
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_reason))]
    fn __exit__(&self, py: Python<'_>, _reason: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "pass the path on, and open it there")
    }

    fn __repr__(&self) -> String {
        format!("<drainrs.LineReader of {}>", self.name)
    }
}

/// Lets handlers of signals run; what one of them raises ends what is at hand.
fn signals(py: Python<'_>) -> PyResult<()> {
    py.check_signals()
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
    let mut signalled = None;
    let made = py.detach(|| {
        program::report_while(opened, &request, || {
            signalled = Python::attach(signals).err();
            signalled.is_none()
        })
    });
    if let Some(signal) = signalled {
        return Err(signal);
    }
    let made = made.map_err(|error| match &error {
        ReportError::Read { name, error, .. } => python_error(py, name, error),
        ReportError::Settings(error) => raised(py, error),
        other => PyValueError::new_err(other.to_string()),
    })?;
    Ok((plain(py, &made)?, made.text(width)))
}
