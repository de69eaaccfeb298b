//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::Level;
use crate::ask::Prices;
use crate::prompt::{TaskKind, tokens_about, tokens_at_most};

/// Turns log lines into templates.
#[derive(Debug, Parser)]
#[command(name = "drainrs", version, max_term_width = 100)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Report(ReportOptions),
    Fit(FitOptions),
    Mine(MineOptions),
    Watch(WatchOptions),
    /// Learn what is usual from good logs, and judge others by it
    #[command(subcommand)]
    Baseline(BaselineCommand),
    Diff(DiffOptions),
    Calibrate(CalibrateOptions),
    Digest(DigestOptions),
    /// Ask a model about a log, through any program that takes a text and gives one
    #[command(subcommand)]
    Ask(AskCommand),
    Redact(RedactOptions),
    Index(IndexOptions),
}

/// Show what a log consists of: its templates, how often, when, how severe, and what is new
#[derive(Debug, Args)]
pub(crate) struct ReportOptions {
    /// The logs, plain or .gz or .zst; `-` is standard input; without any, a sample is shown
    pub(crate) files: Vec<PathBuf>,
    /// Write one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// Show templates of this level and above: trace, debug, info, notice, warn, error, critical, fatal
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) level: Option<Level>,
    /// Show so many templates besides the new errors
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    /// Count only the events of a service, or of a logger where no service is named
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// The format of the lines' headers, instead of detecting it
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    /// Look for no anomalies
    #[arg(long)]
    pub(crate) no_detect: bool,
    /// Which service depends on which, in TOML or JSON, such as `web = ["cart", "db"]`: orders what moved together
    #[arg(long, value_name = "FILE")]
    pub(crate) topology: Option<PathBuf>,
    /// Report on the sample that comes with the program
    #[arg(long, conflicts_with = "files")]
    pub(crate) sample: bool,
    #[command(flatten)]
    pub(crate) miner: MinerOptions,
}

/// Tell whether the miner fits a log, and what to change: measured on a sample of its lines
#[derive(Debug, Args)]
pub(crate) struct FitOptions {
    /// The log, plain or .gz or .zst; `-` is standard input; without it, a sample is judged
    pub(crate) file: Option<PathBuf>,
    /// Write one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 3 if anything is found
    #[arg(long)]
    pub(crate) check: bool,
    /// Keep so many messages, spread over the whole log
    #[arg(long, value_name = "N")]
    pub(crate) lines: Option<usize>,
    /// Try so many changes; each costs a pass over the sample
    #[arg(long, value_name = "N")]
    pub(crate) trials: Option<usize>,
    /// The format of the lines' headers; `raw` takes each line as it is, `auto` detects. With --drain3 `raw` is the default
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    #[command(flatten)]
    pub(crate) miner: MinerOptions,
}

/// Write a record per line: what template it belongs to, and its parameters
#[derive(Debug, Args)]
pub(crate) struct MineOptions {
    /// The log, plain or .gz or .zst; standard input if missing or `-`
    pub(crate) file: Option<PathBuf>,
    /// What to write
    #[arg(long, short, value_enum, default_value_t = Form::Jsonl)]
    pub(crate) output: Form,
    /// Write into files of this folder, named after the input; `logparser` writes into the present folder without it
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out_dir: Option<PathBuf>,
    /// The format of the lines' headers; `raw` takes each line as it is, `auto` detects. With --drain3 `raw` is the default
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    /// At the end, write for each line what Drain3's `match` finds with each of its strategies
    #[arg(long, hide = true)]
    pub(crate) r#match: bool,
    /// Go on from a state that Drain3 saved, decompressed
    #[arg(long, hide = true, value_name = "FILE")]
    pub(crate) drain3_state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) miner: MinerOptions,
}

/// Follow a growing file and tell of every template that is born, and of what is unusual
///
/// The file may be rotated or truncated, and need not exist yet. Ctrl-C ends the program.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(crate) struct WatchOptions {
    /// The log
    pub(crate) file: PathBuf,
    /// Write a JSON object per birth and per alert
    #[arg(long)]
    pub(crate) json: bool,
    /// Tell of alerts only, not of every template that is born
    #[arg(long)]
    pub(crate) alerts_only: bool,
    /// Tell of births only
    #[arg(long, conflicts_with = "alerts_only")]
    pub(crate) no_detect: bool,
    /// Say nothing of what the file holds already, only of what is new after that
    #[arg(long)]
    pub(crate) learn: bool,
    /// Tell only of templates whose first line has this level or a greater one
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) level: Option<Level>,
    /// The format of the lines' headers, instead of detecting it
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    /// Keep what was learned in this file, and go on from there at the next start
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    /// Write the snapshot every so many seconds if something has changed (0: after each piece that is read); it is always written at the end
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "snapshot")]
    pub(crate) snapshot_every: u64,
    /// Go on with the settings of the snapshot instead of those given here
    #[arg(long, requires = "snapshot")]
    pub(crate) adopt: bool,
    #[command(flatten)]
    pub(crate) miner: MinerOptions,
}

/// What is usual.
#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    Learn(LearnOptions),
    Score(ScoreOptions),
}

/// Learn from logs that are known to be good
#[derive(Debug, Args)]
pub(crate) struct LearnOptions {
    /// The logs, plain or .gz or .zst, in the order of their times; `-` is standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Keep what was learned in this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Say what was learned as a JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// The format of the lines' headers, instead of detecting it
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    #[command(flatten)]
    pub(crate) miner: MinerOptions,
}

/// Judge a log by a baseline: what is new, too much, too little, silent, or out of range
#[derive(Debug, Args)]
pub(crate) struct ScoreOptions {
    /// The logs, plain or .gz or .zst; `-` is standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The baseline, as `baseline learn` wrote it
    #[arg(long, short, value_name = "FILE")]
    pub(crate) baseline: PathBuf,
    /// Write a JSON object per alert
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 3 if there is an alert of priority high or above
    #[arg(long)]
    pub(crate) check: bool,
}

/// Compare two logs, or two baselines: templates that are new, gone, more or less frequent, and values that shifted
#[derive(Debug, Args)]
pub(crate) struct DiffOptions {
    /// The log before (plain, .gz, .zst), or a baseline
    pub(crate) before: PathBuf,
    /// The log after, or a baseline
    pub(crate) after: PathBuf,
    /// Write one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 3 if there is a difference of these kinds
    #[arg(long, value_name = "KIND", value_enum, value_delimiter = ',')]
    pub(crate) fail_on: Vec<Difference>,
    /// Show so many of each kind
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,
    /// The format of the lines' headers, instead of detecting it
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    #[command(flatten)]
    pub(crate) miner: MinerOptions,
}

/// A kind of difference between two logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Difference {
    /// A new template of level error or above
    NewError,
    /// A new template
    New,
    /// A template that does not come any more
    Gone,
    /// A template that is much more or less frequent
    Rate,
    /// A value that shifted
    Value,
    /// Any of these
    Any,
}

/// Tell what a threshold on scores is worth, from labelled scores
#[derive(Debug, Args)]
pub(crate) struct CalibrateOptions {
    /// A line per score: `score label` with 1 for anomalies and 0 for the rest, parted by a tab, comma or blank, or JSON
    /// objects with `score` and `label`; standard input if missing or `-`
    pub(crate) file: Option<PathBuf>,
    /// Without labels: the threshold that so large a share of these normal scores exceeds
    #[arg(long, value_name = "SHARE")]
    pub(crate) false_alarm_rate: Option<f64>,
    /// Write one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write the best so many tokens about a log: for an agent, or for a person in a hurry
///
/// What was noticed, the templates (the most telling and the most frequent by turns), examples, and what is left out. Redacted.
#[derive(Debug, Args)]
pub(crate) struct DigestOptions {
    /// The logs, plain or .gz or .zst; `-` is standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// At most so many tokens
    #[arg(long, value_name = "N", default_value_t = 4_000)]
    pub(crate) tokens: usize,
    /// How tokens are counted
    #[arg(long, value_enum, default_value_t = Counting::About)]
    pub(crate) count: Counting,
    /// Write one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) reading: AskReading,
}

/// Ask a model.
#[derive(Debug, Subcommand)]
pub(crate) enum AskCommand {
    Plan(Box<PlanOptions>),
    Apply(ApplyOptions),
}

/// Write the most valuable question about a log, redacted and bounded, and keep what its answer is judged by
///
/// `drainrs ask plan app.log | any-model-program | drainrs ask apply`
#[derive(Debug, Args)]
pub(crate) struct PlanOptions {
    /// The logs, plain or .gz or .zst; `-` is standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Ask this: `summarise_window`, `classify_templates`, `explain_anomaly`, `root_cause`, `judge_batch`, `write_header_pattern`,
    /// `name_parameters`
    #[arg(long, value_name = "KIND", value_parser = task_kind)]
    pub(crate) kind: Option<TaskKind>,
    /// At most so many tokens of input
    #[arg(long, value_name = "N", default_value_t = 8_000)]
    pub(crate) tokens: usize,
    /// How tokens are counted
    #[arg(long, value_enum, default_value_t = Counting::Bytes)]
    pub(crate) count: Counting,
    /// Keep the task in this file. It holds the values behind the placeholders: do not send it
    #[arg(long, value_name = "FILE", default_value = "drainrs-task.json")]
    pub(crate) task: PathBuf,
    /// Write what is sent as
    #[arg(long, value_enum, default_value_t = Sending::Text)]
    pub(crate) output: Sending,
    /// List what could be asked, the most valuable first, and keep nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// With --list: what a day would cost, at these prices of a million tokens of input and output
    #[arg(long, value_name = "IN,OUT", value_parser = prices, requires = "list")]
    pub(crate) price: Option<Prices>,
    #[command(flatten)]
    pub(crate) reading: AskReading,
}

/// Judge the answer to a question of `ask plan`: write the verdict, and exit with 3 if the answer must not be used, with 4 if the
/// question to be asked again was written
#[derive(Debug, Args)]
pub(crate) struct ApplyOptions {
    /// The answer; standard input if missing or `-`
    pub(crate) answer: Option<PathBuf>,
    /// The task, as `ask plan` kept it
    #[arg(long, value_name = "FILE", default_value = "drainrs-task.json")]
    pub(crate) task: PathBuf,
    /// If the answer may be repaired, write the question to be asked again instead of the verdict, and keep its task; as often as
    /// `desk.max_repairs` of the settings says
    #[arg(long)]
    pub(crate) repair: bool,
    /// Settings of asking, as for `ask plan`
    #[arg(long, value_name = "FILE")]
    pub(crate) ask_config: Option<PathBuf>,
    /// Show placeholders instead of the values behind them
    #[arg(long)]
    pub(crate) redacted: bool,
}

/// What is read, and how.
#[derive(Debug, Args)]
pub(crate) struct AskReading {
    /// The length of a window in minutes, in the time of the log; 0 takes the whole log for one
    #[arg(long, value_name = "MINUTES", default_value_t = 0)]
    pub(crate) window: u32,
    /// Which service depends on which, in TOML or JSON, such as `web = ["cart", "db"]`
    #[arg(long, value_name = "FILE")]
    pub(crate) topology: Option<PathBuf>,
    /// Settings of asking and redacting: a .toml or .json document
    #[arg(long, value_name = "FILE")]
    pub(crate) ask_config: Option<PathBuf>,
    /// The format of the lines' headers, instead of detecting it
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    #[command(flatten)]
    pub(crate) miner: MinerOptions,
}

/// How tokens are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Counting {
    /// By letters and digits: about what tokenizers make of logs, rather more
    About,
    /// One per byte: never too few
    Bytes,
}

impl Counting {
    pub(crate) fn counter(self) -> fn(&str) -> usize {
        match self {
            Counting::About => tokens_about,
            Counting::Bytes => tokens_at_most,
        }
    }
}

/// What `ask plan` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sending {
    /// One text
    Text,
    /// The messages of a chat API, as JSON
    Messages,
    /// The task with its schema and bounds, as JSON
    Task,
}

/// Copy a log with personal data and secrets replaced by numbered placeholders
#[derive(Debug, Args)]
pub(crate) struct RedactOptions {
    /// The log, plain or .gz or .zst; standard input if missing or `-`
    pub(crate) file: Option<PathBuf>,
    /// Settings of asking and redacting: a .toml or .json document
    #[arg(long, value_name = "FILE")]
    pub(crate) ask_config: Option<PathBuf>,
    /// Say on standard error how many values were replaced, by rule
    #[arg(long)]
    pub(crate) summary: bool,
}

/// Write a row per template, for a store
#[derive(Debug, Args)]
pub(crate) struct IndexOptions {
    /// The logs, plain or .gz or .zst; `-` is standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What to write
    #[arg(long, short, value_enum, default_value_t = IndexForm::Jsonl)]
    pub(crate) output: IndexForm,
    /// The name of the table, in SQL
    #[arg(long, value_name = "NAME", default_value = "log_templates")]
    pub(crate) table: String,
    /// With the built-in vectors of the texts
    #[arg(long)]
    pub(crate) vectors: bool,
    /// Texts and examples as they are, not redacted
    #[arg(long)]
    pub(crate) raw: bool,
    #[command(flatten)]
    pub(crate) reading: AskReading,
}

/// What `index` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IndexForm {
    /// A JSON object per row
    Jsonl,
    /// Columns
    Csv,
    /// CREATE TABLE and upserts for PostgreSQL with pgvector
    Postgres,
    /// CREATE TABLE and upserts for SQLite
    Sqlite,
    /// Arrow's interprocess format, as a file: for pandas, polars and so on
    #[cfg(feature = "arrow")]
    Arrow,
}

fn task_kind(text: &str) -> Result<TaskKind, String> {
    let known: Vec<&str> = TaskKind::ALL.into_iter().map(TaskKind::name).collect();
    let kind = TaskKind::ALL.into_iter().find(|kind| kind.name() == text);
    kind.ok_or_else(|| format!("known are {}", known.join(", ")))
}

fn prices(text: &str) -> Result<Prices, String> {
    let number = |text: &str| text.trim().parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0);
    let prices = text.split_once(',').and_then(|(input, output)| Some((number(input)?, number(output)?)));
    let (input_per_million, output_per_million) = prices.ok_or("write two prices, such as 3,15")?;
    Ok(Prices { input_per_million, output_per_million })
}

/// What `mine` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A JSON object per line; with --drain3 exactly the result of Drain3
    Jsonl,
    /// The same as columns
    Csv,
    /// The two files of the logparser benchmark, `NAME_structured.csv` and `NAME_templates.csv`
    Logparser,
}

/// How templates are made; the same for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Mining")]
pub(crate) struct MinerOptions {
    /// Settings: a .toml or .json document, or a drain3.ini (which implies --drain3)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Exactly what Drain3 does, with its defaults
    #[arg(long)]
    pub(crate) drain3: bool,
    /// Depth of the tree, at least 3
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<usize>,
    /// Share of tokens, 0 to 1, that a line must have in common with a template
    #[arg(long, value_name = "SHARE")]
    pub(crate) similarity: Option<f64>,
    /// The most templates that are kept
    #[arg(long, value_name = "N")]
    pub(crate) max_templates: Option<usize>,
    /// Show what the pattern matches as <NAME>; may be given several times
    #[arg(long, value_name = "NAME=PATTERN", value_parser = mask)]
    pub(crate) mask: Vec<(String, String)>,
}

/// `ORDER=ord_[0-9a-f]+`
fn mask(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, pattern)) if !name.is_empty() && !pattern.is_empty() => Ok((name.to_owned(), pattern.to_owned())),
        _ => Err("write NAME=PATTERN, such as ORDER=ord_[0-9a-f]+".to_owned()),
    }
}

fn level(text: &str) -> Result<Level, String> {
    let named = Level::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(text));
    let known: Vec<&str> = Level::ALL.into_iter().skip(1).map(Level::name).collect();
    named.ok_or_else(|| format!("known are {}", known.join(", ")))
}
