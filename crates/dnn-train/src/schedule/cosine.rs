//! Half a cosine from the full rate to its floor, once or again and again.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use super::{Clock, fault};

/// `floor + (1 − floor) (1 + cos(π t / T)) / 2` in a cycle of length T, t from its beginning (I. Loshchilov and F. Hutter,
/// arXiv:1608.03983, eq. 5), as PyTorch's `CosineAnnealingLR` and `CosineAnnealingWarmRestarts`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cosine {
    /// The rate at the end, as a share of the first, from 0 to 1; 0.
    pub floor: f64,
    /// Epochs of the first cycle, after which the rate starts from the top again; left out, one cycle lasts the whole run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle_epochs: Option<f64>,
    /// How much longer each cycle is than the one before, from 1; 1.
    pub growth: f64,
}

impl Default for Cosine {
    fn default() -> Self {
        Self { floor: 0.0, cycle_epochs: None, growth: 1.0 }
    }
}

impl Cosine {
    pub(super) fn factor(self, clock: Clock) -> f64 {
        let done = match self.cycle_epochs {
            None => clock.step / clock.steps,
            Some(epochs) => self.within_cycle(clock.step, (epochs * clock.steps_per_epoch).round().max(1.0)),
        };
        self.floor + (1.0 - self.floor) * (1.0 + (PI * done).cos()) / 2.0
    }

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

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        let floor = fault("floor", self.floor, (0.0..=1.0).contains(&self.floor), "from 0 to 1: 0 is usual");
        let growth = fault("growth", self.growth, self.growth >= 1.0, "1 or more: 2 is usual");
        let cycle = self
            .cycle_epochs
            .and_then(|epochs| fault("cycle_epochs", epochs, epochs > 0.0, "above 0: 10 is usual"));
        [floor, growth, cycle].into_iter().flatten()
    }
}
