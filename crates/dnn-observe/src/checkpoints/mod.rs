//! Saving a run as it goes, so that it can be resumed: every so many steps or seconds, at the end, and when it is best.
//!
//! What a checkpoint holds of a run is in `run.rs`; how files are kept safe and which stay is for `dnn-io`.

mod clock;
mod run;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use dnn_core::{Network, Real, Registry};
use dnn_io::{Background, Series};
use dnn_train::{Event, Flow, Numbers, Observer, ObserverError, RunState, Settings, Trainer};

use crate::{Error, Result};
use clock::Clock;
use run::Description;
pub use run::Resumed;

/// The steps that [`Checkpoints::saved`] counts before the first.
const NONE: u64 = u64::MAX;
/// What a save is called that waits: a newer one takes the place of another of its name.
const NEWEST: &str = "newest";
const BEST: &str = "best";

/// Saves a run in a folder of its own, one file a step, and resumes it from there.
///
/// A run that is stopped at any moment, killed too, and resumed ends in the same bytes as one that never stopped. Kept are
/// the last checkpoints and the best, which the trainer knows: [`dnn_train::Best`] says what it is judged by.
///
/// ```
/// use dnn_core::{Compute, Naive, Network, Registry, Sigmoid, Tanh};
/// use dnn_observe::Checkpoints;
/// use dnn_train::{Settings, Trainer};
/// use ndarray::array;
///
/// let folder = std::env::temp_dir().join("dnn-observe-checkpoints");
/// let x = dnn_core::column_major(&array![[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]].view());
/// let y = array![[0.0, 1.0, 1.0, 0.0]];
/// let network = Network::builder(2).dense(4, Tanh).dense(1, Sigmoid).build()?;
/// let settings = Settings { learning_rate: Some(1.0), epochs: Some(200), ..Settings::default() };
///
/// let compute = Compute::serial(&Naive);
/// let mut trainer = Trainer::<f64>::new(&network, settings.plan(&network, 4)?, compute)?;
/// let mut checkpoints = Checkpoints::new(&folder, &network).every_steps(50).settings(&settings);
/// checkpoints.resume(&mut trainer, &Registry::builtin())?;               // goes on, if there is something to go on from
/// trainer.run(x.view(), y.view(), &mut [&mut checkpoints])?;
/// assert_eq!(checkpoints.saved(), Some(200));
///
/// let mut again = Trainer::<f64>::new(&network, settings.plan(&network, 4)?, compute)?;
/// let resumed = checkpoints.resume(&mut again, &Registry::builtin())?.expect("the run was saved");
/// assert_eq!((resumed.step, again.parameters()), (200, trainer.parameters()));
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Checkpoints {
    series: Series,
    description: Description,
    every_steps: u64,
    clock: Clock,
    background: Option<Background>,
    /// The step of the last snapshot.
    asked: u64,
    /// The newest step that is on the disk, or [`NONE`].
    saved: Arc<AtomicU64>,
    /// Whether what lies in the folder belongs to this run.
    ours: bool,
}

impl Checkpoints {
    /// Saves runs of `network` in `folder`, which is made if it is missing: at the end, and when they are best. The last
    /// three are kept.
    pub fn new(folder: impl Into<PathBuf>, network: &Network) -> Self {
        Self {
            series: Series::new(folder),
            description: Description::new(network),
            every_steps: NONE,
            clock: Clock::never(),
            background: None,
            asked: NONE,
            saved: Arc::new(AtomicU64::new(NONE)),
            ours: false,
        }
    }

    /// Saves after every `steps` steps; after each for 0.
    #[must_use]
    pub fn every_steps(self, steps: u64) -> Self {
        Self { every_steps: steps.max(1), ..self }
    }

    /// Saves when `seconds` have gone by since it last did, and a step has ended.
    #[must_use]
    pub fn every_seconds(self, seconds: f64) -> Self {
        Self { clock: Clock::every(seconds), ..self }
    }

    /// Keeps the last `count` checkpoints, at least one, besides the best.
    #[must_use]
    pub fn keep(self, count: usize) -> Self {
        Self { series: self.series.keep(count), ..self }
    }

    /// Keeps the files elsewhere than on the disk.
    #[must_use]
    pub fn on(self, files: Arc<dyn dnn_io::Files>) -> Self {
        Self { series: self.series.on(files), ..self }
    }

    /// Notes the settings of the run, and compares them when it is resumed.
    #[must_use]
    pub fn settings(mut self, settings: &Settings) -> Self {
        self.description.note_settings(settings);
        self
    }

    /// Notes which back end computes, as [`dnn_core::BackendIdentity`] prints it; [`resume`](Self::resume) knows it by
    /// itself, and compares it with the one that the checkpoint was saved with.
    #[must_use]
    pub fn computed_by(mut self, backend: impl ToString) -> Self {
        self.description.backend = backend.to_string();
        self
    }

    /// Writes on a thread of its own: a step only waits for a copy of the run. If saves are asked for faster than they can
    /// be written the newest waits, and the best; both are written before [`Event::Finished`] returns.
    ///
    /// # Errors
    /// [`Error::Files`] if the system has no thread to give.
    pub fn in_background(self) -> Result<Self> {
        Ok(Self { background: Some(Background::new()?), ..self })
    }

    /// The newest step whose checkpoint is safely on the disk.
    pub fn saved(&self) -> Option<u64> {
        Some(self.saved.load(Ordering::SeqCst)).filter(|&step| step != NONE)
    }

    /// The files.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// Has `trainer` go on from the newest checkpoint that is whole; `None` if there is none and the run begins. Removes
    /// what killed saves have left in the folder, and notes the trainer's back end.
    ///
    /// # Errors
    /// [`Error::Files`] if there are files but none is whole, or the newest is not for this program; [`Error::OtherRun`] if
    /// it is of another network, or holds no run; [`Error::Train`] if `trainer` cannot take it.
    pub fn resume<T: Real>(
        &mut self,
        trainer: &mut Trainer<'_, T>,
        registry: &Registry,
    ) -> Result<Option<Resumed>> {
        if let Some(background) = &mut self.background {
            background.finish()?;
        }
        self.series.remove_leftovers()?;
        self.ours = true;
        self.description.backend = trainer.backend().to_string();
        let Some(newest) = self.series.newest::<T>(registry)? else { return Ok(None) };
        let resumed = self.description.resume(newest, trainer)?;
        self.asked = resumed.step;
        self.saved.store(resumed.step, Ordering::SeqCst);
        Ok(Some(resumed))
    }

    fn started(&mut self) -> Result<()> {
        let steps = self.series.steps()?;
        if let (false, Some(&newest)) = (self.ours, steps.last()) {
            return Err(Error::Occupied { folder: self.series.folder().into(), found: steps.len(), newest });
        }
        self.ours = true;
        self.clock.start(Instant::now());
        Ok(())
    }

    /// Saves the run after a step, if it is time to, or if it was never better.
    fn step(&mut self, step: u64, run: RunState<'_>) -> Result<()> {
        let due = self.clock.due(Instant::now) | step.is_multiple_of(self.every_steps);
        match run.is_best() {
            true => self.save(BEST, step, run),
            false if due => self.save(NEWEST, step, run),
            false => Ok(()),
        }
    }

    /// Saves how the run ended: a run that stops early ends with other parameters than those of its last step.
    fn finished(&mut self, step: u64, run: RunState<'_>) -> Result<()> {
        if self.asked != step || run.best.is_some() {
            self.save(NEWEST, step, run)?;
        }
        self.background.as_mut().map_or(Ok(()), |background| Ok(background.finish()?))
    }

    fn save(&mut self, name: &'static str, step: u64, run: RunState<'_>) -> Result<()> {
        self.asked = step;
        self.clock.start(Instant::now());
        match run.parameters {
            Numbers::F32(_) => self.save_as::<f32>(name, step, run),
            Numbers::F64(_) => self.save_as::<f64>(name, step, run),
        }
    }

    fn save_as<T: Real>(&mut self, name: &'static str, step: u64, run: RunState<'_>) -> Result<()> {
        let snapshot = self.description.snapshot::<T>(run)?;
        let (series, saved) = (self.series.clone(), Arc::clone(&self.saved));
        let best = run.state.best.value.map(|_| run.state.best.step);
        let save = move || {
            series.save(step, &snapshot, best)?;
            saved.store(step, Ordering::SeqCst);
            Ok(())
        };
        match &mut self.background {
            Some(background) => Ok(background.ask(name, save)?),
            None => Ok(save()?),
        }
    }
}

impl Observer for Checkpoints {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Started { .. } => self.started()?,
            Event::Step { step, run, .. } => self.step(step, run)?,
            Event::Finished { step, run, .. } => self.finished(step, run)?,
            _ => {}
        }
        Ok(Flow::Continue)
    }
}
