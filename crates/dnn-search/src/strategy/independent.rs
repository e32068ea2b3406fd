//! Strategies that decide without results: every combination of evenly spread values, and independent draws.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::known::{Known, Next, fault, no_trials};
use crate::{Space, Trial};

/// Tries every combination: `points` values of each range, from end to end and evenly on its scale, and all of a choice.
/// The last dimension by name changes fastest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grid {
    /// Values of each range, 1 (its middle) or more; 3.
    pub points: usize,
}

impl Default for Grid {
    fn default() -> Self {
        Self { points: 3 }
    }
}

impl Grid {
    pub(super) fn next(&self, known: Known<'_>) -> Next {
        let number = known.decided.len() as u64 + 1;
        match self.combination(known.space, number - 1) {
            Some(values) => Next::Try(Trial { number, budget: None, values }),
            None => Next::Done,
        }
    }

    /// Combination number `index`, from 0: its digits, the last dimension's the lowest.
    fn combination(&self, space: &Space, mut index: u64) -> Option<crate::Values> {
        let spread = space.dimensions().iter().map(|(name, dimension)| (name, dimension.spread(self.points)));
        let spread: Vec<(&String, Vec<Value>)> = spread.collect();
        let digits = spread.iter().rev().map(|(name, values)| {
            let (count, digit) = (values.len() as u64, (index % values.len() as u64) as usize);
            index /= count;
            ((*name).clone(), values[digit].clone())
        });
        let values = digits.collect();
        (index == 0).then_some(values)
    }

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        // More would only fill memory: no dimension needs so many.
        let right = (1..=10_000).contains(&self.points);
        fault("points", self.points, right, "from 1 to 10000: 3 to 5 are usual").into_iter()
    }
}

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
    fn every_combination_comes_once_the_last_dimension_fastest() {
        let trials = decisions(&Strategy::Grid(Grid { points: 3 }), 1);
        let words: Vec<String> = trials.iter().map(Trial::words).collect();
        assert_eq!(words.len(), 2 * 3 * 3);
        assert_eq!(words[0], "activation relu, rate 0.0001, units 1");
        assert_eq!(words[1], "activation relu, rate 0.0001, units 51");
        assert_eq!(words[17], "activation tanh, rate 1.0, units 100");
        assert!((1..18).all(|at| !words[..at].contains(&words[at])));
    }

    #[test]
    fn each_trial_draws_by_its_number_alone() {
        let trials = decisions(&Strategy::Random(Random { trials: 5 }), 1);
        assert_eq!(trials.len(), 5);
        for (index, trial) in trials.iter().enumerate() {
            assert_eq!((trial.number, &trial.values), (index as u64 + 1, &space().draw(3, trial.number)));
        }
    }
}
