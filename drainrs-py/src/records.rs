//! What is known of many records besides their messages: a column each.

use drainrs::{Level, Record, Timestamp};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::convert::time;
use crate::lines::is_missing;

/// The columns, each with an entry per message where it is given.
#[derive(Debug)]
pub(crate) struct Known {
    times: Option<Vec<Option<Timestamp>>>,
    levels: Option<Vec<Level>>,
    services: Services,
}

#[derive(Debug)]
enum Services {
    Same(Option<String>),
    Each(Vec<Option<String>>),
}

impl Known {
    /// Reads the columns. A `ValueError` where one has another length than `messages`, as far as that tells its own.
    pub(crate) fn of(
        messages: &Bound<'_, PyAny>,
        times: Option<&Bound<'_, PyAny>>,
        levels: Option<&Bound<'_, PyAny>>,
        service: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Known> {
        let services = match service {
            None => Services::Same(None),
            Some(one) if one.is_instance_of::<PyString>() => Services::Same(Some(one.extract()?)),
            Some(each) => Services::Each(column("service", each, |name| name.extract())?),
        };
        let known =
            Known { times: times.map(times_of).transpose()?, levels: levels.map(levels_of).transpose()?, services };
        // Bytes are many lines, and their length is none of lines.
        let count = if messages.hasattr("splitlines")? { None } else { messages.len().ok() };
        if let Some(count) = count {
            known.check(count, |length| length == count)?;
        }
        Ok(known)
    }

    fn check(&self, count: usize, good: impl Fn(usize) -> bool) -> PyResult<()> {
        match self.lengths().find(|&(_, length)| !good(length)) {
            None => Ok(()),
            Some((name, length)) => Err(PyValueError::new_err(format!("{name}: {length} values for {count} messages"))),
        }
    }

    fn lengths(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let services = match &self.services {
            Services::Same(_) => None,
            Services::Each(each) => Some(each.len()),
        };
        [
            ("times", self.times.as_ref().map(Vec::len)),
            ("levels", self.levels.as_ref().map(Vec::len)),
            ("service", services),
        ]
        .into_iter()
        .filter_map(|(name, length)| Some((name, length?)))
    }

    /// The record of a row. A `ValueError` where a column has ended.
    pub(crate) fn record<'a>(&'a self, row: usize, message: &'a [u8]) -> PyResult<Record<'a>> {
        if let Some((name, length)) = self.lengths().find(|&(_, length)| length <= row) {
            let text = format!("{name}: {length} values, and more messages; the {row} before were taken");
            return Err(PyValueError::new_err(text));
        }
        let mut record = Record::default();
        record.message = message;
        record.at = self.times.as_ref().and_then(|times| times[row]);
        record.level = self.levels.as_ref().map_or_else(Level::default, |levels| levels[row]);
        record.service = match &self.services {
            Services::Same(name) => name.as_deref(),
            Services::Each(names) => names[row].as_deref(),
        }
        .map(str::as_bytes)
        .filter(|name| !name.is_empty());
        Ok(record)
    }

    /// That no column has values for more rows than there were.
    pub(crate) fn end(&self, rows: usize) -> PyResult<()> {
        self.check(rows, |length| length <= rows)
    }
}

/// A level by a word of any dialect, in any case.
pub(crate) fn level(name: &str) -> PyResult<Level> {
    if name == Level::Unknown.name() {
        return Ok(Level::Unknown);
    }
    drainrs::level_of_word(name.as_bytes()).ok_or_else(|| {
        PyValueError::new_err(format!("no level is called {name:?}; such as \"info\" or \"WARNING\" are"))
    })
}

fn levels_of(levels: &Bound<'_, PyAny>) -> PyResult<Vec<Level>> {
    let levels = column("levels", levels, |name| level(name.cast::<PyString>()?.to_str()?))?;
    Ok(levels.into_iter().map(Option::unwrap_or_default).collect())
}

fn times_of(times: &Bound<'_, PyAny>) -> PyResult<Vec<Option<Timestamp>>> {
    let dtype = times.getattr_opt("dtype")?.map(|dtype| dtype.str()).transpose()?;
    let units = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
    let unit = dtype.as_ref().map(|dtype| dtype.to_str()).transpose()?.and_then(|dtype| {
        // As numpy and pandas write it, and polars.
        let is = |unit: &str| {
            dtype.starts_with("datetime64[") && dtype[11..].split([']', ',']).next() == Some(unit)
                || dtype.starts_with("Datetime(") && dtype.contains(&format!("time_unit='{unit}'"))
        };
        units.into_iter().find(|&(unit, _)| is(unit))
    });
    let Some((unit, nanos)) = unit else { return column("times", times, time) };
    let numpy = times.py().import("numpy")?;
    let numbers =
        numpy.call_method1("asarray", (times, format!("datetime64[{unit}]")))?.call_method1("view", ("int64",))?;
    let numbers: Vec<i64> = numbers.call_method0("tolist")?.extract()?;
    let time_of = |(row, number): (usize, i64)| {
        if number == i64::MIN {
            return Ok(None); // not a time
        }
        let nanos = number
            .checked_mul(nanos)
            .ok_or_else(|| PyOverflowError::new_err(format!("times[{row}]: lies outside of the years 1677 to 2262")))?;
        Ok(Some(Timestamp::from_nanos(nanos)))
    };
    numbers.into_iter().enumerate().map(time_of).collect()
}

/// Reads an entry per row; `None` where one is missing.
fn column<T>(
    name: &str,
    values: &Bound<'_, PyAny>,
    read: impl Fn(&Bound<'_, PyAny>) -> PyResult<T>,
) -> PyResult<Vec<Option<T>>> {
    if values.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(format!("{name}: one value per message is needed, got a text")));
    }
    let mut column = Vec::new();
    for (row, value) in values.try_iter()?.enumerate() {
        let value = value?;
        // Of numpy's times a missing one is known by being unlike itself.
        let missing = is_missing(&value) || value.ne(&value).unwrap_or(false);
        let read = || read(&value).map(Some).map_err(|cause| at_row(&value, name, row, &cause));
        column.push(if missing { None } else { read()? });
    }
    Ok(column)
}

/// The same error, with the place in front.
fn at_row(value: &Bound<'_, PyAny>, name: &str, row: usize, cause: &PyErr) -> PyErr {
    let py = value.py();
    let text = format!("{name}[{row}]: {}", cause.value(py));
    PyErr::from_type(cause.get_type(py), text)
}
