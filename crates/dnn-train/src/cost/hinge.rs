//! Hinges: costs of a margin, which right answers beyond it no longer pay. Targets are coded 0 and 1 as everywhere, and a
//! share of several classes pays each in proportion.

use dnn_core::{Constant, Named, Real};

use super::traits::{AnyCost, Cost, Link, Targets};

/// `y max(0, 1 − z) + (1 − y) max(0, 1 + z)`, summed over the rows: yes or no for each row, by the sign of z
/// (C. Cortes and V. Vapnik, 1995). The slope at a kink is 0.
///
/// A prediction is the score: yes is above 0, not above one half.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hinge;

impl<T: Real> Cost<T> for Hinge {
    fn cost(&self, _units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        if let Some(dz) = dz {
            let slope = |z: T, y: T| (T::one() - y) * open(T::one() + z) - y * open(T::one() - z);
            dz.iter_mut().zip(z.iter().zip(y)).for_each(|(dz, (&z, &y))| *dz = slope(z, y));
        }
        let entry = |z: f64, y: f64| y * above(1.0 - z) + (1.0 - y) * above(1.0 + z);
        z.iter().zip(y).map(|(&z, &y)| entry(z.wide(), y.wide())).sum()
    }
}

impl Named for Hinge {
    const NAME: &'static str = "hinge";
}

impl AnyCost for Hinge {
    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Probabilities
    }
}

/// `Σ max(0, margin − z_c + z_i) / n[L]` over the rows i other than the class c: one class of several, by the largest score
/// (J. Weston and C. Watkins, 1999, as PyTorch's `MultiMarginLoss`). The slope at a kink is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MultiMargin {
    /// How far the right score must lie above the others, above 0; 1.
    pub margin: f64,
}

impl Default for MultiMargin {
    fn default() -> Self {
        Self { margin: 1.0 }
    }
}

impl<T: Real> Cost<T> for MultiMargin {
    fn cost(&self, units: usize, z: &[T], y: &[T], mut dz: Option<&mut [T]>) -> f64 {
        let (share, margin) = (1.0 / units as f64, T::of(self.margin));
        let factor = T::of(share);
        let mut total = 0.0;
        for (column, (z, y)) in z.chunks_exact(units).zip(y.chunks_exact(units)).enumerate() {
            let mut dz = dz.as_deref_mut().map(|dz| &mut dz[column * units..(column + 1) * units]);
            dz.iter_mut().for_each(|dz| dz.fill(T::zero()));
            for class in (0..units).filter(|&class| y[class] != T::zero()) {
                for other in (0..units).filter(|&other| other != class) {
                    let short = margin - z[class] + z[other];
                    total += y[class].wide() * above(short.wide()) * share;
                    if let Some(dz) = dz.as_deref_mut() {
                        let slope = factor * y[class] * open(short);
                        dz[other] += slope;
                        dz[class] -= slope;
                    }
                }
            }
        }
        total
    }
}

impl Named for MultiMargin {
    const NAME: &'static str = "multi_margin";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("margin", &mut self.margin, Constant::POSITIVE)]
    }
}

impl AnyCost for MultiMargin {
    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Distributions
    }
}

/// `max(0, value)`, or NaN.
fn above(value: f64) -> f64 {
    if value <= 0.0 { 0.0 } else { value }
}

/// The slope of `max(0, value)`.
fn open<T: Real>(value: T) -> T {
    if value <= T::zero() { T::zero() } else { T::one() }
}
