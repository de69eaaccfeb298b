//! A row per file and scorer, printed as soon as it is known.

/// A row. What does not apply to a scorer stays empty.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub file: String,
    pub scorer: String,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    /// False alarms a day, or where the column says so per 10,000 values, or in percent.
    pub false_alarms: Option<String>,
    /// What the project holds itself to, in words.
    pub bar: String,
    /// Whether the bar holds.
    pub held: Option<bool>,
}

/// Prints rows in columns.
#[derive(Debug)]
pub struct Table {
    /// Bars that hold, and that do not.
    held: [usize; 2],
}

impl Table {
    pub fn new() -> Table {
        println!(
            "{:<34} {:<34} {:>9} {:>7} {:>7} {:>16}  {:<52} held",
            "file", "scorer", "precision", "recall", "F1", "false alarms", "bar"
        );
        Table { held: [0, 0] }
    }

    pub fn row(&mut self, row: &Row) {
        if let Some(held) = row.held {
            self.held[usize::from(!held)] += 1;
        }
        let number = |number: Option<f64>| number.map(|number| format!("{number:.4}")).unwrap_or_default();
        let held = match row.held {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        println!(
            "{:<34} {:<34} {:>9} {:>7} {:>7} {:>16}  {:<52} {held}",
            row.file,
            row.scorer,
            number(row.precision),
            number(row.recall),
            number(row.f1),
            row.false_alarms.as_deref().unwrap_or_default(),
            row.bar,
        );
    }

    /// The last line.
    pub fn finish(&self) {
        let [held, missed] = self.held;
        println!("\n{held} bars hold, {missed} do not");
    }
}

/// Precision, recall and F1 of counts; 0 where nothing can be said.
pub fn rates(hits: f64, false_alarms: f64, missed: f64) -> (f64, f64, f64) {
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let (precision, recall) = (ratio(hits, hits + false_alarms), ratio(hits, hits + missed));
    (precision, recall, ratio(2.0 * precision * recall, precision + recall))
}
