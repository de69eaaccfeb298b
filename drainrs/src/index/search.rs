//! The index in memory, and its search by cosine.

use std::collections::{BTreeMap, BTreeSet};

use super::row::{IndexRow, MAX_DIMENSIONS, check_vector};
use crate::error::{Error, ErrorKind, Problems};
use crate::id::ContentId;
use crate::time::Timestamp;

/// How large an index may grow.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexConfig {
    /// The most rows; the one that was seen the longest ago makes room. Default 100,000.
    pub max_rows: usize,
    /// The most bytes of a row's texts and vector; larger ones are refused. Default 64 KiB.
    pub max_row_bytes: usize,
    /// The numbers of a vector; without it as many as the first row has. At most 16,000.
    pub dimensions: Option<usize>,
}

impl Default for IndexConfig {
    fn default() -> IndexConfig {
        IndexConfig { max_rows: 100_000, max_row_bytes: 64 << 10, dimensions: None }
    }
}

impl IndexConfig {
    fn check(&self, problems: &mut Problems) {
        for (name, most) in [("max_rows", self.max_rows), ("max_row_bytes", self.max_row_bytes)] {
            problems.require(most >= 1, &format!("index.{name}"), || "must be at least 1, got 0".to_owned());
        }
        if let Some(dimensions) = self.dimensions {
            problems.require((1..=MAX_DIMENSIONS).contains(&dimensions), "index.dimensions", || {
                format!("must be 1 to {MAX_DIMENSIONS}, got {dimensions}")
            });
        }
    }
}

/// What putting in a row did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Inserted {
    /// Its key is new.
    New,
    /// It took the place of this row, which had its key.
    Replaced(Box<IndexRow>),
    /// Its key is new, and this row made room for it.
    Evicted(Box<IndexRow>),
}

/// A row that is near, and how near.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Neighbour<'a> {
    /// The row.
    pub row: &'a IndexRow,
    /// The cosine of the angle between the vectors, -1 to 1; 1 for the same direction.
    pub similarity: f64,
}

/// What the oldest is chosen by: never seen before seen, then by key.
type Age = (Option<Timestamp>, String, ContentId);

#[derive(Debug, Clone)]
struct Entry {
    row: IndexRow,
    /// The length of its vector; 0 where there is none, or one of zeros.
    length: f64,
}

/// Rows by key, and the rows nearest to a vector. The search is exact: it looks at every row, some 25 million numbers for 100,000
/// vectors of 256. For more, use a store with an index of its own.
///
/// ```
/// use drainrs::ContentId;
/// use drainrs::index::{Index, IndexConfig, IndexRow};
///
/// let mut index = Index::build(&IndexConfig::default())?;
/// for (id, vector) in [(1, [1.0, 0.0]), (2, [0.6, 0.8]), (3, [-1.0, 0.0])] {
///     let mut row = IndexRow::new("cart", ContentId(id), "a template");
///     row.vector = Some(vector.to_vec());
///     index.insert(row)?;
/// }
/// let near = index.nearest(&[2.0, 0.0], 2)?;
/// let found: Vec<(u64, f64)> = near.iter().map(|one| (one.row.id.0, (one.similarity * 10.0).round())).collect();
/// assert_eq!(found, [(1, 10.0), (2, 6.0)]);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Index {
    config: IndexConfig,
    rows: BTreeMap<String, BTreeMap<ContentId, Entry>>,
    by_age: BTreeSet<Age>,
    dimensions: Option<usize>,
    evicted: u64,
    bytes: usize,
}

impl Index {
    /// An empty index.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], listing every setting that is out of its range.
    pub fn build(config: &IndexConfig) -> Result<Index, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Index {
            dimensions: config.dimensions,
            config: config.clone(),
            rows: BTreeMap::new(),
            by_age: BTreeSet::new(),
            evicted: 0,
            bytes: 0,
        })
    }

    /// Puts a row in, in the place of the one with its key. Cost: logarithmic in the rows.
    ///
    /// # Errors
    ///
    /// Those of [`IndexRow::check`]; [`ErrorKind::Limit`] for a row above [`IndexConfig::max_row_bytes`];
    /// [`ErrorKind::Config`] at `vector` for one with another number of dimensions. The index stays as it was.
    pub fn insert(&mut self, row: IndexRow) -> Result<Inserted, Error> {
        row.check()?;
        let bytes = row.bytes();
        if bytes > self.config.max_row_bytes {
            let message = format!("has {bytes} bytes, index.max_row_bytes = {}", self.config.max_row_bytes);
            return Err(Error::new(ErrorKind::Limit, "row", message));
        }
        if let Some(vector) = &row.vector {
            self.check_dimensions(vector)?;
            self.dimensions = Some(vector.len());
        }
        let before = self.remove(&row.service, row.id);
        let evicted = if self.len() >= self.config.max_rows { self.evict() } else { None };
        self.bytes += bytes;
        self.by_age.insert(age(&row));
        let length = row.vector.as_deref().map_or(0.0, |vector| dot(vector, vector).sqrt());
        self.rows.entry(row.service.clone()).or_default().insert(row.id, Entry { row, length });
        Ok(match (before, evicted) {
            (Some(before), _) => Inserted::Replaced(Box::new(before)),
            (None, Some(evicted)) => Inserted::Evicted(Box::new(evicted)),
            (None, None) => Inserted::New,
        })
    }

    fn evict(&mut self) -> Option<IndexRow> {
        let (_, service, id) = self.by_age.first()?.clone();
        self.evicted += 1;
        self.remove(&service, id)
    }

    fn check_dimensions(&self, vector: &[f32]) -> Result<(), Error> {
        match self.dimensions {
            Some(dimensions) if dimensions != vector.len() => {
                let message = format!(
                    "has {} numbers where those of the index have {dimensions}; vectors of two models do not compare",
                    vector.len()
                );
                Err(Error::new(ErrorKind::Config, "vector", message))
            }
            _ => Ok(()),
        }
    }

    /// Takes a row out.
    pub fn remove(&mut self, service: &str, id: ContentId) -> Option<IndexRow> {
        let rows = self.rows.get_mut(service)?;
        let row = rows.remove(&id)?.row;
        if rows.is_empty() {
            self.rows.remove(service);
        }
        self.by_age.remove(&age(&row));
        self.bytes -= row.bytes();
        Some(row)
    }

    /// A row by its key.
    pub fn get(&self, service: &str, id: ContentId) -> Option<&IndexRow> {
        self.rows.get(service)?.get(&id).map(|entry| &entry.row)
    }

    /// All rows, by service and id.
    pub fn rows(&self) -> impl Iterator<Item = &IndexRow> {
        self.entries().map(|entry| &entry.row)
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.rows.values().flat_map(BTreeMap::values)
    }

    /// The `count` rows nearest to a vector, the nearest first; of equals those that come first by service and id. Rows without a
    /// vector are passed over, and so are vectors of zeros, which have no direction: nothing is near one that is asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] at `vector`: it has another number of dimensions, is empty, or a number of it is infinite or none.
    pub fn nearest(&self, vector: &[f32], count: usize) -> Result<Vec<Neighbour<'_>>, Error> {
        check_vector(vector)?;
        self.check_dimensions(vector)?;
        let length = dot(vector, vector).sqrt();
        if length <= 0.0 || count == 0 {
            return Ok(Vec::new());
        }
        let with_direction = self.entries().filter(|entry| entry.length > 0.0);
        let mut found: Vec<(f64, usize, &IndexRow)> = with_direction
            .enumerate()
            .map(|(at, entry)| {
                let cosine = entry.row.vector.as_deref().map_or(0.0, |own| dot(own, vector) / (entry.length * length));
                (cosine.clamp(-1.0, 1.0), at, &entry.row)
            })
            .collect();
        let nearer = |a: &(f64, usize, &IndexRow), b: &(f64, usize, &IndexRow)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if count < found.len() {
            found.select_nth_unstable_by(count, nearer);
            found.truncate(count);
        }
        found.sort_unstable_by(nearer);
        Ok(found.into_iter().map(|(similarity, _, row)| Neighbour { row, similarity }).collect())
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.by_age.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_age.is_empty()
    }

    /// The numbers of a vector, once it is known.
    pub fn dimensions(&self) -> Option<usize> {
        self.dimensions
    }

    /// Rows that made room for others.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Memory in bytes, heap included, roughly.
    pub fn memory(&self) -> usize {
        let names: usize = self.by_age.iter().map(|(_, service, _)| service.len()).sum();
        size_of::<Index>() + self.bytes + names + self.len() * (size_of::<Entry>() + size_of::<Age>() + 32)
    }
}

fn age(row: &IndexRow) -> Age {
    (row.last_seen, row.service.clone(), row.id)
}

/// The sum of the products, in double precision: the square of a 32-bit number cannot overflow there. Eight sums side by side,
/// which the compiler makes a few registers of; the order of the additions is the same on every host.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0; 8];
    let ((a_rows, a_rest), (b_rows, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a_rows.iter().zip(b_rows) {
        for at in 0..8 {
            sums[at] += f64::from(a[at]) * f64::from(b[at]);
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(service: &str, id: u64, vector: Option<&[f32]>) -> IndexRow {
        let mut row = IndexRow::new(service, ContentId(id), "t");
        row.vector = vector.map(<[f32]>::to_vec);
        row
    }

    fn index(change: impl FnOnce(&mut IndexConfig)) -> Index {
        let mut config = IndexConfig::default();
        change(&mut config);
        Index::build(&config).unwrap()
    }

    fn ids(near: &[Neighbour<'_>]) -> Vec<(String, u64)> {
        near.iter().map(|one| (one.row.service.clone(), one.row.id.0)).collect()
    }

    #[test]
    fn equals_come_in_the_order_of_their_keys_however_they_were_put_in() {
        let mut index = index(|_| {});
        for (service, id) in [("b", 1), ("a", 9), ("a", 2), ("c", 0)] {
            index.insert(row(service, id, Some(&[0.0, 3.0, 0.0, 4.0, 0.5]))).unwrap();
        }
        index.insert(row("z", 1, Some(&[0.0, 0.0, 0.0, 0.0, 1.0]))).unwrap();
        index.insert(row("none", 1, None)).unwrap();
        index.insert(row("zero", 1, Some(&[0.0; 5]))).unwrap();
        let query = [0.0, 3.0, 0.0, 4.0, 0.0];
        let named = |list: &[(&str, u64)]| list.iter().map(|&(s, id)| (s.to_owned(), id)).collect::<Vec<_>>();
        assert_eq!(ids(&index.nearest(&query, 2).unwrap()), named(&[("a", 2), ("a", 9)]));
        let all = index.nearest(&query, 100).unwrap();
        assert_eq!(ids(&all), named(&[("a", 2), ("a", 9), ("b", 1), ("c", 0), ("z", 1)]));
        assert!((all[0].similarity - 5.0 / 25.25_f64.sqrt()).abs() < 1e-12 && all[4].similarity.abs() < 1e-12);
        assert!(index.nearest(&[0.0; 5], 3).unwrap().is_empty(), "no direction");
        assert!(index.nearest(&query, 0).unwrap().is_empty());
    }

    #[test]
    fn vectors_that_do_not_compare_are_refused() {
        let mut index = index(|_| {});
        index.insert(row("a", 1, Some(&[1.0, 2.0]))).unwrap();
        let error = index.insert(row("a", 2, Some(&[1.0]))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "vector: has 1 numbers where those of the index have 2; vectors of two models do not compare"
        );
        assert_eq!(index.nearest(&[1.0, 2.0, 3.0], 1).unwrap_err().path(), "vector");
        assert_eq!(
            index.nearest(&[1.0, f32::NAN], 1).unwrap_err().to_string(),
            "vector: its number 1 is NaN; it must be finite"
        );
        assert!(index.insert(row("a", 3, Some(&[f32::INFINITY, 0.0]))).is_err());
        assert_eq!(index.len(), 1);
        let mut fixed = self::index(|config| config.dimensions = Some(3));
        assert!(fixed.insert(row("a", 1, Some(&[1.0]))).is_err());
    }

    #[test]
    fn the_greatest_numbers_do_not_overflow() {
        let mut index = index(|_| {});
        index.insert(row("a", 1, Some(&[f32::MAX; 7]))).unwrap();
        index.insert(row("a", 2, Some(&[f32::MIN; 7]))).unwrap();
        let near = index.nearest(&[f32::MAX; 7], 2).unwrap();
        assert_eq!(near.iter().map(|one| one.similarity.round()).collect::<Vec<_>>(), [1.0, -1.0]);
    }

    #[test]
    fn the_row_that_was_seen_the_longest_ago_makes_room() {
        let mut index = index(|config| config.max_rows = 2);
        let seen = |id, seconds: Option<i64>| {
            let mut row = row("a", id, None);
            row.last_seen = seconds.map(Timestamp::from_seconds);
            row
        };
        assert_eq!(index.insert(seen(1, Some(10))).unwrap(), Inserted::New);
        assert_eq!(index.insert(seen(2, Some(20))).unwrap(), Inserted::New);
        // It is there already, so that nothing has to go; and now it is the younger one.
        assert_eq!(index.insert(seen(1, Some(30))).unwrap(), Inserted::Replaced(Box::new(seen(1, Some(10)))));
        assert_eq!(index.insert(seen(3, None)).unwrap(), Inserted::Evicted(Box::new(seen(2, Some(20)))));
        assert_eq!(index.insert(seen(4, Some(1))).unwrap(), Inserted::Evicted(Box::new(seen(3, None))));
        assert_eq!((index.len(), index.evicted()), (2, 2));
        assert_eq!(index.remove("a", ContentId(1)), Some(seen(1, Some(30))));
        assert_eq!((index.remove("a", ContentId(1)), index.remove("b", ContentId(4))), (None, None));
        assert_eq!(index.rows().map(|row| row.id.0).collect::<Vec<_>>(), [4]);
        index.remove("a", ContentId(4)).unwrap();
        assert!(index.is_empty() && index.bytes == 0);
    }

    #[test]
    fn rows_above_the_limit_and_settings_out_of_range_are_refused() {
        let mut index = index(|config| config.max_row_bytes = 6);
        index.insert(IndexRow::new("ab", ContentId(1), "abcd")).unwrap();
        let error = index.insert(IndexRow::new("ab", ContentId(1), "abcde")).unwrap_err();
        assert_eq!(error.to_string(), "row: has 7 bytes, index.max_row_bytes = 6");
        assert_eq!(index.get("ab", ContentId(1)).unwrap().template, "abcd", "as it was");
        let error = Index::build(&IndexConfig { max_rows: 0, max_row_bytes: 0, dimensions: Some(0) }).unwrap_err();
        assert_eq!(error.problems().len(), 3);
    }
}
