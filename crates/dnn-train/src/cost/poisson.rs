//! A cost for counts: the network gives the logarithm of a rate.

use dnn_core::Real;

use super::{AnyCost, Cost, Link, Targets};

/// The log rate above which the cost goes on along its tangent, so that no score overflows: e⁸⁰ ≈ 5.5e34 fits f32.
const LIMIT: f64 = 80.0;

/// `eᶻ − y z`, the mean over the rows: the negative log-likelihood of counts y at the rate eᶻ, without the terms of y alone
/// (PyTorch's `PoissonNLLLoss` with `log_input` and not `full`). Above a log rate of 80 it goes on along its tangent.
///
/// A prediction is the log rate: take `exp` of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Poisson;

impl<T: Real> Cost<T> for Poisson {
    fn cost(&self, units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let share = 1.0 / units as f64;
        // NaN is not above the limit, and stays.
        let bounded = |z: f64| if z > LIMIT { LIMIT } else { z };
        if let Some(dz) = dz {
            let slope = |z: T, y: T| T::of(share * (bounded(z.wide()).exp() - y.wide()));
            dz.iter_mut().zip(z.iter().zip(y)).for_each(|(dz, (&z, &y))| *dz = slope(z, y));
        }
        let entry = |z: f64, y: f64| bounded(z).exp() * (1.0 + (z - bounded(z))) - y * z;
        z.iter().zip(y).map(|(&z, &y)| entry(z.wide(), y.wide())).sum::<f64>() * share
    }
}

impl AnyCost for Poisson {
    fn name(&self) -> &str {
        "poisson"
    }

    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Counts
    }
}
