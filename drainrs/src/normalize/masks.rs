//! The user's masks, compiled: a quick look at the bytes of a line decides which of them run at all.

use super::config::NormalizeConfig;
use super::pattern::{Haystack, Pattern};
use crate::error::{Error, ErrorKind, Problems};
use crate::flow::{Class, MaskSpan};
use crate::text::Span;

/// One mask.
#[derive(Debug, Clone)]
pub(crate) struct CompiledMask {
    pub(crate) pattern: Pattern,
    pub(crate) class: Class,
    /// What it writes into a line: prefix, name, suffix.
    pub(crate) placeholder: Vec<u8>,
    /// The bits a text must show for this mask to match, see [`Masks::seen`].
    pub(crate) needs: u64,
    /// The bits that the placeholder itself shows.
    pub(crate) shows: u64,
}

/// All masks of a configuration, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Masks {
    masks: Vec<CompiledMask>,
    /// For each byte the sets of characters it belongs to, one bit per distinct set that some pattern needs.
    bits: Box<[u64; 256]>,
}

impl Masks {
    /// Compiles the masks of a configuration; all problems at once.
    pub(crate) fn compile(config: &NormalizeConfig) -> Result<Masks, Error> {
        let mut problems = Problems::default();
        let names = config.mask_names();
        let mut bits = Box::new([0_u64; 256]);
        let mut sets: Vec<(u128, bool)> = Vec::new();
        let mut masks = Vec::new();
        for (i, mask) in config.masks.iter().enumerate() {
            let pattern = match Pattern::compile(&mask.pattern) {
                Ok(pattern) => pattern,
                Err(reason) => {
                    problems.add(ErrorKind::Pattern, format!("normalize.masks[{i}].pattern"), reason);
                    continue;
                }
            };
            let mut needs = 0;
            for set in pattern.needs() {
                let known = sets.iter().position(|known| *known == set);
                let at = known.unwrap_or(sets.len());
                if at == 64 {
                    continue; // the mask runs a little more often
                }
                if known.is_none() {
                    sets.push(set);
                    for (byte, entry) in bits.iter_mut().enumerate() {
                        let member = if byte < 128 { set.0 >> byte & 1 == 1 } else { set.1 };
                        *entry |= u64::from(member) << at;
                    }
                }
                needs |= 1 << at;
            }
            let class = names.iter().position(|name| *name == mask.name).unwrap_or_default();
            let placeholder = [&config.mask_prefix, &mask.name, &config.mask_suffix].map(String::as_bytes).concat();
            masks.push(CompiledMask { pattern, class: Class::Mask(class as u8), placeholder, needs, shows: 0 });
        }
        problems.finish()?;
        let mut masks = Masks { masks, bits };
        for i in 0..masks.masks.len() {
            masks.masks[i].shows = masks.seen(&masks.masks[i].placeholder);
        }
        Ok(masks)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.masks.is_empty()
    }

    /// The masks, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &CompiledMask> {
        self.masks.iter()
    }

    /// How often a pattern used up its steps on a line, and counted as not matching there.
    pub(crate) fn exhausted(&self) -> u64 {
        self.masks.iter().map(|mask| mask.pattern.exhausted()).sum()
    }

    /// Which of the needed sets of characters a text shows.
    #[inline]
    pub(crate) fn seen(&self, text: &[u8]) -> u64 {
        text.iter().fold(0, |seen, &byte| seen | self.bits[usize::from(byte)])
    }

    /// The parts of a line that masks claim, in order, without overlap: masks run in the order of their list over the
    /// original line, and what an earlier one claimed is closed to the later ones. Empty matches claim nothing.
    pub(crate) fn claims(&self, line: &[u8], claims: &mut Vec<MaskSpan>) {
        claims.clear();
        if self.masks.is_empty() {
            return;
        }
        let seen = self.seen(line);
        let mut text = None;
        for mask in self.masks.iter().filter(|mask| mask.needs & !seen == 0) {
            let text = *text.get_or_insert_with(|| Haystack::new(line));
            let owned = claims.len();
            let mut before = 0; // the first owned claim that ends behind the present match's start
            mask.pattern.for_each_match(text, |start, end| {
                let span = Span::new(start, end);
                while before < owned && claims[before].span.end <= span.start {
                    before += 1;
                }
                let free = before == owned || claims[before].span.start >= span.end;
                if free && start < end {
                    claims.push(MaskSpan { span, class: mask.class });
                }
            });
            if owned > 0 && claims.len() > owned {
                claims.sort_unstable_by_key(|claim| claim.span.start);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Mask;
    use super::*;
    use proptest::prelude::*;

    fn claims(masks: &[(&str, &str)], line: &str) -> Vec<(String, Class)> {
        let config = NormalizeConfig {
            masks: masks.iter().map(|(name, pattern)| Mask::new(*name, *pattern)).collect(),
            ..NormalizeConfig::default()
        };
        let mut claims = Vec::new();
        Masks::compile(&config).unwrap().claims(line.as_bytes(), &mut claims);
        claims.iter().map(|c| (line[c.span.range()].to_owned(), c.class)).collect()
    }

    #[test]
    fn an_earlier_mask_owns_its_text() {
        let masks = [("IP", r"\d+\.\d+\.\d+\.\d+"), ("IP", r"::1"), ("NUM", r"\d+"), ("GAP", "x*")];
        assert_eq!(
            claims(&masks, "7 from 1.2.3.4 port 80 and ::1"),
            [("7", 1), ("1.2.3.4", 0), ("80", 1), ("::1", 0)].map(|(text, n)| (text.to_owned(), Class::Mask(n)))
        );
    }

    proptest! {
        #[test]
        fn claims_are_sorted_apart_and_inside(line: Vec<u8>) {
            let masks = ["\\d+", "[a-f ]{2,}", "(?<!x).", "\\b"].map(|p| Mask::new("A", p)).to_vec();
            let masks = Masks::compile(&NormalizeConfig { masks, ..NormalizeConfig::default() }).unwrap();
            let mut claims = Vec::new();
            masks.claims(&line, &mut claims);
            let mut last = 0;
            for claim in claims {
                prop_assert!(last <= claim.span.start && claim.span.start < claim.span.end);
                last = claim.span.end;
            }
            prop_assert!(last as usize <= line.len());
        }
    }
}
