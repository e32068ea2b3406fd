//! Costs for numbers: squared, absolute, Huber's, and one for counts. Each is the mean over the rows, as PyTorch has it.
//! `r = z − y`.

use dnn_core::{Constant, Named, Real};

use super::traits::{AnyCost, Cost, Link, Targets};

/// `Σ r² / n[L]`: for numbers. The mean over rows and examples, as PyTorch's `MSELoss`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MeanSquaredError;

impl<T: Real> Cost<T> for MeanSquaredError {
    fn cost(&self, units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let share = 1.0 / units as f64;
        if let Some(dz) = dz {
            let factor = T::of(2.0 * share);
            dz.iter_mut().zip(z.iter().zip(y)).for_each(|(dz, (&z, &y))| *dz = factor * (z - y));
        }
        z.iter().zip(y).map(|(&z, &y)| (z.wide() - y.wide()).powi(2)).sum::<f64>() * share
    }
}

impl Named for MeanSquaredError {
    const NAME: &'static str = "mean_squared_error";
}

impl AnyCost for MeanSquaredError {
    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Finite
    }
}

/// `Σ |r| / n[L]`: for numbers with outliers, as PyTorch's `L1Loss`. The slope at r = 0 is 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MeanAbsoluteError;

impl<T: Real> Cost<T> for MeanAbsoluteError {
    fn cost(&self, units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let share = 1.0 / units as f64;
        if let Some(dz) = dz {
            let factor = T::of(share);
            let slope = |r: T| if r == T::zero() { r } else { factor * r.signum() };
            dz.iter_mut().zip(z.iter().zip(y)).for_each(|(dz, (&z, &y))| *dz = slope(z - y));
        }
        z.iter().zip(y).map(|(&z, &y)| (z.wide() - y.wide()).abs()).sum::<f64>() * share
    }
}

impl Named for MeanAbsoluteError {
    const NAME: &'static str = "mean_absolute_error";
}

impl AnyCost for MeanAbsoluteError {
    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Finite
    }
}

/// `r²/2` where `|r| ≤ δ`, else `δ (|r| − δ/2)`, the mean over the rows (P. J. Huber, 1964, as PyTorch's `HuberLoss`): for
/// numbers with some outliers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Huber {
    /// Where the cost turns from a parabola into a line, above 0; 1.
    pub delta: f64,
}

impl Default for Huber {
    fn default() -> Self {
        Self { delta: 1.0 }
    }
}

impl<T: Real> Cost<T> for Huber {
    fn cost(&self, units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let (share, delta) = (1.0 / units as f64, self.delta);
        if let Some(dz) = dz {
            let (factor, delta) = (T::of(share), T::of(delta));
            let slope = |r: T| factor * if r.abs() <= delta { r } else { delta * r.signum() };
            dz.iter_mut().zip(z.iter().zip(y)).for_each(|(dz, (&z, &y))| *dz = slope(z - y));
        }
        let entry = |r: f64| if r.abs() <= delta { 0.5 * r * r } else { delta * (r.abs() - 0.5 * delta) };
        z.iter().zip(y).map(|(&z, &y)| entry(z.wide() - y.wide())).sum::<f64>() * share
    }
}

impl Named for Huber {
    const NAME: &'static str = "huber";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("delta", &mut self.delta, Constant::POSITIVE)]
    }
}

impl AnyCost for Huber {
    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Finite
    }
}

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

impl Named for Poisson {
    const NAME: &'static str = "poisson";
}

impl AnyCost for Poisson {
    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Counts
    }
}
