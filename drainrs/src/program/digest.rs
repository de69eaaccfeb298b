//! `drainrs digest`: the best so many tokens about a log.

use std::io::{self, BufWriter, Write};

use super::ask::{self, Reading};
use super::failure::Failure;
use super::input::Input;
use super::options::DigestOptions;

pub(crate) fn run(options: &DigestOptions) -> Result<(), Failure> {
    let Reading { pipeline, asker } = ask::read(&options.files, &options.reading)?;
    let names: Vec<String> = options.files.iter().map(|file| Input::named(file).name()).collect();
    let digest = asker.digest(&pipeline, &names.join(" "), options.tokens, &options.count.counter());
    if digest.text.is_empty() {
        let sentence = format!("--tokens {} has no room for a digest; give 200 at least", options.tokens);
        return Err(Failure::wrong(sentence));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if options.json {
        serde_json::to_writer_pretty(&mut out, &digest).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    } else {
        out.write_all(digest.text.as_bytes())?;
    }
    Ok(out.flush()?)
}
