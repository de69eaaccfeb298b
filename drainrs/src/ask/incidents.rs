//! The window at hand beside past incidents: known trouble is named without a model.

use super::asker::Asker;
use super::journal::Known;
use crate::flow::Level;
use crate::id::TemplateId;
use crate::index::{IncidentLibrary, IncidentMatch, IncidentTemplate, Present};
use crate::pipeline::Pipeline;

impl Asker {
    /// The templates that stand out in the window at hand, weighed by their rank: what an
    /// [`Incident`](crate::index::Incident) is made of once its cause is verified. Of level warn or above, new, or noticed.
    pub fn incident_templates(&self, pipeline: &Pipeline) -> Vec<IncidentTemplate> {
        let stands_out =
            |known: &Known| known.level() >= Level::Warn || self.journal.is_new(known) || known.anomaly > 0.0;
        let template = |(id, known): (TemplateId, &Known)| {
            let view = pipeline.miner().template(id)?;
            let mut template = IncidentTemplate::new(view.content_id, view.text);
            let service = String::from_utf8_lossy(&known.service).into_owned();
            template.service = (!service.is_empty()).then_some(service);
            template.weight = self.journal.value(known).max(f64::MIN_POSITIVE);
            Some(template)
        };
        self.ranked(stands_out).into_iter().filter_map(template).collect()
    }

    /// The past incidents that the window at hand looks like, the most similar first, at most `limit`, each with what it has in
    /// common. Costs what [`IncidentLibrary::matches`] costs.
    pub fn known_incidents<'a>(
        &self,
        library: &'a IncidentLibrary,
        pipeline: &Pipeline,
        limit: usize,
    ) -> Vec<IncidentMatch<'a>> {
        let window: Vec<(IncidentTemplate, String)> = self
            .ranked(|_| true)
            .into_iter()
            .filter_map(|(id, known)| {
                let view = pipeline.miner().template(id)?;
                let mut template = IncidentTemplate::new(view.content_id, view.text);
                template.weight = self.journal.value(known);
                Some((template, String::from_utf8_lossy(&known.service).into_owned()))
            })
            .collect();
        let present: Vec<Present<'_>> = window
            .iter()
            .map(|(template, service)| {
                let mut present = Present::new(template.id, service, &template.text);
                present.weight = template.weight;
                present
            })
            .collect();
        library.matches(&present, limit)
    }
}
