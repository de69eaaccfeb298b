//! From what is remembered to what is asked about.

use super::asker::Asker;
use super::journal::{Known, Noticed};
use super::ring::Kept;
use crate::flow::{Alert, Class, Level, Priority, ScoreKind};
use crate::id::TemplateId;
use crate::miner::Miner;
use crate::prompt::{Notice, Place, PromptConfig, Samples, ShownLine, ShownTemplate, Subject, informs};
use crate::time::Timestamp;

/// So many lines without a header, and this share of all, are worth a pattern.
const MIN_UNPARSED: usize = 70;
const MIN_UNPARSED_SHARE: f64 = 0.2;
/// The most newborn templates beside what moved together.
const MAX_NEWS: usize = 20;
/// Events of a template before it counts as usual.
const USUAL_EVENTS: u64 = 5;

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A subject with what it is worth, and how often a day it comes up.
#[derive(Debug)]
pub(super) struct Worth {
    pub(super) subject: Subject,
    pub(super) value: f64,
    pub(super) per_day: f64,
    pub(super) cut: Vec<String>,
}

impl Worth {
    pub(super) fn new(subject: Subject, value: f64, per_day: f64) -> Worth {
        Worth { subject, value, per_day, cut: Vec::new() }
    }
}

impl Asker {
    /// Everything that could be asked about, in no order.
    pub(super) fn subjects(&self, miner: &Miner) -> Vec<Worth> {
        let mut found: Vec<Worth> = Vec::new();
        found.extend(self.window(miner));
        found.extend(self.causes(miner));
        found.extend(self.anomalies(miner));
        found.extend(self.batches());
        found.extend(self.header());
        found.extend(self.unlabelled(miner));
        found.extend(self.unnamed(miner));
        found
    }

    fn prompt(&self) -> &PromptConfig {
        &self.config.prompt
    }

    fn shown(&self, id: TemplateId, known: &Known, miner: &Miner) -> Option<ShownTemplate> {
        let mut text = String::new();
        miner.write_text(id, &mut text);
        let content = miner.template(id)?.content_id;
        Some(ShownTemplate {
            template: id,
            content,
            service: lossy(&known.service),
            level: known.level(),
            text,
            count: known.count,
            usual: known.usual,
            first_seen: known.first_seen,
            last_seen: known.last_seen,
            first_line: known.first_line,
            is_new: self.journal.is_new(known),
            anomaly: known.anomaly,
            reason: known.reason.clone(),
            examples: known.examples.iter().map(|example| lossy(example)).collect(),
            value: self.journal.value(known),
        })
    }

    /// The templates of the window at hand, the most telling first; of two that are equal the earlier one. The first news of
    /// level warn or above leads, whatever its rank: it may be the cause of the rest.
    pub(super) fn ranked(&self, wanted: impl Fn(&Known) -> bool) -> Vec<(TemplateId, &Known)> {
        let all = self.journal.templates.iter().map(|(id, known)| (*id, known));
        let mut ranked: Vec<(TemplateId, &Known)> = all.filter(|(_, known)| known.count > 0 && wanted(known)).collect();
        ranked.sort_by(|(_, a), (_, b)| {
            self.journal.value(b).total_cmp(&self.journal.value(a)).then(a.first_event.cmp(&b.first_event))
        });
        let news = ranked
            .iter()
            .enumerate()
            .filter(|(_, (_, known))| known.level() >= Level::Warn && self.journal.is_new(known));
        let first = news.min_by_key(|(_, (_, known))| known.first_event).map(|(at, _)| at);
        if let Some(first) = first {
            ranked[..=first].rotate_right(1);
        }
        ranked
    }

    fn window(&self, miner: &Miner) -> Option<Worth> {
        let least = self.prompt().min_level;
        let wanted = |known: &Known| known.level() >= least || known.level() == Level::Unknown;
        let ranked = self.ranked(wanted);
        let all = self.journal.templates.values().filter(|known| known.count > 0);
        let (templates, events) = all.fold((0, 0), |(templates, events), known| (templates + 1, events + known.count));
        let most = self.prompt().max_templates;
        let shown: Vec<ShownTemplate> =
            ranked.iter().take(most).filter_map(|(id, known)| self.shown(*id, known, miner)).collect();
        let notices: Vec<Notice> = self.current_notices().map(|noticed| notice(&noticed.alert)).collect();
        if shown.is_empty() && notices.is_empty() {
            return None;
        }
        let urgent = notices.iter().map(|notice| notice.priority).max();
        let value = 50.0 + shown.first().map_or(0.0, |top| top.value) + urgent.map_or(0.0, |most| 5.0 * urgency(most));
        let ttl = self.config.desk.summary_ttl_ns.max(1_000_000_000) as f64;
        let mut worth = Worth::new(
            Subject::Window { span: self.window_span(), events, templates, shown, notices },
            value,
            86_400e9 / ttl,
        );
        let hidden = templates as usize - ranked.len();
        if hidden > 0 {
            worth.cut.push(format!("{hidden} templates below level {} are not shown", least.name()));
        }
        if ranked.len() > most {
            worth.cut.push(format!("{} templates of lesser rank are not shown", ranked.len() - most));
        }
        Some(worth)
    }

    /// The window at hand, cut to what was seen.
    fn window_span(&self) -> Option<(Timestamp, Timestamp)> {
        let (from, until) = self.journal.window?;
        let (first, last) = self.journal.span?;
        Some((from.max(first), until.min(last)))
    }

    /// What was noticed in the window at hand.
    fn current_notices(&self) -> impl Iterator<Item = &Noticed> {
        let from = self.journal.window.map(|(from, _)| from).filter(|_| self.journal.config.window_ns > 0);
        self.journal.notices.iter().filter(move |noticed| from.is_none_or(|from| noticed.alert.at >= from))
    }

    fn anomalies(&self, miner: &Miner) -> Vec<Worth> {
        let per_day = self.journal.per_day(self.journal.notices_seen);
        let asked = self.journal.notices.iter().filter(|noticed| noticed.alert.priority >= Priority::Medium);
        let explain = |noticed: &Noticed| {
            let alert = &noticed.alert;
            let sample = alert.samples.first().or(alert.score.sample.as_ref());
            let said = sample.map(|text| ShownLine {
                at: Some(alert.score.at),
                level: alert.score.level,
                service: alert.service.clone().unwrap_or_default(),
                text: text.clone(),
                ..ShownLine::default()
            });
            let line = noticed.context.line.as_ref().map(shown_line).or(said);
            let context = noticed.context.before.iter().map(shown_line).collect();
            let like = line.as_ref().map(|line| line.text.clone()).or_else(|| alert.template.clone());
            let normal = like.map(|text| self.nearest_usual(&text, alert.score.template, miner)).unwrap_or_default();
            let value = 40.0 + 10.0 * urgency(alert.priority) + alert.score.severity.get();
            Worth::new(Subject::Anomaly { notice: notice(alert), line, context, normal }, value, per_day)
        };
        asked.map(explain).collect()
    }

    /// The usual templates that are most like a text: known before the window, nothing noticed about them.
    fn nearest_usual(&self, text: &str, own: Option<TemplateId>, miner: &Miner) -> Vec<ShownTemplate> {
        let most = self.prompt().max_normal;
        let vector = self.vectoriser.vector(text);
        let mut near: Vec<(f32, TemplateId, &Known)> = Vec::new();
        for (id, known) in &self.journal.templates {
            let usual = known.total >= USUAL_EVENTS && known.anomaly == 0.0 && !self.journal.is_new(known);
            let Some(example) = known.examples.first().filter(|_| usual && own != Some(*id)) else { continue };
            let other = self.vectoriser.vector(example);
            let likeness: f32 = vector.iter().zip(&other).map(|(a, b)| a * b).sum();
            if likeness > 0.0 {
                near.push((likeness, *id, known));
            }
        }
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let shown = near.into_iter().take(most).filter_map(|(_, id, known)| self.shown(id, known, miner));
        shown
            .map(|mut shown| {
                shown.examples.truncate(1);
                shown
            })
            .collect()
    }

    fn causes(&self, miner: &Miner) -> Vec<Worth> {
        let per_day = self.journal.per_day(self.correlations_seen);
        let cause = |found: &crate::correlate::Correlation| {
            let (start, end) = (found.window.start, found.window.end);
            let mut steps: Vec<Notice> = Vec::new();
            for noticed in &self.journal.notices {
                let scores = std::iter::once(&noticed.alert.score).chain(&noticed.alert.others);
                for score in scores.filter(|score| !informs(&score.kind)) {
                    // By when it moved, not by when that was noticed.
                    let at = score.window.start;
                    if at < start || at > end {
                        continue;
                    }
                    let known = score.template.and_then(|id| self.journal.templates.get(&id));
                    let mut text = String::new();
                    if let Some(id) = score.template {
                        miner.write_text(id, &mut text);
                    }
                    let service = known.map(|known| lossy(&known.service)).filter(|name| !name.is_empty());
                    steps.push(Notice {
                        at,
                        kind: score.kind.clone(),
                        priority: noticed.alert.priority,
                        service: service.or_else(|| noticed.alert.service.clone()).unwrap_or_default(),
                        reason: score.reason.clone(),
                        template: score.template,
                        text,
                    });
                }
            }
            steps.extend(self.news(start.plus_nanos(-self.config.correlate.window_ns), end, &steps, miner));
            steps.sort_by(|a, b| {
                a.at.cmp(&b.at).then_with(|| a.service.cmp(&b.service)).then(a.template.cmp(&b.template))
            });
            steps.dedup_by(|a, b| (a.at, &a.service, a.template, &a.kind) == (b.at, &b.service, b.template, &b.kind));
            let sentence = |one: &crate::correlate::Candidate| format!("{}: {}", one.service, one.reasons.join("; "));
            let candidates = found.candidates.iter().map(sentence).collect();
            let moved = |name: &String| found.services.contains(name);
            let topology = self.config.correlate.topology.iter();
            let depends = topology
                .filter(|(name, on)| moved(name) || on.iter().any(moved))
                .map(|(name, on)| (name.clone(), on.clone()))
                .collect();
            let subject = Subject::Cause { span: (start, end), steps, candidates, depends };
            Worth::new(subject, 80.0, per_day)
        };
        let asked = self.correlations.iter().map(cause);
        asked.filter(|worth| !matches!(&worth.subject, Subject::Cause { steps, .. } if steps.is_empty())).collect()
    }

    /// Templates of level warn or above that were born in a time and are not among the steps: too rare to be told, and early
    /// enough to be the cause.
    fn news(&self, from: Timestamp, until: Timestamp, steps: &[Notice], miner: &Miner) -> Vec<Notice> {
        let born = self.journal.templates.iter().filter_map(|(id, known)| {
            let at = known.first_seen.filter(|at| (from..=until).contains(at))?;
            let told = steps.iter().any(|step| step.template == Some(*id));
            (known.level() >= Level::Warn && self.journal.is_new(known) && !told).then_some((at, *id, known))
        });
        let notice = |(at, id, known): (Timestamp, TemplateId, &Known)| {
            let mut text = String::new();
            miner.write_text(id, &mut text);
            Notice {
                at,
                kind: ScoreKind::NewTemplate,
                priority: Priority::Low,
                service: lossy(&known.service),
                reason: format!("first of {} events", known.total),
                template: Some(id),
                text,
            }
        };
        let mut born: Vec<Notice> = born.map(notice).collect();
        born.sort_by_key(|notice| notice.at);
        born.truncate(MAX_NEWS);
        born
    }

    fn batches(&self) -> Vec<Worth> {
        let per_day = self.journal.per_day(self.journal.batches_closed);
        let batch = |lines: &Vec<Kept>| {
            let worst = lines.iter().map(|line| line.level).max().unwrap_or_default();
            let lines: Vec<ShownLine> = lines.iter().map(shown_line).collect();
            Worth::new(Subject::Batch { lines }, 20.0 + 2.0 * f64::from(worst as u8), per_day)
        };
        self.journal.batches.iter().map(batch).collect()
    }

    fn header(&self) -> Option<Worth> {
        let (raw, read) = (&self.journal.raw, &self.journal.read);
        let share = self.journal.counters.unparsed as f64 / self.journal.counters.events.max(1) as f64;
        if raw.len() < MIN_UNPARSED || share < MIN_UNPARSED_SHARE {
            return None;
        }
        // Spread over all that is kept; the others are what a pattern is tried on.
        let most = self.prompt().max_header_lines;
        let step = (raw.len() / most).max(1);
        let is_shown = |at: usize| at.is_multiple_of(step) && at / step < most;
        let line = |text: &Vec<u8>| ShownLine { text: lossy(text), ..ShownLine::default() };
        let lines = raw.iter().enumerate().filter(|(at, _)| is_shown(*at)).map(|(_, text)| line(text)).collect();
        let must = raw.iter().enumerate().filter(|(at, _)| !is_shown(*at)).map(|(_, text)| lossy(text)).collect();
        let samples = Samples { must, must_not: read.iter().map(|text| lossy(text)).collect() };
        Some(Worth::new(Subject::Header { lines, samples }, 60.0 + 20.0 * share, 1.0))
    }

    fn unlabelled(&self, miner: &Miner) -> Option<Worth> {
        let least = self.prompt().min_level;
        let wanted = |known: &Known| known.level() >= least || known.level() == Level::Unknown;
        let ranked = self.ranked(wanted);
        let without = ranked.into_iter().filter(|(id, _)| self.ledger.label(*id).is_none());
        let shown: Vec<ShownTemplate> =
            without.take(self.prompt().max_classified).filter_map(|(id, known)| self.shown(id, known, miner)).collect();
        let top = shown.first().map(|shown| shown.value)?;
        Some(Worth::new(Subject::Templates { shown }, 30.0 + top, 1.0))
    }

    /// The busiest template whose parameters have no names yet.
    fn unnamed(&self, miner: &Miner) -> Option<Worth> {
        let without = |id: &TemplateId| self.ledger.names(*id).is_none();
        let mut busy: Vec<(TemplateId, &Known)> =
            self.journal.templates.iter().filter(|(id, _)| without(id)).map(|(id, known)| (*id, known)).collect();
        busy.sort_by_key(|(id, known)| (std::cmp::Reverse(known.total), *id));
        let (shown, places, total) = busy.into_iter().find_map(|(id, known)| {
            let places = places(id, miner);
            let shown = self.shown(id, known, miner).filter(|_| !places.is_empty())?;
            Some((shown, places, known.total))
        })?;
        Some(Worth::new(Subject::Parameters { shown, places }, 5.0 + (total as f64).log10(), 1.0))
    }
}

/// The places of a template with values out of its examples.
fn places(id: TemplateId, miner: &Miner) -> Vec<Place> {
    let Some(view) = miner.template(id) else { return Vec::new() };
    let mut places: Vec<Place> = Vec::new();
    let mut tokens = crate::flow::Tokens::default();
    for example in view.examples {
        let Some(hit) = miner.find_with(example, &mut tokens).filter(|hit| hit.template == id) else { continue };
        let values: Vec<(Class, String)> =
            hit.parameters().map(|value| (value.class, lossy(value.span.of(example)))).collect();
        if places.is_empty() {
            let name = |class: Class| miner.placeholders().name(class).to_owned();
            places = values.iter().map(|(class, _)| Place { class: name(*class), values: Vec::new() }).collect();
        }
        if values.len() == places.len() {
            places.iter_mut().zip(values).for_each(|(place, (_, value))| place.values.push(value));
        }
    }
    places
}

fn shown_line(kept: &Kept) -> ShownLine {
    let (number, at, level) = (kept.number, kept.at, kept.level);
    ShownLine { number, at, level, service: lossy(&kept.service), text: lossy(&kept.text) }
}

pub(super) fn notice(alert: &Alert) -> Notice {
    Notice {
        at: alert.at,
        kind: alert.score.kind.clone(),
        priority: alert.priority,
        service: alert.service.clone().unwrap_or_default(),
        reason: alert.score.reason.clone(),
        template: alert.score.template,
        text: alert.template.clone().or_else(|| alert.samples.first().cloned()).unwrap_or_default(),
    }
}

fn urgency(priority: Priority) -> f64 {
    f64::from(priority as u8)
}
