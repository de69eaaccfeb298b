//! The known vectors.

use super::config::KMeansConfig;
use super::kmeans::KMeans;
use super::unit::normalise;
use super::vector::Vector;
use crate::error::Error;
use crate::stats::Table;
use crate::wire::{Reader, State, Writer};

/// A known vector, and what to call it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The text it was made from, or the text nearest to it; bounded. Empty if the host gave none.
    pub(super) text: Box<[u8]>,
    /// Of length one.
    pub(super) vector: Vector,
}

impl State for Known {
    fn write(&self, to: &mut Writer) {
        to.bytes(&self.text);
        self.vector.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Known, Error> {
        Ok(Known { text: from.bytes()?.into(), vector: Vector::read(from)? })
    }
}

/// Known vectors by key, the nearest found by comparing with each.
#[derive(Debug, Clone)]
pub(super) struct Store {
    known: Table<u64, Known>,
    max: usize,
}

impl Store {
    pub(super) fn new(max: usize) -> Store {
        Store { known: Table::new(max), max }
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    pub(super) fn evicted(&self) -> u64 {
        self.known.evicted()
    }

    /// The dimensions of the vectors, if there is one.
    pub(super) fn dimensions(&self) -> Option<usize> {
        self.known.iter().next().map(|(_, known)| known.vector.dimensions())
    }

    /// Whether a key is there; if so it is used now.
    pub(super) fn touch(&mut self, key: u64) -> bool {
        self.known.touch(&key).is_some()
    }

    pub(super) fn insert(&mut self, key: u64, known: Known) {
        self.known.touch_or_insert(key, || known);
    }

    /// The key of the nearest, what it is and its cosine distance; of several the one that stands first.
    pub(super) fn nearest(&self, vector: &[f32]) -> Option<(u64, &Known, f64)> {
        let mut best: Option<(u64, &Known, f64)> = None;
        for (&key, known) in self.known.iter() {
            let away = known.vector.distance(vector);
            if best.as_ref().is_none_or(|best| away < best.2) {
                best = Some((key, known, away));
            }
        }
        best
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Known> {
        self.known.iter_mut().map(|(_, known)| known)
    }

    /// Puts the centroids of the vectors in their place, each called by its nearest text.
    pub(super) fn condense(&mut self, config: &KMeansConfig) {
        let (keys, vectors): (Vec<u64>, Vec<Vec<f32>>) =
            self.known.iter().map(|(&key, known)| (key, known.vector.to_dense())).unzip();
        let vectors: Vec<&[f32]> = vectors.iter().map(Vec::as_slice).collect();
        let found = KMeans::of_units(&vectors, &KMeansConfig { max_representatives: 1, ..config.clone() });
        let mut condensed = Table::new(self.max);
        for (cluster, centroid) in found.centroids().rows().into_iter().enumerate() {
            let key = found.representatives(cluster).first().and_then(|&at| keys.get(at));
            if let Some((&key, known)) = key.and_then(|key| Some((key, self.known.get(key)?))) {
                let mut vector: Box<[f32]> = centroid.iter().copied().collect();
                normalise(&mut vector);
                condensed.touch_or_insert(key, || Known { text: known.text.clone(), vector: Vector::new(vector) });
            }
        }
        self.known = condensed;
    }

    pub(super) fn memory(&self) -> usize {
        let heap = |known: &Known| known.text.len() + known.vector.memory();
        self.known.memory() + self.known.iter().map(|(_, known)| heap(known)).sum::<usize>()
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.known.write(to);
    }

    /// Reads what was written; all vectors have the same dimensions, `wanted` ones if that is said.
    pub(super) fn read(from: &mut Reader<'_>, max: usize, wanted: Option<usize>) -> Result<Store, Error> {
        let store = Store { known: Table::read(from, max)?, max };
        let wanted = wanted.or(store.dimensions());
        if store.known.iter().any(|(_, known)| Some(known.vector.dimensions()) != wanted) {
            return Err(Reader::damaged("known vectors have different dimensions"));
        }
        Ok(store)
    }
}
