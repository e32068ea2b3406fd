//! What a sweep comes to, as plain values.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dnn_search::{Finished, Values};
use serde::Serialize;

use crate::evaluation::Metrics;

/// What came of a sweep, as `--json` prints it.
#[derive(Debug, Serialize)]
pub struct Swept {
    /// The folder of the sweep.
    pub folder: PathBuf,
    /// The model of the best trial, or as configured if no trial was better.
    pub model: PathBuf,
    /// Its configuration.
    pub configuration: PathBuf,
    /// The page of all trials.
    pub report: PathBuf,
    /// Trials that were tried.
    pub trials: usize,
    /// What they were compared by, of the validation examples.
    pub measure: String,
    /// Whether less of it is better.
    #[serde(skip)]
    pub lower_is_better: bool,
    /// The best few, the best first.
    pub best: Vec<Ranked>,
    /// Which trial the model is of; none if it is as configured.
    pub trial: Option<u64>,
    /// Measures of the model, by part of the data.
    pub metrics: BTreeMap<String, Metrics>,
    /// The same of the configuration as it stands.
    pub as_configured: BTreeMap<String, Metrics>,
}

/// A trial by its worth.
#[derive(Debug, Serialize)]
pub struct Ranked {
    /// Its number.
    pub trial: u64,
    /// Its measure.
    pub value: f64,
    /// What it was trained with.
    pub values: Values,
}

impl Ranked {
    pub(super) fn of(finished: &Finished) -> Option<Self> {
        let (trial, values) = (finished.trial.number, finished.trial.values.clone());
        Some(Self { trial, value: finished.value?, values })
    }
}
