//! A training carried out: the loop with all that watches it, and what is written into the run's folder. A training that is
//! resumed takes the same way.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnn_data::{LabelledSet, Preprocessor, TableStream};
use dnn_observe::{Checkpoints, History, Outcome, Progress, Report, Run, RunFolder, State};
use dnn_train::{Ended, Examples, Observer, ObserverError, Summary, Trainer};
use serde::Serialize;

use crate::about::about;
use crate::evaluation::{Metrics, evaluate, measure};
use crate::model::Model;
use crate::session::Session;
use crate::watch::Watch;
use crate::{Error, Result};

/// What came of a training, as `--json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trained {
    /// The run's folder.
    pub run: PathBuf,
    /// The model's file.
    pub model: PathBuf,
    /// From reading the data until the model was trained and measured.
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

impl Session<'_> {
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
        if let Some(resumed) = checkpoints.resume(&mut trainer, self.names)? {
            note(&format!("goes on after step {}", resumed.step));
            resumed.notes.iter().for_each(|difference| note(&format!("note: {difference}")));
        }
        let trained = self.train(&mut trainer, folder, (added, watch), &mut history, &mut checkpoints);
        let steps = trainer.state().step;
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
        let mut written = Progress::lines(run_name(folder), folder.log()?);
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
                Ok(chunks.map(|chunk| chunk.map_err(ObserverError::from)))
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
}

/// What people call the run in `folder`.
pub fn run_name(folder: &RunFolder) -> String {
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

/// The examples and what should come out, as a trainer takes them.
fn examples(set: &LabelledSet) -> Examples<'_, f32> {
    Examples::new(set.x.view(), set.y.view())
}
