//! Early stopping: the run ends when the validation examples gain nothing more, with the best parameters restored.

use serde::{Deserialize, Serialize};

/// Ends a run after `patience` evaluations of the validation examples in a row that were no better than the best (L. Prechelt,
/// "Early Stopping – But When?", 1998, the third criterion). However the run ends by itself, it ends with the parameters of
/// the best evaluation; one that an observer stops keeps those it has, to be resumed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EarlyStopping {
    /// Evaluations in a row without a better one, 1 or more; 10.
    pub patience: u64,
    /// By how much a better one must be better, 0 or more; 0.
    pub minimum_improvement: f64,
    /// Which of the plan's metrics is watched, by name; none, but the validation cost.
    pub watch: Option<String>,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self { patience: 10, minimum_improvement: 0.0, watch: None }
    }
}

/// Which parameters are the best so far, for early stopping and checkpoints alike: those with the best watched metric or, if
/// none is watched, the lowest validation cost; until the first evaluation, those with the lowest cost of an epoch. Plain
/// data, for a run to be resumed with.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    /// The best value so far, its sign turned if more is better.
    pub value: Option<f64>,
    /// Whether it is of the validation examples, else of an epoch.
    pub validation: bool,
    /// The step after which it was seen.
    pub step: u64,
    /// Evaluations of the validation examples since then.
    pub evaluations_since_best: u64,
}

impl Best {
    /// Before the first step.
    pub const START: Self = Self { value: None, validation: false, step: 0, evaluations_since_best: 0 };

    /// Takes note of a value, the lower the better: whether it is the best so far. Those of validation examples count before
    /// any of an epoch.
    pub(crate) fn note(&mut self, value: f64, step: u64, validation: bool, minimum_improvement: f64) -> bool {
        let better = match self.value {
            _ if value.is_nan() => false,
            Some(best) if self.validation == validation => value < best - minimum_improvement,
            Some(_) => validation,
            None => true,
        };
        let evaluations_since_best = match (validation, better) {
            (true, true) => 0,
            (true, false) => self.evaluations_since_best + 1,
            (false, _) => self.evaluations_since_best,
        };
        *self = match better {
            true => Self { value: Some(value), validation, step, evaluations_since_best },
            false => Self { evaluations_since_best, ..*self },
        };
        better
    }
}

impl EarlyStopping {
    /// Whether the run is over.
    pub(crate) fn is_over(&self, best: &Best) -> bool {
        best.evaluations_since_best >= self.patience
    }

    pub(crate) fn faults(&self) -> impl Iterator<Item = String> {
        let patience = (self.patience == 0)
            .then(|| "patience of early_stopping is 0, but must be 1 or more: 10 is usual".into());
        let improvement = self.minimum_improvement;
        let improvement = (!(improvement.is_finite() && improvement >= 0.0)).then(|| {
            format!(
                "minimum_improvement of early_stopping is {improvement}, but must be 0 or more: 0 is usual"
            )
        });
        [patience, improvement].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_is_over_after_as_many_evaluations_without_a_better_one_as_patience() {
        let early = EarlyStopping { patience: 3, minimum_improvement: 0.1, watch: None };
        let mut best = Best::START;
        let seen: Vec<(bool, bool)> = [1.0, 0.8, 0.75, 0.6, 0.6, 0.55, 0.7]
            .into_iter()
            .enumerate()
            .map(|(step, value)| (best.note(value, step as u64, true, 0.1), early.is_over(&best)))
            .collect();
        assert_eq!(seen.iter().filter(|seen| seen.0).count(), 3, "{seen:?}");
        assert_eq!(seen.iter().position(|seen| seen.1), Some(6));
        assert_eq!((best.value, best.step, best.evaluations_since_best), (Some(0.6), 3, 3));
    }

    #[test]
    fn validation_examples_count_before_any_epoch_and_epochs_end_no_run() {
        let mut best = Best::START;
        assert!(best.note(0.5, 4, false, 0.0) && !best.note(0.7, 8, false, 0.0));
        assert!(!best.note(f64::NAN, 9, true, 0.0) && best.note(0.4, 12, false, 0.0));
        assert_eq!(best.evaluations_since_best, 1);
        assert!(best.note(2.0, 14, true, 0.0) && !best.note(0.1, 16, false, 0.0));
        assert_eq!(best, Best { value: Some(2.0), validation: true, step: 14, evaluations_since_best: 0 });
    }
}
