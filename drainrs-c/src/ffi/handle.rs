//! Handles: machines of the core behind a lock and a mark.
//!
//! Every handle may be used from every thread. Calls that change it wait for one another; calls that only read it (`const` in
//! the header) run beside one another. A panic in a call breaks the handle: it takes no more calls.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::guard::{Failure, neutral};
use super::view::Out;

/// What an opaque type of the header is made of.
#[derive(Debug)]
pub(crate) struct Handle<T> {
    machine: RwLock<T>,
    broken: AtomicBool,
}

impl<T> Handle<T> {
    pub(crate) fn new(machine: T) -> Handle<T> {
        Handle { machine: RwLock::new(machine), broken: AtomicBool::new(false) }
    }
}

/// An opaque type of the header that holds a machine.
pub(crate) trait Opaque {
    /// The machine. Calls on other threads reach it through pointers, so nobody but this bound asks whether they may.
    type Machine: Send + Sync;

    /// Where it is.
    fn handle(&self) -> &Handle<Self::Machine>;
}

/// Says that an opaque type is a handle of this machine.
macro_rules! opaque {
    ($name:ty, $machine:ty) => {
        impl $crate::ffi::Opaque for $name {
            type Machine = $machine;

            fn handle(&self) -> &$crate::ffi::Handle<$machine> {
                &self.0
            }
        }
    };
}
pub(crate) use opaque;

/// A machine while a call has it. Dropped by a panic, it leaves the mark.
#[derive(Debug)]
pub(crate) struct Held<'a, G> {
    guard: G,
    broken: &'a AtomicBool,
}

impl<G> Drop for Held<'_, G> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.broken.store(true, Ordering::Release);
        }
    }
}

impl<G: Deref> Deref for Held<'_, G> {
    type Target = G::Target;

    fn deref(&self) -> &G::Target {
        &self.guard
    }
}

impl<G: DerefMut> DerefMut for Held<'_, G> {
    fn deref_mut(&mut self) -> &mut G::Target {
        &mut self.guard
    }
}

fn sound<T, G>(handle: &Handle<T>, guard: G) -> Result<Held<'_, G>, Failure> {
    if handle.broken.load(Ordering::Acquire) {
        return Err(Failure::Broken);
    }
    Ok(Held { guard, broken: &handle.broken })
}

/// The machine of a handle, to change it.
///
/// Safety: `handle` is NULL, or was given by a `_new` of its type and not freed.
pub(crate) unsafe fn exclusive<'a, H: Opaque + 'a>(
    handle: *mut H,
    name: &'static str,
) -> Result<Held<'a, RwLockWriteGuard<'a, H::Machine>>, Failure> {
    // SAFETY: the contract. Other threads may be at work on it, so it is borrowed shared; the lock is what makes it ours.
    let handle = unsafe { handle.as_ref() }.ok_or(Failure::Null(name))?.handle();
    sound(handle, handle.machine.write().map_err(|_| Failure::Broken)?)
}

/// The machine of a handle, to read it.
///
/// Safety: as for [`exclusive`].
pub(crate) unsafe fn shared<'a, H: Opaque + 'a>(
    handle: *const H,
    name: &'static str,
) -> Result<Held<'a, RwLockReadGuard<'a, H::Machine>>, Failure> {
    // SAFETY: the contract.
    let handle = unsafe { handle.as_ref() }.ok_or(Failure::Null(name))?.handle();
    sound(handle, handle.machine.read().map_err(|_| Failure::Broken)?)
}

/// Gives a handle to the host, which frees it.
pub(crate) fn give<H>(out: Out<*mut H>, handle: H) {
    out.set(Box::into_raw(Box::new(handle)));
}

/// Frees what [`give`] gave, and sets the host's variable to NULL, so that a second time does nothing.
///
/// Safety: `place` is NULL or valid; what it holds is NULL, or was given by [`give`] and not freed.
pub(crate) unsafe fn free<H>(place: *mut *mut H) {
    if place.is_null() {
        return;
    }
    // SAFETY: the contract.
    let handle = unsafe { std::mem::replace(&mut *place, std::ptr::null_mut()) };
    if !handle.is_null() {
        // SAFETY: the contract.
        neutral((), || drop(unsafe { Box::from_raw(handle) }));
    }
}
