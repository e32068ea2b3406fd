//! Gradient descent, and Momentum and Nesterov, which keep the direction of the steps before in part, as velocity `v`.

use dnn_core::{Constant, Named, Real, State, widest};

use super::traits::{AnyOptimizer, Optimizer, Step};

/// `p ← p − rate · g`
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GradientDescent;

impl<T: Real> Optimizer<T> for GradientDescent {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], _state: State<'_, T>) {
        let rate = T::of(step.rate);
        widest(
            #[inline(always)]
            || parameters.iter_mut().zip(gradient).for_each(|(p, &g)| *p -= rate * g),
        );
    }
}

impl Named for GradientDescent {
    const NAME: &'static str = "gradient_descent";
}

impl AnyOptimizer for GradientDescent {
    fn state_vectors(&self) -> usize {
        0
    }
}

/// `v ← momentum · v + g`, `p ← p − rate · v` (B. T. Polyak, 1964, in the form of PyTorch's `SGD`)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum {
    /// How much of the last direction is kept, from 0 to below 1; 0.9.
    pub momentum: f64,
}

impl Default for Momentum {
    fn default() -> Self {
        Self { momentum: 0.9 }
    }
}

impl<T: Real> Optimizer<T> for Momentum {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, momentum) = (T::of(step.rate), T::of(self.momentum));
        let [velocity] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for ((p, v), &g) in parameters.iter_mut().zip(velocity).zip(gradient) {
                    *v = momentum * *v + g;
                    *p -= rate * *v;
                }
            },
        );
    }
}

impl Named for Momentum {
    const NAME: &'static str = "momentum";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("momentum", &mut self.momentum, 0.0..1.0)]
    }
}

impl AnyOptimizer for Momentum {
    fn state_vectors(&self) -> usize {
        1
    }
}

/// `v ← momentum · v + g`, `p ← p − rate · (g + momentum · v)` (Yu. Nesterov, 1983, in the form of PyTorch's `SGD` with
/// `nesterov`, from I. Sutskever et al., 2013)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nesterov {
    /// How much of the last direction is kept, from 0 to below 1; 0.9.
    pub momentum: f64,
}

impl Default for Nesterov {
    fn default() -> Self {
        Self { momentum: 0.9 }
    }
}

impl<T: Real> Optimizer<T> for Nesterov {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, momentum) = (T::of(step.rate), T::of(self.momentum));
        let [velocity] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for ((p, v), &g) in parameters.iter_mut().zip(velocity).zip(gradient) {
                    *v = momentum * *v + g;
                    *p -= rate * (g + momentum * *v);
                }
            },
        );
    }
}

impl Named for Nesterov {
    const NAME: &'static str = "nesterov";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("momentum", &mut self.momentum, 0.0..1.0)]
    }
}

impl AnyOptimizer for Nesterov {
    fn state_vectors(&self) -> usize {
        1
    }
}
