//! What a run is, known when it starts, and what came of it, known when it ends.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `run.json`: everything needed to tell what was run, and to run it again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// What people call the run; the folder's name if it is empty.
    pub name: String,
    /// Seconds since 1970 when it was started, UTC.
    pub started: f64,
    /// The command line, or whatever else started it.
    pub command: Vec<String>,
    /// Versions by name: `dnn`, `rustc`, libraries.
    pub versions: BTreeMap<String, String>,
    /// The seed of everything drawn.
    pub seed: u64,
    /// What computes the products, with its kernel and version.
    pub backend: String,
    /// Threads that share a step.
    pub threads: usize,
    /// The machine: processor, cores, system.
    pub machine: BTreeMap<String, String>,
    /// The layers, as the network prints them.
    pub network: String,
    /// Numbers that are trained.
    pub parameters: usize,
    /// Where the data came from, how many examples of what.
    pub data: BTreeMap<String, String>,
    /// The resolved configuration: every setting, defaults included. Tables become `table.key` where runs are compared.
    pub configuration: serde_json::Value,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// It took all its steps, or arrived earlier.
    #[default]
    Finished,
    /// It was stopped in good order, and can go on.
    Stopped,
    /// An error ended it.
    Failed,
}

/// `outcome.json`: what came of a run. A run without it is still going, or was killed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// How it ended.
    pub state: State,
    /// Why it ended, where there is something to say: the error, an early stop.
    pub reason: String,
    /// Steps taken.
    pub steps: u64,
    /// Time of training.
    pub seconds: f64,
    /// What was measured at the end: by `train`, `validation` or `test`, then by metric.
    pub metrics: BTreeMap<String, BTreeMap<String, f64>>,
}
