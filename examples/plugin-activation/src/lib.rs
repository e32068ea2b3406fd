//! Two activations of one's own: one with a constant, which files keep, and one with a parameter that is trained.

pub mod register;

use dnn_core::{Activation, AnyActivation, Constant, Elementwise, Named, Real, Saved};

/// `g(z) = limit · tanh(z / limit)`: nearly z where z is small, never beyond ± limit.
#[derive(Debug, Clone, Copy)]
pub struct Limited {
    /// How far from 0 its values go, above 0; 1.
    pub limit: f64,
}

impl Default for Limited {
    fn default() -> Self {
        Self { limit: 1.0 }
    }
}

impl Named for Limited {
    const NAME: &'static str = "plugin-activation/limited";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("limit", &mut self.limit, Constant::POSITIVE)]
    }
}

impl Elementwise for Limited {
    const SAVED: Saved = Saved::Output;

    fn f<T: Real>(&self, z: T) -> T {
        T::of(self.limit) * (z / T::of(self.limit)).tanh()
    }

    fn df<T: Real>(&self, a: T) -> T {
        T::one() - (a / T::of(self.limit)).powi(2)
    }
}

/// `g(z) = z` above 0, `slope · z` below, with one trained slope for the layer (K. He et al., arXiv:1502.01852, eq. 1, shared
/// by all units).
#[derive(Debug, Clone, Copy, Default)]
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

impl Named for PRelu {
    const NAME: &'static str = "plugin-activation/prelu";
}

impl AnyActivation for PRelu {
    fn starting_parameter(&self) -> f64 {
        0.25
    }

    fn weight_variance(&self, inputs: usize, _units: usize) -> f64 {
        2.0 / inputs as f64
    }
}
