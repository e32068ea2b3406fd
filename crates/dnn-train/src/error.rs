//! The one error of this crate: what was found, what was expected, what to do.

use thiserror::Error;

/// Why a chunk could not be had, whatever it is.
pub type ChunkError = Box<dyn std::error::Error + Send + Sync>;

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

    /// Targets of the wrong shape.
    #[error("{name} is {found_rows} × {found_columns}, but {expected}: {remedy}")]
    Targets {
        /// Which targets.
        name: &'static str,
        /// Rows found.
        found_rows: usize,
        /// Columns found.
        found_columns: usize,
        /// What was expected, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// A target that the cost has no meaning for.
    #[error("{name} of example {example} is {found}, but {cost} takes {expected}: {remedy}")]
    TargetValue {
        /// Which targets.
        name: &'static str,
        /// Number of the example, from 1.
        example: usize,
        /// The value, or the column, found.
        found: String,
        /// The cost.
        cost: String,
        /// What was expected, in words.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },

    /// Weights of examples that mean nothing.
    #[error("the weights beside {name} are {found}, but must be {expected}: {remedy}")]
    Weights {
        /// Which examples' targets they stand beside.
        name: &'static str,
        /// What was found, in words.
        found: String,
        /// What was expected, in words.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },

    /// The cost became NaN or infinite; the parameters are those before the step.
    #[error(
        "the cost became {cost} at step {step} (epoch {epoch}), but must be finite; the first numbers that are not are in {tensor}, and the parameters are those before that step: {remedy}"
    )]
    NotFinite {
        /// The cost.
        cost: f64,
        /// Number of the step, from 1.
        step: u64,
        /// Number of the epoch, from 1.
        epoch: u64,
        /// The first tensor, in the order of the forward pass, that is not finite.
        tensor: String,
        /// What to do.
        remedy: String,
    },

    /// The cost was finite but its gradient was not; the parameters are those before the step.
    #[error(
        "the gradient became infinite or NaN at step {step} (epoch {epoch}), first in {tensor}, but must be finite; the parameters are those before that step: {remedy}"
    )]
    GradientNotFinite {
        /// Number of the step, from 1.
        step: u64,
        /// Number of the epoch, from 1.
        epoch: u64,
        /// The first tensor, in the order of the forward pass, whose gradient is not finite.
        tensor: String,
        /// What to do.
        remedy: String,
    },

    /// The validation cost is NaN or infinite.
    #[error(
        "the validation cost after step {step} is {cost}, but must be finite; the first numbers that are not are in {tensor} of the validation examples: {remedy}"
    )]
    ValidationNotFinite {
        /// The cost.
        cost: f64,
        /// Steps taken.
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
        source: ChunkError,
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
