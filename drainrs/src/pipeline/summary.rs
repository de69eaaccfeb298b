//! What is mined of an event of several lines.

use crate::join::summarise;

/// The text to mine: for a stack trace its first line, the exception and its causes; otherwise the message as it is.
/// Frames are left out: they differ from build to build, and they are not what a line says.
pub(super) fn text_to_mine<'a>(message: &'a [u8], out: &'a mut Vec<u8>) -> &'a [u8] {
    let Some(trace) = summarise(message) else { return message };
    let first_line = memchr::memchr(b'\n', message).map_or(message, |end| &message[..end]);
    out.clear();
    out.extend_from_slice(first_line.trim_ascii_end());
    let mut add = |mark: &[u8], kind: &[u8], text: &[u8]| {
        // The exception may stand in the first line already.
        if !kind.is_empty() && memchr::memmem::find(first_line, kind).is_some() {
            return;
        }
        out.extend_from_slice(mark);
        out.extend_from_slice(kind);
        if !kind.is_empty() && !text.is_empty() {
            out.extend_from_slice(b": ");
        }
        out.extend_from_slice(text);
    };
    add(b" | ", trace.error.kind, trace.error.message);
    for cause in &trace.causes {
        add(b" | Caused by: ", cause.kind, cause.message);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_its_first_line_and_the_chain_of_its_exceptions() {
        let event = b"could not place order 17\n\
            shop.OrderException: no stock\n\tat shop.Orders.place(Orders.java:31)\n\
            Caused by: java.sql.SQLException: timeout after 30 s\n\tat shop.Db.query(Db.java:9)\n\t... 2 more";
        let mut out = Vec::new();
        let text = String::from_utf8_lossy(text_to_mine(event, &mut out)).into_owned();
        assert_eq!(
            text,
            "could not place order 17 | shop.OrderException: no stock | Caused by: java.sql.SQLException: timeout after 30 s"
        );
    }

    #[test]
    fn several_lines_that_are_no_trace_are_mined_as_they_are() {
        let mut out = Vec::new();
        assert_eq!(text_to_mine(b"select *\n  from orders", &mut out), b"select *\n  from orders");
    }
}
