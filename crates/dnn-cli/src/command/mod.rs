//! The commands: each a module of its name, with its flags and a `run`.

mod bench;
mod doctor;

use clap::Subcommand;

use crate::{Program, Result};

/// What is asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Bench(bench::Bench),
    Doctor(doctor::Doctor),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// As each command's own `run`.
    pub(crate) fn run(self, _program: &Program) -> Result<()> {
        match self {
            Self::Bench(flags) => flags.run(),
            Self::Doctor(flags) => flags.run(),
        }
    }
}
