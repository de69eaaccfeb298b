//! What container runtimes wrap around each line, and how they say that a line goes on.

use std::ops::Range;

use crate::error::Error;
use crate::text::scan::time;
use crate::wire::{self, Reader, Writer};

/// Whose envelope it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    /// `time stdout F line`
    Cri,
    /// `{"log":"line\n","stream":"stdout","time":"..."}`
    Docker,
}

impl wire::State for Wrapper {
    fn write(&self, to: &mut Writer) {
        to.byte(*self as u8);
    }

    fn read(from: &mut Reader<'_>) -> Result<Wrapper, Error> {
        match from.byte()? {
            0 => Ok(Wrapper::Cri),
            1 => Ok(Wrapper::Docker),
            other => Err(Reader::damaged(format!("there is no envelope {other}"))),
        }
    }
}

/// A line's envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) wrapper: Wrapper,
    /// The line inside, without the escape of its ending.
    pub(super) inside: Range<usize>,
    /// Where in the envelope further text of the same event goes.
    pub(super) insert_at: usize,
    /// Whether the rest of the line is in the next envelope.
    pub(super) partial: bool,
    /// Whether the line came from `stderr`.
    pub(super) stderr: bool,
}

/// The envelope of a line, if it has one.
#[inline]
pub(super) fn open(line: &[u8]) -> Option<Envelope> {
    match line.first()? {
        b'{' => docker(line),
        b'0'..=b'9' if line.get(10) == Some(&b'T') => cri(line),
        _ => None,
    }
}

fn cri(line: &[u8]) -> Option<Envelope> {
    let head = line.get(..line.len().min(64))?;
    // Without this, every time of every line would be read here.
    memchr::memmem::find(head, b" std")?;
    let end = time::stamp(line, 0)?.end;
    let rest = line.get(end..)?;
    let stderr = rest.starts_with(b" stderr ");
    (stderr || rest.starts_with(b" stdout ")).then_some(())?;
    let partial = match rest.get(8)? {
        b'F' => false,
        b'P' => true,
        _ => return None,
    };
    matches!(rest.get(9), None | Some(b' ')).then_some(())?;
    let start = (end + 10).min(line.len());
    Some(Envelope { wrapper: Wrapper::Cri, inside: start..line.len(), insert_at: line.len(), partial, stderr })
}

fn docker(line: &[u8]) -> Option<Envelope> {
    const HEAD: &[u8] = b"{\"log\":\"";
    line.starts_with(HEAD).then_some(())?;
    let mut at = HEAD.len();
    loop {
        at += memchr::memchr2(b'"', b'\\', line.get(at..)?)?;
        if line[at] == b'"' {
            break;
        }
        at += 2;
    }
    let tail = line.get(at..)?;
    let stderr = tail.starts_with(b"\",\"stream\":\"stderr\"");
    (stderr || tail.starts_with(b"\",\"stream\":\"stdout\"")).then_some(())?;
    let whole = line.get(HEAD.len()..at)?;
    let inside = whole.strip_suffix(b"\\n").map(|w| w.strip_suffix(b"\\r").unwrap_or(w));
    let end = HEAD.len() + inside.unwrap_or(whole).len();
    Some(Envelope {
        wrapper: Wrapper::Docker,
        inside: HEAD.len()..end,
        insert_at: at,
        partial: inside.is_none(),
        stderr,
    })
}
