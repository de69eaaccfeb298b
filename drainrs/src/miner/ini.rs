//! Reads a `drain3.ini`, as Drain3 does: Python's `configparser`, a Python literal, a JSON document.
//!
//! The result is plain data with Drain3's defaults filled in. What has no meaning here (how often to write snapshots,
//! profiling) is listed by name, so that a program can tell its user. Problems carry the path `SECTION.key`.
//!
//! The reader follows `configparser` with its defaults: `=` or `:`, lines that begin with `#` or `;` are comments, an
//! indented line continues the value, keys ignore case, `%%` is `%` and `%(key)s` another value, nothing is defined twice.

use std::collections::BTreeMap;

use super::python_literal;
use crate::error::{Error, ErrorKind, Problems};
use crate::normalize::Mask;

const DEFAULT_SECTION: &str = "DEFAULT";

/// How deep `%(key)s` may refer to `%(key)s`, as in `configparser`.
const MAX_INTERPOLATION_DEPTH: u32 = 10;

/// `%(key)s` cannot make a value longer than this.
const MAX_VALUE_BYTES: usize = 1 << 20;

/// The settings of a `drain3.ini`.
///
/// ```
/// let ini = drainrs::read_drain3_ini("[DRAIN]\nsim_th = 0.5\n[SNAPSHOT]\nsnapshot_interval_minutes = 10").unwrap();
/// assert_eq!((ini.sim_th, ini.depth), (0.5, 4));
/// assert_eq!(ini.ignored, ["SNAPSHOT.snapshot_interval_minutes"]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Drain3Ini {
    /// The similarity threshold.
    pub sim_th: f64,
    /// The depth of the tree, root and leaf level included.
    pub depth: i64,
    /// The largest number of children of a node.
    pub max_children: i64,
    /// The largest number of clusters; without it there is no limit.
    pub max_clusters: Option<i64>,
    /// Strings that separate tokens besides white space.
    pub extra_delimiters: Vec<String>,
    /// Whether a token with a digit is taken for a parameter in the tree.
    pub parametrize_numeric_tokens: bool,
    /// The masks, in order.
    pub masks: Vec<Mask>,
    /// What stands before a mask's name.
    pub mask_prefix: String,
    /// What stands after a mask's name.
    pub mask_suffix: String,
    /// Settings that have no meaning here, as `SECTION.key`.
    pub ignored: Vec<String>,
}

/// Reads the text of a `drain3.ini`.
///
/// # Errors
///
/// The first line that is no line of an INI file, or else all values that cannot be read.
pub fn read_drain3_ini(text: &str) -> Result<Drain3Ini, Error> {
    let document = Document::read(text)?;
    let mut values = Values { document: &document, problems: Problems::default(), used: Vec::new() };
    let ini = Drain3Ini {
        sim_th: values.get("DRAIN", "sim_th", "a number", float).unwrap_or(0.4),
        depth: values.get("DRAIN", "depth", "a whole number", int).unwrap_or(4),
        max_children: values.get("DRAIN", "max_children", "a whole number", int).unwrap_or(100),
        max_clusters: values.get("DRAIN", "max_clusters", "a whole number (leave the key out for no limit)", int),
        extra_delimiters: values.extra_delimiters(),
        parametrize_numeric_tokens: values
            .get("DRAIN", "parametrize_numeric_tokens", "a boolean: true or false", boolean)
            .unwrap_or(true),
        masks: values.masks(),
        mask_prefix: values.text("MASKING", "mask_prefix").unwrap_or_else(|| "<".to_owned()),
        mask_suffix: values.text("MASKING", "mask_suffix").unwrap_or_else(|| ">".to_owned()),
        ignored: Vec::new(),
    };
    let ignored = values.unused();
    values.problems.finish()?;
    Ok(Drain3Ini { ignored, ..ini })
}

/// The values of a document, taken out one by one.
struct Values<'a> {
    document: &'a Document,
    problems: Problems,
    used: Vec<(&'static str, &'static str)>,
}

impl Values<'_> {
    fn text(&mut self, section: &'static str, key: &'static str) -> Option<String> {
        self.used.push((section, key));
        match self.document.get(section, key) {
            Ok(value) => value,
            Err(reason) => {
                self.problems.add(ErrorKind::Config, format!("{section}.{key}"), reason);
                None
            }
        }
    }

    fn get<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(section, key)?;
        let value = parse(&text);
        self.problems.require(value.is_some(), &format!("{section}.{key}"), || format!("{text:?} is not {wanted}"));
        value
    }

    fn extra_delimiters(&mut self) -> Vec<String> {
        let Some(text) = self.text("DRAIN", "extra_delimiters") else { return Vec::new() };
        python_literal::strings(&text).unwrap_or_else(|reason| {
            let message = format!("{text:?} is not a Python list of strings such as [\"_\", \":\"]: {reason}");
            self.problems.add(ErrorKind::Config, "DRAIN.extra_delimiters", message);
            Vec::new()
        })
    }

    fn masks(&mut self) -> Vec<Mask> {
        const PATH: &str = "MASKING.masking";
        let Some(text) = self.text("MASKING", "masking") else { return Vec::new() };
        let list = match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(serde_json::Value::Array(list)) => list,
            // Drain3 iterates over whatever it finds, and here there is nothing to find.
            Ok(serde_json::Value::Object(map)) if map.is_empty() => return Vec::new(),
            Ok(serde_json::Value::String(text)) if text.is_empty() => return Vec::new(),
            Ok(_) => {
                self.problems.add(ErrorKind::Config, PATH, "the value is JSON, but no list; write [{...}, {...}]");
                return Vec::new();
            }
            Err(error) => {
                self.problems.add(ErrorKind::Config, PATH, format!("the value is not JSON: {error}"));
                return Vec::new();
            }
        };
        let mut masks = Vec::new();
        for (i, item) in list.iter().enumerate() {
            let mut field = |key: &str| {
                let value = item.get(key).and_then(serde_json::Value::as_str);
                self.problems.require(value.is_some(), &format!("{PATH}[{i}].{key}"), || {
                    "the key is missing or its value is no string; a mask has \"regex_pattern\" and \"mask_with\""
                        .to_owned()
                });
                value.unwrap_or_default().to_owned()
            };
            let (pattern, name) = (field("regex_pattern"), field("mask_with"));
            masks.push(Mask { name, pattern });
        }
        masks
    }

    /// What was set but not asked for.
    fn unused(&self) -> Vec<String> {
        let used = |section: &str, key: &str| self.used.contains(&(section, key));
        let sections = self.document.sections.iter();
        let all = sections.flat_map(|(section, keys)| keys.keys().map(move |key| (section.as_str(), key.as_str())));
        all.filter(|(section, key)| *section != DEFAULT_SECTION && !used(section, key))
            .map(|(section, key)| format!("{section}.{key}"))
            .collect()
    }
}

/// Python's `int()`: blanks around, a sign, underscores between digits.
fn int(text: &str) -> Option<i64> {
    without_underscores(text.trim())?.parse().ok()
}

/// Python's `float()`.
fn float(text: &str) -> Option<f64> {
    without_underscores(text.trim())?.parse().ok()
}

fn without_underscores(text: &str) -> Option<String> {
    let bad = text.starts_with('_') || text.ends_with('_') || text.contains("__");
    (!bad).then(|| text.replace('_', ""))
}

/// The words of `configparser.getboolean`.
fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// Sections, keys and raw values.
#[derive(Debug, Default)]
struct Document {
    sections: BTreeMap<String, BTreeMap<String, String>>,
}

impl Document {
    fn read(text: &str) -> Result<Document, Error> {
        let mut document = Document::default();
        let mut section: Option<String> = None;
        // The key whose value may go on, with the lines of its value.
        let mut open: Option<(String, Vec<String>)> = None;
        let mut indent = 0;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        for (number, line) in text.split('\n').enumerate() {
            let wrong = |message: String| {
                Error::new(ErrorKind::Config, format!("line {}", number + 1), format!("{message}: {line:?}"))
            };
            let value = line.trim_matches(crate::text::python_space);
            if value.starts_with(['#', ';']) {
                continue;
            }
            if value.is_empty() {
                // An empty line belongs to the value, trailing ones are dropped when it ends.
                if let Some((_, lines)) = &mut open {
                    lines.push(String::new());
                }
                continue;
            }
            let leading = line.chars().take_while(|&c| crate::text::python_space(c)).count();
            if leading > indent
                && let Some((_, lines)) = &mut open
            {
                lines.push(value.to_owned());
                continue;
            }
            indent = leading;
            document.close(section.as_deref(), open.take());
            if let Some(name) = section_name(value) {
                if name != DEFAULT_SECTION && document.sections.contains_key(name) {
                    return Err(wrong(format!("the section {name} is there twice; merge the two")));
                }
                document.sections.entry(name.to_owned()).or_default();
                section = Some(name.to_owned());
                continue;
            }
            let Some(name) = &section else {
                return Err(wrong("a section such as [DRAIN] must come first".to_owned()));
            };
            let key_end = value.find(['=', ':']).filter(|&end| end > 0);
            let Some(key_end) = key_end else {
                return Err(wrong("neither a section nor `key = value`".to_owned()));
            };
            let key = value[..key_end].trim_end_matches(crate::text::python_space).to_lowercase();
            if document.sections.get(name).is_some_and(|keys| keys.contains_key(&key)) {
                return Err(wrong(format!("{name}.{key} is set twice; remove one")));
            }
            let first = value[key_end + 1..].trim_matches(crate::text::python_space).to_owned();
            open = Some((key, vec![first]));
        }
        document.close(section.as_deref(), open);
        Ok(document)
    }

    fn close(&mut self, section: Option<&str>, open: Option<(String, Vec<String>)>) {
        if let (Some(section), Some((key, lines))) = (section, open) {
            let value = lines.join("\n").trim_end_matches(crate::text::python_space).to_owned();
            self.sections.entry(section.to_owned()).or_default().insert(key, value);
        }
    }

    fn raw(&self, section: &str, key: &str) -> Option<&str> {
        let keys = self.sections.get(section)?;
        keys.get(key).or_else(|| self.sections.get(DEFAULT_SECTION)?.get(key)).map(String::as_str)
    }

    /// A value with `%%` and `%(key)s` resolved.
    fn get(&self, section: &str, key: &str) -> Result<Option<String>, String> {
        let Some(raw) = self.raw(section, key) else { return Ok(None) };
        let mut value = String::new();
        self.interpolate(section, raw, 1, &mut value)?;
        Ok(Some(value))
    }

    fn interpolate(&self, section: &str, raw: &str, depth: u32, out: &mut String) -> Result<(), String> {
        if depth > MAX_INTERPOLATION_DEPTH || out.len() > MAX_VALUE_BYTES {
            return Err("%(key)s refers to %(key)s too often".to_owned());
        }
        let mut rest = raw;
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            let inside = rest.strip_prefix('(').and_then(|inside| inside.split_once(')'));
            let Some((key, after)) = inside.and_then(|(key, after)| Some((key, after.strip_prefix('s')?))) else {
                return Err(format!("a % must be written %%, found \"%{rest}\""));
            };
            let Some(raw) = self.raw(section, &key.to_lowercase()) else {
                return Err(format!("%({key})s refers to a key that is not set"));
            };
            self.interpolate(section, raw, depth + 1, out)?;
            rest = after;
        }
        out.push_str(rest);
        Ok(())
    }
}

/// The name in `[name]`, as far to the right as a bracket stands.
fn section_name(value: &str) -> Option<&str> {
    let inside = value.strip_prefix('[')?;
    let end = inside.rfind(']')?;
    (end > 0).then(|| &inside[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_of_drain3_is_read() {
        let text = r#"
[SNAPSHOT]
snapshot_interval_minutes = 10
compress_state = True

[MASKING]
masking = [
          {"regex_pattern":"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)", "mask_with": "HEX"},
          # a comment inside the value
          {"regex_pattern":"(?<=executed cmd )(\".+?\")", "mask_with": "CMD"}

          ]
mask_prefix = <:
Mask_Suffix : :>
[DRAIN]
sim_th = 0.7
depth=6
max_children = 512
max_clusters = 1_024
extra_delimiters = ["_", ':', u"\x3d", r'\.', "\u20ac" "=",]
parametrize_numeric_tokens = off
; engine comes from a later release
engine = Drain
"#;
        let ini = read_drain3_ini(text).unwrap();
        assert_eq!((ini.sim_th, ini.depth, ini.max_children, ini.max_clusters), (0.7, 6, 512, Some(1024)));
        assert_eq!(ini.extra_delimiters, ["_", ":", "=", "\\.", "\u{20ac}="]);
        assert!(!ini.parametrize_numeric_tokens);
        assert_eq!(ini.masks.len(), 2);
        assert_eq!(ini.masks[1], Mask::new("CMD", "(?<=executed cmd )(\".+?\")"));
        assert_eq!((ini.mask_prefix.as_str(), ini.mask_suffix.as_str()), ("<:", ":>"));
        assert_eq!(ini.ignored, ["DRAIN.engine", "SNAPSHOT.compress_state", "SNAPSHOT.snapshot_interval_minutes"]);
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let ini = read_drain3_ini("").unwrap();
        assert_eq!((ini.sim_th, ini.depth, ini.max_children, ini.max_clusters), (0.4, 4, 100, None));
        assert!(ini.masks.is_empty() && ini.extra_delimiters.is_empty() && ini.parametrize_numeric_tokens);
    }

    #[test]
    fn percent_signs_are_resolved() {
        let ini = read_drain3_ini("[DEFAULT]\np = %%\n[MASKING]\nname = x\nmask_prefix = %(p)s%(NAME)s<").unwrap();
        assert_eq!(ini.mask_prefix, "%x<");
        assert_eq!(ini.ignored, ["MASKING.name"]);
        for bad in ["%", "%d", "%(a)", "%(mask_prefix)s", "%(missing)s"] {
            let error = read_drain3_ini(&format!("[MASKING]\nmask_prefix = {bad}")).unwrap_err();
            assert_eq!(error.path(), "MASKING.mask_prefix", "{bad}");
        }
    }

    #[test]
    fn problems_name_their_place() {
        let error = read_drain3_ini(
            "[DRAIN]\nsim_th = high\ndepth = 4.5\nmax_clusters = None\nextra_delimiters = [1]\nparametrize_numeric_tokens = maybe\n\
             [MASKING]\nmasking = [{\"regex_pattern\": \"a\"}, 7]",
        )
        .unwrap_err();
        let paths: Vec<&str> = error.problems().iter().map(|p| p.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "DRAIN.sim_th",
                "DRAIN.depth",
                "DRAIN.max_clusters",
                "DRAIN.extra_delimiters",
                "DRAIN.parametrize_numeric_tokens",
                "MASKING.masking[0].mask_with",
                "MASKING.masking[1].regex_pattern",
                "MASKING.masking[1].mask_with"
            ]
        );
        for (text, path) in [
            ("sim_th = 1", "line 1"),
            ("[DRAIN]\nsim_th", "line 2"),
            ("[DRAIN]\n= 1", "line 2"),
            ("[DRAIN]\nsim_th = 1\nSIM_TH = 2", "line 3"),
            ("[DRAIN]\n[DRAIN]", "line 2"),
            ("[MASKING]\nmasking = {\"a\": 1}", "MASKING.masking"),
            ("[MASKING]\nmasking = [", "MASKING.masking"),
        ] {
            assert_eq!(read_drain3_ini(text).unwrap_err().path(), path, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\[DRAIN\\]\n)?(\\PC|\n|[\\[\\]=:%()\"'\\\\ ,]|extra_delimiters = ){0,30}") {
            let _ = read_drain3_ini(&text);
        }
    }
}
