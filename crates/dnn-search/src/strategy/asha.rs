//! Asynchronous successive halving: many trials begin with a small budget, the best go on with larger ones.
//!
//! L. Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, algorithm 2, with two differences.
//! What is decided does not depend on which trial ends first: decision n knows exactly the results of the first n + 1 −
//! `together` decisions, so up to `together` trials run at a time without any waiting for the slowest of a rung. And a
//! trial that goes on is trained anew with its larger budget: its schedule then spans that budget, and nothing but the
//! journal has to be kept.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::known::{Known, Next, fault, no_trials};
use crate::outcome::best_first;
use crate::{Finished, Trial};

/// Begins `trials` random trials with a budget of `least`; of each rung, the best 1 in `eta` go on with `eta` times the
/// budget, up to `most`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asha {
    /// Trials in the lowest rung, 1 or more; 27.
    pub trials: u64,
    /// Budget of the lowest rung, 1 or more; 1.
    pub least: u64,
    /// No budget is above this; 9.
    pub most: u64,
    /// Factor from rung to rung, 2 or more; 3.
    pub eta: u64,
    /// Trials that can run at a time, 1 or more; with more, decisions know less. 4.
    pub together: usize,
}

impl Default for Asha {
    fn default() -> Self {
        Self { trials: 27, least: 1, most: 9, eta: 3, together: 4 }
    }
}

impl Asha {
    pub(super) fn next(&self, known: Known<'_>) -> Next {
        let decided = known.decided.len();
        let mut seen = (decided + 1).saturating_sub(self.together);
        if known.finished.len() < seen {
            return Next::Wait;
        }
        if let Some(trial) = self.promoted(known, seen) {
            return Next::Try(trial);
        }
        let begun = known.decided.iter().filter(|trial| trial.budget == Some(self.least)).count() as u64;
        if begun < self.trials {
            return Next::Try(known.drawn(begun + 1, Some(self.least)));
        }
        // Nothing new begins: the first result that lets a trial go on decides.
        while seen < decided {
            seen += 1;
            if known.finished.len() < seen {
                return Next::Wait;
            }
            if let Some(trial) = self.promoted(known, seen) {
                return Next::Try(trial);
            }
        }
        Next::Done
    }

    /// The trial that goes on, if the first `seen` results let one: from the highest rung that can give one.
    fn promoted(&self, known: Known<'_>, seen: usize) -> Option<Trial> {
        let results = &known.finished[..seen];
        self.budgets().rev().skip(1).find_map(|budget| {
            let rung = || results.iter().filter(move |finished| finished.trial.budget == Some(budget));
            let next = Some(budget * self.eta);
            let gone_on: BTreeSet<u64> =
                known.decided.iter().filter(|trial| trial.budget == next).map(|trial| trial.number).collect();
            let best = best_first(rung(), known.goal).into_iter().take(rung().count() / self.eta as usize);
            best.filter(|finished| finished.value.is_some())
                .find(|finished| !gone_on.contains(&finished.trial.number))
                .map(|Finished { trial, .. }| Trial { budget: next, ..trial.clone() })
        })
    }

    /// The budgets of the rungs.
    fn budgets(&self) -> impl DoubleEndedIterator<Item = u64> {
        let (most, eta) = (self.most, self.eta);
        let larger = move |&budget: &u64| budget.checked_mul(eta).filter(|&next| next <= most);
        std::iter::successors(Some(self.least), larger).collect::<Vec<_>>().into_iter()
    }

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        let most = format!("least ({}) or more", self.least);
        [
            no_trials(self.trials),
            fault("least", self.least, self.least > 0, "1 or more: 1 epoch is usual"),
            fault("most", self.most, self.most >= self.least, &most),
            fault("eta", self.eta, self.eta > 1, "2 or more: 3 is usual"),
            fault("together", self.together, self.together > 0, "1 or more: 4 is usual"),
        ]
        .into_iter()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Strategy;
    use super::super::tests::{decisions, value};
    use super::*;

    fn rungs(trials: &[Trial]) -> Vec<Vec<&Trial>> {
        [1, 3, 9].map(|budget| trials.iter().filter(|trial| trial.budget == Some(budget)).collect()).to_vec()
    }

    #[test]
    fn each_rung_holds_a_third_of_the_one_before_and_the_best_get_to_the_top() {
        let trials = decisions(&Strategy::Asha(Asha { trials: 81, ..Asha::default() }), 4);
        let rungs = rungs(&trials);
        assert_eq!(rungs[0].len(), 81);
        // Asynchronous: some go on whom later ones overtake; their number is bounded by a few beside a third.
        assert!((27..=36).contains(&rungs[1].len()), "{}", rungs[1].len());
        assert!((9..=13).contains(&rungs[2].len()), "{}", rungs[2].len());
        let mut ranked = rungs[0].clone();
        ranked.sort_by(|a, b| value(a).unwrap_or(f64::MAX).total_cmp(&value(b).unwrap_or(f64::MAX)));
        let second: Vec<u64> = rungs[1].iter().map(|trial| trial.number).collect();
        assert!(ranked[..27].iter().all(|trial| second.contains(&trial.number)));
    }

    #[test]
    fn a_trial_goes_on_with_its_values_and_never_twice() {
        let trials = decisions(&Strategy::Asha(Asha::default()), 4);
        for (at, trial) in trials.iter().enumerate() {
            let before = trials[..at].iter().filter(|earlier| earlier.number == trial.number);
            let budgets: Vec<Option<u64>> = before.clone().map(|earlier| earlier.budget).collect();
            assert_eq!(budgets, [Some(1), Some(3)][..budgets.len()]);
            assert!(before.into_iter().all(|earlier| earlier.values == trial.values));
        }
    }

    #[test]
    fn a_trial_that_came_to_nothing_never_goes_on() {
        let trials = decisions(&Strategy::Asha(Asha { trials: 5, eta: 2, most: 4, ..Asha::default() }), 2);
        assert!(trials.iter().all(|trial| trial.budget == Some(1) || value(trial).is_some()));
        assert!(trials.iter().any(|trial| trial.budget == Some(4)));
    }
}
