//! The space of a search: a dimension for each hyper-parameter, checked once.

use std::collections::BTreeMap;
use std::fmt;

use dnn_core::random::{Key, Purpose, Stream};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::trial::Values;
use crate::{Dimension, Error, Result};

/// Named dimensions that can be searched: each range has its ends in order, and each name stands once.
///
/// They are ordered by name, however they were given: the same space gives the same trials.
///
/// ```
/// use dnn_search::{Dimension, Space};
///
/// let space = Space::new([
///     ("learning_rate", Dimension::LogUniform(1e-4, 1e-1)),
///     ("activation", Dimension::choice(["relu", "tanh"])),
/// ])?;
/// let read: Space = serde_json::from_str(
///     r#"{ "activation": { "choice": ["relu", "tanh"] }, "learning_rate": { "log_uniform": [1e-4, 1e-1] } }"#,
/// )?;
/// assert_eq!(space, read);
///
/// let faults = Space::new([("batch", Dimension::Integer(64, 32)), ("epochs", Dimension::Choice(vec![]))]);
/// assert_eq!(faults.unwrap_err().to_string(), "some choices of the search cannot be followed:\n\
///     - batch goes from 64 to 32, but a range goes from a number to a larger one: exchange them, or leave the dimension out\n\
///     - epochs is a choice of nothing, but needs a value or more: add one");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Space {
    dimensions: BTreeMap<String, Dimension>,
}

impl Space {
    /// The space of these dimensions.
    ///
    /// # Errors
    /// [`Error::Faults`] with every fault there is.
    pub fn new<N: Into<String>>(dimensions: impl IntoIterator<Item = (N, Dimension)>) -> Result<Self> {
        let (mut space, mut faults) = (BTreeMap::new(), Vec::new());
        for (name, dimension) in dimensions {
            let name = name.into();
            faults.extend(dimension.faults(&name));
            if space.contains_key(&name) {
                faults.push(format!("{name} is there twice, but has one range: leave one out"));
            }
            space.insert(name, dimension);
        }
        if space.is_empty() {
            faults.push("the space has no dimensions, but a search needs 1 or more: add one".into());
        }
        if faults.is_empty() { Ok(Self { dimensions: space }) } else { Err(Error::Faults(faults)) }
    }

    /// The dimensions, ordered by name.
    pub fn dimensions(&self) -> &BTreeMap<String, Dimension> {
        &self.dimensions
    }

    /// The values that trial number `trial` draws: each dimension from the trial's own stream, whatever was drawn before.
    pub(crate) fn draw(&self, seed: u64, trial: u64) -> Values {
        let mut stream = Stream::new(Key::new(seed, Purpose::Search).epoch(trial));
        let drawn =
            |(name, dimension): (&String, &Dimension)| (name.clone(), dimension.drawn(stream.uniform()));
        self.dimensions.iter().map(drawn).collect()
    }

    /// The part of the space around the `best` values, `share` of each range's length; of choices, what the `leaders` took.
    pub(crate) fn around(&self, best: &Values, leaders: &[&Values], share: f64) -> Self {
        let narrowed = |(name, dimension): (&String, &Dimension)| {
            let leading: Vec<_> = leaders.iter().map(|values| &values[name]).collect();
            (name.clone(), dimension.around(&best[name], &leading, share))
        };
        Self { dimensions: self.dimensions.iter().map(narrowed).collect() }
    }
}

impl<'de> Deserialize<'de> for Space {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Table)
    }
}

/// Reads a table entry by entry, so that a name that stands twice is seen.
struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Space;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of dimensions, each a name with its range")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Space, A::Error> {
        let mut dimensions = Vec::new();
        while let Some(entry) = table.next_entry::<String, Dimension>()? {
            dimensions.push(entry);
        }
        Space::new(dimensions).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(high: f64) -> Space {
        Space::new([("rate", Dimension::LogUniform(1e-3, high)), ("units", Dimension::Integer(1, 1000))])
            .unwrap()
    }

    #[test]
    fn a_seed_and_a_number_fix_a_trial() {
        assert_eq!(rates(1.0).draw(3, 5), rates(1.0).draw(3, 5));
        assert_ne!(rates(1.0).draw(3, 5), rates(1.0).draw(3, 6));
        assert_ne!(rates(1.0).draw(3, 5), rates(1.0).draw(4, 5));
        // Another range leaves what other dimensions draw as it is.
        assert_eq!(rates(1.0).draw(3, 5)["units"], rates(9.0).draw(3, 5)["units"]);
    }

    #[test]
    fn faults_of_a_file_are_listed_together() {
        let read = |text: &str| serde_json::from_str::<Space>(text).map_err(|error| error.to_string());
        let faults = read(r#"{"a": {"uniform": [2, 1]}, "a": {"log_uniform": [-1, 1]}}"#).unwrap_err();
        for fault in ["a goes from 2 to 1", "a starts at -1", "a is there twice"] {
            assert!(faults.contains(fault), "{fault} in {faults}");
        }
        assert!(read("{}").unwrap_err().contains("no dimensions"));
        assert!(read(r#"{"a": {"unifrom": [1, 2]}}"#).unwrap_err().contains("expected one of `uniform`"));
    }

    #[test]
    fn a_space_survives_a_file() {
        let text = serde_json::to_string(&rates(0.1)).unwrap();
        assert_eq!(serde_json::from_str::<Space>(&text).unwrap(), rates(0.1));
    }
}
