//! Lines out of whatever Python holds them in.
//!
//! One line is `str` or bytes. Many lines are Arrow's string layouts, read where they lie; a `bytes` object, split at its
//! newlines; or anything that can be iterated, copied chunk by chunk into one buffer. Each chunk is worked on with the
//! interpreter released, and between two of them signals and the progress callback have their turn.
//!
//! Text with lone surrogates is not UTF-8: those that Python made of foreign bytes (`surrogateescape`) become these bytes
//! again, others are encoded as they are. Missing values (`None`, NaN, `NA`) are no lines: they are counted as nulls.

use std::borrow::Cow;

use pyo3::exceptions::{PyTypeError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyFloat, PyIterator, PyMapping, PyMemoryView, PyString};

use crate::arrow;
use crate::error::wrong_type;
use crate::program::LineReader;

/// So many lines, or bytes, make a chunk.
const CHUNK_LINES: usize = 4096;
const CHUNK_BYTES: usize = 1 << 20;

const ONE_LINE: &str = "a line is str or bytes";
const MANY_LINES: &str = "lines are a list, an iterable, bytes, or an array of strings";

/// The bytes of a line.
pub(crate) fn bytes_of<'a>(line: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = line.cast::<PyString>() {
        return match text.to_str() {
            Ok(text) => Ok(Cow::Borrowed(text.as_bytes())),
            Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(line.py()) => encoded(text).map(Cow::Owned),
            Err(error) => Err(error),
        };
    }
    if let Ok(bytes) = line.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    if line.is_instance_of::<PyByteArray>() || line.is_instance_of::<PyMemoryView>() {
        let copy = line.py().get_type::<PyBytes>().call1((line,))?;
        return Ok(Cow::Owned(copy.cast::<PyBytes>()?.as_bytes().to_vec()));
    }
    Err(wrong_type(ONE_LINE, line))
}

/// The bytes of what was saved: `bytes`, or what is like it. Text is none.
pub(crate) fn saved_bytes<'a>(saved: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if saved.is_instance_of::<PyString>() {
        return Err(wrong_type("what was saved is bytes", saved));
    }
    bytes_of(saved).map_err(|_| wrong_type("what was saved is bytes", saved))
}

/// Text with lone surrogates as bytes.
fn encoded(text: &Bound<'_, PyString>) -> PyResult<Vec<u8>> {
    let by = |errors: &str| -> PyResult<Vec<u8>> { text.call_method1("encode", ("utf-8", errors))?.extract() };
    by("surrogateescape").or_else(|_| by("surrogatepass"))
}

/// Where many lines come from.
enum Source<'py> {
    Arrow(arrow::Stream),
    Bytes(PyBackedBytes),
    Reader(Bound<'py, LineReader>),
    Items(Bound<'py, PyAny>),
}

impl<'py> Source<'py> {
    fn of(lines: &Bound<'py, PyAny>) -> PyResult<Source<'py>> {
        if lines.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err(
                "many lines are needed, and a str is one: pass a list, text.splitlines(), or LineReader(path) for a file",
            ));
        }
        if lines.is_instance_of::<PyBytes>() || lines.is_instance_of::<PyByteArray>() {
            return Ok(Source::Bytes(lines.extract()?));
        }
        if lines.is_instance_of::<PyMemoryView>() {
            return Ok(Source::Bytes(lines.py().get_type::<PyBytes>().call1((lines,))?.extract()?));
        }
        if let Ok(reader) = lines.cast::<LineReader>() {
            return Ok(Source::Reader(reader.clone()));
        }
        match arrow::Stream::of(lines) {
            Ok(Some(stream)) => return Ok(Source::Arrow(stream)),
            Err(error) if error.is_instance_of::<arrow::WrongLayout>(lines.py()) => {
                return Err(PyTypeError::new_err(error.value(lines.py()).to_string()));
            }
            Err(error) if lines.getattr_opt("tolist")?.is_none() => return Err(error),
            // It offers no Arrow; or an object column of pandas holds what Arrow has no name for; or Arrow is not installed.
            Ok(None) | Err(_) => {}
        }
        if lines.cast::<PyMapping>().is_ok() {
            return Err(wrong_type(MANY_LINES, lines));
        }
        if let Some(dimensions) = lines.getattr_opt("ndim")? {
            if dimensions.extract::<usize>()? != 1 {
                return Err(PyTypeError::new_err(
                    "many lines are needed: a table has several columns, pass one of them",
                ));
            }
            // NumPy's scalars are slow to make; `tolist` gives Python's own, a piece at a time.
            return Ok(Source::Items(lines.py().import("drainrs.frames")?.call_method1("pieces", (lines,))?));
        }
        match lines.try_iter() {
            Ok(items) => Ok(Source::Items(items.into_any())),
            Err(_) => Err(wrong_type(MANY_LINES, lines)),
        }
    }
}

/// What went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fed {
    /// Lines and nulls.
    pub(crate) rows: u64,
    /// Missing values.
    pub(crate) nulls: u64,
}

/// Gives every line to `take`, a chunk at a time, with the interpreter released. `take` gets the lines of a chunk in order,
/// `None` for a missing one. The rows before the one that raises have been taken.
pub(crate) fn feed(
    py: Python<'_>,
    lines: &Bound<'_, PyAny>,
    progress: Option<&Bound<'_, PyAny>>,
    mut take: impl FnMut(&mut dyn Iterator<Item = Option<&[u8]>>) -> PyResult<()> + Send,
) -> PyResult<Fed> {
    let mut fed = Fed::default();
    let mut after = |rows: usize, nulls: usize| -> PyResult<()> {
        fed.rows += rows as u64;
        fed.nulls += nulls as u64;
        py.check_signals()?;
        progress.map_or(Ok(()), |progress| progress.call1((rows,)).map(drop))
    };
    match Source::of(lines)? {
        Source::Bytes(bytes) => {
            let mut rest = drainrs::Lines::new(&bytes);
            loop {
                let mut rows = 0;
                py.detach(|| {
                    let mut chunk = rest.by_ref().take(CHUNK_LINES).map(|line| {
                        rows += 1;
                        Some(line)
                    });
                    take(&mut chunk)
                })?;
                if rows == 0 {
                    break;
                }
                after(rows, 0)?;
            }
        }
        Source::Arrow(mut stream) => {
            while let Some(strings) = stream.next_strings(py)? {
                let mut start = 0;
                while start < strings.len() {
                    let end = (start + CHUNK_LINES).min(strings.len());
                    let mut nulls = 0;
                    py.detach(|| {
                        let mut chunk = (start..end).map(|row| {
                            let line = strings.get(row).map(without_newline);
                            nulls += usize::from(line.is_none());
                            line
                        });
                        take(&mut chunk)
                    })?;
                    after(end - start, nulls)?;
                    start = end;
                }
            }
        }
        Source::Reader(reader) => {
            let mut slab = Slab::default();
            loop {
                slab.clear();
                let more = reader.get().read_lines(py, |line| {
                    slab.push(line);
                    !slab.is_full()
                });
                if !slab.ends.is_empty() {
                    py.detach(|| take(&mut slab.rows()))?;
                    after(slab.ends.len(), 0)?;
                }
                if !more? {
                    break;
                }
            }
        }
        Source::Items(items) => {
            let mut items = items.try_iter()?;
            let mut slab = Slab::default();
            loop {
                let filled = slab.fill(&mut items);
                if !slab.ends.is_empty() {
                    let nulls = slab.nulls;
                    py.detach(|| take(&mut slab.rows()))?;
                    after(slab.ends.len(), nulls)?;
                }
                match filled {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(Refused::Source(error)) => return Err(error),
                    Err(Refused::Item(item)) => {
                        let error = wrong_type(ONE_LINE, &item);
                        let is_path = item.getattr_opt("__fspath__")?.is_some();
                        let instead = if is_path { "; files are given as a list of paths" } else { "" };
                        let place =
                            format!("row {}: {}; the rows before it were taken{instead}", fed.rows, error.value(py));
                        return Err(PyTypeError::new_err(place));
                    }
                }
            }
        }
    }
    Ok(fed)
}

/// A line of a file that is iterated still has its newline.
fn without_newline(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// Why there are no more lines: the source failed, or gave what is no line.
enum Refused<'py> {
    Source(PyErr),
    Item(Bound<'py, PyAny>),
}

/// The lines of a chunk, one after the other.
#[derive(Debug, Default)]
struct Slab {
    bytes: Vec<u8>,
    /// Where each ends; `None` for a missing one.
    ends: Vec<Option<usize>>,
    nulls: usize,
}

impl Slab {
    /// Fills itself anew; false when nothing is left. What was taken before an error stays.
    fn fill<'py>(&mut self, items: &mut Bound<'py, PyIterator>) -> Result<bool, Refused<'py>> {
        self.clear();
        while !self.is_full() {
            let Some(item) = items.next() else { return Ok(false) };
            let item = item.map_err(Refused::Source)?;
            if let Ok(text) = item.cast::<PyString>()
                && let Ok(text) = text.to_str()
            {
                self.push(text.as_bytes());
            } else if is_missing(&item) {
                self.ends.push(None);
                self.nulls += 1;
            } else {
                let Ok(line) = bytes_of(&item).map(Cow::into_owned) else { return Err(Refused::Item(item)) };
                self.push(&line);
            }
        }
        Ok(true)
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(8 * CHUNK_BYTES);
        self.ends.clear();
        self.nulls = 0;
    }

    fn is_full(&self) -> bool {
        self.ends.len() >= CHUNK_LINES || self.bytes.len() >= CHUNK_BYTES
    }

    fn push(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(without_newline(line));
        self.ends.push(Some(self.bytes.len()));
    }

    fn rows(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = (*end)?;
            let line = &self.bytes[start..end];
            start = end;
            Some(line)
        })
    }
}

/// `None`, NaN, pandas' `NA` and `NaT`.
pub(crate) fn is_missing(item: &Bound<'_, PyAny>) -> bool {
    if item.is_none() {
        return true;
    }
    if let Ok(number) = item.cast::<PyFloat>() {
        return number.extract::<f64>().is_ok_and(f64::is_nan);
    }
    item.get_type().name().is_ok_and(|name| name == "NAType" || name == "NaTType")
}
