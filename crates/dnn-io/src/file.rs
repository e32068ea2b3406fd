//! Reading and replacing a file: whole, or not at all.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::files::{Files, NewFile};
use crate::{Error, Result};

/// Names that a save tries for its temporary before it gives up: each is that of a save which was killed.
const NAMES: usize = 1000;

/// The whole file.
pub(crate) fn read(files: &dyn Files, path: &Path) -> Result<Vec<u8>> {
    again(|| files.read(path)).map_err(|source| Error::unreadable(path, "read", source))
}

/// Puts `bytes` in the place of `path`: written beside it, synchronised, read back, renamed, and the folder synchronised.
pub(crate) fn replace(files: &dyn Files, path: &Path, bytes: &[u8]) -> Result<()> {
    let fail = |(action, source)| not_committed(files, path, bytes.len() as u64, action, source);
    let (temporary, file) = create(files, path).map_err(|source| fail(("created", source)))?;
    if let Err(fault) = fill(files, file, &temporary, path, bytes) {
        // The error that matters is the first; a leftover is only a file of no use.
        again(|| files.remove(&temporary)).ok();
        return Err(fail(fault));
    }
    let durable = files.sync_folder(folder(path));
    durable.map_err(|source| Error::NotDurable { path: path.into(), source })
}

/// What was tried, and what the system said.
type Fault = (&'static str, io::Error);

fn fill(
    files: &dyn Files,
    mut file: Box<dyn NewFile>,
    temporary: &Path,
    path: &Path,
    bytes: &[u8],
) -> Result<(), Fault> {
    // Goes on after a short write, and calls again after an interrupted one.
    file.write_all(bytes).map_err(|error| ("written", error))?;
    // A failed synchronisation is final: trying again could report success for bytes that were dropped.
    file.sync().map_err(|error| ("synchronised", error))?;
    drop(file);
    let kept = again(|| files.read(temporary)).map_err(|error| ("read back", error))?;
    if kept != bytes {
        return Err(("read back", io::Error::new(ErrorKind::InvalidData, "other bytes than were written")));
    }
    again(|| files.rename(temporary, path)).map_err(|error| ("renamed", error))
}

/// A file under a hidden name in the same folder, that no other save takes: neither of this process, nor of another that
/// has the same number on another machine or in another container.
fn create(files: &dyn Files, path: &Path) -> io::Result<(PathBuf, Box<dyn NewFile>)> {
    static SAVES: AtomicU64 = AtomicU64::new(0);
    let mut taken = None;
    for _ in 0..NAMES {
        let temporary = beside(path, SAVES.fetch_add(1, Ordering::Relaxed));
        match again(|| files.create(&temporary)) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| ErrorKind::AlreadyExists.into()))
}

fn beside(path: &Path, save: u64) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{save}.tmp", std::process::id()));
    path.with_file_name(name)
}

pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Calls `operation` until the system does not interrupt it.
pub(crate) fn again<T>(mut operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match operation() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// The error of a save that left `path` as it was. The temporary is gone, so what is free now is free for the next one.
pub(crate) fn not_committed(
    files: &dyn Files,
    path: &Path,
    needed: u64,
    action: &'static str,
    source: io::Error,
) -> Error {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            let free = again(|| files.free_bytes(folder(&path))).ok();
            Error::StorageFull { path, needed, free, source }
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Error::Denied { path, action, source },
        _ => Error::NotCommitted { path, action, source },
    }
}
