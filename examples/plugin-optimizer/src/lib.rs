//! An optimizer and a cost of one's own.

use std::sync::Arc;

use dnn_core::{Real, State};
use dnn_train::{AnyCost, AnyOptimizer, Catalogue, Cost, Link, Optimizer, Result, Step, Targets, constants};

/// The names that settings choose by.
pub const LION: &str = "plugin-optimizer/lion";
/// See [`LION`].
pub const QUANTILE: &str = "plugin-optimizer/quantile";

/// Lets settings choose both.
///
/// # Errors
/// If `catalogue` has a name already.
pub fn register(catalogue: &mut Catalogue) -> Result<()> {
    catalogue.add_cost(QUANTILE, |choice| {
        let [share] = constants(choice, "cost", [("share", 0.5)])?;
        Ok(Arc::new(Quantile(share)))
    })?;
    catalogue.add_optimizer(LION, |choice| {
        let usual = Lion::default();
        let [beta1, beta2] =
            constants(choice, "optimizer", [("beta1", usual.beta1), ("beta2", usual.beta2)])?;
        Ok(Arc::new(Lion { beta1, beta2 }))
    })
}

/// Steps along signs only: `c = β₁ v + (1 − β₁) g`, `p ← p − rate · sign(c)`, `v ← β₂ v + (1 − β₂) g` (Lion, X. Chen et al.,
/// arXiv:2302.06675, algorithm 2, without decay).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lion {
    /// How much of v is in the direction of a step.
    pub beta1: f64,
    /// How much of v is kept.
    pub beta2: f64,
}

impl Default for Lion {
    /// The paper's 0.9 and 0.99.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.99 }
    }
}

impl<T: Real> Optimizer<T> for Lion {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, one) = (T::of(step.rate), T::one());
        let (beta1, beta2) = (T::of(self.beta1), T::of(self.beta2));
        let [velocity] = state.vectors();
        for ((p, v), &g) in parameters.iter_mut().zip(velocity).zip(gradient) {
            let c = beta1 * *v + (one - beta1) * g;
            // A gradient that is zero moves nothing; `signum` of 0 would be 1.
            *p -= if c == T::zero() { c } else { rate * c.signum() };
            *v = beta2 * *v + (one - beta2) * g;
        }
    }
}

impl AnyOptimizer for Lion {
    fn name(&self) -> &str {
        LION
    }

    fn state_vectors(&self) -> usize {
        1
    }
}

/// `max(share · e, (share − 1) · e)`, `e = y − a`, summed over the rows: what makes a the value below which this share of
/// the targets lies (R. Koenker and G. Bassett, 1978).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile(pub f64);

impl<T: Real> Cost<T> for Quantile {
    fn cost(&self, _units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let slope = |z: T, y: T| if y > z { -self.0 } else { 1.0 - self.0 };
        let pairs = || z.iter().zip(y).map(|(&z, &y)| (z, y));
        if let Some(dz) = dz {
            dz.iter_mut().zip(pairs()).for_each(|(dz, (z, y))| *dz = T::of(slope(z, y)));
        }
        pairs().map(|(z, y)| slope(z, y) * (z.wide() - y.wide())).sum()
    }
}

impl AnyCost for Quantile {
    fn name(&self) -> &str {
        QUANTILE
    }

    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Finite
    }
}
