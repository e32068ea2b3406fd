//! The two cross-entropies: yes or no for each row, and one class of several. Both may smooth their targets.
//!
//! Smoothing (C. Szegedy et al., arXiv:1512.00567, section 7): a share `s` of every target is spread over all classes, so
//! that no score is driven to infinity.

use dnn_core::{Constant, Named, Real};

use super::traits::{AnyCost, Cost, Link, Targets};

/// `−y ln a − (1 − y) ln(1 − a)`, `a` = sigmoid(z), summed over the rows: yes or no for each row. With smoothing y is
/// `(1 − s) y + s/2`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BinaryCrossEntropy {
    /// The share s of a target that is spread over yes and no, from 0 to below 1; 0.
    pub smoothing: f64,
}

impl<T: Real> Cost<T> for BinaryCrossEntropy {
    fn cost(&self, _units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
        let smooth = smoothed::<T>(self.smoothing, 2);
        // `small` = e^−|z|, which cannot overflow: ln(1 + eᶻ) − y z, and sigmoid(z) − y.
        let entry = |z: T, y: T, small: T| {
            let linear = if z > T::zero() { z * (T::one() - y) } else { -z * y };
            (linear + small.ln_1p()).wide()
        };
        // dZ[L] = A[L] − Y: dnn::guide::forward_and_backward
        let slope =
            |z: T, y: T, small: T| (if z > T::zero() { T::one() } else { small }) / (T::one() + small) - y;
        let pairs = z.iter().zip(y).map(|(&z, &y)| (z, smooth(y), (-z.abs()).exp()));
        let Some(dz) = dz else { return pairs.map(|(z, y, small)| entry(z, y, small)).sum() };
        let filled = pairs.zip(dz).map(|((z, y, small), dz)| {
            *dz = slope(z, y, small);
            entry(z, y, small)
        });
        filled.sum()
    }
}

impl Named for BinaryCrossEntropy {
    const NAME: &'static str = "binary_cross_entropy";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("smoothing", &mut self.smoothing, 0.0..1.0)]
    }
}

impl AnyCost for BinaryCrossEntropy {
    fn link(&self) -> Link {
        Link::Sigmoid
    }

    fn targets(&self) -> Targets {
        Targets::Probabilities
    }
}

/// `−Σ y ln a` over the rows, `a` = softmax(z): one class of several. With smoothing y is `(1 − s) y + s / n[L]`, as
/// PyTorch's `CrossEntropyLoss` has it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SoftmaxCrossEntropy {
    /// The share s of a target that is spread over all classes, from 0 to below 1; 0.
    pub smoothing: f64,
}

impl<T: Real> Cost<T> for SoftmaxCrossEntropy {
    fn cost(&self, units: usize, z: &[T], y: &[T], mut dz: Option<&mut [T]>) -> f64 {
        let smooth = smoothed::<T>(self.smoothing, units);
        let mut total = 0.0;
        for (column, (z, y)) in z.chunks_exact(units).zip(y.chunks_exact(units)).enumerate() {
            let largest = z.iter().copied().fold(T::neg_infinity(), T::max);
            let exp = |&z: &T| (z - largest).exp();
            let sum = match dz.as_deref_mut() {
                None => z.iter().map(exp).sum::<T>(),
                Some(dz) => {
                    let dz = &mut dz[column * units..(column + 1) * units];
                    dz.iter_mut().zip(z).for_each(|(dz, z)| *dz = exp(z));
                    let sum = dz.iter().copied().sum::<T>();
                    dz.iter_mut().zip(y).for_each(|(dz, &y)| *dz = *dz / sum - smooth(y));
                    sum
                }
            };
            let log_sum = sum.ln();
            let entry = |(&z, &y): (&T, &T)| smooth(y) * ((largest - z) + log_sum);
            total += z.iter().zip(y).map(|pair| entry(pair).wide()).sum::<f64>();
        }
        total
    }
}

impl Named for SoftmaxCrossEntropy {
    const NAME: &'static str = "softmax_cross_entropy";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("smoothing", &mut self.smoothing, 0.0..1.0)]
    }
}

impl AnyCost for SoftmaxCrossEntropy {
    fn link(&self) -> Link {
        Link::Softmax
    }

    fn targets(&self) -> Targets {
        Targets::Distributions
    }
}

/// A target of one of so many classes, smoothed; without smoothing every bit stays as it is.
fn smoothed<T: Real>(smoothing: f64, classes: usize) -> impl Fn(T) -> T {
    let (keep, spread) = (T::of(1.0 - smoothing), T::of(smoothing / classes as f64));
    move |y| keep * y + spread
}

/// `dA[L] = −(y/a) + (1 − y)/(1 − a)`: the course's explicit way into the backward pass, from outputs a in (0, 1).
///
/// Training takes the folded way instead, which divides by nothing; a test shows that both agree to rounding.
pub fn explicit_binary_gradient<T: Real>(a: &[T], y: &[T], da: &mut [T]) {
    let one = T::one();
    // dA[L] = −(Y/A[L]) + (1 − Y)/(1 − A[L]): dnn::guide::forward_and_backward
    da.iter_mut().zip(a.iter().zip(y)).for_each(|(da, (&a, &y))| *da = -(y / a) + (one - y) / (one - a));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_scores_keep_their_digits() {
        // −ln(sigmoid(−50)) = 50 + ln(1 + e⁻⁵⁰); the naive form gives ln of a rounded 0.
        let cost: f64 = BinaryCrossEntropy::default().cost(1, &[-50.0_f64], &[1.0], None);
        assert!((cost - 50.0).abs() < 1e-13, "{cost}");
        let cost: f64 = SoftmaxCrossEntropy::default().cost(2, &[0.0_f64, 800.0], &[1.0, 0.0], None);
        assert!((cost - 800.0).abs() < 1e-12, "{cost}");
    }
}
