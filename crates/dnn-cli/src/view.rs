//! What a person sees of a training while it goes: a bar, the live view, or nothing where nobody looks.

use std::io::{self, IsTerminal};

use dnn_observe::Progress;
use dnn_train::{Event, Flow, Observer, ObserverError, Stop};

use crate::{Error, Result};

/// What is seen.
pub(crate) enum View {
    Nothing,
    Bar(Progress),
    /// Its person may stop the run in it.
    #[cfg(feature = "live")]
    Live(Box<dnn_observe::Live>, Stop),
}

impl View {
    /// The live view if it was asked for, in which `stop` is requested; else a bar, if the standard error stream is a terminal.
    ///
    /// # Errors
    /// [`Error::Usage`] if the live view has no terminal, or the program was built without it.
    pub(crate) fn open(name: &str, live: bool, stop: &Stop) -> Result<Self> {
        match (live, io::stderr().is_terminal()) {
            (true, _) => Self::live(name, stop),
            (false, true) => Ok(Self::Bar(Progress::bar(name))),
            (false, false) => Ok(Self::Nothing),
        }
    }

    #[cfg(feature = "live")]
    fn live(name: &str, stop: &Stop) -> Result<Self> {
        let live = dnn_observe::Live::new(name).map_err(|error| Error::Usage(error.into()))?;
        Ok(Self::Live(Box::new(live), stop.clone()))
    }

    #[cfg(not(feature = "live"))]
    fn live(_: &str, _: &Stop) -> Result<Self> {
        Err(Error::Usage(
            "this program was built without the live view: build it with --features live".into(),
        ))
    }
}

impl Observer for View {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match self {
            Self::Nothing => Ok(Flow::Continue),
            Self::Bar(bar) => bar.notify(event),
            #[cfg(feature = "live")]
            Self::Live(live, stop) => {
                let flow = live.notify(event);
                if live.stopped() {
                    stop.request();
                }
                flow
            }
        }
    }
}
