//! Ending a run from outside it: by Ctrl-C, from another thread, by a button.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Event, Flow, Observer, ObserverError};

/// Ends a run after its step, or after its chunk where examples come in chunks, in good order: observers hear that it has finished, and it can be resumed.
///
/// All copies are one. [`request`](Self::request) only sets a flag, so a signal handler may call it; installing one is left
/// to the program.
/// ```
/// use dnn_core::{Compute, Naive, Network, Sigmoid};
/// use dnn_train::{Ended, Settings, Stop, Trainer};
/// use ndarray::array;
///
/// let network = Network::builder(1).dense(1, Sigmoid).build()?;
/// let plan = Settings::default().plan(&network, 2)?;
/// let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive))?;
///
/// let mut stop = Stop::new();
/// let handle = stop.clone();                             // for a handler: move || handle.request()
/// handle.request();
/// let (x, y) = (array![[0.0, 1.0]], array![[0.0, 1.0]]);
/// let summary = trainer.run(x.view(), y.view(), &mut [&mut stop])?;
/// assert_eq!((summary.step, summary.ended), (0, Ended::ByObserver));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// One that nobody has requested yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to end.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether anybody has asked.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl From<Arc<AtomicBool>> for Stop {
    /// One that others request by setting `flag`, as handlers of signals do.
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

impl Observer for Stop {
    fn notify(&mut self, _event: &Event<'_>) -> Result<Flow, ObserverError> {
        Ok(if self.is_requested() { Flow::Stop } else { Flow::Continue })
    }
}
