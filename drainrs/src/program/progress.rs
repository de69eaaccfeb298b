//! The progress bar: on a terminal, on standard error, and gone when the work is done.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar for an input of a known or unknown number of bytes; a hidden one where nobody would see it.
pub(crate) fn bar(wanted: bool, bytes: Option<u64>) -> ProgressBar {
    if !wanted || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, form) = match bytes {
        Some(bytes) => {
            (ProgressBar::new(bytes), "  {bar:28.cyan/dim} {percent:>3} %  {bytes:.dim} {binary_bytes_per_sec:.dim}")
        }
        None => (ProgressBar::new_spinner(), "  {spinner:.cyan} {bytes} {binary_bytes_per_sec:.dim}"),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style.progress_chars("━━─"));
    }
    if bytes.is_none() {
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    bar
}

/// A reader that moves a bar.
#[derive(Debug)]
pub(crate) struct Counted<R> {
    source: R,
    bar: ProgressBar,
}

impl<R> Counted<R> {
    pub(crate) fn new(source: R, bar: ProgressBar) -> Counted<R> {
        Counted { source, bar }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}
