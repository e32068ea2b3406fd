//! `dnn.toml`: everything that can be chosen about a training, all of it optional. What is left out follows from the data,
//! see `defaults.rs`; a run's folder keeps it complete.

mod commented;
mod read;
mod suggest;

use std::path::PathBuf;

use dnn_data::folder::Colour;
use dnn_data::recipe::{Task, Unknown};
use dnn_data::sound::Mel;
use dnn_train::{
    ClassWeights, Clipping, EarlyStopping, Initialisation, NamedConfig, OptimizerSettings, Penalty,
    ScheduleSettings,
};
use serde::{Deserialize, Deserializer, Serialize};

pub use read::full_key;

/// A configuration, in the tables of its file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub data: Data,
    pub network: Network,
    pub training: Training,
    pub run: Run,
    #[serde(skip_serializing_if = "Sweep::is_empty")]
    pub sweep: Sweep,
}

/// `[data]`: where it comes from, how it is read, and what is held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// A file or folder to train on.
    pub train: Option<PathBuf>,
    /// A file or folder to test on.
    pub test: Option<PathBuf>,
    /// The file of labels beside NPY or IDX files.
    pub labels: Option<PathBuf>,
    pub test_labels: Option<PathBuf>,
    /// A file or folder to validate on, instead of a share held out.
    pub validation_data: Option<PathBuf>,
    pub validation_labels: Option<PathBuf>,
    /// The column to predict, by name or by number from 1; in an NPZ file the array's name.
    #[serde(deserialize_with = "text_or_number")]
    pub target: Option<String>,
    /// In an NPZ file the array of examples.
    pub examples: Option<String>,
    pub task: Option<Task>,
    /// A letter, or `"tab"`.
    pub delimiter: Option<String>,
    pub header: Option<bool>,
    /// Columns that nothing is predicted from.
    #[serde(deserialize_with = "one_or_more")]
    pub ignore: Option<Vec<String>>,
    /// Columns of numbers that are names of something.
    #[serde(deserialize_with = "one_or_more")]
    pub categories: Option<Vec<String>>,
    pub missing: Option<Missing>,
    /// Categories that did not occur in training.
    pub unknown: Option<Unknown>,
    /// The share held out for validation; 0 for none.
    pub validation: Option<f64>,
    /// The share held out as test examples, if none are given; 0 for none.
    pub test_share: Option<f64>,
    /// Whether each class gives its share.
    pub stratified: Option<bool>,
    /// A column that says `train`, `validation` or `test` of each row.
    pub split_column: Option<String>,
    /// Whether a table is read anew in each epoch instead of held in memory.
    pub stream: Option<bool>,
    /// Scaling of pictures, sounds and arrays.
    pub scaling: Option<Scaling>,
    pub colour: Option<Colour>,
    /// The pattern of the names of recordings, `"{digit}_{speaker}_{take}"`, of which `class` is one part.
    pub names: Option<String>,
    pub class: Option<String>,
    /// What is held out whole: a column, or a part of the names of recordings, as all of a speaker.
    pub group: Option<String>,
    pub sound: Option<Mel>,
}

/// What becomes of a missing number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It counts as the mean, and a feature of its own says that it was missing.
    Indicate,
    /// It counts as the mean.
    Mean,
}

/// How pictures, sounds and arrays are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    None,
    Standardise,
    Range,
    /// By 1/255.
    Bytes,
    /// Each value's rank among those of its example.
    Ranks,
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

/// A text, or a number that stands for one: `target = 5`.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Visitor;
    impl serde::de::Visitor<'_> for Visitor {
        type Value = Option<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a name, or a number from 1")
        }

        fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
            Ok(Some(name.into()))
        }

        fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        // As JSON has it where nothing is set.
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Visitor)
}

/// Texts, or one text without a list: `ignore = "id"`.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Option<Vec<String>>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text, or a list of texts")
        }

        fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
            Ok(Some(vec![name.into()]))
        }

        // As JSON has it where nothing is set.
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map(Some)
        }
    }
    deserializer.deserialize_any(Visitor)
}
