//! Who watches trainings, and what stops them.

use dnn_observe::RunFolder;
use dnn_train::{Observer, ObserverError, Stop};

use crate::session::Session;

/// Makes the observers of a training that is about to begin in a folder, or to go on there.
pub type MakeObservers<'w> =
    dyn Fn(&Session<'_>, &RunFolder) -> Result<Vec<Box<dyn Observer>>, ObserverError> + Sync + 'w;

/// Who watches trainings beside the files that they write, and what stops them.
#[derive(Default)]
pub struct Watch<'w> {
    /// Ends a training after its step (of a streamed table, its chunk), or a sweep after the steps of its trials; both can be resumed.
    pub stop: Stop,
    /// What is told all of one training, but nothing of a sweep's trials.
    pub observers: Vec<&'w mut dyn Observer>,
    /// Makes more of them for each training, those of a sweep too.
    pub each: Option<&'w MakeObservers<'w>>,
    /// What is told of a training or a sweep in words, a line at a time.
    pub notes: Option<&'w mut dyn FnMut(&str)>,
}
