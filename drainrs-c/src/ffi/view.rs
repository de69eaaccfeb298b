//! What the host gives, as slices, and places for what it gets.
//!
//! A length that lies cannot be found out; what can be is: NULL with a length, lengths that no memory has, ends that go down or
//! point behind the buffer.

use drainrs::LineBatch;

use super::guard::Failure;

/// A place of the host's for a result. Written, never read: it may hold anything before.
#[derive(Debug)]
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// A place that may be NULL: what is set is dropped then.
    ///
    /// Safety: `place` is NULL, or aligned and valid for a write.
    pub(crate) unsafe fn optional(place: *mut T) -> Out<T> {
        Out(place)
    }

    /// A place that must not be NULL. `name` is the parameter's.
    ///
    /// Safety: as for [`Out::optional`].
    pub(crate) unsafe fn required(place: *mut T, name: &'static str) -> Result<Out<T>, Failure> {
        if place.is_null() { Err(Failure::Null(name)) } else { Ok(Out(place)) }
    }

    pub(crate) fn set(self, value: T) {
        self.set_with(|| value);
    }

    /// Makes the value only if there is a place for it.
    pub(crate) fn set_with(self, value: impl FnOnce() -> T) {
        if !self.0.is_null() {
            // SAFETY: by the contract of the constructors.
            unsafe { self.0.write(value()) };
        }
    }
}

/// `count` values from `data` on; NULL is allowed where there are none.
///
/// Safety: `data` is NULL or points to `count` readable values, which nobody changes before the call returns.
pub(crate) unsafe fn column<'a, T>(data: *const T, count: usize, name: &'static str) -> Result<&'a [T], Failure> {
    if count == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Failure::Null(name));
    }
    if count.checked_mul(size_of::<T>()).is_none_or(|bytes| bytes > isize::MAX.cast_unsigned()) {
        return Err(Failure::Argument(name, format!("cannot be {count} long: no memory is")));
    }
    if !data.is_aligned() {
        return Err(Failure::Argument(name, format!("must be aligned to {} bytes", align_of::<T>())));
    }
    // SAFETY: not NULL, aligned, of a size that memory can have; the rest is the contract.
    Ok(unsafe { std::slice::from_raw_parts(data, count) })
}

/// Bytes, of any kind.
///
/// Safety: as for [`column`].
pub(crate) unsafe fn bytes<'a>(data: *const u8, len: usize, name: &'static str) -> Result<&'a [u8], Failure> {
    // SAFETY: the same contract.
    unsafe { column(data, len, name) }
}

/// Text.
///
/// Safety: as for [`column`].
pub(crate) unsafe fn text<'a>(data: *const u8, len: usize, name: &'static str) -> Result<&'a str, Failure> {
    // SAFETY: the same contract.
    let bytes = unsafe { bytes(data, len, name) }?;
    std::str::from_utf8(bytes)
        .map_err(|error| Failure::Argument(name, format!("is not UTF-8 from byte {} on", error.valid_up_to())))
}

/// Lines in one buffer: line `i` ends at `ends[i]` and begins where the line before it ends.
///
/// Safety: as for [`column`], for both.
pub(crate) unsafe fn batch<'a>(
    data: *const u8,
    len: usize,
    ends: *const u32,
    count: usize,
) -> Result<LineBatch<'a>, Failure> {
    // SAFETY: the same contract.
    let (buffer, ends) = unsafe { (bytes(data, len, "data")?, column(ends, count, "ends")?) };
    let mut start = 0;
    for (line, &end) in ends.iter().enumerate() {
        if end < start {
            return Err(Failure::Argument("ends", format!("must not go down: ends[{line}] is {end}, after {start}")));
        }
        start = end;
    }
    if start as usize > buffer.len() {
        return Err(Failure::Argument("ends", format!("go to {start}, but data has {} bytes", buffer.len())));
    }
    Ok(LineBatch::new(buffer, ends))
}
