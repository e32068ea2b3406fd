//! A training as a program asks for it: what is configured, where it is written, who watches and what stops it.

use std::path::{Path, PathBuf};

use dnn_observe::RunFolder;
use dnn_train::{Observer, Stop};

use crate::config::Config;
use crate::run::{Trained, new_folder};
use crate::session::Session;
use crate::{Registry, Result, Watch};

impl Config {
    /// Training on a table: CSV, TSV or JSON lines.
    pub fn table(path: impl AsRef<Path>) -> Self {
        let mut config = Self::default();
        config.data.train = Some(path.as_ref().into());
        config
    }

    /// Training on pictures or recordings in a folder, or on arrays in a file.
    pub fn files(path: impl AsRef<Path>) -> Self {
        Self::table(path)
    }

    /// With this column of a table to predict, by its name or by its number from 1.
    #[must_use]
    pub fn target(mut self, column: impl Into<String>) -> Self {
        self.data.target = Some(column.into());
        self
    }

    /// With other data to test on.
    #[must_use]
    pub fn test(mut self, path: impl AsRef<Path>) -> Self {
        self.data.test = Some(path.as_ref().into());
        self
    }

    /// With this back end: a name that `dnn doctor` lists, or the path of a library, whose code is run.
    #[must_use]
    pub fn backend(mut self, name: impl Into<String>) -> Self {
        (self.run.backend, self.run.trusted) = (Some(name.into()), true);
        self
    }

    /// The training, to say more about it than a file could.
    pub fn job<'a>(self) -> Job<'a> {
        Job { config: self, out: None, registry: None, watch: Watch::default() }
    }

    /// Trains in the folder `runs/NAME-N`, with the first number that is free, as the command does.
    ///
    /// # Errors
    /// As [`Job::train`].
    pub fn train(self) -> Result<Trained> {
        self.job().train()
    }
}

/// A training that was asked for.
///
/// ```no_run
/// use dnn_pipeline::{Config, Stop};
///
/// let stop = Stop::new(); // another thread may request it
/// let run = Config::table("flowers.csv")
///     .target("species")
///     .set("training.epochs=20")?
///     .job()
///     .out("runs/flowers")
///     .stop(&stop)
///     .notes(&mut |line| eprintln!("{line}"))
///     .train()?;
/// println!("{:?}", run.metrics["train"]);
/// # Ok::<(), dnn_pipeline::Error>(())
/// ```
#[must_use]
pub struct Job<'a> {
    config: Config,
    out: Option<PathBuf>,
    registry: Option<&'a Registry>,
    watch: Watch<'a>,
}

impl<'a> Job<'a> {
    /// In this folder, a new one.
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out = Some(folder.into());
        self
    }

    /// With what plug-ins add to the names that a configuration can use.
    pub fn registry(mut self, registry: &'a Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Watched by `observer` too; it sees every step, and may end the training,
    /// which is then finished as it stands; to stop one that can be resumed, use [`stop`](Self::stop).
    pub fn observer(mut self, observer: &'a mut dyn Observer) -> Self {
        self.watch.observers.push(observer);
        self
    }

    /// Ended by `stop`, after the step that is being taken, or the chunk of a streamed table: the run is saved, and [`crate::Error::Stopped`] says where.
    pub fn stop(mut self, stop: &Stop) -> Self {
        self.watch.stop = stop.clone();
        self
    }

    /// With `notes` told what is worth a line, such as an early end.
    pub fn notes(mut self, notes: &'a mut dyn FnMut(&str)) -> Self {
        self.watch.notes = Some(notes);
        self
    }

    /// Reads the data, trains, and writes the run's folder: model, configuration, curves, measures and a report.
    ///
    /// # Errors
    /// [`crate::Error`] says whose matter it is: the configuration, the data, the folder, or numbers that became infinite.
    pub fn train(self) -> Result<Trained> {
        let builtin = dnn_train::registry();
        self.out.as_ref().map_or(Ok(()), |out| RunFolder::open(out).check_free())?;
        let session = Session::prepare(self.registry.unwrap_or(&builtin), self.config)?;
        let data = session.config.data.train.clone().unwrap_or_default();
        let folder = new_folder(self.out.as_deref(), &data)?;
        session.begin(&folder, self.watch)
    }
}
