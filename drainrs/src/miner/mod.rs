//! Lines in, templates out: the normalizer and the miner as one machine.
//!
//! **Takes** the message of a line (without its header; the [pipeline](crate::Pipeline) strips headers). **Gives** a
//! [`Hit`](crate::Hit): template, change, size, typed parameters. **Promises** what the two stages promise, and that
//! restoring a [snapshot](Miner::snapshot) and going on gives exactly what never having stopped would have given.
//!
//! ```
//! use drainrs::{Change, Miner, MinerConfig};
//!
//! let mut miner = Miner::build(&MinerConfig::default())?;
//! miner.insert(b"Connection from 10.0.0.7 closed after 12 ms");
//! let hit = miner.insert(b"Connection from 10.0.0.9 closed after 7 ms");
//! assert_eq!(hit.change, Change::Unchanged);
//! assert_eq!(hit.size, 2);
//! let template = hit.template;
//! assert_eq!(miner.template(template).unwrap().text, "Connection from <IP> closed after <NUM> ms");
//! # Ok::<(), drainrs::Error>(())
//! ```

mod config;
mod drain3_state;
mod ini;
mod machine;
mod pickled;
mod python_literal;
mod settings;
mod snapshot;

pub use config::MinerConfig;
pub use ini::{Drain3Ini, read_drain3_ini};
pub use machine::{Columns, Miner, MinerStats};
pub(crate) use settings::require_equal;
pub use snapshot::OnOtherSettings;
