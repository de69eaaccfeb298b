//! The object in an answer: alone, in a fenced block, or with prose around it.

use std::ops::Range;

use super::reason::{Note, Reason, ReasonCode};

/// The text of the one object, and what stood around it.
pub(super) fn object(answer: &str) -> Result<(&str, Vec<Note>), Reason> {
    let whole = answer.trim_start_matches('\u{feff}').trim();
    if whole.starts_with('{') && end_of_object(whole).is_none_or(|end| end == whole.len()) {
        return Ok((whole, Vec::new()));
    }
    let mut objects = Objects { whole, at: 0 };
    let Some(first) = objects.next() else {
        let message = "there is no JSON object in the answer; give one, and nothing else";
        return Err(Reason::new(ReasonCode::NoJson, "", message).found(whole));
    };
    if objects.next().is_some() {
        let message = "there is more than one JSON object in the answer; give one, and nothing else";
        return Err(Reason::new(ReasonCode::SeveralJson, "", message));
    }
    let (before, after) = (&whole[..first.start], &whole[first.end..]);
    let fenced = is_fence(before) && after.trim_start().starts_with("```");
    let mut notes = Vec::new();
    if fenced {
        notes.push(Note::Fenced);
    }
    let alone = fenced && before.trim_start().starts_with("```") && after.trim() == "```";
    if !alone {
        notes.push(Note::Prose);
    }
    Ok((&whole[first], notes))
}

/// Whether a text ends with the opening of a fenced block.
fn is_fence(before: &str) -> bool {
    let line = before.trim_end().rsplit('\n').next().unwrap_or_default().trim();
    line.starts_with("```")
}

/// The places of the outermost objects of a text that hold a name: `{}` in prose is none.
struct Objects<'a> {
    whole: &'a str,
    at: usize,
}

impl Iterator for Objects<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let start = self.at + self.whole.get(self.at..)?.find('{')?;
            let from = self.whole.get(start..)?;
            let inside = from.get(1..).unwrap_or_default().trim_start();
            if inside.starts_with('"') {
                // One that does not end is an object, too: the reader will say that it was cut.
                let end = start + end_of_object(from).unwrap_or(from.len());
                self.at = end;
                return Some(start..end);
            }
            // A brace of the prose, such as `{user}`.
            self.at = start + 1;
        }
    }
}

/// The end of the object that a text begins with, braces in strings left aside.
fn end_of_object(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(answer: &str) -> Result<(&str, Vec<Note>), ReasonCode> {
        object(answer).map_err(|reason| reason.code)
    }

    #[test]
    fn one_object_is_found_whatever_stands_around_it() {
        assert_eq!(of(" {\"a\": \"}\"}\n"), Ok(("{\"a\": \"}\"}", vec![])));
        assert_eq!(of("```json\n{\"a\": 1}\n```"), Ok(("{\"a\": 1}", vec![Note::Fenced])));
        assert_eq!(of("Sure! Here:\n```\n{\"a\": 1}\n```\nDone."), Ok(("{\"a\": 1}", vec![Note::Fenced, Note::Prose])));
        assert_eq!(
            of("The answer {of course} is {\"a\": {\"b\": 2}} ."),
            Ok(("{\"a\": {\"b\": 2}}", vec![Note::Prose]))
        );
    }

    #[test]
    fn none_and_several_are_refused_and_a_cut_one_is_left_to_the_reader() {
        assert_eq!(of("I cannot help with that."), Err(ReasonCode::NoJson));
        assert_eq!(of("[1, 2]"), Err(ReasonCode::NoJson));
        assert_eq!(of(""), Err(ReasonCode::NoJson));
        assert_eq!(of("{\"a\": 1} or {\"a\": 2}"), Err(ReasonCode::SeveralJson));
        assert_eq!(of("{\"a\": \"b"), Ok(("{\"a\": \"b", vec![])));
        assert_eq!(of("Here: {\"a\": [1, "), Ok(("{\"a\": [1,", vec![Note::Prose])));
    }

    #[test]
    fn time_is_linear_in_braces() {
        let braces = "{".repeat(1 << 20);
        assert_eq!(of(&format!("x {braces}")), Err(ReasonCode::NoJson));
        let names = "{\"".repeat(1 << 19);
        assert!(of(&names).is_ok(), "cut, in the middle of a string");
    }
}
