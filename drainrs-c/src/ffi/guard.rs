//! The guard around every function: what goes wrong becomes a status and an error of the host's, a panic too.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use drainrs::Error;

use super::view::Out;
use crate::error::drainrs_error;
use crate::status::{
    self, DRAINRS_ERR_ARGUMENT, DRAINRS_ERR_CONFIG, DRAINRS_ERR_NULL, DRAINRS_ERR_PANIC, DRAINRS_OK, drainrs_status,
};

/// Why a call did nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// This pointer is NULL.
    Null(&'static str),
    /// This argument is wrong, and why.
    Argument(&'static str, String),
    /// A document does not read: where, and why.
    Document { path: String, message: String },
    /// The handle was broken by a panic.
    Broken,
    /// What the core says.
    Core(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Core(error)
    }
}

impl Failure {
    fn status(&self) -> drainrs_status {
        match self {
            Failure::Null(_) => DRAINRS_ERR_NULL,
            Failure::Argument(..) => DRAINRS_ERR_ARGUMENT,
            Failure::Document { .. } => DRAINRS_ERR_CONFIG,
            Failure::Broken => DRAINRS_ERR_PANIC,
            Failure::Core(error) => status::of_kind(error.kind()),
        }
    }

    fn told(self) -> drainrs_error {
        let status = self.status();
        match self {
            Failure::Null(what) => drainrs_error::new(status, what, &format!("{what} must not be NULL")),
            Failure::Argument(what, why) => drainrs_error::new(status, what, &format!("{what} {why}")),
            Failure::Document { path, message } => drainrs_error::new(status, &path, &format!("{path}: {message}")),
            Failure::Broken => {
                drainrs_error::new(status, "", "a bug of the library broke this handle in an earlier call; free it")
            }
            Failure::Core(error) => drainrs_error::new(status, error.path(), &error.to_string()),
        }
    }
}

/// Runs a function's body. `error` is NULL or the host's place for an error, which is written only if there is one.
pub(crate) unsafe fn call(
    error: *mut *mut drainrs_error,
    body: impl FnOnce() -> Result<(), Failure>,
) -> drainrs_status {
    // Whatever a panic leaves half done lies in a handle, and that handle is broken then.
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return DRAINRS_OK,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            // SAFETY: by the contract of the header.
            unsafe { Out::optional(error) }.set_with(|| drainrs_error::of_panic(panic.as_ref()));
            discard(panic);
            return DRAINRS_ERR_PANIC;
        }
    };
    let status = failure.status();
    // SAFETY: by the contract of the header.
    unsafe { Out::optional(error) }.set_with(|| Box::into_raw(Box::new(failure.told())));
    status
}

/// Runs the body of a function that cannot fail; after a panic it gives `neutral`.
pub(crate) fn neutral<T>(neutral: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        discard(panic);
        neutral
    })
}

/// Drops what a panic carries. Even that can panic; what such a second one carries is left where it is.
fn discard(panic: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        std::mem::forget(second);
    }
}
