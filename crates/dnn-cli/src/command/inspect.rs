//! `dnn inspect`: what a model file or a run's folder holds.

use std::path::PathBuf;

use clap::Args;
use dnn_pipeline::inspect;

use crate::inspection::text;
use crate::output::{print, print_json};
use crate::{Program, Result};

/// Say what a model or a training holds: its network, memory, what data it takes, and the parts of the file
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// A model, a checkpoint, or the folder of a training
    path: PathBuf,
    /// Examples of the training step whose memory is told [default: as it was trained, or 32]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    batch: Option<u32>,
    /// Print a JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Inspect {
    /// Looks, and tells.
    ///
    /// # Errors
    /// [`crate::Error::Model`] if there is neither a model nor a training, or a damaged file.
    pub(super) fn run(self, program: &Program) -> Result<()> {
        let found = inspect(&program.names, &self.path, self.batch.map(|batch| batch as usize))?;
        if self.json { print_json(&found) } else { print(&text(&found)) }
    }
}
