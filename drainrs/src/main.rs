//! The executable `drainrs`: the arguments go to the library's [`program`](drainrs::program), its exit code goes back.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(drainrs::program::run(std::env::args_os()))
}
