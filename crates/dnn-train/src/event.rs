//! What a run tells those who watch it, and what they may answer.
//!
//! Observers see, they never write parameters. One that fails stops the run with its error. An event shows the run as it
//! stands, so that an observer can save it; it is made of views, and allocates nothing.

use crate::RunState;

/// One thing that happened in a run.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The run begins.
    Started {
        /// What is trained, as [`dnn_core::Network`] prints it.
        network: &'a str,
        /// Steps the run will take.
        steps: u64,
        /// Steps in an epoch.
        steps_per_epoch: u64,
    },
    /// One step was taken.
    Step {
        /// Steps taken so far, this one included.
        step: u64,
        /// Mean cost of the step's batch, before its update.
        cost: f64,
        /// The run after the step, and after the evaluation of the validation examples if one was due.
        run: RunState<'a>,
    },
    /// All examples were seen once more.
    Epoch {
        /// Epochs done so far, this one included.
        epoch: u64,
        /// Steps taken so far.
        step: u64,
        /// Mean cost over the epoch's batches, each before its update, weighted by their sizes.
        cost: f64,
        /// The run as it stands.
        run: RunState<'a>,
    },
    /// The validation examples were evaluated.
    Validation {
        /// Epochs done so far, fractions included.
        epoch: f64,
        /// Steps taken so far.
        step: u64,
        /// Mean cost over the validation examples at the parameters of now, without any penalty.
        cost: f64,
        /// The plan's metrics of the validation examples, by name.
        metrics: &'a [(String, f64)],
        /// The run as it stands.
        run: RunState<'a>,
    },
    /// The run is over.
    Finished {
        /// Steps taken.
        step: u64,
        /// The last step's cost.
        cost: f64,
        /// Time from the first step to the last.
        seconds: f64,
        /// The run as it ended.
        run: RunState<'a>,
    },
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It ends after what was just told, in good order: a step, or a chunk where examples come in chunks.
    Stop,
}

impl Flow {
    /// Goes on only if both do.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == Self::Stop { self } else { other }
    }
}

/// The error of an observer, or of what gives chunks of examples, whatever it is.
pub type ObserverError = Box<dyn std::error::Error + Send + Sync>;

/// Something that watches a run: progress, curves, checkpoints.
///
/// ```
/// use dnn_train::{Event, Flow, Observer, ObserverError};
///
/// /// Stops as soon as the cost is good enough.
/// struct GoodEnough(f64);
///
/// impl Observer for GoodEnough {
///     fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
///         match event {
///             Event::Step { cost, .. } if *cost < self.0 => Ok(Flow::Stop),
///             _ => Ok(Flow::Continue),
///         }
///     }
/// }
/// ```
pub trait Observer {
    /// Sees `event`; an error ends the run.
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError>;
}
