//! The settings of the front end: which tokenizer, which masks.

use serde::{Deserialize, Serialize};

use super::pattern::Pattern;
use crate::error::{Error, ErrorKind, Problems};
use crate::flow::{Class, Placeholders};

/// How a line becomes tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Tokenizer {
    /// One pass that recognises numbers, addresses, times and identifiers by itself.
    #[default]
    Lexer,
    /// What Drain3 does: masks one after the other over the rewritten text, then `str.split`. For exact migration.
    Drain3,
}

/// A user's mask: what a pattern matches is a value, shown as `<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mask {
    /// The name in templates, without prefix and suffix; several masks may share one. Drain3 calls it `mask_with`.
    #[serde(alias = "mask_with")]
    pub name: String,
    /// A regular expression in the syntax of Python's `re`. Drain3 calls it `regex_pattern`.
    #[serde(alias = "regex_pattern")]
    pub pattern: String,
}

impl Mask {
    /// From a name and a pattern.
    pub fn new(name: impl Into<String>, pattern: impl Into<String>) -> Mask {
        Mask { name: name.into(), pattern: pattern.into() }
    }
}

/// Settings of the front end.
///
/// ```
/// use drainrs::{Mask, NormalizeConfig};
/// let masks = vec![Mask::new("ORDER", r"(?<![A-Za-z0-9])ord_[0-9a-f]+")];
/// let config = NormalizeConfig { masks, ..Default::default() };
/// assert_eq!(config.max_tokens, 512);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NormalizeConfig {
    /// How a line becomes tokens.
    pub tokenizer: Tokenizer,
    /// The user's masks; where two match the same text, the earlier one wins.
    pub masks: Vec<Mask>,
    /// What stands before a placeholder's name.
    pub mask_prefix: String,
    /// What stands after a placeholder's name.
    pub mask_suffix: String,
    /// Strings that separate tokens besides white space. Plain text, no patterns. Drain3's tokenizer only: the lexer finds
    /// values inside tokens by itself, and refuses them.
    pub extra_delimiters: Vec<String>,
    /// Longer lines are cut there, and flagged. 0 is no limit, as in Drain3.
    pub max_line_bytes: usize,
    /// Further tokens are left out, and the line is flagged. 0 is no limit, as in Drain3.
    pub max_tokens: usize,
    /// Whether `<IP>, <IP>` becomes one value: lists of different lengths then share a template. Lexer only.
    pub fold_lists: bool,
    /// The built-in classes whose values stay literal text, by the names of their placeholders: `["PATH", "HEX"]`. Lexer only.
    /// Classes without a recogniser (quoted strings, base64) always stay.
    pub keep: Vec<String>,
}

impl Default for NormalizeConfig {
    fn default() -> NormalizeConfig {
        NormalizeConfig {
            tokenizer: Tokenizer::Lexer,
            masks: Vec::new(),
            mask_prefix: "<".to_owned(),
            mask_suffix: ">".to_owned(),
            extra_delimiters: Vec::new(),
            max_line_bytes: 65_536,
            max_tokens: 512,
            fold_lists: true,
            keep: Vec::new(),
        }
    }
}

impl NormalizeConfig {
    /// The front end of Drain3 with its defaults: no masks, no delimiters, no limits.
    pub fn drain3() -> NormalizeConfig {
        NormalizeConfig {
            tokenizer: Tokenizer::Drain3,
            max_line_bytes: 0,
            max_tokens: 0,
            fold_lists: false,
            ..NormalizeConfig::default()
        }
    }

    /// The names of the masks without repetition, in the order of [`Class::Mask`].
    pub(crate) fn mask_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for mask in &self.masks {
            if !names.contains(&mask.name) {
                names.push(mask.name.clone());
            }
        }
        names
    }

    /// How classes are written in templates.
    pub(crate) fn placeholders(&self) -> Placeholders {
        Placeholders::new(&self.mask_prefix, &self.mask_suffix, self.mask_names())
    }

    /// The built-in class of a placeholder's name.
    pub(crate) fn class_named(name: &str) -> Option<Class> {
        let names = Placeholders::default();
        let mut builtin = (1..64).map(Class::from_index).filter(|class| !matches!(class, Class::Word | Class::Mask(_)));
        builtin.find(|&class| names.name(class) == name)
    }

    /// Notes everything that is wrong, below the path `normalize`.
    pub(crate) fn check(&self, problems: &mut Problems) {
        for (i, mask) in self.masks.iter().enumerate() {
            if let Err(reason) = Pattern::check(&mask.pattern) {
                problems.add(
                    ErrorKind::Pattern,
                    format!("normalize.masks[{i}].pattern"),
                    format!("{:?} is not a pattern: {reason}; write it as Python's re module reads it", mask.pattern),
                );
            }
            // Drain3's users may well replace a text by nothing.
            let nameless = mask.name.is_empty() && self.tokenizer != Tokenizer::Drain3;
            problems.require(!nameless, &format!("normalize.masks[{i}].name"), || {
                "the name is empty; give the value a name such as \"ID\"".to_owned()
            });
            let placeholder = format!("{}{}{}", self.mask_prefix, mask.name, self.mask_suffix);
            let escaped = self.tokenizer == Tokenizer::Drain3 && is_replacement_escape(&placeholder);
            problems.require(!escaped, &format!("normalize.masks[{i}].name"), || {
                format!("Python would read a backslash of {placeholder:?} as an escape or a group; leave it out")
            });
        }
        let names = self.mask_names().len();
        if names > Class::MAX_MASK_NAMES {
            let most = Class::MAX_MASK_NAMES;
            problems.add(
                ErrorKind::Limit,
                "normalize.masks",
                format!("{names} different names, at most {most} are possible; let masks of one kind share a name"),
            );
        }
        let ignored = self.tokenizer == Tokenizer::Lexer && !self.extra_delimiters.is_empty();
        problems.require(!ignored, "normalize.extra_delimiters", || {
            "the lexer has no delimiters; leave them out, or set normalize.tokenizer to \"drain3\"".to_owned()
        });
        for (i, delimiter) in self.extra_delimiters.iter().enumerate() {
            problems.require(!delimiter.is_empty(), &format!("normalize.extra_delimiters[{i}]"), || {
                "the delimiter is empty, it would split between all characters; remove it".to_owned()
            });
        }
        for (i, name) in self.keep.iter().enumerate() {
            problems.require(NormalizeConfig::class_named(name).is_some(), &format!("normalize.keep[{i}]"), || {
                format!(
                    "{name:?} is no built-in class; the classes are named as in templates: \"NUM\", \"IP\", \"PATH\""
                )
            });
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at once.
    pub fn validate(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        self.check(&mut problems);
        problems.finish()
    }
}

/// Whether Python's `re.sub` would write something else than this text, or refuse it.
fn is_replacement_escape(text: &str) -> bool {
    let mut escapes = text.split('\\').skip(1);
    escapes.any(|after| after.is_empty() || after.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_found_with_their_paths() {
        let mut config = NormalizeConfig {
            masks: vec![Mask::new("A", "[a"), Mask::new("", "a"), Mask::new("B", r"a\p{L}")],
            extra_delimiters: vec!["_".into(), String::new()],
            keep: vec!["NUM".into(), "NUMBER".into()],
            ..NormalizeConfig::default()
        };
        let error = config.validate().unwrap_err();
        let paths: Vec<&str> = error.problems().iter().map(|p| p.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "normalize.masks[0].pattern",
                "normalize.masks[1].name",
                "normalize.masks[2].pattern",
                "normalize.extra_delimiters",
                "normalize.extra_delimiters[1]",
                "normalize.keep[1]"
            ]
        );
        assert_eq!(error.kind(), ErrorKind::Pattern);
        assert!(error.problems()[0].message.starts_with("\"[a\" is not a pattern: unterminated character set"));

        config = NormalizeConfig::drain3();
        config.masks = vec![Mask::new("", "a"), Mask::new("a\\1", "a"), Mask::new("\\<", "a"), Mask::new("\\\\", "a")];
        let error = config.validate().unwrap_err();
        let paths: Vec<&str> = error.problems().iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["normalize.masks[1].name", "normalize.masks[3].name"]);

        let masks = (0..41).map(|i| Mask::new(format!("M{i}"), "a")).collect();
        config = NormalizeConfig { masks, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().kind(), ErrorKind::Limit);
        assert!(NormalizeConfig::default().validate().is_ok() && NormalizeConfig::drain3().validate().is_ok());
    }

    #[test]
    fn a_document_gives_the_settings_and_unknown_ones_are_refused() {
        let config: NormalizeConfig = toml::from_str(
            "tokenizer = 'drain3'\nextra_delimiters = ['=']\nmasks = [{ mask_with = 'A', regex_pattern = 'a' }]",
        )
        .unwrap();
        assert_eq!(config.tokenizer, Tokenizer::Drain3);
        assert_eq!(config.masks, [Mask::new("A", "a")]);
        assert_eq!(config.max_tokens, 512);
        assert!(toml::from_str::<NormalizeConfig>("maskz = []").is_err());
        let text = toml::to_string(&NormalizeConfig::drain3()).unwrap();
        assert_eq!(toml::from_str::<NormalizeConfig>(&text).unwrap(), NormalizeConfig::drain3());
    }
}
