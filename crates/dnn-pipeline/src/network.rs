//! From a complete configuration to a network and the settings of its training.

use dnn_core::{NamedConfig, Network, Registry};
use dnn_data::Target;
use dnn_train::{AnyCost, Link, Settings, Targets};

use crate::config::Config;
use crate::{Error, Result};

/// The network that `config` describes, for examples of so many features and this target.
///
/// # Errors
/// [`Error::Configuration`] for an unknown activation, a cost that does not fit to the target, and sizes of 0.
pub(crate) fn network(
    config: &Config,
    names: &Registry,
    features: usize,
    target: &Target,
) -> Result<Network> {
    let part = &config.network;
    let (dropout, normalised) = (part.dropout.unwrap_or(0.0), part.layer_normalisation == Some(true));
    let mut builder = Network::builder(features);
    if let Some(rate) = part.input_dropout.filter(|&rate| rate != 0.0) {
        builder = builder.dropout(rate);
    }
    let choice = part.activation.clone().unwrap_or_else(|| NamedConfig::from("relu"));
    if let Some(units) = part.hidden.as_deref().filter(|units| !units.is_empty()) {
        builder = builder.hidden(units, &names.activation(&choice)?, normalised, dropout);
    }
    let link = link(config, names, target)?;
    let last = names.activation(&link.name().into())?;
    Ok(builder.dense(target.outputs(), last).build()?)
}

/// The last activation: that of the cost, or of the usual one for such a target.
fn link(config: &Config, registry: &Registry, target: &Target) -> Result<Link> {
    let usual = match (target.classes(), target.outputs()) {
        (None, _) => Link::Identity,
        (_, 1) => Link::Sigmoid,
        _ => Link::Softmax,
    };
    let Some(choice) = &config.training.cost else { return Ok(usual) };
    let cost = registry.make::<dyn AnyCost>(choice)?;
    let predicts = match target.classes() {
        None if cost.link() == Link::Identity && cost.targets() == Targets::Finite => {
            return Ok(Link::Identity);
        }
        None => "a number".into(),
        Some(_) if cost.link() == usual => return Ok(usual),
        Some(classes) => format!("{} classes by {}", classes.len(), usual.name()),
    };
    Err(Error::Configuration(
        format!(
            "training.cost is {}, which ends in {}, but what is predicted is {predicts}: leave cost out, or choose another",
            cost.name(),
            cost.link().name()
        )
        .into(),
    ))
}

/// The settings of the training.
pub(crate) fn settings(config: &Config, target: &Target) -> Settings {
    let part = config.training.clone();
    // What is trained on numbers is the squared error, for which no activation stands.
    let cost =
        part.cost.or_else(|| target.classes().is_none().then(|| NamedConfig::from("mean_squared_error")));
    Settings {
        batch: part.batch,
        learning_rate: part.learning_rate,
        epochs: part.epochs,
        steps: part.steps,
        shuffle: part.shuffle,
        seed: config.run.seed,
        cost,
        initialisation: config.network.initialisation,
        optimizer: part.optimizer,
        schedule: part.schedule,
        warm_up_epochs: part.warm_up_epochs,
        penalty: part.penalty,
        clipping: part.clipping,
        class_weights: part.class_weights,
        validate_every: part.validate_every,
        metrics: part.metrics,
        early_stopping: part.early_stopping.filter(|early| early.patience > 0),
        ..Settings::default()
    }
}
