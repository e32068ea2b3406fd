//! From a trial to a network and settings, for the usual names.

use std::fmt;
use std::sync::Arc;

use dnn_core::{AnyActivation, IntoActivation, NamedConfig, Network, Registry};
use dnn_train::{Penalty, Settings};
use serde_json::{Map, Value};

use crate::{Error, Result, Trial};

/// Makes a network and settings of a trial's values.
///
/// These names shape the network: `hidden_layers` (1 if the trial has none), `hidden_units` of the first of them (64),
/// `narrowing` (1), the factor of units from one hidden layer to the next, `activation` (`"relu"`), a name or a table with
/// its constants, `layer_normalisation` (false) and `dropout` (0) after each hidden layer. `l1` and `l2` are penalties. Any
/// other name is one of [`Settings`]: `learning_rate`, `batch`, `epochs`, `steps`, `optimizer`, `schedule`,
/// `warm_up_epochs` and so on. What a trial has no value for stays as in the recipe's own settings, and a trial's budget
/// takes the place of `epochs`.
///
/// ```
/// use dnn_core::Softmax;
/// use dnn_search::{Recipe, Trial};
/// use dnn_train::Settings;
///
/// let recipe = Recipe::new(784, 10, Softmax).settings(Settings { batch: Some(64), ..Settings::default() });
/// let trial: Trial = serde_json::from_str(r#"{ "number": 1, "budget": 5, "values": {
///     "hidden_layers": 2, "hidden_units": 256, "narrowing": 0.5, "dropout": 0.2,
///     "learning_rate": 0.003, "optimizer": "adam", "l2": 1e-4
/// } }"#)?;
/// let (network, settings) = recipe.make(&trial)?;
/// assert_eq!(network.layers().iter().map(|layer| layer.outputs()).collect::<Vec<_>>(), [256, 256, 128, 128, 10]);
/// assert_eq!((settings.learning_rate, settings.batch, settings.epochs), (Some(0.003), Some(64), Some(5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Recipe {
    inputs: usize,
    outputs: usize,
    last: Arc<dyn AnyActivation>,
    settings: Settings,
    registry: Registry,
}

/// What to do about a name or a value that does not fit.
const REMEDY: &str = "give the space names of Settings, or hidden_layers, hidden_units, narrowing, activation, layer_normalisation, dropout, l1, l2, with values that fit; or make networks of trials by a function of your own";

impl Recipe {
    /// Networks from `inputs` features to `outputs` units with the activation `last`; all else as usual.
    pub fn new(inputs: usize, outputs: usize, last: impl IntoActivation) -> Self {
        let (settings, registry) = (Settings::default(), Registry::builtin());
        Self { inputs, outputs, last: last.into_activation(), settings, registry }
    }

    /// With these settings where a trial says nothing.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// With the activations that `registry` knows by name.
    #[must_use]
    pub fn registry(self, registry: Registry) -> Self {
        Self { registry, ..self }
    }

    /// The network and the settings of `trial`.
    ///
    /// # Errors
    /// [`Error::Value`] for a name that is none of those above, or a value that does not fit; [`Error::Train`] for a
    /// network that cannot be made.
    pub fn make(&self, trial: &Trial) -> Result<(Network, Settings)> {
        Ok((self.network(trial)?, self.settings_of(trial)?))
    }

    fn network(&self, trial: &Trial) -> Result<Network> {
        let layers: usize = or(trial, "hidden_layers", 1)?;
        let (first, narrowing): (usize, f64) = (or(trial, "hidden_units", 64)?, or(trial, "narrowing", 1.0)?);
        let (normalised, dropout): (bool, f64) =
            (or(trial, "layer_normalisation", false)?, or(trial, "dropout", 0.0)?);
        let activation = self.activation(trial)?;
        let units = |layer| (first as f64 * narrowing.powf(layer as f64)).round() as usize;
        let units: Vec<usize> = (0..layers).map(units).collect();
        let builder = Network::builder(self.inputs).hidden(&units, &activation, normalised, dropout);
        let network = builder.dense(self.outputs, Arc::clone(&self.last)).build();
        network.map_err(|error| dnn_train::Error::from(error).into())
    }

    fn activation(&self, trial: &Trial) -> Result<Arc<dyn AnyActivation>> {
        let value = trial.values.get("activation").cloned().unwrap_or_else(|| "relu".into());
        let config: NamedConfig = serde_json::from_value(value).map_err(|_| {
            refused(trial, "activation", "a name, or a table with its name and constants".into())
        })?;
        self.registry.activation(&config).map_err(|error| dnn_train::Error::from(error).into())
    }

    fn settings_of(&self, trial: &Trial) -> Result<Settings> {
        let mut settings = self.settings.clone();
        for (name, value) in &trial.values {
            let penalty = settings.penalty.unwrap_or_default();
            match name.as_str() {
                "hidden_layers"
                | "hidden_units"
                | "narrowing"
                | "activation"
                | "layer_normalisation"
                | "dropout" => {}
                "l1" => settings.penalty = Some(Penalty { l1: trial.get(name)?, ..penalty }),
                "l2" => settings.penalty = Some(Penalty { l2: trial.get(name)?, ..penalty }),
                _ => {
                    settings = with(&settings, name, value)
                        .map_err(|error| refused(trial, name, format!("what settings take ({error})")))?;
                }
            }
        }
        if trial.budget.is_some() {
            settings.epochs = trial.budget;
        }
        Ok(settings)
    }
}

/// The trial's value of this name, or the usual one.
fn or<T: serde::de::DeserializeOwned>(trial: &Trial, name: &str, usual: T) -> Result<T> {
    if trial.values.contains_key(name) { trial.get(name) } else { Ok(usual) }
}

/// `settings` with one of them replaced, by name.
fn with(settings: &Settings, name: &str, value: &Value) -> serde_json::Result<Settings> {
    let mut table: Map<String, Value> = serde_json::from_value(serde_json::to_value(settings)?)?;
    table.insert(name.into(), value.clone());
    serde_json::from_value(table.into())
}

fn refused(trial: &Trial, name: &str, expected: String) -> Error {
    let found = trial.values[name].to_string();
    Error::Value { trial: trial.number, name: name.into(), found, expected, remedy: REMEDY }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipe({} to {} {}, {:?})", self.inputs, self.outputs, self.last.name(), self.settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::Sigmoid;
    use serde_json::json;

    fn make(values: Value) -> Result<(Network, Settings)> {
        let trial: Trial = serde_json::from_value(json!({"number": 7, "values": values})).unwrap();
        let settings = Settings { batch: Some(32), epochs: Some(9), ..Settings::default() };
        Recipe::new(5, 1, Sigmoid).settings(settings).make(&trial)
    }

    #[test]
    fn every_usual_name_has_its_effect() {
        let (network, settings) = make(json!({
            "hidden_layers": 2, "hidden_units": 8, "narrowing": 0.5, "activation": {"name": "leaky_relu", "slope": 0.1},
            "layer_normalisation": true, "dropout": 0.25,
            "l1": 0.5, "l2": 0.25, "steps": null, "epochs": 3, "batch": 16, "optimizer": "adam",
            "schedule": {"name": "cosine"}, "warm_up_epochs": 1, "clipping": {"norm": 1.0}, "seed": 4,
        }))
        .unwrap();
        let kinds: Vec<String> =
            network.specification().iter().map(|layer| format!("{} {}", layer.kind, layer.outputs)).collect();
        let expected = [
            "dense 8",
            "layer_normalisation 8",
            "dropout 8",
            "dense 4",
            "layer_normalisation 4",
            "dropout 4",
            "dense 1",
        ];
        assert_eq!(kinds, expected);
        assert_eq!(settings.penalty, Some(Penalty { l1: 0.5, l2: 0.25 }));
        assert_eq!((settings.epochs, settings.batch, settings.seed), (Some(3), Some(16), Some(4)));
        assert!(settings.optimizer.is_some() && settings.schedule.is_some() && settings.clipping.is_some());
        assert!(settings.plan(&network, 100).is_ok());
    }

    #[test]
    fn what_a_trial_leaves_out_stays_as_usual() {
        let (network, settings) = make(json!({"learning_rate": 0.5})).unwrap();
        assert_eq!(network.to_string(), "5-64-1, relu inside, sigmoid last");
        assert_eq!((settings.batch, settings.epochs, settings.learning_rate), (Some(32), Some(9), Some(0.5)));
        assert_eq!(make(json!({"hidden_layers": 0})).unwrap().0.layers().len(), 1);
    }

    #[test]
    fn names_and_values_that_do_not_fit_are_refused_in_words() {
        let message = |values| make(values).unwrap_err().to_string();
        assert!(message(json!({"lerning_rate": 1})).contains("unknown field `lerning_rate`"));
        assert!(
            message(json!({"batch": 1.5}))
                .starts_with("batch of trial 7 is 1.5, but must be what settings take (invalid type")
        );
        assert!(message(json!({"activation": "rellu"})).contains("unknown activation \"rellu\""));
        assert!(message(json!({"activation": 3})).contains("a name, or a table"));
        assert!(message(json!({"dropout": 1})).contains("dropout's rate is 1"));
        assert!(message(json!({"hidden_layers": "two"})).starts_with("hidden_layers of trial 7 is \"two\""));
        assert!(make(json!({"hidden_units": 0})).is_err());
    }
}
