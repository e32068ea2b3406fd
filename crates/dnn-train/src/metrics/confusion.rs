//! The confusion matrix: which class was taken for which.

use ndarray::Array2;

use super::weighing::{Weighing, check_pairs};
use crate::{Error, Result};

/// How often class `row` was taken for class `column`, each example counting once: `(classes, classes)`.
///
/// # Errors
/// [`Error::Metric`] if there are no examples, not as many found as true ones, or a class beyond `classes`.
pub fn confusion_matrix(found: &[usize], truth: &[usize], classes: usize) -> Result<Array2<u64>> {
    check("the confusion matrix", found, truth, classes)?;
    let mut counts = Array2::zeros((classes, classes));
    found.iter().zip(truth).for_each(|(&found, &truth)| counts[[truth, found]] += 1);
    Ok(counts)
}

/// The same in weights.
pub(super) fn weighted_confusion(
    metric: &'static str,
    found: &[usize],
    truth: &[usize],
    classes: usize,
    weights: Option<&[f64]>,
) -> Result<Array2<f64>> {
    check(metric, found, truth, classes)?;
    let weighing = Weighing::new(metric, weights, truth.len())?;
    let mut sums = Array2::zeros((classes, classes));
    let pairs = found.iter().zip(truth).enumerate();
    pairs.for_each(|(example, (&found, &truth))| sums[[truth, found]] += weighing.of(example));
    Ok(sums)
}

fn check(metric: &'static str, found: &[usize], truth: &[usize], classes: usize) -> Result<()> {
    check_pairs(metric, found.len(), truth.len())?;
    match found.iter().chain(truth).find(|&&class| class >= classes) {
        None => Ok(()),
        Some(class) => Err(Error::Metric {
            metric,
            found: format!("class number {class} among {classes} classes"),
            expected: "class numbers below the number of classes",
            remedy: "pass the number of classes the data has",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_confusion_matrix_counts_truth_by_row() {
        let counts = confusion_matrix(&[0, 1, 1, 1], &[0, 0, 1, 1], 2).unwrap();
        assert_eq!(counts, array![[1, 1], [0, 2]]);
        assert!(confusion_matrix(&[2], &[0], 2).is_err());
    }
}
