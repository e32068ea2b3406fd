//! RMSProp: steps shrink where gradients have lately been large.

use dnn_core::{Real, State, widest};
use serde::{Deserialize, Serialize};

use super::{AnyOptimizer, Optimizer, Step, positive_fault, share_fault};

/// `v ← alpha · v + (1 − alpha) · g²`, `p ← p − rate · g / (√v + epsilon)` (T. Tieleman and G. Hinton, lecture 6.5 of
/// "Neural Networks for Machine Learning", 2012, in the form of PyTorch's `RMSprop`)
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RmsProp {
    /// How much of the mean square is kept, from 0 to below 1; 0.99.
    pub alpha: f64,
    /// Keeps the division finite; 1e-8.
    pub epsilon: f64,
}

impl RmsProp {
    pub(crate) fn faults(self) -> impl Iterator<Item = String> {
        [share_fault("alpha", self.alpha, 0.99), positive_fault("epsilon", self.epsilon, 1e-8)]
            .into_iter()
            .flatten()
    }
}

impl Default for RmsProp {
    fn default() -> Self {
        Self { alpha: 0.99, epsilon: 1e-8 }
    }
}

impl<T: Real> Optimizer<T> for RmsProp {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, epsilon) = (T::of(step.rate), T::of(self.epsilon));
        let (alpha, rest) = (T::of(self.alpha), T::of(1.0 - self.alpha));
        let [squares] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for ((p, v), &g) in parameters.iter_mut().zip(squares).zip(gradient) {
                    *v = alpha * *v + rest * g * g;
                    *p -= rate * g / (v.sqrt() + epsilon);
                }
            },
        );
    }
}

impl AnyOptimizer for RmsProp {
    fn name(&self) -> &str {
        "rmsprop"
    }

    fn state_vectors(&self) -> usize {
        1
    }
}
