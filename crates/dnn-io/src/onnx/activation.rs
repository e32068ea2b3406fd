//! Each built-in activation in ONNX's standard operators.
//!
//! In f32 those of the same name are taken where there are any. In f64 elu, selu, softplus and leaky_relu are put together
//! of others: attributes are singles and would round their constants, and onnxruntime has no Elu, Selu or Softplus for
//! doubles. Neither has it Erf, so gelu takes Φ in singles there, which costs up to 1e-7 of z.

use std::f64::consts::FRAC_1_SQRT_2;

use dnn_core::{AnyActivation, Real, Selu};

use super::graph::{Attribute, Graph};

/// The names of the activations that can be expressed.
pub(super) const KNOWN: [&str; 11] = [
    "elu",
    "gelu",
    "identity",
    "leaky_relu",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
];

/// Adds `g(z)` and gives its name. `None` for an activation that is not [`KNOWN`].
pub(super) fn express<T: Real>(
    graph: &mut Graph<T>,
    activation: &dyn AnyActivation,
    z: &str,
) -> Option<String> {
    let single = T::BYTES == f32::BYTES;
    let constants = activation.config().constants;
    let setting = |name: &str| constants.get(name).copied();
    Some(match activation.name() {
        "identity" => z.into(),
        "sigmoid" => graph.apply("Sigmoid", &[z]),
        "tanh" => graph.apply("Tanh", &[z]),
        "relu" => graph.apply("Relu", &[z]),
        "leaky_relu" if single => {
            graph.apply_with("LeakyRelu", &[z], &[Attribute::Float("alpha", setting("slope")?)])
        }
        "leaky_relu" => graph.apply_number("PRelu", z, setting("slope")?),
        "elu" if single => graph.apply_with("Elu", &[z], &[Attribute::Float("alpha", setting("alpha")?)]),
        "elu" => exponential(graph, z, 1.0, setting("alpha")?),
        "selu" if single => {
            let constants = [Attribute::Float("alpha", Selu::ALPHA), Attribute::Float("gamma", Selu::SCALE)];
            graph.apply_with("Selu", &[z], &constants)
        }
        "selu" => exponential(graph, z, Selu::SCALE, Selu::SCALE * Selu::ALPHA),
        "gelu" => gelu(graph, z, single),
        "silu" => {
            let sigmoid = graph.apply("Sigmoid", &[z]);
            graph.apply("Mul", &[z, &sigmoid])
        }
        "softplus" if single => graph.apply("Softplus", &[z]),
        "softplus" => softplus(graph, z),
        "softmax" => graph.apply_with("Softmax", &[z], &[Attribute::Int("axis", 1)]),
        _ => return None,
    })
}

/// `scale max(z, 0) + depth (exp(min(z, 0)) − 1)`
fn exponential<T: Real>(graph: &mut Graph<T>, z: &str, scale: f64, depth: f64) -> String {
    let above = graph.apply_number("Max", z, 0.0);
    let above = graph.apply_number("Mul", &above, scale);
    let below = graph.apply_number("Min", z, 0.0);
    let below = graph.apply("Exp", &[&below]);
    let below = graph.apply_number("Sub", &below, 1.0);
    let below = graph.apply_number("Mul", &below, depth);
    graph.apply("Add", &[&above, &below])
}

/// `z ½ (1 + erf(z / √2))`
fn gelu<T: Real>(graph: &mut Graph<T>, z: &str, single: bool) -> String {
    let mut share = graph.apply_number("Mul", z, FRAC_1_SQRT_2);
    if !single {
        share = graph.cast(&share, true);
    }
    share = graph.apply("Erf", &[&share]);
    if !single {
        share = graph.cast(&share, false);
    }
    share = graph.apply_number("Add", &share, 1.0);
    share = graph.apply_number("Mul", &share, 0.5);
    graph.apply("Mul", &[z, &share])
}

/// `max(z, 0) + ln(1 + exp(−|z|))`
fn softplus<T: Real>(graph: &mut Graph<T>, z: &str) -> String {
    let above = graph.apply_number("Max", z, 0.0);
    let size = graph.apply("Abs", &[z]);
    let size = graph.apply("Neg", &[&size]);
    let power = graph.apply("Exp", &[&size]);
    let sum = graph.apply_number("Add", &power, 1.0);
    let logarithm = graph.apply("Log", &[&sum]);
    graph.apply("Add", &[&above, &logarithm])
}
