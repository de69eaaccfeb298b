//! Vectors of length one.

use ndarray::{ArrayView1, ArrayView2};

use crate::error::{Error, ErrorKind};

/// The inner product. In eight sums, which a compiler can keep in one register; always in the same order.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_eights, a_rest) = a.as_chunks::<8>();
    let (b_eights, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for (a, b) in a_eights.iter().zip(b_eights) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// The cosine distance of two vectors of length one, `1 - cos`: 0 to 2.
pub(super) fn distance(a: &[f32], b: &[f32]) -> f64 {
    (1.0 - f64::from(dot(a, b))).clamp(0.0, 2.0)
}

/// Makes a vector's length one. False, and unchanged, if it has none.
pub(super) fn normalise(vector: &mut [f32]) -> bool {
    let length = vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    }
    length > 0.0
}

fn bad(path: String, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, path, message)
}

/// A host's vector with length one.
pub(super) fn unit(vector: &ArrayView1<'_, f32>, dimensions: Option<usize>, path: &str) -> Result<Vec<f32>, Error> {
    if vector.is_empty() {
        return Err(bad(path.to_owned(), "a vector of 0 dimensions has no direction"));
    }
    if let Some(wanted) = dimensions.filter(|&wanted| wanted != vector.len()) {
        return Err(bad(path.to_owned(), format!("has {} dimensions where {wanted} are known", vector.len())));
    }
    if let Some((at, x)) = vector.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        return Err(bad(format!("{path}[{at}]"), format!("{x} is no finite number")));
    }
    let mut unit: Vec<f32> = vector.iter().copied().collect();
    if !normalise(&mut unit) {
        return Err(bad(path.to_owned(), "is zero and has no direction; leave it out"));
    }
    Ok(unit)
}

/// A host's vectors with length one, row by row.
pub(super) fn units(points: &ArrayView2<'_, f32>, path: &str) -> Result<Vec<Vec<f32>>, Error> {
    if points.is_empty() {
        let message = format!("{} rows of {} numbers hold no point", points.nrows(), points.ncols());
        return Err(bad(path.to_owned(), message));
    }
    points.rows().into_iter().enumerate().map(|(row, point)| unit(&point, None, &format!("{path}[{row}]"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let a: Vec<f32> = (1_u8..=11).map(f32::from).collect();
        assert!((dot(&a, &a) - 506.0).abs() < f32::EPSILON, "1 + 4 + 9 + ... + 121");
        let mut v = [3.0, 4.0];
        assert!(normalise(&mut v));
        assert!(distance(&v, &[0.6, 0.8]) < 1e-6);
        assert!((distance(&v, &[1.0, 0.0]) - 0.4).abs() < 1e-7);
        assert!(!normalise(&mut [0.0; 3]));
        for extreme in [f32::MAX, f32::from_bits(1)] {
            let mut v = [extreme; 4];
            assert!(normalise(&mut v) && v.iter().all(|x| (x - 0.5).abs() < 1e-6), "{extreme}");
        }
    }
}
