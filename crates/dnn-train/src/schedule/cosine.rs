//! Half a cosine from the full rate to its floor, once or again and again.

use std::f64::consts::PI;

use dnn_core::{Constant, Named};

use super::rate::{Clock, Plateau, Schedule};

/// `floor + (1 − floor) (1 + cos(π t / T)) / 2` in a cycle of length T, t from its beginning (I. Loshchilov and F. Hutter,
/// arXiv:1608.03983, eq. 5), as PyTorch's `CosineAnnealingLR` and `CosineAnnealingWarmRestarts`
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cosine {
    /// The rate at the end, as a share of the first, from 0 to 1; 0.
    pub floor: f64,
    /// Epochs of the first cycle, after which the rate starts from the top again; left out, one cycle lasts the whole run.
    pub cycle_epochs: Option<f64>,
    /// How much longer each cycle is than the one before, from 1; 1.
    pub growth: f64,
}

impl Default for Cosine {
    fn default() -> Self {
        Self { floor: 0.0, cycle_epochs: None, growth: 1.0 }
    }
}

impl Named for Cosine {
    const NAME: &'static str = "cosine";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("floor", &mut self.floor, 0.0..=1.0),
            Constant::new("cycle_epochs", &mut self.cycle_epochs, Constant::POSITIVE),
            Constant::new("growth", &mut self.growth, 1.0..),
        ]
    }
}

impl Schedule for Cosine {
    fn factor(&self, clock: Clock, _plateau: &Plateau) -> f64 {
        let done = match self.cycle_epochs {
            None => clock.step / clock.steps,
            Some(epochs) => self.within_cycle(clock.step, (epochs * clock.steps_per_epoch).round().max(1.0)),
        };
        self.floor + (1.0 - self.floor) * (1.0 + (PI * done).cos()) / 2.0
    }
}

impl Cosine {
    /// The share of the cycle that is done after `step` steps; the first cycle has `length`.
    fn within_cycle(self, mut step: f64, mut length: f64) -> f64 {
        if self.growth == 1.0 {
            return step % length / length;
        }
        while step >= length {
            step -= length;
            // In whole steps, and longer by one at least, so that the loop is short.
            length = (length * self.growth).round().max(length + 1.0);
        }
        step / length
    }
}
