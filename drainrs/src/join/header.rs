//! Whether a line begins like a log line: with a time, a level, a priority or a structured record.

use crate::text::scan::time::{self, StampKind};

/// How far into the line a time is looked for.
const MAX_AHEAD: usize = 64;
/// How many spaces may stand before it: prose mentions times too, but not among its first words.
const MAX_SPACES: u32 = 4;

/// Whether the line begins with a header. `hint` remembers where the last time was found: lines of a stream are alike, and
/// it saves the search. It changes no answer.
#[inline]
pub(super) fn is_header(line: &[u8], hint: &mut usize) -> bool {
    match line.first() {
        // What is indented belongs to something, and an object is told by its brackets.
        None | Some(b'\t' | b'{') => false,
        // A level says otherwise.
        Some(b' ') => {
            let bare = line.trim_ascii_start();
            line.len() - bare.len() <= 8 && bare.first().is_some_and(u8::is_ascii_uppercase) && has_level(bare)
        }
        Some(b'0'..=b'9') if time::stamp(line, 0).is_some_and(|s| s.kind != StampKind::Date) => true,
        Some(b'<') => has_priority(line),
        Some(b'I' | b'W' | b'E' | b'F' | b'D' | b'C') if time::klog(line, 1).is_some() => true,
        _ => {
            time::compact(line, 0).is_some()
                || is_time(line, *hint)
                || has_level(line)
                || has_time(line, hint)
                || is_logfmt(line)
        }
    }
}

/// `<134>`
fn has_priority(line: &[u8]) -> bool {
    let digits = line.iter().skip(1).take_while(|b| b.is_ascii_digit()).count();
    (1..=3).contains(&digits) && line.get(1 + digits) == Some(&b'>')
}

/// A time at the beginning of one of the first words.
fn has_time(line: &[u8], hint: &mut usize) -> bool {
    let mut spaces = 0;
    let mut begins = true;
    for (at, byte) in line.iter().enumerate().take(MAX_AHEAD) {
        if begins && stands_at(line, at) {
            *hint = at;
            return true;
        }
        begins = is_mark(*byte);
        spaces += u32::from(*byte == b' ');
        if spaces > MAX_SPACES {
            return false;
        }
    }
    false
}

/// What [`has_time`] would say of this place, without the way there.
fn is_time(line: &[u8], at: usize) -> bool {
    let Some(before) = line.get(..at).filter(|b| b.last().is_some_and(|b| is_mark(*b))) else { return false };
    stands_at(line, at) && before.iter().map(|b| u32::from(*b == b' ')).sum::<u32>() <= MAX_SPACES
}

fn stands_at(line: &[u8], at: usize) -> bool {
    let named = |byte: &u8| byte.is_ascii_uppercase() && (at == 0 || line[at - 1] == b'[');
    line.get(at).is_some_and(|byte| byte.is_ascii_digit() || named(byte))
        && time::stamp(line, at).is_some_and(|s| s.kind == StampKind::Timestamp || at <= 1)
}

/// What may stand before a time.
fn is_mark(byte: u8) -> bool {
    matches!(byte, b' ' | b'[' | b'(' | b'<' | b'|' | b'"' | b'\t')
}

/// `LEVEL `, `LEVEL:`, `[LEVEL]`, `L/tag(`, in capitals; `info: ` as .NET prints it.
fn has_level(line: &[u8]) -> bool {
    let open = usize::from(line.first() == Some(&b'['));
    let word = line.get(open..).unwrap_or_default();
    let len = word.iter().take(10).take_while(|b| b.is_ascii_alphabetic()).count();
    let (word, next) = (&word[..len], word.get(len));
    let loud = matches!(
        word,
        b"TRACE"
            | b"DEBUG"
            | b"INFO"
            | b"NOTICE"
            | b"WARN"
            | b"WARNING"
            | b"ERROR"
            | b"CRITICAL"
            | b"FATAL"
            | b"SEVERE"
            | b"CRIT"
            | b"ERR"
    );
    let dotnet = matches!(word, b"trce" | b"dbug" | b"info" | b"warn" | b"fail" | b"crit") && next == Some(&b':');
    let android = matches!(word, [b'V' | b'D' | b'I' | b'W' | b'E' | b'F']) && next == Some(&b'/');
    let ends = if open == 1 { next == Some(&b']') } else { matches!(next, Some(b' ' | b':' | b'\t' | b'|')) };
    (loud && ends) || (dotnet && open == 0) || (android && open == 0)
}

/// `time=`, `ts=`, `level=`: the first key of a line of pairs.
fn is_logfmt(line: &[u8]) -> bool {
    [&b"time="[..], b"ts=", b"t=", b"level=", b"lvl=", b"timestamp="].iter().any(|key| line.starts_with(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_begin_like_log_lines() {
        for line in [
            "2031-02-03 04:05:06 x",
            "[2031-02-03 04:05:06] x",
            "Feb  3 04:05:06 host x: y",
            "I0203 04:05:06.123456       1 a.go:1] x",
            "310203 040506 7 INFO a: x",
            "<134>1 2031-02-03T04:05:06Z x",
            "10.0.0.1 - - [03/Feb/2031:04:05:06 +0000] \"GET / HTTP/1.1\" 200 1",
            "[Sun Dec 04 04:47:44 2033] [error] x",
            "04:05:06.123 [main] INFO x",
            "ERROR: x",
            "[INFO] x",
            "info: A.B[0]",
            "level=info msg=x",
            "D/Tag(  12): x",
            "I, [2031-02-03T04:05:06.123 #7]  INFO -- : x",
            "- 1900000000 2031.02.03 R02 2031-02-03-04.05.06.123456 R02 RAS KERNEL INFO x",
        ] {
            for hint in 0..MAX_AHEAD {
                assert!(is_header(line.as_bytes(), &mut { hint }), "{line}");
            }
        }
    }

    #[test]
    fn lines_that_do_not() {
        for line in [
            "",
            "  2031-02-03 04:05:06 x",
            "\tat a.b.C(D.java:1)",
            "java.io.IOException: closed",
            "Error: x",
            "the backup finished without complaint at 2031-02-03 04:05:06",
            "Caused by: x",
            "info is here",
            "<x>",
        ] {
            for hint in 0..MAX_AHEAD {
                assert!(!is_header(line.as_bytes(), &mut { hint }), "{line}");
            }
        }
    }
}
