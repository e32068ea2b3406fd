//! How much each example counts in a metric, and whether predictions and truths go together.

use dnn_core::Real;
use ndarray::ArrayView2;

use crate::{Error, Result};

/// How much each example counts, checked.
#[derive(Clone, Copy)]
pub(super) struct Weighing<'a> {
    weights: Option<&'a [f64]>,
    total: f64,
}

impl<'a> Weighing<'a> {
    /// Of `count` examples, 1 or more.
    pub(super) fn new(metric: &'static str, weights: Option<&'a [f64]>, count: usize) -> Result<Self> {
        let Some(given) = weights else { return Ok(Self { weights, total: count as f64 }) };
        let total: f64 = given.iter().sum();
        let wrong = given.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0));
        let found = match wrong {
            Some(at) => format!("a weight of {} for example {}", given[at], at + 1),
            None if given.len() != count => format!("{} weights for {count} examples", given.len()),
            None if !(total.is_finite() && total > 0.0) => format!("weights with the sum {total}"),
            None => return Ok(Self { weights, total }),
        };
        let expected = "one finite weight of 0 or more for each example, not all 0";
        refused(metric, found, expected, "pass None if all count alike")
    }

    pub(super) fn of(self, example: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[example])
    }

    /// The weighted mean of a value of each example.
    pub(super) fn mean(self, values: impl Iterator<Item = f64>) -> f64 {
        values.enumerate().map(|(example, value)| self.of(example) * value).sum::<f64>() / self.total
    }
}

pub(super) fn check_pairs(metric: &'static str, found: usize, truth: usize) -> Result<()> {
    if found == truth && truth > 0 {
        return Ok(());
    }
    let (found, expected) = (
        format!("{found} predictions and {truth} truths"),
        "one prediction for each truth, and at least one",
    );
    refused(metric, found, expected, "pass both for the same examples")
}

/// The error of a metric that was asked of something else than it takes.
pub(super) fn refused<V>(
    metric: &'static str,
    found: String,
    expected: &'static str,
    remedy: &'static str,
) -> Result<V> {
    Err(Error::Metric { metric, found, expected, remedy })
}

pub(super) fn check_shapes<T: Real>(
    metric: &'static str,
    a: &ArrayView2<'_, T>,
    y: &ArrayView2<'_, T>,
) -> Result<()> {
    if a.dim() == y.dim() && !y.is_empty() {
        return Ok(());
    }
    let found = format!("predictions of {:?} and targets of {:?}", a.dim(), y.dim());
    let expected = "both of the same shape, with at least one entry";
    refused(metric, found, expected, "pass both for the same examples; nothing is broadcast")
}

#[cfg(test)]
mod tests {
    use super::super::accuracy;

    #[test]
    fn weights_that_mean_nothing_are_refused_in_words() {
        let message = |weights: &[f64]| accuracy(&[0, 1], &[0, 1], Some(weights)).unwrap_err().to_string();
        assert!(
            message(&[1.0])
                .starts_with("accuracy was asked of 1 weights for 2 examples, but takes one finite")
        );
        assert!(message(&[1.0, -1.0]).contains("a weight of -1 for example 2"));
        assert!(message(&[f64::NAN, 1.0]).contains("a weight of NaN for example 1"));
        assert!(message(&[0.0, 0.0]).contains("weights with the sum 0"));
    }
}
