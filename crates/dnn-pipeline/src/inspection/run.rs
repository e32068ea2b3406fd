//! A run's folder: how far it is, what it came to, and which model in it is the one to look at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dnn_io::Series;
use dnn_observe::{Run, RunFolder, State};
use dnn_train::Settings;
use serde::Serialize;
use serde_json::Value;

use crate::Result;
use crate::config::{Config, Training};

/// A run as its folder tells it.
#[derive(Debug, Serialize)]
pub struct RunLook {
    /// The folder.
    pub folder: String,
    /// What people call it.
    pub name: String,
    /// `finished`, `stopped`, `failed` or `unfinished`: still going, or killed.
    pub state: &'static str,
    /// Why it ended, where there is something to say.
    pub reason: String,
    /// The command it was begun by.
    pub command: String,
    /// Steps taken, as far as they were written.
    pub step: u64,
    /// Steps it was to take.
    pub planned_steps: u64,
    /// Seconds it trained.
    pub seconds: f64,
    /// What was measured at the end: by part of the data, then by metric.
    pub metrics: BTreeMap<String, BTreeMap<String, f64>>,
    /// Steps that it can be resumed from.
    pub checkpoints: Vec<u64>,
    /// Every setting of the run.
    pub settings: Value,
    /// What is not as it should be.
    pub notes: Vec<String>,
}

impl RunLook {
    /// The run in `folder`, and the file of its model: the trained one, or else the newest checkpoint.
    ///
    /// # Errors
    /// [`crate::Error::Model`] if there is no run.
    pub fn read(path: &Path) -> Result<(Self, Option<PathBuf>)> {
        let (run, folder) = (Run::read(path)?, RunFolder::open(path));
        let series = Series::new(folder.checkpoints());
        let checkpoints = series.steps()?;
        let newest = checkpoints.last().map(|&step| series.path(step));
        let model = Some(folder.model_path()).filter(|model| model.exists()).or(newest);
        let (about, outcome) =
            (run.about.clone().unwrap_or_default(), run.outcome.clone().unwrap_or_default());
        let last = run.metrics.steps.last().map_or(0, |point| point.step);
        let look = Self {
            folder: path.display().to_string(),
            name: run.name().into(),
            state: state(&run),
            reason: outcome.reason,
            command: about.command.join(" "),
            step: outcome.steps.max(last),
            planned_steps: run.metrics.planned_steps,
            seconds: if run.outcome.is_some() { outcome.seconds } else { run.metrics.seconds() },
            metrics: outcome.metrics,
            checkpoints,
            settings: about.configuration,
            notes: run.notes,
        };
        Ok((look, model))
    }

    /// What of its settings makes the memory of a step, if this program can read them.
    pub fn training(&self) -> Option<Settings> {
        let Training { batch, optimizer, .. } =
            serde_json::from_value::<Config>(self.settings.clone()).ok()?.training;
        Some(Settings { batch, optimizer, ..Settings::default() })
    }
}

fn state(run: &Run) -> &'static str {
    match run.outcome.as_ref().map(|outcome| outcome.state) {
        Some(State::Finished) => "finished",
        Some(State::Stopped) => "stopped",
        Some(State::Failed) => "failed",
        _ => "unfinished",
    }
}
