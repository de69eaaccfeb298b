//! Writes the inputs that the fuzzer begins with: `seed FOLDER` makes a folder for each target in it.

use std::fs;
use std::io;
use std::path::PathBuf;

// What the library calls where it is looked at while it runs.
use libfuzzer_sys as _;

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or_else(|| io::Error::other("say where: seed FOLDER"))?);
    for (target, inputs) in drainrs_fuzz::seeds() {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (n, input) in inputs.iter().enumerate() {
            fs::write(folder.join(format!("seed-{n:04}")), input)?;
        }
    }
    Ok(())
}
