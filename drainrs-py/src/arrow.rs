//! Arrow's C data interface, as far as strings come in: arrays and streams of text or bytes in any of Arrow's layouts
//! (plain, large, view), dictionaries of them included. What goes out is in `table`.
//!
//! The structures are those of the Arrow specification, "The Arrow C data interface". A producer hands over pointers that
//! cannot be checked: as every consumer does, this one trusts their lengths and offsets, and nothing else. This file and
//! `table` are the only ones of the package with `unsafe`.
#![allow(clippy::cast_ptr_alignment, reason = "offsets and indices are read wherever they lie, by `read_unaligned`")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

pyo3::create_exception!(_native, WrongLayout, PyTypeError, "An Arrow array that does not hold text.");

/// The type of an array.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct ArrowSchema {
    pub(crate) format: *const c_char,
    pub(crate) name: *const c_char,
    pub(crate) metadata: *const c_char,
    pub(crate) flags: i64,
    pub(crate) n_children: i64,
    pub(crate) children: *mut *mut ArrowSchema,
    pub(crate) dictionary: *mut ArrowSchema,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub(crate) private_data: *mut c_void,
}

/// An array.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct ArrowArray {
    pub(crate) length: i64,
    pub(crate) null_count: i64,
    pub(crate) offset: i64,
    pub(crate) n_buffers: i64,
    pub(crate) n_children: i64,
    pub(crate) buffers: *mut *const c_void,
    pub(crate) children: *mut *mut ArrowArray,
    pub(crate) dictionary: *mut ArrowArray,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub(crate) private_data: *mut c_void,
}

/// Several arrays of a type, one after the other.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct ArrowArrayStream {
    pub(crate) get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub(crate) get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub(crate) get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub(crate) private_data: *mut c_void,
}

/// The three are released once, by whoever holds them last.
macro_rules! released_on_drop {
    ($($kind:ident),*) => {$(
        impl Drop for $kind {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the producer's own function on the producer's own structure, which has not been released.
                    unsafe { release(self) }
                }
            }
        }

        impl $kind {
            /// Takes the structure out of a capsule; what stays behind is marked as released.
            fn taken(capsule: &Bound<'_, PyAny>, name: &'static CStr) -> PyResult<$kind> {
                let place = capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))?.cast::<$kind>().as_ptr();
                // SAFETY: the name says what the capsule points to; moving is what the specification asks of a consumer.
                let taken = unsafe {
                    let taken = ptr::read(place);
                    (*place).release = None;
                    taken
                };
                if taken.release.is_none() {
                    return Err(PyValueError::new_err("this Arrow data was taken by somebody already: export it again"));
                }
                Ok(taken)
            }
        }
    )*};
}
released_on_drop!(ArrowSchema, ArrowArray, ArrowArrayStream);

impl ArrowSchema {
    /// As a consumer makes it for a producer to fill.
    fn empty() -> ArrowSchema {
        // SAFETY: null pointers, zeros and absent functions are what the specification calls released.
        unsafe { std::mem::zeroed() }
    }
}

impl ArrowArray {
    /// The same; and what ends a stream.
    pub(crate) fn empty() -> ArrowArray {
        // SAFETY: as above.
        unsafe { std::mem::zeroed() }
    }
}

// SAFETY: the specification lets all three be used and released on any thread, one at a time.
unsafe impl Send for ArrowSchema {}
unsafe impl Send for ArrowArray {}
unsafe impl Send for ArrowArrayStream {}
// SAFETY: an array is not changed while it is read.
unsafe impl Sync for ArrowArray {}

/// How strings are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Offsets of 32 bits.
    Plain,
    /// Offsets of 64 bits.
    Large,
    /// Views of sixteen bytes.
    View,
    /// No values at all.
    Null,
}

impl Layout {
    fn of(format: &[u8]) -> Option<Layout> {
        match format {
            b"u" | b"z" => Some(Layout::Plain),
            b"U" | b"Z" => Some(Layout::Large),
            b"vu" | b"vz" => Some(Layout::View),
            b"n" => Some(Layout::Null),
            _ => None,
        }
    }
}

/// The type of an array of strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Type {
    layout: Layout,
    /// The width and the sign of a dictionary's indices.
    indices: Option<u8>,
}

impl Type {
    fn of(schema: &ArrowSchema) -> PyResult<Type> {
        let format = |schema: &ArrowSchema| -> Vec<u8> {
            if schema.format.is_null() {
                return Vec::new();
            }
            // SAFETY: a format is a string that ends with a zero.
            unsafe { CStr::from_ptr(schema.format) }.to_bytes().to_vec()
        };
        let own = format(schema);
        // SAFETY: a pointer of the producer, null where there is no dictionary.
        let found = match unsafe { schema.dictionary.as_ref() } {
            None => Layout::of(&own).map(|layout| Type { layout, indices: None }),
            Some(dictionary) => match own.as_slice() {
                [width @ (b'c' | b'C' | b's' | b'S' | b'i' | b'I' | b'l' | b'L')] => {
                    Layout::of(&format(dictionary)).map(|layout| Type { layout, indices: Some(*width) })
                }
                _ => None,
            },
        };
        found.ok_or_else(|| {
            let shown = String::from_utf8_lossy(&own).into_owned();
            let what = match own.as_slice() {
                b"+s" => format!("a table with {} columns: pass one of them", schema.n_children),
                b"l" | b"i" | b"L" | b"I" | b"g" | b"f" => "numbers".to_owned(),
                _ => "another type".to_owned(),
            };
            WrongLayout::new_err(format!("lines are text or bytes; this Arrow data is {what} (format {shown:?})"))
        })
    }
}

/// An array of strings.
#[derive(Debug, Clone)]
pub(crate) struct Strings {
    array: Arc<ArrowArray>,
    kind: Type,
}

impl Strings {
    /// Rows, nulls included.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.array.length).unwrap_or_default()
    }

    /// A row; `None` for a null.
    pub(crate) fn get(&self, row: usize) -> Option<&[u8]> {
        if row >= self.len() {
            return None;
        }
        let at = row + usize::try_from(self.array.offset).ok()?;
        // SAFETY: the row is within the array, the type is the schema's.
        unsafe {
            let Some(indices) = self.kind.indices else { return value(&self.array, self.kind.layout, at) };
            if !is_valid(&self.array, at) {
                return None;
            }
            let index = index(buffer(&self.array, 1)?, indices, at)?;
            let dictionary = self.array.dictionary.as_ref()?;
            if index >= usize::try_from(dictionary.length).ok()? {
                return None;
            }
            value(dictionary, self.kind.layout, index + usize::try_from(dictionary.offset).ok()?)
        }
    }
}

/// A buffer of an array, `None` where there is none.
unsafe fn buffer(array: &ArrowArray, at: usize) -> Option<*const u8> {
    if i64::try_from(at).ok()? >= array.n_buffers || array.buffers.is_null() {
        return None;
    }
    // SAFETY: `n_buffers` pointers lie there.
    let found = unsafe { *array.buffers.add(at) };
    (!found.is_null()).then_some(found.cast())
}

/// Whether a row, counted from the beginning of the buffers, is not null.
unsafe fn is_valid(array: &ArrowArray, at: usize) -> bool {
    // SAFETY: the bitmap holds a bit for each row.
    unsafe { buffer(array, 0).is_none_or(|bits| *bits.add(at / 8) >> (at % 8) & 1 == 1) }
}

/// The entry of a dictionary that a row names.
unsafe fn index(indices: *const u8, width: u8, at: usize) -> Option<usize> {
    // SAFETY: an index of this width for each row; buffers may lie anywhere.
    unsafe {
        match width {
            b'c' => usize::try_from(*indices.cast::<i8>().add(at)).ok(),
            b'C' => Some(usize::from(*indices.add(at))),
            b's' => usize::try_from(indices.cast::<i16>().add(at).read_unaligned()).ok(),
            b'S' => Some(usize::from(indices.cast::<u16>().add(at).read_unaligned())),
            b'i' => usize::try_from(indices.cast::<i32>().add(at).read_unaligned()).ok(),
            b'I' => usize::try_from(indices.cast::<u32>().add(at).read_unaligned()).ok(),
            b'l' => usize::try_from(indices.cast::<i64>().add(at).read_unaligned()).ok(),
            _ => usize::try_from(indices.cast::<u64>().add(at).read_unaligned()).ok(),
        }
    }
}

/// The bytes of a row, counted from the beginning of the buffers.
unsafe fn value(array: &ArrowArray, layout: Layout, at: usize) -> Option<&[u8]> {
    // SAFETY: the buffers are laid out as the type says, for every row up to the array's length.
    unsafe {
        if layout == Layout::Null || !is_valid(array, at) {
            return None;
        }
        let second = buffer(array, 1)?;
        let (start, end) = match layout {
            Layout::View => return viewed(array, second.add(16 * at)),
            Layout::Plain => {
                let offsets = second.cast::<i32>();
                let (start, end) = (offsets.add(at).read_unaligned(), offsets.add(at + 1).read_unaligned());
                (usize::try_from(start).ok()?, usize::try_from(end).ok()?)
            }
            _ => {
                let offsets = second.cast::<i64>();
                let (start, end) = (offsets.add(at).read_unaligned(), offsets.add(at + 1).read_unaligned());
                (usize::try_from(start).ok()?, usize::try_from(end).ok()?)
            }
        };
        if end <= start {
            return Some(&[]);
        }
        let bytes = buffer(array, 2)?;
        Some(std::slice::from_raw_parts(bytes.add(start), end - start))
    }
}

/// A view: its length, then the bytes themselves where they are twelve at most, else which buffer they are in and where.
unsafe fn viewed(array: &ArrowArray, view: *const u8) -> Option<&[u8]> {
    // SAFETY: sixteen bytes that the producer wrote; a buffer that it names has what it names.
    unsafe {
        let number = |at: usize| view.add(at).cast::<i32>().read_unaligned();
        let length = usize::try_from(number(0)).ok()?;
        if length <= 12 {
            return Some(std::slice::from_raw_parts(view.add(4), length));
        }
        let bytes = buffer(array, 2 + usize::try_from(number(8)).ok()?)?;
        Some(std::slice::from_raw_parts(bytes.add(usize::try_from(number(12)).ok()?), length))
    }
}

/// Arrays of strings, one after the other.
#[derive(Debug)]
pub(crate) struct Stream {
    kind: Type,
    rest: Rest,
}

#[derive(Debug)]
enum Rest {
    One(Option<ArrowArray>),
    Many(ArrowArrayStream),
}

impl Stream {
    /// What an object offers by Arrow's protocol; `None` if it does not know it.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Option<Stream>> {
        let offered = |name: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
            Ok(object.getattr_opt(name)?.filter(|own| !own.is_none()))
        };
        if let Some(export) = offered("__arrow_c_stream__")? {
            let mut many = ArrowArrayStream::taken(&export.call0()?, c"arrow_array_stream")?;
            let mut schema = ArrowSchema::empty();
            let get_schema = many.get_schema;
            // SAFETY: the stream's own function.
            let status = get_schema.map_or(0, |get_schema| unsafe { get_schema(&raw mut many, &raw mut schema) });
            check(&mut many, status)?;
            return Ok(Some(Stream { kind: Type::of(&schema)?, rest: Rest::Many(many) }));
        }
        if let Some(export) = offered("__arrow_c_array__")? {
            let (schema, array) = export.call0()?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
            let schema = ArrowSchema::taken(&schema, c"arrow_schema")?;
            let array = ArrowArray::taken(&array, c"arrow_array")?;
            return Ok(Some(Stream { kind: Type::of(&schema)?, rest: Rest::One(Some(array)) }));
        }
        Ok(None)
    }

    /// The next array; `None` at the end.
    pub(crate) fn next_strings(&mut self, py: Python<'_>) -> PyResult<Option<Strings>> {
        py.check_signals()?;
        let array = match &mut self.rest {
            Rest::One(array) => array.take(),
            Rest::Many(many) => {
                let mut array = ArrowArray::empty();
                let get_next = many.get_next;
                // SAFETY: the stream's own function.
                let status = get_next.map_or(0, |get_next| unsafe { get_next(many, &raw mut array) });
                check(many, status)?;
                array.release.is_some().then_some(array)
            }
        };
        Ok(array.map(|array| Strings { array: Arc::new(array), kind: self.kind }))
    }
}

/// The stream's own words for what went wrong.
fn check(stream: &mut ArrowArrayStream, status: c_int) -> PyResult<()> {
    if status == 0 {
        return Ok(());
    }
    // SAFETY: the stream's own function; what it gives is null or a string that ends with a zero.
    let words = unsafe {
        let text = stream.get_last_error.map_or(ptr::null(), |last| last(stream));
        if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
    };
    Err(PyValueError::new_err(format!("the Arrow stream failed with status {status}: {words}")))
}
