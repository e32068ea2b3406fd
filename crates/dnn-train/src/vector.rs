//! Sums over vectors, in f64 and in an order that depends on the length alone.

use dnn_core::{Real, widest};

/// Sums that are kept apart until the end, so that the loop becomes vector code without a change of order.
const LANES: usize = 16;

/// `Σ term(a, b)` over pairs.
#[inline(always)]
pub(crate) fn sum_pairs<T: Real>(a: &[T], b: &[T], term: impl Fn(T, T) -> f64) -> f64 {
    widest(
        #[inline(always)]
        || {
            let mut sums = [0.0; LANES];
            let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
            let rest = a.remainder().iter().zip(b.remainder());
            for (a, b) in a.zip(b) {
                for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
                    *sum += term(a, b);
                }
            }
            rest.zip(&mut sums).for_each(|((&a, &b), sum)| *sum += term(a, b));
            sums.iter().sum()
        },
    )
}

/// `Σ a b`
pub(crate) fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    sum_pairs(a, b, |a, b| a.wide() * b.wide())
}

/// `to ← to + factor · from`
pub(crate) fn add<T: Real>(to: &mut [T], factor: f64, from: &[T]) {
    let factor = T::of(factor);
    widest(
        #[inline(always)]
        || to.iter_mut().zip(from).for_each(|(to, &from)| *to += factor * from),
    );
}

/// `vector ← factor · vector`
pub(crate) fn scale<T: Real>(vector: &mut [T], factor: f64) {
    let factor = T::of(factor);
    widest(
        #[inline(always)]
        || vector.iter_mut().for_each(|value| *value *= factor),
    );
}
