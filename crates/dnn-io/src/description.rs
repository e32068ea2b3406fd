//! A network as one line of JSON, which our own safetensors and ONNX files carry beside the tensors.

use dnn_core::{LayerSpecification, Network};

/// The name it is kept under.
pub(crate) const KEY: &str = "dnn.network";

/// The description of `network`.
pub(crate) fn write(network: &Network) -> String {
    serde_json::to_string(&network.specification()).expect("texts and numbers can always be written")
}

/// The layers that `text` describes, or what is wrong with it.
pub(crate) fn read(text: &str) -> Result<Vec<LayerSpecification>, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}
