//! The standard output stream: whoever reads it may go away at any time, which is no fault.

use std::io::{self, ErrorKind, Write};

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
