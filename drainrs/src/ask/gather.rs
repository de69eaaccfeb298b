//! From what is remembered to what is asked about.

use crate::stats::Portable;
use std::borrow::Cow;

use super::asker::Asker;
use super::journal::{Batch, Known, Noticed, WITHHELD};
use super::remembered::{Remembered, cut, find_behind};
use super::ring::Kept;
use crate::flow::{Alert, Level, Priority, Score, ScoreKind};
use crate::id::TemplateId;
use crate::miner::Miner;
use crate::prompt::{Notice, Place, PromptConfig, Samples, ShownLine, ShownTemplate, Subject, informs};
use crate::time::{NANOS_PER_SECOND, Timestamp};

/// So many lines without a header, and this share of all, are worth a pattern.
const MIN_UNPARSED: usize = 70;
const MIN_UNPARSED_SHARE: f64 = 0.2;
/// The most newborn templates beside what moved together.
const MAX_NEWS: usize = 20;
/// Events of a template before it counts as usual.
const USUAL_EVENTS: u64 = 5;
/// Before so long a model that was asked about a template, or for a header pattern, is not asked again.
const REST_NS: i64 = 86_400 * NANOS_PER_SECOND;
/// Samples of scores are cut at 256 bytes, or a character before; then so many bytes at the end are not shown.
const CUT_SAMPLE: usize = 250;
const END_OF_SAMPLE: usize = 64;

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
    /// The number of what it is made of, where one answer is enough.
    pub(super) source: Option<u64>,
}

impl Worth {
    pub(super) fn new(subject: Subject, value: f64, per_day: f64) -> Worth {
        Worth { subject, value, per_day, cut: Vec::new(), source: None }
    }

    fn once(mut self, source: u64) -> Worth {
        self.source = Some(source);
        self
    }
}

/// A usual template, by its vector.
type Usual<'a> = (Vec<f32>, TemplateId, &'a Known);

impl Asker {
    /// Everything that could be asked about, in no order.
    pub(super) fn subjects(&self, miner: &Miner, now: Timestamp) -> Vec<Worth> {
        let mut found: Vec<Worth> = Vec::new();
        found.extend(self.window(miner));
        found.extend(self.causes(miner));
        found.extend(self.anomalies(miner));
        found.extend(self.batches());
        found.extend(self.header(now));
        found.extend(self.unlabelled(miner, now));
        found.extend(self.unnamed(miner, now));
        found
    }

    fn prompt(&self) -> &PromptConfig {
        &self.config.prompt
    }

    fn shown(&self, id: TemplateId, known: &Known, miner: &Miner) -> Option<ShownTemplate> {
        let text = self.text_of(id, miner);
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
            examples: known.examples.iter().map(|example| lossy(&self.example(example))).collect(),
            value: self.journal.value(known),
        })
    }

    /// A text as it is shown once it is redacted.
    pub(super) fn example<'a>(&self, text: &'a Remembered) -> Cow<'a, [u8]> {
        text.shown(&self.redactor, self.config.journal.max_line_bytes)
    }

    fn shown_line(&self, kept: &Kept) -> ShownLine {
        let (number, at, level) = (kept.number, kept.at, kept.level);
        ShownLine { number, at, level, service: lossy(&kept.service), text: lossy(&self.example(&kept.text)) }
    }

    /// The templates of the window at hand, the most telling first; of two that are equal the earlier one. The first news of
    /// level warn or above leads, whatever its rank: it may be the cause of the rest.
    pub(super) fn ranked(&self, wanted: impl Fn(&Known) -> bool) -> Vec<(TemplateId, &Known)> {
        self.by_value(|known| known.count > 0 && wanted(known))
    }

    /// The same of all windows.
    pub(super) fn by_value(&self, wanted: impl Fn(&Known) -> bool) -> Vec<(TemplateId, &Known)> {
        let all = self.journal.templates.iter().map(|(id, known)| (*id, known));
        let mut ranked: Vec<(TemplateId, &Known)> = all.filter(|(_, known)| wanted(known)).collect();
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
        // Nothing came since.
        if self.journal.summarised == Some(self.journal.state()) {
            return None;
        }
        let least = self.prompt().min_level;
        let wanted = |known: &Known| known.level() >= least || known.level() == Level::Unknown;
        let ranked = self.ranked(wanted);
        let all = self.journal.templates.values().filter(|known| known.count > 0);
        let (templates, events) = all.fold((0, 0), |(templates, events), known| (templates + 1, events + known.count));
        let most = self.prompt().max_templates;
        let shown: Vec<ShownTemplate> =
            ranked.iter().take(most).filter_map(|(id, known)| self.shown(*id, known, miner)).collect();
        let notices: Vec<Notice> = self.current_notices().map(|noticed| self.notice(noticed, miner)).collect();
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
        )
        .once(self.journal.state());
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
        let wanted = |noticed: &&Noticed| {
            let alert = &noticed.alert;
            alert.priority >= Priority::Medium && !noticed.settled && !self.journal.is_past(alert.at)
        };
        let mut asked = self.journal.notices.iter().filter(wanted).peekable();
        // Each is compared with the same ones.
        let usual = if asked.peek().is_some() { self.usual() } else { Vec::new() };
        let explain = |noticed: &Noticed| {
            let alert = &noticed.alert;
            let said = self.sample(noticed).map(|text| ShownLine {
                at: Some(alert.score.at),
                level: alert.score.level,
                service: alert.service.clone().unwrap_or_default(),
                text,
                ..ShownLine::default()
            });
            let line = noticed.context.line.as_ref().map(|line| self.shown_line(line)).or(said);
            let context = noticed.context.before.iter().map(|line| self.shown_line(line)).collect();
            let like = line.as_ref().map(|line| line.text.clone()).or_else(|| alert.template.clone());
            let nearest = |text: String| self.nearest(&text, alert.score.template, &usual, miner);
            let normal = like.map(nearest).unwrap_or_default();
            let value = 40.0 + 10.0 * urgency(alert.priority) + alert.score.severity.get();
            let subject = Subject::Anomaly { notice: self.notice(noticed, miner), line, context, normal };
            Worth::new(subject, value, per_day).once(noticed.id)
        };
        asked.map(explain).collect()
    }

    /// Templates that were known before the window, and about which nothing was noticed.
    fn usual(&self) -> Vec<Usual<'_>> {
        let is_usual = |known: &Known| {
            known.total >= USUAL_EVENTS && known.anomaly == 0.0 && !self.journal.is_new(known) && !known.secret
        };
        let usual = self.journal.templates.iter().filter(|(_, known)| is_usual(known));
        usual
            .filter_map(|(id, known)| Some((self.vectoriser.vector(known.examples.first()?.own()), *id, known)))
            .collect()
    }

    /// The usual templates that are most like a text.
    fn nearest(&self, text: &str, own: Option<TemplateId>, usual: &[Usual<'_>], miner: &Miner) -> Vec<ShownTemplate> {
        let vector = self.vectoriser.vector(text);
        let likeness = |other: &[f32]| vector.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let others = usual.iter().filter(|(_, id, _)| own != Some(*id));
        let mut near: Vec<(f32, TemplateId, &Known)> = others
            .map(|(vector, id, known)| (likeness(vector), *id, *known))
            .filter(|(likeness, ..)| *likeness > 0.0)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let most = self.prompt().max_normal;
        let shown = near.into_iter().take(most).filter_map(|(_, id, known)| self.shown(id, known, miner));
        shown
            .map(|mut shown| {
                shown.examples.truncate(1);
                shown
            })
            .collect()
    }

    /// The line that something noticed is about, as its scorer kept it.
    fn sample(&self, noticed: &Noticed) -> Option<String> {
        let alert = &noticed.alert;
        let sample = alert.samples.first().or(alert.score.sample.as_ref())?;
        if noticed.context.secret || self.is_secret(alert.score.template) {
            return Some(WITHHELD.to_owned());
        }
        let known = alert.score.template.and_then(|id| self.journal.templates.get(&id));
        let name = known.map(|known| lossy(&known.name)).filter(|name| !name.is_empty());
        let sample = name.map_or_else(|| sample.clone(), |name| format!("{name}: {sample}"));
        if sample.len() < CUT_SAMPLE {
            return Some(sample);
        }
        // It may end within a secret, which is not seen to be one then; what is quoted may end behind it.
        let head =
            sample.get(..cut(&self.redactor, sample.as_bytes(), sample.len() - END_OF_SAMPLE)).unwrap_or_default();
        let is_open = head.matches('"').count() % 2 == 1;
        let head = head.rsplit_once('"').filter(|_| is_open).map_or(head, |(head, _)| head);
        Some(head.to_owned()).filter(|text| !text.is_empty())
    }

    fn is_secret(&self, template: Option<TemplateId>) -> bool {
        template.and_then(|id| self.journal.templates.get(&id)).is_some_and(|known| known.secret)
    }

    pub(super) fn notice(&self, noticed: &Noticed, miner: &Miner) -> Notice {
        let alert = &noticed.alert;
        let secret = noticed.context.secret || self.is_secret(alert.score.template);
        let text = self.template_text(alert, miner).filter(|_| !secret).or_else(|| self.sample(noticed));
        Notice {
            at: alert.at,
            kind: alert.score.kind.clone(),
            priority: alert.priority,
            service: alert.service.clone().unwrap_or_default(),
            reason: if secret { String::new() } else { self.reason(&alert.score, miner) },
            template: alert.score.template,
            text: text.unwrap_or_default(),
        }
    }

    /// The template that an alert is about, as it is now; of one that is gone as it was.
    fn template_text(&self, alert: &Alert, miner: &Miner) -> Option<String> {
        let was = alert.template.clone()?;
        let Some(id) = alert.score.template else { return Some(was) };
        let now = self.text_of(id, miner);
        if !now.is_empty() {
            return Some(now);
        }
        let lines: Vec<&[u8]> = alert.samples.iter().chain(&alert.score.sample).map(String::as_bytes).collect();
        Some(self.conceal(was, id, self.journal.templates.get(&id), &lines, miner))
    }

    /// Why something was noticed. A reason that quotes values of a place says less where the place holds secrets: away from its line
    /// nobody sees that `hunter2` is a password.
    fn reason(&self, score: &Score, miner: &Miner) -> String {
        let plain = match score.kind {
            ScoreKind::Value => "a value outside of what is usual",
            ScoreKind::NewValue => "a value that its place never had, or hardly ever",
            // It ends with the nearest text, cut where there was no more room.
            ScoreKind::Distance => return score.reason.split(", \"").next().unwrap_or_default().to_owned(),
            _ => return score.reason.clone(),
        };
        if self.is_harmless_place(score, miner) { score.reason.clone() } else { plain.to_owned() }
    }

    /// Whether in all lines at hand nothing secret stands in the place that a score is about.
    fn is_harmless_place(&self, score: &Score, miner: &Miner) -> bool {
        let (Some(id), Some(slot)) = (score.template, score.slot) else { return false };
        let Some(view) = miner.template(id) else { return false };
        let known = self.journal.templates.get(&id);
        let own = known.into_iter().flat_map(|known| &known.examples).map(Remembered::own);
        let sample = score.sample.as_deref().map(str::as_bytes);
        let mut tokens = crate::flow::Tokens::default();
        let mut looked = false;
        let name = known.map(|known| known.name.as_slice()).unwrap_or_default();
        for line in view.examples.iter().map(Vec::as_slice).chain(own).chain(sample) {
            let Some(hit) = miner.find_with(line, &mut tokens).filter(|hit| hit.template == id) else { continue };
            let found = find_behind(&self.redactor, name, line);
            for place in hit.parameters().filter(|place| place.token == slot.token) {
                looked = true;
                if found.iter().any(|finding| overlap(finding.span, place.span)) {
                    return false;
                }
            }
        }
        looked
    }

    /// The places of a template with values out of its examples. What is a secret only beside its name gets the placeholder's word.
    fn places(&self, id: TemplateId, miner: &Miner) -> Vec<Place> {
        let Some(view) = miner.template(id) else { return Vec::new() };
        let mut places: Vec<Place> = Vec::new();
        let mut tokens = crate::flow::Tokens::default();
        let known = self.journal.templates.get(&id);
        let name = known.map(|known| known.name.as_slice()).unwrap_or_default();
        for example in view.examples {
            let Some(hit) = miner.find_with(example, &mut tokens).filter(|hit| hit.template == id) else { continue };
            let parameters: Vec<_> = hit.parameters().collect();
            if places.is_empty() {
                let class = |class| miner.placeholders().name(class).to_owned();
                places = parameters.iter().map(|one| Place { class: class(one.class), values: Vec::new() }).collect();
            }
            if parameters.len() != places.len() {
                continue;
            }
            let found = find_behind(&self.redactor, name, example);
            for (place, parameter) in places.iter_mut().zip(parameters) {
                let value = parameter.span.of(example);
                let secret = found.iter().find(|finding| overlap(finding.span, parameter.span));
                let alone = self.redactor.find(value);
                place.values.push(match secret {
                    // By itself it is seen as well, and gets the number that it has elsewhere.
                    Some(secret) if alone.iter().any(|alone| alone.span.of(value) == secret.span.of(example)) => {
                        lossy(value)
                    }
                    Some(secret) => format!("<{}>", secret.word),
                    None => lossy(value),
                });
            }
        }
        places
    }

    fn causes(&self, miner: &Miner) -> Vec<Worth> {
        let per_day = self.journal.per_day(self.correlations_seen);
        let cause = |(id, found): &(u64, crate::correlate::Correlation)| {
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
                    let text = score.template.map(|id| self.text_of(id, miner)).unwrap_or_default();
                    let service = known.map(|known| lossy(&known.service)).filter(|name| !name.is_empty());
                    steps.push(Notice {
                        at,
                        kind: score.kind.clone(),
                        priority: noticed.alert.priority,
                        service: service.or_else(|| noticed.alert.service.clone()).unwrap_or_default(),
                        reason: if self.is_secret(score.template) { String::new() } else { self.reason(score, miner) },
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
            Worth::new(subject, 80.0, per_day).once(*id)
        };
        let asked = self.correlations.iter().filter(|(_, found)| !self.journal.is_past(found.window.end)).map(cause);
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
            let text = self.text_of(id, miner);
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
        let batch = |batch: &Batch| {
            let worst = batch.lines.iter().map(|line| line.level).max().unwrap_or_default();
            let lines: Vec<ShownLine> = batch.lines.iter().map(|line| self.shown_line(line)).collect();
            Worth::new(Subject::Batch { lines }, 20.0 + 2.0 * f64::from(worst as u8), per_day).once(batch.id)
        };
        let is_past = |batch: &Batch| {
            batch.lines.iter().filter_map(|line| line.at).max().is_some_and(|at| self.journal.is_past(at))
        };
        self.journal.batches.iter().filter(|batch| !is_past(batch)).map(batch).collect()
    }

    fn header(&self, now: Timestamp) -> Option<Worth> {
        if rests(self.journal.header_asked, now) {
            return None;
        }
        let (raw, read) = (&self.journal.raw.lines, &self.journal.read.lines);
        let unread = self.journal.raw.seen as f64;
        let share = unread / (unread + self.journal.read.seen as f64).max(1.0);
        if raw.len() < MIN_UNPARSED || share < MIN_UNPARSED_SHARE {
            return None;
        }
        // Spread over all that is kept; the others, at least half, are what a pattern is tried on.
        let most = self.prompt().max_header_lines.min(raw.len() / 2);
        let step = (raw.len() / most).max(1);
        let is_shown = |at: usize| at.is_multiple_of(step) && at / step < most;
        let line = |text: &Vec<u8>| ShownLine { text: lossy(text), ..ShownLine::default() };
        let lines = raw.iter().enumerate().filter(|(at, _)| is_shown(*at)).map(|(_, text)| line(text)).collect();
        let must = raw.iter().enumerate().filter(|(at, _)| !is_shown(*at)).map(|(_, text)| lossy(text)).collect();
        let samples = Samples { must, must_not: read.iter().map(|text| lossy(text)).collect() };
        Some(Worth::new(Subject::Header { lines, samples }, 60.0 + 20.0 * share, 1.0))
    }

    fn unlabelled(&self, miner: &Miner, now: Timestamp) -> Option<Worth> {
        let least = self.prompt().min_level;
        let wanted = |known: &Known| known.level() >= least || known.level() == Level::Unknown;
        let ranked = self.ranked(wanted);
        let without = ranked
            .into_iter()
            .filter(|(id, known)| self.ledger.label(*id).is_none() && !known.secret && !rests(known.classified, now));
        let shown: Vec<ShownTemplate> =
            without.take(self.prompt().max_classified).filter_map(|(id, known)| self.shown(id, known, miner)).collect();
        let top = shown.first().map(|shown| shown.value)?;
        Some(Worth::new(Subject::Templates { shown }, 30.0 + top, 1.0))
    }

    /// The busiest template whose parameters have no names yet.
    fn unnamed(&self, miner: &Miner, now: Timestamp) -> Option<Worth> {
        let without = |id: &TemplateId, known: &Known| {
            self.ledger.names(*id).is_none() && !known.secret && !rests(known.named, now)
        };
        let mut busy: Vec<(TemplateId, &Known)> = self
            .journal
            .templates
            .iter()
            .filter(|(id, known)| without(id, known))
            .map(|(id, known)| (*id, known))
            .collect();
        busy.sort_by_key(|(id, known)| (std::cmp::Reverse(known.total), *id));
        let (shown, places, total) = busy.into_iter().find_map(|(id, known)| {
            let places = self.places(id, miner);
            let shown = self.shown(id, known, miner).filter(|_| !places.is_empty())?;
            Some((shown, places, known.total))
        })?;
        Some(Worth::new(Subject::Parameters { shown, places }, 5.0 + (total as f64).portable_log10(), 1.0))
    }
}

fn overlap(a: crate::text::Span, b: crate::text::Span) -> bool {
    a.start < b.end && b.start < a.end
}

/// Whether a model was asked lately.
fn rests(asked: Option<Timestamp>, now: Timestamp) -> bool {
    asked.is_some_and(|asked| now.since(asked).saturating_abs() < REST_NS)
}

fn urgency(priority: Priority) -> f64 {
    f64::from(priority as u8)
}
