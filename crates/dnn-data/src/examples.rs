//! Examples as readers give them: a matrix, and the shape that one example had in its file.
//!
//! Labels are not here: [`crate::Dataset`] holds both.

use std::path::Path;

use dnn_core::Real;
use ndarray::{Array2, ArrayView2, ShapeBuilder};

use crate::{Error, Result};

/// Examples as columns, and the shape each had before it was flattened.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples<T> {
    /// `(features, m)`, stored column by column.
    pub values: Array2<T>,
    /// Shape of one example, as `[height, width]`; empty for single numbers. Its product is `features`.
    pub shape: Vec<usize>,
}

impl<T: Real> Examples<T> {
    /// Takes `values` of `shape` (first axis: the examples; the last runs fastest), as a file at `path` holds them.
    pub(crate) fn new(path: &Path, shape: &[usize], values: Vec<T>) -> Result<Self> {
        let too_large = || Error::TooLarge { path: path.into(), shape: shape.into() };
        let (&count, one) = shape.split_first().ok_or_else(too_large)?;
        let features = length(one).ok_or_else(too_large)?;
        let values = Array2::from_shape_vec((features, count).f(), values).map_err(|_| too_large())?;
        Ok(Self { values, shape: one.to_vec() })
    }

    /// Every value as a class number.
    pub(crate) fn into_labels(self) -> Result<Vec<usize>> {
        if self.values.nrows() != 1 {
            return Err(Error::Count {
                name: "a label",
                unit: "numbers",
                found: self.values.nrows(),
                expected: "1".into(),
                remedy: "give the file of labels, not that of examples",
            });
        }
        let label = |(position, &value): (usize, &T)| match value.to_usize() {
            Some(label) if T::from(label) == Some(value) && label < CLASSES => Ok(label),
            _ => Err(Error::Label { position, found: value.to_string(), classes: CLASSES }),
        };
        self.values.iter().enumerate().map(label).collect()
    }
}

/// Class numbers without names must lie below this; a larger one is taken for damage, as names are made for all below.
pub(crate) const CLASSES: usize = 1 << 20;

/// The product of `shape`, if this machine can address as many numbers of 8 bytes.
pub(crate) fn length(shape: &[usize]) -> Option<usize> {
    let product = shape.iter().try_fold(1_usize, |product, &size| product.checked_mul(size))?;
    (product <= isize::MAX as usize / 8).then_some(product)
}

/// The columns of `examples` that `indices` names, in that order, stored column by column; repeats are allowed.
///
/// `examples: (features, m)`; the result is `(features, indices.len())`.
///
/// # Errors
/// [`Error::Count`] for an index of `m` or more.
pub fn select<T: Clone>(examples: ArrayView2<'_, T>, indices: &[usize]) -> Result<Array2<T>> {
    let (features, count) = examples.dim();
    check_indices(indices, count)?;
    let mut values = Vec::with_capacity(features * indices.len());
    for &index in indices {
        values.extend(examples.column(index).iter().cloned());
    }
    Ok(columns(features, indices.len(), values))
}

/// `values` as `(features, count)`, stored column by column.
///
/// # Panics
/// If there are not `features · count` values.
pub(crate) fn columns<T>(features: usize, count: usize, values: Vec<T>) -> Array2<T> {
    Array2::from_shape_vec((features, count).f(), values).expect("one value for each entry")
}

/// Refuses an index that names no example.
pub(crate) fn check_indices(indices: &[usize], count: usize) -> Result<()> {
    match indices.iter().find(|&&index| index >= count) {
        None => Ok(()),
        Some(&index) => Err(Error::Count {
            name: "the data set",
            unit: "examples",
            found: count,
            expected: format!("at least {}", index as u128 + 1),
            remedy: "select only indices below the number of examples",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn selected_examples_are_contiguous_and_in_the_order_asked_for() {
        let rows = array![[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let chosen = select(rows.view(), &[2, 0, 2]).unwrap();
        assert_eq!(chosen, array![[3.0, 1.0, 3.0], [6.0, 4.0, 6.0]]);
        assert_eq!(chosen.t().as_slice().unwrap(), [3.0, 6.0, 1.0, 4.0, 3.0, 6.0]);
        assert_eq!(select(rows.view(), &[]).unwrap().dim(), (2, 0));
    }

    #[test]
    fn selecting_beyond_the_end_is_refused() {
        let message = select(array![[1.0_f32]].view(), &[0, 1]).unwrap_err().to_string();
        assert!(message.starts_with("the data set has 1 examples, but at least 2"), "{message}");
        assert!(select(array![[1.0_f32]].view(), &[usize::MAX]).is_err());
    }

    #[test]
    fn only_small_whole_numbers_are_labels() {
        let labels =
            |values: Vec<f64>| Examples::new(Path::new("y"), &[values.len()], values).unwrap().into_labels();
        assert_eq!(labels(vec![2.0, 0.0]).unwrap(), [2, 0]);
        for wrong in [-1.0, 0.5, f64::NAN, 1e30, 4e9] {
            assert!(matches!(labels(vec![0.0, wrong]), Err(Error::Label { position: 1, .. })), "{wrong}");
        }
        assert!(Examples::new(Path::new("y"), &[1, 2], vec![0.0, 1.0]).unwrap().into_labels().is_err());
    }

    #[test]
    fn shapes_beyond_the_address_space_have_no_length() {
        assert_eq!(length(&[]), Some(1));
        assert_eq!(length(&[0, 7]), Some(0));
        assert_eq!(length(&[usize::MAX, 2]), None);
        assert_eq!(length(&[usize::MAX, 2, 0]), None);
    }
}
