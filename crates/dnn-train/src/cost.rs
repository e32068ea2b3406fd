//! Costs: what a network is trained to make small, from raw scores.
//!
//! Letters as in the course: scores `z`, outputs `a` = link(z), targets `y`, each `(n[L], m)`. A cost names its link and
//! takes the scores before it, so that no logarithm ever meets a rounded 0 or 1: with the link folded in,
//! `dZ = a − y` for both cross-entropies. All are finite for scores up to ±1e30.

use std::fmt;
use std::sync::Arc;

use dnn_core::{Both, Real};

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
/// let cost = BinaryCrossEntropy.cost(1, &[0.0], &[1.0], Some(&mut dz));     // a = 0.5
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

/// `−y ln a − (1 − y) ln(1 − a)`, `a` = sigmoid(z), summed over the rows: yes or no for each row.
#[derive(Debug, Clone, Copy, Default)]
pub struct BinaryCrossEntropy;

impl<T: Real> Cost<T> for BinaryCrossEntropy {
    fn cost(&self, _units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        // `small` = e^−|z|, which cannot overflow: ln(1 + eᶻ) − y z, and sigmoid(z) − y.
        let entry = |z: T, y: T, small: T| {
            let linear = if z > T::zero() { z * (T::one() - y) } else { -z * y };
            (linear + small.ln_1p()).wide()
        };
        let slope =
            |z: T, y: T, small: T| (if z > T::zero() { T::one() } else { small }) / (T::one() + small) - y;
        let pairs = z.iter().zip(y).map(|(&z, &y)| (z, y, (-z.abs()).exp()));
        let Some(dz) = dz else { return pairs.map(|(z, y, small)| entry(z, y, small)).sum() };
        let filled = pairs.zip(dz).map(|((z, y, small), dz)| {
            *dz = slope(z, y, small);
            entry(z, y, small)
        });
        filled.sum()
    }
}

impl AnyCost for BinaryCrossEntropy {
    fn name(&self) -> &str {
        "binary_cross_entropy"
    }

    fn link(&self) -> Link {
        Link::Sigmoid
    }

    fn targets(&self) -> Targets {
        Targets::Probabilities
    }
}

/// `−Σ y ln a` over the rows, `a` = softmax(z): one class of several.
#[derive(Debug, Clone, Copy, Default)]
pub struct SoftmaxCrossEntropy;

impl<T: Real> Cost<T> for SoftmaxCrossEntropy {
    fn cost(&self, units: usize, z: &[T], y: &[T], mut dz: Option<&mut [T]>) -> f64 {
        let mut total = 0.0;
        for (column, (z, y)) in z.chunks_exact(units).zip(y.chunks_exact(units)).enumerate() {
            let largest = z.iter().copied().fold(T::neg_infinity(), T::max);
            let exp = |&z: &T| (z - largest).exp();
            let sum = match dz.as_deref_mut() {
                None => z.iter().map(exp).sum::<T>(),
                Some(dz) => {
                    let dz = &mut dz[column * units..(column + 1) * units];
                    dz.iter_mut().zip(z).for_each(|(dz, z)| *dz = exp(z));
                    let sum = dz.iter().copied().sum::<T>();
                    dz.iter_mut().zip(y).for_each(|(dz, &y)| *dz = *dz / sum - y);
                    sum
                }
            };
            let log_sum = sum.ln();
            let entry = |(&z, &y): (&T, &T)| y * ((largest - z) + log_sum);
            total += z.iter().zip(y).map(|pair| entry(pair).wide()).sum::<f64>();
        }
        total
    }
}

impl AnyCost for SoftmaxCrossEntropy {
    fn name(&self) -> &str {
        "softmax_cross_entropy"
    }

    fn link(&self) -> Link {
        Link::Softmax
    }

    fn targets(&self) -> Targets {
        Targets::Distributions
    }
}

/// `Σ (a − y)² / n[L]`: for numbers. The mean over rows and examples, as PyTorch's `MSELoss`.
#[derive(Debug, Clone, Copy, Default)]
pub struct MeanSquaredError;

impl<T: Real> Cost<T> for MeanSquaredError {
    fn cost(&self, units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let share = 1.0 / units as f64;
        if let Some(dz) = dz {
            let factor = T::of(2.0 * share);
            dz.iter_mut().zip(z.iter().zip(y)).for_each(|(dz, (&z, &y))| *dz = factor * (z - y));
        }
        z.iter().zip(y).map(|(&z, &y)| (z.wide() - y.wide()).powi(2)).sum::<f64>() * share
    }
}

impl AnyCost for MeanSquaredError {
    fn name(&self) -> &str {
        "mean_squared_error"
    }

    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Finite
    }
}

/// The built-in cost of this name.
pub fn cost_by_name(name: &str) -> Option<Arc<dyn AnyCost>> {
    let known: [Arc<dyn AnyCost>; 3] =
        [Arc::new(BinaryCrossEntropy), Arc::new(SoftmaxCrossEntropy), Arc::new(MeanSquaredError)];
    known.into_iter().find(|cost| cost.name() == name)
}

/// The names of the built-in costs.
pub const COSTS: [&str; 3] = ["binary_cross_entropy", "softmax_cross_entropy", "mean_squared_error"];

/// `dA[L] = −(y/a) + (1 − y)/(1 − a)`: the course's explicit way into the backward pass, from outputs a in (0, 1).
///
/// Training takes the folded way instead, which divides by nothing; a test shows that both agree to rounding.
pub fn explicit_binary_gradient<T: Real>(a: &[T], y: &[T], da: &mut [T]) {
    let one = T::one();
    da.iter_mut().zip(a.iter().zip(y)).for_each(|(da, (&a, &y))| *da = -(y / a) + (one - y) / (one - a));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_extremes<T: Real>() {
        for cost in COSTS.map(|name| cost_by_name(name).unwrap()) {
            for z in [[1e30, -1e30], [-1e30, 1e30], [1e30, 1e30], [0.0, 1e-30]] {
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
        for cost in COSTS.map(|name| cost_by_name(name).unwrap()) {
            for y in [[1.0, 0.0], [0.0, 1.0]] {
                let total = f64::half(&*cost).cost(2, &[f64::NAN, 0.0], &y, None);
                assert!(total.is_nan(), "{}", cost.name());
            }
        }
    }

    #[test]
    fn large_scores_keep_their_digits() {
        // −ln(sigmoid(−50)) = 50 + ln(1 + e⁻⁵⁰); the naive form gives ln of a rounded 0.
        let cost: f64 = BinaryCrossEntropy.cost(1, &[-50.0_f64], &[1.0], None);
        assert!((cost - 50.0).abs() < 1e-13, "{cost}");
        let cost: f64 = SoftmaxCrossEntropy.cost(2, &[0.0_f64, 800.0], &[1.0, 0.0], None);
        assert!((cost - 800.0).abs() < 1e-12, "{cost}");
    }
}
