//! The one error of this crate: what was found, what was expected, what to do.

use thiserror::Error;

/// What went wrong in `dnn-train`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A pass refused what it was given.
    #[error(transparent)]
    Core(#[from] dnn_core::Error),

    /// Settings that cannot be followed, all of them at once.
    #[error("{} cannot be followed:\n- {}", if .0.len() == 1 { "one setting" } else { "some settings" }, .0.join("\n- "))]
    Settings(Vec<String>),

    /// Examples that do not fit: targets of the wrong shape or that the cost has no meaning for, weights that mean nothing.
    #[error("{found}, but {expected}: {remedy}")]
    Examples {
        /// Which examples, and what was found, in words.
        found: String,
        /// What was expected, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// The cost, its gradient or the validation cost became NaN or infinite; a step that was to come changed no parameter.
    #[error(
        "{found}, but must be finite; the first numbers that are not are in {tensor}{}: {remedy}",
        if *.validation { " of the validation examples" } else { ", and the parameters are those before that step" }
    )]
    NotFinite {
        /// What is not finite, in words.
        found: String,
        /// Whether it is the cost of the validation examples.
        validation: bool,
        /// Number of the step, from 1; steps taken, for the validation examples.
        step: u64,
        /// The first tensor, in the order of the forward pass, that is not finite.
        tensor: String,
        /// What to do.
        remedy: String,
    },

    /// Numbers of another precision than the trainer's.
    #[error("{name} are {found}, but this trainer computes in {expected}: resume with a trainer of {found}")]
    Precision {
        /// Which numbers.
        name: &'static str,
        /// Their precision.
        found: &'static str,
        /// The trainer's.
        expected: &'static str,
    },

    /// A metric of nothing, or of things that do not go together.
    #[error("{metric} was asked of {found}, but takes {expected}: {remedy}")]
    Metric {
        /// Which metric.
        metric: &'static str,
        /// What it was given.
        found: String,
        /// What it takes.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },

    /// Examples that could not be had.
    #[error("the examples after step {step} could not be had: {source}")]
    Chunk {
        /// Steps taken.
        step: u64,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// An observer failed.
    #[error("an observer stopped the run at step {step}: {source}")]
    Observer {
        /// Steps taken.
        step: u64,
        /// What it said.
        source: crate::ObserverError,
    },
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;
