//! Adam, and AdamW, which lets weights decay besides.
//!
//! `m ← beta1 · m + (1 − beta1) · g`, `v ← beta2 · v + (1 − beta2) · g²`,
//! `p ← p − rate / (1 − beta1ᵗ) · m / (√v / √(1 − beta2ᵗ) + epsilon)`, t the number of the step from 1: both means start
//! from zero, and their corrections are computed in f64 once for a block.

use dnn_core::{Constant, Kind, Named, Real, State, widest};

use super::traits::{AnyOptimizer, Optimizer, Step};

/// Adam (D. P. Kingma and J. Ba, arXiv:1412.6980, algorithm 1, in the form of PyTorch's `Adam`)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// How much of the mean gradient is kept, from 0 to below 1; 0.9.
    pub beta1: f64,
    /// How much of the mean square is kept, from 0 to below 1; 0.999.
    pub beta2: f64,
    /// Keeps the division finite; 1e-8.
    pub epsilon: f64,
}

impl Adam {
    /// Adam's step after `p ← keep · p`.
    fn update<T: Real>(&self, step: Step, keep: f64, p: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let correction = |beta: f64| 1.0 - beta.powf(step.number as f64);
        let size = T::of(step.rate / correction(self.beta1));
        let spread = T::of(1.0 / correction(self.beta2).sqrt());
        let (beta1, rest1) = (T::of(self.beta1), T::of(1.0 - self.beta1));
        let (beta2, rest2) = (T::of(self.beta2), T::of(1.0 - self.beta2));
        let (keep, epsilon) = (T::of(keep), T::of(self.epsilon));
        let [means, squares] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for (((p, m), v), &g) in p.iter_mut().zip(means).zip(squares).zip(gradient) {
                    *m = beta1 * *m + rest1 * g;
                    *v = beta2 * *v + rest2 * g * g;
                    *p = keep * *p - size * *m / (v.sqrt() * spread + epsilon);
                }
            },
        );
    }
}

impl Default for Adam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl<T: Real> Optimizer<T> for Adam {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], state: State<'_, T>) {
        self.update(step, 1.0, parameters, gradient, state);
    }
}

impl Named for Adam {
    const NAME: &'static str = "adam";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("beta1", &mut self.beta1, 0.0..1.0),
            Constant::new("beta2", &mut self.beta2, 0.0..1.0),
            Constant::new("epsilon", &mut self.epsilon, Constant::POSITIVE),
        ]
    }
}

impl AnyOptimizer for Adam {
    fn usual_rate(&self) -> f64 {
        0.001
    }

    fn state_vectors(&self) -> usize {
        2
    }
}

/// `w ← w − rate · weight_decay · w` for weights, then [`Adam`]'s step for all parameters (I. Loshchilov and F. Hutter,
/// arXiv:1711.05101, algorithm 2, in the form of PyTorch's `AdamW`)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    /// How much of the mean gradient is kept, from 0 to below 1; 0.9.
    pub beta1: f64,
    /// How much of the mean square is kept, from 0 to below 1; 0.999.
    pub beta2: f64,
    /// Keeps the division finite; 1e-8.
    pub epsilon: f64,
    /// How much of each weight a rate of 1 would take away, from 0; 0.01. Biases, gains and slopes are spared.
    pub weight_decay: f64,
}

impl AdamW {
    fn adam(self) -> Adam {
        let Self { beta1, beta2, epsilon, .. } = self;
        Adam { beta1, beta2, epsilon }
    }
}

impl Default for AdamW {
    fn default() -> Self {
        let Adam { beta1, beta2, epsilon } = Adam::default();
        Self { beta1, beta2, epsilon, weight_decay: 0.01 }
    }
}

impl<T: Real> Optimizer<T> for AdamW {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], state: State<'_, T>) {
        let decay = if step.kind == Kind::Weight { self.weight_decay } else { 0.0 };
        self.adam().update(step, 1.0 - step.rate * decay, parameters, gradient, state);
    }
}

impl Named for AdamW {
    const NAME: &'static str = "adamw";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("beta1", &mut self.beta1, 0.0..1.0),
            Constant::new("beta2", &mut self.beta2, 0.0..1.0),
            Constant::new("epsilon", &mut self.epsilon, Constant::POSITIVE),
            Constant::new("weight_decay", &mut self.weight_decay, 0.0..),
        ]
    }
}

impl AnyOptimizer for AdamW {
    fn usual_rate(&self) -> f64 {
        0.001
    }

    fn state_vectors(&self) -> usize {
        2
    }
}
