//! Gradient descent: a step along the negative gradient.

use dnn_core::{Real, State, widest};
use serde::{Deserialize, Serialize};

use super::{AnyOptimizer, Optimizer, Step};

/// `p ← p − rate · g`
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
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

impl AnyOptimizer for GradientDescent {
    fn name(&self) -> &str {
        "gradient_descent"
    }

    fn state_vectors(&self) -> usize {
        0
    }
}
