//! What a stack trace says in a few words: the exception, its causes, and the first place in the program's own code.

/// Whose trace it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are the run-time systems")]
pub enum Runtime {
    Jvm,
    DotNet,
    Node,
    Python,
    Go,
    Rust,
    Php,
    Ruby,
}

/// An exception of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause<'a> {
    /// Its type; empty where the run-time system has none (a panic).
    pub kind: &'a [u8],
    /// Its message, at most 240 bytes.
    pub message: &'a [u8],
    /// Whether it is the one that all others follow from.
    pub is_root: bool,
}

/// A stack trace in a few words. Texts are slices of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceSummary<'a> {
    /// Whose trace it is.
    pub runtime: Runtime,
    /// The exception that was reported.
    pub error: Cause<'a>,
    /// What caused it, outermost first; at most five, the root always among them.
    pub causes: Vec<Cause<'a>>,
    /// How many exceptions were suppressed.
    pub suppressed: u32,
    /// How many frames the trace shows.
    pub frames: u32,
    /// The first frame of the root that is not in a library: function and place as they are written.
    pub frame: Option<&'a [u8]>,
}

const MAX_CAUSES: usize = 5;
const MAX_MESSAGE: usize = 240;

/// Frames of libraries and run-time systems.
const FOREIGN: [&[u8]; 26] = [
    b"java.",
    b"javax.",
    b"jdk.",
    b"sun.",
    b"com.sun.",
    b"jakarta.",
    b"kotlin.",
    b"kotlinx.",
    b"scala.",
    b"groovy.",
    b"org.springframework.",
    b"org.apache.",
    b"org.hibernate.",
    b"io.netty.",
    b"reactor.",
    b"System.",
    b"Microsoft.",
    b"runtime.",
    b"runtime/",
    b"testing.",
    b"net/http.",
    b"std::",
    b"core::",
    b"alloc::",
    b"rust_begin_unwind",
    b"panic(",
];

/// Places of libraries and run-time systems, anywhere in a frame.
const FOREIGN_PLACES: [&[u8]; 10] = [
    b"node:internal",
    b"node_modules",
    b"internal/",
    b"site-packages",
    b"dist-packages",
    b"/usr/lib/python",
    b"/lib/python",
    b"/rustc/",
    b"/vendor/",
    b"/gems/",
];

/// Sums up the first stack trace of an event. `None` when there is none.
///
/// ```
/// let text = b"ERROR it broke\njava.io.IOException: closed\n\tat java.io.X.read(X.java:1)\n\tat shop.Cart.pay(Cart.java:7)";
/// let summary = drainrs::summarise(text).unwrap();
/// assert_eq!(summary.error.kind, b"java.io.IOException");
/// assert_eq!(summary.error.message, b"closed");
/// assert_eq!(summary.frame, Some(&b"shop.Cart.pay(Cart.java:7)"[..]));
/// ```
pub fn summarise(text: &[u8]) -> Option<TraceSummary<'_>> {
    let mut reader = Reader::default();
    for line in text.split(|b| *b == b'\n') {
        reader.line(line.strip_suffix(b"\r").unwrap_or(line));
    }
    reader.finish()
}

/// A trace that is being read.
#[derive(Debug, Default)]
struct Reader<'a> {
    runtime: Option<Runtime>,
    /// The last line that is no frame: an exception, if a frame follows.
    before: &'a [u8],
    /// Exceptions in the order of the text.
    errors: Vec<Cause<'a>>,
    suppressed: u32,
    frames: u32,
    /// The first frame of its own in the current section, and in any.
    own: Option<&'a [u8]>,
    any_own: Option<&'a [u8]>,
    within: Within,
}

/// A part of a trace that is read differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    #[default]
    Nothing,
    /// JVM: a suppressed exception, whose frames are nobody's fault.
    Suppressed,
    /// Python: between the head of a trace and its exception.
    Frames,
    /// Go: the second goroutine and all others.
    Others,
    /// Rust: the line below the panic, which is its message.
    Message,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a [u8]) {
        let bare = line.trim_ascii();
        let indented = bare.len() < line.len() && matches!(line.first(), Some(b' ' | b'\t'));
        if self.within == Within::Message {
            self.within = Within::Nothing;
            if let Some(error) = self.errors.last_mut() {
                error.message = cut(bare);
            }
            return;
        }
        match self.runtime {
            Some(Runtime::Python) => self.python(bare, indented),
            Some(Runtime::Go) => self.go(bare, indented),
            Some(Runtime::Rust) => self.rust(bare),
            Some(Runtime::Php) => self.php(bare),
            Some(Runtime::Ruby) => self.ruby(bare),
            Some(Runtime::Jvm | Runtime::DotNet | Runtime::Node) => self.at_frames(bare),
            None => self.undecided(bare, indented),
        }
        if !bare.is_empty() {
            self.before = bare;
        }
    }

    /// Finds out whose trace begins.
    fn undecided(&mut self, bare: &'a [u8], indented: bool) {
        if find(bare, b"Traceback (most recent call last)").is_some() {
            self.runtime = Some(Runtime::Python);
            self.within = Within::Frames;
        } else if let Some(at) = find(bare, b" panicked at ") {
            self.runtime = Some(Runtime::Rust);
            self.rust_panic(&bare[at + 13..]);
        } else if bare.starts_with(b"goroutine ") && bare.ends_with(b":") {
            self.runtime = Some(Runtime::Go);
            let text = ["panic: ", "fatal error: "].iter().find_map(|head| {
                let at = find(self.before, head.as_bytes())?;
                Some(&self.before[at + head.len()..])
            });
            // A signal's line may stand between the panic and its goroutine.
            if self.errors.is_empty() {
                self.error(b"", text.unwrap_or(self.before));
            }
        } else if let Some(at) = find(bare, b"panic: ").filter(|at| *at == 0) {
            self.error(b"", &bare[at + 7..]);
        } else if bare.starts_with(b"fatal error: ") {
            self.error(b"", &bare[13..]);
        } else if let Some(frame) = bare.strip_prefix(b"at ").filter(|f| indented || f.ends_with(b")")) {
            let Some(runtime) = runtime_of_frame(frame) else { return };
            self.runtime = Some(runtime);
            self.errors.clear();
            self.exception(self.before);
            self.at_frames(bare);
        } else if bare.starts_with(b"#0 ") && bare.contains(&b'(') {
            self.runtime = Some(Runtime::Php);
            if self.errors.is_empty() {
                self.exception(self.before);
            }
            self.php(bare);
        } else if indented && bare.starts_with(b"from ") && find(bare, b":in ").is_some() {
            self.runtime = Some(Runtime::Ruby);
            self.ruby_error(self.before);
            self.ruby(bare);
        } else if matches!(bare, b"Stack trace:" | b"[stacktrace]" | b"PHP Stack trace:") {
            self.exception(self.before);
        }
    }

    /// Frames that begin with `at`: JVM, .NET, Node.
    fn at_frames(&mut self, bare: &'a [u8]) {
        if let Some(frame) = bare.strip_prefix(b"at ") {
            self.frame(frame);
        } else if let Some(cause) = bare.strip_prefix(b"Caused by: ").or_else(|| bare.strip_prefix(b"---> ")) {
            self.within = Within::Nothing;
            self.own = None;
            self.exception(cause);
        } else if let Some(cause) = bare.strip_prefix(b"[cause]: ") {
            self.own = None;
            self.exception(cause.strip_suffix(b" {").unwrap_or(cause));
        } else if bare.starts_with(b"Suppressed: ") {
            self.suppressed += 1;
            self.within = Within::Suppressed;
        }
    }

    fn frame(&mut self, frame: &'a [u8]) {
        self.frames += 1;
        if self.within == Within::Suppressed || is_foreign(frame) {
            return;
        }
        self.own = self.own.or(Some(frame));
        self.any_own = self.any_own.or(Some(frame));
    }

    fn python(&mut self, bare: &'a [u8], indented: bool) {
        if bare.starts_with(b"Traceback (most recent call last)") {
            self.within = Within::Frames;
            self.own = None;
        } else if self.within == Within::Frames && bare.starts_with(b"File \"") {
            self.frames += 1;
            // The deepest frame is the last.
            if !is_foreign(bare) {
                self.own = Some(bare);
                self.any_own = Some(bare);
            }
        } else if self.within == Within::Frames && !indented && !bare.is_empty() {
            self.within = Within::Nothing;
            self.exception(bare);
        }
    }

    fn go(&mut self, bare: &'a [u8], indented: bool) {
        if bare.starts_with(b"goroutine ") {
            self.within = Within::Others;
        }
        if self.within == Within::Others || indented || bare.starts_with(b"created by ") || bare.is_empty() {
            return;
        }
        if bare.ends_with(b")") {
            self.frame(bare);
        }
    }

    fn rust_panic(&mut self, rest: &'a [u8]) {
        // `'message', place` before Rust 1.73, `place:` and the message below since.
        if let Some(inside) = rest.strip_prefix(b"'") {
            let end = find(inside, b"', ").unwrap_or(inside.len());
            self.error(b"", &inside[..end]);
            self.own = inside.get(end + 3..).filter(|place| !place.is_empty());
        } else {
            self.error(b"", b"");
            self.own = Some(rest.strip_suffix(b":").unwrap_or(rest)).filter(|place| !place.is_empty());
            self.within = Within::Message;
        }
        self.any_own = self.own;
    }

    fn rust(&mut self, bare: &'a [u8]) {
        let digits = bare.iter().take_while(|b| b.is_ascii_digit()).count();
        self.frames += u32::from(digits > 0 && bare[digits..].starts_with(b": "));
    }

    fn php(&mut self, bare: &'a [u8]) {
        let Some(rest) = bare.strip_prefix(b"#") else { return };
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if let Some(frame) = rest.get(digits..).and_then(|f| f.strip_prefix(b" ")).filter(|f| !f.starts_with(b"{main}"))
        {
            self.frame(frame);
        }
    }

    fn ruby(&mut self, bare: &'a [u8]) {
        if let Some(frame) = bare.strip_prefix(b"from ") {
            self.frame(frame);
        }
    }

    /// `place:in 'method': message (Type)`
    fn ruby_error(&mut self, line: &'a [u8]) {
        let open = memchr::memrchr(b'(', line).filter(|_| line.ends_with(b")"));
        let kind = open.map_or(&b""[..], |open| &line[open + 1..line.len() - 1]);
        let head = open.map_or(line, |open| line[..open].trim_ascii_end());
        let place = find(head, b":in ").and_then(|at| Some(at + find(&head[at..], b": ")?));
        let message = place.map_or(head, |at| &head[at + 2..]);
        self.error(kind, message);
        if let Some(at) = place {
            self.frame(&head[..at]);
        }
    }

    /// `[words ]Type: message`
    fn exception(&mut self, line: &'a [u8]) {
        let line =
            [&b"Unhandled exception. "[..], b"Uncaught ", b"PHP Fatal error:  Uncaught ", b"Fatal error: Uncaught "]
                .iter()
                .find_map(|head| line.strip_prefix(*head))
                .unwrap_or(line);
        // .NET puts causes on the same line.
        let mut rest = Some(line);
        for _ in 0..=MAX_CAUSES {
            let Some(line) = rest else { return };
            let (kind, message) = split_exception(line);
            let at = find(message, b" ---> ");
            self.error(kind, at.map_or(message, |at| &message[..at]));
            rest = at.map(|at| &message[at + 6..]);
        }
    }

    fn error(&mut self, kind: &'a [u8], message: &'a [u8]) {
        let cause = Cause { kind, message: cut(message.trim_ascii()), is_root: false };
        if self.errors.len() > MAX_CAUSES {
            // The root is the last one: it takes the place of the one before.
            self.errors.pop();
        }
        self.errors.push(cause);
    }

    fn finish(mut self) -> Option<TraceSummary<'a>> {
        let runtime = self.runtime?;
        if runtime == Runtime::Python {
            // Python prints the cause first.
            self.errors.reverse();
        }
        if let Some(root) = self.errors.last_mut() {
            root.is_root = true;
        }
        let mut errors = self.errors.into_iter();
        let error = errors.next()?;
        Some(TraceSummary {
            runtime,
            error,
            causes: errors.collect(),
            suppressed: self.suppressed,
            frames: self.frames,
            frame: self.own.or(self.any_own),
        })
    }
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}

/// At most [`MAX_MESSAGE`] bytes, and no half letter.
fn cut(message: &[u8]) -> &[u8] {
    let Some(head) = message.get(..MAX_MESSAGE) else { return message };
    let mut end = head.len();
    while end > MAX_MESSAGE - 4 && message.get(end).is_some_and(|b| b & 0xC0 == 0x80) {
        end -= 1;
    }
    &head[..end]
}

fn is_foreign(frame: &[u8]) -> bool {
    let frame = frame.strip_prefix(b"app//").or_else(|| frame.strip_prefix(b"async ")).unwrap_or(frame);
    // `java.base/java.util.X` names the module first.
    let frame = match memchr::memchr(b'/', frame) {
        Some(at)
            if frame[..at].iter().all(|b| b.is_ascii_lowercase() || *b == b'.' || *b == b'@' || b.is_ascii_digit())
                && frame.starts_with(b"java.") =>
        {
            &frame[at + 1..]
        }
        _ => frame,
    };
    FOREIGN.iter().any(|head| frame.starts_with(head))
        || FOREIGN_PLACES.iter().any(|place| find(frame, place).is_some())
}

/// Whose frame it is, `at` taken away.
fn runtime_of_frame(frame: &[u8]) -> Option<Runtime> {
    if let Some(inside) = frame.strip_suffix(b")").and_then(|f| Some(&f[memchr::memrchr(b'(', f)? + 1..])) {
        let java =
            [&b".java:"[..], b".kt:", b".scala:", b".groovy:", b".clj:"].iter().any(|e| find(inside, e).is_some());
        if java || inside == b"Native Method" || inside == b"Unknown Source" || inside.ends_with(b".java") {
            return Some(Runtime::Jvm);
        }
        if ends_with_line_and_column(inside) || inside == b"<anonymous>" || inside == b"native" {
            return Some(Runtime::Node);
        }
        return Some(Runtime::DotNet);
    }
    if find(frame, b") in ").is_some() && find(frame, b":line ").is_some() {
        return Some(Runtime::DotNet);
    }
    ends_with_line_and_column(frame).then_some(Runtime::Node)
}

/// `:12:5`
fn ends_with_line_and_column(place: &[u8]) -> bool {
    let mut parts = place.rsplit(|b| *b == b':');
    let mut number = || parts.next().is_some_and(|p| !p.is_empty() && p.iter().all(u8::is_ascii_digit));
    number() && number()
}

/// Splits `Type: message`. Where words stand before the type (`Exception in thread "main" `, a log header), the type is the
/// first word with an exception's name.
fn split_exception(line: &[u8]) -> (&[u8], &[u8]) {
    let is_type = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b'\\');
    let whole = line.iter().take_while(|b| is_type(b)).count();
    let plain = whole > 0 && matches!(line.get(whole), None | Some(b':'));
    if plain {
        return (&line[..whole], line.get(whole + 1..).unwrap_or_default());
    }
    let mut at = 0;
    while at < line.len() {
        let len = line[at..].iter().take_while(|b| is_type(b)).count();
        let word = &line[at..at + len];
        let named = [&b"Exception"[..], b"Error", b"Throwable"].iter().any(|end| word.ends_with(end));
        if named && word.len() > 9 && matches!(line.get(at + len), None | Some(b':')) {
            return (word, line.get(at + len + 1..).unwrap_or_default());
        }
        at += len.max(1);
    }
    (b"", line)
}
