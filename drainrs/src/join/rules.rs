//! Which lines go on with the event before them, where no header says so.

use crate::error::Error;
use crate::wire::{self, Reader, Writer};

/// What the lines so far make likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    /// Nothing.
    #[default]
    Plain,
    /// Inside a trace of the JVM, .NET, PHP or the like: an exception was named.
    Exception,
    /// Inside a Python trace, before the line that names the exception.
    Python,
    /// Behind that line: only another trace can follow.
    PythonDone,
    /// Inside a Go trace.
    Go,
    /// Behind `thread .. panicked at place:`, which the message follows.
    Rust,
    /// Behind the place in the source that Node prints before the exception.
    Node,
    /// Inside an object that was opened on an earlier line; so many brackets are open.
    Json(u32),
}

impl wire::State for State {
    fn write(&self, to: &mut Writer) {
        let (kind, open) = match *self {
            State::Plain => (0, 0),
            State::Exception => (1, 0),
            State::Python => (2, 0),
            State::PythonDone => (3, 0),
            State::Go => (4, 0),
            State::Rust => (5, 0),
            State::Node => (6, 0),
            State::Json(open) => (7, open),
        };
        to.byte(kind);
        wire::State::write(&open, to);
    }

    fn read(from: &mut Reader<'_>) -> Result<State, Error> {
        let (kind, open) = (from.byte()?, wire::State::read(from)?);
        Ok(match kind {
            0 => State::Plain,
            1 => State::Exception,
            2 => State::Python,
            3 => State::PythonDone,
            4 => State::Go,
            5 => State::Rust,
            6 => State::Node,
            7 => State::Json(open),
            other => return Err(Reader::damaged(format!("no event can be in state {other}"))),
        })
    }
}

/// What a line is to the event before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It begins another one.
    Start,
    /// It goes on.
    Continue,
}

/// Judges a line without a header, and moves the state. `indented` also counts what an escape says.
pub(super) fn judge(state: &mut State, line: &[u8], indented: bool) -> Verdict {
    if let State::Json(open) = *state {
        // An object at the margin is another one: the one before it was cut off.
        if line.first() == Some(&b'{') {
            return Verdict::Start;
        }
        let open = brackets(line, open);
        *state = if open == 0 { State::Plain } else { State::Json(open) };
        return Verdict::Continue;
    }
    let bare = line.trim_ascii();
    if bare.is_empty() {
        let inside = !matches!(state, State::Plain | State::Rust);
        return if inside { Verdict::Continue } else { Verdict::Start };
    }
    if bare.starts_with(b"Traceback (most recent call last)") {
        *state = State::Python;
        return Verdict::Continue;
    }
    if indented || is_marked(bare) {
        if *state == State::Rust {
            *state = State::Exception;
        }
        return Verdict::Continue;
    }
    let (verdict, next) = match *state {
        State::Python if names_exception(bare) => (Verdict::Continue, State::PythonDone),
        State::Go if is_go(bare) => (Verdict::Continue, State::Go),
        State::Rust => (Verdict::Continue, State::Exception),
        State::Node if names_exception(bare) => (Verdict::Continue, State::Exception),
        _ if is_closers(bare) => (Verdict::Continue, *state),
        _ => (Verdict::Start, State::Plain),
    };
    *state = next;
    verdict
}

/// The state that the first line of an event opens.
pub(super) fn opened_by(line: &[u8]) -> State {
    let starts = |head: &[u8]| line.starts_with(head);
    match line.first() {
        None => State::Plain,
        Some(b'{' | b'[') => {
            // `{` alone, or with a key behind it.
            let rest = line[1..].trim_ascii_start();
            let opens = rest.is_empty() || rest[0] == b'"' || (line[0] == b'[' && rest[0] == b'{');
            match brackets(line, 0) {
                open if opens && open > 0 => State::Json(open),
                _ => State::Plain,
            }
        }
        Some(b'T') if starts(b"Traceback (most recent call last)") => State::Python,
        Some(b'p' | b'f' | b'g') if starts(b"panic: ") || starts(b"fatal error: ") || starts(b"goroutine ") => {
            State::Go
        }
        Some(b't') if starts(b"thread '") && memchr::memmem::find(line, b"' panicked at ").is_some() => {
            if line.ends_with(b":") { State::Rust } else { State::Exception }
        }
        _ => inner_words(line.get(..512).unwrap_or(line)),
    }
}

/// What words inside the line make likely: the name of an exception, a panic.
fn inner_words(line: &[u8]) -> State {
    if is_script_place(line) {
        return State::Node;
    }
    // All of the words hold a letter that is not common; where it stands decides.
    for at in memchr::memchr3_iter(b'E', b'T', b'p', line) {
        let rest = &line[at..];
        let starts = |word: &[u8]| rest.starts_with(word);
        match rest[0] {
            b'E' if starts(b"Exception") || starts(b"Error") => return State::Exception,
            b'T' if starts(b"Throwable") => return State::Exception,
            b'p' if starts(b"panic: ") || starts(b"panic serving ") => return State::Go,
            _ => {}
        }
    }
    State::Plain
}

/// Lines that only ever stand inside a trace.
fn is_marked(line: &[u8]) -> bool {
    const HEADS: [&[u8]; 18] = [
        b"Caused by: ",
        b"Suppressed: ",
        b"Wrapped by: ",
        b"nested exception is",
        b"--- End of inner exception stack trace",
        b"--- End of inner ExceptionDetail stack trace",
        b"--- End of stack trace from previous location",
        b"During handling of the above exception",
        b"The above exception was the direct cause",
        b"stack backtrace:",
        b"note: run with `RUST_BACKTRACE",
        b"note: Some details are omitted",
        b"Stack trace:",
        b"PHP Stack trace:",
        b"PHP   ",
        b"[stacktrace]",
        b"Node.js v",
        b"---> ",
    ];
    match line.first() {
        Some(b'#') => line.iter().skip(1).take_while(|b| b.is_ascii_digit()).count() > 0 && line.contains(&b' '),
        Some(b'a') => line.starts_with(b"at ") && line.contains(&b'(') && line.ends_with(b")"),
        Some(b'.') => line.starts_with(b"... ") && (line.ends_with(b" more") || line.ends_with(b"frames omitted")),
        Some(b'C' | b'S' | b'W' | b'n' | b'-' | b'D' | b'T' | b's' | b'P' | b'[' | b'N') => {
            HEADS.iter().any(|head| line.starts_with(head))
        }
        _ => false,
    }
}

/// `}`, `});`, `]`
fn is_closers(line: &[u8]) -> bool {
    let line = line.strip_suffix(b";").or_else(|| line.strip_suffix(b",")).unwrap_or(line);
    line.len() <= 8 && line.iter().all(|b| b"})]".contains(b))
}

/// `dotted.Name: text`, `Name`: what closes a Python trace and opens one of Node.
fn names_exception(line: &[u8]) -> bool {
    let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')).count();
    let first = line.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    first && matches!(line.get(name), None | Some(b':' | b' ' | b'[')) && (name == line.len() || line[name] != b' ')
}

/// Lines at the margin of a Go trace.
fn is_go(line: &[u8]) -> bool {
    const HEADS: [&[u8]; 7] = [
        b"goroutine ",
        b"created by ",
        b"[signal ",
        b"exit status",
        b"panic: ",
        b"...additional frames",
        b"runtime stack:",
    ];
    HEADS.iter().any(|head| line.starts_with(head))
        || (line.ends_with(b")") && line.contains(&b'(') && !line[..line.len() - 1].contains(&b' '))
        || (line.ends_with(b")")
            && line.contains(&b'.')
            && line.iter().position(|b| *b == b'(').is_some_and(|p| !line[..p].contains(&b' ')))
}

/// `/srv/app/index.js:12`
fn is_script_place(line: &[u8]) -> bool {
    let Some(colon) = line.iter().rposition(|b| *b == b':') else { return false };
    let script = [&b".js"[..], b".ts", b".mjs", b".cjs"].iter().any(|end| line[..colon].ends_with(end));
    script && line.len() > colon + 1 && line[colon + 1..].iter().all(u8::is_ascii_digit)
}

/// How many brackets are open behind a line, given how many were before it. Brackets in strings do not count.
fn brackets(line: &[u8], open: u32) -> u32 {
    let (mut open, mut quoted, mut escaped) = (open, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open += 1,
            b'}' | b']' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
    }
    open
}
