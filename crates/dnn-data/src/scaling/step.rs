//! A kind of scaling, and one fitted step of a chain of them.

use dnn_core::Real;
use ndarray::{ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

use super::ranks::Ranker;
use crate::stored::check_numbers;
use crate::{Error, Result};

/// A kind of scaling, before it has seen data.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Scaling {
    /// `(x − mean) / deviation` for each feature, with the deviation over `m`; a constant feature becomes 0.
    Standardise,
    /// `(x − lowest) / (highest − lowest)` for each feature: [0, 1] on the training data, and maybe beyond on other;
    /// a constant feature becomes 0.
    Range,
    /// `factor · x`, for instance with 1/255.
    Factor(f64),
    /// Each value's rank among those of its own example, in [−1, 1] ([`crate::ranks()`]).
    Ranks,
}

/// A step with its statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Step {
    /// `(x − offset) / divisor`, one of each for each feature. No divisor is 0.
    Shift { kind: Shift, offsets: Vec<f64>, divisors: Vec<f64> },
    /// `factor · x`.
    Factor(f64),
    /// Ranks within each example.
    Ranks,
}

/// Where offsets and divisors come from; the formula is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shift {
    /// Mean and standard deviation.
    Standardise,
    /// Lowest value, and the way from there to the highest.
    Range,
}

impl Step {
    /// Fits `scaling` to finite `examples: (features, m)` with m > 0.
    pub(super) fn fit<T: Real>(scaling: &Scaling, examples: ArrayView2<'_, T>) -> Result<Self> {
        let (kind, offsets, divisors) = match *scaling {
            Scaling::Factor(factor) => return Ok(Self::Factor(factor)),
            Scaling::Ranks => return Ok(Self::Ranks),
            Scaling::Standardise => {
                let (mean, deviation) = mean_and_deviation(examples);
                (Shift::Standardise, mean, deviation)
            }
            Scaling::Range => {
                let (lowest, highest) = range(examples);
                let width = highest.iter().zip(&lowest).map(|(high, low)| high - low).collect();
                (Shift::Range, lowest, width)
            }
        };
        check("mean", &offsets)?;
        check(if kind == Shift::Range { "range" } else { "standard deviation" }, &divisors)?;
        // A constant feature holds nothing to scale: with the divisor 1 it becomes 0.
        let divisors = divisors.into_iter().map(|d| if d == 0.0 { 1.0 } else { d }).collect();
        Ok(Self::Shift { kind, offsets, divisors })
    }

    /// What it was fitted for.
    pub(super) fn kind(&self) -> Scaling {
        match self {
            Self::Shift { kind: Shift::Standardise, .. } => Scaling::Standardise,
            Self::Shift { kind: Shift::Range, .. } => Scaling::Range,
            Self::Factor(factor) => Scaling::Factor(*factor),
            Self::Ranks => Scaling::Ranks,
        }
    }

    /// What is wrong with it for examples of so many features, if it was not fitted but read.
    pub(super) fn check(&self, features: usize) -> Result<(), String> {
        match self {
            Self::Shift { offsets, divisors, .. }
                if [offsets, divisors].iter().any(|of| of.len() != features) =>
            {
                Err(format!(
                    "{} offsets and {} divisors of {features} features",
                    offsets.len(),
                    divisors.len()
                ))
            }
            Self::Shift { offsets, divisors, .. } => {
                check_numbers("offset", offsets, |_| true)?;
                check_numbers("divisor", divisors, |divisor| divisor > 0.0)
            }
            Self::Factor(factor) => check_numbers("factor", [factor], |factor| factor != 0.0),
            Self::Ranks => Ok(()),
        }
    }

    /// Scales finite examples in place.
    pub(super) fn apply<T: Real>(&self, mut examples: ArrayViewMut2<'_, T>) {
        match self {
            Self::Factor(factor) => examples.mapv_inplace(|x| T::of(factor * x.wide())),
            Self::Ranks => {
                let mut ranker = Ranker::default();
                examples.columns_mut().into_iter().for_each(|example| ranker.rank(example));
            }
            Self::Shift { offsets, divisors, .. } => {
                for mut example in examples.columns_mut() {
                    for ((x, offset), divisor) in example.iter_mut().zip(offsets).zip(divisors) {
                        *x = T::of((x.wide() - offset) / divisor);
                    }
                }
            }
        }
    }
}

/// Refuses a statistic that a number cannot hold.
fn check(statistic: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(feature) => Err(Error::Overflow { feature, statistic, found: values[feature] }),
    }
}

/// `Σ x / m` and `√(Σ (x − mean)² / m)` of each feature; the deviation of a constant one is exactly 0.
///
/// Two passes: the one-pass formula loses all digits where the mean is large.
fn mean_and_deviation<T: Real>(examples: ArrayView2<'_, T>) -> (Vec<f64>, Vec<f64>) {
    let count = examples.ncols() as f64;
    let mut mean = vec![0.0; examples.nrows()];
    fold(examples, &mut mean, |sum, x| *sum += x);
    mean.iter_mut().for_each(|sum| *sum /= count);
    let (lowest, highest) = range(examples);
    for (feature, mean) in mean.iter_mut().enumerate() {
        if lowest[feature] == highest[feature] {
            *mean = lowest[feature];
        }
    }
    let mut squares: Vec<(f64, f64)> = mean.iter().map(|&mean| (mean, 0.0)).collect();
    fold(examples, &mut squares, |(mean, sum), x| *sum += (x - *mean).powi(2));
    (mean, squares.into_iter().map(|(_, sum)| (sum / count).sqrt()).collect())
}

/// Lowest and highest value of each feature.
fn range<T: Real>(examples: ArrayView2<'_, T>) -> (Vec<f64>, Vec<f64>) {
    let mut bounds = vec![(f64::INFINITY, f64::NEG_INFINITY); examples.nrows()];
    fold(examples, &mut bounds, |(lowest, highest), x| (*lowest, *highest) = (lowest.min(x), highest.max(x)));
    bounds.into_iter().unzip()
}

/// Brings every value to the state of its feature, example by example.
fn fold<T: Real, S>(examples: ArrayView2<'_, T>, states: &mut [S], mut add: impl FnMut(&mut S, f64)) {
    for example in examples.columns() {
        states.iter_mut().zip(example).for_each(|(state, x)| add(state, x.wide()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_small_deviation_beside_a_large_mean_is_found() {
        let (mean, deviation) = mean_and_deviation(array![[1e9 + 1.0, 1e9 + 3.0]].view());
        assert_eq!((mean[0], deviation[0]), (1e9 + 2.0, 1.0));
    }
}
