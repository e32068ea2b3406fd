//! The standard output stream: whoever reads it may go away at any time, which is no fault.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};

use dnn_observe::RunFolder;
use serde::Serialize;

use crate::{Error, Result};

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Other(format!("cannot write the output: {error}").into()),
        }
    }
}

/// Prints `text` as it stands.
///
/// # Errors
/// [`Error::Closed`] if nobody reads it any more; [`Error::Other`] if it cannot be written.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints `value` as JSON over several lines.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Other(error.into()))?;
    print(&(text + "\n"))
}

/// Says `text` to whoever watches, on the standard error stream; that nobody hears it is no fault.
pub(crate) fn say(text: &str) {
    drop(writeln!(io::stderr(), "{text}"));
}

/// What a training or a sweep says: always to its log, and to a person who watches the terminal.
pub(crate) struct Log {
    file: File,
    watched: bool,
}

impl Log {
    /// Writes behind what stands in the log in `folder`.
    ///
    /// # Errors
    /// [`Error::Model`] if it cannot be opened.
    pub(crate) fn open(folder: &RunFolder) -> Result<Self> {
        Ok(Self { file: folder.log()?, watched: io::stderr().is_terminal() })
    }

    /// The same, but for the file alone.
    pub(crate) fn quiet(self) -> Self {
        Self { watched: false, ..self }
    }

    /// Says one line. A log that cannot be written ends nothing.
    pub(crate) fn say(&mut self, line: &str) {
        drop(writeln!(self.file, "{line}"));
        if self.watched {
            say(line);
        }
    }
}
