//! A model file: a network, its parameters, and everything learnt from the training data, so that it takes raw data.

use std::path::{Path, PathBuf};

use dnn_core::{Compute, Network, Registry};
use dnn_data::Preprocessor;
use dnn_io::Checkpoint;
use dnn_observe::{Run, RunFolder, State};
use ndarray::{Array2, ArrayView2};

use crate::{Error, Result};

/// Where a model file keeps what was learnt from the training data.
pub const PREPROCESSOR: &str = "dnn-data/preprocessor";

/// A trained network that takes raw data.
pub struct Model {
    pub network: Network,
    pub parameters: Vec<f32>,
    pub preprocessor: Preprocessor,
}

impl Model {
    /// Reads the file at `path`, or the model in a run's folder.
    ///
    /// # Errors
    /// [`Error::Model`] if there is none, if it is damaged, or if it was not written by `dnn train`.
    pub fn load(path: &Path, registry: &Registry) -> Result<Self> {
        let path = finished_model(path)?;
        let checkpoint = Checkpoint::<f32>::load(&path, registry)?;
        let in_file = |error: dnn_io::Error| Error::Model(format!("{}: {error}", path.display()).into());
        let preprocessor: Option<Preprocessor> = checkpoint.section(PREPROCESSOR).map_err(in_file)?;
        let preprocessor = preprocessor.ok_or_else(|| {
            let path = path.display();
            Error::Model(format!("{path} does not say what data it takes, expected a model that dnn train wrote: give model.dnn of a run").into())
        })?;
        let (found, expected) = (checkpoint.network().inputs(), preprocessor.features());
        if found != expected || checkpoint.network().outputs() != preprocessor.target().outputs() {
            let path = path.display();
            return Err(Error::Model(
                format!(
                    "{path} has a network of {found} features, but its data gives {expected}: train it again"
                )
                .into(),
            ));
        }
        let network = checkpoint.network().clone();
        Ok(Self { network, parameters: checkpoint.parameters().to_vec(), preprocessor })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::Model`] if it cannot be written.
    pub fn save(&self, path: &Path, backend: &str) -> Result<()> {
        let checkpoint = Checkpoint::new(self.network.clone(), self.parameters.clone())?;
        let mut checkpoint = checkpoint.computed_by(backend);
        checkpoint.set_section(PREPROCESSOR, &self.preprocessor)?;
        Ok(checkpoint.save(path)?)
    }

    /// What the network gives for examples that the preprocessor made.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the buffers do not fit into memory.
    pub fn predict(&self, compute: Compute<'_>, x: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        Ok(self.network.predict(compute, &self.parameters, x)?)
    }
}

/// The model in a run's folder, or the file itself.
pub fn model_path(path: &Path) -> PathBuf {
    if path.is_dir() { RunFolder::open(path).model_path() } else { path.into() }
}

/// The same, to be read.
///
/// # Errors
/// [`Error::Model`] for a run that has not come to its model.
pub fn finished_model(path: &Path) -> Result<PathBuf> {
    let (folder, model) = (RunFolder::open(path), model_path(path));
    if !folder.about_path().exists() || model.exists() {
        return Ok(model);
    }
    let outcome = Run::read(path)?.outcome;
    let state = match outcome.map(|outcome| outcome.state) {
        Some(State::Stopped) => "was stopped",
        Some(State::Failed) => "failed",
        _ => "still goes on, or was killed",
    };
    let path = path.display();
    Err(Error::Model(
        format!("{path} has no model yet: its training {state}; dnn resume {path} goes on with it").into(),
    ))
}
