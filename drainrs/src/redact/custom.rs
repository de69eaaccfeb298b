//! The rules that users write, compiled.

use regex::bytes::{Regex, RegexBuilder};

use super::config::{RedactRule, bad_pattern};
use super::rules::{Hits, Source};
use crate::error::Problems;

/// The longest pattern.
const MAX_PATTERN_BYTES: usize = 4_096;
/// The size that its automaton may have, in bytes.
const MAX_SIZE: usize = 4 << 20;

/// A user's rule, ready to run.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) name: String,
    regex: Regex,
    /// The group that is the secret; 0 is all of the match.
    group: usize,
}

impl Compiled {
    /// Compiles the rule at place `at`; what is wrong with it is noted.
    pub(super) fn build(rule: &RedactRule, at: usize, problems: &mut Problems) -> Option<Compiled> {
        let mut bad = |field: &str, message: String| bad_pattern(problems, at, field, message);
        if rule.pattern.len() > MAX_PATTERN_BYTES {
            bad(
                "pattern",
                format!("the pattern is {} bytes long, at most {MAX_PATTERN_BYTES} are taken", rule.pattern.len()),
            );
            return None;
        }
        let regex = match RegexBuilder::new(&rule.pattern).unicode(false).size_limit(MAX_SIZE).build() {
            Ok(regex) => regex,
            Err(cause) => {
                let cause = cause.to_string();
                let last = cause.lines().last().unwrap_or_default().trim_start_matches("error: ");
                bad("pattern", format!("{:?} does not compile: {last}", rule.pattern));
                return None;
            }
        };
        if regex.is_match(b"") {
            bad("pattern", format!("{:?} matches nothing at all; write what has to stand there", rule.pattern));
            return None;
        }
        let group = match rule.group.as_deref() {
            None => Some(0),
            Some(wanted) => wanted
                .parse()
                .ok()
                .filter(|group| *group < regex.captures_len())
                .or_else(|| regex.capture_names().position(|name| name == Some(wanted))),
        };
        let Some(group) = group else {
            bad("group", format!("{:?} is no group of the pattern", rule.group.as_deref().unwrap_or_default()));
            return None;
        };
        Some(Compiled { name: rule.name.clone(), regex, group })
    }

    /// Notes what the rule at place `at` finds.
    pub(super) fn find(&self, text: &[u8], at: usize, hits: &mut Hits) {
        if self.group == 0 {
            for found in self.regex.find_iter(text) {
                hits.push(Source::Custom(at), found.start(), found.end());
            }
            return;
        }
        for found in self.regex.captures_iter(text) {
            if let Some(group) = found.get(self.group) {
                hits.push(Source::Custom(at), group.start(), group.end());
            }
        }
    }
}
