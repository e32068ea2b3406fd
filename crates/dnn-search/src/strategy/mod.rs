//! Strategies: which trial comes next.
//!
//! A strategy is a pure function of the space, the seed, what was decided so far, and a number of results that the count of
//! decisions fixes. So neither the number of trials that run at a time, nor the order in which they end, nor a stop and
//! resume can change a trial; and nothing of a strategy is ever saved.

mod asha;
mod coarse_to_fine;
mod independent;
mod known;

use serde::{Deserialize, Serialize};

pub use asha::Asha;
pub use coarse_to_fine::CoarseToFine;
pub use independent::{Grid, Random};
pub(crate) use known::{Known, Next};

/// The choice of a strategy; in a file a table of its name and numbers, `{ "name": "random", "trials": 20 }`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Strategy {
    /// `"grid"`
    Grid(Grid),
    /// `"random"`
    Random(Random),
    /// `"coarse_to_fine"`
    CoarseToFine(CoarseToFine),
    /// `"asha"`
    Asha(Asha),
}

impl Strategy {
    pub(crate) fn next(&self, known: Known<'_>) -> Next {
        match self {
            Self::Grid(grid) => grid.next(known),
            Self::Random(random) => random.next(known),
            Self::CoarseToFine(coarse_to_fine) => coarse_to_fine.next(known),
            Self::Asha(asha) => asha.next(known),
        }
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        match self {
            Self::Grid(grid) => grid.faults().collect(),
            Self::Random(random) => random.faults().collect(),
            Self::CoarseToFine(coarse_to_fine) => coarse_to_fine.faults().collect(),
            Self::Asha(asha) => asha.faults().collect(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::outcome::Goal;
    use crate::report::Curves;
    use crate::{Dimension, Finished, Space, Trial};

    pub(crate) fn space() -> Space {
        Space::new([
            ("rate", Dimension::LogUniform(1e-4, 1.0)),
            ("units", Dimension::Integer(1, 100)),
            ("activation", Dimension::choice(["relu", "tanh"])),
        ])
        .unwrap()
    }

    /// Best at a rate of 0.01, many units and tanh; more budget shows it more clearly.
    pub(crate) fn value(trial: &Trial) -> Option<f64> {
        let rate: f64 = trial.get("rate").unwrap();
        let units: f64 = trial.get("units").unwrap();
        let tanh = trial.get::<String>("activation").unwrap() == "tanh";
        let noise = (trial.number * 7 % 11) as f64 / trial.budget.unwrap_or(1000) as f64;
        (trial.number % 5 != 4)
            .then(|| (rate / 0.01).ln().powi(2) - 0.01 * units - f64::from(u8::from(tanh)) + noise)
    }

    pub(crate) fn finished(trial: &Trial) -> Finished {
        Finished { trial: trial.clone(), value: value(trial), seconds: 0.0, curves: Curves::default() }
    }

    /// Every decision when `at_a_time` trials run, the youngest of them ending first.
    pub(crate) fn decisions(strategy: &Strategy, at_a_time: usize) -> Vec<Trial> {
        let (space, mut decided, mut finished_ones) = (space(), Vec::new(), Vec::<Finished>::new());
        loop {
            let known = Known {
                space: &space,
                goal: Goal::Lowest,
                seed: 3,
                decided: &decided,
                finished: &finished_ones,
            };
            let running = decided.len() - finished_ones.len();
            match strategy.next(known) {
                Next::Try(trial) if running < at_a_time => decided.push(trial),
                Next::Done if running == 0 => return decided,
                _ if running == 0 => panic!("nothing runs, and yet {strategy:?} waits"),
                _ => finished_ones.push(finished(&decided[finished_ones.len()])),
            }
        }
    }

    #[test]
    fn no_strategy_depends_on_how_many_trials_run_at_a_time() {
        let strategies = [
            Strategy::Grid(Grid { points: 3 }),
            Strategy::Random(Random { trials: 30 }),
            Strategy::CoarseToFine(CoarseToFine { rounds: 3, trials: 10, ..CoarseToFine::default() }),
            Strategy::Asha(Asha { trials: 30, ..Asha::default() }),
        ];
        for strategy in strategies {
            let alone = decisions(&strategy, 1);
            assert!(alone.len() >= 18, "{strategy:?}: {}", alone.len());
            for at_a_time in [2, 3, 7, 1000] {
                assert_eq!(decisions(&strategy, at_a_time), alone, "{strategy:?} {at_a_time} at a time");
            }
        }
    }

    #[test]
    fn a_file_names_a_strategy_and_leaves_out_what_is_usual() {
        let read = |text: &str| serde_json::from_str::<Strategy>(text).map_err(|error| error.to_string());
        assert_eq!(read(r#"{"name": "grid"}"#), Ok(Strategy::Grid(Grid::default())));
        let asha = Asha { trials: 9, ..Asha::default() };
        assert_eq!(read(r#"{"name": "asha", "trials": 9}"#), Ok(Strategy::Asha(asha)));
        assert!(read(r#"{"name": "asha", "trails": 9}"#).unwrap_err().contains("unknown field `trails`"));
        assert!(read(r#"{"name": "bayes"}"#).unwrap_err().contains("expected one of `grid`, `random`"));
    }
}
