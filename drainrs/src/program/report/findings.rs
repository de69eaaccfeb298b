//! What a report says, as plain data: the terminal draws it, `--json` writes it.
//!
//! The document of `--json` is [`Findings`], field by field. `version` grows when a field changes its meaning or goes away;
//! new fields may come at any time. Times are RFC 3339 in UTC, `null` where the log has none.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::gather::{Gather, Stats};
use super::together::Together;
use crate::program::alerts::Document;
use crate::{Alert, DetectCounters, Detector, Level, Pipeline, TemplateView, Timestamp};

/// The version of the document.
const VERSION: u32 = 1;
/// Before so many events, and this share of all, whatever comes is new; later it is news.
const WARM_UP_EVENTS: u64 = 50;
const WARM_UP_SHARE: f64 = 0.2;
/// How many services are named.
const MAX_SERVICES: usize = 100;

/// The whole report.
#[derive(Debug, Serialize)]
pub(super) struct Findings<'a> {
    pub(super) version: u32,
    pub(super) input: About,
    pub(super) compression: Compression,
    /// Events by level, levels without events left out.
    pub(super) levels: BTreeMap<&'static str, u64>,
    /// Events by service, the hundred largest.
    pub(super) services: BTreeMap<String, u64>,
    /// What the series of the templates run over.
    pub(super) axis: Over,
    /// All events over the axis.
    pub(super) series: Vec<f64>,
    /// The ids of the templates of level error and above whose first event came after the warm-up; by first event.
    pub(super) new_errors: Vec<u64>,
    /// What was unusual, in the order of time.
    pub(super) anomalies: Vec<Document<'a>>,
    /// What moved together across services, in the order of time.
    pub(super) together: &'a [Together],
    /// What was judged; `null` with `--no-detect`.
    pub(super) detection: Option<DetectCounters>,
    /// Ranked by count.
    pub(super) templates: Vec<Finding>,
    /// What `--top` left out of `templates`.
    pub(super) omitted: Omitted,
    pub(super) run: Run,
}

/// What was read.
#[derive(Debug, Serialize)]
pub(super) struct About {
    pub(super) names: Vec<String>,
    /// After unpacking.
    pub(super) bytes: u64,
    pub(super) lines: u64,
    /// An event is a line, or several that belong together.
    pub(super) events: u64,
    pub(super) multi_line_events: u64,
    /// Events that were longer than the limits.
    pub(super) truncated_events: u64,
    /// Events of other services, with `--service`.
    pub(super) events_of_other_services: u64,
    /// Events by the format of their header; `generic` is a guess, `raw` none.
    pub(super) formats: BTreeMap<String, u64>,
    /// Events whose header no format and no guess explained, as a share from 0 to 1.
    pub(super) unparsed_share: f64,
    #[serde(serialize_with = "time")]
    pub(super) first_seen: Option<Timestamp>,
    #[serde(serialize_with = "time")]
    pub(super) last_seen: Option<Timestamp>,
}

/// How much shorter the templates are.
#[derive(Debug, Serialize)]
pub(super) struct Compression {
    pub(super) templates: u64,
    pub(super) lines_per_template: f64,
    /// The texts of all templates.
    pub(super) template_bytes: u64,
    /// Bytes of the input for each byte of the templates.
    pub(super) ratio: f64,
}

/// The axis of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Over {
    /// From the first to the last time of the log.
    Time,
    /// From the first line to the last: the log has no times.
    Lines,
}

/// A template and its events.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) id: u64,
    pub(super) content_id: String,
    pub(super) template: String,
    pub(super) count: u64,
    /// Of all events, from 0 to 1.
    pub(super) share: f64,
    /// The level of most of its events.
    pub(super) level: Level,
    pub(super) levels: BTreeMap<&'static str, u64>,
    /// Up to eight services, the one with most events first.
    pub(super) services: Vec<String>,
    #[serde(serialize_with = "time")]
    pub(super) first_seen: Option<Timestamp>,
    #[serde(serialize_with = "time")]
    pub(super) last_seen: Option<Timestamp>,
    /// From 1.
    pub(super) first_line: u64,
    pub(super) last_line: u64,
    pub(super) new_error: bool,
    /// Its events over the axis.
    pub(super) series: Vec<f64>,
    /// The message of one of its lines.
    pub(super) example: String,
    #[serde(skip)]
    first_event: u64,
}

/// What is not shown.
#[derive(Debug, Default, Serialize)]
pub(super) struct Omitted {
    pub(super) templates: u64,
    pub(super) events: u64,
}

/// How the run went; differs from run to run.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    pub(super) seconds: f64,
    pub(super) lines_per_second: f64,
}

/// What to show.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) level: Level,
    pub(super) top: usize,
    /// The length of the series.
    pub(super) cells: usize,
}

/// What was read, as far as the pipeline does not know.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) names: Vec<String>,
    pub(super) bytes: u64,
    pub(super) elapsed: Duration,
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        gather: &Gather,
        pipeline: &Pipeline,
        read: &Read,
        told: &'a [Alert],
        together: &'a [Together],
        selection: &Selection,
    ) -> Findings<'a> {
        let over = if gather.time.is_empty() || gather.all.over_time.is_crushed(&gather.time) {
            Over::Lines
        } else {
            Over::Time
        };
        let cells = |stats: &Stats| match over {
            Over::Time => stats.over_time.cells(&gather.time, selection.cells),
            Over::Lines => stats.over_lines.cells(&gather.lines, selection.cells),
        };
        #[allow(clippy::cast_sign_loss, reason = "a share of a count")]
        let warm_up = WARM_UP_EVENTS.max((gather.all.count as f64 * WARM_UP_SHARE) as u64);
        let finding = |view: &TemplateView<'_>, stats: &Stats| {
            let level = stats.level();
            Finding {
                id: view.id.0,
                content_id: view.content_id.to_string(),
                template: view.text.clone(),
                count: stats.count,
                share: ratio(stats.count, gather.all.count),
                level,
                levels: by_level(stats),
                services: services(gather, stats),
                first_seen: stats.first_seen,
                last_seen: stats.last_seen,
                first_line: stats.first_line + 1,
                last_line: stats.last_line + 1,
                new_error: level >= Level::Error && stats.first_event >= warm_up,
                series: Vec::new(),
                example: view
                    .examples
                    .first()
                    .map(|line| String::from_utf8_lossy(line).into_owned())
                    .unwrap_or_default(),
                first_event: stats.first_event,
            }
        };

        let (mut found, mut template_bytes) = (Vec::new(), 0);
        for view in pipeline.miner().templates() {
            let Some(stats) = gather.of(view.id) else { continue };
            template_bytes += view.text.len() as u64;
            found.push(finding(&view, stats));
        }
        let templates = found.len() as u64;
        found.retain(|finding| finding.level >= selection.level);
        found.sort_by_key(|finding| (std::cmp::Reverse(finding.count), finding.id));
        let mut news: Vec<(u64, u64)> =
            found.iter().filter(|finding| finding.new_error).map(|finding| (finding.first_event, finding.id)).collect();
        news.sort_unstable();
        // News are shown whatever their rank.
        let mut room = selection.top;
        let mut omitted = Omitted::default();
        found.retain(|finding| {
            if finding.new_error {
                return true;
            }
            let shown = room > 0;
            room = room.saturating_sub(1);
            if !shown {
                omitted.templates += 1;
                omitted.events += finding.count;
            }
            shown
        });
        for finding in &mut found {
            finding.series = gather.of(crate::TemplateId(finding.id)).map(cells).unwrap_or_default();
        }

        let (counters, parsed) = (pipeline.counters(), pipeline.parser().counters());
        let seconds = read.elapsed.as_secs_f64();
        let mut largest: Vec<(String, u64)> =
            (0..).zip(&gather.service_counts).map(|(service, &count)| (gather.service_name(service), count)).collect();
        largest.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        largest.truncate(MAX_SERVICES);
        Findings {
            version: VERSION,
            input: About {
                names: read.names.clone(),
                bytes: read.bytes,
                lines: counters.lines,
                events: counters.events,
                multi_line_events: gather.multi_line,
                truncated_events: counters.truncated,
                events_of_other_services: counters.events.saturating_sub(gather.all.count),
                formats: gather.formats.iter().cloned().collect(),
                unparsed_share: ratio(parsed.raw, counters.events),
                first_seen: gather.all.first_seen,
                last_seen: gather.all.last_seen,
            },
            compression: Compression {
                templates,
                lines_per_template: ratio(counters.lines, templates),
                template_bytes,
                ratio: ratio(read.bytes, template_bytes),
            },
            levels: by_level(&gather.all),
            services: largest.into_iter().collect(),
            axis: over,
            series: cells(&gather.all),
            new_errors: news.into_iter().map(|(_, id)| id).collect(),
            anomalies: told.iter().map(Document::of).collect(),
            together,
            detection: pipeline.detector().map(Detector::counters),
            templates: found,
            omitted,
            run: Run { seconds, lines_per_second: if seconds > 0.0 { counters.lines as f64 / seconds } else { 0.0 } },
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn by_level(stats: &Stats) -> BTreeMap<&'static str, u64> {
    let all = Level::ALL.into_iter().zip(stats.levels);
    all.filter(|(_, count)| *count > 0).map(|(level, count)| (level.name(), count)).collect()
}

fn services(gather: &Gather, stats: &Stats) -> Vec<String> {
    let mut services = stats.services.clone();
    services.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    services.into_iter().map(|(service, _)| gather.service_name(service)).collect()
}

/// As text: numbers of nanoseconds mean nothing to most readers of JSON.
#[allow(clippy::ref_option, reason = "what serde asks for")]
fn time<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}
