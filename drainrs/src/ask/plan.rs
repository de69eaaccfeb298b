//! What to ask, the most valuable first, and what a day of it would cost.

use std::collections::BTreeMap;

use crate::prompt::{DeskConfig, Task, TaskKind};

/// Tasks, the most valuable first. The same state gives the same plan, byte by byte.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// How many of each kind are not among them: beyond [`Budget::max_tasks`](crate::prompt::Budget::max_tasks).
    pub left_out: BTreeMap<TaskKind, usize>,
}

/// What a million tokens cost, in whatever currency the host counts.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Of the input.
    pub input_per_million: f64,
    /// Of the output.
    pub output_per_million: f64,
}

/// What a day would cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct DayCost {
    /// Tasks.
    pub tasks: f64,
    /// Tokens of the input.
    pub input_tokens: f64,
    /// Tokens of the output.
    pub output_tokens: f64,
    /// The price, in the currency of [`Prices`].
    pub price: f64,
    /// Whether the desk's budget per day is what keeps it there.
    pub is_capped: bool,
}

impl Plan {
    /// What a day of such tasks would cost at most, each as often as it came up so far, at their bounds of tokens, within the
    /// budget of a desk. Repairs are not counted in; the budget counts them.
    ///
    /// ```
    /// # use drainrs::ask::{Asker, AskConfig, Prices};
    /// # use drainrs::prompt::Budget;
    /// # let pipeline = drainrs::Pipeline::build(&Default::default()).unwrap();
    /// # let asker = Asker::build(&AskConfig::default()).unwrap();
    /// let plan = asker.plan(&pipeline, drainrs::Timestamp::from_seconds(0), &Budget::default())?;
    /// let prices = Prices { input_per_million: 3.0, output_per_million: 15.0 };
    /// assert_eq!(plan.day(prices, &AskConfig::default().desk).price, 0.0, "nothing was seen, nothing is asked");
    /// # Ok::<(), drainrs::Error>(())
    /// ```
    pub fn day(&self, prices: Prices, desk: &DeskConfig) -> DayCost {
        let mut day = DayCost::default();
        for task in &self.tasks {
            // A kind that comes up often stands here several times; each stands for its share.
            let kin = self.tasks.iter().filter(|other| other.kind == task.kind).count() as f64;
            let often = if task.per_day > 1.0 { task.per_day / kin } else { task.per_day };
            day.tasks += often;
            day.input_tokens += often * task.input_tokens as f64;
            day.output_tokens += often * task.max_output_tokens as f64;
        }
        let tokens = day.input_tokens + day.output_tokens;
        let share = |most: u64, wanted: f64| if wanted > most as f64 { most as f64 / wanted } else { 1.0 };
        let fits = share(desk.tasks_per_day, day.tasks).min(share(desk.tokens_per_day, tokens));
        day.is_capped = fits < 1.0;
        day.tasks *= fits;
        day.input_tokens *= fits;
        day.output_tokens *= fits;
        day.price = (day.input_tokens * prices.input_per_million + day.output_tokens * prices.output_per_million) / 1e6;
        day
    }
}
