//! A disk in memory that keeps apart what a program sees and what outlives a power cut, and that fails when it is told to.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use dnn_io::{Files, NewFile};

/// Bytes free on it, as it says.
pub(crate) const FREE: u64 = 4321;

/// What happens at one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and does nothing.
    Error(ErrorKind),
    /// It and all that follow fail: the power is off.
    PowerCut,
    /// A write takes half of what it is given.
    ShortWrite,
    /// A write keeps other bits than it is given.
    OtherBits,
}

/// The disk. A clone is the same disk.
#[derive(Clone, Default)]
pub(crate) struct Simulated(Arc<Mutex<State>>);

#[derive(Clone, Default)]
struct State {
    seen: Names,
    durable: Names,
    /// What was done to names since the folder was last synchronised.
    pending: Vec<Change>,
    contents: Vec<Contents>,
    /// What was asked for so far.
    asked: Vec<&'static str>,
    faults: Vec<(usize, Fault)>,
}

type Names = BTreeMap<PathBuf, usize>;

#[derive(Clone)]
enum Change {
    Put(PathBuf, usize),
    Rename(PathBuf, PathBuf, usize),
    Remove(PathBuf),
}

#[derive(Clone, Default)]
struct Contents {
    seen: Vec<u8>,
    durable: Vec<u8>,
}

struct Writer {
    disk: Simulated,
    number: usize,
}

impl Simulated {
    /// A disk on which `files` are since long.
    pub(crate) fn with(files: &[(&Path, &[u8])]) -> Self {
        let disk = Self::default();
        for (number, &(path, bytes)) in files.iter().enumerate() {
            let mut state = disk.state();
            state.seen.insert(path.into(), number);
            state.durable.insert(path.into(), number);
            state.contents.push(Contents { seen: bytes.into(), durable: bytes.into() });
        }
        disk
    }

    /// Has `fault` happen at operation number `at`, from 0.
    pub(crate) fn fail(&self, at: usize, fault: Fault) {
        self.state().faults.push((at, fault));
    }

    /// The operations so far.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        self.state().asked.clone()
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> Vec<PathBuf> {
        self.state().seen.keys().cloned().collect()
    }

    /// Every disk that a power cut now may leave: any of the names' changes since the folder was synchronised, and of the
    /// bytes since a file was, all, none, half, or zeros in their place.
    pub(crate) fn after_power_cut(&self) -> Vec<Self> {
        let state = self.state().clone();
        let mut disks = Vec::new();
        for kept in 0..1_usize << state.pending.len() {
            let changes = state.pending.iter().enumerate().filter(|(place, _)| kept >> place & 1 == 1);
            let mut names = state.durable.clone();
            changes.for_each(|(_, change)| change.apply(&mut names));
            for left in [Contents::durable, Contents::seen, Contents::half, Contents::zeros] {
                let bytes = |number: &usize| left(&state.contents[*number]);
                let files: Vec<_> =
                    names.iter().map(|(path, number)| (path.as_path(), bytes(number))).collect();
                disks.push(Self::with(
                    &files.iter().map(|(path, bytes)| (*path, &bytes[..])).collect::<Vec<_>>(),
                ));
            }
        }
        disks
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Counts an operation, and fails it if it is to fail.
    fn begin(&self, operation: &'static str) -> io::Result<(MutexGuard<'_, State>, Option<Fault>)> {
        let mut state = self.state();
        let now = state.asked.len();
        state.asked.push(operation);
        let due = |&(at, fault): &(usize, Fault)| at == now || (fault == Fault::PowerCut && at < now);
        match state.faults.iter().copied().find(due).map(|(_, fault)| fault) {
            Some(Fault::Error(kind)) => Err(kind.into()),
            Some(Fault::PowerCut) => Err(io::Error::other("the power is off")),
            fault => Ok((state, fault)),
        }
    }
}

impl State {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.seen);
        self.pending.push(change);
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        self.seen.get(path).copied().ok_or_else(|| ErrorKind::NotFound.into())
    }
}

impl Change {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Put(path, number) => {
                names.insert(path.clone(), *number);
            }
            Self::Rename(from, to, number) => {
                names.remove(from);
                names.insert(to.clone(), *number);
            }
            Self::Remove(path) => {
                names.remove(path);
            }
        }
    }
}

impl Contents {
    fn durable(&self) -> Vec<u8> {
        self.durable.clone()
    }

    fn seen(&self) -> Vec<u8> {
        self.seen.clone()
    }

    fn half(&self) -> Vec<u8> {
        self.seen[..self.durable.len().max(self.seen.len() / 2)].to_vec()
    }

    fn zeros(&self) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        bytes.resize(self.seen.len(), 0);
        bytes
    }
}

impl Files for Simulated {
    fn create(&self, path: &Path) -> io::Result<Box<dyn NewFile>> {
        let (mut state, _) = self.begin("create")?;
        if state.seen.contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let number = state.contents.len();
        state.contents.push(Contents::default());
        state.change(Change::Put(path.into(), number));
        Ok(Box::new(Writer { disk: self.clone(), number }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let (state, _) = self.begin("read")?;
        Ok(state.contents[state.find(path)?].seen.clone())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (mut state, _) = self.begin("rename")?;
        let number = state.find(from)?;
        state.change(Change::Rename(from.into(), to.into(), number));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let (mut state, _) = self.begin("remove")?;
        state.find(path)?;
        state.change(Change::Remove(path.into()));
        Ok(())
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        let (mut state, _) = self.begin("sync folder")?;
        state.durable = state.seen.clone();
        state.pending.clear();
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let (state, _) = self.begin("list")?;
        let names = state.seen.keys().filter(|path| path.parent() == Some(folder));
        Ok(names.filter_map(|path| path.file_name()).map(Into::into).collect())
    }

    /// Folders are there as soon as they are named.
    fn create_folder(&self, _: &Path) -> io::Result<()> {
        self.begin("create folder").map(drop)
    }

    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(FREE)
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (mut state, fault) = self.disk.begin("write")?;
        let taken = if fault == Some(Fault::ShortWrite) { bytes.len() / 2 } else { bytes.len() };
        let kept = &mut state.contents[self.number].seen;
        kept.extend(&bytes[..taken]);
        if let (Some(Fault::OtherBits), Some(last)) = (fault, kept.last_mut()) {
            *last ^= 1;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NewFile for Writer {
    fn sync(&mut self) -> io::Result<()> {
        let (mut state, _) = self.disk.begin("sync")?;
        let contents = &mut state.contents[self.number];
        contents.durable.clone_from(&contents.seen);
        Ok(())
    }
}
