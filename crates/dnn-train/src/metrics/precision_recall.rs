//! Precision against recall, over every threshold: for positives that are rare.

use super::ranking::ranking;
use crate::{Error, Result};

/// One threshold's point on the curve of precision against recall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrecisionRecallPoint {
    /// Examples scoring at least this are taken as positive.
    pub threshold: f64,
    /// The share of those taken that are positive.
    pub precision: f64,
    /// The share of the positives that are taken.
    pub recall: f64,
}

/// The whole curve, from where nothing is taken (precision 1 by convention) to where all is; equal scores are one point.
///
/// # Errors
/// [`Error::Metric`] if scores and truths differ in number, a score is NaN, or nothing is positive.
pub fn precision_recall(
    scores: &[f64],
    truth: &[bool],
    weights: Option<&[f64]>,
) -> Result<Vec<PrecisionRecallPoint>> {
    let metric = "the precision-recall curve";
    let taken = ranking(metric, scores, truth, weights)?;
    let positives = taken.last().map_or(0.0, |all| all.hits);
    if positives == 0.0 {
        return Err(Error::Metric {
            metric,
            found: format!("{} examples of which none counts as positive", truth.len()),
            expected: "some positive ones",
            remedy: "pass data with both classes",
        });
    }
    let start = PrecisionRecallPoint { threshold: f64::INFINITY, precision: 1.0, recall: 0.0 };
    let points = taken.iter().map(|taken| PrecisionRecallPoint {
        threshold: taken.threshold,
        precision: taken.hits / (taken.hits + taken.alarms),
        recall: taken.hits / positives,
    });
    Ok(std::iter::once(start).chain(points).collect())
}

/// `Σ (R[n] − R[n−1]) P[n]` over the thresholds from the strictest on: the area under the curve, without interpolation.
///
/// # Errors
/// As for [`precision_recall`].
pub fn average_precision(scores: &[f64], truth: &[bool], weights: Option<&[f64]>) -> Result<f64> {
    let strip = |pair: &[PrecisionRecallPoint]| (pair[1].recall - pair[0].recall) * pair[1].precision;
    Ok(precision_recall(scores, truth, weights)?.windows(2).map(strip).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_order_has_the_area_1_and_a_constant_score_the_share_of_positives() {
        let truth = [true, true, false, false, false];
        assert_eq!(average_precision(&[0.9, 0.8, 0.3, 0.2, 0.1], &truth, None).unwrap(), 1.0);
        assert_eq!(average_precision(&[0.5; 5], &truth, None).unwrap(), 0.4);
        assert!(average_precision(&[0.5], &[false], None).is_err());
    }
}
