//! The choice of an optimizer, as settings name it.

use std::sync::Arc;

use serde::de::value::MapDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{AdaGrad, Adam, AdamW, AnyOptimizer, GradientDescent, Lbfgs, Momentum, Nesterov, RmsProp};
use crate::choice::entries;
use crate::named::{Table, name_or_table};
use crate::{Catalogue, NamedConfig};

/// The choice of an optimizer: a name, `"adam"`, or a table with some of its constants,
/// `{ "name": "adam", "beta1": 0.8 }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "name")]
pub enum OptimizerSettings {
    /// `"gradient_descent"`
    #[serde(rename = "gradient_descent")]
    GradientDescent(GradientDescent),
    /// `"momentum"`
    #[serde(rename = "momentum")]
    Momentum(Momentum),
    /// `"nesterov"`
    #[serde(rename = "nesterov")]
    Nesterov(Nesterov),
    /// `"adagrad"`
    #[serde(rename = "adagrad")]
    AdaGrad(AdaGrad),
    /// `"rmsprop"`
    #[serde(rename = "rmsprop")]
    RmsProp(RmsProp),
    /// `"adam"`
    #[serde(rename = "adam")]
    Adam(Adam),
    /// `"adamw"`
    #[serde(rename = "adamw")]
    AdamW(AdamW),
    /// `"lbfgs"`, for all examples at once
    #[serde(rename = "lbfgs")]
    Lbfgs(Lbfgs),
    /// Any other name, which a [`Catalogue`] must know.
    #[serde(skip)]
    PlugIn(NamedConfig),
}

/// The names of those above.
pub(crate) const OPTIMIZERS: [&str; 8] =
    ["gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lbfgs"];

impl Default for OptimizerSettings {
    fn default() -> Self {
        Self::GradientDescent(GradientDescent)
    }
}

// What `remote = "Self"` derives are inherent functions for tables; these let a name alone stand for one.
impl Serialize for OptimizerSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::PlugIn(choice) => choice.serialize(serializer),
            _ => Self::serialize(self, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for OptimizerSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        name_or_table(deserializer)
    }
}

impl<'de> Table<'de> for OptimizerSettings {
    const WHAT: &'static str = "an optimizer";

    fn from_table<D: Deserializer<'de>>(table: D) -> Result<Self, D::Error> {
        let choice = NamedConfig::deserialize(table)?;
        if !OPTIMIZERS.contains(&choice.name.as_str()) {
            return Ok(Self::PlugIn(choice));
        }
        Self::deserialize(MapDeserializer::new(entries(&choice)))
    }
}

/// An optimizer at work: block by block, or over the whole vector.
#[derive(Debug, Clone)]
pub(crate) enum Method {
    Blocks(Arc<dyn AnyOptimizer>),
    Lbfgs(Lbfgs),
}

impl Method {
    /// Vectors as long as the parameters that are kept between steps.
    pub(crate) fn state_vectors(&self) -> usize {
        match self {
            Self::Blocks(optimizer) => optimizer.state_vectors(),
            Self::Lbfgs(lbfgs) => lbfgs.state_vectors(),
        }
    }
}

impl OptimizerSettings {
    pub(crate) fn faults(&self) -> Vec<String> {
        match self {
            Self::GradientDescent(_) => Vec::new(),
            Self::Momentum(momentum) => momentum.faults().collect(),
            Self::Nesterov(nesterov) => nesterov.faults().collect(),
            Self::AdaGrad(adagrad) => adagrad.faults().collect(),
            Self::RmsProp(rmsprop) => rmsprop.faults().collect(),
            Self::Adam(adam) => adam.faults().collect(),
            Self::AdamW(adamw) => adamw.faults().collect(),
            Self::Lbfgs(lbfgs) => lbfgs.faults().collect(),
            Self::PlugIn(_) => Vec::new(), // its maker finds them
        }
    }

    /// The learning rate that it usually starts with: PyTorch's defaults, but for those of 0.1, which have none there.
    pub(crate) fn usual_rate(&self) -> f64 {
        match self {
            Self::GradientDescent(_) | Self::Momentum(_) | Self::Nesterov(_) | Self::PlugIn(_) => 0.1,
            Self::AdaGrad(_) | Self::RmsProp(_) => 0.01,
            Self::Adam(_) | Self::AdamW(_) => 0.001,
            Self::Lbfgs(_) => 1.0,
        }
    }

    /// # Errors
    /// As for [`Catalogue::optimizer`].
    pub(crate) fn make(&self, catalogue: &Catalogue) -> crate::Result<Method> {
        Ok(Method::Blocks(match self.clone() {
            Self::GradientDescent(gradient_descent) => Arc::new(gradient_descent),
            Self::Momentum(momentum) => Arc::new(momentum),
            Self::Nesterov(nesterov) => Arc::new(nesterov),
            Self::AdaGrad(adagrad) => Arc::new(adagrad),
            Self::RmsProp(rmsprop) => Arc::new(rmsprop),
            Self::Adam(adam) => Arc::new(adam),
            Self::AdamW(adamw) => Arc::new(adamw),
            Self::Lbfgs(lbfgs) => return Ok(Method::Lbfgs(lbfgs)),
            Self::PlugIn(choice) => catalogue.optimizer(&choice)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<OptimizerSettings, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_stands_for_its_table_and_constants_left_out_take_their_defaults() {
        assert_eq!(read(r#""adam""#), Ok(OptimizerSettings::Adam(Adam::default())));
        assert_eq!(read(r#""gradient_descent""#), Ok(OptimizerSettings::default()));
        let slow = OptimizerSettings::Adam(Adam { beta1: 0.8, ..Adam::default() });
        assert_eq!(read(r#"{"beta1": 0.8, "name": "adam"}"#), Ok(slow.clone()));
        assert_eq!(read(&serde_json::to_string(&slow).unwrap()), Ok(slow));
        let plain = serde_json::to_string(&OptimizerSettings::default()).unwrap();
        assert_eq!(plain, r#"{"name":"gradient_descent"}"#);
        assert_eq!(read(&plain), Ok(OptimizerSettings::default()));
        let lbfgs = OptimizerSettings::Lbfgs(Lbfgs { history: 5, ..Lbfgs::default() });
        assert_eq!(read(&serde_json::to_string(&lbfgs).unwrap()), Ok(lbfgs));
        let own = OptimizerSettings::PlugIn(NamedConfig::from("my-crate/signs").with("share", 0.5));
        assert_eq!(read(&serde_json::to_string(&own).unwrap()), Ok(own));
        for name in super::OPTIMIZERS {
            assert!(
                !matches!(read(&format!("\"{name}\"")), Ok(OptimizerSettings::PlugIn(_)) | Err(_)),
                "{name}"
            );
        }
    }

    #[test]
    fn unknown_names_and_constants_are_refused_in_words() {
        let unknown = read(r#""adamm""#).unwrap().make(&Catalogue::builtin()).unwrap_err().to_string();
        let known = "known are gradient_descent, momentum, nesterov, adagrad, rmsprop, adam, adamw, lbfgs:";
        assert!(unknown.contains("optimizer is \"adamm\"") && unknown.contains(known), "{unknown}");
        assert!(read(r#"{"name": "adam", "betta1": 0.8}"#).unwrap_err().contains("unknown field `betta1`"));
        assert!(read(r#"{"name": "gradient_descent", "momentum": 0.8}"#).is_err());
        let number = read("3").unwrap_err();
        assert!(
            number.contains("the name of an optimizer, or a table with its name and constants"),
            "{number}"
        );
    }
}
