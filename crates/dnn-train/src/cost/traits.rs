//! What a cost is: a price for scores beside targets, and its derivative.

use std::fmt;
use std::sync::Arc;

use dnn_core::{Both, Configured, Family, Real};

/// The activation that belongs to a cost and is folded into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// None: the cost takes what the network gives.
    Identity,
    /// One probability for each row.
    Sigmoid,
    /// Probabilities that sum to 1 over a column.
    Softmax,
}

impl Link {
    /// Its activation's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Sigmoid => "sigmoid",
            Self::Softmax => "softmax",
        }
    }
}

/// What targets a cost has a meaning for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// Any finite number.
    Finite,
    /// Each 0 or more.
    Counts,
    /// Each from 0 to 1.
    Probabilities,
    /// Each column from 0 to 1 and with sum 1.
    Distributions,
}

/// A cost in one precision.
pub trait Cost<T>: Send + Sync {
    /// The sum of the examples' costs, in f64. `z` and `y`: `(units, m)`. If `dz` is given, it receives the derivative
    /// by z, of the same shape, without the 1/m of the mean.
    fn cost(&self, units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64;
}

/// A cost in both precisions.
///
/// ```
/// use dnn_train::{BinaryCrossEntropy, Cost};
///
/// let mut dz = [0.0];
/// let cost = BinaryCrossEntropy::default().cost(1, &[0.0], &[1.0], Some(&mut dz));     // a = 0.5
/// assert!((cost - 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(dz, [-0.5]);                                                   // a − y
/// ```
pub trait AnyCost: Cost<f32> + Cost<f64> + Configured {
    /// The activation that is folded into it.
    fn link(&self) -> Link;

    /// The targets it has a meaning for.
    fn targets(&self) -> Targets;

    /// The cost as a registry shares it.
    fn into_cost(self) -> Arc<dyn AnyCost>
    where
        Self: Sized + 'static,
    {
        Arc::new(self)
    }
}

impl Family for dyn AnyCost {
    const KIND: &'static str = "cost";
}

impl<'a> Both for dyn AnyCost + 'a {
    type Half<T: Real> = dyn Cost<T> + 'a;

    fn f32(&self) -> &Self::Half<f32> {
        self
    }

    fn f64(&self) -> &Self::Half<f64> {
        self
    }
}

impl fmt::Debug for dyn AnyCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
