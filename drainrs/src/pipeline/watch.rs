//! What stands between the miner and the detector: events of the one as observations for the other, and alerts with the
//! texts of their templates.

use super::config::PipelineConfig;
use crate::detect::{DetectConfig, Detector, SessionSource};
use crate::error::{Error, ErrorKind};
use crate::flow::{Alert, Class, Observation, Parameter, Placeholders, Record};
use crate::id::TemplateId;
use crate::mine::Hit;
use crate::miner::{Miner, OnOtherSettings, require_equal};
use crate::time::Timestamp;
use crate::wire::{self, Reader, Writer};

/// The detector's section of a snapshot.
const DETECTOR: [u8; 4] = *b"DETE";

/// The detector of a pipeline.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) detector: Detector,
    /// The class of the parameter that names the session.
    session: Option<Class>,
    /// Scratch for the parameters of the event at hand.
    parameters: Vec<Parameter>,
}

impl Watch {
    pub(super) fn new(detector: Detector, placeholders: &Placeholders) -> Result<Watch, Error> {
        let session = match &detector.config().session {
            SessionSource::Parameter(name) => Some(class_named(name, placeholders)?),
            _ => None,
        };
        Ok(Watch { detector, session, parameters: Vec::new() })
    }

    /// Takes a mined event.
    #[inline]
    pub(super) fn take(&mut self, record: &Record<'_>, hit: &Hit<'_>, mined: &[u8], now: Timestamp) {
        for &(gone, into) in hit.merged {
            self.detector.merged(gone, into);
        }
        self.parameters.clear();
        self.parameters.extend(hit.parameters());
        let mut event = Observation::new(record.at.unwrap_or(now), hit.template);
        event.service = self.detector.service(record.service);
        event.content = hit.content();
        event.change = hit.change;
        event.level = record.level;
        event.text = mined;
        event.parameters = &self.parameters;
        event.session = match self.detector.config().session {
            SessionSource::None => None,
            SessionSource::Trace => record.trace,
            SessionSource::Thread => record.thread,
            SessionSource::Process => record.process,
            SessionSource::Parameter(_) => {
                let wanted = |parameter: &&Parameter| Some(parameter.class) == self.session;
                self.parameters.iter().find(wanted).map(|parameter| parameter.span.of(mined))
            }
        };
        self.detector.observe(&event);
    }

    /// The oldest alert that waits, with the text of its template.
    pub(super) fn poll(&mut self, miner: &Miner) -> Option<Alert> {
        let mut alert = self.detector.poll()?;
        let text = |id: TemplateId| {
            let mut text = String::new();
            miner.write_text(id, &mut text);
            (!text.is_empty()).then_some(text)
        };
        alert.template = alert.score.template.and_then(text);
        alert.score.reason = with_texts(&alert.score.reason, text);
        Some(alert)
    }

    /// Memory in bytes.
    pub(super) fn memory(&self) -> usize {
        self.detector.memory() + self.parameters.capacity() * size_of::<Parameter>()
    }

    /// The section of a snapshot: the settings, and the state.
    pub(super) fn write(&self) -> Result<([u8; 4], Vec<u8>), Error> {
        let settings = serde_json::to_vec(self.detector.config())
            .map_err(|cause| Error::new(ErrorKind::Snapshot, "snapshot", format!("settings: {cause}")))?;
        let mut to = Writer::new();
        to.bytes(&settings);
        self.detector.write(&mut to);
        Ok((DETECTOR, to.finish()))
    }

    /// The detector that goes on where a snapshot was taken; a new one where the snapshot has none.
    pub(super) fn restore(
        snapshot: &[u8],
        config: &PipelineConfig,
        on_other: OnOtherSettings,
        placeholders: &Placeholders,
    ) -> Result<Option<Watch>, Error> {
        let Some(section) = wire::open(snapshot)?.find(DETECTOR) else {
            let fresh = config.detect.as_ref().map(Detector::build).transpose()?;
            return fresh.map(|detector| Watch::new(detector, placeholders)).transpose();
        };
        let mut from = Reader::new(section);
        let mut stored: DetectConfig = serde_json::from_slice(from.bytes()?).map_err(|cause| {
            Error::new(ErrorKind::Snapshot, "snapshot", format!("its settings do not read: {cause}"))
        })?;
        if let Some(here) = &config.detect {
            // Nothing that is stored depends on these.
            stored.score.mode = here.score.mode;
            (stored.max_scores, stored.max_metrics) = (here.max_scores, here.max_metrics);
        }
        if on_other == OnOtherSettings::Refuse {
            let of =
                |detect: Option<&DetectConfig>| PipelineConfig { detect: detect.cloned(), ..PipelineConfig::default() };
            require_equal(&of(config.detect.as_ref()), &of(Some(&stored)), "the snapshot")?;
        }
        let detector = Detector::read(&mut from, &stored)?;
        Watch::new(detector, placeholders).map(Some)
    }
}

/// The class behind the name of a placeholder.
fn class_named(name: &str, placeholders: &Placeholders) -> Result<Class, Error> {
    let mut classes = (0..64).map(Class::from_index).filter(|class| *class != Class::Word);
    classes.find(|class| placeholders.name(*class) == name).ok_or_else(|| {
        let message = format!("no placeholder is called {name:?}; write one such as ID or UUID, or the name of a mask");
        Error::new(ErrorKind::Config, "detect.session.parameter", message)
    })
}

/// The most bytes of a template that are put into a sentence.
const MAX_QUOTED: usize = 80;

/// A sentence with the texts of the templates that it names as `#17`.
fn with_texts(reason: &str, text: impl Fn(TemplateId) -> Option<String>) -> String {
    let mut parts = reason.split('#');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        match number.parse().ok().and_then(|id| text(TemplateId(id))) {
            Some(text) => {
                let end = text.char_indices().map(|(at, _)| at).find(|&at| at >= MAX_QUOTED).unwrap_or(text.len());
                out.push('\'');
                out.push_str(&text[..end]);
                out.push_str(if end < text.len() { "...'" } else { "'" });
            }
            None => {
                out.push('#');
                out.push_str(number);
            }
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_in_a_sentence_get_their_texts() {
        let text = |id: TemplateId| (id.0 == 7).then(|| "user <NUM> left".to_owned());
        assert_eq!(with_texts("expected #7, got #8 (# 1)", text), "expected 'user <NUM> left', got #8 (# 1)");
        let long = |_| Some("x".repeat(100));
        assert_eq!(with_texts("#1", long).len(), 80 + 5);
    }

    #[test]
    fn sessions_are_named_by_placeholders() {
        let masks = Placeholders::new("<", ">", vec!["BLOCK".to_owned()]);
        assert_eq!(class_named("BLOCK", &masks).unwrap(), Class::Mask(0));
        assert_eq!(class_named("UUID", &masks).unwrap(), Class::Uuid);
        let error = class_named("UID", &masks).unwrap_err();
        assert!(error.to_string().starts_with("detect.session.parameter: no placeholder is called \"UID\""));
    }
}
