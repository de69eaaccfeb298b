//! What is secret in the text of a template, though the text itself does not show it.
//!
//! A template is no line. Masks break the shape of a token (`xoxb-<NUM>-<NUM>-AbCd...`), a name that varies leaves its value alone
//! (`<*> = hunter2`), a header takes the name away. So the lines of a template are looked at: what is secret in one of them and stands in the
//! text as it is becomes the word of its placeholder.

use std::collections::BTreeMap;

use super::asker::Asker;
use super::journal::{Known, WITHHELD};
use super::remembered::{Remembered, find_behind};
use crate::flow::Tokens;
use crate::id::TemplateId;
use crate::mine::Hit;
use crate::miner::Miner;

/// The longest placeholder.
const MAX_PLACEHOLDER: usize = 64;
/// Of a secret in a line that does not fit the template any more, shorter words may mean anything.
const LEAST_WORD: usize = 4;

/// The words of secrets, and what stands for each.
type Hidden<'r> = BTreeMap<Vec<u8>, &'r str>;

impl Asker {
    /// The text of a template as it may be shown once it is redacted; of a line of a private key nothing.
    pub(super) fn text_of(&self, id: TemplateId, miner: &Miner) -> String {
        let known = self.journal.templates.get(&id);
        if known.is_some_and(|known| known.secret) {
            return WITHHELD.to_owned();
        }
        let mut text = String::new();
        miner.write_text(id, &mut text);
        self.conceal(text, id, known, &[], miner)
    }

    /// The same of a text that a template had, with lines that it may be seen by.
    ///
    /// Cost: a search for secrets in each line at hand.
    pub(super) fn conceal(
        &self,
        text: String,
        id: TemplateId,
        known: Option<&Known>,
        lines: &[&[u8]],
        miner: &Miner,
    ) -> String {
        if text.is_empty() {
            return text;
        }
        let name = known.map(|known| known.name.as_slice()).unwrap_or_default();
        let own: Vec<&[u8]> = known.into_iter().flat_map(|known| &known.examples).map(Remembered::own).collect();
        let view = miner.template(id);
        let mined = view.iter().flat_map(|view| view.examples).map(Vec::as_slice).filter(|line| !own.contains(line));
        let mut tokens = Tokens::default();
        let mut hidden = Hidden::new();
        for line in own.iter().copied().chain(mined).chain(lines.iter().copied()) {
            let found = find_behind(&self.redactor, name, line);
            if found.is_empty() {
                continue;
            }
            let hit = miner.find_with(line, &mut tokens).filter(|hit| hit.template == id);
            let is_aligned = hit.is_some();
            let places: Vec<_> = hit.iter().flat_map(Hit::parameters).map(|one| one.span.range()).collect();
            for finding in found {
                let constant = |at: &usize| !places.iter().any(|place| place.contains(at));
                let mut words: Vec<Vec<u8>> = vec![Vec::new()];
                for at in finding.span.range() {
                    match line.get(at) {
                        Some(&byte) if is_word(byte) && constant(&at) => {
                            words.last_mut().into_iter().for_each(|word| word.push(byte));
                        }
                        _ => words.push(Vec::new()),
                    }
                }
                let least = if is_aligned { 2 } else { LEAST_WORD };
                hidden.extend(words.into_iter().filter(|word| word.len() >= least).map(|word| (word, finding.word)));
            }
        }
        let text = if name.is_empty() { text } else { format!("{}: {text}", String::from_utf8_lossy(name)) };
        if hidden.is_empty() { text } else { self.hide(&text, &hidden) }
    }

    /// Puts placeholders where the words stand, unless the rules find them in the text as well: then they get their numbers.
    fn hide(&self, text: &str, hidden: &Hidden<'_>) -> String {
        let bytes = text.as_bytes();
        let found = self.redactor.find(bytes);
        let is_found = |at: usize| found.iter().any(|finding| finding.span.range().contains(&at));
        let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = bytes.get(at..).unwrap_or_default();
            let len = match byte {
                b'<' => placeholder(rest).unwrap_or(1),
                byte if is_word(byte) => rest.iter().take_while(|byte| is_word(**byte)).count(),
                _ => 1,
            };
            let piece = rest.get(..len).unwrap_or_default();
            match hidden.get(piece).filter(|_| !is_found(at)) {
                Some(word) => out.extend([b"<", word.as_bytes(), b">"].concat()),
                None => out.extend_from_slice(piece),
            }
            at += len;
        }
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// A byte of a word: letters of any script, and digits.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// The length of a placeholder at the beginning of a text.
fn placeholder(text: &[u8]) -> Option<usize> {
    let end = text.iter().take(MAX_PLACEHOLDER).position(|byte| *byte == b'>')?;
    let inside = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'*' | b':');
    text.get(1..end).filter(|name| name.iter().all(inside)).map(|_| end + 1)
}
