//! Flags that several commands share, and what they choose.

use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use clap::Args;
use dnn_pipeline::{Config, Error, Machine};

use crate::Result;

/// What is trained on what, for every command that trains or looks at what would be trained.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TrainingFlags {
    /// What to train on: a table (CSV, TSV, JSON lines), a folder with a sub-folder of pictures or WAV files for each class, a
    /// folder of WAV files whose names begin with the class and `_`, or an IDX, NPY or NPZ file or a folder like MNIST's
    #[arg(value_name = "DATA")]
    pub(crate) data: Option<PathBuf>,
    /// The column to predict, by its name or by its number from 1
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// Other data to test on, which the training does not see
    #[arg(long, value_name = "DATA")]
    pub(crate) test: Option<PathBuf>,
    /// What separates the fields of a table: one letter, or tab [default: found]
    #[arg(long, value_name = "LETTER")]
    delimiter: Option<String>,
    /// The table's first row holds no names of columns [default: found]
    #[arg(long)]
    no_header: bool,
    /// A configuration; what it leaves open is chosen by rules
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets a key of the configuration, over what the file says: training.epochs=50, or epochs=50 where no other table has
    /// such a key; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// What all random numbers depend on [default: 0]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    #[command(flatten)]
    machine: MachineFlags,
}

impl TrainingFlags {
    /// The configuration, with the flags over it.
    ///
    /// # Errors
    /// As [`read`] and [`MachineFlags::over`].
    pub(crate) fn config(&self) -> Result<Config> {
        let mut config = read(self.config.as_deref(), &self.sets)?;
        let data = &mut config.data;
        data.train = self.data.clone().or(data.train.take());
        data.test = self.test.clone().or(data.test.take());
        let beside =
            [&mut data.labels, &mut data.test_labels, &mut data.validation_data, &mut data.validation_labels];
        for path in [&mut data.train, &mut data.test].into_iter().chain(beside) {
            *path = path.take().map(absolute).transpose()?;
        }
        data.target = self.target.clone().or(data.target.take());
        data.delimiter = self.delimiter.clone().or(data.delimiter.take());
        data.header = if self.no_header { Some(false) } else { data.header };
        config.run.seed = self.seed.or(config.run.seed);
        self.machine.over(&mut config)?;
        Ok(config)
    }
}

/// The configuration in the file at `path`, or an empty one, with each of `sets` over it.
///
/// # Errors
/// As [`Config::load`] and [`Config::set`].
pub(crate) fn read(path: Option<&Path>, sets: &[String]) -> Result<Config> {
    let config = path.map_or(Ok(Config::default()), Config::load)?;
    let set = |config: Config, set: &String| config.set(set);
    sets.iter().try_fold(config, set).map_err(|error| match error {
        Error::Configuration(fault) => Error::Configuration(format!("--set {fault}").into()).into(),
        error => error.into(),
    })
}

/// So that the run can be resumed from anywhere.
fn absolute(path: PathBuf) -> Result<PathBuf> {
    std::path::absolute(&path).map_err(|error| {
        Error::Data(format!("{} is no path: {error}; give another", path.display()).into()).into()
    })
}

/// What computes, for every command that does.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct MachineFlags {
    /// Threads that share the work; they change no result [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// What multiplies matrices: pure, openblas, mkl, blis, linked, auto, or the path of a library [default: auto]
    #[arg(long, value_name = "NAME")]
    pub(crate) backend: Option<String>,
}

impl MachineFlags {
    /// Sets what the flags say over `config`. The path of a library counts from a flag alone: no file makes code run.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the configuration names a path.
    pub(crate) fn over(&self, config: &mut Config) -> Result<()> {
        config.run.threads = self.threads.or(config.run.threads);
        config.run.backend = self.backend.clone().or(config.run.backend.take());
        match config.run.backend.clone() {
            Some(path) if self.backend.is_none() && dnn_blas::names_a_library(&path) => Err(Error::Configuration(
                format!("run.backend is {path}, expected a name: a library runs code, so only --backend may name one by its path")
                    .into(),
            )
            .into()),
            Some(name) if self.backend.is_some() => {
                *config = std::mem::take(config).backend(name);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Opens the library and starts the threads.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] if there is no such library, or the system starts no more threads.
    pub(crate) fn start(&self) -> Result<Machine> {
        Ok(Machine::new(self.threads, self.backend.as_deref())?)
    }
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}
