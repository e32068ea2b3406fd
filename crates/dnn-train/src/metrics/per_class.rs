//! Which class was taken for which: the confusion matrix; precision, recall and F1 of each class, and their means.

use ndarray::Array2;

use super::weighing::{Weighing, check_pairs, refused};
use crate::Result;

/// How often class `row` was taken for class `column`, each example counting once: `(classes, classes)`.
///
/// # Errors
/// [`crate::Error::Metric`] if there are no examples, not as many found as true ones, or a class beyond `classes`.
pub fn confusion_matrix(found: &[usize], truth: &[usize], classes: usize) -> Result<Array2<u64>> {
    Ok(confusion("the confusion matrix", found, truth, classes, None)?.mapv(|count| count as u64))
}

/// The same in weights.
fn confusion(
    metric: &'static str,
    found: &[usize],
    truth: &[usize],
    classes: usize,
    weights: Option<&[f64]>,
) -> Result<Array2<f64>> {
    check_pairs(metric, found.len(), truth.len())?;
    if let Some(class) = found.iter().chain(truth).find(|&&class| class >= classes) {
        let found = format!("class number {class} among {classes} classes");
        let expected = "class numbers below the number of classes";
        return refused(metric, found, expected, "pass the number of classes the data has");
    }
    let weighing = Weighing::new(metric, weights, truth.len())?;
    let mut sums = Array2::zeros((classes, classes));
    let pairs = found.iter().zip(truth).enumerate();
    pairs.for_each(|(example, (&found, &truth))| sums[[truth, found]] += weighing.of(example));
    Ok(sums)
}

/// How well one class is found. A share of nothing is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassScores {
    /// The share of those taken for the class that are of it.
    pub precision: f64,
    /// The share of the class that is taken for it.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// The weight of the class: how many examples it has, if all count alike.
    pub support: f64,
}

/// The scores of each of `classes`.
///
/// ```
/// use dnn_train::metrics;
///
/// let (found, truth) = ([0, 1, 1, 1], [0, 0, 1, 1]);
/// let scores = metrics::per_class(&found, &truth, 2, None)?;
/// assert_eq!((scores[0].precision, scores[0].recall), (1.0, 0.5));
/// assert_eq!((scores[1].precision, scores[1].recall), (2.0 / 3.0, 1.0));
/// assert_eq!(metrics::average_of_classes(&scores, false).recall, 0.75);
/// # Ok::<(), dnn_train::Error>(())
/// ```
///
/// # Errors
/// As for [`confusion_matrix`], and for weights that are not one number of 0 or more for each example.
pub fn per_class(
    found: &[usize],
    truth: &[usize],
    classes: usize,
    weights: Option<&[f64]>,
) -> Result<Vec<ClassScores>> {
    let confusion = confusion("the scores of each class", found, truth, classes, weights)?;
    let scores = |class| {
        let right = confusion[[class, class]];
        let (taken, support) = (confusion.column(class).sum(), confusion.row(class).sum());
        let f1 = share(2.0 * right, taken + support);
        ClassScores { precision: share(right, taken), recall: share(right, support), f1, support }
    };
    Ok((0..classes).map(scores).collect())
}

/// The mean over classes, each counting once ("macro"), or where `weighted`, as much as its examples; `support` is the sum.
pub fn average_of_classes(scores: &[ClassScores], weighted: bool) -> ClassScores {
    let weight = |scores: &ClassScores| if weighted { scores.support } else { 1.0 };
    let total = scores.iter().map(weight).sum();
    let mean = |of: fn(&ClassScores) -> f64| {
        share(scores.iter().map(|scores| weight(scores) * of(scores)).sum(), total)
    };
    ClassScores {
        precision: mean(|scores| scores.precision),
        recall: mean(|scores| scores.recall),
        f1: mean(|scores| scores.f1),
        support: scores.iter().map(|scores| scores.support).sum(),
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_class_that_nobody_has_or_finds_scores_nothing() {
        let scores = per_class(&[0, 0], &[0, 1], 3, None).unwrap();
        assert_eq!(scores[2], ClassScores { precision: 0.0, recall: 0.0, f1: 0.0, support: 0.0 });
        assert_eq!((scores[1].precision, scores[1].support), (0.0, 1.0));
        assert_eq!(average_of_classes(&scores, true).recall, 0.5);
        assert_eq!(average_of_classes(&[], false).f1, 0.0);
    }

    #[test]
    fn the_confusion_matrix_counts_truth_by_row() {
        let counts = confusion_matrix(&[0, 1, 1, 1], &[0, 0, 1, 1], 2).unwrap();
        assert_eq!(counts, array![[1, 1], [0, 2]]);
        assert!(confusion_matrix(&[2], &[0], 2).is_err());
    }
}
