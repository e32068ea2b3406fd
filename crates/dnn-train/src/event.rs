//! What a run tells those who watch it, and what they may answer.
//!
//! Observers see, they never write parameters. One that fails stops the run with its error.

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
    },
    /// All examples were seen once more.
    Epoch {
        /// Epochs done so far, this one included.
        epoch: u64,
        /// Steps taken so far.
        step: u64,
        /// Mean cost over the epoch's batches, each before its update, weighted by their sizes.
        cost: f64,
    },
    /// The run is over.
    Finished {
        /// Steps taken.
        step: u64,
        /// The last step's cost.
        cost: f64,
        /// Time from the first step to the last.
        seconds: f64,
    },
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It ends after this step, in good order.
    Stop,
}

/// The error of an observer, whatever it is.
pub type ObserverError = Box<dyn std::error::Error + Send + Sync>;

/// Something that watches a run: progress, curves, checkpoints, early stop.
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
