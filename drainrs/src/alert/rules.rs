//! The fast path: patterns that are always worth an alert.

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::config::AlertRule;
use crate::error::{ErrorKind, Problems};

/// The most rules.
const MAX_RULES: usize = 256;
/// The size that their automaton may have, in bytes.
const MAX_SIZE: usize = 8 << 20;

fn set<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(patterns).size_limit(MAX_SIZE).unicode(false).build()
}

/// Notes what is wrong with rules.
pub(super) fn check(rules: &[AlertRule], problems: &mut Problems) {
    problems.require(rules.len() <= MAX_RULES, "alert.rules", || {
        format!("{} rules are more than {MAX_RULES}; join some by |", rules.len())
    });
    let before = rules.iter().enumerate().map(|(at, rule)| {
        problems.require(!rule.name.is_empty(), &format!("alert.rules[{at}].name"), || "is empty".to_owned());
        match set([rule.pattern.as_str()]) {
            Err(cause) => {
                let cause = cause.to_string();
                let last = cause.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                let message = format!("{:?} does not compile: {last}", rule.pattern);
                problems.add(ErrorKind::Pattern, format!("alert.rules[{at}].pattern"), message);
                false
            }
            Ok(set) if set.is_match(b"") => {
                let message = format!("{:?} matches every line; write what has to stand there", rule.pattern);
                problems.add(ErrorKind::Pattern, format!("alert.rules[{at}].pattern"), message);
                false
            }
            Ok(_) => true,
        }
    });
    let single = before.filter(|good| !good).count() == 0;
    if single && let Err(cause) = set(rules.iter().map(|rule| rule.pattern.as_str())) {
        problems.add(ErrorKind::Limit, "alert.rules", format!("together they are too large: {cause}"));
    }
}

/// The rules at work: all patterns in one automaton.
#[derive(Debug, Clone)]
pub(super) struct Rules(Option<RegexSet>);

impl Rules {
    /// Of rules that were checked.
    pub(super) fn new(rules: &[AlertRule]) -> Rules {
        Rules(if rules.is_empty() { None } else { set(rules.iter().map(|rule| rule.pattern.as_str())).ok() })
    }

    /// The first rule that a line matches.
    #[inline]
    pub(super) fn first(&self, line: &[u8]) -> Option<usize> {
        self.0.as_ref()?.matches(line).iter().next()
    }
}
