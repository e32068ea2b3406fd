//! The one error of the crate: whose matter it is; the words are those of the crate that found it.

use std::path::PathBuf;

use thiserror::Error;

/// What was found wrong, in words.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A result with this crate's [error](enum@Error).
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something ends without what was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Something was not named, or is not there: data, a target, a back end.
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
    #[error("stopped at step {step} and saved in {}: it can be resumed", run.display())]
    Stopped {
        /// The run's folder.
        run: PathBuf,
        /// Steps taken.
        step: u64,
    },
    /// A sweep that was stopped, and can go on.
    #[error("stopped; the trials that were done are kept in {}: the sweep can be resumed", folder.display())]
    Paused {
        /// The sweep's folder.
        folder: PathBuf,
    },
    /// A run or a sweep that has not come to its model.
    #[error("{} {state} resume it", path.display())]
    Unfinished {
        /// Its folder.
        path: PathBuf,
        /// Where it stands, in words.
        state: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(Cause),
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
        use dnn_data::Error::{Key, NoLabels, NoTarget, NoTrainingData, Setting};
        match error {
            error @ (Setting { .. } | Key { .. }) => Self::Configuration(error.into()),
            error @ (NoTrainingData | NoTarget { .. } | NoLabels { .. }) => Self::Usage(error.into()),
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

impl From<dnn_train::Error> for Error {
    fn from(error: dnn_train::Error) -> Self {
        use dnn_train::Error as Train;
        match error {
            Train::Core(error) => error.into(),
            Train::NotFinite { .. } => Self::Training(error.into()),
            Train::Examples { .. } => Self::Data(error.into()),
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
    fn an_error_keeps_the_words_of_the_crate_that_found_it() {
        let found = dnn_train::Error::Settings(vec!["batch is 0".into()]);
        let words = found.to_string();
        let error = Error::from(found);
        assert!(matches!(error, Error::Configuration(_)));
        assert_eq!(error.to_string(), words);
    }
}
