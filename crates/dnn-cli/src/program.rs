//! The program: what it knows by name, and the way from arguments to an exit code.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use dnn_core::Registry;
use dnn_observe::RunFolder;
use dnn_pipeline::{Cause, Names};
use dnn_plugin::Plugin;
use dnn_train::{Catalogue, Observer, ObserverError};

use crate::command::Command;
use crate::error::CODES;
use crate::output::say;
use crate::{Error, Result};

type MakeObserver = Box<dyn Fn(&RunFolder) -> Result<Box<dyn Observer>, ObserverError> + Send + Sync>;

/// The `dnn` command, and everything it knows by name.
///
/// What is added is chosen like what is built in: activations and layers in `dnn.toml` and in model files, costs, metrics
/// and optimizers in `dnn.toml`. Observers watch every training. `examples/plugin-program` is a whole program.
pub struct Program {
    pub(crate) names: Names,
    observers: Vec<MakeObserver>,
    /// The first plug-in that could not be added.
    refused: Option<Cause>,
}

/// Deep fully-connected networks on CPUs: from data to a trained model.
#[derive(Debug, Parser)]
#[command(name = "dnn", version, after_help = CODES)]
pub(crate) struct Flags {
    /// A shared library with activations of its own, for this command; again for more. It is run: name none you do not trust
    #[arg(long = "plugin", global = true, value_name = "FILE")]
    plugins: Vec<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

impl Program {
    /// The program with what is built in.
    #[allow(clippy::new_without_default)] // a program is begun, not filled in
    pub fn new() -> Self {
        Self { names: Names::builtin(), observers: Vec::new(), refused: None }
    }

    /// Adds activations and layers.
    #[must_use]
    pub fn registry(mut self, add: impl FnOnce(&mut Registry) -> dnn_core::Result<()>) -> Self {
        let added = add(&mut self.names.registry);
        self.note(added.map_err(Into::into))
    }

    /// Adds costs, metrics and optimizers.
    #[must_use]
    pub fn catalogue(mut self, add: impl FnOnce(&mut Catalogue) -> dnn_train::Result<()>) -> Self {
        let added = add(&mut self.names.catalogue);
        self.note(added.map_err(Into::into))
    }

    /// Has an observer made for every training, which is told the run's folder.
    #[must_use]
    pub fn observer(
        mut self,
        make: impl Fn(&RunFolder) -> Result<Box<dyn Observer>, ObserverError> + Send + Sync + 'static,
    ) -> Self {
        self.observers.push(Box::new(make));
        self
    }

    fn note(mut self, added: Result<(), Cause>) -> Self {
        self.refused = self.refused.or(added.err());
        self
    }

    /// The added observers of the run in `folder`.
    ///
    /// # Errors
    /// If one cannot be made.
    pub(crate) fn observers(&self, folder: &RunFolder) -> Result<Vec<Box<dyn Observer>>, ObserverError> {
        self.observers.iter().map(|make| make(folder)).collect()
    }

    /// Does what the process was asked to, and says with which exit code it ends.
    pub fn run(self) -> ExitCode {
        self.run_with(std::env::args_os())
    }

    /// [`run`](Self::run) with these arguments, the program's name first.
    pub fn run_with(mut self, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
        let flags = match Flags::try_parse_from(arguments) {
            Ok(flags) => flags,
            Err(usage) => {
                // Help and the version are answers, not faults; both know where to print themselves.
                drop(usage.print());
                return ExitCode::from(u8::from(usage.use_stderr()) * 2);
            }
        };
        let done = self.add(&flags.plugins).and_then(|()| flags.command.run(&self));
        done.map_or_else(|error| end(&error), |()| ExitCode::SUCCESS)
    }

    /// Adds what these shared libraries bring to what was added before.
    ///
    /// # Errors
    /// [`Error::Other`] if something that was added before could not be; [`Error::Usage`] if one is no plug-in, or is added
    /// again.
    fn add(&mut self, plugins: &[PathBuf]) -> Result<()> {
        if let Some(refused) = self.refused.take() {
            return Err(Error::Other(refused));
        }
        plugins.iter().try_for_each(|path| {
            Plugin::load(path)?.register(&mut self.names.registry).map_err(|error| Error::Usage(error.into()))
        })
    }
}

fn end(error: &Error) -> ExitCode {
    match error {
        Error::Closed => {}
        _ if error.code() == 130 => say(&error.to_string()),
        _ => say(&format!("error: {error}")),
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn no_two_flags_have_the_same_name() {
        Flags::command().debug_assert();
    }

    #[test]
    fn a_plug_in_that_cannot_be_added_ends_the_program() {
        let program = Program::new().registry(|registry| registry.add_elementwise(dnn_core::Relu));
        assert!(program.refused.as_ref().unwrap().to_string().contains("relu"));
    }
}
