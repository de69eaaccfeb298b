//! `drainrs diff`: what changed between two logs; a gate for deployments.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use super::baseline::{learn_from, load};
use super::failure::Failure;
use super::input::Input;
use super::options::{DiffOptions, Difference};
use super::style::{Ink, Pen, fit, grouped, padding};
use super::{SUCCESS, output, settings};
use crate::baseline::{Baseline, CompareConfig, Comparison, RateShift, Standing, compare};
use crate::{Level, PipelineConfig};

/// The exit code when a difference was found that fails.
const FOUND: u8 = 3;
const INDENT: &str = "  ";

pub(crate) fn run(options: &DiffOptions) -> Result<u8, Failure> {
    let mut settings = settings::read(&options.miner)?;
    if options.format.is_some() {
        settings.config.parse.format.clone_from(&options.format);
    }
    let before = learned(&options.before, &settings.config)?;
    let after = learned(&options.after, &settings.config)?;
    let changes = compare(&before, &after, &CompareConfig::default());
    let fails = options.fail_on.iter().any(|kind| has(&changes, *kind));
    let mut out = BufWriter::new(io::stdout().lock());
    if options.json {
        serde_json::to_writer_pretty(&mut out, &changes).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    } else {
        let pen = Pen::new(output::coloured(), after.pipeline().miner().placeholders());
        let mut text = String::new();
        Page { pen: &pen, width: output::width(), top: options.top }.draw(&changes, &mut text);
        out.write_all(text.as_bytes())?;
    }
    out.flush()?;
    Ok(if fails { FOUND } else { SUCCESS })
}

/// A baseline as it was kept, or learned from a log.
fn learned(path: &Path, config: &PipelineConfig) -> Result<Baseline, Failure> {
    let mut head = [0; 4];
    let is_baseline = path != Path::new("-")
        && File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok()
        && head == *b"DRNR";
    if is_baseline {
        return load(path);
    }
    let mut baseline = Baseline::build(config)?;
    learn_from(&Input::named(path), &mut baseline)?;
    Ok(baseline)
}

fn has(changes: &Comparison, kind: Difference) -> bool {
    match kind {
        Difference::NewError => changes.new_errors().next().is_some(),
        Difference::New => !changes.new.is_empty(),
        Difference::Gone => !changes.gone.is_empty(),
        Difference::Rate => !changes.rises.is_empty() || !changes.drops.is_empty(),
        Difference::Value => !changes.values.is_empty(),
        Difference::Any => !changes.is_empty(),
    }
}

struct Page<'a> {
    pen: &'a Pen,
    width: usize,
    top: usize,
}

impl Page<'_> {
    fn draw(&self, changes: &Comparison, text: &mut String) {
        let said = format!(
            "\n{INDENT}events: {} before, {} after; templates in both: {}\n",
            grouped(changes.events_before),
            grouped(changes.events_after),
            grouped(changes.common)
        );
        text.push_str(&said);
        if changes.is_empty() {
            self.pen.put(text, Ink::Dim, "\n  nothing new, nothing gone, no rate and no value has shifted\n\n");
            return;
        }
        let errors: Vec<&Standing> = changes.new_errors().collect();
        let others: Vec<&Standing> = changes.new.iter().filter(|standing| standing.level < Level::Error).collect();
        self.standings(text, Ink::BoldRed, "New errors", &errors, |standing| grouped(standing.after));
        self.standings(text, Ink::Bold, "New", &others, |standing| grouped(standing.after));
        self.standings(text, Ink::Bold, "Gone", &changes.gone.iter().collect::<Vec<_>>(), |standing| {
            grouped(standing.before)
        });
        self.shifts(text, "More frequent", &changes.rises);
        self.shifts(text, "Less frequent", &changes.drops);
        let values: Vec<&Standing> = changes.values.iter().map(|shift| &shift.standing).collect();
        let mut at = changes.values.iter();
        self.standings(text, Ink::Bold, "Values that shifted", &values, |_| {
            at.next()
                .map_or(String::new(), |shift| format!("{} → {}", number(shift.median[0]), number(shift.median[1])))
        });
        text.push('\n');
    }

    fn shifts(&self, text: &mut String, title: &str, shifts: &[RateShift]) {
        let mut at = shifts.iter();
        let standings: Vec<&Standing> = shifts.iter().map(|shift| &shift.standing).collect();
        self.standings(text, Ink::Bold, title, &standings, |standing| {
            let expected = at.next().map_or(0.0, |shift| shift.expected);
            format!("{} → {}", number(expected), grouped(standing.after))
        });
    }

    /// A section: a line per statement, and an example where it says more.
    fn standings(
        &self,
        text: &mut String,
        ink: Ink,
        title: &str,
        standings: &[&Standing],
        mut numbers: impl FnMut(&Standing) -> String,
    ) {
        if standings.is_empty() {
            return;
        }
        text.push('\n');
        text.push_str(INDENT);
        self.pen.put(text, ink, title);
        self.pen.put(text, Ink::Dim, &format!("  {}\n", grouped(standings.len() as u64)));
        let shown: Vec<(String, &Standing)> =
            standings.iter().take(self.top).map(|standing| (numbers(standing), *standing)).collect();
        let widest = shown.iter().map(|(numbers, _)| super::style::columns(numbers)).max().unwrap_or_default().max(6);
        for (numbers, standing) in shown {
            let level = if standing.level == Level::Unknown { "" } else { standing.level.name() };
            text.push_str(INDENT);
            text.push_str(&" ".repeat(widest - super::style::columns(&numbers)));
            text.push_str(&numbers);
            text.push_str("  ");
            self.pen.put(text, Ink::of_level(standing.level), level);
            text.push_str(&padding(level, 10));
            let used = INDENT.len() + widest + 2 + 10;
            self.pen.put_template(text, &standing.template, self.width.saturating_sub(used));
            text.push('\n');
            if standing.example != standing.template {
                text.push_str(&" ".repeat(used));
                self.pen.put(text, Ink::Dim, &fit(&standing.example, self.width.saturating_sub(used)));
                text.push('\n');
            }
        }
        if standings.len() > self.top {
            let more = grouped((standings.len() - self.top) as u64);
            self.pen.put(text, Ink::Dim, &format!("{INDENT}and {more} more; --top shows them\n"));
        }
    }
}

fn number(number: f64) -> String {
    if number.abs() < 9.95 { format!("{number:.2}") } else { format!("{number:.0}") }
}
