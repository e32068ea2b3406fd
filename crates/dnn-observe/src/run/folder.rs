//! The folder of a run: which file is where, and how each is written.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{About, Evaluation, Outcome};
use crate::{Error, JsonLines, Result, TensorBoard};

/// Where event files are.
const TENSORBOARD: &str = "tensorboard";

/// The folder a training writes.
///
/// | in the folder | what | written |
/// |---|---|---|
/// | `run.json` | [`About`]: configuration, versions, seed, back end, machine, data | at the start |
/// | `dnn.toml` | the resolved configuration as the command reads it again | at the start |
/// | `metrics.jsonl` | one [`crate::Line`] for steps, epochs, validations | as it goes |
/// | `tensorboard/` | the same for TensorBoard, and histograms | as it goes |
/// | `checkpoints/` | what a run is resumed from | as it goes |
/// | `log.txt` | what was said, line by line | as it goes |
/// | `model.dnn` | the trained model | at the end |
/// | `outcome.json` | [`Outcome`]: how it ended, time, metrics | at the end |
/// | `evaluation.json` | [`Evaluation`]: what a report shows beyond curves | at the end |
/// | `plots/` | figures, `report.html` | at the end |
///
/// JSON files appear whole or not at all. [`crate::Run`] reads the folder at any time.
///
/// ```
/// use dnn_observe::{About, Outcome, Run, RunFolder};
///
/// # let place = tempfile::tempdir()?;
/// # let path = place.path().join("iris-1");
/// let folder = RunFolder::create(&path)?;
/// folder.write_about(&About { seed: 7, network: "4-16-3".into(), ..About::default() })?;
/// let (mut lines, mut tensorboard) = (folder.metrics()?, folder.tensorboard()?);
/// // trainer.run(x, y, &mut [&mut lines, &mut tensorboard])?;
/// folder.write_outcome(&Outcome { seconds: 1.5, ..Outcome::default() })?;
///
/// let run = Run::read(&path)?;
/// assert_eq!((run.name(), run.about.as_ref().unwrap().seed), ("iris-1", 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes the folder, and those in it, for a new run.
    ///
    /// # Errors
    /// As [`check_free`](Self::check_free); [`Error::RunFile`] if it cannot be made.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self> {
        let folder = Self::open(path);
        folder.check_free()?;
        for part in [folder.checkpoints(), folder.plots(), folder.path.join(TENSORBOARD)] {
            fs::create_dir_all(&part).map_err(|source| Error::run_file("make the folder", &part, source))?;
        }
        Ok(folder)
    }

    /// Sees that nothing stands in the way of a new run.
    ///
    /// # Errors
    /// [`Error::RunExists`] if there is a run in it, or a file of somebody's that a run would write over.
    pub fn check_free(&self) -> Result<()> {
        let kept = [self.about_path(), self.configuration_path(), self.model_path()];
        match kept.iter().any(|file| file.exists()) {
            true => Err(Error::RunExists { path: self.path.clone() }),
            false => Ok(()),
        }
    }

    /// A folder that is there, to resume its run or to look into it.
    pub fn open(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `run.json`.
    pub fn about_path(&self) -> PathBuf {
        self.path.join("run.json")
    }

    /// `dnn.toml`.
    pub fn configuration_path(&self) -> PathBuf {
        self.path.join("dnn.toml")
    }

    /// `metrics.jsonl`.
    pub fn metrics_path(&self) -> PathBuf {
        self.path.join("metrics.jsonl")
    }

    /// `checkpoints/`.
    pub fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoints")
    }

    /// `model.dnn`.
    pub fn model_path(&self) -> PathBuf {
        self.path.join("model.dnn")
    }

    /// `outcome.json`.
    pub fn outcome_path(&self) -> PathBuf {
        self.path.join("outcome.json")
    }

    pub(super) fn evaluation_path(&self) -> PathBuf {
        self.path.join("evaluation.json")
    }

    /// `plots/`.
    pub fn plots(&self) -> PathBuf {
        self.path.join("plots")
    }

    /// An observer that writes `metrics.jsonl`, behind what a stopped run wrote.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be opened.
    pub fn metrics(&self) -> Result<JsonLines> {
        JsonLines::append(self.metrics_path())
    }

    /// An observer that writes a new event file into `tensorboard/`.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be made.
    pub fn tensorboard(&self) -> Result<TensorBoard> {
        TensorBoard::create(self.path.join(TENSORBOARD))
    }

    /// `log.txt`, opened to write behind what is there.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be opened.
    pub fn log(&self) -> Result<File> {
        let path = self.path.join("log.txt");
        let opened = OpenOptions::new().append(true).create(true).open(&path);
        opened.map_err(|source| Error::run_file("append to", &path, source))
    }

    /// Writes `run.json`.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be written.
    pub fn write_about(&self, about: &About) -> Result<()> {
        write_json(&self.about_path(), about)
    }

    /// Writes `dnn.toml`.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be written.
    pub fn write_configuration(&self, toml: &str) -> Result<()> {
        write_whole(&self.configuration_path(), toml.as_bytes())
    }

    /// Writes `outcome.json`.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be written.
    pub fn write_outcome(&self, outcome: &Outcome) -> Result<()> {
        write_json(&self.outcome_path(), outcome)
    }

    /// Writes `evaluation.json`.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be written.
    pub fn write_evaluation(&self, evaluation: &Evaluation) -> Result<()> {
        write_json(&self.evaluation_path(), evaluation)
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_vec_pretty(value);
    let mut text = text.map_err(|error| Error::run_file("write", path, error.into()))?;
    text.push(b'\n');
    write_whole(path, &text)
}

/// Writes a file beside its place and puts it there when it is whole.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_added_extension("part");
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|source| Error::run_file("write", path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_in_the_same_folder_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(place.path().join("run")).unwrap();
        folder.write_about(&About::default()).unwrap();
        let error = RunFolder::create(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("model.dnn): name a new folder, or resume that run"), "{error}");
    }

    #[test]
    fn no_part_of_a_file_is_left_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(place.path()).unwrap();
        folder.write_about(&About::default()).unwrap();
        folder.write_configuration("seed = 7\n").unwrap();
        folder.write_outcome(&Outcome::default()).unwrap();
        folder.write_evaluation(&Evaluation::default()).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        let expected = [
            "checkpoints",
            "dnn.toml",
            "evaluation.json",
            "outcome.json",
            "plots",
            "run.json",
            "tensorboard",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_folder_that_cannot_be_written_says_so() {
        let error = RunFolder::open("no/such/folder").write_about(&About::default()).unwrap_err().to_string();
        assert!(error.starts_with("cannot write no/such/folder/run.json: "), "{error}");
    }
}
