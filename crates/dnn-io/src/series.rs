//! The checkpoints of one run in one folder, named by step: the newest are kept, and the best.

use std::ffi::OsString;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnn_core::{Real, Registry};

use crate::file::{self, again};
use crate::{Checkpoint, Disk, Error, Files, Result};

/// What a name begins and ends with; between them stands the step.
const NAME: (&str, &str) = ("step-", ".dnn");
/// Digits of a step in a name, so that names sort as steps do; more steps have more digits.
const DIGITS: usize = 9;

/// A folder with the checkpoints `step-000000050.dnn`, `step-000000100.dnn`, … of one run.
///
/// ```
/// use dnn_core::{Network, Registry, Sigmoid};
/// use dnn_io::{Checkpoint, Series};
///
/// let folder = std::env::temp_dir().join("dnn-io-series");
/// let series = Series::new(&folder).keep(2);
/// let network = Network::builder(2).dense(1, Sigmoid).build()?;
/// for step in 1..=4 {
///     let checkpoint = Checkpoint::new(network.clone(), vec![step as f32; 3])?;
///     series.save(step, &checkpoint, Some(1))?;                           // step 1 was the best
/// }
/// assert_eq!(series.steps()?, [1, 3, 4]);
///
/// let newest = series.newest::<f32>(&Registry::builtin())?.expect("four were saved");
/// assert_eq!((newest.step, newest.checkpoint.parameters()), (4, &[4.0; 3][..]));
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), dnn_io::Error>(())
/// ```
#[derive(Clone)]
pub struct Series {
    folder: PathBuf,
    keep: usize,
    files: Arc<dyn Files>,
}

/// The newest checkpoint that is whole.
#[derive(Debug)]
pub struct Newest<T> {
    /// Steps taken when it was saved.
    pub step: u64,
    /// The checkpoint.
    pub checkpoint: Checkpoint<T>,
    /// What is wrong with each newer one, the newest first.
    pub damaged: Vec<Error>,
}

impl Series {
    /// The series in `folder`, which is made by the first save; the last three are kept.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), keep: 3, files: Arc::new(Disk) }
    }

    /// Keeps the last `count`, at least one.
    #[must_use]
    pub fn keep(self, count: usize) -> Self {
        Self { keep: count.max(1), ..self }
    }

    /// Keeps them among `files`.
    #[must_use]
    pub fn on(self, files: Arc<dyn Files>) -> Self {
        Self { files, ..self }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of the checkpoint after `step`.
    pub fn path(&self, step: u64) -> PathBuf {
        self.folder.join(format!("{}{step:0DIGITS$}{}", NAME.0, NAME.1))
    }

    /// The steps there are files of, in order.
    ///
    /// # Errors
    /// [`Error::File`] if the folder is there but cannot be listed.
    pub fn steps(&self) -> Result<Vec<u64>> {
        let mut steps: Vec<u64> = self.names()?.iter().filter_map(|name| step_of(name.to_str()?)).collect();
        steps.sort_unstable();
        Ok(steps)
    }

    /// Saves `checkpoint` after `step`, then removes what is no longer kept: all before it but the last ones and that of
    /// the step `best`. Files of later steps, which a run that went back to an earlier one left behind, stay.
    ///
    /// # Errors
    /// Those of [`Checkpoint::save`]; nothing was removed then. [`Error::File`] if one could not be removed.
    pub fn save<T: Real>(&self, step: u64, checkpoint: &Checkpoint<T>, best: Option<u64>) -> Result<()> {
        self.make_folder()?;
        checkpoint.save_on(&*self.files, self.path(step))?;
        let mut steps = self.steps()?;
        steps.retain(|&saved| saved <= step);
        let kept = steps.len().saturating_sub(self.keep);
        for &old in steps[..kept].iter().filter(|&&old| Some(old) != best) {
            self.remove(&self.path(old))?;
        }
        Ok(())
    }

    /// The newest checkpoint that is whole, its layers made by `registry`; `None` if there are no files.
    ///
    /// # Errors
    /// [`Error::NoneWhole`] if there are files, all damaged; [`Error::File`] if the folder cannot be listed or a file may not
    /// be read; [`Error::Load`] if one is whole, but not for this program: a newer version, other plug-ins, the other
    /// precision. An older checkpoint would not help there.
    pub fn newest<T: Real>(&self, registry: &Registry) -> Result<Option<Newest<T>>> {
        let steps = self.steps()?;
        let mut damaged = Vec::new();
        for &step in steps.iter().rev() {
            match Checkpoint::load_from(&*self.files, self.path(step), registry) {
                Ok(checkpoint) => return Ok(Some(Newest { step, checkpoint, damaged })),
                Err(error) if error.is_damage() => damaged.push(error),
                Err(error) => return Err(error),
            }
        }
        let folder = self.folder.clone();
        match damaged.into_iter().next() {
            Some(newest) => Err(Error::NoneWhole { folder, found: steps.len(), newest: newest.into() }),
            None => Ok(None),
        }
    }

    /// Removes what saves that were killed have left half written. No other process may be saving here.
    ///
    /// # Errors
    /// [`Error::File`] if the folder is there but cannot be listed, or such a file cannot be removed.
    pub fn remove_leftovers(&self) -> Result<()> {
        for name in self.names()?.iter().filter_map(|name| name.to_str()) {
            if name.starts_with(&format!(".{}", NAME.0)) && name.ends_with(".tmp") {
                self.remove(&self.folder.join(name))?;
            }
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<()> {
        again(|| self.files.remove(path)).map_err(|source| Error::unreadable(path, "removed", source))
    }

    /// Every name in the folder; none if there is no folder.
    fn names(&self) -> Result<Vec<OsString>> {
        match again(|| self.files.list(&self.folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            names => names.map_err(|source| Error::unreadable(&self.folder, "listed", source)),
        }
    }

    /// The folder, and its own name in the folder above it, before the first file.
    fn make_folder(&self) -> Result<()> {
        let files = &*self.files;
        if again(|| files.list(&self.folder)).is_ok() {
            return Ok(());
        }
        let fail = |source| file::not_committed(files, &self.folder, 0, "created", source);
        again(|| files.create_folder(&self.folder)).map_err(fail)?;
        let durable = files.sync_folder(file::folder(&self.folder));
        durable.map_err(|source| Error::NotDurable { path: self.folder.clone(), source })
    }
}

/// The step in a file's name, if it is that of a checkpoint.
fn step_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(NAME.0)?.strip_suffix(NAME.1)?;
    let plain = digits.len() >= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

impl fmt::Debug for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { folder, keep, .. } = self;
        f.debug_struct("Series").field("folder", folder).field("keep", keep).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_steps_and_no_others() {
        let series = Series::new("run");
        assert_eq!(series.path(50), Path::new("run/step-000000050.dnn"));
        for step in [0, 999_999_999, 1_000_000_000, u64::MAX] {
            let path = series.path(step);
            assert_eq!(step_of(path.file_name().unwrap().to_str().unwrap()), Some(step));
        }
        let others =
            ["step-5.dnn", ".step-000000050.dnn.12-0.tmp", "step-00000005x.dnn", "step-+00000050.dnn", "a"];
        assert!(others.iter().all(|name| step_of(name).is_none()));
    }
}
