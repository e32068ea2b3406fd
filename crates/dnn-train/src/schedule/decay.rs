//! Rates that stay, fall in stairs, or fall smoothly. `t` is the time in epochs since the schedule began.

use dnn_core::{Constant, Named};

use super::rate::{Clock, Plateau, Schedule};

/// Always 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ConstantRate;

impl Named for ConstantRate {
    const NAME: &'static str = "constant";
}

impl Schedule for ConstantRate {
    fn factor(&self, _clock: Clock, _plateau: &Plateau) -> f64 {
        1.0
    }
}

/// `factor^⌊t / every_epochs⌋`, as PyTorch's `StepLR`
#[derive(Debug, Clone, Copy, PartialEq)]
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

impl Named for Staircase {
    const NAME: &'static str = "step";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("every_epochs", &mut self.every_epochs, Constant::POSITIVE),
            Constant::new("factor", &mut self.factor, Constant::SHARE),
        ]
    }
}

impl Schedule for Staircase {
    fn factor(&self, clock: Clock, _plateau: &Plateau) -> f64 {
        // In whole steps: a stair must not move by the rounding of a fraction of an epoch.
        let every = (self.every_epochs * clock.steps_per_epoch).round().max(1.0);
        self.factor.powf((clock.step / every).floor())
    }
}

/// `factor^t`, which meets PyTorch's `ExponentialLR` at the beginning of each epoch
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    /// What is left of the rate after an epoch, above 0 and up to 1; 0.95.
    pub factor: f64,
}

impl Default for Exponential {
    fn default() -> Self {
        Self { factor: 0.95 }
    }
}

impl Named for Exponential {
    const NAME: &'static str = "exponential";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("factor", &mut self.factor, Constant::SHARE)]
    }
}

impl Schedule for Exponential {
    fn factor(&self, clock: Clock, _plateau: &Plateau) -> f64 {
        self.factor.powf(clock.epochs())
    }
}

/// `1 / (1 + decay · t)`, the course's rule
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InverseTime {
    /// How fast: after 1 / decay epochs the rate is half of the first; from 0; 1.
    pub decay: f64,
}

impl Default for InverseTime {
    fn default() -> Self {
        Self { decay: 1.0 }
    }
}

impl Named for InverseTime {
    const NAME: &'static str = "inverse_time";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("decay", &mut self.decay, 0.0..)]
    }
}

impl Schedule for InverseTime {
    fn factor(&self, clock: Clock, _plateau: &Plateau) -> f64 {
        1.0 / (1.0 + self.decay * clock.epochs())
    }
}
