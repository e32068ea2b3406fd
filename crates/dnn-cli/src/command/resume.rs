//! `dnn resume`: a training that was stopped or killed goes on.

use std::path::PathBuf;

use clap::Args;
use dnn_observe::{Outcome, Run, RunFolder, State};
use dnn_pipeline::sweep::is_sweep;
use dnn_pipeline::{Config, Error as Pipeline, FINGERPRINT, Session, Sweep, Trained, fingerprint};

use super::train::show;
use crate::flags::MachineFlags;
use crate::watch::Person;
use crate::{Error, Program, Result};

/// Go on with a training that was stopped or killed; it ends in the same bytes as one that never stopped
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The folder of the run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    #[command(flatten)]
    machine: MachineFlags,
    /// Show curves on the whole terminal while it trains
    #[arg(long)]
    live: bool,
    /// Print one JSON object at the end, as dnn train does
    #[arg(long)]
    json: bool,
}

impl Resume {
    /// Trains on, and prints what came of it.
    ///
    /// # Errors
    /// [`Error::Model`] if there is no run, or its data is not as it was; else as [`Session`].
    pub(crate) fn run(self, program: &Program) -> Result<()> {
        if is_sweep(&self.run) {
            let mut config = Config::load(RunFolder::open(&self.run).configuration_path())?;
            self.machine.over(&mut config)?;
            let sweeping = Sweep::prepare(&program.names, config, &self.run)?;
            return super::sweep::show(program, sweeping, self.json);
        }
        let folder = RunFolder::open(&self.run);
        let run = Run::read(&self.run)?;
        let model = folder.model_path();
        let finished = |outcome: &Outcome| outcome.state == State::Finished && model.exists();
        if let Some(outcome) = run.outcome.filter(finished) {
            let run = self.run.clone();
            let trained = Trained { run, model, seconds: outcome.seconds, metrics: outcome.metrics };
            return show(&trained, self.json);
        }
        let configuration = folder.configuration_path();
        let lost = |fault: String| gone(format!("the run cannot go on: {fault}; train anew"));
        if !configuration.exists() {
            return Err(lost(format!("{} is missing", configuration.display())));
        }
        let config = Config::load(&configuration);
        let mut config = config.map_err(|error| lost(error.to_string()))?;
        self.machine.over(&mut config)?;
        let before = run.about.as_ref().and_then(|about| about.data.get(FINGERPRINT));
        let found = config.data.train.as_deref().and_then(fingerprint);
        if let (Some(before), Some(found)) = (before, found)
            && *before != found
        {
            let path = config.data.train.unwrap_or_default();
            return Err(gone(format!(
                "{} is not the file that the run began with, which had {before}, but now {found}: put the data back, or train anew",
                path.display()
            )));
        }
        let session = Session::prepare(&program.names, config)?;
        let counts = |part: &str| {
            run.about.as_ref().and_then(|about| about.data.get(&format!("{part} examples")).cloned())
        };
        for (part, count) in session.counts() {
            let (found, before) = (count.to_string(), counts(part));
            if before.as_ref().is_some_and(|before| *before != found) {
                let before = before.unwrap_or_default();
                return Err(gone(format!(
                    "the run has {before} {part} examples, but its data gives {found} now: put the data back, or train anew"
                )));
            }
        }
        let mut person = Person::open(&folder, self.live)?;
        let trained = person.watch(program, |watch| session.resume(&folder, watch))?;
        show(&trained, self.json)
    }
}

/// A run that cannot go on.
fn gone(fault: String) -> Error {
    Pipeline::Model(fault.into()).into()
}
