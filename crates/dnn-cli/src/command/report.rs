//! `dnn report`: one HTML page about one training or many.

use std::path::{Path, PathBuf};

use clap::Args;
use dnn_observe::{Report as Page, Run, RunFolder};
use dnn_pipeline::Error;
use dnn_pipeline::sweep::{is_sweep, trials};

use crate::Result;
use crate::output::print;

/// Write one HTML page about one training or many: curves together, what differs, each looked at closely
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Folders of trainings or sweeps, or folders that hold folders of trainings
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// The page to write [default: plots/report.html in the training's folder, or report.html here for several]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What stands at the top of the page [default: the training's name]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

impl Report {
    /// Reads the runs, writes the page, and says where.
    ///
    /// # Errors
    /// [`Error::Model`] if there is no run, or the page cannot be written.
    pub(super) fn run(self) -> Result<()> {
        let folders = self.folders()?;
        let runs: Vec<Run> = folders.iter().map(Run::read).collect::<Result<_, _>>()?;
        let title = self.title.clone().unwrap_or_else(|| title(&runs));
        let out = self.out.unwrap_or_else(|| place(&folders));
        runs.into_iter().fold(Page::new(title), Page::run).write(&out)?;
        print(&format!("{}\n", out.display()))
    }

    /// The folders of runs that are meant: those named, and those that lie in a named folder which is no run itself.
    fn folders(&self) -> Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for path in &self.runs {
            let within = match (is_sweep(path), is_run(path)) {
                (true, _) => runs_in(&trials(path))?,
                (_, true) => Vec::new(),
                _ => runs_in(path)?,
            };
            match within.is_empty() {
                // What is no run either says so when it is read.
                true => folders.push(path.clone()),
                false => folders.extend(within),
            }
        }
        Ok(folders)
    }
}

fn is_run(path: &Path) -> bool {
    let folder = RunFolder::open(path);
    folder.about_path().exists() || folder.metrics_path().exists()
}

/// The runs in the folder `path`, by name; none if it is not a folder.
fn runs_in(path: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(path) else { return Ok(Vec::new()) };
    let unreadable = |error| Error::Model(format!("{} could not be listed: {error}", path.display()).into());
    let mut runs = Vec::new();
    for entry in entries {
        let folder = entry.map_err(unreadable)?.path();
        if is_run(&folder) {
            runs.push(folder);
        }
    }
    runs.sort();
    Ok(runs)
}

fn title(runs: &[Run]) -> String {
    match runs {
        [run] => run.name().to_owned(),
        runs => format!("{} trainings", runs.len()),
    }
}

fn place(folders: &[PathBuf]) -> PathBuf {
    match folders {
        [run] => RunFolder::open(run).plots().join("report.html"),
        _ => "report.html".into(),
    }
}
