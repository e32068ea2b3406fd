//! Rates that stay, fall in stairs, or fall smoothly. `t` is the time in epochs since the schedule began.

use serde::{Deserialize, Serialize};

use super::{Clock, fault};

/// Always 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Constant;

/// `factor^⌊t / every_epochs⌋`, as PyTorch's `StepLR`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Staircase {
    /// Epochs between two stairs; 30.
    pub every_epochs: f64,
    /// What the rate is multiplied by at each, above 0 and up to 1; 0.1.
    pub factor: f64,
}

impl Default for Staircase {
    fn default() -> Self {
        Self { every_epochs: 30.0, factor: 0.1 }
    }
}

impl Staircase {
    pub(super) fn factor(self, clock: Clock) -> f64 {
        // In whole steps: a stair must not move by the rounding of a fraction of an epoch.
        let every = (self.every_epochs * clock.steps_per_epoch).round().max(1.0);
        self.factor.powf((clock.step / every).floor())
    }

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        let every = fault("every_epochs", self.every_epochs, self.every_epochs > 0.0, "above 0: 30 is usual");
        every.into_iter().chain(share("factor", self.factor, "0.1"))
    }
}

/// `factor^t`, which meets PyTorch's `ExponentialLR` at the beginning of each epoch
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exponential {
    /// What is left of the rate after an epoch, above 0 and up to 1; 0.95.
    pub factor: f64,
}

impl Default for Exponential {
    fn default() -> Self {
        Self { factor: 0.95 }
    }
}

impl Exponential {
    pub(super) fn factor(self, clock: Clock) -> f64 {
        self.factor.powf(clock.epochs())
    }

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        share("factor", self.factor, "0.95").into_iter()
    }
}

/// `1 / (1 + decay · t)`, the course's rule
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InverseTime {
    /// How fast: after 1 / decay epochs the rate is half of the first; from 0; 1.
    pub decay: f64,
}

impl Default for InverseTime {
    fn default() -> Self {
        Self { decay: 1.0 }
    }
}

impl InverseTime {
    pub(super) fn factor(self, clock: Clock) -> f64 {
        1.0 / (1.0 + self.decay * clock.epochs())
    }

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        fault("decay", self.decay, self.decay >= 0.0, "0 or more: 1 is usual").into_iter()
    }
}

pub(super) fn share(name: &str, value: f64, usual: &str) -> Option<String> {
    fault(name, value, value > 0.0 && value <= 1.0, &format!("above 0 and up to 1: {usual} is usual"))
}
