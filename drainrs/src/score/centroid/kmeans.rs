//! Spherical k-means.

use ndarray::{ArrayView1, ArrayView2};

use super::config::KMeansConfig;
use super::unit::{distance, dot, normalise, unit, units};
use crate::error::Error;
use crate::stats::mix;
use crate::wire::{Reader, State, Writer, open, seal};

const TAG: [u8; 4] = *b"KMNS";

/// Below this, two vectors are one: what single precision cannot tell apart.
const SAME: f64 = 1e-6;

/// Points on the unit sphere in clusters around centroids (Dhillon and Modha, "Concept decompositions for large sparse text
/// data using clustering", Machine Learning 42, 2001): distances are cosine distances, a centroid is the mean of its points
/// made to length one. The first centroids are drawn far apart (Arthur and Vassilvitskii, "k-means++: the advantages of careful
/// seeding", SODA 2007), with a generator of its own: the same points, settings and seed give the same clusters.
///
/// Cost: points x clusters x dimensions multiplications an iteration.
///
/// ```
/// use drainrs::score::{KMeans, KMeansConfig};
/// use ndarray::array;
/// let points = array![[1.0_f32, 0.1], [0.9, 0.0], [0.0, 1.0], [0.1, 2.0]];
/// let found = KMeans::fit(points.view(), &KMeansConfig { clusters: 2, ..KMeansConfig::default() })?;
/// assert_eq!(found.assignments()[0], found.assignments()[1]);
/// assert_ne!(found.assignments()[0], found.assignments()[2]);
/// let (cluster, distance) = found.nearest(&[5.0, 0.0][..])?;
/// assert_eq!(cluster, found.assignments()[0]);
/// assert!(distance < 0.01);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    dimensions: usize,
    /// Row by row.
    centroids: Vec<f32>,
    assignments: Vec<usize>,
    representatives: Vec<Vec<usize>>,
    sizes: Vec<usize>,
    iterations: u32,
    converged: bool,
}

impl KMeans {
    /// Clusters points, a row each; their lengths do not matter. There are fewer clusters than were asked for when there are
    /// fewer points that differ: [`len`](KMeans::len) tells.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) with the path of what is wrong: no points (`points`), a point that is
    /// zero (`points[3]`), a number that is not finite (`points[3][17]`), a setting out of its range (`clusters`).
    #[allow(clippy::needless_pass_by_value, reason = "a view is a reference")]
    pub fn fit(points: ArrayView2<'_, f32>, config: &KMeansConfig) -> Result<KMeans, Error> {
        config.check()?;
        let points = units(&points, "points")?;
        Ok(KMeans::of_units(&points, config))
    }

    /// Clusters vectors of length one.
    pub(super) fn of_units<P: AsRef<[f32]>>(points: &[P], config: &KMeansConfig) -> KMeans {
        let dimensions = points.first().map_or(0, |point| point.as_ref().len());
        let mut machine = KMeans {
            dimensions,
            centroids: first_centroids(points, config),
            assignments: vec![0; points.len()],
            representatives: Vec::new(),
            sizes: Vec::new(),
            iterations: 0,
            converged: false,
        };
        machine.assign(points);
        while !machine.converged && machine.iterations < config.max_iterations {
            machine.iterations += 1;
            machine.move_centroids(points);
            machine.converged = !machine.assign(points);
        }
        machine.describe(points, config.max_representatives);
        machine
    }

    /// Gives each point to its nearest centroid. Gives whether any changed.
    fn assign<P: AsRef<[f32]>>(&mut self, points: &[P]) -> bool {
        let mut changed = false;
        for (at, point) in points.iter().enumerate() {
            let (nearest, _) = self.nearest_of(point.as_ref());
            if let Some(own) = self.assignments.get_mut(at) {
                changed |= *own != nearest;
                *own = nearest;
            }
        }
        changed
    }

    /// Moves each centroid to the mean of its points. One without points, or whose points cancel out, stays.
    fn move_centroids<P: AsRef<[f32]>>(&mut self, points: &[P]) {
        let mut sums = vec![0.0_f64; self.centroids.len()];
        for (point, &cluster) in points.iter().zip(&self.assignments) {
            let sum = sums.iter_mut().skip(cluster * self.dimensions);
            sum.zip(point.as_ref()).for_each(|(sum, &x)| *sum += f64::from(x));
        }
        let rows = self.centroids.chunks_exact_mut(self.dimensions.max(1));
        for (centroid, sum) in rows.zip(sums.chunks_exact(self.dimensions.max(1))) {
            let mut moved: Vec<f32> = sum.iter().map(|&x| x as f32).collect();
            if normalise(&mut moved) {
                centroid.copy_from_slice(&moved);
            }
        }
    }

    fn describe<P: AsRef<[f32]>>(&mut self, points: &[P], most: usize) {
        let mut members: Vec<Vec<(f64, usize)>> = vec![Vec::new(); self.len()];
        for (at, (point, &cluster)) in points.iter().zip(&self.assignments).enumerate() {
            if let (Some(members), Some(centroid)) = (members.get_mut(cluster), self.row(cluster)) {
                members.push((distance(centroid, point.as_ref()), at));
            }
        }
        self.sizes = members.iter().map(Vec::len).collect();
        self.representatives = members
            .into_iter()
            .map(|mut members| {
                members.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                members.iter().take(most).map(|&(_, at)| at).collect()
            })
            .collect();
    }

    fn row(&self, cluster: usize) -> Option<&[f32]> {
        self.centroids.chunks_exact(self.dimensions.max(1)).nth(cluster)
    }

    fn nearest_of(&self, point: &[f32]) -> (usize, f64) {
        let mut best = (0, f32::NEG_INFINITY);
        for (cluster, centroid) in self.centroids.chunks_exact(self.dimensions.max(1)).enumerate() {
            let cosine = dot(centroid, point);
            if cosine > best.1 {
                best = (cluster, cosine);
            }
        }
        (best.0, (1.0 - f64::from(best.1)).clamp(0.0, 2.0))
    }

    /// The number of clusters, at least 1.
    pub fn len(&self) -> usize {
        self.centroids.len() / self.dimensions.max(1)
    }

    /// Whether there is none; never.
    pub fn is_empty(&self) -> bool {
        self.centroids.is_empty()
    }

    /// The centroids, a row of length one each.
    pub fn centroids(&self) -> ArrayView2<'_, f32> {
        let shape = (self.len(), self.dimensions);
        ArrayView2::from_shape(shape, &self.centroids).unwrap_or_else(|_| ArrayView2::from(&[[]; 0]))
    }

    /// The cluster of each point.
    pub fn assignments(&self) -> &[usize] {
        &self.assignments
    }

    /// The number of points of each cluster.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The points nearest to a centroid, the nearest first; none for a cluster that there is not.
    pub fn representatives(&self, cluster: usize) -> &[usize] {
        self.representatives.get(cluster).map_or(&[], Vec::as_slice)
    }

    /// How often the centroids moved.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Whether they would not move any further.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// The clusters, in bytes: versioned, checksummed.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.number(self.dimensions as u64);
        self.centroids.write(&mut to);
        write_numbers(&self.assignments, &mut to);
        self.representatives.iter().for_each(|points| write_numbers(points, &mut to));
        self.iterations.write(&mut to);
        self.converged.write(&mut to);
        seal(&[(TAG, to.finish())])
    }

    /// Reads what [`snapshot`](KMeans::snapshot) gave.
    ///
    /// # Errors
    ///
    /// A damaged snapshot, or one of a later version.
    pub fn restore(snapshot: &[u8]) -> Result<KMeans, Error> {
        let sections = open(snapshot)?;
        let mut from = Reader::new(sections.get(TAG)?);
        let dimensions = usize::try_from(from.number()?).unwrap_or(usize::MAX);
        let centroids: Vec<f32> = State::read(&mut from)?;
        if dimensions == 0 || centroids.is_empty() || !centroids.len().is_multiple_of(dimensions) {
            return Err(Reader::damaged(format!("{} numbers are no centroids", centroids.len())));
        }
        let clusters = centroids.len() / dimensions;
        let assignments = read_numbers(&mut from, clusters)?;
        let mut sizes = vec![0; clusters];
        for &cluster in &assignments {
            sizes[cluster] += 1; // below the number of clusters, as was read
        }
        let mut representatives = Vec::with_capacity(clusters);
        for _ in 0..clusters {
            representatives.push(read_numbers(&mut from, assignments.len())?);
        }
        let (iterations, converged) = (State::read(&mut from)?, State::read(&mut from)?);
        Ok(KMeans { dimensions, centroids, assignments, representatives, sizes, iterations, converged })
    }

    /// The nearest cluster to a vector and the cosine distance of its centroid, 0 to 2.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) at `vector`: other dimensions than the points had, a number that is not
    /// finite, all zeros.
    pub fn nearest<'a>(&self, vector: impl Into<ArrayView1<'a, f32>>) -> Result<(usize, f64), Error> {
        Ok(self.nearest_of(&unit(&vector.into(), Some(self.dimensions), "vector")?))
    }
}

fn write_numbers(numbers: &[usize], to: &mut Writer) {
    to.number(numbers.len() as u64);
    numbers.iter().for_each(|&number| to.number(number as u64));
}

fn read_numbers(from: &mut Reader<'_>, limit: usize) -> Result<Vec<usize>, Error> {
    let count = from.count()?;
    (0..count).map(|_| from.below(limit, "the place")).collect()
}

/// k-means++: each next centroid is a point drawn in proportion to its distance from those there are. (Between points of
/// length one the cosine distance is half the squared distance.) Ends when every point is a centroid.
fn first_centroids<P: AsRef<[f32]>>(points: &[P], config: &KMeansConfig) -> Vec<f32> {
    let mut random = config.seed;
    let mut draw = || {
        random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        (mix(random) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut centroids: Vec<f32> = Vec::new();
    let mut from_nearest = vec![1.0_f64; points.len()];
    for _ in 0..config.clusters.min(points.len()) {
        let total: f64 = from_nearest.iter().sum();
        if total <= 0.0 {
            break;
        }
        let mut left = draw() * total;
        let mut drawn = None;
        for (at, &weight) in from_nearest.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            drawn = Some(at);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        let Some(centroid) = drawn.and_then(|at| points.get(at)) else { break };
        centroids.extend_from_slice(centroid.as_ref());
        for (own, point) in from_nearest.iter_mut().zip(points) {
            let away = distance(centroid.as_ref(), point.as_ref());
            *own = if away < SAME { 0.0 } else { own.min(away) };
        }
    }
    centroids
}
