//! The template index: templates as rows for the host's store, their neighbours, and past incidents that are found by them.
//!
//! **Takes** [`IndexRow`]s, which the host makes of its templates, and windows of templates that are [`Present`]. **Gives** rows
//! as JSON lines, [CSV](Csv), [SQL](Sql) and, with the feature `arrow`, Arrow; the rows
//! [nearest](Index::nearest) to a vector; the past incidents that a window [looks like](IncidentLibrary::matches). **Promises**: what
//! a log line says is data in every form, never SQL and, if asked for, never a formula; bounded, deterministic; nothing is sent or
//! stored: every form is appended to a text or buffer of the host's, row by row. **Costs**: a form is linear in its bytes, the search
//! exact and linear in the rows.
//!
//! # The similarity of a window to an incident
//!
//! For a window `W` and an incident with templates `I`:
//!
//! ```text
//! similarity = sum over t in I and W of  weight(t) rarity(t) equal(t) there(t)
//!              / ( sum over t in I of  weight(t) rarity(t)  +  extra_weight * sum over t in W, not in I, of  rarity(t) there(t) )
//!
//! rarity(t)  = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))
//! N          = incidents of the library + usual windows that were learned
//! n(t)       = how many of those have the template; at least 1
//! weight(t)  = the template's weight / the greatest weight of its incident
//! there(t)   = how much it stands out / how much the one that stands out most does
//! equal(t)   = 1 if found by its number, the share of equal words if found by its text
//! ```
//!
//! The ratio is Tversky's ("Features of similarity", Psychological Review 84, 1977) with weight 1 for what is missing and
//! `extra_weight` for what is there besides: with 0 a window that has everything would be every incident at once. The rarity is the inverse
//! document frequency of BM25 (Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009), with
//! 1 added inside the logarithm, as Lucene does, so that it stays above 0. A template that is in every usual window tells next to
//! nothing, whether it is in an incident or beside it, so [learn](IncidentLibrary::learn_usual) usual windows.
//!
//! A template is found by its number; one that is not, by its text: as many words, of them at least `text_similarity` equal at their
//! places, placeholders all alike, and one equal word that is not a placeholder. Each template of the window is found once.
//!
//! ```
//! use drainrs::index::{IndexRow, write_json_line};
//! use drainrs::{Miner, MinerConfig};
//!
//! let mut miner = Miner::build(&MinerConfig::default())?;
//! for line in ["user 17 logged in", "user 23 logged in", "disk sda is full"] {
//!     miner.insert(line.as_bytes());
//! }
//! let mut out = String::new();
//! for view in miner.templates() {
//!     let mut row = IndexRow::new("login", view.content_id, view.text);
//!     (row.template_id, row.hits, row.severity) = (Some(view.id), view.count, view.level);
//!     (row.first_seen, row.last_seen) = (view.first_seen, view.last_seen);
//!     row.examples = view.examples.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
//!     write_json_line(&row, &mut out)?;
//! }
//! assert_eq!(out.lines().count(), 2);
//! # Ok::<(), drainrs::Error>(())
//! ```

#[cfg(feature = "arrow")]
mod arrow;
mod csv;
mod incident;
mod json;
mod library;
mod literal;
mod row;
mod search;
mod similar;
mod sql;

#[cfg(feature = "arrow")]
pub use arrow::{ArrowLayout, write_arrow};
pub use csv::Csv;
pub use incident::{FoundBy, Incident, IncidentConfig, IncidentMatch, IncidentTemplate, Present, SharedTemplate};
pub use json::{read_json_lines, write_json_line};
pub use library::IncidentLibrary;
pub use row::{IndexRow, MAX_DIMENSIONS, MAX_ROW_BYTES, MAX_SERVICE_BYTES};
pub use search::{Index, IndexConfig, Inserted, Neighbour};
pub use sql::{Dialect, HitsOnConflict, Sql, SqlConfig};
