//! Everything that handles pointers: views of what the host gives, places for what it gets, handles, and the guard around
//! every function. What is `unsafe` elsewhere is a call of these.

mod guard;
mod handle;
mod json;
mod view;

pub(crate) use guard::{Failure, call, neutral};
pub(crate) use handle::{Handle, Opaque, exclusive, free, give, opaque, shared};
pub(crate) use json::{append_json, from_json, read_json, write_json};
pub(crate) use view::{Out, batch, bytes, column, text};
