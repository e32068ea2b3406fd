//! Early stopping: the run ends when the validation examples gain nothing more, with the best parameters restored.

use serde::{Deserialize, Serialize};

/// Ends a run after `patience` looks at the validation examples in a row that were no better than the best (L. Prechelt,
/// "Early Stopping – But When?", 1998, the third criterion). However the run ends by itself, it ends with the parameters of
/// the best look; one that an observer stops keeps those it has, to be resumed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EarlyStopping {
    /// Looks in a row without a better one, 1 or more; 10.
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

/// What [`EarlyStopping`] remembers from look to look: plain data, for a run to be resumed with.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    /// The best value so far, its sign turned if more is better.
    pub value: Option<f64>,
    /// The step after which it was seen.
    pub step: u64,
    /// Looks since then.
    #[serde(deserialize_with = "crate::run_state::count")]
    pub looks_since: u64,
}

impl Best {
    /// Before the first look.
    pub const START: Self = Self { value: None, step: 0, looks_since: 0 };
}

impl EarlyStopping {
    /// Takes note of a value, the lower the better: whether it is the best so far.
    pub(crate) fn see(&self, value: f64, step: u64, best: &mut Best) -> bool {
        let better = !value.is_nan() && best.value.is_none_or(|best| value < best - self.minimum_improvement);
        *best = match better {
            true => Best { value: Some(value), step, looks_since: 0 },
            false => Best { looks_since: best.looks_since + 1, ..*best },
        };
        better
    }

    /// Whether the run is over.
    pub(crate) fn is_over(&self, best: &Best) -> bool {
        best.looks_since >= self.patience
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
    fn the_run_is_over_after_as_many_looks_without_a_better_one_as_patience() {
        let early = EarlyStopping { patience: 3, minimum_improvement: 0.1, watch: None };
        let mut best = Best::START;
        let seen: Vec<(bool, bool)> = [1.0, 0.8, 0.75, 0.6, 0.6, 0.55, 0.7]
            .into_iter()
            .enumerate()
            .map(|(step, value)| (early.see(value, step as u64, &mut best), early.is_over(&best)))
            .collect();
        assert_eq!(seen.iter().filter(|seen| seen.0).count(), 3, "{seen:?}");
        assert_eq!(seen.iter().position(|seen| seen.1), Some(6));
        assert_eq!((best.value, best.step, best.looks_since), (Some(0.6), 3, 3));
    }
}
