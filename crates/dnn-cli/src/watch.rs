//! Who watches a training beside the files it writes, and what stops it.

use dnn_observe::RunFolder;
use dnn_train::Observer;

use crate::Result;
use crate::describe;
use crate::output::Log;
use crate::stop::CtrlC;
use crate::view::{Nothing, View};

/// A person before a terminal, or a sweep.
pub(crate) struct Watch<'w> {
    pub(crate) log: Log,
    pub(crate) view: View,
    pub(crate) stop: CtrlC,
    /// What else is told everything.
    pub(crate) report: Option<&'w mut dyn Observer>,
}

impl<'w> Watch<'w> {
    /// A person watches, with the live view if it was asked for, and may press Ctrl-C.
    ///
    /// # Errors
    /// As [`Log::open`], [`View::open`] and [`CtrlC::watch`].
    pub(crate) fn by_person(folder: &RunFolder, live: bool) -> Result<Self> {
        let view = View::open(&describe::name(folder), live)?;
        Ok(Self { log: Log::open(folder)?, view, stop: CtrlC::watch()?, report: None })
    }

    /// Nobody watches but `report`, and `stop` ends it.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub(crate) fn by_sweep(folder: &RunFolder, stop: &CtrlC, report: &'w mut dyn Observer) -> Result<Self> {
        let log = Log::open(folder)?.quiet();
        Ok(Self { log, view: View::Nothing(Nothing), stop: stop.clone(), report: Some(report) })
    }
}
