//! Wide first, then narrower around the best.

use serde::{Deserialize, Serialize};

use super::known::{Known, Next, fault, no_trials};
use crate::outcome::best_first;
use crate::{Space, Trial};

/// Rounds of random trials: the first draws from the whole space, each later one from a smaller part of it around the best
/// trial so far.
///
/// Round k, from 0, draws from `zoom^k` of the length of each range, on its own scale, and from those values of a choice that
/// the `leaders` best trials took. A round waits for all results of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoarseToFine {
    /// Rounds, 1 or more; 3.
    pub rounds: u64,
    /// Trials of a round, 1 or more; 10.
    pub trials: u64,
    /// How much of each range a round keeps of the one before, above 0 and up to 1; 0.4.
    pub zoom: f64,
    /// Trials whose values are kept in choices, 1 or more; 3.
    pub leaders: usize,
}

impl Default for CoarseToFine {
    fn default() -> Self {
        Self { rounds: 3, trials: 10, zoom: 0.4, leaders: 3 }
    }
}

impl CoarseToFine {
    pub(super) fn next(&self, known: Known<'_>) -> Next {
        let number = known.decided.len() as u64 + 1;
        let round = (number - 1) / self.trials;
        let before = (round * self.trials) as usize;
        if round == self.rounds {
            return Next::Done;
        }
        if known.finished.len() < before {
            return Next::Wait;
        }
        let space = self.narrowed(known, round, before);
        Next::Try(Trial { number, budget: None, values: space.draw(known.seed, number) })
    }

    /// The space of `round`, which knows the first `before` results.
    fn narrowed(&self, known: Known<'_>, round: u64, before: usize) -> Space {
        let ranked = best_first(known.finished[..before].iter(), known.goal);
        let ranked: Vec<_> = ranked.iter().filter(|finished| finished.value.is_some()).collect();
        let Some(best) = ranked.first() else { return known.space.clone() };
        let leaders: Vec<_> = ranked.iter().take(self.leaders).map(|leader| &leader.trial.values).collect();
        known.space.around(&best.trial.values, &leaders, self.zoom.powf(round as f64))
    }

    pub(super) fn faults(self) -> impl Iterator<Item = String> {
        [
            fault("rounds", self.rounds, self.rounds > 0, "1 or more: 3 are usual"),
            no_trials(self.trials),
            fault(
                "zoom",
                self.zoom,
                self.zoom > 0.0 && self.zoom <= 1.0,
                "above 0 and no more than 1: 0.4 is usual",
            ),
            fault("leaders", self.leaders, self.leaders > 0, "1 or more: 3 are usual"),
        ]
        .into_iter()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Strategy;
    use super::super::tests::{decisions, finished, space};
    use super::*;
    use crate::outcome::Goal;

    const SEARCH: CoarseToFine = CoarseToFine { rounds: 4, trials: 20, zoom: 0.4, leaders: 3 };

    /// Decades from the best rate, of the best in each round.
    fn distances(trials: &[Trial]) -> Vec<f64> {
        let distance = |trial: &Trial| (trial.get::<f64>("rate").unwrap() / 0.01).log10().abs();
        trials.chunks(20).map(|round| round.iter().map(distance).fold(0.0, f64::max)).collect()
    }

    #[test]
    fn each_round_lies_closer_around_the_best_than_the_one_before() {
        let trials = decisions(&Strategy::CoarseToFine(SEARCH), 1);
        let distances = distances(&trials);
        assert_eq!(distances.len(), 4);
        // The farthest of 20 lies within the round's share of four decades, half of it on each side of the best so far.
        assert!(distances[0] > 1.0 && distances[3] < 0.4, "{distances:?}");
        assert!(trials[60..].iter().all(|trial| trial.values["activation"] == "tanh"));
    }

    #[test]
    fn a_round_knows_all_results_before_it_and_none_of_its_own() {
        let space = space();
        let trials = decisions(&Strategy::CoarseToFine(SEARCH), 1);
        let results: Vec<_> = trials.iter().map(finished).collect();
        let next = |decided: usize, known: usize| {
            let (decided, finished) = (&trials[..decided], &results[..known]);
            SEARCH.next(Known { space: &space, goal: Goal::Lowest, seed: 3, decided, finished })
        };
        assert_eq!(next(20, 19), Next::Wait);
        assert_eq!(next(25, 20), Next::Try(trials[25].clone()));
        assert_eq!(next(25, 24), Next::Try(trials[25].clone()));
    }

    #[test]
    fn a_round_without_a_result_is_followed_by_another_as_wide() {
        let space = space();
        let trials: Vec<Trial> =
            (1..=20).map(|number| Trial { number, budget: None, values: space.draw(3, number) }).collect();
        let results: Vec<_> =
            trials.iter().map(|trial| crate::Finished { value: None, ..finished(trial) }).collect();
        let known =
            Known { space: &space, goal: Goal::Lowest, seed: 3, decided: &trials, finished: &results };
        assert_eq!(SEARCH.next(known), Next::Try(known.drawn(21, None)));
    }
}
