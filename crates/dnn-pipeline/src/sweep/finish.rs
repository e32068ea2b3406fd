//! What a sweep ends in: the best model and its configuration, what the test examples say of it, and the report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dnn_core::Compute;
use dnn_observe::{Outcome as RunOutcome, Report, Run, RunFolder};
use dnn_search::{Goal, Outcome};

use super::Sweep;
use super::swept::{Ranked, Swept};
use crate::evaluation::{Metrics, evaluate, measure};
use crate::model::Model;
use crate::{Error, Machine, Result};

/// Trials that are told one by one.
const TOLD: usize = 5;

impl Sweep<'_> {
    /// Keeps the best model, tests it, and writes the report.
    ///
    /// # Errors
    /// [`Error::Training`] if every trial came to nothing; [`Error::Model`] if files cannot be read or written.
    pub(super) fn finish(&self, outcome: &Outcome) -> Result<Swept> {
        let best = outcome.best().ok_or_else(|| {
            Error::Training(
                "every trial came to nothing: its numbers became infinite or NaN; try smaller learning rates"
                    .into(),
            )
        })?;
        let machine = Machine::of(&self.config.run, self.config.run.threads)?;
        let configured = self.configured_folder();
        let as_configured = self.tested(&configured, machine.compute())?;
        let known = as_configured.get("validation").and_then(|metrics| metrics.get(&self.measure));
        let better = known.is_none_or(|&known| self.is_better(best.value.unwrap_or(f64::NAN), known));
        let trial = better.then_some(best.trial.number);
        let chosen = if better { self.trial_folder(&best.trial) } else { configured };
        let metrics = if better { self.tested(&chosen, machine.compute())? } else { as_configured.clone() };
        let model = RunFolder::open(&self.folder).model_path();
        let configuration = self.folder.join("best.toml");
        let copy = |from: PathBuf, to: &Path| {
            std::fs::copy(&from, to).map_err(|error| {
                Error::Model(
                    format!(
                        "{} could not be copied to {}: {error}: check the disk",
                        from.display(),
                        to.display()
                    )
                    .into(),
                )
            })
        };
        copy(RunFolder::open(&chosen).model_path(), &model)?;
        copy(RunFolder::open(&chosen).configuration_path(), &configuration)?;
        let report = self.folder.join("report.html");
        self.report(outcome)?.write(&report)?;
        let ranked = outcome.ranked();
        Ok(Swept {
            folder: self.folder.clone(),
            model,
            configuration,
            report,
            trials: ranked.len(),
            measure: self.measure.clone(),
            lower_is_better: outcome.goal == Goal::Lowest,
            trial,
            best: ranked.iter().take(TOLD).filter_map(|finished| Ranked::of(finished)).collect(),
            metrics,
            as_configured,
        })
    }

    /// The measures of the training in `folder`, those of the test examples among them, and its evaluation on these.
    fn tested(&self, folder: &Path, compute: Compute<'_>) -> Result<BTreeMap<String, Metrics>> {
        let outcome = Run::read(folder)?.outcome.unwrap_or_default();
        let (mut metrics, folder) = (outcome.metrics.clone(), RunFolder::open(folder));
        let Some(test) = self.test.as_ref().filter(|_| folder.model_path().exists()) else {
            return Ok(metrics);
        };
        let model = Model::load_with(folder.model_path(), self.names)?;
        let a = model.outputs(compute, test.x.view())?;
        let asked = self.config.training.metrics.iter().flatten();
        let asked = asked
            .filter_map(|choice| self.names.make::<dyn dnn_train::Metric>(choice).ok())
            .collect::<Vec<_>>();
        metrics.insert("test".into(), measure(model.preprocessor()?.target(), test, a.view(), &asked)?);
        folder.write_evaluation(&evaluate(&model, ("test", test), a.view(), compute)?)?;
        folder.write_outcome(&RunOutcome { metrics: metrics.clone(), ..outcome })?;
        Ok(metrics)
    }

    /// The page of all trials and of the configuration as it stands.
    fn report(&self, outcome: &Outcome) -> Result<Report> {
        let trials = outcome.ranked().into_iter().map(|finished| self.trial_folder(&finished.trial));
        let folders = std::iter::once(self.configured_folder()).chain(trials);
        let data = self.config.data.train.as_ref().and_then(|path| path.file_stem()).unwrap_or_default();
        let title = format!("{}: {} trials", data.to_string_lossy(), outcome.ranked().len());
        let page = Report::new(title).sweep();
        let page = page.ranked_by(format!("validation {}", self.measure), outcome.goal == Goal::Highest);
        folders.map(Run::read).try_fold(page, |page, run| Ok(page.run(run?)))
    }
}
