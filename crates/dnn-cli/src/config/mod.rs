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
    Choice, ClassWeights, Clipping, EarlyStopping, Initialisation, OptimizerSettings, Penalty,
    ScheduleSettings,
};
use serde::{Deserialize, Deserializer, Serialize};

pub(crate) use read::full_key;

/// A configuration, in the tables of its file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) data: Data,
    pub(crate) network: Network,
    pub(crate) training: Training,
    pub(crate) run: Run,
    #[serde(skip_serializing_if = "Sweep::is_empty")]
    pub(crate) sweep: Sweep,
}

/// `[data]`: where it comes from, how it is read, and what is held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Data {
    /// A file or folder to train on.
    pub(crate) train: Option<PathBuf>,
    /// A file or folder to test on.
    pub(crate) test: Option<PathBuf>,
    /// The file of labels beside NPY or IDX files.
    pub(crate) labels: Option<PathBuf>,
    pub(crate) test_labels: Option<PathBuf>,
    /// A file or folder to validate on, instead of a share held out.
    pub(crate) validation_data: Option<PathBuf>,
    pub(crate) validation_labels: Option<PathBuf>,
    /// The column to predict, by name or by number from 1; in an NPZ file the array's name.
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) target: Option<String>,
    /// In an NPZ file the array of examples.
    pub(crate) examples: Option<String>,
    pub(crate) task: Option<Task>,
    /// A letter, or `"tab"`.
    pub(crate) delimiter: Option<String>,
    pub(crate) header: Option<bool>,
    /// Columns that nothing is predicted from.
    #[serde(deserialize_with = "one_or_more")]
    pub(crate) ignore: Option<Vec<String>>,
    /// Columns of numbers that are names of something.
    #[serde(deserialize_with = "one_or_more")]
    pub(crate) categories: Option<Vec<String>>,
    pub(crate) missing: Option<Missing>,
    /// Categories that did not occur in training.
    pub(crate) unknown: Option<Unknown>,
    /// The share held out for validation; 0 for none.
    pub(crate) validation: Option<f64>,
    /// The share held out as test examples, if none are given; 0 for none.
    pub(crate) test_share: Option<f64>,
    /// Whether each class gives its share.
    pub(crate) stratified: Option<bool>,
    /// A column that says `train`, `validation` or `test` of each row.
    pub(crate) split_column: Option<String>,
    /// Whether a table is read anew in each epoch instead of held in memory.
    pub(crate) stream: Option<bool>,
    /// Scaling of pictures, sounds and arrays.
    pub(crate) scaling: Option<Scaling>,
    pub(crate) colour: Option<Colour>,
    /// The pattern of the names of recordings, `"{digit}_{speaker}_{take}"`, of which `class` is one part.
    pub(crate) names: Option<String>,
    pub(crate) class: Option<String>,
    /// What is held out whole: a column, or a part of the names of recordings, as all of a speaker.
    pub(crate) group: Option<String>,
    pub(crate) sound: Option<Mel>,
}

/// What becomes of a missing number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Missing {
    /// It counts as the mean, and a feature of its own says that it was missing.
    Indicate,
    /// It counts as the mean.
    Mean,
}

/// How pictures, sounds and arrays are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scaling {
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
pub(crate) struct Network {
    /// Units of each hidden layer.
    pub(crate) hidden: Option<Vec<usize>>,
    pub(crate) activation: Option<Choice>,
    /// Behind each hidden layer.
    pub(crate) dropout: Option<f64>,
    /// Before the examples enter the first layer.
    pub(crate) input_dropout: Option<f64>,
    /// Before each hidden layer's dropout.
    pub(crate) layer_normalisation: Option<bool>,
    pub(crate) initialisation: Option<Initialisation>,
}

/// `[training]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Training {
    pub(crate) epochs: Option<u64>,
    pub(crate) steps: Option<u64>,
    pub(crate) batch: Option<usize>,
    pub(crate) learning_rate: Option<f64>,
    pub(crate) warm_up_epochs: Option<f64>,
    pub(crate) shuffle: Option<bool>,
    pub(crate) validate_every: Option<u64>,
    pub(crate) metrics: Option<Vec<Choice>>,
    pub(crate) optimizer: Option<OptimizerSettings>,
    pub(crate) schedule: Option<ScheduleSettings>,
    pub(crate) cost: Option<Choice>,
    pub(crate) penalty: Option<Penalty>,
    pub(crate) clipping: Option<Clipping>,
    pub(crate) class_weights: Option<ClassWeights>,
    /// With a patience of 0, never.
    pub(crate) early_stopping: Option<EarlyStopping>,
}

/// `[run]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Run {
    pub(crate) seed: Option<u64>,
    pub(crate) threads: Option<u16>,
    pub(crate) backend: Option<String>,
    /// Seconds between two checkpoints.
    pub(crate) checkpoint_seconds: Option<f64>,
    /// Checkpoints that are kept besides the best.
    pub(crate) keep_checkpoints: Option<usize>,
}

/// `[sweep]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sweep {
    pub(crate) strategy: Option<SweepStrategy>,
    /// Trials to begin.
    pub(crate) trials: Option<u64>,
    /// Trials at a time.
    pub(crate) parallel: Option<u16>,
    /// What trials are compared by: a measure of the validation examples.
    pub(crate) measure: Option<String>,
    /// The values to try, by key: a text such as `"log:1e-4..1e-1"`, or a list to choose from.
    pub(crate) space: Option<toml::Table>,
}

impl Sweep {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is tried next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub(crate) enum SweepStrategy {
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
