//! Past incidents, and which of them a window looks like.

use crate::stats::Portable;
use std::collections::BTreeMap;

use super::incident::{FoundBy, Incident, IncidentConfig, IncidentMatch, IncidentTemplate, Present, SharedTemplate};
use super::similar::Words;
use crate::error::{Error, ErrorKind, Problems};
use crate::id::ContentId;
use crate::stats::Table;

/// The form of the document.
const VERSION: u32 = 1;

/// An incident with what is computed once.
#[derive(Debug, Clone)]
struct Kept {
    incident: Incident,
    /// Of each template.
    words: Vec<Words>,
}

impl Kept {
    fn new(incident: Incident) -> Kept {
        let words = incident.templates.iter().map(|template| Words::of(&template.text)).collect();
        Kept { incident, words }
    }
}

/// The library as a document.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    incidents: Vec<Incident>,
    #[serde(default)]
    usual: Usual,
}

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Usual {
    windows: u64,
    /// The one not seen for longest first.
    templates: Vec<UsualTemplate>,
}

/// A template of usual windows.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct UsualTemplate {
    id: ContentId,
    /// In how many of them it was.
    windows: u64,
    /// The number of the last one, from 1.
    last: u64,
}

/// Past incidents, found again by the templates that are in a window.
///
/// ```
/// use drainrs::index::{Incident, IncidentConfig, IncidentLibrary, IncidentTemplate, Present};
/// use drainrs::{ContentId, Timestamp};
///
/// let mut library = IncidentLibrary::build(&IncidentConfig::default())?;
/// let templates = vec![
///     IncidentTemplate::new(ContentId(1), "disk <*> is full"),
///     IncidentTemplate::new(ContentId(2), "could not write checkpoint to disk sda"),
/// ];
/// let mut incident = Incident::new("2024-03", "The disk of the database was full", Timestamp::from_seconds(0), templates);
/// incident.fix = "Delete old write-ahead logs".to_owned();
/// library.add(incident)?;
///
/// // The second one has widened since: it has another number and nearly the same text.
/// let window = [
///     Present::new(ContentId(1), "db", "disk <*> is full"),
///     Present::new(ContentId(7), "db", "could not write checkpoint to disk <*>"),
/// ];
/// let found = library.matches(&window, 3);
/// assert_eq!(found[0].incident.fix, "Delete old write-ahead logs");
/// assert!(found[0].similarity > 0.9);
/// assert_eq!(found[0].shared.len(), 2);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct IncidentLibrary {
    config: IncidentConfig,
    kept: BTreeMap<String, Kept>,
    /// In how many incidents each template is.
    incidents_with: BTreeMap<ContentId, u64>,
    usual_windows: u64,
    usual_with: Table<u64, UsualTemplate>,
}

impl IncidentLibrary {
    /// An empty library.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], listing every setting that is out of its range.
    pub fn build(config: &IncidentConfig) -> Result<IncidentLibrary, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(IncidentLibrary {
            config: config.clone(),
            kept: BTreeMap::new(),
            incidents_with: BTreeMap::new(),
            usual_windows: 0,
            usual_with: Table::new(config.max_usual),
        })
    }

    /// Puts an incident in, in the place of the one with its id, which is given back.
    ///
    /// # Errors
    ///
    /// All that is wrong with it: no id, no templates, weights that are none ([`ErrorKind::Config`]); more or longer than the limits
    /// allow, or no room for one more incident ([`ErrorKind::Limit`]). The library stays as it was.
    pub fn add(&mut self, incident: Incident) -> Result<Option<Incident>, Error> {
        let mut problems = Problems::default();
        incident.check(&self.config, &mut problems);
        if self.kept.len() >= self.config.max_incidents && !self.kept.contains_key(&incident.id) {
            let message = format!("there are incidents.max_incidents = {} already; remove one", self.kept.len());
            problems.add(ErrorKind::Limit, "incidents", message);
        }
        problems.finish()?;
        let before = self.remove(&incident.id);
        for id in ids_of(&incident) {
            *self.incidents_with.entry(id).or_default() += 1;
        }
        self.kept.insert(incident.id.clone(), Kept::new(incident));
        Ok(before)
    }

    /// Takes an incident out.
    pub fn remove(&mut self, id: &str) -> Option<Incident> {
        let incident = self.kept.remove(id)?.incident;
        for id in ids_of(&incident) {
            if let Some(count) = self.incidents_with.get_mut(&id) {
                *count -= 1;
                if *count == 0 {
                    self.incidents_with.remove(&id);
                }
            }
        }
        Some(incident)
    }

    /// An incident by its id.
    pub fn get(&self, id: &str) -> Option<&Incident> {
        self.kept.get(id).map(|kept| &kept.incident)
    }

    /// All incidents, by id.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.kept.values().map(|kept| &kept.incident)
    }

    /// How many incidents there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Learns a window in which nothing was wrong: its templates weigh less from then on.
    pub fn learn_usual(&mut self, window: impl IntoIterator<Item = ContentId>) {
        let mut ids: Vec<u64> = window.into_iter().take(self.config.max_window).map(|id| id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        self.usual_windows += 1;
        let last = self.usual_windows;
        for id in ids {
            let usual = self.usual_with.touch_or_insert(id, || UsualTemplate { id: ContentId(id), windows: 0, last });
            usual.windows += 1;
            usual.last = last;
        }
    }

    /// How many usual windows were learned.
    pub fn usual_windows(&self) -> u64 {
        self.usual_windows
    }

    /// How much a template tells by being rare, above 0; the formula is in the essay of [`drainrs::index`](crate::index).
    pub fn rarity(&self, id: ContentId) -> f64 {
        let documents = self.kept.len() as u64 + self.usual_windows;
        let incidents = self.incidents_with.get(&id).copied().unwrap_or_default();
        let usual = self.usual_with.get(&id.0).map_or(0, |usual| usual.windows);
        // What is nowhere is as rare as what is in one: it tells as much, not more.
        let with = (incidents + usual).clamp(1, documents.max(1));
        let without = documents.max(1) - with;
        ((without as f64 + 0.5) / (with as f64 + 0.5)).portable_ln_1p()
    }

    /// The incidents that a window looks like, the most similar first, at most `limit`; of equals the later one first, then by id.
    /// None below the threshold. Cost: the templates of all incidents times those of the window that have as many words, at worst.
    pub fn matches(&self, window: &[Present<'_>], limit: usize) -> Vec<IncidentMatch<'_>> {
        let seen = Seen::new(window, self);
        let mut found: Vec<IncidentMatch<'_>> =
            self.kept.values().filter_map(|kept| self.compare(kept, &seen)).collect();
        found.sort_by(|a, b| {
            let later = b.incident.at.cmp(&a.incident.at);
            b.similarity.total_cmp(&a.similarity).then(later).then_with(|| a.incident.id.cmp(&b.incident.id))
        });
        found.truncate(limit);
        found
    }

    fn compare<'a>(&'a self, kept: &'a Kept, seen: &Seen<'_>) -> Option<IncidentMatch<'a>> {
        let templates = &kept.incident.templates;
        let found = seen.find(kept, self.config.text_similarity);
        let most = templates.iter().map(|template| template.weight).fold(0.0, f64::max);
        let weights: Vec<f64> =
            templates.iter().map(|template| template.weight / most * self.rarity(template.id)).collect();
        let all: f64 = weights.iter().sum();
        let (mut shared, mut missing) = (Vec::new(), Vec::new());
        let (mut sum, mut explained) = (0.0, 0.0);
        for ((template, weight), place) in templates.iter().zip(&weights).zip(found) {
            let Some((present, found_by, text_similarity)) = place else {
                missing.push(template);
                continue;
            };
            let weight_there = seen.weights.get(present).copied().unwrap_or_default();
            sum += weight * text_similarity * weight_there;
            explained += seen.told.get(present).copied().unwrap_or_default();
            shared.push(SharedTemplate { template, present, found_by, text_similarity, share: weight / all });
        }
        let extra = (seen.all_told - explained).max(0.0);
        let similarity = (sum / (all + self.config.extra_weight * extra)).clamp(0.0, 1.0);
        let extra = seen.window.len() - shared.len();
        let named = !shared.is_empty() && similarity >= self.config.threshold;
        named.then_some(IncidentMatch { incident: &kept.incident, similarity, shared, missing, extra })
    }

    /// Memory in bytes, heap included, roughly.
    pub fn memory(&self) -> usize {
        let text = |template: &IncidentTemplate| template.text.len() + template.service.as_ref().map_or(0, String::len);
        let one = |kept: &Kept| {
            let Kept { incident, words } = kept;
            let texts = [&incident.id, &incident.title, &incident.cause, &incident.fix, &incident.verified_by];
            let each = 96 + size_of::<IncidentTemplate>() + size_of::<Words>();
            size_of::<Kept>()
                + texts.iter().map(|text| text.len()).sum::<usize>()
                + incident.templates.iter().map(|template| each + text(template)).sum::<usize>()
                + words.iter().map(Words::heap).sum::<usize>()
        };
        size_of::<IncidentLibrary>() + self.kept.values().map(one).sum::<usize>() + self.usual_with.memory()
    }

    /// The library as a JSON document.
    pub fn to_json(&self) -> String {
        let mut templates: Vec<UsualTemplate> = self.usual_with.iter().map(|(_, &usual)| usual).collect();
        templates.sort_unstable_by_key(|usual| (usual.last, usual.id));
        let document = Document {
            version: VERSION,
            incidents: self.incidents().cloned().collect(),
            usual: Usual { windows: self.usual_windows, templates },
        };
        // Plain data, and weights that were checked to be finite: it cannot fail.
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }

    /// Reads what [`to_json`](IncidentLibrary::to_json) gave, or what somebody wrote by hand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for what is no such document, for unknown fields, ids that are there twice and what
    /// [`add`](IncidentLibrary::add) refuses, by its place (`incidents[3].templates[0].weight`); [`ErrorKind::Limit`] for more than
    /// the settings allow; [`ErrorKind::SnapshotVersion`] for a later form. All problems at once.
    pub fn from_json(text: &str, config: &IncidentConfig) -> Result<IncidentLibrary, Error> {
        let mut library = IncidentLibrary::build(config)?;
        let document: Document = serde_json::from_str(text)
            .map_err(|cause| Error::new(ErrorKind::Config, "incidents", format!("no library of incidents: {cause}")))?;
        if document.version != VERSION {
            let message = format!("has version {}, this library reads version {VERSION}", document.version);
            return Err(Error::new(ErrorKind::SnapshotVersion, "incidents", message));
        }
        let mut problems = Problems::default();
        for (at, incident) in document.incidents.into_iter().enumerate() {
            let path = format!("incidents[{at}]");
            let twice = library.kept.contains_key(&incident.id);
            problems.require(!twice, &format!("{path}.id"), || format!("{:?} is there twice", incident.id));
            if let Err(error) = library.add(incident) {
                let full = library.len() >= config.max_incidents;
                problems.absorb(&path, error);
                // Every one behind it would say the same.
                if full {
                    break;
                }
            }
        }
        let Usual { windows, templates } = document.usual;
        let possible = |usual: &UsualTemplate| usual.windows <= usual.last && usual.last <= windows;
        problems.require(windows <= 1 << 62 && templates.iter().all(possible), "usual", || {
            format!("a template was in more windows than the {windows} that were learned")
        });
        problems.finish()?;
        library.usual_windows = windows;
        for usual in templates {
            *library.usual_with.touch_or_insert(usual.id.0, || usual) = usual;
        }
        Ok(library)
    }
}

/// The templates of an incident, each once.
fn ids_of(incident: &Incident) -> Vec<ContentId> {
    let mut ids: Vec<ContentId> = incident.templates.iter().map(|template| template.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A window, prepared for being compared with many incidents.
struct Seen<'a> {
    window: &'a [Present<'a>],
    /// How much each stands out, 0 to 1.
    weights: Vec<f64>,
    /// The same times its rarity, and the sum of all.
    told: Vec<f64>,
    all_told: f64,
    words: Vec<Words>,
    by_id: BTreeMap<ContentId, Vec<usize>>,
    by_words: BTreeMap<usize, Vec<usize>>,
}

impl<'a> Seen<'a> {
    fn new(window: &'a [Present<'a>], library: &IncidentLibrary) -> Seen<'a> {
        let window = window.get(..library.config.max_window).unwrap_or(window);
        // Not finite or below 0: it does not stand out. `f64::MAX` and its like would make the others vanish.
        let weight = |present: &Present<'_>| if present.weight.is_finite() { present.weight.max(0.0) } else { 0.0 };
        let most = window.iter().map(weight).fold(0.0, f64::max);
        let weights: Vec<f64> =
            window.iter().map(|present| if most > 0.0 { weight(present) / most } else { 0.0 }).collect();
        let told: Vec<f64> =
            window.iter().zip(&weights).map(|(present, weight)| weight * library.rarity(present.id)).collect();
        let mut seen = Seen {
            window,
            all_told: told.iter().sum(),
            weights,
            told,
            words: Vec::new(),
            by_id: BTreeMap::new(),
            by_words: BTreeMap::new(),
        };
        for (at, present) in window.iter().enumerate() {
            seen.by_id.entry(present.id).or_default().push(at);
            let fits = present.text.len() <= library.config.max_text_bytes;
            let words = Words::of(if fits { present.text } else { "" });
            if words.len() > 0 {
                seen.by_words.entry(words.len()).or_default().push(at);
            }
            seen.words.push(words);
        }
        seen
    }

    /// Where each template of an incident is: by number first, then by the most similar text. None of the window is found twice.
    fn find(&self, kept: &Kept, least: f64) -> Vec<Option<(usize, FoundBy, f64)>> {
        let templates = &kept.incident.templates;
        let mut taken = vec![false; self.window.len()];
        let mut places = vec![None; templates.len()];
        let free = |at: usize, template: &IncidentTemplate, taken: &[bool]| {
            let service = template.service.as_deref();
            !taken.get(at).copied().unwrap_or(true)
                && service.is_none_or(|service| self.window.get(at).is_some_and(|present| present.service == service))
        };
        for (template, place) in templates.iter().zip(&mut places) {
            let mut candidates = self.by_id.get(&template.id).into_iter().flatten().copied();
            if let Some(at) = candidates.find(|&at| free(at, template, &taken)) {
                taken[at] = true;
                *place = Some((at, FoundBy::Id, 1.0));
            }
        }
        for ((template, words), place) in templates.iter().zip(&kept.words).zip(&mut places) {
            if place.is_some() {
                continue;
            }
            let mut found: Option<(usize, f64)> = None;
            for &at in self.by_words.get(&words.len()).into_iter().flatten() {
                let best = found.map_or(0.0, |(_, best)| best);
                let near = self.words.get(at).map_or(0.0, |own| own.similarity(words, least, best));
                if near > best && free(at, template, &taken) {
                    found = Some((at, near));
                }
            }
            if let Some((at, near)) = found {
                taken[at] = true;
                *place = Some((at, FoundBy::Text, near));
            }
        }
        places
    }
}
