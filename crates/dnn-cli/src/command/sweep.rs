//! `dnn sweep`: a search for better values of what can be chosen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dnn_pipeline::config::SweepStrategy;
use dnn_pipeline::sweep::{Swept, ranges};
use dnn_pipeline::{Metrics, Sweep as Search};

use crate::flags::TrainingFlags;
use crate::output::{print, print_json};
use crate::table::table;
use crate::watch::Person;
use crate::{Program, Result};

/// Search for better values of what can be chosen: trainings side by side, compared by the same validation examples
///
/// A fifth of the examples is held out for that, unless data.validation, data.validation_data or data.split_column says
/// otherwise.
#[derive(Debug, Args)]
pub(crate) struct Sweep {
    #[command(flatten)]
    what: TrainingFlags,
    /// A key and the values to try: learning_rate=log:1e-4..1e-1 (every ratio equally likely), dropout=0..0.5,
    /// hidden=64,128,256 (one of these); may be given several times [default: learning_rate, hidden, activation and dropout,
    /// around what is configured]
    #[arg(long, value_name = "KEY=VALUES")]
    space: Vec<String>,
    /// What is tried next: random draws, every combination, rounds that close in on the best, or many short trainings of
    /// which the best go on
    #[arg(long, value_name = "NAME")]
    strategy: Option<StrategyName>,
    /// Trials to begin [default: 30]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    trials: Option<u64>,
    /// Trials at a time, each with its share of the cores [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    parallel: Option<u16>,
    /// The folder for the sweep; one that was stopped there goes on [default: runs/NAME-sweep]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Print one JSON object at the end
    #[arg(long)]
    json: bool,
}

/// What is tried next.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum StrategyName {
    /// Draws from the whole space
    Random,
    /// Every combination of evenly spread values
    Grid,
    /// Draws in three rounds, each closer around the best of the one before
    CoarseToFine,
    /// Many short trainings, of which the best go on for longer
    Asha,
}

impl From<StrategyName> for SweepStrategy {
    fn from(name: StrategyName) -> Self {
        match name {
            StrategyName::Random => Self::Random,
            StrategyName::Grid => Self::Grid,
            StrategyName::CoarseToFine => Self::CoarseToFine,
            StrategyName::Asha => Self::Asha,
        }
    }
}

impl Sweep {
    /// Searches, and prints what was found.
    ///
    /// # Errors
    /// As [`Search`].
    pub(super) fn run(self, program: &Program) -> Result<()> {
        let mut config = self.what.config()?;
        let sweep = &mut config.sweep;
        if !self.space.is_empty() {
            sweep.space = Some(ranges(&self.space)?);
        }
        sweep.strategy = self.strategy.map(Into::into).or(sweep.strategy);
        sweep.trials = self.trials.or(sweep.trials);
        sweep.parallel = self.parallel.or(sweep.parallel);
        let folder = self.out.unwrap_or_else(|| usual_folder(config.data.train.as_deref()));
        show(program, Search::prepare(&program.names, config, &folder)?, self.json)
    }
}

/// Carries out the sweep, and prints what came of it.
///
/// # Errors
/// As [`Search::run`].
pub(super) fn show(program: &Program, sweeping: Search<'_>, json: bool) -> Result<()> {
    let swept = Person::of_sweep()?.watch(program, |watch| sweeping.run(watch))?;
    if json { print_json(&swept) } else { print(&text(&swept)) }
}

/// The same for the same data, so that the same command goes on.
fn usual_folder(data: Option<&Path>) -> PathBuf {
    let name = data.and_then(Path::file_stem).unwrap_or_default().to_string_lossy();
    let name = name.split('.').next().filter(|name| !name.is_empty()).unwrap_or("data");
    Path::new("runs").join(format!("{name}-sweep"))
}

/// What was found, in words.
fn text(swept: &Swept) -> String {
    let measure = &swept.measure;
    let keys: Vec<&String> = swept.best.first().map(|best| best.values.keys().collect()).unwrap_or_default();
    let heading = ["trial", measure].into_iter().map(String::from).chain(keys.iter().map(|key| short(key)));
    let mut rows = vec![heading.collect::<Vec<_>>()];
    for ranked in &swept.best {
        let values = keys.iter().map(|key| ranked.values.get(*key).map_or_else(String::new, word));
        rows.push(
            [ranked.trial.to_string(), format!("{:.4}", ranked.value)].into_iter().chain(values).collect(),
        );
    }
    let parts = ["validation", "test"].map(|part| {
        let of = |metrics: &BTreeMap<String, Metrics>| metrics.get(part)?.get(measure).copied();
        let (best, configured) = (of(&swept.metrics)?, of(&swept.as_configured)?);
        Some(format!("{part}: {best:.4} with the model, {configured:.4} as configured\n"))
    });
    let parts: String = parts.into_iter().flatten().collect();
    let order = if swept.lower_is_better { "lower" } else { "higher" };
    let whose = match swept.trial {
        Some(trial) => format!("of trial {trial}"),
        None => "as configured, since no trial was better".into(),
    };
    format!(
        "{} trials, compared by {measure} of the validation examples ({order} is better); the best:\n{}{parts}model: {}, {whose}\nconfiguration: {}\nreport: {}\n",
        swept.trials,
        table(&rows),
        swept.model.display(),
        swept.configuration.display(),
        swept.report.display()
    )
}

/// A key without its table.
fn short(key: &str) -> String {
    key.rsplit('.').next().unwrap_or(key).to_owned()
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}
