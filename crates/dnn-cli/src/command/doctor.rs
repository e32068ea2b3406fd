//! `dnn doctor`, its flags and what it prints.

use clap::Args;

use crate::output::{print, print_json};
use crate::{Result, doctor};

/// Say what this machine has for deep networks, how fast it is, and which back end is chosen
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print a JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Measures and prints.
    ///
    /// # Errors
    /// As [`doctor::examine`].
    pub(crate) fn run(self) -> Result<()> {
        let report = doctor::examine()?;
        if self.json { print_json(&report) } else { print(&doctor::text(&report)) }
    }
}
