//! Dropout: in training each number is left out with a fixed probability, and the others are enlarged to make up for it.
//!
//! `y = x · d / (1 − rate)`, d = 0 with probability `rate` and else 1; in prediction `y = x` (N. Srivastava et al., Journal of
//! Machine Learning Research 15, 2014, in the inverted form). Backwards: `dx = dy · d / (1 − rate)`.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::layer::{AnyLayer, Batch, Block, Draws, Layer, LayerSpecification, Part};
use crate::matrix::Matrix;
use crate::product::Products;
use crate::{Error, Real, Result, widest};

/// Leaves out each of its inputs with probability `rate` in training.
///
/// What is left out depends on the run's seed, the step, the layer, the example's place in the batch and the unit: so it is
/// the same on any number of threads, and in a run that is resumed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    units: usize,
    rate: f64,
}

impl Dropout {
    /// For `units` features, of which each is left out with probability `rate`, from 0 to below 1.
    ///
    /// # Errors
    /// [`Error::Constant`] for another rate.
    pub fn new(units: usize, rate: f64) -> Result<Self> {
        if (0.0..1.0).contains(&rate) {
            return Ok(Self { units, rate });
        }
        Err(Error::Constant {
            name: "dropout's rate",
            found: rate.to_string(),
            expected: "a probability from 0 to below 1",
            remedy: "0.5 is usual for wide layers, 0.2 for inputs",
        })
    }
}

impl<T: Real> Layer<T> for Dropout {
    fn forward(&self, _: &dyn Products<T>, _: &[T], x: Matrix<'_, T>, cache: &mut [T], y: &mut [T]) {
        cache.fill(T::one());
        y.copy_from_slice(x.values());
    }

    fn forward_training(
        &self,
        _: &dyn Products<T>,
        _: &[T],
        x: Matrix<'_, T>,
        cache: &mut [T],
        y: &mut [T],
        draws: Draws,
    ) {
        let mut stream = draws.stream(self.units);
        let kept = T::of(1.0 / (1.0 - self.rate));
        cache
            .iter_mut()
            .for_each(|factor| *factor = if stream.uniform() < self.rate { T::zero() } else { kept });
        multiply(x.values(), cache, y);
    }

    fn backward(&self, _: &dyn Products<T>, _: &[T], block: Block<'_, T>, dx: Option<&mut [T]>) {
        if let Some(dx) = dx {
            multiply(block.dy, block.cache, dx);
        }
    }

    fn gradient(&self, _: &dyn Products<T>, _: Batch<'_, T>, _: Range<usize>, _: &mut [T]) {}
}

/// `c = a · b`, number by number.
fn multiply<T: Real>(a: &[T], b: &[T], c: &mut [T]) {
    widest(
        #[inline(always)]
        || c.iter_mut().zip(a.iter().zip(b)).for_each(|(c, (&a, &b))| *c = a * b),
    );
}

impl AnyLayer for Dropout {
    fn inputs(&self) -> usize {
        self.units
    }

    fn outputs(&self) -> usize {
        self.units
    }

    fn parts(&self) -> Vec<Part> {
        Vec::new()
    }

    fn draws(&self) -> bool {
        self.rate > 0.0
    }

    fn cache_rows(&self) -> usize {
        self.units
    }

    fn specification(&self) -> LayerSpecification {
        LayerSpecification {
            kind: "dropout".into(),
            inputs: self.units,
            outputs: self.units,
            activation: None,
            constants: BTreeMap::from([("rate".into(), self.rate)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::{Compute, Naive, Network};
    use ndarray::Array2;

    /// What 400 units give for 50 ones each, with this key.
    fn trained(key: Option<Key>) -> Array2<f32> {
        let network = Network::builder(400).layer(Dropout::new(400, 0.25).unwrap()).build().unwrap();
        let mut workspace = network.workspace(50).unwrap();
        workspace.draw_from(key);
        let x = crate::column_major(&Array2::ones((400, 50)).view());
        network.forward(Compute::serial(&Naive), &[], x.view(), &mut workspace).unwrap().to_owned()
    }

    #[test]
    fn the_rate_is_left_out_and_the_rest_makes_up_for_it() {
        let y = trained(Some(Key::new(1, Purpose::Dropout)));
        let zeros = y.iter().filter(|&&y| y == 0.0).count() as f64 / 20_000.0;
        // Four standard errors of a share of 0.25 among 20,000.
        assert!((zeros - 0.25).abs() < 0.0123, "{zeros}");
        assert!(y.iter().all(|&y| y == 0.0 || y == 4.0 / 3.0));
        assert_ne!(y, trained(Some(Key::new(1, Purpose::Dropout).step(1))));
        assert_eq!(y, trained(Some(Key::new(1, Purpose::Dropout))));
    }

    #[test]
    fn nothing_is_left_out_outside_of_training() {
        assert!(trained(None).iter().all(|&y| y == 1.0));
    }

    #[test]
    fn a_rate_that_is_no_probability_is_refused_in_words() {
        assert_eq!(
            Dropout::new(3, 1.0).unwrap_err().to_string(),
            "dropout's rate is 1, expected a probability from 0 to below 1: 0.5 is usual for wide layers, 0.2 for inputs"
        );
        assert!(Dropout::new(3, f64::NAN).is_err());
    }
}
