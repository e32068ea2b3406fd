//! Independent draws from the whole space.

use serde::{Deserialize, Serialize};

use super::{Known, Next, no_trials};

/// Draws each trial from the whole space: better than a grid where few of many dimensions matter (J. Bergstra and
/// Y. Bengio, Journal of Machine Learning Research 13, 2012).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Random {
    /// Trials, 1 or more; 20.
    pub trials: u64,
}

impl Default for Random {
    fn default() -> Self {
        Self { trials: 20 }
    }
}

impl Random {
    pub(super) fn next(&self, known: Known<'_>) -> Next {
        match known.decided.len() as u64 + 1 {
            number if number <= self.trials => Next::Try(known.drawn(number, None)),
            _ => Next::Done,
        }
    }

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        no_trials(self.trials).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Strategy;
    use super::super::tests::{decisions, space};
    use super::*;

    #[test]
    fn each_trial_draws_by_its_number_alone() {
        let trials = decisions(&Strategy::Random(Random { trials: 5 }), 1);
        assert_eq!(trials.len(), 5);
        for (index, trial) in trials.iter().enumerate() {
            assert_eq!((trial.number, &trial.values), (index as u64 + 1, &space().draw(3, trial.number)));
        }
    }
}
