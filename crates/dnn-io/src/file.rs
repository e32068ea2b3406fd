//! Reading and replacing a file: whole, or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(failed(path, "read", "check the path and its permissions"))
}

/// Puts `bytes` in the place of `path`: written beside it, synchronised, read back, renamed, and the folder synchronised.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = beside(path);
    let written = write_and_verify(&temporary, bytes);
    if written.is_err() {
        // The error that matters is the first; a leftover is only a file of no use.
        fs::remove_file(&temporary).ok();
        return written;
    }
    fs::rename(&temporary, path).map_err(failed(path, "replaced", "check the folder's permissions"))?;
    synchronise_folder(path)
}

fn write_and_verify(path: &Path, bytes: &[u8]) -> Result<()> {
    let fail = || {
        failed(path, "written", "check the folder, its permissions and the space left; nothing was replaced")
    };
    let mut file = File::create(path).map_err(fail())?;
    file.write_all(bytes).map_err(fail())?;
    // A failed synchronisation is final: trying again could report success for bytes that were dropped.
    file.sync_all().map_err(fail())?;
    if read(path)? != bytes {
        return Err(Error::Corrupt { part: format!("{}, just written", path.display()) });
    }
    Ok(())
}

/// Makes the rename last: on Unix a folder is synchronised like a file; elsewhere the system gives no such means.
fn synchronise_folder(path: &Path) -> Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fail =
            || failed(folder, "synchronised", "the file is there, but may be the old one after a power cut");
        File::open(folder).map_err(fail())?.sync_all().map_err(fail())?;
    }
    Ok(())
}

/// A hidden name in the same folder, that no other process takes.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

fn failed(path: &Path, action: &'static str, remedy: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::File { path: path.into(), action, source, remedy }
}
