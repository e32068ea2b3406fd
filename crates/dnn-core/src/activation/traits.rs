//! What an activation is, in one precision and in both, and what a registry and a network hold of it.

use std::fmt;
use std::sync::Arc;

use crate::named::Configured;
use crate::{Both, Real};

/// What an activation's backward pass reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The scores z: they are kept beside a.
    Input,
    /// The activations a: nothing more is kept.
    Output,
}

/// An activation in one precision, applied in place to a block of columns.
///
/// A block is `units × columns`, one example after the other. Only softmax and its like look at more than one entry at
/// a time; all others come from the short form [`Elementwise`](super::Elementwise).
pub trait Activation<T>: Send + Sync {
    /// What [`backward`](Self::backward) reads: z, unless a is enough.
    fn saved(&self) -> Saved {
        Saved::Input
    }

    /// How many parameters are trained for a layer of `units`.
    fn parameter_count(&self, units: usize) -> usize {
        let _ = units;
        0
    }

    /// `a = g(z)`. `z: (units, columns)` in, a out.
    fn forward(&self, units: usize, parameters: &[T], z: &mut [T]);

    /// `dZ = dA * g'(z)`. `delta: (units, columns)` has dA in, dZ out; `saved` is z or a, as [`saved`](Self::saved)
    /// says.
    fn backward(&self, units: usize, parameters: &[T], saved: &[T], delta: &mut [T]);

    /// Adds `Σ dA · ∂g/∂parameter` over the columns to `gradient`, which has
    /// [`parameter_count`](Self::parameter_count) numbers.
    fn parameter_gradient(&self, units: usize, parameters: &[T], saved: &[T], da: &[T], gradient: &mut [T]) {
        let _ = (units, parameters, saved, da, gradient);
    }
}

/// An activation in both precisions, with the name and constants that a file keeps.
pub trait AnyActivation: Activation<f32> + Activation<f64> + Configured {
    /// The variance of the weights before it that suits it, for a layer of `units` over `inputs`: X. Glorot and Y. Bengio's,
    /// 2010, eq. 12. What lets half of its inputs through, as ReLU does, takes `2 / inputs`.
    fn weight_variance(&self, inputs: usize, units: usize) -> f64 {
        2.0 / (inputs + units) as f64
    }

    /// The value its parameters start from, if it trains any.
    fn starting_parameter(&self) -> f64 {
        0.0
    }
}

impl<'a> Both for dyn AnyActivation + 'a {
    type Half<T: Real> = dyn Activation<T> + 'a;

    fn f32(&self) -> &Self::Half<f32> {
        self
    }

    fn f64(&self) -> &Self::Half<f64> {
        self
    }
}

/// Anything that stands for an activation: an [`Elementwise`](super::Elementwise) value, [`Softmax`](super::Softmax), or one taken from a registry.
pub trait IntoActivation {
    /// The activation as a network holds it.
    fn into_activation(self) -> Arc<dyn AnyActivation>;
}

impl IntoActivation for Arc<dyn AnyActivation> {
    fn into_activation(self) -> Arc<dyn AnyActivation> {
        self
    }
}

impl fmt::Debug for dyn AnyActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        let constants = self.config().constants;
        if !constants.is_empty() {
            f.debug_map().entries(constants).finish()?;
        }
        Ok(())
    }
}

/// `g(z)` and `g'(z)` of one entry of one column, all parameters at their start: what a checkpoint keeps as a probe.
pub fn probe<T: Real>(activation: &dyn AnyActivation, z: T) -> (T, T) {
    let half = T::half(activation);
    let parameters = vec![T::of(activation.starting_parameter()); half.parameter_count(1)];
    let mut a = [z];
    half.forward(1, &parameters, &mut a);
    let saved = if half.saved() == Saved::Input { [z] } else { a };
    let mut delta = [T::one()];
    half.backward(1, &parameters, &saved, &mut delta);
    (a[0], delta[0])
}
