//! `dnn sweep`: a search for better values of what can be chosen.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::SweepStrategy;
use crate::flags::TrainingFlags;
use crate::output::{print, print_json};
use crate::sweep::{Sweeping, ranges};
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
    strategy: Option<SweepStrategy>,
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

impl Sweep {
    /// Searches, and prints what was found.
    ///
    /// # Errors
    /// As [`Sweeping`].
    pub(super) fn run(self, program: &Program) -> Result<()> {
        let mut config = self.what.config()?;
        let sweep = &mut config.sweep;
        if !self.space.is_empty() {
            sweep.space = Some(ranges(&self.space)?);
        }
        sweep.strategy = self.strategy.or(sweep.strategy);
        sweep.trials = self.trials.or(sweep.trials);
        sweep.parallel = self.parallel.or(sweep.parallel);
        let folder = self.out.unwrap_or_else(|| usual_folder(config.data.train.as_deref()));
        show(Sweeping::prepare(program, config, &folder)?, self.json)
    }
}

/// Carries out the sweep, and prints what came of it.
///
/// # Errors
/// As [`Sweeping::run`].
pub(super) fn show(sweeping: Sweeping<'_>, json: bool) -> Result<()> {
    let swept = sweeping.run()?;
    if json { print_json(&swept) } else { print(&swept.text()) }
}

/// The same for the same data, so that the same command goes on.
fn usual_folder(data: Option<&Path>) -> PathBuf {
    let name = data.and_then(Path::file_stem).unwrap_or_default().to_string_lossy();
    let name = name.split('.').next().filter(|name| !name.is_empty()).unwrap_or("data");
    Path::new("runs").join(format!("{name}-sweep"))
}
