//! Tables in pickles: each column as its name, its kind and its buffers, little-endian. What comes back is looked through
//! before it is a table again: whoever reads a column by Arrow trusts that texts are UTF-8 and lists end where they may.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::{Column, Table, Texts, Values};
use crate::kept::damaged;

/// A column as plain data: name, kind, buffers, and a bit per row where some are missing.
type Flat<'py> = (String, String, Vec<Bound<'py, PyBytes>>, Option<Bound<'py, PyBytes>>);

/// The columns of a table as plain data.
pub(super) fn flat<'py>(py: Python<'py>, table: &Table) -> PyResult<Bound<'py, PyList>> {
    let columns = table.columns.iter().map(|column| {
        let (kind, buffers) = buffers(&column.values);
        let buffers: Vec<_> = buffers.iter().map(|bytes| PyBytes::new(py, bytes)).collect();
        let valid = column.valid.as_ref().map(|(bits, _)| PyBytes::new(py, bits));
        (column.name.as_ref(), kind, buffers, valid)
    });
    PyList::new(py, columns)
}

/// A table out of plain data; a `SnapshotError` for what is none.
pub(super) fn table_of(py: Python<'_>, columns: Vec<Flat<'_>>) -> PyResult<Table> {
    let mut read = Vec::new();
    for (name, kind, buffers, valid) in columns {
        let buffers: Vec<&[u8]> = buffers.iter().map(PyBytesMethods::as_bytes).collect();
        let wrong = || damaged(py, &format!("this is no table: the column {name:?} is damaged"));
        let mut column = Column::new(name.clone(), values(&kind, &buffers).ok_or_else(wrong)?);
        if let Some(bits) = &valid {
            let bits = bits.as_bytes();
            if bits.len() != column.len().div_ceil(8) {
                return Err(wrong());
            }
            column = column.without(|row| bits[row / 8] >> (row % 8) & 1 == 0);
        }
        read.push(column);
    }
    if read.iter().any(|column| column.len() != read[0].len()) {
        return Err(damaged(py, "this is no table: its columns are of different lengths"));
    }
    Ok(Table::new(read))
}

fn bytes_of<T: Copy, const N: usize>(numbers: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    numbers.iter().flat_map(|number| bytes(*number)).collect()
}

fn buffers(values: &Values) -> (&'static str, Vec<Vec<u8>>) {
    let ends = |ends: &[i64]| bytes_of(ends, i64::to_le_bytes);
    let places = |places: &[i32]| bytes_of(places, i32::to_le_bytes);
    let text = |texts: &Texts| [ends(&texts.ends), texts.bytes.clone()];
    match values {
        Values::U32(values) => ("u32", vec![bytes_of(values, u32::to_le_bytes)]),
        Values::U64(values) => ("u64", vec![bytes_of(values, u64::to_le_bytes)]),
        Values::Time(values) => ("time", vec![ends(values)]),
        Values::Bool(values) => ("bool", vec![bytes_of(values, |value| [u8::from(value)])]),
        Values::Text(texts) => ("text", text(texts).into()),
        Values::Words(at, words) => ("words", [vec![places(at)], text(words).into()].concat()),
        Values::TextLists(at, texts) => ("text_lists", [vec![ends(at)], text(texts).into()].concat()),
        Values::WordLists(at, of, words) => ("word_lists", [vec![ends(at), places(of)], text(words).into()].concat()),
    }
}

/// Numbers of `N` bytes each; nothing where bytes are left over.
fn numbers_of<T, const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
    let (numbers, rest) = bytes.as_chunks::<N>();
    rest.is_empty().then(|| numbers.iter().map(|bytes| number(*bytes)).collect())
}

/// Where things end among `total`: from 0, never backwards, all of them.
fn ends_of(bytes: &[u8], total: usize) -> Option<Vec<i64>> {
    let ends = numbers_of(bytes, i64::from_le_bytes)?;
    let is_whole = ends.first() == Some(&0) && ends.last() == Some(&(total as i64)) && ends.is_sorted();
    is_whole.then_some(ends)
}

fn texts_of(ends: &[u8], bytes: &[u8]) -> Option<Texts> {
    let text = std::str::from_utf8(bytes).ok()?;
    let ends = ends_of(ends, bytes.len())?;
    ends.iter().all(|end| text.is_char_boundary(*end as usize)).then(|| Texts { ends, bytes: bytes.to_vec() })
}

/// Places among words; below 0 where `missing` ones may be.
fn places_of(bytes: &[u8], words: &Texts, missing: bool) -> Option<Vec<i32>> {
    let places = numbers_of(bytes, i32::from_le_bytes)?;
    let is_there = |place: &i32| usize::try_from(*place).map_or(missing, |place| place < words.len());
    places.iter().all(is_there).then_some(places)
}

fn values(kind: &str, buffers: &[&[u8]]) -> Option<Values> {
    Some(match (kind, buffers) {
        ("u32", [values]) => Values::U32(numbers_of(values, u32::from_le_bytes)?),
        ("u64", [values]) => Values::U64(numbers_of(values, u64::from_le_bytes)?),
        ("time", [values]) => Values::Time(numbers_of(values, i64::from_le_bytes)?),
        ("bool", [values]) => Values::Bool(values.iter().map(|value| *value != 0).collect()),
        ("text", [ends, bytes]) => Values::Text(texts_of(ends, bytes)?),
        ("words", [places, ends, bytes]) => {
            let words = texts_of(ends, bytes)?;
            Values::Words(places_of(places, &words, true)?, words)
        }
        ("text_lists", [lists, ends, bytes]) => {
            let texts = texts_of(ends, bytes)?;
            Values::TextLists(ends_of(lists, texts.len())?, texts)
        }
        ("word_lists", [lists, places, ends, bytes]) => {
            let words = texts_of(ends, bytes)?;
            let places = places_of(places, &words, false)?;
            Values::WordLists(ends_of(lists, places.len())?, places, words)
        }
        _ => return None,
    })
}
