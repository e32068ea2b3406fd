//! Curves over every threshold: detections against false alarms, and for positives that are rare precision against recall.

use super::weighing::{Weighing, check_pairs, refused};
use crate::Result;

/// How much is taken as positive at one threshold.
#[derive(Debug, Clone, Copy)]
struct Taken {
    /// Examples scoring at least this are taken.
    threshold: f64,
    /// Weight of the positives among them.
    hits: f64,
    /// Weight of the negatives among them.
    alarms: f64,
}

/// Examples from the highest score down, equal scores together: from the strictest threshold on, which takes the highest score alone, to the lowest, which takes all.
fn ranking(
    metric: &'static str,
    scores: &[f64],
    truth: &[bool],
    weights: Option<&[f64]>,
) -> Result<Vec<Taken>> {
    check_pairs(metric, scores.len(), truth.len())?;
    let weighing = Weighing::new(metric, weights, truth.len())?;
    if let Some(at) = scores.iter().position(|score| score.is_nan()) {
        let found = format!("a score of NaN at example {}", at + 1);
        return refused(metric, found, "numbers", "look at what the network gives");
    }
    // What weighs nothing makes no point.
    let mut order: Vec<usize> = (0..scores.len()).filter(|&example| weighing.of(example) > 0.0).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let (mut hits, mut alarms) = (0.0, 0.0);
    let taken = order.chunk_by(|&a, &b| scores[a] == scores[b]).map(|equal| {
        for &example in equal {
            *(if truth[example] { &mut hits } else { &mut alarms }) += weighing.of(example);
        }
        Taken { threshold: scores[equal[0]], hits, alarms }
    });
    Ok(taken.collect())
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
/// [`crate::Error::Metric`] if scores and truths differ in number, a score is NaN, or one of the two classes is absent.
pub fn roc(scores: &[f64], truth: &[bool], weights: Option<&[f64]>) -> Result<Vec<RocPoint>> {
    let metric = "the ROC curve";
    let taken = ranking(metric, scores, truth, weights)?;
    let (positives, negatives) = taken.last().map_or((0.0, 0.0), |all| (all.hits, all.alarms));
    if !(positives > 0.0 && negatives > 0.0) {
        let found = format!("{positives} positive and {negatives} negative examples");
        return refused(metric, found, "some of each", "pass data with both classes");
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
/// [`crate::Error::Metric`] if scores and truths differ in number, a score is NaN, or nothing is positive.
pub fn precision_recall(
    scores: &[f64],
    truth: &[bool],
    weights: Option<&[f64]>,
) -> Result<Vec<PrecisionRecallPoint>> {
    let metric = "the precision-recall curve";
    let taken = ranking(metric, scores, truth, weights)?;
    let positives = taken.last().map_or(0.0, |all| all.hits);
    if positives == 0.0 {
        let found = format!("{} examples of which none counts as positive", truth.len());
        return refused(metric, found, "some positive ones", "pass data with both classes");
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

    #[test]
    fn a_perfect_order_has_the_area_1_and_a_constant_score_the_share_of_positives() {
        let truth = [true, true, false, false, false];
        assert_eq!(average_precision(&[0.9, 0.8, 0.3, 0.2, 0.1], &truth, None).unwrap(), 1.0);
        assert_eq!(average_precision(&[0.5; 5], &truth, None).unwrap(), 0.4);
        assert!(average_precision(&[0.5], &[false], None).is_err());
    }
}
