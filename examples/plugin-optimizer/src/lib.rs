//! An optimizer and a cost of one's own.

use dnn_core::{Constant, Named, Real, Registry, Result, State};
use dnn_train::{AnyCost, AnyOptimizer, Cost, Link, Optimizer, Step, Targets};

/// The names that settings choose by.
pub const LION: &str = "plugin-optimizer/lion";
/// See [`LION`].
pub const QUANTILE: &str = "plugin-optimizer/quantile";

/// Lets settings choose both.
///
/// # Errors
/// If `registry` has a name already.
pub fn register(registry: &mut Registry) -> Result<()> {
    registry.add(Quantile::into_cost)?;
    registry.add(Lion::into_optimizer)
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

impl Named for Lion {
    const NAME: &'static str = LION;

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("beta1", &mut self.beta1, 0.0..1.0),
            Constant::new("beta2", &mut self.beta2, 0.0..1.0),
        ]
    }
}

impl AnyOptimizer for Lion {
    fn state_vectors(&self) -> usize {
        1
    }
}

/// `max(share · e, (share − 1) · e)`, `e = y − a`, summed over the rows: what makes a the value below which this share of
/// the targets lies (R. Koenker and G. Bassett, 1978).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// Of the targets, below a, from 0 to 1; 0.5.
    pub share: f64,
}

impl Default for Quantile {
    fn default() -> Self {
        Self { share: 0.5 }
    }
}

impl<T: Real> Cost<T> for Quantile {
    fn cost(&self, _units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let slope = |z: T, y: T| if y > z { -self.share } else { 1.0 - self.share };
        let pairs = || z.iter().zip(y).map(|(&z, &y)| (z, y));
        if let Some(dz) = dz {
            dz.iter_mut().zip(pairs()).for_each(|(dz, (z, y))| *dz = T::of(slope(z, y)));
        }
        pairs().map(|(z, y)| slope(z, y) * (z.wide() - y.wide())).sum()
    }
}

impl Named for Quantile {
    const NAME: &'static str = QUANTILE;

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("share", &mut self.share, 0.0..=1.0)]
    }
}

impl AnyCost for Quantile {
    fn link(&self) -> Link {
        Link::Identity
    }

    fn targets(&self) -> Targets {
        Targets::Finite
    }
}
