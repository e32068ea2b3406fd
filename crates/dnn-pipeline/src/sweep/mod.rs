//! A sweep: trainings of one configuration with other values of some keys, side by side, compared by the same validation
//! examples. What is tried next is for `dnn-search`; each trial is a training with a folder of its own.

mod choice;
mod finish;
mod space;
mod swept;
mod trial;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnn_core::{Backend, Pool};
use dnn_data::{Data, LabelledSet, Target};
use dnn_observe::RunFolder;
use dnn_search::{Finished, Goal, Pools, Search, Space};
use dnn_train::{Flow, Metric, NamedConfig};

use crate::config::Config;
use crate::evaluation::{targets, usual_metrics};
use crate::machine::cores;
use crate::{Error, Machine, Registry, Result, Watch, defaults, network};

pub use space::ranges;
pub use swept::{Ranked, Swept};

/// The share held out to compare trials by, where there would be none: trainings alone may do without.
const VALIDATION: f64 = 0.2;

/// A sweep that can be carried out.
pub struct Sweep<'a> {
    names: &'a Registry,
    folder: PathBuf,
    config: Config,
    /// The examples of every trial, without those to test on.
    prepared: Arc<Data>,
    /// What only the best is tested on, and the configuration as it stands.
    test: Option<LabelledSet>,
    backend: Arc<dyn Backend>,
    search: Search,
    measure: String,
}

/// The threads of one trial; it starts them itself.
struct Share(usize);

impl Pool for Share {
    fn threads(&self) -> usize {
        self.0
    }

    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..tasks).for_each(task);
    }
}

impl<'a> Sweep<'a> {
    /// Reads the data, and completes and checks everything that depends on it.
    ///
    /// # Errors
    /// As for a training; [`Error::Configuration`] for a space that cannot be searched, and without validation examples.
    pub fn prepare(names: &'a Registry, mut config: Config, folder: &Path) -> Result<Self> {
        let seed = *config.run.seed.get_or_insert(0);
        let data = &mut config.data;
        let otherwise = data.split_column.is_some() || data.validation_data.is_some();
        if !otherwise && data.validation.is_none_or(|share| share == 0.0) {
            data.validation = Some(VALIDATION);
        }
        let mut prepared = Data::load(&mut config.data, seed)?;
        if prepared.validation.is_none() {
            let advice = "name some in the column of data.split_column";
            return Err(Error::Configuration(
                format!("found no validation examples, expected some to compare trials by: {advice}").into(),
            ));
        }
        let mut filled = config.clone();
        let (features, target) = (prepared.preprocessor.features(), prepared.preprocessor.target());
        defaults::fill(&mut filled, prepared.count(), features, true, target);
        let unswept = config.clone();
        let sweep = &mut config.sweep;
        let usual: Vec<_> = usual_metrics(target).map(|metric| metric.name()).collect();
        let measure = sweep.measure.get_or_insert_with(|| usual[0].into()).clone();
        let goal = goal(names, &measure, target)?;
        let measured = filled.training.metrics.clone().unwrap_or_default();
        if !usual.contains(&&*measure) && !measured.iter().any(|choice| choice.name == measure) {
            config.training.metrics = Some([measured, vec![NamedConfig::from(&*measure)]].concat());
        }
        sweep.parallel.get_or_insert_with(|| u16::try_from(cores()).unwrap_or(1));
        let space = sweep.space(&filled)?;
        check_values(names, &unswept, &space, &prepared)?;
        let strategy = sweep.strategy(&space, filled.training.epochs.unwrap_or(1))?;
        let machine = Machine::of(&config.run, Some(1))?;
        let search = Search { space, strategy, goal, seed, note: note(&config)? };
        let test = prepared.test.take();
        let (prepared, backend, folder) = (Arc::new(prepared), machine.backend, folder.to_path_buf());
        Ok(Self { names, folder, config, prepared, test, backend, search, measure })
    }

    /// Trains as configured and every trial, those that are done already left out, and writes what came of it.
    ///
    /// # Errors
    /// [`Error::Paused`] after Ctrl-C: the same command, or `dnn resume`, goes on; [`Error::Model`] if the folder holds
    /// another sweep or cannot be written; [`Error::Configuration`] for more trials at a time than there are cores.
    pub fn run(self, watch: Watch<'_>) -> Result<Swept> {
        let Watch { stop, each, mut notes, .. } = watch;
        let parallel = self.config.sweep.parallel.map_or(1, usize::from);
        let threads = self.config.run.threads.map_or_else(|| (cores() / parallel).max(1), usize::from);
        if parallel.saturating_mul(threads) > cores() {
            let each = if threads == 1 { "thread" } else { "threads" };
            return Err(Error::Configuration(
                format!("{parallel} trials are to run at a time, each on {threads} {each}, but that is more than there are cores: run fewer at a time, or leave it out").into(),
            ));
        }
        let pools = Pools::new((0..parallel).map(|_| Share(threads)).collect());
        let pools = pools.map_err(|error| Error::Configuration(error.into()))?;
        self.begin()?;
        self.as_configured(Watch { stop: stop.clone(), each, ..Watch::default() })?;
        let (mut log, mut best, mut done) = (RunFolder::open(&self.folder).log()?, None, 0);
        let mut watch = |finished: &Finished| {
            done += 1;
            let line = self.words(finished, &mut best, done);
            // A log that cannot be written ends nothing.
            drop(writeln!(log, "{line}"));
            if let Some(notes) = &mut notes {
                notes(&line);
            }
            if stop.is_requested() { Flow::Stop } else { Flow::Continue }
        };
        let objective = |trial: &dnn_search::Trial, pool: &dyn Pool, report: &mut dnn_search::Report| {
            let watch = Watch { stop: stop.clone(), each, observers: vec![report], notes: None };
            self.try_out(trial, pool.threads(), watch).map_err(Into::into)
        };
        let outcome = self.search.run(&pools, Some(&self.journal()), objective, &mut watch);
        match outcome {
            Ok(outcome) if outcome.complete => self.finish(&outcome),
            Err(error) if !stop.is_requested() => Err(self.fault(error)),
            _ => Err(Error::Paused { folder: self.folder }),
        }
    }

    fn journal(&self) -> PathBuf {
        self.folder.join(JOURNAL)
    }

    /// Makes the folder, and keeps the configuration in it for `dnn resume`; or sees that it is that of this sweep.
    fn begin(&self) -> Result<()> {
        let file = RunFolder::open(&self.folder).configuration_path();
        let refuse = |found: String| {
            let folder = self.folder.display();
            Err(Error::Model(format!("{folder} {found}: name another folder by --out").into()))
        };
        if file.exists() && !is_sweep(&self.folder) {
            return refuse("holds a training, expected a sweep or nothing".into());
        }
        if file.exists() {
            let kept = Config::load(&file)?;
            return match (note(&kept)? == note(&self.config)?, kept.sweep.tries(&self.config.sweep)) {
                (true, true) => Ok(()),
                (false, _) => refuse("holds a sweep of another configuration".into()),
                (_, false) => refuse("holds a sweep of other values or another number of trials".into()),
            };
        }
        match std::fs::create_dir_all(trials(&self.folder)) {
            Err(error) => refuse(format!("could not be made: {error}")),
            Ok(()) => Ok(RunFolder::open(&self.folder).write_configuration(&self.config.to_toml()?)?),
        }
    }

    /// What is said of the trial that was done as number `done`.
    fn words(&self, finished: &Finished, best: &mut Option<f64>, done: usize) -> String {
        let better = |value: f64| best.is_none_or(|best| self.is_better(value, best));
        let worth = match finished.value {
            Some(value) if better(value) => {
                *best = Some(value);
                format!("{} {value:.4}, the best yet", self.measure)
            }
            Some(value) => format!("{} {value:.4}", self.measure),
            None => "came to nothing: its numbers became infinite or NaN".into(),
        };
        let budget = finished.trial.budget.map_or_else(String::new, |epochs| format!(" for {epochs} epochs"));
        let trial = &finished.trial;
        format!(
            "{done:>4}  trial {}{budget}: {worth}; {}; {:.1} s",
            trial.number,
            trial.words(),
            finished.seconds
        )
    }

    fn is_better(&self, value: f64, than: f64) -> bool {
        if self.search.goal == Goal::Highest { value > than } else { value < than }
    }

    /// Whose matter an error of the search is.
    fn fault(&self, error: dnn_search::Error) -> Error {
        match error {
            dnn_search::Error::Objective { trial, values, source } => match source.downcast::<Error>() {
                Ok(error) => *error,
                Err(source) => Error::Other(format!("trial {trial} ({values}) failed: {source}").into()),
            },
            dnn_search::Error::Journal { .. } | dnn_search::Error::File { .. } => Error::Model(error.into()),
            dnn_search::Error::Faults(_)
            | dnn_search::Error::Value { .. }
            | dnn_search::Error::Cores { .. } => Error::Configuration(error.into()),
            error => Error::Other(error.into()),
        }
    }
}

/// The files in a sweep's folder.
const JOURNAL: &str = "journal.jsonl";
const TRIALS: &str = "trials";

/// Whether `folder` is that of a sweep.
pub fn is_sweep(folder: &Path) -> bool {
    folder.join(JOURNAL).is_file() || folder.join(TRIALS).is_dir()
}

/// Where the runs of the sweep in `folder` are.
pub fn trials(folder: &Path) -> PathBuf {
    folder.join(TRIALS)
}

/// Sees that the ends of each range, and each value to choose from, make a training: before there is a sweep in the folder.
fn check_values(names: &Registry, config: &Config, space: &Space, prepared: &Data) -> Result<()> {
    let (features, target) = (prepared.preprocessor.features(), prepared.preprocessor.target());
    for (key, dimension) in space.dimensions() {
        for value in choice::ends(dimension) {
            let mut tried = config.with([(key.as_str(), &value)])?;
            defaults::fill(&mut tried, prepared.count(), features, true, target);
            let plan = || {
                let network = network::network(&tried, names, features, target)?;
                network::settings(&tried, target).plan_with(names, &network, prepared.count())?;
                Ok(())
            };
            plan().map_err(|error: Error| {
                Error::Configuration(format!("sweep.space.{key} has {value}: {error}").into())
            })?;
        }
    }
    Ok(())
}

/// Which way the metric called `measure` is better.
///
/// # Errors
/// [`Error::Configuration`] if there is none, or it has no meaning for this target.
fn goal(names: &Registry, measure: &str, target: &Target) -> Result<Goal> {
    let of_name = |name: &str| names.make::<dyn Metric>(&name.into()).ok();
    let suits = |metric: &Arc<dyn Metric>| metric.suits(targets(target));
    if let Some(metric) = of_name(measure).filter(suits) {
        return Ok(if metric.larger_is_better() { Goal::Highest } else { Goal::Lowest });
    }
    let known = names.names("metric").filter(|name| of_name(name).as_ref().is_some_and(suits));
    let known = known.collect::<Vec<_>>().join(", ");
    let fault = format!(
        "sweep.measure is {measure:?}, which this data lacks, expected {known}: correct it, or leave it out"
    );
    Err(Error::Configuration(fault.into()))
}

/// Everything that results depend on besides the space: what else was configured.
fn note(config: &Config) -> Result<String> {
    let mut config = config.clone();
    (config.sweep, config.run.threads) = (Default::default(), None);
    config.to_toml()
}
