//! The machine: one front end or the other, and the names of the placeholders.

use super::config::{NormalizeConfig, Tokenizer};
use super::drain3::Drain3Tokenizer;
use super::lexer::{Lexer, LexerOptions};
use super::masks::Masks;
use crate::error::Error;
use crate::flow::{Class, MaskSpan, Placeholders, Tokens};
use crate::text::{Span, TokenKey};

/// Lines in, tokens out, in linear time; the line is never rewritten, except in Drain3's way.
///
/// Holds nothing that a line changes: any number of threads may share one. The scratch of a line lives in its [`Tokens`].
///
/// ```
/// use drainrs::{Class, NormalizeConfig, Normalizer, Tokens};
///
/// let normalizer = Normalizer::build(&NormalizeConfig::default())?;
/// let mut tokens = Tokens::new();
/// normalizer.normalize(b"retry 3 for 10.0.0.7:443", &mut tokens);
/// assert_eq!(tokens.len(), 4);
/// assert_eq!(tokens.masks(3)[0].class, Class::Ip);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Normalizer {
    front: Front,
    placeholders: Placeholders,
}

#[derive(Debug, Clone)]
enum Front {
    Lexer {
        lexer: Lexer,
        masks: Masks,
    },
    /// The second tokenizer has no masks: it reads the text of templates, in which they have done their work.
    Drain3 {
        lines: Drain3Tokenizer,
        templates: Drain3Tokenizer,
    },
}

impl Normalizer {
    /// Compiles a configuration.
    ///
    /// # Errors
    ///
    /// Every wrong setting: [`ErrorKind::Config`](crate::ErrorKind::Config), [`ErrorKind::Pattern`](crate::ErrorKind::Pattern),
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit).
    pub fn build(config: &NormalizeConfig) -> Result<Normalizer, Error> {
        config.validate()?;
        let front = match config.tokenizer {
            Tokenizer::Lexer => {
                let unlimited = |limit: usize| if limit == 0 { usize::MAX } else { limit };
                // Offsets are 32 bits wide.
                let max_line_bytes = unlimited(config.max_line_bytes).min(1 << 30);
                let max_tokens = unlimited(config.max_tokens);
                let fold_lists = config.fold_lists;
                let mut options = LexerOptions { fold_lists, max_tokens, max_line_bytes, ..LexerOptions::default() };
                for class in config.keep.iter().filter_map(|name| NormalizeConfig::class_named(name)) {
                    options.keep(class);
                }
                Front::Lexer { lexer: Lexer::new(options), masks: Masks::compile(config)? }
            }
            Tokenizer::Drain3 => {
                let without_masks = NormalizeConfig { masks: Vec::new(), ..config.clone() };
                Front::Drain3 { lines: Drain3Tokenizer::new(config)?, templates: Drain3Tokenizer::new(&without_masks)? }
            }
        };
        Ok(Normalizer { front, placeholders: config.placeholders() })
    }

    /// How classes are written in templates.
    pub fn placeholders(&self) -> &Placeholders {
        &self.placeholders
    }

    /// How often a mask used up its steps on a line and counted as not matching there. Only masks that no automaton can
    /// run (look-around in the middle, backreferences) have a limit on steps.
    pub fn exhausted_masks(&self) -> u64 {
        match &self.front {
            Front::Lexer { masks, .. } => masks.exhausted(),
            Front::Drain3 { lines, .. } => lines.exhausted(),
        }
    }

    /// Replaces `tokens` by those of `line`. Total; allocates nothing once the tokens' memory has grown.
    #[inline]
    pub fn normalize(&self, line: &[u8], tokens: &mut Tokens) {
        match &self.front {
            Front::Lexer { lexer, masks } if masks.is_empty() => lexer.lex(line, tokens),
            Front::Lexer { lexer, masks } => {
                let mut claims = tokens.take_claims();
                // What is cut off costs nothing, and its offsets need not fit.
                masks.claims(lexer.head(line), &mut claims);
                lexer.lex_with(line, &claims, tokens);
                tokens.give_claims(claims);
            }
            Front::Drain3 { lines, .. } => lines.tokenize(line, tokens),
        }
    }

    /// A line with a placeholder for every masked value; white space as it was, where masks do not rewrite it. What was cut
    /// at a limit is missing. For people to look at what the settings do: nothing is reused from line to line.
    ///
    /// ```
    /// use drainrs::{NormalizeConfig, Normalizer};
    /// let normalizer = Normalizer::build(&NormalizeConfig::default())?;
    /// assert_eq!(normalizer.masked_text(b"took 35ms  for /etc/passwd"), "took <DURATION>  for <PATH>");
    /// # Ok::<(), drainrs::Error>(())
    /// ```
    pub fn masked_text(&self, line: &[u8]) -> String {
        let mut tokens = Tokens::new();
        self.normalize(line, &mut tokens);
        let text = tokens.text(line);
        let mut out = String::with_capacity(text.len());
        let copy = |from: usize, to: usize, out: &mut String| {
            out.push_str(&String::from_utf8_lossy(text.get(from..to).unwrap_or_default()));
        };
        let mut at = 0;
        // A rewritten text holds its placeholders already.
        let masks = if tokens.is_rewritten() { &[] } else { tokens.all_masks() };
        for mask in masks {
            copy(at, mask.span.start as usize, &mut out);
            self.placeholders.write(mask.class.bit(), &mut out);
            at = mask.span.end as usize;
        }
        let end = tokens.spans().last().map_or(0, |span| span.end as usize);
        let end = if tokens.is_cut() { end } else { text.len() };
        copy(at, end, &mut out);
        out
    }

    /// Replaces `tokens` by those of a template's text: placeholders stand for values, and a wildcard that is a whole token
    /// has the key [`TokenKey::WILD`].
    pub fn normalize_template(&self, text: &[u8], tokens: &mut Tokens) {
        match &self.front {
            Front::Lexer { lexer, .. } => {
                let mut claims = tokens.take_claims();
                self.placeholders_in(text, &mut claims);
                identifiers(text, &mut claims);
                lexer.lex_with(text, &claims, tokens);
                tokens.give_claims(claims);
                for at in 0..tokens.len() {
                    let wild = matches!(tokens.masks(at), [only] if only.class == Class::Word);
                    if wild && tokens.keys()[at] == TokenKey::MASK {
                        tokens.set_key(at, TokenKey::WILD);
                    }
                }
            }
            Front::Drain3 { templates, .. } => templates.tokenize(text, tokens),
        }
    }

    /// The spans of all known placeholders in a text.
    fn placeholders_in(&self, text: &[u8], found: &mut Vec<MaskSpan>) {
        found.clear();
        let classes = (0..64).map(Class::from_index);
        let mut spelled: Vec<(Vec<u8>, Class)> =
            classes.map(|class| (self.placeholders.spelling(class).into_bytes(), class)).collect();
        // Unknown numbers are spelled like the wildcard: the first of a spelling counts.
        spelled.dedup_by(|later, first| later.0 == first.0);
        let mut at = 0;
        while at < text.len() {
            let known = spelled.iter().find(|(spelling, _)| text[at..].starts_with(spelling));
            match known {
                Some((spelling, class)) => {
                    found.push(MaskSpan { span: Span::new(at, at + spelling.len()), class: *class });
                    at += spelling.len();
                }
                None => at += 1,
            }
        }
    }
}

/// Numbers that are part of a word with underscores are identifiers in a line, and so in a template: `blk_<NUM>`. Constants with
/// a number, `ERR_<NUM>`, are none in either.
fn identifiers(text: &[u8], claims: &mut Vec<MaskSpan>) {
    let part = |at: usize| text.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80);
    let number = |class: Class| matches!(class, Class::Number | Class::Word);
    let mut at = 0;
    while at < claims.len() {
        let Span { start, end } = claims[at].span;
        let (mut from, mut to, mut last) = (start as usize, end as usize, at);
        let low = at.checked_sub(1).map_or(0, |before| claims[before].span.end as usize);
        while from > low && part(from - 1) {
            from -= 1;
        }
        loop {
            let next = claims.get(last + 1).filter(|next| next.span.start as usize == to && number(next.class));
            if let Some(next) = next {
                to = next.span.end as usize;
                last += 1;
            } else if part(to) {
                to += 1;
            } else {
                break;
            }
        }
        let literals = [&text[from..start as usize], &text[end as usize..to]];
        let joined =
            text[..start as usize].ends_with(b"_") && from < start as usize || text[end as usize..to].starts_with(b"_");
        let named = matches!(text.get(to), Some(b'=' | b'('));
        let worded = literals.iter().any(|literal| literal.iter().any(u8::is_ascii_alphanumeric));
        let [head, tail] = literals;
        let shouted = !head.is_empty() && head.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
        let constant = shouted && tail.is_empty();
        if number(claims[at].class) && joined && worded && !named && !constant {
            claims[at] = MaskSpan { span: Span::new(from, to), class: Class::Id };
            claims.drain(at + 1..=last);
        }
        at += 1;
    }
}
