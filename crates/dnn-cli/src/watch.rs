//! A person who watches a training or a sweep: what is seen on the terminal and kept in the log, and Ctrl-C.

use std::io::{self, IsTerminal, Write};

use dnn_observe::RunFolder;
use dnn_pipeline::{Session, Watch, run_name};
use dnn_train::{Observer, Stop};

use crate::describe;
use crate::output::say;
use crate::view::View;
use crate::{Program, Result, stop};

/// A person before a terminal, or whoever reads the log.
pub(crate) struct Person {
    view: View,
    stop: Stop,
    /// Whether what is decided is said too, beside the log.
    told: bool,
}

impl Person {
    /// One who watches a training, with the live view if it was asked for, and may press Ctrl-C.
    ///
    /// # Errors
    /// As [`View::open`] and [`stop::watch`].
    pub(crate) fn open(folder: &RunFolder, live: bool) -> Result<Self> {
        let stop = stop::watch()?;
        let view = View::open(&run_name(folder), live, &stop)?;
        Ok(Self { view, stop, told: io::stderr().is_terminal() })
    }

    /// One who watches a sweep: nothing is told of its trials but what came of each.
    ///
    /// # Errors
    /// As [`stop::watch`].
    pub(crate) fn of_sweep() -> Result<Self> {
        Ok(Self { view: View::Nothing, stop: stop::watch()?, told: false })
    }

    /// Does what is to be watched.
    ///
    /// # Errors
    /// Those of `act`.
    pub(crate) fn watch<T>(
        &mut self,
        program: &Program,
        act: impl FnOnce(Watch<'_>) -> dnn_pipeline::Result<T>,
    ) -> Result<T> {
        let told = self.told;
        let each = move |session: &Session<'_>, folder: &RunFolder| {
            let mut log = folder.log()?;
            for line in describe::decisions(session, folder) {
                // A log that cannot be written ends nothing.
                drop(writeln!(log, "{line}"));
                if told {
                    say(&line);
                }
            }
            program.observers(folder)
        };
        let mut notes = |line: &str| {
            if io::stderr().is_terminal() {
                say(line);
            }
        };
        let observers: Vec<&mut dyn Observer> = vec![&mut self.view];
        Ok(act(Watch { stop: self.stop.clone(), observers, each: Some(&each), notes: Some(&mut notes) })?)
    }
}
