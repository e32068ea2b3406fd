//! The built-in activations that work entry by entry.
//!
//! Each keeps what is cheaper to differentiate from: a where g' is a short function of it, z otherwise. At a kink the
//! derivative is the one from the left, so `g'(0) = 0` for ReLU, as is usual.

use super::pointwise::{Elementwise, WeightVariance};
use super::traits::Saved;
use crate::Real;
use crate::named::{Constant, Named};

/// `g(z) = z`
#[derive(Debug, Clone, Copy, Default)]
pub struct Identity;

impl Named for Identity {
    const NAME: &'static str = "identity";
}

impl Elementwise for Identity {
    const SAVED: Saved = Saved::Output;

    fn f<T: Real>(&self, z: T) -> T {
        z
    }

    fn df<T: Real>(&self, _a: T) -> T {
        T::one()
    }
}

/// `g(z) = 1 / (1 + e⁻ᶻ)`
#[derive(Debug, Clone, Copy, Default)]
pub struct Sigmoid;

impl Named for Sigmoid {
    const NAME: &'static str = "sigmoid";
}

impl Elementwise for Sigmoid {
    const SAVED: Saved = Saved::Output;

    fn f<T: Real>(&self, z: T) -> T {
        sigmoid(z)
    }

    fn df<T: Real>(&self, a: T) -> T {
        a * (T::one() - a)
    }
}

/// `g(z) = tanh z`
#[derive(Debug, Clone, Copy, Default)]
pub struct Tanh;

impl Named for Tanh {
    const NAME: &'static str = "tanh";
}

impl Elementwise for Tanh {
    const SAVED: Saved = Saved::Output;

    fn f<T: Real>(&self, z: T) -> T {
        z.tanh()
    }

    fn df<T: Real>(&self, a: T) -> T {
        T::one() - a * a
    }
}

/// `g(z) = max(0, z)`
#[derive(Debug, Clone, Copy, Default)]
pub struct Relu;

impl Named for Relu {
    const NAME: &'static str = "relu";
}

impl Elementwise for Relu {
    const SAVED: Saved = Saved::Output;
    const WEIGHT_VARIANCE: WeightVariance = he;

    /// Lets NaN through, so that a broken cost is seen and not hidden.
    fn f<T: Real>(&self, z: T) -> T {
        if z < T::zero() { T::zero() } else { z }
    }

    fn df<T: Real>(&self, a: T) -> T {
        step(a)
    }
}

/// `g(z) = z` above 0, `slope · z` below
#[derive(Debug, Clone, Copy)]
pub struct LeakyRelu {
    /// Slope below 0, above 0 itself.
    pub slope: f64,
}

impl Default for LeakyRelu {
    /// Slope 0.01 (A. L. Maas et al., "Rectifier nonlinearities improve neural network acoustic models", 2013).
    fn default() -> Self {
        Self { slope: 0.01 }
    }
}

impl Named for LeakyRelu {
    const NAME: &'static str = "leaky_relu";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("slope", &mut self.slope, ..)]
    }
}

impl Elementwise for LeakyRelu {
    const SAVED: Saved = Saved::Input;
    const WEIGHT_VARIANCE: WeightVariance = he;

    fn f<T: Real>(&self, z: T) -> T {
        if z < T::zero() { T::of(self.slope) * z } else { z }
    }

    fn df<T: Real>(&self, z: T) -> T {
        if z > T::zero() { T::one() } else { T::of(self.slope) }
    }
}

/// `g(z) = z` above 0, `alpha (eᶻ − 1)` below (D.-A. Clevert et al., arXiv:1511.07289)
#[derive(Debug, Clone, Copy)]
pub struct Elu {
    /// Depth of the curve below 0.
    pub alpha: f64,
}

impl Default for Elu {
    /// Alpha 1.
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Named for Elu {
    const NAME: &'static str = "elu";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("alpha", &mut self.alpha, ..)]
    }
}

impl Elementwise for Elu {
    const SAVED: Saved = Saved::Input;
    const WEIGHT_VARIANCE: WeightVariance = he;

    fn f<T: Real>(&self, z: T) -> T {
        if z < T::zero() { T::of(self.alpha) * z.exp_m1() } else { z }
    }

    fn df<T: Real>(&self, z: T) -> T {
        if z > T::zero() { T::one() } else { T::of(self.alpha) * z.exp() }
    }
}

/// `g(z) = λ z` above 0, `λ α (eᶻ − 1)` below (G. Klambauer et al., arXiv:1706.02515)
#[derive(Debug, Clone, Copy, Default)]
pub struct Selu;

impl Selu {
    /// λ.
    pub const SCALE: f64 = 1.050_700_987_355_480_5;
    /// α.
    pub const ALPHA: f64 = 1.673_263_242_354_377_2;
}

impl Named for Selu {
    const NAME: &'static str = "selu";
}

impl Elementwise for Selu {
    const SAVED: Saved = Saved::Output;
    const WEIGHT_VARIANCE: WeightVariance = |inputs, _| 1.0 / inputs as f64;

    fn f<T: Real>(&self, z: T) -> T {
        if z < T::zero() { T::of(Self::SCALE * Self::ALPHA) * z.exp_m1() } else { T::of(Self::SCALE) * z }
    }

    fn df<T: Real>(&self, a: T) -> T {
        if a > T::zero() { T::of(Self::SCALE) } else { a + T::of(Self::SCALE * Self::ALPHA) }
    }
}

/// `g(z) = z Φ(z)`, with Φ the normal distribution function, exact (D. Hendrycks and K. Gimpel, arXiv:1606.08415)
#[derive(Debug, Clone, Copy, Default)]
pub struct Gelu;

impl Named for Gelu {
    const NAME: &'static str = "gelu";
}

impl Elementwise for Gelu {
    const SAVED: Saved = Saved::Input;
    const WEIGHT_VARIANCE: WeightVariance = he;

    fn f<T: Real>(&self, z: T) -> T {
        z * normal_distribution(z)
    }

    fn df<T: Real>(&self, z: T) -> T {
        let density = T::of(0.398_942_280_401_432_7) * (-z * z * T::of(0.5)).exp(); // 1/√(2π)
        normal_distribution(z) + z * density
    }
}

/// `g(z) = z · sigmoid(z)`, also called swish (S. Elfwing et al., arXiv:1702.03118)
#[derive(Debug, Clone, Copy, Default)]
pub struct Silu;

impl Named for Silu {
    const NAME: &'static str = "silu";
}

impl Elementwise for Silu {
    const SAVED: Saved = Saved::Input;
    const WEIGHT_VARIANCE: WeightVariance = he;

    fn f<T: Real>(&self, z: T) -> T {
        z * sigmoid(z)
    }

    fn df<T: Real>(&self, z: T) -> T {
        let s = sigmoid(z);
        s * (T::one() + z * (T::one() - s))
    }
}

/// `g(z) = ln(1 + eᶻ)`
#[derive(Debug, Clone, Copy, Default)]
pub struct Softplus;

impl Named for Softplus {
    const NAME: &'static str = "softplus";
}

impl Elementwise for Softplus {
    const SAVED: Saved = Saved::Output;
    const WEIGHT_VARIANCE: WeightVariance = he;

    /// As `max(0, z) + ln(1 + e^−|z|)`, which never overflows.
    fn f<T: Real>(&self, z: T) -> T {
        z.max(T::zero()) + (-z.abs()).exp().ln_1p()
    }

    /// `1 − e⁻ᵃ`, which is the sigmoid of z.
    fn df<T: Real>(&self, a: T) -> T {
        -(-a).exp_m1()
    }
}

fn sigmoid<T: Real>(z: T) -> T {
    T::one() / (T::one() + (-z).exp())
}

fn normal_distribution<T: Real>(z: T) -> T {
    T::of(0.5) * (T::one() + (z * T::of(std::f64::consts::FRAC_1_SQRT_2)).erf())
}

fn step<T: Real>(value: T) -> T {
    if value > T::zero() { T::one() } else { T::zero() }
}

/// The variance that keeps what goes through a ReLU at its scale (K. He et al., arXiv:1502.01852, eq. 10).
fn he(inputs: usize, _units: usize) -> f64 {
    2.0 / inputs as f64
}
