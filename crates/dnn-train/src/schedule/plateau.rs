//! A rate that falls when the cost no longer does.

use dnn_core::{Constant, Named};

use super::rate::{Clock, Plateau, Schedule};

/// Multiplies the rate by `factor` when the mean cost of an epoch has not been better for more than `patience` epochs, as
/// PyTorch's `ReduceLROnPlateau`
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReduceOnPlateau {
    /// What the rate is multiplied by, above 0 and up to 1; 0.1.
    pub factor: f64,
    /// Epochs in a row that may be no better; 10.
    pub patience: usize,
    /// The share of the best cost by which a better one must be lower, from 0 to below 1; 1e-4.
    pub threshold: f64,
    /// Epochs after a change in which none counts as bad; 0.
    pub cooldown: usize,
    /// The lowest rate, as a share of the first, from 0 to 1; 0.
    pub floor: f64,
    /// Whether it watches the validation cost instead, and counts evaluations instead of epochs; no.
    pub validation: bool,
}

impl Default for ReduceOnPlateau {
    fn default() -> Self {
        Self { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, floor: 0.0, validation: false }
    }
}

impl Named for ReduceOnPlateau {
    const NAME: &'static str = "reduce_on_plateau";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("factor", &mut self.factor, Constant::SHARE),
            Constant::new("patience", &mut self.patience, 0.0..),
            Constant::new("threshold", &mut self.threshold, 0.0..1.0),
            Constant::new("cooldown", &mut self.cooldown, 0.0..),
            Constant::new("floor", &mut self.floor, 0.0..=1.0),
            Constant::new("validation", &mut self.validation, 0.0..=1.0),
        ]
    }
}

impl Schedule for ReduceOnPlateau {
    fn factor(&self, _clock: Clock, plateau: &Plateau) -> f64 {
        plateau.factor
    }

    fn see(&self, cost: f64, validation: bool, plateau: &mut Plateau) {
        if self.validation == validation {
            self.take(cost, plateau);
        }
    }

    fn needs_validation(&self) -> bool {
        self.validation
    }
}

impl ReduceOnPlateau {
    /// Takes note of the mean cost of an epoch, or of the validation examples.
    fn take(self, cost: f64, plateau: &mut Plateau) {
        if plateau.best.is_none_or(|best| cost < best - self.threshold * best.abs()) {
            plateau.best = Some(cost);
            plateau.bad_epochs = 0;
        } else {
            plateau.bad_epochs += 1;
        }
        if plateau.cooldown > 0 {
            plateau.cooldown -= 1;
            plateau.bad_epochs = 0;
        }
        if plateau.bad_epochs > self.patience as u64 {
            plateau.factor = (plateau.factor * self.factor).max(self.floor);
            plateau.cooldown = self.cooldown as u64;
            plateau.bad_epochs = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_falls_after_more_bad_epochs_than_patience_and_not_in_the_cooldown() {
        let reduce =
            ReduceOnPlateau { factor: 0.5, patience: 1, cooldown: 2, floor: 0.2, ..Default::default() };
        let mut plateau = Plateau::default();
        let mut factors = Vec::new();
        for cost in [1.0, 0.9, 0.9, 0.89995, 0.95, 0.95, 0.95, 0.95, 0.5, 0.6, 0.6, 0.6] {
            reduce.take(cost, &mut plateau);
            factors.push(plateau.factor);
        }
        assert_eq!(factors, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.2]);
        assert_eq!(plateau.best, Some(0.5));
    }
}
