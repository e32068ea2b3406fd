//! Penalties on the size of weights: added to the cost, and so to the gradient.

use dnn_core::{Real, widest};
use serde::{Deserialize, Serialize};

use crate::vector::sum_pairs;

/// `l1 · ‖W‖₁ + l2/2 · ‖W‖²`, over all weights together; biases, gains and slopes are spared.
///
/// The gradient gets `l1 · sign(W) + l2 · W`, with sign(0) = 0; `l2` is what PyTorch's `SGD` and `Adam` call
/// `weight_decay`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Penalty {
    /// Factor of the sum of magnitudes, from 0; 0.
    pub l1: f64,
    /// Twice the factor of the sum of squares, from 0; 0.
    pub l2: f64,
}

impl Penalty {
    /// Whether there is any.
    pub(crate) fn acts(self) -> bool {
        self.l1 > 0.0 || self.l2 > 0.0
    }

    /// Adds the penalty's gradient at `weights` to `gradient`, and returns its value there.
    pub(crate) fn add<T: Real>(self, weights: &[T], gradient: &mut [T]) -> f64 {
        let (l1, l2) = (T::of(self.l1), T::of(self.l2));
        let sign = |w: T| {
            if w > T::zero() {
                l1
            } else if w < T::zero() {
                -l1
            } else {
                T::zero()
            }
        };
        widest(
            #[inline(always)]
            || gradient.iter_mut().zip(weights).for_each(|(g, &w)| *g += sign(w) + l2 * w),
        );
        sum_pairs(weights, weights, |w, _| self.l1 * w.wide().abs() + 0.5 * self.l2 * w.wide() * w.wide())
    }

    pub(crate) fn faults(self) -> impl Iterator<Item = String> {
        let fault = |name: &str, value: f64| {
            (!(value.is_finite() && value >= 0.0))
                .then(|| format!("penalty {name} is {value}, but must be 0 or more: 1e-4 is usual"))
        };
        [fault("l1", self.l1), fault("l2", self.l2)].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_and_gradient_are_those_of_the_formula() {
        let (weights, mut gradient) = ([2.0, -3.0, 0.0, 0.5], [1.0; 4]);
        let value = Penalty { l1: 0.1, l2: 0.2 }.add(&weights, &mut gradient);
        assert!((value - (0.1 * 5.5 + 0.1 * 13.25)).abs() < 1e-15, "{value}");
        let expected = [1.0 + 0.1 + 0.4, 1.0 - 0.1 - 0.6, 1.0, 1.0 + 0.1 + 0.1];
        gradient.iter().zip(expected).for_each(|(g, e): (&f64, f64)| assert!((g - e).abs() < 1e-15));
    }
}
