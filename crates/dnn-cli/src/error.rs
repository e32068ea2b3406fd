//! The one error of the program: whose matter it is, and so the exit code; the words are those of the crate that found it.

use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

/// What was found wrong, in words.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of a command.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command ends without what was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Flags that go together with nothing.
    #[error("{0}")]
    Usage(Cause),
    /// A configuration that cannot be followed.
    #[error("{0}")]
    Configuration(Cause),
    /// Data that cannot be read, or is not what it should be.
    #[error("{0}")]
    Data(Cause),
    /// A model or a run's folder that cannot be read or written.
    #[error("{0}")]
    Model(Cause),
    /// A training whose numbers became infinite or NaN.
    #[error("{0}")]
    Training(Cause),
    /// A training that was stopped, and can go on.
    #[error("stopped at step {step} and saved: dnn resume {} goes on", run.display())]
    Stopped {
        /// The run's folder.
        run: PathBuf,
        /// Steps taken.
        step: u64,
    },
    /// A sweep that was stopped, and can go on.
    #[error("stopped; the trials that were done are kept: the same command goes on, and so does dnn resume {}", folder.display())]
    Paused {
        /// The sweep's folder.
        folder: PathBuf,
    },
    /// Nobody reads what is printed any more.
    #[error("the output was closed")]
    Closed,
    /// Anything else.
    #[error("{0}")]
    Other(Cause),
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
            Self::Other(_) => 1,
            Self::Usage(_) => 2,
            Self::Configuration(_) => 3,
            Self::Data(_) => 4,
            Self::Model(_) => 5,
            Self::Training(_) => 6,
            Self::Stopped { .. } | Self::Paused { .. } => 130,
        }
    }
}

impl From<&Error> for ExitCode {
    fn from(error: &Error) -> Self {
        Self::from(error.code())
    }
}

impl From<dnn_blas::Error> for Error {
    fn from(error: dnn_blas::Error) -> Self {
        Self::Usage(error.into())
    }
}

impl From<dnn_core::Error> for Error {
    fn from(error: dnn_core::Error) -> Self {
        Self::Configuration(error.into())
    }
}

impl From<dnn_data::Error> for Error {
    fn from(error: dnn_data::Error) -> Self {
        match error {
            error @ dnn_data::Error::Setting { .. } => Self::Configuration(error.into()),
            error => Self::Data(error.into()),
        }
    }
}

impl From<dnn_figures::Error> for Error {
    fn from(error: dnn_figures::Error) -> Self {
        Self::Model(error.into())
    }
}

impl From<dnn_io::Error> for Error {
    fn from(error: dnn_io::Error) -> Self {
        Self::Model(error.into())
    }
}

impl From<dnn_observe::Error> for Error {
    fn from(error: dnn_observe::Error) -> Self {
        match error {
            dnn_observe::Error::Train(error) => error.into(),
            error => Self::Model(error.into()),
        }
    }
}

impl From<dnn_plugin::Error> for Error {
    fn from(error: dnn_plugin::Error) -> Self {
        Self::Usage(error.into())
    }
}

impl From<dnn_train::Error> for Error {
    fn from(error: dnn_train::Error) -> Self {
        use dnn_train::Error as Train;
        match error {
            Train::Core(error) => error.into(),
            Train::NotFinite { .. } | Train::GradientNotFinite { .. } | Train::ValidationNotFinite { .. } => {
                Self::Training(error.into())
            }
            Train::Targets { .. } | Train::TargetValue { .. } => Self::Data(error.into()),
            Train::Chunk { source, .. } => Self::Data(source),
            Train::Observer { step, source } => match source.downcast::<dnn_observe::Error>() {
                Ok(error) => (*error).into(),
                Err(source) => Self::Other(Train::Observer { step, source }.into()),
            },
            Train::Settings(_) => Self::Configuration(error.into()),
            error => Self::Other(error.into()),
        }
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
            Error::Configuration("".into()),
            Error::Data("".into()),
            Error::Model("".into()),
            Error::Training("".into()),
            Error::Stopped { run: "run".into(), step: 1 },
        ];
        for error in errors {
            assert!(CODES.contains(&format!("\n  {:<5}", error.code())), "{error:?}");
        }
    }

    #[test]
    fn an_error_keeps_the_words_of_the_crate_that_found_it() {
        let found = dnn_train::Error::Settings(vec!["batch is 0".into()]);
        let words = found.to_string();
        let error = Error::from(found);
        assert_eq!((error.code(), error.to_string()), (3, words));
    }
}
