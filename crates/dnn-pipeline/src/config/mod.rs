//! `dnn.toml`: everything that can be chosen about a training, all of it optional. What is left out follows from the data,
//! see `defaults.rs`; a run's folder keeps it complete.

mod commented;
mod read;
mod suggest;

use dnn_data::DataSettings;
use dnn_train::{
    ClassWeights, Clipping, EarlyStopping, Initialisation, NamedConfig, OptimizerSettings, Penalty,
    ScheduleSettings,
};
use serde::{Deserialize, Serialize};

pub use read::full_key;

/// A configuration, in the tables of its file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub data: DataSettings,
    pub network: Network,
    pub training: Training,
    pub run: Run,
    #[serde(skip_serializing_if = "Sweep::is_empty")]
    pub sweep: Sweep,
}

/// `[network]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Units of each hidden layer.
    pub hidden: Option<Vec<usize>>,
    pub activation: Option<NamedConfig>,
    /// Behind each hidden layer.
    pub dropout: Option<f64>,
    /// Before the examples enter the first layer.
    pub input_dropout: Option<f64>,
    /// Before each hidden layer's dropout.
    pub layer_normalisation: Option<bool>,
    pub initialisation: Option<Initialisation>,
}

/// `[training]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Training {
    pub epochs: Option<u64>,
    pub steps: Option<u64>,
    pub batch: Option<usize>,
    pub learning_rate: Option<f64>,
    pub warm_up_epochs: Option<f64>,
    pub shuffle: Option<bool>,
    pub validate_every: Option<u64>,
    pub metrics: Option<Vec<NamedConfig>>,
    pub optimizer: Option<OptimizerSettings>,
    pub schedule: Option<ScheduleSettings>,
    pub cost: Option<NamedConfig>,
    pub penalty: Option<Penalty>,
    pub clipping: Option<Clipping>,
    pub class_weights: Option<ClassWeights>,
    /// With a patience of 0, never.
    pub early_stopping: Option<EarlyStopping>,
}

/// `[run]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    pub seed: Option<u64>,
    pub threads: Option<u16>,
    pub backend: Option<String>,
    /// Seconds between two checkpoints.
    pub checkpoint_seconds: Option<f64>,
    /// Checkpoints that are kept besides the best.
    pub keep_checkpoints: Option<usize>,
}

/// `[sweep]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sweep {
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

impl Sweep {
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
