//! Reading a run's folder, whatever state the run is in.

use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::{About, Evaluation, Metrics, Outcome, RunFolder};
use crate::{Error, Result};

/// A run as its folder tells it. A part that is missing or damaged is left out, and [`Run::notes`] says so.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// What it is.
    pub about: Option<About>,
    /// Its curves so far.
    pub metrics: Metrics,
    /// What came of it; none while it is going, or if it was killed.
    pub outcome: Option<Outcome>,
    /// What the trained network was seen to do.
    pub evaluation: Option<Evaluation>,
    /// What is not as it should be, in words.
    pub notes: Vec<String>,
    /// The name of the folder.
    folder: String,
}

impl Run {
    /// Reads the folder of a run, as far as it is written.
    ///
    /// # Errors
    /// [`Error::NoRun`] if neither `run.json` nor `metrics.jsonl` is there.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let folder = RunFolder::open(path);
        if !folder.about_path().exists() && !folder.metrics_path().exists() {
            let found = match (path.is_dir(), path.exists()) {
                (true, _) => "a folder without them",
                (_, true) => "a file",
                _ => "nothing",
            };
            return Err(Error::NoRun { path: path.to_owned(), found });
        }
        let mut run = Self { folder: name(path), ..Self::default() };
        run.about = json(&folder.about_path(), &mut run.notes);
        run.outcome = json(&folder.outcome_path(), &mut run.notes);
        run.evaluation = json(&folder.evaluation_path(), &mut run.notes);
        run.read_metrics(&folder.metrics_path());
        if run.about.is_none() {
            run.notes.push("run.json is missing: what was run is not known".into());
        }
        if run.outcome.is_none() {
            run.notes.push("outcome.json is missing: the run is still going, or was killed".into());
        }
        Ok(run)
    }

    /// A run that was never on disk.
    pub fn named(name: impl Into<String>) -> Self {
        Self { folder: name.into(), ..Self::default() }
    }

    /// Its own name, or its folder's.
    pub fn name(&self) -> &str {
        let own = self.about.as_ref().map_or("", |about| &about.name);
        if own.is_empty() { &self.folder } else { own }
    }

    fn read_metrics(&mut self, path: &Path) {
        match Metrics::read(path) {
            Ok(metrics) => self.metrics = metrics,
            Err(Error::RunFile { source, .. }) if source.kind() == ErrorKind::NotFound => {
                self.notes.push("metrics.jsonl is missing: there are no curves".into());
            }
            Err(error) => self.notes.push(error.to_string()),
        }
        match self.metrics.skipped {
            0 => {}
            1 => self.notes.push("one line of metrics.jsonl is cut or damaged and left out".into()),
            lines => {
                self.notes.push(format!("{lines} lines of metrics.jsonl are cut or damaged and left out"))
            }
        }
    }
}

/// The last part of the path, as far as it has one.
fn name(path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    full.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What a JSON file says; nothing if it is not there, or damaged, which is noted.
fn json<T: DeserializeOwned>(path: &Path, notes: &mut Vec<String>) -> Option<T> {
    let file = name(path);
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|error| notes.push(format!("{file} is damaged and left out: {error}")))
            .ok(),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            notes.push(format!("{file} cannot be read: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, RunFolder) {
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(place.path().join("run-1")).unwrap();
        (place, folder)
    }

    #[test]
    fn a_run_that_has_only_begun_is_read() {
        let (_place, folder) = folder();
        folder.write_about(&About { name: "first".into(), ..About::default() }).unwrap();
        let run = Run::read(folder.path()).unwrap();
        assert_eq!((run.name(), run.metrics.steps.len()), ("first", 0));
        assert_eq!(
            run.notes,
            [
                "metrics.jsonl is missing: there are no curves",
                "outcome.json is missing: the run is still going, or was killed"
            ]
        );
    }

    #[test]
    fn damaged_files_are_noted_and_left_out() {
        let (_place, folder) = folder();
        std::fs::write(folder.about_path(), "{\"name\": \"fir").unwrap();
        std::fs::write(
            folder.metrics_path(),
            b"{\"event\":\"step\",\"step\":1,\"cost\":2,\"seconds\":3}\n{\"ev\xff",
        )
        .unwrap();
        std::fs::write(folder.outcome_path(), "7").unwrap();
        std::fs::create_dir(folder.evaluation_path()).unwrap();
        let run = Run::read(folder.path()).unwrap();
        assert_eq!((run.name(), run.metrics.steps.len()), ("run-1", 1));
        assert!(run.about.is_none() && run.outcome.is_none() && run.evaluation.is_none());
        let notes = run.notes.join("\n");
        for part in
            ["run.json is damaged", "evaluation.json cannot be read", "one line of metrics.jsonl is cut"]
        {
            assert!(notes.contains(part), "{part}: {notes}");
        }
    }

    #[test]
    fn what_is_no_run_is_refused_in_words() {
        let place = tempfile::tempdir().unwrap();
        let error = Run::read(place.path()).unwrap_err().to_string();
        assert!(error.contains("holds no run: found a folder without them, expected"), "{error}");
        assert!(Run::read(place.path().join("none")).unwrap_err().to_string().contains("found nothing"));
    }
}
