//! Each built-in layer, without its activation, in ONNX's standard operators.

use dnn_core::{AnyLayer, Real};

use super::graph::{Attribute, Graph};
use crate::modules::Module;

/// The kinds of layer that can be expressed.
pub(super) const KNOWN: [&str; 3] = ["dense", "dropout", "layer_normalisation"];

/// Adds what `layer` computes of `x`, and gives its name. `modules` have its tensors. `None` for a kind that is not
/// [`KNOWN`].
pub(super) fn express<T: Real>(
    graph: &mut Graph<T>,
    layer: &dyn AnyLayer,
    modules: &[&Module],
    x: &str,
) -> Option<String> {
    let specification = layer.specification();
    let own = modules.first();
    let names: Vec<String> =
        own.map(|module| module.slots.iter().map(|slot| module.path(slot)).collect()).unwrap_or_default();
    match (specification.kind.as_str(), &names[..]) {
        ("dense", [w, b]) => Some(graph.apply_with("Gemm", &[x, w, b], &[Attribute::Int("transB", 1)])),
        ("dropout", []) => Some(x.into()),
        ("layer_normalisation", [gain, bias]) => {
            Some(normalisation(graph, x, gain, bias, *specification.constants.get("epsilon")?))
        }
        _ => None,
    }
}

/// `gain (x − mean) / √(variance + epsilon) + bias`. In f64 put together of other operators: ONNX's own takes epsilon, and
/// the mean and variance if nothing else is said, as singles.
fn normalisation<T: Real>(graph: &mut Graph<T>, x: &str, gain: &str, bias: &str, epsilon: f64) -> String {
    if T::BYTES == f32::BYTES {
        let constants = [Attribute::Int("axis", 1), Attribute::Float("epsilon", epsilon)];
        return graph.apply_with("LayerNormalization", &[x, gain, bias], &constants);
    }
    let mean = graph.apply_with("ReduceMean", &[x], &[Attribute::Ints("axes", 1)]);
    let distance = graph.apply("Sub", &[x, &mean]);
    let square = graph.apply("Mul", &[&distance, &distance]);
    let variance = graph.apply_with("ReduceMean", &[&square], &[Attribute::Ints("axes", 1)]);
    let sum = graph.apply_number("Add", &variance, epsilon);
    let root = graph.apply("Sqrt", &[&sum]);
    let normal = graph.apply("Div", &[&distance, &root]);
    let stretched = graph.apply("Mul", &[&normal, gain]);
    graph.apply("Add", &[&stretched, bias])
}
