//! The one error of this crate: every variant says what was found, what was expected and what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What went wrong in `dnn-observe`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A line of progress could not be written.
    #[error("cannot write a line of progress: {source}; give `Progress::lines` a writer that stays open")]
    Progress {
        /// What the writer said.
        source: io::Error,
    },

    /// A line of metrics could not be written.
    #[error(
        "cannot write a line of metrics: {source}; check that the disk is not full and the run's folder still there"
    )]
    Line {
        /// What the writer said.
        source: io::Error,
    },

    /// The terminal could not be taken over, or written to.
    #[error("cannot show the run on the terminal: {source}; run it in one, or without the live view")]
    Terminal {
        /// What the system said.
        source: io::Error,
    },

    /// A file of a run could not be written or read.
    #[error("cannot {action} {}: {source}; check that its folder exists and allows it", path.display())]
    RunFile {
        /// What was tried: "write", "read".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A folder that already holds a run was to hold a new one.
    #[error("{} already holds files of a run (run.json, dnn.toml or model.dnn): name a new folder, or resume that run", path.display())]
    RunExists {
        /// The folder.
        path: PathBuf,
    },

    /// A folder without a run was to be read as one.
    #[error("{} holds no run: found {found}, expected a folder with run.json or metrics.jsonl: name the folder a training wrote", path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },

    /// A report about nothing.
    #[error("a report has 0 runs, but needs at least 1: pass it the folder of a run")]
    EmptyReport,

    /// A picture could not be encoded.
    #[error(transparent)]
    Figure(#[from] dnn_figures::Error),

    /// A checkpoint could not be saved or loaded.
    #[error(transparent)]
    Files(#[from] dnn_io::Error),

    /// A trainer could not take what a checkpoint holds, or scores and truths do not belong together.
    #[error(transparent)]
    Train(#[from] dnn_train::Error),

    /// A run begins where another one's checkpoints are.
    #[error(
        "{} has {found} checkpoint(s) of another run, the newest of step {newest}, but a run that begins needs a folder of its own: resume that run, or choose an empty folder", folder.display()
    )]
    Occupied {
        /// The folder.
        folder: PathBuf,
        /// Checkpoints in it.
        found: usize,
        /// Step of the newest.
        newest: u64,
    },

    /// A checkpoint is whole, but not of the run that is resumed.
    #[error(
        "the checkpoint of step {step} has {found}, expected {expected}: resume with what it was saved with, or begin in an empty folder"
    )]
    OtherRun {
        /// Steps taken when it was saved.
        step: u64,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

impl Error {
    /// What the system said of a file of a run.
    pub(crate) fn run_file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::RunFile { action, path: path.to_owned(), source }
    }
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;
