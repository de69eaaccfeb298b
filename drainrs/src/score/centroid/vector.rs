//! A vector of length one that is kept: of a text, which fills some thirty of its dimensions, only those; of an embedding all.

use super::unit::dot;
use crate::error::Error;
use crate::wire::{Reader, State, Writer};

/// The vector. Which of the two it is follows from its numbers alone.
#[derive(Debug, Clone)]
pub(super) enum Vector {
    Dense(Box<[f32]>),
    Sparse {
        dimensions: u16,
        /// In ascending order.
        places: Box<[u16]>,
        values: Box<[f32]>,
    },
}

/// Only vectors of no more dimensions than a text's are kept without their zeros: a few bytes must not ask for much memory.
const MOST_SPARSE: u16 = 4_096;

/// The most dimensions of a host's vector: embeddings have some thousands.
pub(super) const MOST_DIMENSIONS: usize = 16_384;

impl Vector {
    pub(super) fn new(vector: Box<[f32]>) -> Vector {
        let filled = || (0_u16..).zip(&*vector).filter(|(_, x)| x.to_bits() != 0);
        match u16::try_from(vector.len()) {
            Ok(dimensions) if dimensions <= MOST_SPARSE && filled().count() < vector.len() / 2 => {
                let (places, values): (Vec<u16>, Vec<f32>) = filled().unzip();
                Vector::Sparse { dimensions, places: places.into(), values: values.into() }
            }
            _ => Vector::Dense(vector),
        }
    }

    pub(super) fn dimensions(&self) -> usize {
        match self {
            Vector::Dense(numbers) => numbers.len(),
            Vector::Sparse { dimensions, .. } => usize::from(*dimensions),
        }
    }

    /// All numbers of it.
    pub(super) fn to_dense(&self) -> Vec<f32> {
        match self {
            Vector::Dense(numbers) => numbers.to_vec(),
            Vector::Sparse { dimensions, places, values } => {
                let mut numbers = vec![0.0; usize::from(*dimensions)];
                for (&place, &value) in places.iter().zip(values) {
                    if let Some(number) = numbers.get_mut(usize::from(place)) {
                        *number = value;
                    }
                }
                numbers
            }
        }
    }

    /// The cosine distance to another vector of length one, `1 - cos`: 0 to 2.
    pub(super) fn distance(&self, other: &[f32]) -> f64 {
        let cosine = match self {
            Vector::Dense(numbers) => dot(numbers, other),
            Vector::Sparse { places, values, .. } => {
                let of = |place: &u16| other.get(usize::from(*place)).copied().unwrap_or_default();
                places.iter().zip(values).map(|(place, value)| of(place) * value).sum()
            }
        };
        (1.0 - f64::from(cosine)).clamp(0.0, 2.0)
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        match self {
            Vector::Dense(numbers) => size_of_val(&**numbers),
            Vector::Sparse { places, values, .. } => size_of_val(&**places) + size_of_val(&**values),
        }
    }

    fn values(&self) -> &[f32] {
        match self {
            Vector::Dense(values) | Vector::Sparse { values, .. } => values,
        }
    }
}

impl State for Vector {
    fn write(&self, to: &mut Writer) {
        to.number(self.dimensions() as u64);
        match self {
            Vector::Dense(numbers) => {
                false.write(to);
                numbers.iter().for_each(|x| x.write(to));
            }
            Vector::Sparse { places, values, .. } => {
                true.write(to);
                to.number(places.len() as u64);
                for (&place, x) in places.iter().zip(values) {
                    to.number(u64::from(place));
                    x.write(to);
                }
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Vector, Error> {
        let dimensions = from.below(MOST_DIMENSIONS + 1, "a vector of dimension")?;
        let vector = if bool::read(from)? {
            let mut numbers = vec![0.0; dimensions.min(usize::from(MOST_SPARSE))];
            for _ in 0..from.count()? {
                let at = from.below(numbers.len(), "dimension")?;
                let x = f32::read(from)?;
                numbers.iter_mut().skip(at).take(1).for_each(|place| *place = x);
            }
            Vector::new(numbers.into())
        } else {
            Vector::new((0..dimensions).map(|_| f32::read(from)).collect::<Result<_, Error>>()?)
        };
        let length: f64 = vector.values().iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        if (length - 1.0).abs() > 1e-3 || length.is_nan() {
            return Err(Reader::damaged(format!("a known vector has the length {}, not 1", length.sqrt())));
        }
        Ok(vector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers_are_kept_alone_and_tell_the_same() {
        let mut few = vec![0.0_f32; 256];
        (few[3], few[200]) = (0.6, -0.8);
        let sparse = Vector::new(few.clone().into());
        assert_eq!(sparse.memory(), 2 * (2 + 4));
        assert_eq!((sparse.dimensions(), sparse.to_dense()), (256, few.clone()));
        let mut other = vec![0.0_f32; 256];
        (other[3], other[4]) = (0.8, 0.6);
        assert!((sparse.distance(&other) - 0.52).abs() < 1e-6, "1 - 0.6 * 0.8");
        let dense = Vector::Dense(few.into());
        assert!((dense.distance(&other) - sparse.distance(&other)).abs() < 1e-6);
        let all = Vector::new(vec![0.5; 4].into());
        assert!(matches!(all, Vector::Dense(_)), "half of it would be as much");
        for vector in [sparse, all] {
            let mut to = Writer::new();
            vector.write(&mut to);
            let read = Vector::read(&mut Reader::new(&to.finish())).unwrap();
            assert_eq!(read.to_dense(), vector.to_dense());
            assert_eq!(read.memory(), vector.memory());
        }
    }
}
