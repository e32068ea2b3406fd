//! Precision, recall and F1 of each class, and their means over the classes.

use super::confusion::weighted_confusion;
use crate::Result;

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
/// assert_eq!(metrics::average_of_classes(&scores).recall, 0.75);
/// # Ok::<(), dnn_train::Error>(())
/// ```
///
/// # Errors
/// As for [`super::confusion_matrix`], and for weights that are not one number of 0 or more for each example.
pub fn per_class(
    found: &[usize],
    truth: &[usize],
    classes: usize,
    weights: Option<&[f64]>,
) -> Result<Vec<ClassScores>> {
    let confusion = weighted_confusion("the scores of each class", found, truth, classes, weights)?;
    let scores = |class| {
        let right = confusion[[class, class]];
        let (taken, support) = (confusion.column(class).sum(), confusion.row(class).sum());
        let f1 = share(2.0 * right, taken + support);
        ClassScores { precision: share(right, taken), recall: share(right, support), f1, support }
    };
    Ok((0..classes).map(scores).collect())
}

/// The mean over classes, each counting once ("macro"); `support` is the sum.
pub fn average_of_classes(scores: &[ClassScores]) -> ClassScores {
    average(scores, |_| 1.0)
}

/// The mean over classes, each counting as much as its examples ("weighted"); `support` is the sum.
pub fn weighted_average_of_classes(scores: &[ClassScores]) -> ClassScores {
    average(scores, |scores| scores.support)
}

fn average(scores: &[ClassScores], weight: impl Fn(&ClassScores) -> f64) -> ClassScores {
    let total = scores.iter().map(&weight).sum();
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

    #[test]
    fn a_class_that_nobody_has_or_finds_scores_nothing() {
        let scores = per_class(&[0, 0], &[0, 1], 3, None).unwrap();
        assert_eq!(scores[2], ClassScores { precision: 0.0, recall: 0.0, f1: 0.0, support: 0.0 });
        assert_eq!((scores[1].precision, scores[1].support), (0.0, 1.0));
        assert_eq!(weighted_average_of_classes(&scores).recall, 0.5);
        assert_eq!(average_of_classes(&[]).f1, 0.0);
    }
}
