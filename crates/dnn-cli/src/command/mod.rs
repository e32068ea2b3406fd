//! The commands: each a module of its name, with its flags and a `run`.

mod bench;
mod check;
mod completions;
mod doctor;
mod eval;
mod export;
mod init;
mod inspect;
mod predict;
mod report;
mod resume;
mod sweep;
mod train;

use clap::Subcommand;

use crate::{Program, Result};

/// What is asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    Train(Box<train::Train>),
    Resume(resume::Resume),
    Sweep(Box<sweep::Sweep>),
    Report(report::Report),
    Eval(eval::Eval),
    Predict(predict::Predict),
    Inspect(inspect::Inspect),
    Export(export::Export),
    Check(Box<check::Check>),
    Doctor(doctor::Doctor),
    Bench(bench::Bench),
    Completions(completions::Completions),
}

impl Command {
    /// Does it; `whole` is what completions are made of.
    ///
    /// # Errors
    /// As each command's own `run`.
    pub(crate) fn run(self, program: &Program, whole: fn() -> clap::Command) -> Result<()> {
        match self {
            Self::Init(flags) => flags.run(),
            Self::Train(flags) => flags.run(program),
            Self::Resume(flags) => flags.run(program),
            Self::Sweep(flags) => flags.run(program),
            Self::Report(flags) => flags.run(),
            Self::Eval(flags) => flags.run(program),
            Self::Predict(flags) => flags.run(program),
            Self::Inspect(flags) => flags.run(program),
            Self::Export(flags) => flags.run(program),
            Self::Check(flags) => flags.run(program),
            Self::Doctor(flags) => flags.run(),
            Self::Bench(flags) => flags.run(),
            Self::Completions(flags) => flags.run(whole()),
        }
    }
}
