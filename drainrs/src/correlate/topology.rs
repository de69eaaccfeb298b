//! Who depends on whom.

use std::collections::{BTreeMap, BTreeSet};

/// The services that depend on each service, directly.
#[derive(Debug, Clone)]
pub(super) struct Topology {
    dependents: BTreeMap<String, BTreeSet<String>>,
}

impl Topology {
    pub(super) fn new(depends_on: &BTreeMap<String, Vec<String>>) -> Topology {
        let mut dependents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (service, needs) in depends_on {
            for needed in needs {
                dependents.entry(needed.clone()).or_default().insert(service.clone());
            }
        }
        Topology { dependents }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.dependents.is_empty()
    }

    /// All services that depend on one, directly or not; itself left out, though it may stand on a cycle.
    pub(super) fn dependents(&self, service: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![service];
        while let Some(next) = open.pop() {
            for dependent in self.dependents.get(next).into_iter().flatten() {
                if dependent != service && found.insert(dependent.as_str()) {
                    open.push(dependent);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependents_are_found_through_others_and_around_cycles() {
        let edges = [("a", vec!["b"]), ("b", vec!["c", "a"]), ("d", vec!["c"])];
        let needs = edges.map(|(service, needs)| (service.to_owned(), needs.into_iter().map(str::to_owned).collect()));
        let topology = Topology::new(&needs.into_iter().collect());
        assert_eq!(topology.dependents("c").into_iter().collect::<Vec<_>>(), ["a", "b", "d"]);
        assert_eq!(topology.dependents("a").into_iter().collect::<Vec<_>>(), ["b"], "a stands on a cycle");
        assert!(topology.dependents("unknown").is_empty());
    }
}
