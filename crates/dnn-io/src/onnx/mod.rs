//! ONNX models: a network as other runtimes run it, its last activation, the link, included.
//!
//! ```
//! use dnn_core::{Network, Relu, Softmax};
//! use dnn_io::onnx;
//!
//! let network = Network::builder(4).dense(8, Relu).dense(3, Softmax).build()?;
//! let model = onnx::to_bytes(&network, &network.starting_parameters::<f32>())?;     // or `save(path, …)`
//! assert!(model.starts_with(b"\x08\x08"));                                          // IR version 8
//! # Ok::<(), dnn_io::Error>(())
//! ```
//!
//! The model takes `x: (batch, n[0])`, one example a row, as other frameworks have it, and gives `y: (batch, n[L])`; the
//! batch is free. Only standard operators are used (opset 17), each in the network's own precision:
//!
//! | | f32 | f64 |
//! |---|---|---|
//! | a dense layer | Gemm | Gemm |
//! | layer normalisation | LayerNormalization | ReduceMean, Sub, Mul, Sqrt, … |
//! | dropout | nothing | nothing |
//! | identity | nothing | nothing |
//! | relu, sigmoid, tanh, softmax | Relu, Sigmoid, Tanh, Softmax | the same |
//! | leaky_relu | LeakyRelu | PRelu |
//! | elu, selu, softplus | Elu, Selu, Softplus | Exp, Log, Max, Min, … |
//! | silu | Sigmoid, Mul | the same |
//! | gelu | Erf, Mul, Add | the same, but Erf in f32, since onnxruntime has none in f64: right to about 1e-7 of z |
//!
//! Weights and biases have the names and shapes of [`StateDict`](crate::StateDict). The model's `doc_string` is the network
//! in words, and its metadata have the same description as our safetensors files. The activation or layer of a plug-in has
//! no standard operator, and is refused.

mod activation;
mod graph;
mod layer;

use std::path::Path;

use dnn_core::{Network, Real};

use crate::modules::{self, Module};
use crate::protobuf::Message;
use crate::{Disk, Error, Result, file};
use graph::Graph;

/// The one that opset 17 came with, in ONNX 1.12.
const IR_VERSION: u64 = 8;
const OPSET: u64 = 17;
/// A protobuf message is shorter than 2 GiB.
const LONGEST: usize = i32::MAX as usize;

/// The bytes of a model of `network` with these `parameters`.
///
/// # Errors
/// [`Error::NoOperator`] for an activation or layer of a plug-in; [`Error::Unsavable`] if `parameters` are more or fewer
/// than `network` has, or the model has 2 GiB or more.
pub fn to_bytes<T: Real>(network: &Network, parameters: &[T]) -> Result<Vec<u8>> {
    let mut graph = Graph::new();
    let modules = modules::modules(network);
    let mut value = "x".to_owned();
    for (index, layer) in network.layers().iter().enumerate() {
        let number = index + 1;
        graph.at_layer(number);
        let own: Vec<&Module> = modules.iter().filter(|module| module.layer == number).collect();
        let kind = layer.specification().kind;
        value = layer::express(&mut graph, &**layer, &own, &value)
            .ok_or_else(|| unknown(number, "kind", &kind, &layer::KNOWN.join(", ")))?;
        if let Some(activation) = layer.activation() {
            value = activation::express(&mut graph, activation, &value).ok_or_else(|| {
                unknown(number, "activation", activation.name(), &activation::KNOWN.join(", "))
            })?;
        }
    }
    for tensor in modules::tensors(network, parameters)? {
        graph.tensor(&tensor.name, &tensor.shape, &tensor.values);
    }
    let graph = graph.finish(network.inputs(), network.outputs(), &value, &network.to_string());
    let bytes = Vec::from(model(network, &graph));
    if bytes.len() > LONGEST {
        let (found, expected) =
            (format!("{} bytes", bytes.len()), format!("{LONGEST} or fewer, ONNX's limit"));
        return Err(Error::Unsavable { what: "the model's length", found, expected });
    }
    Ok(bytes)
}

/// Writes the file so that `path` holds either what it held before or the whole new file.
///
/// # Errors
/// As [`to_bytes`] and, of the file, as [`Checkpoint::save`](crate::Checkpoint::save).
pub fn save<T: Real>(path: impl AsRef<Path>, network: &Network, parameters: &[T]) -> Result<()> {
    file::replace(&Disk, path.as_ref(), &to_bytes(network, parameters)?)
}

/// A `ModelProto` around the graph.
fn model(network: &Network, graph: &Message) -> Message {
    let opset = Message::default().bytes(1, "").number(2, OPSET);
    let metadata = Message::default().bytes(1, modules::DESCRIPTION).bytes(2, modules::describe(network));
    Message::default()
        .number(1, IR_VERSION)
        .bytes(2, "dnn")
        .bytes(7, graph)
        .bytes(8, &opset)
        .bytes(14, &metadata)
}

fn unknown(layer: usize, what: &'static str, name: &str, known: &str) -> Error {
    Error::NoOperator { layer, what, name: name.into(), known: known.into() }
}
