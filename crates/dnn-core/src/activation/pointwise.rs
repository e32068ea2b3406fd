//! The short form of an activation that works entry by entry, and the adaptor that makes the long form of it.

use std::sync::Arc;

use super::traits::{Activation, AnyActivation, IntoActivation, Saved};
use crate::named::{Configured, Named};
use crate::{NamedConfig, Real, widest};

/// An activation given by its function and derivative, once for both precisions: all that most plug-ins write.
///
/// ```
/// use dnn_core::activation::{Elementwise, Saved};
/// use dnn_core::{Compute, Naive, Named, Network, Real, Sigmoid};
///
/// /// g(z) = z / (1 + |z|)
/// #[derive(Clone, Default)]
/// struct Softsign;
///
/// impl Named for Softsign {
///     const NAME: &'static str = "my-crate/softsign";
/// }
///
/// impl Elementwise for Softsign {
///     const SAVED: Saved = Saved::Output;
///
///     fn f<T: Real>(&self, z: T) -> T {
///         z / (T::one() + z.abs())
///     }
///
///     fn df<T: Real>(&self, a: T) -> T {
///         (T::one() - a.abs()).powi(2)
///     }
/// }
///
/// let network = Network::builder(2).dense(3, Softsign).dense(1, Sigmoid).build()?;
/// assert_eq!(network.to_string(), "2-3-1, my-crate/softsign inside, sigmoid last");
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub trait Elementwise: Named {
    /// What [`df`](Self::df) is given: z or a.
    const SAVED: Saved;

    /// As [`AnyActivation::weight_variance`]; `|inputs, _| 2.0 / inputs as f64` suits what is like ReLU.
    const WEIGHT_VARIANCE: WeightVariance = |inputs, units| 2.0 / (inputs + units) as f64;

    /// `a = g(z)`.
    fn f<T: Real>(&self, z: T) -> T;

    /// `g'(z)`, from z or from a as [`SAVED`](Self::SAVED) says.
    fn df<T: Real>(&self, saved: T) -> T;
}

/// The variance of weights for a layer of so many inputs and units.
pub type WeightVariance = fn(inputs: usize, units: usize) -> f64;

/// The long form of `E`: loops over blocks, in the widest instructions the processor has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pointwise<E>(pub E);

impl<T: Real, E: Elementwise> Activation<T> for Pointwise<E> {
    fn saved(&self) -> Saved {
        E::SAVED
    }

    fn forward(&self, _units: usize, _parameters: &[T], z: &mut [T]) {
        widest(
            #[inline(always)]
            || z.iter_mut().for_each(|z| *z = self.0.f(*z)),
        );
    }

    fn backward(&self, _units: usize, _parameters: &[T], saved: &[T], delta: &mut [T]) {
        // dZ[l] = dA[l] * g'(Z[l]): dnn::guide::forward_and_backward
        widest(
            #[inline(always)]
            || delta.iter_mut().zip(saved).for_each(|(delta, &saved)| *delta *= self.0.df(saved)),
        );
    }
}

impl<E: Elementwise> Configured for Pointwise<E> {
    fn name(&self) -> &str {
        E::NAME
    }

    fn config(&self) -> NamedConfig {
        self.0.config()
    }
}

impl<E: Elementwise> AnyActivation for Pointwise<E> {
    fn weight_variance(&self, inputs: usize, units: usize) -> f64 {
        E::WEIGHT_VARIANCE(inputs, units)
    }
}

impl<E: Elementwise> IntoActivation for E {
    fn into_activation(self) -> Arc<dyn AnyActivation> {
        Arc::new(Pointwise(self))
    }
}
