//! Texts as vectors.

use super::config::{MOST_WORDS, VectoriserConfig};
use super::unit::normalise;
use super::words::words;
use crate::error::{Error, ErrorKind, Problems};
use crate::stats::Portable;
use crate::stats::Table;
use crate::wire::{Reader, State, Writer, open, seal};

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The section of a snapshot.
const TAG: [u8; 4] = *b"VECT";

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(FNV_PRIME))
}

/// In how many texts a word or pair of words was, and what it weighs.
#[derive(Debug, Clone, Copy)]
struct Feature {
    texts: u32,
    /// The inverse document frequency when weights were taken last.
    weight: f32,
}

crate::wire::state! { Feature { texts, weight } }

/// What is in a text: words and pairs of neighbours, by hash, each with how often it is there.
#[derive(Debug, Clone)]
pub(super) struct Features {
    hashes: [u64; 2 * MOST_WORDS],
    len: usize,
    /// Whether the text had more words than are looked at.
    pub(super) cut: bool,
}

impl Features {
    pub(super) fn of(text: &[u8], max_words: usize) -> Features {
        let mut features = Features { hashes: [0; 2 * MOST_WORDS], len: 0, cut: false };
        let mut before = None;
        features.cut = words(text, max_words.min(MOST_WORDS), |word| {
            let pair = before.map(|before| fnv(fnv(before, b" "), word));
            let single = fnv(FNV_START, word);
            for hash in std::iter::once(single).chain(pair) {
                if let Some(place) = features.hashes.get_mut(features.len) {
                    *place = hash;
                    features.len += 1;
                }
            }
            before = Some(single);
        });
        features.sort();
        features
    }

    fn sort(&mut self) {
        if let Some(hashes) = self.hashes.get_mut(..self.len) {
            hashes.sort_unstable();
        }
    }

    /// Each feature with how often it is there, in the order of hashes.
    fn counted(&self) -> impl Iterator<Item = (u64, usize)> {
        let hashes = self.hashes.get(..self.len).unwrap_or_default();
        hashes.chunk_by(|a, b| a == b).filter_map(|equal| equal.first().map(|&hash| (hash, equal.len())))
    }

    /// Whether there is no word.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A hash of them all: texts that differ in what varies, in punctuation or in case have the same one. 0: no words.
    pub(super) fn key(&self) -> u64 {
        let hashes = self.hashes.get(..self.len).unwrap_or_default();
        hashes.iter().fold(0, |key, &hash| crate::stats::mix(key ^ hash))
    }
}

/// Makes texts into vectors whose angle tells how much they have in common, whatever their numbers, identifiers and addresses.
/// For the distance scorer, and for an index of the host's own.
///
/// The recipe, the same on every host: numbers, identifiers, addresses and paths become one mark; what is left are words, in
/// lower case (ASCII), and pairs of neighbours. Each is hashed by FNV-1a with 64 bits: the upper and the lower half, xor,
/// modulo the dimensions is its place, the highest bit its sign (Weinberger and others, "Feature hashing for large scale
/// multitask learning", ICML 2009). It counts `1 + ln(times)`, times its inverse document frequency `1 + ln((1 + texts) / (1 +
/// texts with it))` (Sparck Jones, "A statistical interpretation of term specificity and its application in retrieval",
/// Journal of Documentation 28, 1972; smoothed). The length is made one.
///
/// A vector depends on the text and on the weights alone, and weights change only when [`reweigh`](Vectoriser::reweigh) is
/// called: vectors that a host keeps stay comparable until then. Before the first call all features weigh the same.
///
/// Cost: some two microseconds for a line of ten words; no allocation in [`write_vector`](Vectoriser::write_vector).
///
/// ```
/// use drainrs::score::{Vectoriser, VectoriserConfig};
/// let vectoriser = Vectoriser::build(&VectoriserConfig::default())?;
/// let a = vectoriser.vector("connection refused by 10.0.0.7:5432");
/// let b = vectoriser.vector("Connection refused by 192.168.1.10:80");
/// assert_eq!(a.len(), 256);
/// assert_eq!(a, b);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Vectoriser {
    config: VectoriserConfig,
    features: Table<u64, Feature>,
    /// Texts that were learned.
    texts: u64,
    /// The weight of a feature that no text had when weights were taken last.
    unseen: f32,
}

impl Vectoriser {
    /// Builds it; nothing is learned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], listing every setting that is out of its range.
    pub fn build(config: &VectoriserConfig) -> Result<Vectoriser, Error> {
        let mut problems = Problems::default();
        config.check("", &mut problems);
        problems.finish()?;
        let features = Table::new(config.max_features);
        Ok(Vectoriser { config: config.clone(), features, texts: 0, unseen: 1.0 })
    }

    /// The numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.config.dimensions
    }

    /// The texts that were learned.
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// The features that made room for others, [`VectoriserConfig::max_features`].
    pub fn evicted(&self) -> u64 {
        self.features.evicted()
    }

    /// Memory in bytes.
    pub fn memory(&self) -> usize {
        self.features.memory()
    }

    /// The vector of a text, of length one; all zeros if there is no word in it.
    pub fn vector(&self, text: impl AsRef<[u8]>) -> Vec<f32> {
        let mut vector = vec![0.0; self.config.dimensions];
        self.put(&self.features(text.as_ref()), &mut vector);
        vector
    }

    /// The same into a buffer of [`dimensions`](Vectoriser::dimensions) numbers. Gives whether there was a word in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] at `vector`: the buffer is not as long as a vector.
    pub fn write_vector(&self, text: impl AsRef<[u8]>, vector: &mut [f32]) -> Result<bool, Error> {
        if vector.len() != self.config.dimensions {
            let message = format!("has room for {} numbers where {} are written", vector.len(), self.config.dimensions);
            return Err(Error::new(ErrorKind::Config, "vector", message));
        }
        Ok(self.put(&self.features(text.as_ref()), vector))
    }

    /// Counts what is in a text. To be called once per template or different text, not per line: a feature is telling when few
    /// *kinds* of lines have it. Vectors change at the next [`reweigh`](Vectoriser::reweigh).
    pub fn learn(&mut self, text: impl AsRef<[u8]>) {
        let features = self.features(text.as_ref());
        self.count(&features);
    }

    /// Takes weights anew from what was learned. Vectors made before do not compare with those made after.
    pub fn reweigh(&mut self) {
        let weight =
            |texts: u64, with: u32| (1.0 + ((1 + texts) as f64 / (1.0 + f64::from(with))).portable_ln()) as f32;
        let texts = self.texts;
        // A feature can be in more texts than there are only in a forged snapshot.
        self.features
            .iter_mut()
            .for_each(|(_, feature)| feature.weight = weight(texts, feature.texts).max(f32::EPSILON));
        self.unseen = weight(texts, 0);
    }

    pub(super) fn features(&self, text: &[u8]) -> Features {
        Features::of(text, self.config.max_words)
    }

    pub(super) fn count(&mut self, features: &Features) {
        let unseen = self.unseen;
        for (hash, _) in features.counted() {
            let feature = self.features.touch_or_insert(hash, || Feature { texts: 0, weight: unseen });
            feature.texts = feature.texts.saturating_add(1);
        }
        self.texts += 1;
    }

    /// Writes the vector; false, and zeros, if there is nothing to tell.
    pub(super) fn put(&self, features: &Features, vector: &mut [f32]) -> bool {
        vector.fill(0.0);
        for (hash, times) in features.counted() {
            let weight = self.features.get(&hash).map_or(self.unseen, |feature| feature.weight);
            let value = (1.0 + (times as f32).portable_ln()) * weight;
            let at = ((hash >> 32) ^ (hash & 0xFFFF_FFFF)) as usize % vector.len().max(1);
            if let Some(place) = vector.get_mut(at) {
                *place += if hash >> 63 == 0 { value } else { -value };
            }
        }
        normalise(vector)
    }

    pub(super) fn vector_of(&self, features: &Features) -> Option<Box<[f32]>> {
        let mut vector = vec![0.0; self.config.dimensions].into_boxed_slice();
        self.put(features, &mut vector).then_some(vector)
    }

    /// What was learned, in bytes, so that a host's index outlives the process.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.number(self.config.dimensions as u64);
        self.write(&mut to);
        seal(&[(TAG, to.finish())])
    }

    /// Reads what [`snapshot`](Vectoriser::snapshot) gave. The limits may be others than they were, the dimensions may not.
    ///
    /// # Errors
    ///
    /// A damaged snapshot, one of a later version, or one with other dimensions
    /// ([`ErrorKind::SnapshotConfig`]).
    pub fn restore(snapshot: &[u8], config: &VectoriserConfig) -> Result<Vectoriser, Error> {
        let sections = open(snapshot)?;
        let mut from = Reader::new(sections.get(TAG)?);
        let dimensions = from.number()?;
        if dimensions != config.dimensions as u64 {
            let message = format!("was taken with dimensions = {dimensions}, now it is {}", config.dimensions);
            return Err(Error::new(ErrorKind::SnapshotConfig, "snapshot", message));
        }
        Vectoriser::read(&mut from, config)
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.features.write(to);
        to.number(self.texts);
        self.unseen.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, config: &VectoriserConfig) -> Result<Vectoriser, Error> {
        let empty = Vectoriser::build(config)?;
        let features: Table<u64, Feature> = Table::read(from, config.max_features)?;
        let (texts, unseen) = (from.counter()?, f32::read(from)?);
        let fits = |weight: f32| weight > 0.0 && weight < 100.0;
        if !fits(unseen) || features.iter().any(|(_, feature)| !fits(feature.weight)) {
            return Err(Reader::damaged("a word weighs nothing, or more than words can"));
        }
        Ok(Vectoriser { features, texts, unseen, ..empty })
    }
}
