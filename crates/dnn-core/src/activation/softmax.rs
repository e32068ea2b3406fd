//! Softmax, the activation that looks at a whole column.

use std::sync::Arc;

use super::traits::{Activation, AnyActivation, IntoActivation, Saved};
use crate::Real;
use crate::named::Named;

/// `a_i = exp(z_i) / Σ_j exp(z_j)` over each column, shifted by the column's largest z so that nothing overflows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Softmax;

impl<T: Real> Activation<T> for Softmax {
    fn saved(&self) -> Saved {
        Saved::Output
    }

    fn forward(&self, units: usize, _parameters: &[T], z: &mut [T]) {
        for column in z.chunks_exact_mut(units) {
            let largest = column.iter().copied().fold(T::neg_infinity(), T::max);
            let mut sum = T::zero();
            for z in column.iter_mut() {
                *z = (*z - largest).exp();
                sum += *z;
            }
            column.iter_mut().for_each(|a| *a /= sum);
        }
    }

    /// `dZ_i = a_i (dA_i − Σ_j a_j dA_j)`.
    fn backward(&self, units: usize, _parameters: &[T], saved: &[T], delta: &mut [T]) {
        for (a, delta) in saved.chunks_exact(units).zip(delta.chunks_exact_mut(units)) {
            let mean: T = a.iter().zip(&*delta).map(|(&a, &da)| a * da).sum();
            delta.iter_mut().zip(a).for_each(|(delta, &a)| *delta = a * (*delta - mean));
        }
    }
}

impl Named for Softmax {
    const NAME: &'static str = "softmax";
}

impl AnyActivation for Softmax {}

impl IntoActivation for Softmax {
    fn into_activation(self) -> Arc<dyn AnyActivation> {
        Arc::new(self)
    }
}
