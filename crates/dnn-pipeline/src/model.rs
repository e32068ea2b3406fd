//! A model file: a network, its parameters, and everything learnt from the training data, so that it takes raw data.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnn_core::{Backend, Compute, Network, Real, Registry};
use dnn_data::Preprocessor;
use dnn_io::{Checkpoint, Outline};
use dnn_observe::{Run, RunFolder, State};
use ndarray::{Array2, ArrayView2};

use crate::{Error, Result};

/// Where a model file keeps what was learnt from the training data.
pub const PREPROCESSOR: &str = "dnn-data/preprocessor";

/// A trained network that takes raw data. Many threads can predict from one: nothing in it changes.
///
/// ```no_run
/// use dnn_pipeline::Model;
///
/// let model = Model::load("model.dnn")?;
/// for input in model.inputs() {
///     println!("{}: {:?}", input.name, input.accepts);
/// }
/// let flowers = model.predict_rows(&[["5.1", "3.5", "1.4", "0.2"]])?;
/// println!("{} {:.3}", flowers[0].label(), flowers[0].probability());
/// # Ok::<(), dnn_pipeline::Error>(())
/// ```
///
/// A file that a program saved with `dnn-io` alone is a model too: it takes rows of numbers, as many as its network has
/// inputs, and gives the network's outputs as they are.
pub struct Model {
    pub(crate) network: Network,
    pub(crate) parameters: Vec<f32>,
    preprocessor: Option<Preprocessor>,
    /// The names of the classes, shared by all predictions.
    pub(crate) classes: Arc<[String]>,
    pub(crate) backend: Arc<dyn Backend>,
    /// What messages call it.
    name: String,
}

impl Model {
    /// Reads the file at `path`, or the model in a run's folder.
    ///
    /// # Errors
    /// [`Error::Model`] if there is none, or it is damaged; [`Error::Unfinished`] for a run that has not come to one.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, &Registry::builtin())
    }

    /// The same of a model with layers and activations of plug-ins, which `registry` knows.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn load_with(path: impl AsRef<Path>, registry: &Registry) -> Result<Self> {
        let path = finished_model(path.as_ref())?;
        let outline = Outline::load(&path)?;
        let in_file = |error: dnn_io::Error| Error::Model(format!("{}: {error}", path.display()).into());
        let preprocessor: Option<Preprocessor> = outline.section(PREPROCESSOR).map_err(in_file)?;
        let (network, parameters) = match outline.precision() {
            f32::NAME => read::<f32>(&outline, &path, registry)?,
            _ => read::<f64>(&outline, &path, registry)?,
        };
        let found = (network.inputs(), network.outputs());
        let expected = preprocessor.as_ref().map(|known| (known.features(), known.outputs()));
        if let Some((expected, _)) = expected.filter(|expected| *expected != found) {
            let (path, found) = (path.display(), found.0);
            return Err(Error::Model(
                format!(
                    "{path} has a network of {found} features, but its data gives {expected}: train it again"
                )
                .into(),
            ));
        }
        let model = Self::new(network, parameters, preprocessor, dnn_blas::auto()?);
        Ok(Self { name: path.display().to_string(), ..model })
    }

    /// A model of these parts.
    pub(crate) fn new(
        network: Network,
        parameters: Vec<f32>,
        preprocessor: Option<Preprocessor>,
        backend: Arc<dyn Backend>,
    ) -> Self {
        let classes = preprocessor.as_ref().and_then(|known| known.target().classes()).unwrap_or_default();
        let (classes, name) = (classes.into(), "the model".into());
        Self { network, parameters, preprocessor, classes, backend, name }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::Model`] if it cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let checkpoint = Checkpoint::new(self.network.clone(), self.parameters.clone())?;
        let mut checkpoint = checkpoint.computed_by(&self.backend.identity().to_string());
        if let Some(preprocessor) = &self.preprocessor {
            checkpoint.set_section(PREPROCESSOR, preprocessor)?;
        }
        Ok(checkpoint.save(path)?)
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What was learnt from the training data.
    ///
    /// # Errors
    /// [`Error::Model`] for a file that does not say it, as of a program that saved a network alone.
    pub fn preprocessor(&self) -> Result<&Preprocessor> {
        self.preprocessor.as_ref().ok_or_else(|| {
            let name = &self.name;
            Error::Model(format!("{name} does not say what data it takes, expected a model that dnn train wrote: give model.dnn of a run").into())
        })
    }

    /// What the network gives for examples `(features, m)` that the preprocessor made: `(outputs, m)`.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the buffers do not fit into memory.
    pub fn outputs(&self, compute: Compute<'_>, x: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        Ok(self.network.predict(compute, &self.parameters, x)?)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Model({}, {})", self.name, self.network)
    }
}

fn read<T: Real>(outline: &Outline, path: &Path, registry: &Registry) -> Result<(Network, Vec<f32>)> {
    let checkpoint = outline.checkpoint::<T>(registry);
    let checkpoint =
        checkpoint.map_err(|error| dnn_io::Error::Load { path: path.into(), error: error.into() })?;
    let parameters = checkpoint.parameters().iter().map(|value| value.wide() as f32).collect();
    Ok((checkpoint.network().clone(), parameters))
}

/// The model in a run's folder, or the file itself.
pub fn model_path(path: &Path) -> PathBuf {
    if path.is_dir() { RunFolder::open(path).model_path() } else { path.into() }
}

/// The same, to be read.
///
/// # Errors
/// [`Error::Unfinished`] for a run that has not come to its model.
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
    Err(Error::Unfinished { path: path.into(), state: format!("has no model yet: its training {state};") })
}
