//! Costs: what a network is trained to make small, from raw scores.
//!
//! Letters as in the course: scores `z`, outputs `a` = link(z), targets `y`, each `(n[L], m)`. A cost names its link and
//! takes the scores before it, so that no logarithm ever meets a rounded 0 or 1: with the link folded in,
//! `dZ = a − y` for both cross-entropies. All are finite for scores up to ±1e30, and a score that is NaN shows in each.
//!
//! Costs that answer yes or no for each row, or for one class of several, are summed over the rows; costs of numbers are
//! the mean over them. No cost knows of weights, see `weights.rs`.

mod cross_entropy;
mod focal;
mod hinge;
mod numbers;
mod poisson;

use std::fmt;

use dnn_core::{Both, Real};

pub use cross_entropy::{BinaryCrossEntropy, SoftmaxCrossEntropy, explicit_binary_gradient};
pub use focal::{BinaryFocal, SoftmaxFocal};
pub use hinge::{Hinge, MultiMargin};
pub use numbers::{Huber, MeanAbsoluteError, MeanSquaredError};
pub use poisson::Poisson;

/// The activation that belongs to a cost and is folded into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// None: the cost takes what the network gives.
    Identity,
    /// One probability for each row.
    Sigmoid,
    /// Probabilities that sum to 1 over a column.
    Softmax,
}

impl Link {
    /// Its activation's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Sigmoid => "sigmoid",
            Self::Softmax => "softmax",
        }
    }
}

/// What targets a cost has a meaning for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// Any finite number.
    Finite,
    /// Each 0 or more.
    Counts,
    /// Each from 0 to 1.
    Probabilities,
    /// Each column from 0 to 1 and with sum 1.
    Distributions,
}

/// A cost in one precision.
pub trait Cost<T>: Send + Sync {
    /// The sum of the examples' costs, in f64. `z` and `y`: `(units, m)`. If `dz` is given, it receives the derivative
    /// by z, of the same shape, without the 1/m of the mean.
    fn cost(&self, units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64;
}

/// A cost in both precisions.
///
/// ```
/// use dnn_train::{BinaryCrossEntropy, Cost};
///
/// let mut dz = [0.0];
/// let cost = BinaryCrossEntropy::default().cost(1, &[0.0], &[1.0], Some(&mut dz));     // a = 0.5
/// assert!((cost - 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(dz, [-0.5]);                                                   // a − y
/// ```
pub trait AnyCost: Cost<f32> + Cost<f64> {
    /// Its name: `"binary_cross_entropy"`, or `"crate/name"` for a plug-in.
    fn name(&self) -> &str;

    /// The activation that is folded into it.
    fn link(&self) -> Link;

    /// The targets it has a meaning for.
    fn targets(&self) -> Targets;
}

impl<'a> Both for dyn AnyCost + 'a {
    type Half<T: Real> = dyn Cost<T> + 'a;

    fn f32(&self) -> &Self::Half<f32> {
        self
    }

    fn f64(&self) -> &Self::Half<f64> {
        self
    }
}

impl fmt::Debug for dyn AnyCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, NamedConfig};
    use std::sync::Arc;

    fn costs() -> Vec<Arc<dyn AnyCost>> {
        let catalogue = Catalogue::builtin();
        let mut choices: Vec<NamedConfig> = catalogue.cost_names().map(NamedConfig::from).collect();
        choices.push(NamedConfig::from("binary_cross_entropy").with("smoothing", 0.1));
        choices.push(NamedConfig::from("softmax_cross_entropy").with("smoothing", 0.1));
        choices.push(NamedConfig::from("binary_focal").with("gamma", 0.0));
        choices.push(NamedConfig::from("binary_focal").with("gamma", 0.5));
        choices.push(NamedConfig::from("softmax_focal").with("gamma", 0.0));
        choices.push(NamedConfig::from("softmax_focal").with("gamma", 0.5));
        choices.iter().map(|choice| catalogue.cost(choice).unwrap()).collect()
    }

    fn check_extremes<T: Real>() {
        for cost in costs() {
            for z in [[1e30, -1e30], [-1e30, 1e30], [1e30, 1e30], [0.0, 1e-30], [50.0, -200.0]] {
                for y in [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]] {
                    let mut dz = [T::nan(); 2];
                    let total = T::half(&*cost).cost(2, &z.map(T::of), &y.map(T::of), Some(&mut dz));
                    let finite = total.is_finite() && dz.iter().all(|dz| dz.is_finite());
                    assert!(finite && total >= 0.0, "{} of {z:?}, {y:?}: {total}, {dz:?}", cost.name());
                }
            }
        }
    }

    #[test]
    fn costs_are_finite_for_scores_of_any_size() {
        check_extremes::<f32>();
        check_extremes::<f64>();
    }

    #[test]
    fn a_score_that_is_nan_is_seen_in_the_cost() {
        for cost in costs() {
            for (z, y) in
                [([f64::NAN, 0.0], [1.0, 0.0]), ([f64::NAN, 0.0], [0.0, 1.0]), ([0.0, f64::NAN], [1.0, 0.0])]
            {
                let total = f64::half(&*cost).cost(2, &z, &y, None);
                assert!(total.is_nan(), "{} of {z:?}, {y:?}: {total}", cost.name());
                let total = f64::half(&*cost).cost(2, &z, &y, Some(&mut [0.0; 2]));
                assert!(total.is_nan(), "{} of {z:?}, {y:?}: {total}", cost.name());
            }
        }
    }

    #[test]
    fn the_sum_is_the_same_with_and_without_the_derivative() {
        let (z, y) = ([0.3, -1.2, 2.5, 0.1, 0.9, -0.4], [0.2, 0.5, 0.3, 0.0, 1.0, 0.0]);
        for cost in costs() {
            let half: &dyn Cost<f64> = f64::half(&*cost);
            let (alone, beside) =
                (half.cost(3, &z, &y, None), half.cost(3, &z, &y, Some(&mut [f64::NAN; 6])));
            assert_eq!(alone, beside, "{}", cost.name());
        }
    }
}
