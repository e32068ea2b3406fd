//! What a person sees of a training while it goes: a bar, the live view, or nothing where nobody looks.

use std::io::{self, IsTerminal};

use dnn_observe::Progress;
use dnn_train::{Event, Flow, Observer, ObserverError};

use crate::{Error, Result};

/// What is seen.
pub(crate) enum View {
    Nothing(Nothing),
    Bar(Progress),
    #[cfg(feature = "live")]
    Live(Box<dnn_observe::Live>),
}

/// Sees a run and shows nothing.
pub(crate) struct Nothing;

impl Observer for Nothing {
    fn notify(&mut self, _: &Event<'_>) -> Result<Flow, ObserverError> {
        Ok(Flow::Continue)
    }
}

impl View {
    /// The live view if it was asked for; else a bar, if the standard error stream is a terminal.
    ///
    /// # Errors
    /// [`Error::Usage`] if the live view has no terminal, or the program was built without it.
    pub(crate) fn open(name: &str, live: bool) -> Result<Self> {
        match (live, io::stderr().is_terminal()) {
            (true, _) => Self::live(name),
            (false, true) => Ok(Self::Bar(Progress::bar(name))),
            (false, false) => Ok(Self::Nothing(Nothing)),
        }
    }

    #[cfg(feature = "live")]
    fn live(name: &str) -> Result<Self> {
        let live = dnn_observe::Live::new(name).map_err(|error| Error::Usage(error.into()))?;
        Ok(Self::Live(Box::new(live)))
    }

    #[cfg(not(feature = "live"))]
    fn live(_: &str) -> Result<Self> {
        Err(Error::Usage(
            "this program was built without the live view: build it with --features live".into(),
        ))
    }

    /// What watches the run.
    pub(crate) fn observer(&mut self) -> &mut dyn Observer {
        match self {
            Self::Nothing(nothing) => nothing,
            Self::Bar(bar) => bar,
            #[cfg(feature = "live")]
            Self::Live(live) => &mut **live,
        }
    }

    /// Whether a person has stopped the run in it.
    pub(crate) fn stopped(&self) -> bool {
        match self {
            Self::Nothing(_) | Self::Bar(_) => false,
            #[cfg(feature = "live")]
            Self::Live(live) => live.stopped(),
        }
    }
}
