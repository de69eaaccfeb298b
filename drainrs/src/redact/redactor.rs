//! The redactor: the rules at work on one text.

use std::borrow::Cow;

use super::allow::Allowed;
use super::config::{RedactConfig, RedactMode};
use super::custom::Compiled;
use super::headers::HeaderWords;
use super::pairs::Pairs;
use super::placeholder::{Found, Placeholders};
use super::pseudonym::Pseudonyms;
use super::redaction::Redaction;
use super::rules::{self, BUILT_IN, BuiltIn, Hit, Hits, RuleSet, SecretKind, Source};
use super::tokens::{self, Vendors};
use super::{addresses, entropy, headers, numbers};
use crate::error::{Error, Problems};
use crate::text::Span;

/// A secret in a text: where it stands, what it is, who found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding<'r> {
    /// Where the secret stands.
    pub span: Span,
    /// What it is.
    pub kind: SecretKind,
    /// The word of its placeholder: `EMAIL`, or the name of the user's rule.
    pub word: &'r str,
    /// The rule that found it, by the name that settings have for it.
    pub rule: &'r str,
}

/// The compiled rules. Immutable, cheap to share between threads; it keeps nothing of what it sees.
///
/// ```
/// use drainrs::redact::{RedactConfig, Redactor};
///
/// let redactor = Redactor::build(&RedactConfig::default())?;
/// let line = b"login of ann@shop.test from 8.8.4.4 with password=hunter2";
/// let found: Vec<_> = redactor.find(line).iter().map(|f| (f.rule.to_owned(), f.span.of(line).to_vec())).collect();
/// assert_eq!(found[0], ("email".to_owned(), b"ann@shop.test".to_vec()));
/// assert_eq!(redactor.redact(line), "login of <EMAIL_1> from <IP_1> with password=<SECRET_1>");
/// assert!(!redactor.is_clean(line) && redactor.is_clean(b"login of <EMAIL_1>"));
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Redactor {
    rules: RuleSet,
    vendors: Vendors,
    headers: HeaderWords,
    pairs: Pairs,
    custom: Vec<Compiled>,
    allowed: Allowed,
    keep_private_ips: bool,
    placeholders: Placeholders,
    pub(super) mode: RedactMode,
    pub(super) pseudonyms: Option<Pseudonyms>,
    pub(super) max_values: usize,
    pub(super) max_value_bytes: usize,
}

/// A finding before it is shown: offsets of any size, and the rule by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) source: Source,
}

impl Redactor {
    /// Compiles the rules.
    ///
    /// # Errors
    ///
    /// If a rule's name is unknown, a pattern does not compile, a placeholder's word cannot be told from others, a limit is out of
    /// its range, or pseudonyms have no key. All problems are listed.
    pub fn build(config: &RedactConfig) -> Result<Redactor, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        let rules = config.custom.iter().enumerate();
        let custom: Vec<_> = rules.filter_map(|(at, rule)| Compiled::build(rule, at, &mut problems)).collect();
        let mut on = RuleSet::default_on();
        for (names, switch) in [(&config.enable, true), (&config.disable, false)] {
            on = names.iter().filter_map(|name| rules::named(name)).fold(on, |set, rule| set.with(rule, switch));
        }
        problems.require(!on.is_empty() || !custom.is_empty(), "redact.disable", || {
            "no rule is left; to send text as it is, leave the redactor out".to_owned()
        });
        problems.finish()?;
        let pseudonymous = config.mode == RedactMode::Pseudonym;
        let key = config.pseudonym_key.as_ref().and_then(super::config::PseudonymKey::bytes).filter(|_| pseudonymous);
        let pseudonym = if pseudonymous { config.pseudonym_bits as usize / 5 } else { 0 };
        let words = custom.iter().map(|rule| rule.name.as_str());
        Ok(Redactor {
            rules: on,
            vendors: Vendors::new(on),
            headers: HeaderWords::new(),
            pairs: Pairs::new(),
            placeholders: Placeholders::new(words, pseudonym),
            custom,
            allowed: Allowed::new(config),
            keep_private_ips: config.keep_private_ips,
            mode: config.mode,
            pseudonyms: key.map(|key| Pseudonyms::new(key, config.pseudonym_bits)),
            max_values: config.max_values,
            max_value_bytes: config.max_value_bytes,
        })
    }

    /// The secrets of a text, in order; none overlaps another, and none a placeholder.
    pub fn find(&self, text: &[u8]) -> Vec<Finding<'_>> {
        let places = self.places(text);
        let show = |place: &Place| Finding {
            span: Span::new(place.start, place.end),
            kind: Redactor::kind(place.source),
            word: self.word(place.source),
            rule: self.rule(place.source),
        };
        places.iter().map(show).collect()
    }

    /// The text with its secrets replaced, numbered from 1; what is not UTF-8 is replaced too. To number several texts together,
    /// or to put values back, take a [`Redaction`].
    pub fn redact(&self, text: &[u8]) -> String {
        Redaction::default().redact(self, text)
    }

    /// Whether no rule finds anything: the last look at what is about to leave.
    pub fn is_clean(&self, text: &[u8]) -> bool {
        self.places(text).is_empty()
    }

    /// The names of the rules that work, in their order, the user's last.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        let built_in = BUILT_IN.iter().filter(|facts| self.rules.has(facts.rule)).map(|facts| facts.name);
        built_in.chain(self.custom.iter().map(|rule| rule.name.as_str()))
    }

    pub(super) fn kind(source: Source) -> SecretKind {
        match source {
            Source::BuiltIn(rule) => BUILT_IN[rule as usize].kind,
            Source::Custom(_) => SecretKind::Custom,
        }
    }

    pub(super) fn word(&self, source: Source) -> &str {
        match source {
            Source::BuiltIn(_) => Redactor::kind(source).word(),
            Source::Custom(_) => self.rule(source),
        }
    }

    pub(super) fn rule(&self, source: Source) -> &str {
        match source {
            Source::BuiltIn(rule) => BUILT_IN[rule as usize].name,
            Source::Custom(at) => self.custom.get(at).map_or("", |rule| rule.name.as_str()),
        }
    }

    /// The placeholders of a text.
    pub(super) fn placeholders(&self, text: &[u8]) -> Vec<Found> {
        self.placeholders.all(text)
    }

    /// All findings, put together.
    pub(super) fn places(&self, raw: &[u8]) -> Vec<Place> {
        let mut hits = Hits::default();
        self.run(raw, &mut hits);
        hits.0.retain(|hit| !self.allowed.has(Redactor::kind(hit.source), &raw[hit.start..hit.end]));
        if hits.0.is_empty() {
            return Vec::new();
        }
        cut(raw, &merged(hits), &self.placeholders(raw))
    }

    /// Every rule over the text.
    fn run(&self, raw: &[u8], hits: &mut Hits) {
        let text = &*plain(raw);
        let on = |rule| self.rules.has(rule);
        if on(BuiltIn::PrivateKey) {
            tokens::private_keys(text, hits);
        }
        if on(BuiltIn::Jwt) {
            tokens::jwt(text, hits);
        }
        self.vendors.find(text, hits);
        if on(BuiltIn::AuthHeader) {
            headers::authorizations(text, &self.headers, hits);
        }
        let mut userinfo_ends = Vec::new();
        if on(BuiltIn::UrlUserinfo) {
            userinfo_ends = headers::userinfos(text, hits);
        }
        if on(BuiltIn::Cookie) {
            headers::cookies(text, &self.headers, hits);
        }
        if on(BuiltIn::KeyValue) {
            self.pairs.find(text, hits);
        }
        if on(BuiltIn::QueryParam) {
            headers::query_params(text, hits);
        }
        if on(BuiltIn::HighEntropy) {
            entropy::random_texts(text, hits);
        }
        numbers::find(text, self.rules, hits);
        if on(BuiltIn::Email) {
            addresses::emails(raw, &userinfo_ends, hits);
        }
        if on(BuiltIn::Ip) {
            addresses::ips(text, self.keep_private_ips, hits);
        }
        if on(BuiltIn::Mac) {
            addresses::macs(text, hits);
        }
        if on(BuiltIn::Host) {
            addresses::hosts(text, hits);
        }
        if on(BuiltIn::UserPath) {
            addresses::user_paths(text, hits);
        }
        for (at, rule) in self.custom.iter().enumerate() {
            rule.find(raw, at, hits);
        }
    }
}

/// The text with each byte beyond ASCII as one that is no letter, so that a secret is one whatever script, or damage, it is glued to.
fn plain(raw: &[u8]) -> Cow<'_, [u8]> {
    const DELETE: u8 = 0x7F;
    if raw.is_ascii() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|b| if b.is_ascii() { *b } else { DELETE }).collect())
}

/// Findings that overlap become one, of the rule that comes first: what any rule found goes.
fn merged(mut hits: Hits) -> Vec<Place> {
    hits.0.sort_unstable_by_key(|hit| (hit.start, hit.end, hit.source));
    let mut places: Vec<Place> = Vec::with_capacity(hits.0.len());
    for Hit { start, end, source } in hits.0 {
        match places.last_mut() {
            Some(last) if start < last.end => {
                last.end = last.end.max(end);
                last.source = last.source.min(source);
            }
            _ => places.push(Place { start, end, source }),
        }
    }
    places
}

/// Findings without the placeholders inside them: those are no secrets, and must stay whole.
fn cut(text: &[u8], places: &[Place], placeholders: &[Found]) -> Vec<Place> {
    let mut pieces = Vec::with_capacity(places.len());
    let mut next = 0;
    for place in places {
        while placeholders.get(next).is_some_and(|found| found.end <= place.start) {
            next += 1;
        }
        let inside: Vec<_> = placeholders[next..].iter().take_while(|found| found.start < place.end).collect();
        if inside.is_empty() {
            pieces.push(*place);
            continue;
        }
        let mut start = place.start;
        let mut piece = |start: usize, end: usize| {
            // Marks between two placeholders are none of the secret.
            let says = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
            if start < end && text[start..end].iter().any(says) {
                pieces.push(Place { start, end, ..*place });
            }
        };
        for found in inside {
            piece(start, found.start);
            start = found.end;
        }
        piece(start, place.end);
    }
    pieces
}
