//! `dnn export`: a model as a file that other programs read.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dnn_core::Real;
use dnn_data::{Preprocessor, Target};
use dnn_io::{Checkpoint, Outline, TensorName, npz, onnx, safetensors, tensor_names};
use dnn_pipeline::{PREPROCESSOR, finished_model};
use serde::Serialize;

use crate::output::{print, print_json};
use crate::table::{listed, table};
use crate::{Error, Program, Result};

/// Write a model as a file that PyTorch, NumPy or an ONNX runtime reads
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A model, a checkpoint, or the folder of a training
    model: PathBuf,
    /// The kind of file [default: by the ending of --out]
    #[arg(long, value_name = "KIND")]
    to: Option<Kind>,
    /// The file to write [default: beside the model, with the ending of its kind]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print a JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Named tensors, as PyTorch's state dicts have them
    Safetensors,
    /// The network itself, for onnxruntime and others
    Onnx,
    /// Named arrays, for numpy.load
    Npz,
}

/// What was written.
#[derive(Debug, Serialize)]
struct Exported {
    model: String,
    file: String,
    network: String,
    tensors: Vec<Tensor>,
}

/// A tensor of the file.
#[derive(Debug, Serialize)]
struct Tensor {
    name: String,
    shape: Vec<usize>,
    /// From 1.
    layer: usize,
    /// What the layer calls it.
    part: &'static str,
}

impl Export {
    /// Writes the file, and tells what is in it.
    ///
    /// # Errors
    /// [`Error::Usage`] if the kind of file is not said; [`Error::Model`] if the model cannot be read, or the file not
    /// written.
    pub(super) fn run(self, program: &Program) -> Result<()> {
        let model = finished_model(&self.model)?;
        let (kind, file) = self.target(&model)?;
        let outline = Outline::load(&model)?;
        let exported = match outline.precision() {
            f32::NAME => {
                export(kind, &model, &file, &of_file(&model, outline.checkpoint::<f32>(&program.names))?)
            }
            _ => export(kind, &model, &file, &of_file(&model, outline.checkpoint::<f64>(&program.names))?),
        }?;
        if self.json {
            return print_json(&exported);
        }
        let raw = outline.section::<Preprocessor>(PREPROCESSOR).unwrap_or_default();
        print(
            &(exported.text(kind)
                + &raw.map_or_else(String::new, |preprocessor| around(&preprocessor, &exported.model))),
        )
    }

    /// The kind of file, and where it goes.
    fn target(&self, model: &Path) -> Result<(Kind, PathBuf)> {
        let ending = self.out.as_ref().and_then(|out| out.extension()).unwrap_or_default();
        let by_ending = Kind::value_variants().iter().find(|kind| ending.eq_ignore_ascii_case(kind.ending()));
        let Some(&kind) = self.to.as_ref().or(by_ending) else {
            let found = match &self.out {
                Some(out) => format!("found the file {}", out.display()),
                None => "found neither --to nor --out".into(),
            };
            let expected = "expected an ending or --to that is safetensors, onnx or npz: say --to KIND";
            return Err(Error::Usage(format!("{found}, {expected}").into()));
        };
        let out = self.out.clone().unwrap_or_else(|| model.with_extension(kind.ending()));
        Ok((kind, out))
    }
}

impl Kind {
    fn ending(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Onnx => "onnx",
            Self::Npz => "npz",
        }
    }

    /// What reads it.
    fn reader(self) -> &'static str {
        match self {
            Self::Safetensors => "in PyTorch: network.load_state_dict(safetensors.torch.load_file(FILE))",
            Self::Onnx => {
                "the network takes x, one example a row, and gives y; onnxruntime.InferenceSession(FILE) runs it"
            }
            Self::Npz => "in NumPy: numpy.load(FILE)",
        }
    }
}

/// What the exported network leaves to its user: what stands before x and behind y.
fn around(preprocessor: &Preprocessor, model: &str) -> String {
    let features = preprocessor.features();
    let y = match preprocessor.target() {
        Target::Number { mean, deviation } => format!("the number is {mean} + {deviation} * y"),
        target => match target.classes().unwrap_or_default() {
            [_, second] => format!("y is the probability of {second:?}"),
            all => format!("y has the probabilities of {}", listed(all, all.len())),
        },
    };
    format!("x is not raw data: it has {features} features, prepared as dnn inspect {model} says; {y}\n")
}

/// The checkpoint, or the error with the file's name.
fn of_file<T>(path: &Path, checkpoint: dnn_io::Result<Checkpoint<T>>) -> dnn_io::Result<Checkpoint<T>> {
    checkpoint.map_err(|error| dnn_io::Error::Load { path: path.into(), error: error.into() })
}

fn export<T: Real>(kind: Kind, model: &Path, file: &Path, checkpoint: &Checkpoint<T>) -> Result<Exported> {
    let (network, parameters) = (checkpoint.network(), checkpoint.parameters());
    match kind {
        Kind::Safetensors => safetensors::save(file, network, parameters),
        Kind::Onnx => onnx::save(file, network, parameters),
        Kind::Npz => npz::save(file, network, parameters),
    }?;
    Ok(Exported {
        model: model.display().to_string(),
        file: file.display().to_string(),
        network: network.to_string(),
        tensors: tensor_names(network).into_iter().map(Tensor::of).collect(),
    })
}

impl Tensor {
    fn of(tensor: TensorName) -> Self {
        let TensorName { name, shape, layer, part } = tensor;
        Self { name, shape, layer, part }
    }
}

impl Exported {
    fn text(&self, kind: Kind) -> String {
        let shape =
            |tensor: &Tensor| tensor.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ");
        let mut rows = vec![["tensor", "shape", "what it is"].map(String::from).to_vec()];
        rows.extend(self.tensors.iter().map(|tensor| {
            vec![tensor.name.clone(), shape(tensor), format!("layer {}'s {}", tensor.layer, tensor.part)]
        }));
        let Self { model, file, network, .. } = self;
        let reader = kind.reader().replace("FILE", &format!("{file:?}"));
        format!("{model} ({network}) is written to {file}\n{}{reader}\n", table(&rows))
    }
}
