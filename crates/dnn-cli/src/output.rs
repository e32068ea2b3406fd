//! The standard output stream, whose reader may go away at any time, which is no fault, and files that are written.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

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

/// A file that takes its place once it is whole: until then what was there stays, and so it does if nothing comes of it.
pub(crate) struct Replacement {
    file: BufWriter<File>,
    path: PathBuf,
    /// Where it is written; none for what is no file, such as a pipe.
    part: Option<PathBuf>,
}

impl Replacement {
    /// Opens a file beside `path`.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let beside = !path.exists() || path.is_file();
        let part = beside.then(|| path.with_added_extension("part"));
        let file = BufWriter::with_capacity(1 << 16, File::create(part.as_deref().unwrap_or(path))?);
        Ok(Self { file, path: path.into(), part })
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        match &self.part {
            Some(part) => fs::rename(part, &self.path),
            None => Ok(()),
        }?;
        self.part = None;
        Ok(())
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            drop(fs::remove_file(part));
        }
    }
}
