//! Memory for hosts that cannot reach their own from here: those that run the library as WebAssembly.

use std::alloc::Layout;

/// What everything here is aligned to: the largest number that goes over the border.
const ALIGN: usize = 8;

/// `size` bytes that the host writes its inputs to, aligned to 8; NULL if there are none left, or for 0.
#[unsafe(no_mangle)]
pub extern "C" fn drainrs_alloc(size: usize) -> *mut u8 {
    match Layout::from_size_align(size, ALIGN) {
        // SAFETY: the size is not 0.
        Ok(layout) if size > 0 => unsafe { std::alloc::alloc(layout) },
        _ => std::ptr::null_mut(),
    }
}

/// Gives back what `drainrs_alloc` gave for the same size. Nothing happens for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_dealloc(memory: *mut u8, size: usize) {
    if let (false, Ok(layout)) = (memory.is_null(), Layout::from_size_align(size, ALIGN)) {
        // SAFETY: by the contract it was allocated with this layout.
        unsafe { std::alloc::dealloc(memory, layout) };
    }
}
