//! One point of a space, and what came of it.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::report::Curves;
use crate::{Error, Result};

/// Hyper-parameters by name.
pub type Values = BTreeMap<String, Value>;

/// A point of the space that is tried.
///
/// ```
/// use dnn_search::Trial;
///
/// let trial: Trial = serde_json::from_str(r#"{ "number": 3, "values": { "batch": 64, "activation": "relu" } }"#)?;
/// assert_eq!(trial.get::<usize>("batch")?, 64);
/// assert_eq!(trial.words(), "activation relu, batch 64");
/// assert_eq!(
///     trial.get::<f64>("dropout").unwrap_err().to_string(),
///     "dropout of trial 3 is absent, but must be given: add it to the space, or read it only if it is there"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Its number, from 1; a trial that is tried again with a larger budget keeps it.
    pub number: u64,
    /// How long it may train, if the strategy says so; in epochs for [`crate::Recipe`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
    /// Its hyper-parameters.
    pub values: Values,
}

impl Trial {
    /// The hyper-parameter `name`, as anything that can be read from its plain data.
    ///
    /// # Errors
    /// [`Error::Value`] if the trial has none, or one of another kind.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let refuse = |found: String, expected: String, remedy| Error::Value {
            trial: self.number,
            name: name.into(),
            found,
            expected,
            remedy,
        };
        let Some(value) = self.values.get(name) else {
            let remedy = "add it to the space, or read it only if it is there";
            return Err(refuse("absent".into(), "given".into(), remedy));
        };
        serde_json::from_value(value.clone()).map_err(|error| {
            refuse(
                value.to_string(),
                format!("what can be used there ({error})"),
                "change its range in the space",
            )
        })
    }

    /// The hyper-parameters in words, ordered by name.
    pub fn words(&self) -> String {
        let word = |(name, value): (&String, &Value)| match value {
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        };
        self.values.iter().map(word).collect::<Vec<_>>().join(", ")
    }
}

/// A trial that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// What was tried.
    pub trial: Trial,
    /// The objective; none if it came to nothing finite.
    pub value: Option<f64>,
    /// Time it took.
    pub seconds: f64,
    /// What was recorded on the way.
    #[serde(default)]
    pub curves: Curves,
}
