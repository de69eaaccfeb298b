//! Notices sessions (requests, traces, jobs, blocks) whose events are not those of a session: a step that is missing, one too
//! many, one in the wrong place.
//!
//! **Takes** observations with a session key, in any interleaving. A session is over when it had no event for a while, when
//! the host says so ([`Sequence::close_session`]), or at a number of events. **Gives** a score per unusual session when it is
//! over: [`Sequence`](crate::ScoreKind::Sequence), or [`Incomplete`](crate::ScoreKind::Incomplete) when it fell silent at a
//! point where sessions do not end; and an [`InvariantDrift`](crate::ScoreKind::InvariantDrift) when not the sessions are wrong
//! but what was known of them. Whole sessions as lists of templates go through [`SequenceModel`].
//!
//! **Promises** those of all scorers. The memory of a session is bounded, and so is the number of sessions.
//! **Costs** about 110 to 130 ns per event on a core of 2 GHz, all in all, for sessions of 19 events of which 500 are open at a
//! time: per event a hash of the key, two look-ups, a short scan of counts; the rest at the end of the session. A usual session
//! allocates nothing in the steady state. The end of an unusual one costs up to some 200 microseconds, for the search of the nearest
//! usual one. The Markov model costs 250 to 400 ns per event more.
//!
//! # What is learned
//!
//! - The **types** of events of usual sessions, and which of them end a session.
//! - The **vectors** of counts of usual sessions, and which types are *free* in them: a type is free if known vectors were seen
//!   that differ in its count and in nothing else, in at least two surroundings. A vector that differs from a known one in free
//!   types only, up to twice what was seen, is as good as known, unless it has a type that is rare (under 1 % of usual sessions).
//!   The order of a session's events is not in its vector.
//! - The **steps** from an event to the next, the edges of the session being events (2-grams).
//! - **Count rules** `a * left = b * right` with a and b up to 3, between types that each occur in 5 % of sessions or more, that
//!   held in 95 % of those with either type (compare the invariants of Lou, Fu, Yang, Xu and Li, "Mining Invariants from Console
//!   Logs for System Problem Detection", USENIX ATC 2010, which are not restricted to pairs). Each has a rate of violations with a
//!   half-life of 100 sessions. A rule broken in more than 5 %, or four times in a row (`0.05^4` is less than one in 100,000), is
//!   retired; under 1 % it is back.
//! - How often each type occurred of late, for **rare** types (under 1 % of sessions). These counts and those behind the rules
//!   halve every 1,000 sessions.
//! - On request, a **Markov model** of order 5.
//!
//! # What is unusual
//!
//! | `baseline` | a session is flagged for | because |
//! |---|---|---|
//! | `clean` | a type never seen; a vector that is not known, nor as good as known | good sessions alone were learned |
//! | `unlabelled` (default) | a broken count rule; a rare type | a few bad sessions teach all their types, vectors and steps, but do not break a rule |
//!
//! What does not decide still explains. Nothing is said before 30 sessions (clean) or 300 (unlabelled) were learned.
//! With `alpha` a clean baseline flags that share of good sessions: the distance of a session is ranked among those that good
//! ones had when they were new (a conformal p-value), which needs `3 / alpha` sessions.
//!
//! # Surprise
//!
//! A few thousand sessions cannot tell one in 100,000 from one in 1,000, so the rule alone decides, and what it flags is an alarm.
//! The surprise is 5 plus, of what decided, the greatest of: five times the distance to the nearest usual vector
//! (`sum |a - b| / sum max(a, b)`); 2.5 for a type never seen; `-log10` of the share of sessions with a rare type, or in which a
//! rule was broken, as if there were one more such; 1 for a new step; `-log10` of the share for an improbable course.
//!
//! # What an attacker could do
//!
//! Keys are hashed with XXH3, which is not made to resist: who may choose keys can find two with the same hash, whose sessions
//! are then one. That hurts only sessions whose keys he knows or made. Who may open sessions at will can push out others before
//! their end; these are counted, and still judged by their types. Who is patient can teach an adaptive scorer his ways; judge
//! with a frozen one ([`Mode::Detect`](super::Mode)) where that matters.

mod config;
mod counts;
mod invariants;
mod judgement;
mod markov;
mod model;
mod ngram;
mod ranks;
mod scorer;
mod session;
mod trail;
mod types;
mod vectors;
mod windows;

pub use config::{SequenceBaseline, SequenceConfig};
pub use judgement::{Deviation, Difference, Judgement, Unready};
pub use model::SequenceModel;
pub use scorer::{Sequence, SequenceCounters};
