//! Redaction: no secret leaves with a text.
//!
//! **Takes** any bytes: a line, a template, a whole prompt. **Gives** text in which secrets and what is personal are replaced by
//! placeholders, [`<EMAIL_1>`](RedactMode), and keeps the map back in the host. **Promises**: total; deterministic; bounded; linear in the text;
//! no rule finds anything in what was given back ([`Redactor::is_clean`]); what was redacted once is not changed by redacting it again;
//! placeholders and templates' masks are no secrets. **Does not promise** that every secret is found: this is best effort, not
//! compliance with anything. **Costs**: several passes over the text, and so it stands where text leaves, not in the way of each line.
//!
//! There are rules of three kinds:
//!
//! - by *form*: keys of vendors, JWTs, private keys, cards, bank accounts, addresses. What has a check is checked: the digits of
//!   Luhn, the remainder of 97, a header that decodes.
//! - by *name*: `password=x`, `"client_secret": "x"`, `?sig=x`, cookies. Names are read word by word, so that `token_count` is none.
//! - the *user's*: regular expressions that run in linear time.
//!
//! Where findings overlap, all of it goes, as one. A byte that is not ASCII, damaged or not, never shields a secret beside it.
//!
//! ```
//! use drainrs::redact::{RedactConfig, RedactMode, Redaction, Redactor};
//!
//! let redactor = Redactor::build(&RedactConfig::default())?;
//! let mut task = Redaction::default();
//! let prompt = task.redact(&redactor, b"GET /pay?card=4111111111111111 by ann@shop.test, Authorization: Bearer abcdef0123456789");
//! assert_eq!(prompt, "GET /pay?card=<CARD_1> by <EMAIL_1>, Authorization: Bearer <TOKEN_1>");
//! assert!(redactor.is_clean(prompt.as_bytes()));
//! assert_eq!(task.restore("Tell <EMAIL_1>."), "Tell ann@shop.test.");
//!
//! let config = RedactConfig { mode: RedactMode::Remove, ..RedactConfig::default() };
//! assert_eq!(Redactor::build(&config)?.redact(b"by ann@shop.test"), "by <EMAIL>");
//! # Ok::<(), drainrs::Error>(())
//! ```

mod addresses;
mod allow;
mod config;
mod custom;
mod entropy;
mod headers;
mod key_lines;
mod keys;
mod near;
mod numbers;
mod pairs;
mod placeholder;
mod pseudonym;
mod redaction;
mod redactor;
mod rules;
mod tokens;

pub use config::{AllowList, PseudonymKey, RedactConfig, RedactMode, RedactRule};
pub use key_lines::KeyLines;
pub(crate) use keys::names_a_secret;
pub use redaction::Redaction;
pub use redactor::{Finding, Redactor};
pub use rules::SecretKind;
