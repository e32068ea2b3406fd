//! A network as one line of JSON, which our own safetensors and ONNX files carry beside the tensors.

use dnn_core::{ActivationSpecification, LayerSpecification, Network};
use serde::{Deserialize, Serialize};

/// The name it is kept under.
pub(crate) const KEY: &str = "dnn.network";

#[derive(Serialize, Deserialize)]
struct Layer {
    kind: String,
    inputs: usize,
    outputs: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    settings: Vec<(String, f64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activation: Option<Activation>,
}

#[derive(Serialize, Deserialize)]
struct Activation {
    name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    settings: Vec<(String, f64)>,
}

/// The description of `network`.
pub(crate) fn write(network: &Network) -> String {
    let layers: Vec<Layer> = network.specification().into_iter().map(Layer::of).collect();
    serde_json::to_string(&layers).expect("texts and numbers can always be written")
}

/// The layers that `text` describes, or what is wrong with it.
pub(crate) fn read(text: &str) -> Result<Vec<LayerSpecification>, String> {
    let layers: Vec<Layer> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(layers.into_iter().map(Layer::specification).collect())
}

impl Layer {
    fn of(layer: LayerSpecification) -> Self {
        let LayerSpecification { kind, inputs, outputs, activation, settings } = layer;
        let activation =
            activation.map(|ActivationSpecification { name, settings }| Activation { name, settings });
        Self { kind, inputs, outputs, settings, activation }
    }

    fn specification(self) -> LayerSpecification {
        let Self { kind, inputs, outputs, settings, activation } = self;
        let activation =
            activation.map(|Activation { name, settings }| ActivationSpecification { name, settings });
        LayerSpecification { kind, inputs, outputs, activation, settings }
    }
}
