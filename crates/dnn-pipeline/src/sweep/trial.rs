//! One trial of a sweep: a training in a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnn_blas::Threads;
use dnn_observe::{Run, RunFolder, State};
use dnn_search::Trial;

use super::{Sweep, trials};
use crate::config::Config;
use crate::machine::cores;
use crate::run::Trained;
use crate::session::Session;
use crate::{Error, Machine, Result, Watch};

/// The folder of the training with the configuration as it stands, which trials are compared with.
const AS_CONFIGURED: &str = "as-configured";

impl Sweep<'_> {
    /// The folder of a trial.
    pub(super) fn trial_folder(&self, trial: &Trial) -> PathBuf {
        trials(&self.folder).join(format!("trial-{:03}", trial.number))
    }

    /// The folder of the training as configured.
    pub(super) fn configured_folder(&self) -> PathBuf {
        trials(&self.folder).join(AS_CONFIGURED)
    }

    /// Trains with the configuration as it stands, unless that is done.
    pub(super) fn as_configured(&self, watch: Watch<'_>) -> Result<()> {
        let path = self.configured_folder();
        let state = Run::read(&path).ok().and_then(|run| run.outcome).map(|outcome| outcome.state);
        if matches!(state, Some(State::Finished | State::Failed)) {
            return Ok(());
        }
        let threads = self.config.run.threads.map_or_else(cores, usize::from);
        match self.train(self.of_trial(self.config.clone()), path, threads, watch) {
            // One that came to nothing can be compared with too.
            Ok(_) | Err(Error::Training(_)) => Ok(()),
            Err(Error::Stopped { .. }) => Err(Error::Paused { folder: self.folder.clone() }),
            Err(error) => Err(error),
        }
    }

    /// What `trial` is worth: its measure of the validation examples, or NaN if it came to nothing.
    ///
    /// # Errors
    /// [`Error::Stopped`], and what its values cannot be.
    pub(super) fn try_out(&self, trial: &Trial, threads: usize, watch: Watch<'_>) -> Result<f64> {
        let values = trial.values.iter().map(|(key, value)| (key.as_str(), value));
        let mut config = self.of_trial(self.config.with(values)?);
        if trial.budget.is_some() {
            (config.training.epochs, config.training.steps) = (trial.budget, None);
        }
        match self.train(config, self.trial_folder(trial), threads, watch) {
            Ok(trained) => {
                let measured =
                    trained.metrics.get("validation").and_then(|metrics| metrics.get(&self.measure));
                measured.copied().ok_or_else(|| {
                    let measure = &self.measure;
                    Error::Configuration(
                        format!("sweep.measure is {measure}, which this data lacks: leave it out").into(),
                    )
                })
            }
            Err(Error::Training(_)) => Ok(f64::NAN),
            Err(error) => Err(error),
        }
    }

    /// `config` as a single training has it.
    fn of_trial(&self, config: Config) -> Config {
        Config { sweep: Default::default(), ..config }
    }

    /// Trains in the folder at `path`; goes on where a stop has left it there.
    fn train(&self, config: Config, path: PathBuf, threads: usize, watch: Watch<'_>) -> Result<Trained> {
        let machine = Machine { backend: Arc::clone(&self.backend), threads: Threads::new(threads)? };
        let session = Session::of(self.names, config, Arc::clone(&self.prepared), machine)?;
        let folder = RunFolder::open(&path);
        let kept = std::fs::read_to_string(folder.configuration_path()).ok();
        let stopped = !folder.outcome_path().exists()
            || Run::read(&path)
                .is_ok_and(|run| run.outcome.is_some_and(|outcome| outcome.state == State::Stopped));
        if folder.about_path().exists() && stopped && kept == Some(session.config.to_toml()?) {
            return session.resume(&folder, watch);
        }
        if path.exists() && !is_of_a_run(&path) {
            return Err(Error::Model(
                format!(
                    "{} is no run of this sweep: move it away, or name another folder by --out",
                    path.display()
                )
                .into(),
            ));
        }
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(|error| {
                Error::Model(
                    format!(
                        "{} is no longer of use, but could not be removed: {error}: remove it by hand",
                        path.display()
                    )
                    .into(),
                )
            })?;
        }
        session.begin(&RunFolder::create(path)?, watch)
    }
}

/// Whether a folder holds a run or the beginning of one, or nothing.
fn is_of_a_run(path: &Path) -> bool {
    let Ok(mut entries) = std::fs::read_dir(path) else { return false };
    let begun = ["dnn.toml", "run.json", "checkpoints", "plots", "tensorboard", "log.txt"];
    let known = |name: &str| begun.iter().any(|begun| name.starts_with(begun));
    path.join("dnn.toml").exists()
        || entries.all(|entry| entry.is_ok_and(|entry| known(&entry.file_name().to_string_lossy())))
}
