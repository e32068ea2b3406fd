//! What a sweep tries: from `[sweep]` and flags to a space and a strategy.

use dnn_search::{Asha, CoarseToFine, Dimension, Grid, Random, Space, Strategy};
use serde_json::Value;

use super::space::dimension;
use crate::config::{Config, SweepSettings, SweepStrategy, full_key};
use crate::{Error, Result};

/// Trials where nobody says how many.
const TRIALS: u64 = 30;
/// Values of each range that a grid may take at most, however few ranges there are.
const POINTS: usize = 100;

impl SweepSettings {
    /// What may be tried: as `[sweep.space]` says, or what usually matters. Filled in for whoever goes on later.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a range that is none, and a key that cannot be varied.
    pub(super) fn space(&mut self, config: &Config) -> Result<Space> {
        let ranges = self.space.get_or_insert_with(|| usual(config));
        let mut dimensions = Vec::new();
        for (key, range) in &*ranges {
            let fault = |fault: String| Error::Configuration(format!("sweep.space.{key}: {fault}").into());
            let shared = |keys: Vec<String>| ["data", "run", "sweep"].contains(&keys[0].as_str());
            if full_key(key).is_ok_and(shared) {
                return Err(fault(
                    "all trials have the same data and seed: vary keys of network and training".into(),
                ));
            }
            let range = range_of(range).map_err(fault)?;
            // A name that is none is told before the first trial.
            for value in ends(&range) {
                config.with([(key.as_str(), &value)])?;
            }
            dimensions.push((key.clone(), range));
        }
        Space::new(dimensions).map_err(|error| Error::Configuration(error.into()))
    }

    /// Whether it tries the same as `other`, however many at a time.
    pub(super) fn tries(&self, other: &Self) -> bool {
        let alone = |sweep: &Self| Self { parallel: None, ..sweep.clone() };
        alone(self) == alone(other)
    }

    /// How it is tried. `epochs` are those of a whole training.
    ///
    /// # Errors
    /// [`Error::Configuration`] for fewer trials than the smallest grid has.
    pub(super) fn strategy(&mut self, space: &Space, epochs: u64) -> Result<Strategy> {
        let strategy = *self.strategy.get_or_insert(SweepStrategy::Random);
        let least = if strategy == SweepStrategy::Grid { combinations(space, 1) } else { 1 };
        let trials = *self.trials.get_or_insert(TRIALS.max(least));
        if trials < least {
            return Err(Error::Configuration(
                format!("sweep.trials is {trials}, but a grid of these values has {least}: raise it, give fewer values, or choose another strategy").into(),
            ));
        }
        let together = usize::from(self.parallel.unwrap_or(1));
        Ok(match strategy {
            SweepStrategy::Random => Strategy::Random(Random { trials }),
            SweepStrategy::Grid => Strategy::Grid(Grid { points: points(space, trials) }),
            SweepStrategy::CoarseToFine => {
                let usual = CoarseToFine::default();
                let trials = trials.div_ceil(usual.rounds);
                Strategy::CoarseToFine(CoarseToFine { trials, ..usual })
            }
            SweepStrategy::Asha => {
                let least = (epochs / 9).max(1);
                Strategy::Asha(Asha { trials, least, most: epochs.max(1), together, ..Asha::default() })
            }
        })
    }
}

/// The range that a person wrote: a text as flags have it, a list to choose from, or a table as `dnn-search` has it.
fn range_of(range: &toml::Value) -> Result<Dimension, String> {
    match range {
        toml::Value::String(text) => dimension(text),
        other => {
            let value = serde_json::to_value(other).map_err(|error| error.to_string())?;
            match value {
                Value::Array(values) => Ok(Dimension::Choice(values)),
                table => serde_json::from_value(table).map_err(|error| error.to_string()),
            }
        }
    }
}

/// Both ends of a range, or all values to choose from.
pub(super) fn ends(range: &Dimension) -> Vec<Value> {
    match range {
        Dimension::Uniform(low, high) | Dimension::LogUniform(low, high) => {
            vec![(*low).into(), (*high).into()]
        }
        Dimension::Integer(low, high) | Dimension::LogInteger(low, high) => {
            vec![(*low).into(), (*high).into()]
        }
        Dimension::Choice(values) => values.clone(),
    }
}

/// What usually matters most: how far a step goes, how large the network is, and what keeps it from learning by heart.
fn usual(config: &Config) -> toml::Table {
    let rate = config.training.learning_rate.unwrap_or(0.003);
    let widest = config.network.hidden.iter().flatten().copied().max().unwrap_or(64) as i64;
    let hidden = [vec![widest], vec![widest, widest / 2], vec![widest, widest], vec![2 * widest, widest]];
    let list = |units: &Vec<i64>| toml::Value::Array(units.iter().map(|&units| units.into()).collect());
    let text = |text: &str| toml::Value::String(text.into());
    [
        ("training.learning_rate", toml::Value::String(format!("log:{:e}..{:e}", rate / 10.0, rate * 10.0))),
        ("network.hidden", toml::Value::Array(hidden.iter().map(list).collect())),
        ("network.activation", toml::Value::Array(["relu", "gelu", "tanh"].map(text).to_vec())),
        ("network.dropout", toml::Value::Array([0.0, 0.1, 0.2, 0.4].map(toml::Value::Float).to_vec())),
    ]
    .map(|(key, range)| (key.to_owned(), range))
    .into_iter()
    .collect()
}

/// As many values of each range as keep a grid within so many trials, 1 at least.
fn points(space: &Space, trials: u64) -> usize {
    (2..=POINTS).take_while(|&points| combinations(space, points) <= trials).last().unwrap_or(1)
}

/// Trials of a grid with so many values of each range.
fn combinations(space: &Space, points: usize) -> u64 {
    let counts = space.dimensions().values().map(|dimension| match dimension {
        Dimension::Choice(values) => values.len(),
        Dimension::Integer(low, high) | Dimension::LogInteger(low, high) => {
            points.min(usize::try_from(high - low).unwrap_or(points).saturating_add(1))
        }
        _ => points,
    });
    counts.fold(1, |product, count| product.saturating_mul(count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep(text: &str) -> (SweepSettings, Config) {
        let config: Config = toml::from_str(text).unwrap();
        (config.sweep.clone(), config)
    }

    #[test]
    fn ranges_are_read_from_texts_lists_and_tables() {
        let (mut sweep, config) = sweep(
            "[sweep.space]\nlearning_rate = \"log:1e-4..1e-1\"\nhidden = [[8], [8, 8]]\ndropout = { uniform = [0.0, 0.5] }\n",
        );
        let space = sweep.space(&config).unwrap();
        assert_eq!(space.dimensions()["learning_rate"], Dimension::LogUniform(1e-4, 1e-1));
        assert_eq!(space.dimensions()["dropout"], Dimension::Uniform(0.0, 0.5));
        assert_eq!(points(&space, 60), 5);
        assert_eq!(points(&space, 1), 1);
    }

    #[test]
    fn a_key_that_cannot_be_varied_is_refused_before_the_first_trial() {
        let refused = |text: &str| {
            let (mut sweep, config) = sweep(text);
            sweep.space(&config).unwrap_err().to_string()
        };
        assert!(refused("[sweep.space]\nlerning_rate = \"0..1\"\n").contains("did you mean"));
        assert!(refused("[sweep.space]\n\"data.target\" = [1, 2]\n").contains("the same data and seed"));
        assert!(refused("[sweep.space]\nseed = [1, 2]\n").contains("the same data and seed"));
        assert!(refused("[sweep.space]\nbatch = \"many\"\n").contains("batch"));
    }

    #[test]
    fn the_usual_space_surrounds_what_is_configured() {
        let (mut sweep, config) = sweep("[network]\nhidden = [32]\n[training]\nlearning_rate = 0.01\n");
        let space = sweep.space(&config).unwrap();
        assert_eq!(space.dimensions()["training.learning_rate"], Dimension::LogUniform(0.001, 0.1));
        let strategies = [
            (SweepStrategy::Grid, Strategy::Grid(Grid { points: 1 })),
            (SweepStrategy::Random, Strategy::Random(Random { trials: 30 })),
            (
                SweepStrategy::Asha,
                Strategy::Asha(Asha { trials: 30, least: 5, most: 45, eta: 3, together: 1 }),
            ),
        ];
        for (name, expected) in strategies {
            let mut sweep = SweepSettings { strategy: Some(name), ..sweep.clone() };
            assert_eq!(sweep.strategy(&space, 45).unwrap(), expected);
        }
    }
}
