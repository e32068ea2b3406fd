//! How good predictions are: accuracy, ranking, errors in numbers. All in f64, none of them broadcasts.

use dnn_core::Real;
use ndarray::{Array2, ArrayView2};

use crate::{Error, Result};

/// The class of each example: the row of the largest output, or for one row, whether it reaches one half.
///
/// `a: (n[L], m)`; of equal outputs the first counts.
pub fn classes<T: Real>(a: ArrayView2<'_, T>) -> Vec<usize> {
    let class = |column: ndarray::ArrayView1<'_, T>| match column.len() {
        1 => usize::from(column[0] >= T::of(0.5)),
        rows => (1..rows).fold(0, |best, row| if column[row] > column[best] { row } else { best }),
    };
    a.columns().into_iter().map(class).collect()
}

/// The share of examples whose class is right.
///
/// # Errors
/// [`Error::Metric`] if there are none, or not as many found as true ones.
pub fn accuracy(found: &[usize], truth: &[usize]) -> Result<f64> {
    check_pairs("accuracy", found.len(), truth.len())?;
    let right = found.iter().zip(truth).filter(|(found, truth)| found == truth).count();
    Ok(right as f64 / truth.len() as f64)
}

/// How often class `row` was taken for class `column`: `(classes, classes)`.
///
/// # Errors
/// [`Error::Metric`] if there are no examples, not as many found as true ones, or a class beyond `classes`.
pub fn confusion_matrix(found: &[usize], truth: &[usize], classes: usize) -> Result<Array2<u64>> {
    check_pairs("the confusion matrix", found.len(), truth.len())?;
    if let Some(class) = found.iter().chain(truth).find(|&&class| class >= classes) {
        return Err(Error::Metric {
            metric: "the confusion matrix",
            found: format!("class number {class} among {classes} classes"),
            expected: "class numbers below the number of classes",
            remedy: "pass the number of classes the data has",
        });
    }
    let mut counts = Array2::zeros((classes, classes));
    found.iter().zip(truth).for_each(|(&found, &truth)| counts[[truth, found]] += 1);
    Ok(counts)
}

/// One threshold's point on the curve of detections against false alarms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RocPoint {
    /// Examples scoring at least this are taken as positive.
    pub threshold: f64,
    /// Share of the negatives taken as positive.
    pub false_alarms: f64,
    /// Share of the positives taken as positive.
    pub detections: f64,
}

/// The whole curve of detections against false alarms, from the strictest threshold on; equal scores are one point.
///
/// # Errors
/// [`Error::Metric`] if scores and truths differ in number, a score is NaN, or one of the two classes is absent.
pub fn roc(scores: &[f64], truth: &[bool]) -> Result<Vec<RocPoint>> {
    check_pairs("the ROC curve", scores.len(), truth.len())?;
    let positives = truth.iter().filter(|&&truth| truth).count();
    let negatives = truth.len() - positives;
    let refuse = |found: String, expected, remedy| {
        Err(Error::Metric { metric: "the ROC curve", found, expected, remedy })
    };
    if positives == 0 || negatives == 0 {
        let found = format!("{positives} positive and {negatives} negative examples");
        return refuse(found, "at least one of each", "pass data with both classes");
    }
    if let Some(at) = scores.iter().position(|score| score.is_nan()) {
        return refuse(
            format!("a score of NaN at example {}", at + 1),
            "numbers",
            "look at what the network gives",
        );
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut curve = vec![RocPoint { threshold: f64::INFINITY, false_alarms: 0.0, detections: 0.0 }];
    let (mut hits, mut alarms) = (0, 0);
    for equal in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let positive = equal.iter().filter(|&&example| truth[example]).count();
        hits += positive;
        alarms += equal.len() - positive;
        curve.push(RocPoint {
            threshold: scores[equal[0]],
            false_alarms: alarms as f64 / negatives as f64,
            detections: hits as f64 / positives as f64,
        });
    }
    Ok(curve)
}

/// The area under the curve of detections against false alarms: the chance that a positive example scores above a
/// negative one, ties counting half.
///
/// # Errors
/// As for [`roc`].
pub fn roc_auc(scores: &[f64], truth: &[bool]) -> Result<f64> {
    let area = |pair: &[RocPoint]| {
        (pair[1].false_alarms - pair[0].false_alarms) * (pair[0].detections + pair[1].detections) / 2.0
    };
    Ok(roc(scores, truth)?.windows(2).map(area).sum())
}

/// The largest share of positives that can be detected with at most this share of false alarms.
///
/// # Errors
/// As for [`roc`].
pub fn detection_rate(scores: &[f64], truth: &[bool], false_alarms: f64) -> Result<f64> {
    let allowed = roc(scores, truth)?.into_iter().filter(|point| point.false_alarms <= false_alarms);
    Ok(allowed.map(|point| point.detections).fold(0.0, f64::max))
}

/// `1 − Σ (a − y)² / Σ (y − ȳ)²` over all entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`Error::Metric`] if the shapes differ, there are no entries, or all targets are the same.
pub fn r_squared<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Result<f64> {
    check_shapes("R²", &a, &y)?;
    let mean = y.iter().map(|y| y.wide()).sum::<f64>() / y.len() as f64;
    let spread: f64 = y.iter().map(|y| (y.wide() - mean).powi(2)).sum();
    if spread == 0.0 {
        return Err(Error::Metric {
            metric: "R²",
            found: format!("{} targets that are all {mean}", y.len()),
            expected: "targets that differ",
            remedy: "pass more examples",
        });
    }
    let rest: f64 = a.iter().zip(&y).map(|(a, y)| (a.wide() - y.wide()).powi(2)).sum();
    Ok(1.0 - rest / spread)
}

/// `Σ |a − y| / n` over all n entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`Error::Metric`] if the shapes differ or there are no entries.
pub fn mean_absolute_error<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Result<f64> {
    check_shapes("the mean absolute error", &a, &y)?;
    Ok(a.iter().zip(&y).map(|(a, y)| (a.wide() - y.wide()).abs()).sum::<f64>() / y.len() as f64)
}

fn check_pairs(metric: &'static str, found: usize, truth: usize) -> Result<()> {
    if found == truth && truth > 0 {
        return Ok(());
    }
    Err(Error::Metric {
        metric,
        found: format!("{found} predictions and {truth} truths"),
        expected: "one prediction for each truth, and at least one",
        remedy: "pass both for the same examples",
    })
}

fn check_shapes<T: Real>(metric: &'static str, a: &ArrayView2<'_, T>, y: &ArrayView2<'_, T>) -> Result<()> {
    if a.dim() == y.dim() && !y.is_empty() {
        return Ok(());
    }
    Err(Error::Metric {
        metric,
        found: format!("predictions of {:?} and targets of {:?}", a.dim(), y.dim()),
        expected: "both of the same shape, with at least one entry",
        remedy: "pass both for the same examples; nothing is broadcast",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn one_row_decides_at_one_half_and_several_by_the_largest() {
        assert_eq!(classes(array![[0.2, 0.5, 0.9]].view()), [0, 1, 1]);
        assert_eq!(classes(array![[0.2, 0.5], [0.7, 0.5], [0.1, 0.0]].view()), [1, 0]);
    }

    #[test]
    fn the_confusion_matrix_counts_truth_by_row() {
        let counts = confusion_matrix(&[0, 1, 1, 1], &[0, 0, 1, 1], 2).unwrap();
        assert_eq!(counts, array![[1, 1], [0, 2]]);
        assert_eq!(accuracy(&[0, 1, 1, 1], &[0, 0, 1, 1]).unwrap(), 0.75);
        assert!(confusion_matrix(&[2], &[0], 2).is_err());
    }

    #[test]
    fn the_area_is_the_chance_of_the_right_order_with_ties_counting_half() {
        // scikit-learn's roc_auc_score([0,0,1,1], [.1,.4,.35,.8]) = 0.75
        assert_eq!(roc_auc(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]).unwrap(), 0.75);
        assert_eq!(roc_auc(&[0.5; 4], &[false, true, false, true]).unwrap(), 0.5);
        assert_eq!(roc_auc(&[-0.0, 0.0], &[false, true]).unwrap(), 0.5);
    }

    #[test]
    fn detections_at_a_share_of_false_alarms_never_exceed_it() {
        let (scores, truth) = ([0.9, 0.8, 0.7, 0.6], [true, false, true, false]);
        assert_eq!(detection_rate(&scores, &truth, 0.49).unwrap(), 0.5);
        assert_eq!(detection_rate(&scores, &truth, 0.5).unwrap(), 1.0);
    }

    #[test]
    fn regression_metrics_match_their_formulas() {
        let (a, y) = (array![[2.5, 0.0, 2.0, 8.0]], array![[3.0, -0.5, 2.0, 7.0]]);
        // scikit-learn's r2_score and mean_absolute_error documentation use these numbers.
        assert!((r_squared(a.view(), y.view()).unwrap() - 0.948_608_137_044_967_9).abs() < 1e-15);
        assert_eq!(mean_absolute_error(a.view(), y.view()).unwrap(), 0.5);
    }

    #[test]
    fn metrics_of_nothing_or_of_different_things_are_refused() {
        assert!(accuracy(&[], &[]).is_err());
        assert!(accuracy(&[1], &[1, 0]).is_err());
        assert!(roc_auc(&[f64::NAN, 1.0], &[true, false]).is_err());
        assert!(roc_auc(&[0.0, 1.0], &[true, true]).is_err());
        assert!(r_squared(array![[1.0, 2.0]].view(), array![[1.0], [2.0]].view()).is_err());
        assert!(r_squared(array![[1.0]].view(), array![[1.0]].view()).is_err());
    }
}
