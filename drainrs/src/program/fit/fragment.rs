//! A fragment of a configuration in TOML, to be pasted: what differs between the given settings and the suggested ones.

use crate::{Adjustment, FitReport, MinerConfig};

/// The fragment; without suggestions none.
pub(super) fn of(report: &FitReport) -> Option<String> {
    let suggested = report.suggested.as_ref()?;
    let mut out = String::new();
    let adjusts = |test: fn(&Adjustment) -> bool| report.suggestions.iter().any(|one| test(&one.adjustment));
    let mut mine: Vec<String> = Vec::new();
    if adjusts(|one| matches!(one, Adjustment::SimilarityThreshold { .. })) {
        mine.push(format!("similarity_threshold = {:?}", suggested.mine.similarity_threshold));
    }
    if adjusts(|one| matches!(one, Adjustment::Depth { .. })) {
        mine.push(format!("depth = {}", suggested.mine.depth));
    }
    if let (true, Some(max)) =
        (adjusts(|one| matches!(one, Adjustment::MaxTemplates { .. })), suggested.mine.max_templates)
    {
        mine.push(format!("max_templates = {max}"));
    }
    if !mine.is_empty() {
        out.push_str("[mine]\n");
        mine.iter().for_each(|line| out.extend([line, "\n"]));
    }
    if adjusts(|one| matches!(one, Adjustment::AddMasks { .. } | Adjustment::RemoveMask { .. })) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&masks(suggested));
    }
    Some(out)
}

/// All masks: a list that is pasted replaces the one that is there.
fn masks(config: &MinerConfig) -> String {
    if config.normalize.masks.is_empty() {
        return "[normalize]\nmasks = []\n".to_owned();
    }
    let mut out = String::new();
    for mask in &config.normalize.masks {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("[[normalize.masks]]\n");
        out.extend(["name = ", &quoted(&mask.name), "\npattern = ", &quoted(&mask.pattern), "\n"]);
    }
    out
}

/// A string of TOML; one that takes backslashes as they are, where that is possible.
fn quoted(text: &str) -> String {
    if text.contains('\'') || text.chars().any(char::is_control) {
        toml::Value::from(text).to_string()
    } else {
        format!("'{text}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_what_toml_reads() {
        for text in ["a", r"\bus\-[a-z]{4}", "it's \"quoted\"", "'''", "tab\t", ""] {
            let document = format!("text = {}", quoted(text));
            let read: toml::Table = toml::from_str(&document).unwrap();
            assert_eq!(read["text"].as_str().unwrap(), text, "{document}");
        }
    }
}
