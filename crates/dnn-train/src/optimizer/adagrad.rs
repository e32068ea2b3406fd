//! AdaGrad: steps shrink where gradients were large, for the whole run.

use dnn_core::{Constant, Named, Real, State, widest};

use super::traits::{AnyOptimizer, Optimizer, Step};

/// `v ← v + g²`, `p ← p − rate · g / (√v + epsilon)` (J. Duchi, E. Hazan and Y. Singer, JMLR 12, 2011, in the form of
/// PyTorch's `Adagrad`)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaGrad {
    /// Keeps the division finite; 1e-10.
    pub epsilon: f64,
}

impl Default for AdaGrad {
    fn default() -> Self {
        Self { epsilon: 1e-10 }
    }
}

impl<T: Real> Optimizer<T> for AdaGrad {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, epsilon) = (T::of(step.rate), T::of(self.epsilon));
        let [squares] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for ((p, v), &g) in parameters.iter_mut().zip(squares).zip(gradient) {
                    *v += g * g;
                    *p -= rate * g / (v.sqrt() + epsilon);
                }
            },
        );
    }
}

impl Named for AdaGrad {
    const NAME: &'static str = "adagrad";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("epsilon", &mut self.epsilon, Constant::POSITIVE)]
    }
}

impl AnyOptimizer for AdaGrad {
    fn usual_rate(&self) -> f64 {
        0.01
    }

    fn state_vectors(&self) -> usize {
        1
    }
}
