//! What a search found: its trials, ranked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Finished;

/// Which objective is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The lower: a cost.
    Lowest,
    /// The higher: an accuracy.
    Highest,
}

/// All that ended, in the order in which it was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Which objective is the better one.
    pub goal: Goal,
    /// Every trial, and every rung of one.
    pub finished: Vec<Finished>,
    /// Whether all was tried, so that nothing is left to go on with.
    pub complete: bool,
}

impl Outcome {
    /// Each trial once, with its largest budget: the best first, larger budgets before smaller, those that came to nothing
    /// last.
    ///
    /// Objectives of different budgets do not compare; one that got further has already beaten others.
    pub fn ranked(&self) -> Vec<&Finished> {
        let mut ranked = best_first(self.finished.iter(), self.goal);
        ranked.sort_by_key(|finished| (finished.value.is_none(), std::cmp::Reverse(finished.trial.budget)));
        let mut seen = BTreeSet::new();
        ranked.retain(|finished| seen.insert(finished.trial.number));
        ranked
    }

    /// The first of those, if it came to anything.
    pub fn best(&self) -> Option<&Finished> {
        self.ranked().into_iter().next().filter(|best| best.value.is_some())
    }
}

/// `finished` from the best to the worst, equals in the order they have; without a value last.
pub(crate) fn best_first<'a>(finished: impl Iterator<Item = &'a Finished>, goal: Goal) -> Vec<&'a Finished> {
    let mut ranked: Vec<&Finished> = finished.collect();
    ranked.sort_by(|a, b| match (a.value, b.value, goal) {
        (Some(a), Some(b), Goal::Lowest) => a.total_cmp(&b),
        (Some(a), Some(b), Goal::Highest) => b.total_cmp(&a),
        (a, b, _) => b.is_some().cmp(&a.is_some()),
    });
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Trial;

    fn outcome(goal: Goal, found: &[(u64, u64, Option<f64>)]) -> Outcome {
        let finished = found.iter().map(|&(number, budget, value)| Finished {
            trial: Trial { number, budget: Some(budget), values: Default::default() },
            value,
            seconds: 0.0,
            curves: Default::default(),
        });
        Outcome { goal, finished: finished.collect(), complete: true }
    }

    fn numbers(outcome: &Outcome) -> Vec<u64> {
        outcome.ranked().iter().map(|finished| finished.trial.number).collect()
    }

    #[test]
    fn the_best_come_first_equals_in_order_and_failures_last() {
        let found = [(1, 1, None), (2, 1, Some(0.5)), (3, 1, Some(0.7)), (4, 1, Some(0.5))];
        assert_eq!(numbers(&outcome(Goal::Highest, &found)), [3, 2, 4, 1]);
        assert_eq!(numbers(&outcome(Goal::Lowest, &found)), [2, 4, 3, 1]);
        assert_eq!(outcome(Goal::Highest, &found[..1]).best(), None);
    }

    #[test]
    fn a_trial_counts_once_by_its_largest_budget() {
        let found =
            [(1, 1, Some(0.9)), (2, 1, Some(0.8)), (3, 1, Some(0.95)), (2, 3, Some(0.6)), (1, 3, Some(0.5))];
        assert_eq!(numbers(&outcome(Goal::Highest, &found)), [2, 1, 3]);
    }
}
