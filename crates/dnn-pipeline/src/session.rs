//! A training from its configuration to its results: data, network, the loop with all that watches it, and what is written
//! into the run's folder. A training that is resumed takes the same way.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use dnn_core::Network;
use dnn_data::{Data, LabelledSet, Preprocessor, TableStream};
use dnn_observe::{Checkpoints, History, Outcome, Progress, Report, Run, RunFolder, State};
use dnn_train::{ChunkError, Ended, Examples, Observer, Plan, Settings, Summary, Trainer};
use serde::Serialize;

use crate::about::about;
use crate::config::Config;
use crate::evaluation::{Metrics, evaluate, measure};
use crate::model::Model;
use crate::{Error, Machine, Names, Result, Watch, defaults, network};

/// A training that can be carried out: nothing has been written yet.
pub struct Session<'a> {
    pub names: &'a Names,
    pub config: Config,
    pub prepared: Arc<Data>,
    pub network: Network,
    pub settings: Settings,
    pub machine: Machine,
    plan: Plan,
    began: Instant,
}

/// What came of a training, as `--json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trained {
    /// The run's folder.
    pub run: PathBuf,
    /// The model's file.
    pub model: PathBuf,
    /// From the start of the command until the model was trained and measured.
    pub seconds: f64,
    /// Measures of the examples to train on, to validate and to test, as far as there are some.
    pub metrics: BTreeMap<String, Metrics>,
}

impl Trained {
    /// The model, to predict from.
    ///
    /// # Errors
    /// As [`Model::load`]. One with layers or activations of plug-ins is loaded by [`Model::load_with`].
    pub fn model(&self) -> Result<Model> {
        Model::load(&self.model)
    }
}

impl<'a> Session<'a> {
    /// Reads the data, and completes and checks everything that depends on it.
    ///
    /// # Errors
    /// [`Error::Data`], [`Error::Configuration`], and [`Error::Usage`] for a back end that is not there.
    pub fn prepare(names: &'a Names, mut config: Config) -> Result<Self> {
        let began = Instant::now();
        let seed = *config.run.seed.get_or_insert(0);
        let prepared = Data::load(&mut config.data, seed)?;
        let machine = Machine::new(config.run.threads, config.run.backend.as_deref())?;
        let session = Self::of(names, config, Arc::new(prepared), machine)?;
        Ok(Self { began, ..session })
    }

    /// Completes and checks what depends on data that several trainings share.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn of(names: &'a Names, mut config: Config, prepared: Arc<Data>, machine: Machine) -> Result<Self> {
        let began = Instant::now();
        let target = prepared.preprocessor.target();
        let validated = prepared.validation.is_some();
        defaults::fill(&mut config, prepared.count(), prepared.preprocessor.features(), validated, target);
        let network = network::network(&config, names, prepared.preprocessor.features(), target)?;
        let settings = network::settings(&config, target);
        let plan = settings.plan_with(&names.catalogue, &network, prepared.count())?;
        if !validated {
            plan.check_unvalidated()?;
        }
        check_memory(&network, &plan)?;
        check_run(&config.run)?;
        Ok(Self { names, config, prepared, network, settings, machine, plan, began })
    }

    /// Trains in a new folder.
    ///
    /// # Errors
    /// [`Error::Model`] if the folder holds a run already or cannot be written; [`Error::Training`] if numbers become
    /// infinite or NaN; [`Error::Stopped`].
    pub fn begin(self, folder: &RunFolder, watch: Watch<'_>) -> Result<Trained> {
        self.write_start(folder)?;
        self.go(folder, watch)
    }

    /// Goes on with the training in a folder, or begins it if it has no checkpoint yet.
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub fn resume(self, folder: &RunFolder, watch: Watch<'_>) -> Result<Trained> {
        // Or else a run that goes on, and may be killed, would still say that it was stopped.
        drop(std::fs::remove_file(folder.outcome_path()));
        self.go(folder, watch)
    }

    fn write_start(&self, folder: &RunFolder) -> Result<()> {
        folder.write_configuration(&self.config.to_toml()?)?;
        Ok(folder.write_about(&about(self)?)?)
    }

    fn go(self, folder: &RunFolder, mut watch: Watch<'_>) -> Result<Trained> {
        let (mut log, mut notes) = (folder.log()?, watch.notes.take());
        let mut note = |line: &str| {
            // A log that cannot be written ends nothing.
            drop(writeln!(log, "{line}"));
            if let Some(notes) = &mut notes {
                notes(line);
            }
        };
        let added = match watch.each {
            Some(each) => each(&self, folder).map_err(Error::Other)?,
            None => Vec::new(),
        };
        let mut history = History::new(2000);
        let backend = self.machine.backend.identity().to_string();
        let mut trainer = Trainer::<f32>::new(&self.network, self.plan.clone(), self.machine.compute())?;
        let mut checkpoints = self.checkpoints(folder, &backend)?;
        if let Some(resumed) = checkpoints.resume(&mut trainer, &self.names.registry)? {
            note(&format!("goes on after step {}", resumed.step));
            resumed.notes.iter().for_each(|difference| note(&format!("note: {difference}")));
        }
        let trained = self.train(&mut trainer, folder, (added, watch), &mut history, &mut checkpoints);
        let steps = trainer.steps_taken();
        match trained {
            Ok((summary, stopped)) if stopped => {
                let stopped = Outcome { state: State::Stopped, ..outcome(steps, summary.seconds) };
                folder.write_outcome(&stopped)?;
                Err(Error::Stopped { run: folder.path().into(), step: steps })
            }
            Ok((summary, _)) => {
                if summary.ended == Ended::Early {
                    note(&format!(
                        "stopped early at step {steps}: the validation examples gained nothing more"
                    ));
                }
                let parameters = trainer.parameters().to_vec();
                let (network, known) = (self.network.clone(), self.prepared.preprocessor.clone());
                let model = Model::new(network, parameters, Some(known), Arc::clone(&self.machine.backend));
                self.finish(folder, &model, summary, &history)
            }
            Err(error) => {
                let reason = error.to_string();
                folder.write_outcome(&Outcome { state: State::Failed, reason, ..outcome(steps, 0.0) })?;
                Err(error)
            }
        }
    }

    fn checkpoints(&self, folder: &RunFolder, backend: &str) -> Result<Checkpoints> {
        let run = &self.config.run;
        let checkpoints = Checkpoints::new(folder.checkpoints(), &self.network)
            .every_seconds(run.checkpoint_seconds.unwrap_or(30.0))
            .keep(run.keep_checkpoints.unwrap_or(3))
            .settings(&self.settings)
            .computed_by(backend);
        Ok(checkpoints.in_background()?)
    }

    /// The loop, with everything that watches it; whether it was stopped.
    fn train(
        &self,
        trainer: &mut Trainer<'_, f32>,
        folder: &RunFolder,
        (mut added, watch): (Vec<Box<dyn Observer>>, Watch<'_>),
        history: &mut History,
        checkpoints: &mut Checkpoints,
    ) -> Result<(Summary, bool)> {
        let Watch { mut stop, observers: watching, .. } = watch;
        let mut lines = folder.metrics()?;
        let mut board = folder.tensorboard()?.parameters_of(&self.network);
        let mut written = Progress::lines(name(folder), folder.log()?);
        let mut observers: Vec<&mut dyn Observer> = vec![&mut lines, &mut board, history, &mut written];
        observers.extend(added.iter_mut().map(|observer| &mut **observer as &mut dyn Observer));
        for observer in watching {
            observers.push(&mut *observer);
        }
        observers.push(&mut stop);
        observers.push(checkpoints);
        let (training, validation) = (&self.prepared.train, self.prepared.validation.as_ref());
        let summary = match &self.prepared.stream {
            None => trainer.train(examples(training), validation.map(examples), &mut observers)?,
            Some(stream) => self.train_stream(stream, trainer, &mut observers)?,
        };
        Ok((summary, stop.is_requested() && summary.ended == Ended::ByObserver))
    }

    /// The loop over a table that is read chunk after chunk.
    fn train_stream(
        &self,
        stream: &TableStream,
        trainer: &mut Trainer<'_, f32>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        let Preprocessor::Table(encoder) = &self.prepared.preprocessor else {
            return Err(Error::Data(
                "found no table, but only tables are streamed: set data.stream=false".into(),
            ));
        };
        let (batch, seed) = (self.settings.batch.unwrap_or(1), self.config.run.seed.unwrap_or(0));
        let validation = self.prepared.validation.as_ref().map(examples);
        std::thread::scope(|scope| {
            let ahead = |epoch: u64| {
                let chunks = stream.chunks_ahead(scope, encoder, batch, seed, epoch)?;
                Ok(chunks.map(|chunk| chunk.map_err(ChunkError::from)))
            };
            Ok(trainer.train_chunks(ahead, validation, observers)?)
        })
    }

    /// Writes the model and everything that is measured of it.
    fn finish(
        &self,
        folder: &RunFolder,
        model: &Model,
        summary: Summary,
        history: &History,
    ) -> Result<Trained> {
        let compute = self.machine.compute();
        model.save(folder.model_path())?;
        let (mut metrics, mut last) = (BTreeMap::new(), None);
        for (name, part) in self.parts() {
            let a = model.outputs(compute, part.x.view())?;
            let measured = measure(self.prepared.preprocessor.target(), part, a.view(), self.plan.metrics())?;
            metrics.insert(name.to_owned(), measured);
            last = Some(((name, part), a));
        }
        let seconds = self.began.elapsed().as_secs_f64();
        if let Some((named, a)) = last {
            folder.write_evaluation(&evaluate(model, named, a.view(), compute)?)?;
        }
        let outcome = Outcome { metrics: metrics.clone(), ..outcome(summary.step, summary.seconds) };
        folder.write_outcome(&outcome)?;
        draw(folder, history)?;
        Ok(Trained { run: folder.path().into(), model: folder.model_path(), seconds, metrics })
    }

    /// How many examples each part has.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let count = |part: &LabelledSet| {
            if std::ptr::eq(part, &self.prepared.train) { self.prepared.count() } else { part.count() }
        };
        self.parts().map(move |(name, part)| (name, count(part)))
    }

    /// The examples to train on, to validate and to test, as far as there are some.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &LabelledSet)> {
        let Data { train, validation, test, .. } = &*self.prepared;
        let all = [("train", Some(train)), ("validation", validation.as_ref()), ("test", test.as_ref())];
        all.into_iter().filter_map(|(name, part)| Some((name, part?)))
    }
}

/// The examples and what should come out, as a trainer takes them.
fn examples(set: &LabelledSet) -> Examples<'_, f32> {
    Examples::new(set.x.view(), set.y.view())
}

/// Sees that checkpoints can be kept.
///
/// # Errors
/// [`Error::Configuration`] for a time that is none, and no checkpoint to go on from.
fn check_run(run: &crate::config::Run) -> Result<()> {
    let seconds = run.checkpoint_seconds.unwrap_or(30.0);
    let fault = match run.keep_checkpoints {
        Some(0) => "run.keep_checkpoints is 0, but must be 1 or more: 3 is usual".into(),
        _ if !(seconds > 0.0 && seconds.is_finite()) => {
            format!("run.checkpoint_seconds is {seconds}, but must be above 0: 30 is usual")
        }
        _ => return Ok(()),
    };
    Err(Error::Configuration(fault.into()))
}

/// Sees that parameters and buffers can be had, before there is a run that they would end.
///
/// # Errors
/// [`Error::Configuration`] if not.
fn check_memory(network: &Network, plan: &Plan) -> Result<()> {
    let vectors = 2 + plan.state_vectors();
    let bytes = network.parameter_count().saturating_mul(vectors * size_of::<f32>());
    let bytes = bytes.saturating_add(network.workspace_bytes::<f32>(plan.batch())?);
    // Asked for and given back: the system refuses at once what it has not.
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| {
        let (parameters, gib) = (network.parameter_count(), bytes >> 30);
        Error::Configuration(
            format!("a network of {parameters} parameters takes {gib} GiB to train, more than there is: make network.hidden or training.batch smaller").into(),
        )
    })
}

/// What people call the run in `folder`.
pub fn name(folder: &RunFolder) -> String {
    folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn outcome(steps: u64, seconds: f64) -> Outcome {
    Outcome { steps, seconds, ..Outcome::default() }
}

/// Draws the curves, and writes the report of this run alone.
fn draw(folder: &RunFolder, history: &History) -> Result<()> {
    if !history.epochs().is_empty() {
        history.chart().write(folder.plots().join("cost.svg"))?;
    }
    let run = Run::read(folder.path())?;
    Ok(Report::new(run.name().to_owned()).run(run).write(folder.plots().join("report.html"))?)
}

/// A new folder: the one asked for, or `runs/NAME-N` with the first number that is free.
///
/// # Errors
/// [`Error::Model`] if it holds a run already, or cannot be made.
pub fn new_folder(asked: Option<&Path>, data: &Path) -> Result<RunFolder> {
    if let Some(path) = asked {
        return Ok(RunFolder::create(path)?);
    }
    let name = data.file_stem().unwrap_or_default().to_string_lossy();
    let name = name.split('.').next().filter(|name| !name.is_empty()).unwrap_or("run");
    let cannot = |path: &Path, error| {
        let path = path.display();
        Error::Model(format!("cannot make the folder {path}: {error}; name another by --out").into())
    };
    std::fs::create_dir_all("runs").map_err(|error| cannot(Path::new("runs"), error))?;
    let mut number = 1;
    loop {
        let path = Path::new("runs").join(format!("{name}-{number}"));
        // Made by whoever comes first: two trainings that start together get two folders.
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(RunFolder::create(path)?),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(cannot(&path, error)),
        }
    }
}
