//! The commands: each a module of its name, with its flags and a `run`.

mod bench;
mod completions;
mod doctor;
mod eval;
mod export;
mod inspect;
mod predict;
mod report;
mod resume;
mod train;

use clap::Subcommand;

use crate::{Program, Result};

/// What is asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Train(Box<train::Train>),
    Resume(resume::Resume),
    Eval(eval::Eval),
    Predict(predict::Predict),
    Bench(bench::Bench),
    Completions(completions::Completions),
    Doctor(doctor::Doctor),
    Export(export::Export),
    Inspect(inspect::Inspect),
    Report(report::Report),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// As each command's own `run`.
    pub(crate) fn run(self, program: &Program) -> Result<()> {
        match self {
            Self::Train(flags) => flags.run(program),
            Self::Resume(flags) => flags.run(program),
            Self::Eval(flags) => flags.run(program),
            Self::Predict(flags) => flags.run(program),
            Self::Bench(flags) => flags.run(),
            Self::Completions(flags) => flags.run(),
            Self::Doctor(flags) => flags.run(),
            Self::Export(flags) => flags.run(program),
            Self::Inspect(flags) => flags.run(program),
            Self::Report(flags) => flags.run(),
        }
    }
}
