//! Calibration: of all examples given a probability of 0.8, four fifths should be positive.
//!
//! C. Guo et al., arXiv:1706.04599, equations 2 to 5.

use dnn_core::Real;
use ndarray::ArrayView2;

use super::classes;
use super::weighing::{Weighing, check_pairs, refused};
use crate::Result;

/// The examples of one range of probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// Probabilities above this, or from it on in the first bin.
    pub low: f64,
    /// Probabilities up to this.
    pub high: f64,
    /// Their weight: how many there are, if all count alike.
    pub weight: f64,
    /// The mean of their probabilities.
    pub predicted: f64,
    /// The share of them that is positive.
    pub observed: f64,
}

/// The examples in `bins` equal ranges of probability; those without examples are left out.
///
/// ```
/// use dnn_train::metrics;
///
/// let bins = metrics::reliability(&[0.1, 0.2, 0.9, 0.7], &[false, true, true, true], 2, None)?;
/// assert_eq!((bins[0].weight, bins[0].observed), (2.0, 0.5));
/// assert!((bins[1].predicted - 0.8).abs() < 1e-15 && bins[1].observed == 1.0);
/// # Ok::<(), dnn_train::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::Metric`] if probabilities and truths differ in number, one is not from 0 to 1, or `bins` is 0.
pub fn reliability(
    probabilities: &[f64],
    truth: &[bool],
    bins: usize,
    weights: Option<&[f64]>,
) -> Result<Vec<ReliabilityBin>> {
    let metric = "the reliability curve";
    check_pairs(metric, probabilities.len(), truth.len())?;
    let weighing = Weighing::new(metric, weights, truth.len())?;
    if bins == 0 {
        return refused(metric, "0 bins".into(), "1 or more", "10 is usual");
    }
    let wrong = |p: &f64| !(0.0..=1.0).contains(p);
    if let Some(at) = probabilities.iter().position(wrong) {
        let found = format!("a probability of {} at example {}", probabilities[at], at + 1);
        return refused(metric, found, "numbers from 0 to 1", "pass outputs of sigmoid or softmax");
    }
    let edge = |number: usize| number as f64 / bins as f64;
    let none = ReliabilityBin { low: 0.0, high: 0.0, weight: 0.0, predicted: 0.0, observed: 0.0 };
    let empty = |bin| ReliabilityBin { low: edge(bin), high: edge(bin + 1), ..none };
    let mut all: Vec<ReliabilityBin> = (0..bins).map(empty).collect();
    for (example, (&p, &positive)) in probabilities.iter().zip(truth).enumerate() {
        let bin = &mut all[((p * bins as f64).ceil() as usize).clamp(1, bins) - 1];
        let weight = weighing.of(example);
        bin.weight += weight;
        bin.predicted += weight * p;
        bin.observed += weight * f64::from(u8::from(positive));
    }
    all.retain(|bin| bin.weight > 0.0);
    for bin in &mut all {
        bin.predicted /= bin.weight;
        bin.observed /= bin.weight;
    }
    Ok(all)
}

/// `Σ w |observed − predicted| / Σ w` over the bins of [`reliability`].
///
/// # Errors
/// As for [`reliability`].
pub fn expected_calibration_error(
    probabilities: &[f64],
    truth: &[bool],
    bins: usize,
    weights: Option<&[f64]>,
) -> Result<f64> {
    let bins = reliability(probabilities, truth, bins, weights)?;
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    Ok(bins.iter().map(|bin| bin.weight * (bin.observed - bin.predicted).abs()).sum::<f64>() / total)
}

/// How sure the network is of the class it finds, the largest output of each example, and whether it is right: what
/// [`reliability`] takes where there are several classes. `a: (n[L], m)`.
///
/// # Errors
/// [`crate::Error::Metric`] if there are no examples, or not as many outputs as truths.
pub fn confidences<T: Real>(a: ArrayView2<'_, T>, truth: &[usize]) -> Result<(Vec<f64>, Vec<bool>)> {
    check_pairs("the confidence", a.ncols(), truth.len())?;
    let largest = |column: ndarray::ArrayView1<'_, T>| match column.len() {
        1 => column[0].max(T::one() - column[0]).wide(),
        _ => column.iter().copied().fold(T::neg_infinity(), T::max).wide(),
    };
    let right = classes(a).iter().zip(truth).map(|(found, truth)| found == truth).collect();
    Ok((a.columns().into_iter().map(largest).collect(), right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn every_probability_has_a_bin_its_upper_edge_included() {
        let truth = [true; 5];
        let bins = reliability(&[0.0, 0.25, 0.26, 0.5, 1.0], &truth, 4, None).unwrap();
        let weights: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.high, bin.weight)).collect();
        assert_eq!(weights, [(0.25, 2.0), (0.5, 2.0), (1.0, 1.0)]);
        assert!(reliability(&[1.5], &[true], 4, None).is_err());
        assert!(reliability(&[0.5], &[true], 0, None).is_err());
    }

    #[test]
    fn the_confidence_is_that_of_the_class_found() {
        let found = confidences(array![[0.2, 0.75], [0.8, 0.25]].view(), &[1, 1]).unwrap();
        assert_eq!(found, (vec![0.8, 0.75], vec![true, false]));
        assert_eq!(
            confidences(array![[0.25, 0.75]].view(), &[0, 0]).unwrap(),
            (vec![0.75, 0.75], vec![true, false])
        );
    }
}
