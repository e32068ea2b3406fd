//! The suite of activations: every built-in one passes, and what is wrong with others is noticed.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::sync::Arc;

use dnn_core::{
    Activation, AnyActivation, Configured, Elementwise, IntoActivation, Named, NamedConfig, Real, Registry,
    Saved,
};
use dnn_testkit::activation::check_activation;

#[test]
fn every_built_in_activation_passes() {
    let registry = Registry::builtin();
    let mut passed = 0;
    for name in registry.names("activation") {
        let named = || NamedConfig::from(name);
        let configs = [named(), named().with("slope", 0.1), named().with("alpha", 0.7)];
        let made = configs.iter().find_map(|config| registry.activation(config).ok());
        check_activation(&*made.unwrap());
        passed += 1;
    }
    assert!(passed >= 11, "{passed} activations");
}

/// tanh, but for what each test gets wrong.
#[derive(Clone)]
struct Almost {
    value: fn(f64) -> f64,
    slope: fn(f64) -> f64,
}

/// Without a fault.
const TANH: Almost = Almost { value: f64::tanh, slope: |z| 1.0 - z.tanh().powi(2) };

impl Named for Almost {
    const NAME: &'static str = "tests/almost_tanh";
}

impl Default for Almost {
    fn default() -> Self {
        TANH
    }
}

impl Elementwise for Almost {
    const SAVED: Saved = Saved::Input;

    fn f<T: Real>(&self, z: T) -> T {
        T::of((self.value)(z.wide()))
    }

    fn df<T: Real>(&self, z: T) -> T {
        T::of((self.slope)(z.wide()))
    }
}

#[test]
fn an_activation_of_ones_own_passes() {
    check_activation(&*TANH.into_activation());
    check_activation(&Scaled { gradient: |z, da| da * z });
}

#[test]
#[should_panic(expected = "away from central differences")]
fn a_wrong_derivative_is_noticed() {
    check_activation(&*Almost { slope: |z| 1.0 - 1.000_001 * z.tanh().powi(2), ..TANH }.into_activation());
}

#[test]
#[should_panic(expected = "a broken cost would be hidden")]
fn swallowed_nan_is_noticed() {
    let relu = Almost { value: |z| z.max(0.0), slope: |z| f64::from(u8::from(z > 0.0)) };
    check_activation(&*relu.into_activation());
}

/// `a = s z` with one trained `s` for the whole layer, and a gradient of its own.
struct Scaled {
    gradient: fn(f64, f64) -> f64,
}

impl<T: Real> Activation<T> for Scaled {
    fn saved(&self) -> Saved {
        Saved::Input
    }

    fn parameter_count(&self, _units: usize) -> usize {
        1
    }

    fn forward(&self, _units: usize, s: &[T], z: &mut [T]) {
        z.iter_mut().for_each(|z| *z *= s[0]);
    }

    fn backward(&self, _units: usize, s: &[T], _z: &[T], delta: &mut [T]) {
        delta.iter_mut().for_each(|delta| *delta *= s[0]);
    }

    fn parameter_gradient(&self, _units: usize, _s: &[T], z: &[T], da: &[T], gradient: &mut [T]) {
        for (z, da) in z.iter().zip(da) {
            gradient[0] += T::of((self.gradient)(z.wide(), da.wide()));
        }
    }
}

impl Configured for Scaled {
    fn name(&self) -> &str {
        "tests/scaled"
    }
}

impl AnyActivation for Scaled {
    fn starting_parameter(&self) -> f64 {
        1.0
    }
}

#[test]
#[should_panic(expected = "its parameters' gradient is")]
fn a_wrong_gradient_of_a_trained_parameter_is_noticed() {
    check_activation(&Scaled { gradient: |z, da| da * z.abs() });
}

/// `a = z` in f64, and a little more in f32 or in the second column of a block.
struct Uneven {
    only_narrow: bool,
}

impl<T: Real> Activation<T> for Uneven {
    fn saved(&self) -> Saved {
        Saved::Output
    }

    fn forward(&self, units: usize, _: &[T], z: &mut [T]) {
        let hurt = if self.only_narrow { T::NAME == "f32" } else { z.len() > units };
        if hurt && !z.is_empty() {
            let last = z.len() - 1;
            z[last] *= T::of(1.0 + 1e-4);
        }
    }

    fn backward(&self, units: usize, _: &[T], _: &[T], delta: &mut [T]) {
        let hurt = !self.only_narrow && delta.len() > units;
        if hurt {
            let last = delta.len() - 1;
            delta[last] *= T::of(1.0 + 1e-4);
        }
    }
}

impl Configured for Uneven {
    fn name(&self) -> &str {
        "tests/uneven"
    }
}

impl AnyActivation for Uneven {}

#[test]
#[should_panic(expected = "in f32, but")]
fn precisions_that_differ_are_noticed() {
    check_activation(&Uneven { only_narrow: true });
}

#[test]
#[should_panic(expected = "differs from the same column alone")]
fn a_block_whose_width_matters_is_noticed() {
    let uneven: Arc<dyn AnyActivation> = Arc::new(Uneven { only_narrow: false });
    check_activation(&*uneven);
}
