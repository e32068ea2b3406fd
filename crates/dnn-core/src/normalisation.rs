//! Layer normalisation: each example's numbers are brought to mean 0 and variance 1, then stretched and shifted unit by unit.
//!
//! `y = gain · x̂ + bias`, `x̂ = (x − mean) / √(variance + epsilon)`, both over the units of one example (J. L. Ba, J. R. Kiros
//! and G. E. Hinton, arXiv:1607.06450). Backwards, with `dx̂ = gain · dy` and means over the units:
//! `dx = (dx̂ − mean(dx̂) − x̂ · mean(dx̂ · x̂)) / √(variance + epsilon)`, `dgain = 1/m Σ dy · x̂`, `dbias = 1/m Σ dy`.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::layer::{AnyLayer, Batch, Block, Kind, Layer, LayerSpecification, Part};
use crate::matrix::Matrix;
use crate::product::Products;
use crate::{Error, Real, Result, widest};

/// Normalises each example over its `units` features.
///
/// Parameters: the gains, which start at 1, then the biases, which start at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerNormalisation {
    units: usize,
    epsilon: f64,
}

impl LayerNormalisation {
    /// Over `units` features, with epsilon 1e-5.
    pub fn new(units: usize) -> Self {
        Self { units, epsilon: 1e-5 }
    }

    /// With another `epsilon`, added to the variance: above 0.
    ///
    /// # Errors
    /// [`Error::Constant`] if it is not.
    pub fn with_epsilon(self, epsilon: f64) -> Result<Self> {
        if epsilon.is_finite() && epsilon > 0.0 {
            return Ok(Self { epsilon, ..self });
        }
        Err(Error::Constant {
            name: "layer normalisation's epsilon",
            found: epsilon.to_string(),
            expected: "a number above 0",
            remedy: "1e-5 is usual",
        })
    }
}

impl<T: Real> Layer<T> for LayerNormalisation {
    fn forward(&self, _: &dyn Products<T>, parameters: &[T], x: Matrix<'_, T>, cache: &mut [T], y: &mut [T]) {
        let (gain, bias) = parameters.split_at(self.units);
        let (share, epsilon) = (T::of(1.0 / self.units as f64), T::of(self.epsilon));
        widest(
            #[inline(always)]
            || {
                let columns = x.values().chunks_exact(self.units).zip(y.chunks_exact_mut(self.units));
                for ((x, y), kept) in columns.zip(cache.chunks_exact_mut(self.units + 1)) {
                    let (scale, normal) = kept.split_at_mut(1);
                    let mean = sum(x, |&x| x) * share;
                    normal.iter_mut().zip(x).for_each(|(normal, &x)| *normal = x - mean);
                    let variance = sum(normal, |&x| x * x) * share;
                    scale[0] = T::one() / (variance + epsilon).sqrt();
                    for (((y, normal), &gain), &bias) in y.iter_mut().zip(normal).zip(gain).zip(bias) {
                        *normal *= scale[0];
                        *y = gain * *normal + bias;
                    }
                }
            },
        );
    }

    fn backward(&self, _: &dyn Products<T>, parameters: &[T], block: Block<'_, T>, dx: Option<&mut [T]>) {
        let Block { cache, dy, sums, .. } = block;
        let gain = &parameters[..self.units];
        let share = T::of(1.0 / self.units as f64);
        let kept = || cache.chunks_exact(self.units + 1).map(|kept| (kept[0], &kept[1..]));
        widest(
            #[inline(always)]
            || {
                sums.fill(T::zero());
                let (gain_sums, bias_sums) = sums.split_at_mut(self.units);
                for (dy, (_, normal)) in dy.chunks_exact(self.units).zip(kept()) {
                    gain_sums
                        .iter_mut()
                        .zip(dy.iter().zip(normal))
                        .for_each(|(sum, (&dy, &x))| *sum += dy * x);
                    bias_sums.iter_mut().zip(dy).for_each(|(sum, &dy)| *sum += dy);
                }
                let Some(dx) = dx else { return };
                let columns = dx.chunks_exact_mut(self.units).zip(dy.chunks_exact(self.units));
                for ((dx, dy), (scale, normal)) in columns.zip(kept()) {
                    dx.iter_mut().zip(gain.iter().zip(dy)).for_each(|(dx, (&gain, &dy))| *dx = gain * dy);
                    let mean = sum(dx, |&dx| dx) * share;
                    let along = sum_of_products(dx, normal) * share;
                    dx.iter_mut().zip(normal).for_each(|(dx, &x)| *dx = (*dx - mean - x * along) * scale);
                }
            },
        );
    }

    fn gradient(&self, _: &dyn Products<T>, batch: Batch<'_, T>, range: Range<usize>, gradient: &mut [T]) {
        gradient.fill(T::zero());
        for sums in batch.sums.chunks_exact(2 * self.units) {
            gradient.iter_mut().zip(&sums[range.clone()]).for_each(|(gradient, &sum)| *gradient += sum);
        }
        gradient.iter_mut().for_each(|gradient| *gradient *= batch.scale);
    }
}

/// Sums that are formed side by side, as registers hold them.
const LANES: usize = 16;

/// `Σ term(x)`, in an order that depends on the length alone.
#[inline(always)]
fn sum<T: Real>(x: &[T], term: impl Fn(&T) -> T) -> T {
    let (rows, rest) = x.as_chunks::<LANES>();
    let mut sums = [T::zero(); LANES];
    rows.iter().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += term(x)));
    sums.into_iter().chain(rest.iter().map(&term)).sum()
}

/// `Σ a · b`, in the same order.
#[inline(always)]
fn sum_of_products<T: Real>(a: &[T], b: &[T]) -> T {
    let ((a_rows, a_rest), (b_rows, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [T::zero(); LANES];
    for (a, b) in a_rows.iter().zip(b_rows) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (&a, &b))| *sum += a * b);
    }
    sums.into_iter().chain(a_rest.iter().zip(b_rest).map(|(&a, &b)| a * b)).sum()
}

impl AnyLayer for LayerNormalisation {
    fn inputs(&self) -> usize {
        self.units
    }

    fn outputs(&self) -> usize {
        self.units
    }

    fn parts(&self) -> Vec<Part> {
        let n = self.units;
        vec![
            Part { name: "gain", kind: Kind::Gain, range: 0..n, shape: (n, 1), start: 1.0 },
            Part { name: "bias", kind: Kind::Bias, range: n..2 * n, shape: (n, 1), start: 0.0 },
        ]
    }

    fn cache_rows(&self) -> usize {
        self.units + 1
    }

    fn sum_count(&self) -> usize {
        2 * self.units
    }

    fn specification(&self) -> LayerSpecification {
        LayerSpecification {
            kind: "layer_normalisation".into(),
            inputs: self.units,
            outputs: self.units,
            activation: None,
            constants: BTreeMap::from([("epsilon".into(), self.epsilon)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Compute, Naive, Network};
    use ndarray::array;

    #[test]
    fn examples_get_mean_0_and_variance_1() {
        let network = Network::builder(3).layer(LayerNormalisation::new(3)).build().unwrap();
        let x = array![[1.0, 100.0], [2.0, 200.0], [3.0, 300.0]];
        let y = network
            .predict(Compute::serial(&Naive), &network.starting_parameters::<f64>(), x.view())
            .unwrap();
        // (x − mean) / √(variance + 1e-5), with variances 2/3 and 2/3 · 1e4.
        let expected = |variance: f64, distance: f64| distance / (variance + 1e-5).sqrt();
        for (column, (variance, distance)) in [(2.0 / 3.0, 1.0), (2e4 / 3.0, 100.0)].into_iter().enumerate() {
            for (row, sign) in [-1.0, 0.0, 1.0].into_iter().enumerate() {
                assert!((y[[row, column]] - sign * expected(variance, distance)).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn an_epsilon_of_zero_is_refused_in_words() {
        let message = LayerNormalisation::new(3).with_epsilon(0.0).unwrap_err().to_string();
        assert_eq!(message, "layer normalisation's epsilon is 0, expected a number above 0: 1e-5 is usual");
    }
}
