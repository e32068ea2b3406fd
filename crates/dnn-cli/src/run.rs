//! The way from arguments to an exit code.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use dnn_plugin::Plugin;

use crate::command::Command;
use crate::error::CODES;
use crate::output::say;
use crate::{Error, Program, Result};

/// Deep fully-connected networks on CPUs: from data to a trained model.
#[derive(Debug, Parser)]
#[command(name = "dnn", version, after_help = CODES)]
struct Flags {
    /// A shared library with activations of its own, for this command; again for more. It is run: name none you do not trust
    #[arg(long = "plugin", global = true, value_name = "FILE")]
    plugins: Vec<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

impl Program {
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
        let done = self.add(&flags.plugins).and_then(|()| flags.command.run(&self, Flags::command));
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
            Plugin::load(path)?.register(&mut self.names).map_err(|error| Error::Usage(error.into()))
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

    #[test]
    fn no_two_flags_have_the_same_name() {
        Flags::command().debug_assert();
    }
}
