//! `dnn.toml`: everything that can be chosen about a training, all of it optional. What is left out follows from the data,
//! see [`crate::fill`]; a run's folder keeps it complete.

mod commented;
mod read;
mod suggest;

use dnn_data::DataSettings;
use dnn_train::{ClassWeights, Clipping, EarlyStopping, Initialisation, NamedConfig, Penalty};
use serde::{Deserialize, Serialize};

pub use read::full_key;

/// A configuration, in the tables of its file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the data is, how it is read, and what is held out.
    pub data: DataSettings,
    /// The network.
    pub network: Network,
    /// How it is trained.
    pub training: Training,
    /// What computes, and what is kept.
    pub run: Run,
    /// What a sweep tries.
    #[serde(skip_serializing_if = "SweepSettings::is_empty")]
    pub sweep: SweepSettings,
}

/// `[network]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Units of each hidden layer.
    pub hidden: Option<Vec<usize>>,
    /// Of the hidden layers.
    pub activation: Option<NamedConfig>,
    /// Behind each hidden layer.
    pub dropout: Option<f64>,
    /// Before the examples enter the first layer.
    pub input_dropout: Option<f64>,
    /// Before each hidden layer's dropout.
    pub layer_normalisation: Option<bool>,
    /// How weights start.
    pub initialisation: Option<Initialisation>,
}

/// `[training]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Training {
    /// How often every example is seen.
    pub epochs: Option<u64>,
    /// Steps, instead of epochs.
    pub steps: Option<u64>,
    /// Examples in a step.
    pub batch: Option<usize>,
    /// How far a step goes.
    pub learning_rate: Option<f64>,
    /// Epochs in which the learning rate first rises.
    pub warm_up_epochs: Option<f64>,
    /// Whether each epoch has an order of its own.
    pub shuffle: Option<bool>,
    /// Steps between two evaluations of the validation examples.
    pub validate_every: Option<u64>,
    /// What is measured of them beside their cost.
    pub metrics: Option<Vec<NamedConfig>>,
    /// The optimizer.
    pub optimizer: Option<NamedConfig>,
    /// How the learning rate changes.
    pub schedule: Option<NamedConfig>,
    /// What is made small.
    pub cost: Option<NamedConfig>,
    /// What large weights cost.
    pub penalty: Option<Penalty>,
    /// The longest gradient that is followed as it is.
    pub clipping: Option<Clipping>,
    /// How much the examples of each class count.
    pub class_weights: Option<ClassWeights>,
    /// With a patience of 0, never.
    pub early_stopping: Option<EarlyStopping>,
}

/// `[run]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    /// What all random choices depend on.
    pub seed: Option<u64>,
    /// Threads that share the work.
    pub threads: Option<u16>,
    /// What multiplies matrices. No file may name a library by its path: see [`Config::backend`].
    pub backend: Option<String>,
    /// Seconds between two checkpoints.
    pub checkpoint_seconds: Option<f64>,
    /// Checkpoints that are kept besides the best.
    pub keep_checkpoints: Option<usize>,
    /// Whether a program named the back end, not a file: a library that is loaded runs code.
    #[serde(skip)]
    pub(crate) trusted: bool,
}

/// `[sweep]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename = "Sweep")]
pub struct SweepSettings {
    /// What is tried next.
    pub strategy: Option<SweepStrategy>,
    /// Trials to begin.
    pub trials: Option<u64>,
    /// Trials at a time.
    pub parallel: Option<u16>,
    /// What trials are compared by: a measure of the validation examples.
    pub measure: Option<String>,
    /// The values to try, by key: a text such as `"log:1e-4..1e-1"`, or a list to choose from.
    pub space: Option<toml::Table>,
}

impl SweepSettings {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is tried next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SweepStrategy {
    /// Draws from the whole space
    Random,
    /// Every combination of evenly spread values
    Grid,
    /// Draws in three rounds, each closer around the best of the one before
    CoarseToFine,
    /// Many short trainings, of which the best go on for longer
    Asha,
}
