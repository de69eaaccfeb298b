//! Asking a model: what goes out, what comes back, what it changes.

mod answers;
mod desk;
mod digest;
mod effects;
mod hidden;
mod journal;
mod model;
mod prompts;
mod secrets;
mod settling;
mod story;
