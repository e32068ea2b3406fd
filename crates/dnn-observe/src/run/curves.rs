//! How well scores tell one class from the rest: ROC and precision-recall, with their areas.

use dnn_train::metrics;
use serde::{Deserialize, Serialize};

use crate::Result;

/// Points a curve keeps: more than a figure shows.
const POINTS: usize = 300;

/// Receiver operating characteristic and precision against recall of one class, thinned to some 300 points.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ScoreCurve {
    /// The class.
    pub name: String,
    /// (share of the others that is taken for the class, share of the class that is found), from (0, 0) to (1, 1).
    pub roc: Vec<[f64; 2]>,
    /// (recall, precision).
    pub precision_recall: Vec<[f64; 2]>,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Mean precision over recall, as [`dnn_train::metrics::average_precision`].
    pub average_precision: f64,
}

impl ScoreCurve {
    /// The curves of examples with these scores, `truth` saying which belong to the class.
    ///
    /// # Errors
    /// [`crate::Error::Train`] if there is not at least one example of each kind, or a score is not a number.
    ///
    /// ```
    /// let curve = dnn_observe::ScoreCurve::new("cat", &[0.9, 0.2, 0.6], &[true, false, true])?;
    /// assert_eq!((curve.auc, curve.average_precision), (1.0, 1.0));
    /// # Ok::<(), dnn_observe::Error>(())
    /// ```
    pub fn new(name: impl Into<String>, scores: &[f64], truth: &[bool]) -> Result<Self> {
        let roc = metrics::roc(scores, truth, None)?;
        let roc: Vec<_> = roc.iter().map(|point| [point.false_alarms, point.detections]).collect();
        let precision_recall = metrics::precision_recall(scores, truth, None)?;
        let precision_recall: Vec<_> =
            precision_recall.iter().map(|point| [point.recall, point.precision]).collect();
        Ok(Self {
            name: name.into(),
            auc: metrics::roc_auc(scores, truth, None)?,
            average_precision: metrics::average_precision(scores, truth, None)?,
            roc: thinned(&roc),
            precision_recall: thinned(&precision_recall),
        })
    }
}

/// At most about [`POINTS`] of the points, the first and the last among them.
pub(crate) fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let stride = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    (points.iter().enumerate())
        .filter(|&(i, _)| i % stride == 0 || i == last)
        .map(|(_, &point)| point)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_areas_are_those_counted_by_hand() {
        // By score: yes, no, yes, no. Three of the four pairs are in order; precision 1 at recall ½, ⅔ at recall 1.
        let curve = ScoreCurve::new("yes", &[0.9, 0.8, 0.7, 0.1], &[true, false, true, false]).unwrap();
        assert_eq!(curve.auc, 0.75);
        assert!((curve.average_precision - (0.5 + 0.5 * 2.0 / 3.0)).abs() < 1e-15);
        assert_eq!(
            curve.precision_recall,
            [[0.0, 1.0], [0.5, 1.0], [0.5, 0.5], [1.0, 2.0 / 3.0], [1.0, 0.5]]
        );
    }

    #[test]
    fn many_examples_make_a_short_curve_with_both_ends() {
        let scores: Vec<f64> = (0..10_000).map(f64::from).collect();
        let truth: Vec<bool> = (0..10_000).map(|i| i % 3 == 0).collect();
        let curve = ScoreCurve::new("third", &scores, &truth).unwrap();
        assert!(curve.roc.len() <= POINTS + 1, "{}", curve.roc.len());
        assert_eq!((curve.roc[0], curve.roc[curve.roc.len() - 1]), ([0.0, 0.0], [1.0, 1.0]));
    }
}
