//! Detections against false alarms, over every threshold.

use super::ranking::{Taken, ranking};
use crate::{Error, Result};

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
pub fn roc(scores: &[f64], truth: &[bool], weights: Option<&[f64]>) -> Result<Vec<RocPoint>> {
    let metric = "the ROC curve";
    let taken = ranking(metric, scores, truth, weights)?;
    let (positives, negatives) = taken.last().map_or((0.0, 0.0), |all| (all.hits, all.alarms));
    if !(positives > 0.0 && negatives > 0.0) {
        return Err(Error::Metric {
            metric,
            found: format!("{positives} positive and {negatives} negative examples"),
            expected: "some of each",
            remedy: "pass data with both classes",
        });
    }
    let point = |Taken { threshold, hits, alarms }: &Taken| RocPoint {
        threshold: *threshold,
        false_alarms: alarms / negatives,
        detections: hits / positives,
    };
    let start = RocPoint { threshold: f64::INFINITY, false_alarms: 0.0, detections: 0.0 };
    Ok(std::iter::once(start).chain(taken.iter().map(point)).collect())
}

/// The area under the curve of detections against false alarms: the chance that a positive example scores above a
/// negative one, ties counting half.
///
/// # Errors
/// As for [`roc`].
pub fn roc_auc(scores: &[f64], truth: &[bool], weights: Option<&[f64]>) -> Result<f64> {
    let area = |pair: &[RocPoint]| {
        (pair[1].false_alarms - pair[0].false_alarms) * (pair[0].detections + pair[1].detections) / 2.0
    };
    Ok(roc(scores, truth, weights)?.windows(2).map(area).sum())
}

/// The largest share of positives that can be detected with at most this share of false alarms.
///
/// # Errors
/// As for [`roc`].
pub fn detection_rate(
    scores: &[f64],
    truth: &[bool],
    false_alarms: f64,
    weights: Option<&[f64]>,
) -> Result<f64> {
    let curve = roc(scores, truth, weights)?;
    let allowed = curve.into_iter().filter(|point| point.false_alarms <= false_alarms);
    Ok(allowed.map(|point| point.detections).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_chance_of_the_right_order_with_ties_counting_half() {
        let area = |scores: &[f64], truth: &[bool]| roc_auc(scores, truth, None);
        assert_eq!(area(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]).unwrap(), 0.75);
        assert_eq!(area(&[0.5; 4], &[false, true, false, true]).unwrap(), 0.5);
        assert_eq!(area(&[-0.0, 0.0], &[false, true]).unwrap(), 0.5);
        assert!(area(&[f64::NAN, 1.0], &[true, false]).is_err());
        assert!(area(&[0.0, 1.0], &[true, true]).is_err());
    }

    #[test]
    fn detections_at_a_share_of_false_alarms_never_exceed_it() {
        let (scores, truth) = ([0.9, 0.8, 0.7, 0.6], [true, false, true, false]);
        assert_eq!(detection_rate(&scores, &truth, 0.49, None).unwrap(), 0.5);
        assert_eq!(detection_rate(&scores, &truth, 0.5, None).unwrap(), 1.0);
    }
}
