//! What a model file or a run's folder holds, as plain data: for people in `text.rs`, for scripts as JSON.
//!
//! Nothing here needs the network to be made, so that a file which needs a plug-in that is not there is told of as far as
//! it can be.

mod layers;
mod run;
mod takes;

use std::path::Path;

use dnn_core::{Network, Real};
use dnn_io::Outline;
use dnn_observe::RunFolder;
use dnn_train::Settings;
use serde::Serialize;
use serde_json::Value;

use crate::sweep::is_sweep;
use crate::{Error, Registry, Result};
pub use layers::{LayerLook, PartLook, PlugIn};
pub use run::RunLook;
pub use takes::{Becomes, ColumnLook, DataLook, Takes, TargetLook};

/// Examples of a step where nothing says how many there are.
const BATCH: usize = 32;

/// All that is found at a path.
#[derive(Debug, Serialize)]
pub struct Inspection {
    /// The run, if the path is its folder.
    pub run: Option<RunLook>,
    /// The model file, or the run's model or newest checkpoint; none if there is none yet.
    pub model: Option<Model>,
}

/// A model file.
#[derive(Debug, Serialize)]
pub struct Model {
    /// Its path.
    pub file: String,
    /// Its length.
    pub bytes: usize,
    /// `f32` or `f64`.
    pub precision: String,
    /// What computed the parameters; empty if it was not noted.
    pub backend: String,
    /// The network as it prints itself; none if a plug-in is missing.
    pub network: Option<String>,
    /// The layers, as the file describes them.
    pub layers: Vec<LayerLook>,
    /// How many parameters there are.
    pub parameters: usize,
    /// None if a plug-in is missing.
    pub memory: Option<Memory>,
    /// What data it takes; none if the file does not say.
    pub takes: Option<Takes>,
    /// What other programs bring.
    pub plug_ins: Vec<PlugIn>,
    /// The sections of the file.
    pub sections: Vec<Section>,
    /// Steps of training taken, if it is a checkpoint.
    pub step: Option<u64>,
    /// The settings of training, if they are kept.
    pub settings: Option<Value>,
    /// What keeps the model from being used, and other things to know.
    pub notes: Vec<String>,
}

/// Bytes in memory.
#[derive(Debug, Serialize)]
pub struct Memory {
    /// Examples of a step.
    pub batch: usize,
    /// The parameters.
    pub parameters: usize,
    /// What every layer gives for a batch, and the gradient of all of it.
    pub step: usize,
    /// The examples of a batch and their targets.
    pub examples: usize,
    /// What the optimizer keeps; none if it is not known which.
    pub optimizer: Option<usize>,
    /// All of these.
    pub total: usize,
}

/// A section of the file.
#[derive(Debug, Serialize)]
pub struct Section {
    /// Its name, `crate/section`.
    pub name: String,
    /// Its length.
    pub bytes: usize,
    /// Its checksum, in hexadecimal.
    pub crc32c: String,
}

/// Looks at the model file or the run's folder at `path`; memory is that of a step of `batch` examples.
///
/// # Errors
/// [`crate::Error::Model`] if it is neither, or a damaged file.
pub fn inspect(names: &Registry, path: &Path, batch: Option<usize>) -> Result<Inspection> {
    if is_sweep(path) {
        let model = RunFolder::open(path).model_path();
        if !model.exists() {
            return Err(Error::Unfinished {
                path: path.into(),
                state: "is a sweep that is not done:".into(),
            });
        }
        return Ok(Inspection { run: None, model: Some(Model::read(names, &model, batch, None)?) });
    }
    if path.is_dir() {
        let (run, model) = RunLook::read(path)?;
        let model = model.map(|file| Model::read(names, &file, batch, run.training())).transpose()?;
        return Ok(Inspection { run: Some(run), model });
    }
    Ok(Inspection { run: None, model: Some(Model::read(names, path, batch, None)?) })
}

impl Model {
    /// Reads a file; `run` is how it was trained, if that is known and the file does not say it.
    fn read(names: &Registry, path: &Path, batch: Option<usize>, run: Option<Settings>) -> Result<Self> {
        let outline = Outline::load(path)?;
        match outline.precision() {
            f32::NAME => Self::of::<f32>(names, path, &outline, batch, run),
            _ => Self::of::<f64>(names, path, &outline, batch, run),
        }
    }

    fn of<T: Real>(
        names: &Registry,
        path: &Path,
        outline: &Outline,
        batch: Option<usize>,
        run: Option<Settings>,
    ) -> Result<Self> {
        let mut notes = Vec::new();
        // A probe may differ, or a layer be unknown: that is a note here, and an error for whoever uses the model.
        let network = match outline.checkpoint::<T>(names) {
            Ok(checkpoint) => Some(checkpoint.network().clone()),
            Err(error) => {
                notes.push(format!("this program cannot use the model: {error}"));
                None
            }
        };
        let settings = outline.section::<String>("dnn-train/settings").unwrap_or_default();
        let settings: Option<Value> = settings.and_then(|text| serde_json::from_str(&text).ok());
        let known: Option<Settings> =
            settings.clone().and_then(|value| serde_json::from_value(value).ok()).or(run);
        let memory = network.as_ref().map(|network| {
            let batch = batch.or_else(|| known.as_ref()?.batch).unwrap_or(BATCH);
            Memory::of::<T>(names, network, batch, known.as_ref())
        });
        Ok(Self {
            file: path.display().to_string(),
            bytes: outline.bytes(),
            precision: outline.precision().into(),
            backend: outline.backend().into(),
            network: network.as_ref().map(Network::to_string),
            layers: layers::look(names, outline.layers()),
            parameters: outline.parameter_count(),
            memory: memory.transpose()?,
            takes: Takes::of(outline, &mut notes),
            plug_ins: layers::plug_ins(names, outline.layers(), settings.as_ref()),
            sections: outline.sections().iter().map(Section::of).collect(),
            step: outline
                .section::<dnn_train::TrainerState>("dnn-train/memory")
                .ok()
                .flatten()
                .map(|memory| memory.step),
            settings,
            notes,
        })
    }
}

impl Memory {
    fn of<T: Real>(
        names: &Registry,
        network: &Network,
        batch: usize,
        settings: Option<&Settings>,
    ) -> Result<Self> {
        let numbers = |count: usize| count.saturating_mul(T::BYTES);
        let (parameters, step) = (numbers(network.parameter_count()), network.workspace_bytes::<T>(batch)?);
        let examples = numbers((network.inputs() + network.outputs()).saturating_mul(batch));
        // As many examples as a step has: what is kept depends on the optimizer alone.
        let plan = settings.and_then(|settings| {
            let settings = Settings { metrics: None, early_stopping: None, ..settings.clone() };
            settings.plan_with(names, network, batch).ok()
        });
        let optimizer = plan.map(|plan| parameters.saturating_mul(plan.state_vectors()));
        let parts = [parameters, step, examples, optimizer.unwrap_or(0)];
        let total = parts.into_iter().fold(0, usize::saturating_add);
        Ok(Self { batch, parameters, step, examples, optimizer, total })
    }
}

impl Section {
    fn of(section: &dnn_io::Section) -> Self {
        let dnn_io::Section { name, bytes, checksum } = section;
        Self { name: name.clone(), bytes: bytes.len(), crc32c: format!("{checksum:08x}") }
    }
}
