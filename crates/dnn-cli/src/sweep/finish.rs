//! What a sweep ends in: the best model and its configuration, what the test examples say of it, and the report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dnn_core::Compute;
use dnn_observe::{Outcome as RunOutcome, Report, Run, RunFolder};
use dnn_search::{Finished, Goal, Outcome, Values};
use serde::Serialize;

use super::{Sweeping, goal};
use crate::evaluation::{Metrics, evaluate, measure};
use crate::flags::MachineFlags;
use crate::model::Model;
use crate::table::table;
use crate::{Error, Result};

/// Trials that are told one by one.
const TOLD: usize = 5;

/// What came of a sweep, as `--json` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct Swept {
    folder: PathBuf,
    /// The model of the best trial, or as configured if no trial was better.
    model: PathBuf,
    /// Its configuration.
    configuration: PathBuf,
    report: PathBuf,
    /// Trials that were tried.
    trials: usize,
    /// What they were compared by, of the validation examples.
    measure: String,
    /// The best few, the best first.
    best: Vec<Ranked>,
    /// Which trial the model is of; none if it is as configured.
    trial: Option<u64>,
    /// Measures of the model, by part of the data.
    metrics: BTreeMap<String, Metrics>,
    /// The same of the configuration as it stands.
    as_configured: BTreeMap<String, Metrics>,
}

/// A trial by its worth.
#[derive(Debug, Serialize)]
struct Ranked {
    trial: u64,
    value: f64,
    values: Values,
}

impl Sweeping<'_> {
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
        let machine =
            MachineFlags { threads: self.config.run.threads, backend: self.config.run.backend.clone() }
                .start()?;
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
        let model = Model::load(&folder.model_path(), &self.program.registry)?;
        let a = model.predict(compute, test.x.view())?;
        metrics.insert("test".into(), measure(model.intake.target(), test, a.view())?);
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

impl Ranked {
    fn of(finished: &Finished) -> Option<Self> {
        let (trial, values) = (finished.trial.number, finished.trial.values.clone());
        Some(Self { trial, value: finished.value?, values })
    }
}

impl Swept {
    /// In words.
    pub(crate) fn text(&self) -> String {
        let measure = &self.measure;
        let keys: Vec<&String> =
            self.best.first().map(|best| best.values.keys().collect()).unwrap_or_default();
        let heading =
            ["trial", measure].into_iter().map(String::from).chain(keys.iter().map(|key| short(key)));
        let mut rows = vec![heading.collect::<Vec<_>>()];
        for ranked in &self.best {
            let values = keys.iter().map(|key| ranked.values.get(*key).map_or_else(String::new, word));
            rows.push(
                [ranked.trial.to_string(), format!("{:.4}", ranked.value)]
                    .into_iter()
                    .chain(values)
                    .collect(),
            );
        }
        let parts = ["validation", "test"].map(|part| {
            let of = |metrics: &BTreeMap<String, Metrics>| metrics.get(part)?.get(measure).copied();
            let (best, configured) = (of(&self.metrics)?, of(&self.as_configured)?);
            Some(format!("{part}: {best:.4} with the model, {configured:.4} as configured\n"))
        });
        let parts: String = parts.into_iter().flatten().collect();
        let order = if goal(measure).is_ok_and(|goal| goal == Goal::Lowest) { "lower" } else { "higher" };
        let whose = match self.trial {
            Some(trial) => format!("of trial {trial}"),
            None => "as configured, since no trial was better".into(),
        };
        format!(
            "{} trials, compared by {measure} of the validation examples ({order} is better); the best:\n{}{parts}model: {}, {whose}\nconfiguration: {}\nreport: {}\n",
            self.trials,
            table(&rows),
            self.model.display(),
            self.configuration.display(),
            self.report.display()
        )
    }
}

/// A key without its table.
fn short(key: &str) -> String {
    key.rsplit('.').next().unwrap_or(key).to_owned()
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}
