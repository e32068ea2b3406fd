//! Two activations of one's own: one with a constant, which files keep, and one with a parameter that is trained.

pub mod register;

use dnn_core::{Activation, AnyActivation, Elementwise, Real, Saved};

/// `g(z) = limit · tanh(z / limit)`: nearly z where z is small, never beyond ± limit.
#[derive(Debug, Clone, Copy)]
pub struct Limited(pub f64);

impl Elementwise for Limited {
    const NAME: &'static str = "plugin-activation/limited";
    const SAVED: Saved = Saved::Output;

    fn f<T: Real>(&self, z: T) -> T {
        T::of(self.0) * (z / T::of(self.0)).tanh()
    }

    fn df<T: Real>(&self, a: T) -> T {
        T::one() - (a / T::of(self.0)).powi(2)
    }

    fn settings(&self) -> Vec<(String, f64)> {
        vec![("limit".into(), self.0)]
    }
}

/// `g(z) = z` above 0, `slope · z` below, with one trained slope for the layer (K. He et al., arXiv:1502.01852, eq. 1, shared
/// by all units).
pub struct PRelu;

impl<T: Real> Activation<T> for PRelu {
    fn parameter_count(&self, _units: usize) -> usize {
        1
    }

    fn forward(&self, _units: usize, slope: &[T], z: &mut [T]) {
        z.iter_mut().filter(|z| **z < T::zero()).for_each(|z| *z *= slope[0]);
    }

    fn backward(&self, _units: usize, slope: &[T], z: &[T], delta: &mut [T]) {
        delta.iter_mut().zip(z).filter(|(_, z)| **z <= T::zero()).for_each(|(delta, _)| *delta *= slope[0]);
    }

    fn parameter_gradient(&self, _units: usize, _slope: &[T], z: &[T], da: &[T], gradient: &mut [T]) {
        gradient[0] += z.iter().zip(da).map(|(&z, &da)| z.min(T::zero()) * da).sum();
    }
}

impl AnyActivation for PRelu {
    fn name(&self) -> &str {
        "plugin-activation/prelu"
    }

    fn starting_parameter(&self) -> f64 {
        0.25
    }
}
