//! Labels as the targets of a network: one-hot columns for softmax, a row of zeros and ones for one sigmoid.

use dnn_core::Real;
use ndarray::Array2;

use crate::examples::{columns, length};
use crate::{Error, Result};

/// `y[i, j] = 1` where `labels[j] = i`, else 0: `(classes, m)`, stored column by column.
///
/// ```
/// let y = dnn_data::one_hot::<f32>(&[2, 0], 3)?;
/// assert_eq!(y, ndarray::array![[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]);
/// # Ok::<(), dnn_data::Error>(())
/// ```
///
/// # Errors
/// [`Error::Label`] for a label of `classes` or more; [`Error::Setting`] if `classes · m` numbers are more than this
/// machine can address.
pub fn one_hot<T: Real>(labels: &[usize], classes: usize) -> Result<Array2<T>> {
    check_labels(labels, classes)?;
    let count = length(&[classes, labels.len()]).ok_or_else(|| Error::Setting {
        name: "the number of classes",
        found: classes.to_string(),
        expected: "must leave the targets small enough to address",
    })?;
    let mut values = vec![T::zero(); count];
    for (column, &label) in labels.iter().enumerate() {
        values[column * classes + label] = T::one();
    }
    Ok(columns(classes, labels.len(), values))
}

/// `y[0, j] = labels[j]`, for two classes: `(1, m)`.
///
/// # Errors
/// [`Error::Label`] for a label other than 0 and 1.
pub fn binary<T: Real>(labels: &[usize]) -> Result<Array2<T>> {
    check_labels(labels, 2)?;
    let values = labels.iter().map(|&label| if label == 1 { T::one() } else { T::zero() });
    Ok(columns(1, labels.len(), values.collect()))
}

/// Refuses a label that names no class.
pub(crate) fn check_labels(labels: &[usize], classes: usize) -> Result<()> {
    match labels.iter().position(|&label| label >= classes) {
        None => Ok(()),
        Some(position) => Err(Error::Label { position, found: labels[position].to_string(), classes }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_label_without_a_class_is_refused() {
        let message = one_hot::<f32>(&[0, 3], 3).unwrap_err().to_string();
        assert!(message.starts_with("label 1 is 3, but class numbers are whole and below 3"), "{message}");
        assert!(binary::<f32>(&[2]).is_err());
    }

    #[test]
    fn targets_are_stored_column_by_column() {
        assert_eq!(one_hot::<f64>(&[1, 0], 2).unwrap().t().as_slice().unwrap(), [0.0, 1.0, 1.0, 0.0]);
        assert_eq!(binary::<f32>(&[1, 0, 1]).unwrap(), array![[1.0, 0.0, 1.0]]);
        assert_eq!(one_hot::<f32>(&[], 4).unwrap().dim(), (4, 0));
    }
}
