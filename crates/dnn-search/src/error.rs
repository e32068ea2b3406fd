//! The one error of this crate: what was found, what was expected, what to do.

use std::path::PathBuf;

use thiserror::Error;

/// The error of an objective, whatever it is.
pub type ObjectiveError = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong in `dnn-search`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A space or strategy that cannot be searched, all faults at once.
    #[error("{} cannot be followed:\n- {}", if .0.len() == 1 { "one choice of the search" } else { "some choices of the search" }, .0.join("\n- "))]
    Faults(Vec<String>),

    /// A trial lacks a value, or has one of another kind.
    #[error("{name} of trial {trial} is {found}, but must be {expected}: {remedy}")]
    Value {
        /// Number of the trial.
        trial: u64,
        /// The hyper-parameter.
        name: String,
        /// What the trial has.
        found: String,
        /// What was expected, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// A network or a plan refused what a trial asks for.
    #[error(transparent)]
    Train(#[from] dnn_train::Error),

    /// The objective failed; all trials that had ended are in the journal.
    #[error("trial {trial} ({values}) failed: {source}")]
    Objective {
        /// Number of the trial.
        trial: u64,
        /// Its values, in words.
        values: String,
        /// What it said.
        source: ObjectiveError,
    },

    /// More threads than cores, or none.
    #[error("{found}, but {expected}: {remedy}")]
    Cores {
        /// What was asked for.
        found: String,
        /// What there is.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// A pool of threads could not be made.
    #[error("a pool of {threads} threads could not be made: {source}")]
    Pool {
        /// Its threads.
        threads: usize,
        /// Why.
        source: ObjectiveError,
    },

    /// The journal could not be read or written.
    #[error("the journal {path:?} could not be {action} ({source}): {remedy}")]
    File {
        /// The journal.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What to do.
        remedy: &'static str,
        /// What the system said.
        source: std::io::Error,
    },

    /// The journal is not that of this search.
    #[error("line {line} of the journal {path:?} has {found}, but {expected}: {remedy}")]
    Journal {
        /// The journal.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// What the line has.
        found: String,
        /// What was expected, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;
