//! The journal: a file with one JSON line for the search and one for each result, so that a search that was stopped, in
//! whatever way, goes on where it was.
//!
//! A line is appended and synchronised before the search goes on. A last line without its end is what a stop in the middle
//! of writing leaves, and is cut off; any other line that cannot be read is an error, and nothing is changed.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Error, Finished, Result, Search, Trial};

/// What the first line says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head<S> {
    /// Version of the format.
    dnn_search_journal: u32,
    search: S,
}

const VERSION: u32 = 1;

/// An open journal, and what it held when it was opened.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    /// Results by number and budget of the trial, with their lines.
    kept: BTreeMap<(u64, Option<u64>), (usize, Finished)>,
}

impl Journal {
    /// Opens the journal of `search` at `path`, or begins it.
    pub(crate) fn open(path: &Path, search: &Search) -> Result<Self> {
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = options.map_err(failed(path, "opened", "check the folder and its permissions"))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            let busy = io::Error::from(io::ErrorKind::WouldBlock);
            return Err(failed(path, "locked", "another search writes it: wait, or name another file")(busy));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed(path, "read", "check its permissions"))?;
        let head = line(&Head { dnn_search_journal: VERSION, search });
        let mut journal = Self { file, path: path.into(), kept: BTreeMap::new() };
        if head.starts_with(&bytes) && bytes.len() < head.len() {
            // Nothing yet, or a first line that was never finished.
            journal.cut(0)?;
            journal.append(&head)?;
            journal.synchronise_folder()?;
        } else {
            let whole = journal.read(&bytes, search)?;
            journal.cut(whole)?;
        }
        Ok(journal)
    }

    /// Reads all lines that have an end, and says how many bytes these are.
    fn read(&mut self, bytes: &[u8], search: &Search) -> Result<usize> {
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let mut lines = bytes[..whole].split_inclusive(|&byte| byte == b'\n').zip(1..);
        self.check_head(lines.next().map_or(bytes, |(line, _)| line), search)?;
        for (line, number) in lines {
            let finished: Finished = serde_json::from_slice(line).map_err(|error| {
                let remedy = "restore the file, or cut it off before this line";
                self.refused(number, format!("no result ({error})"), "each line holds one", remedy)
            })?;
            self.kept.insert((finished.trial.number, finished.trial.budget), (number, finished));
        }
        Ok(whole)
    }

    fn check_head(&self, line: &[u8], search: &Search) -> Result<()> {
        let other = "name another file, or ask for the same search";
        let head: Head<Search> = serde_json::from_slice(line).map_err(|error| {
            self.refused(1, format!("no search ({error})"), "a journal begins with one", other)
        })?;
        if head.dnn_search_journal != VERSION {
            let found = format!("version {}", head.dnn_search_journal);
            return Err(self.refused(1, found, "this program writes version 1", other));
        }
        match head.search.difference(search) {
            None => Ok(()),
            Some(part) => Err(self.refused(
                1,
                format!("a search with another {part}"),
                "results of two searches do not go together",
                other,
            )),
        }
    }

    /// The result of `trial`, if there is one.
    pub(crate) fn take(&mut self, trial: &Trial) -> Result<Option<Finished>> {
        match self.kept.remove(&(trial.number, trial.budget)) {
            Some((_, finished)) if finished.trial == *trial => Ok(Some(finished)),
            Some((line, finished)) => Err(self.refused(
                line,
                format!("trial {} with {}", trial.number, finished.trial.words()),
                &format!("this search gives it {}", trial.words()),
                "go on with the version of dnn that began it, or name another file",
            )),
            None => Ok(None),
        }
    }

    /// Adds a result; when this returns it lasts.
    pub(crate) fn add(&mut self, finished: &Finished) -> Result<()> {
        self.append(&line(finished))
    }

    fn append(&mut self, line: &[u8]) -> Result<()> {
        let written = self.file.write_all(line).and_then(|()| self.file.sync_all());
        written.map_err(failed(&self.path, "written", "check the space left; the next run goes on from here"))
    }

    /// Cuts off what comes after the first `length` bytes, and goes there.
    fn cut(&mut self, length: usize) -> Result<()> {
        let cut = self.file.set_len(length as u64).and_then(|()| self.file.seek(SeekFrom::End(0)));
        cut.map(drop).map_err(failed(&self.path, "cut at its last whole line", "check its permissions"))
    }

    /// Makes the file's name last: on Unix a folder is synchronised like a file; elsewhere the system gives no such means.
    fn synchronise_folder(&self) -> Result<()> {
        if cfg!(unix) {
            let named = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = named.unwrap_or(Path::new("."));
            let done = File::open(folder).and_then(|folder| folder.sync_all());
            done.map_err(failed(folder, "synchronised", "check the folder's permissions"))?;
        }
        Ok(())
    }

    fn refused(&self, line: usize, found: String, expected: &str, remedy: &'static str) -> Error {
        Error::Journal { path: self.path.clone(), line, found, expected: expected.into(), remedy }
    }
}

/// One line of plain data.
fn line(data: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(data).expect("plain data with text as keys");
    line.push(b'\n');
    line
}

fn failed(path: &Path, action: &'static str, remedy: &'static str) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::File { path: path.into(), action, source, remedy }
}
