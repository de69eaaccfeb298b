//! Locks around machines, and who may not wait for them.
//!
//! Any number of threads may use an object of ours; one at a time has it. Who waits lets the interpreter go, so a lock and the
//! interpreter never wait for each other. A thread that comes back for what it has (from a function of the host's, a signal
//! handler, a finalizer, a file that is read) would wait for itself: it gets an exception.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LockResult, Mutex, MutexGuard};

use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use crate::error::poisoned;

thread_local! {
    /// Whether this thread is inside a function of the host's that is called while a machine is locked.
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

/// Calls into the host's function while a machine is locked. From there no machine can be used: it might be the one that is
/// locked, and the thread would wait for itself.
pub(crate) fn entered<T>(call: impl FnOnce() -> T) -> T {
    let before = ENTERED.replace(true);
    let result = call();
    ENTERED.set(before);
    result
}

/// A machine behind its lock. On the heap, because Python lays its objects out for words of sixteen bytes, and searchers of
/// texts are made of words of thirty-two.
#[derive(Debug, Default)]
pub(crate) struct Locked<T> {
    machine: Box<Mutex<T>>,
    /// The thread that has the lock: one that comes back for it (from a signal handler, a finalizer, a file that is read)
    /// would wait for itself.
    owner: AtomicUsize,
}

/// The machine while its lock is held.
#[derive(Debug)]
pub(crate) struct Held<'a, T> {
    machine: MutexGuard<'a, T>,
    owner: &'a AtomicUsize,
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.machine
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.machine
    }
}

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        self.owner.store(0, Ordering::Relaxed);
    }
}

/// What no other thread has at the same time; never 0.
fn this_thread() -> usize {
    thread_local!(static HERE: u8 = const { 0 });
    HERE.with(|here| std::ptr::from_ref(here) as usize)
}

impl<T> Locked<T> {
    pub(crate) fn new(machine: T) -> Locked<T> {
        Locked { machine: Box::new(Mutex::new(machine)), owner: AtomicUsize::new(0) }
    }

    /// Takes the lock where the interpreter has been let go.
    pub(crate) fn detached(&self) -> PyResult<Held<'_, T>> {
        self.allow()?;
        self.hold(self.machine.lock())
    }

    /// Refuses a thread that would wait for itself.
    fn allow(&self) -> PyResult<()> {
        if ENTERED.get() {
            return Err(PyRuntimeError::new_err(
                "a function that a drainrs object calls (a scorer, a token counter) cannot use drainrs objects itself",
            ));
        }
        if self.owner.load(Ordering::Relaxed) == this_thread() {
            return Err(PyRuntimeError::new_err(
                "this object is at work in this very thread: a signal handler, a finalizer or a file that it reads cannot use it",
            ));
        }
        Ok(())
    }

    fn hold<'a>(&'a self, machine: LockResult<MutexGuard<'a, T>>) -> PyResult<Held<'a, T>> {
        let machine = machine.map_err(|_| poisoned())?;
        self.owner.store(this_thread(), Ordering::Relaxed);
        Ok(Held { machine, owner: &self.owner })
    }
}

/// Takes the lock of a machine; whoever waits for it lets the interpreter go.
pub(crate) fn locked<'a, T>(py: Python<'_>, machine: &'a Locked<T>) -> PyResult<Held<'a, T>> {
    machine.allow()?;
    machine.hold(machine.machine.lock_py_attached(py))
}

/// What a function of the host's raised while a machine was locked: told as unraisable, but for Ctrl-C, which is raised
/// where signals are looked at next.
pub(crate) fn told_later(py: Python<'_>, error: PyErr, by: &Bound<'_, PyAny>) {
    if error.is_instance_of::<PyKeyboardInterrupt>(py) && has_handler(py).unwrap_or(false) {
        // SAFETY: as if the signal had come a moment later.
        unsafe { pyo3::ffi::PyErr_SetInterrupt() }
    } else {
        error.write_unraisable(py, Some(by));
    }
}

/// Whether a handler of Python's looks at Ctrl-C: none does in a job that a shell has put into the background.
fn has_handler(py: Python<'_>) -> PyResult<bool> {
    let signals = py.import("signal")?;
    Ok(signals.call_method1("getsignal", (signals.getattr("SIGINT")?,))?.is_callable())
}
