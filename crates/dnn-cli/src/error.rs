//! The one error of the program: whose matter it is, and so the exit code; the words are those of the crate that found it.

use std::process::ExitCode;

use dnn_pipeline::{Cause, Error as Pipeline};
use thiserror::Error;

/// The result of a command.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command ends without what was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Flags that go together with nothing.
    #[error("{0}")]
    Usage(Cause),
    /// What the library says.
    #[error("{}", words(.0))]
    Pipeline(Pipeline),
    /// Nobody reads what is printed any more.
    #[error("the output was closed")]
    Closed,
    /// Anything else.
    #[error("{0}")]
    Other(Cause),
}

/// What the library says, with the command that helps.
fn words(error: &Pipeline) -> String {
    match error {
        Pipeline::Stopped { run, step } => {
            format!("stopped at step {step} and saved: dnn resume {} goes on", run.display())
        }
        Pipeline::Paused { folder } => format!(
            "stopped; the trials that were done are kept: the same command goes on, and so does dnn resume {}",
            folder.display()
        ),
        Pipeline::Usage(cause) => cause.downcast_ref().and_then(flags).unwrap_or_else(|| error.to_string()),
        Pipeline::Unfinished { path, state } => {
            let path = path.display();
            format!("{path} {state} dnn resume {path} goes on with it")
        }
        error => error.to_string(),
    }
}

/// What is said of settings that were not given, with the flag that gives them.
fn flags(error: &dnn_data::Error) -> Option<String> {
    use dnn_data::Error::{NoLabels, NoTarget, NoTrainingData};
    match error {
        NoTrainingData => Some(
            "found no data to train on: give a file or folder, as dnn train data.csv --target label".into(),
        ),
        NoTarget { columns } => Some(format!(
            "found no target, expected the column to predict: name it by --target, as one of {}",
            columns.join(", ")
        )),
        NoLabels { path } => Some(format!(
            "found no labels beside {}, expected a file called like train-labels beside train-images: name it by --set data.labels=FILE",
            path.display()
        )),
        _ => None,
    }
}

/// What the exit codes mean, for `dnn --help`.
pub(crate) const CODES: &str = "Exit codes:
  0    done
  1    failed for another reason than those below
  2    wrong flags or arguments
  3    wrong configuration: dnn.toml, --set, or settings that do not go together
  4    data that cannot be read, or is not what it should be
  5    a model or a run's folder that cannot be read or written
  6    training failed: numbers became infinite or NaN
  130  stopped by Ctrl-C; a training has saved a checkpoint that `dnn resume` goes on from";

impl Error {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Usage(_) | Self::Pipeline(Pipeline::Usage(_)) => 2,
            Self::Pipeline(Pipeline::Configuration(_)) => 3,
            Self::Pipeline(Pipeline::Data(_)) => 4,
            Self::Pipeline(Pipeline::Model(_) | Pipeline::Unfinished { .. }) => 5,
            Self::Pipeline(Pipeline::Training(_)) => 6,
            Self::Pipeline(Pipeline::Stopped { .. } | Pipeline::Paused { .. }) => 130,
            Self::Pipeline(_) | Self::Other(_) => 1,
        }
    }
}

impl From<&Error> for ExitCode {
    fn from(error: &Error) -> Self {
        Self::from(error.code())
    }
}

/// What a library finds is told as the pipeline tells it.
macro_rules! from {
    ($($error:ty),*) => {
        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Pipeline(error.into())
            }
        })*
    };
}

from!(
    Pipeline,
    dnn_blas::Error,
    dnn_core::Error,
    dnn_data::Error,
    dnn_figures::Error,
    dnn_io::Error,
    dnn_observe::Error,
    dnn_train::Error
);

impl From<dnn_plugin::Error> for Error {
    fn from(error: dnn_plugin::Error) -> Self {
        Self::Usage(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_help() {
        let errors = [
            Error::Other("".into()),
            Error::Usage("".into()),
            Pipeline::Configuration("".into()).into(),
            Pipeline::Data("".into()).into(),
            Pipeline::Model("".into()).into(),
            Pipeline::Training("".into()).into(),
            Pipeline::Stopped { run: "run".into(), step: 1 }.into(),
        ];
        for error in errors {
            assert!(CODES.contains(&format!("\n  {:<5}", error.code())), "{error:?}");
        }
    }
}
