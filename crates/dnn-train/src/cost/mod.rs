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
mod traits;

use dnn_core::{Registry, Result};

pub use cross_entropy::{BinaryCrossEntropy, SoftmaxCrossEntropy, explicit_binary_gradient};
pub use focal::{BinaryFocal, SoftmaxFocal};
pub use hinge::{Hinge, MultiMargin};
pub use numbers::{Huber, MeanAbsoluteError, MeanSquaredError, Poisson};
pub use traits::{AnyCost, Cost, Link, Targets};

/// The list of built-in costs.
pub(crate) fn add_builtin(registry: &mut Registry) -> Result<()> {
    registry.add(BinaryCrossEntropy::into_cost)?;
    registry.add(SoftmaxCrossEntropy::into_cost)?;
    registry.add(BinaryFocal::into_cost)?;
    registry.add(SoftmaxFocal::into_cost)?;
    registry.add(Hinge::into_cost)?;
    registry.add(MultiMargin::into_cost)?;
    registry.add(Huber::into_cost)?;
    registry.add(MeanAbsoluteError::into_cost)?;
    registry.add(MeanSquaredError::into_cost)?;
    registry.add(Poisson::into_cost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::{NamedConfig, Real};
    use std::sync::Arc;

    fn costs() -> Vec<Arc<dyn AnyCost>> {
        let registry = crate::registry();
        let mut choices: Vec<NamedConfig> = registry.names("cost").map(NamedConfig::from).collect();
        choices.push(NamedConfig::from("binary_cross_entropy").with("smoothing", 0.1));
        choices.push(NamedConfig::from("softmax_cross_entropy").with("smoothing", 0.1));
        choices.push(NamedConfig::from("binary_focal").with("gamma", 0.0));
        choices.push(NamedConfig::from("binary_focal").with("gamma", 0.5));
        choices.push(NamedConfig::from("softmax_focal").with("gamma", 0.0));
        choices.push(NamedConfig::from("softmax_focal").with("gamma", 0.5));
        choices.iter().map(|choice| registry.make(choice).unwrap()).collect()
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
