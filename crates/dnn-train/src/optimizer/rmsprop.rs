//! RMSProp: steps shrink where gradients have lately been large.

use dnn_core::{Constant, Named, Real, State, widest};

use super::traits::{AnyOptimizer, Optimizer, Step};

/// `v ← alpha · v + (1 − alpha) · g²`, `p ← p − rate · g / (√v + epsilon)` (T. Tieleman and G. Hinton, lecture 6.5 of
/// "Neural Networks for Machine Learning", 2012, in the form of PyTorch's `RMSprop`)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    /// How much of the mean square is kept, from 0 to below 1; 0.99.
    pub alpha: f64,
    /// Keeps the division finite; 1e-8.
    pub epsilon: f64,
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

impl Named for RmsProp {
    const NAME: &'static str = "rmsprop";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("alpha", &mut self.alpha, 0.0..1.0),
            Constant::new("epsilon", &mut self.epsilon, Constant::POSITIVE),
        ]
    }
}

impl AnyOptimizer for RmsProp {
    fn usual_rate(&self) -> f64 {
        0.01
    }

    fn state_vectors(&self) -> usize {
        1
    }
}
