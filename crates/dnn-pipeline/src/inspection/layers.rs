//! The layers of a file, those of plug-ins too, and which plug-ins it needs.

use std::collections::BTreeMap;

use dnn_core::{LayerSpecification, Registry};
use serde::Serialize;
use serde_json::Value;

/// A layer as the file describes it.
#[derive(Debug, Serialize)]
pub struct LayerLook {
    /// From 1.
    pub layer: usize,
    /// What the registry calls it: `dense`.
    pub kind: String,
    /// Features it takes.
    pub inputs: usize,
    /// Features it gives.
    pub outputs: usize,
    /// Its activation, if it has one.
    pub activation: Option<String>,
    /// Constants of the layer and its activation.
    pub constants: BTreeMap<String, f64>,
    /// Its parameters; none if a plug-in is missing.
    pub parts: Option<Vec<PartLook>>,
}

/// A named part of a layer's parameters.
#[derive(Debug, Serialize)]
pub struct PartLook {
    /// What the layer calls it.
    pub name: &'static str,
    /// Rows and columns.
    pub shape: (usize, usize),
    /// How many there are.
    pub parameters: usize,
}

/// Something by a name like `crate/name`, which another program brings.
#[derive(Debug, PartialEq, Serialize)]
pub struct PlugIn {
    /// What it is: a layer, an activation, an optimizer.
    pub what: &'static str,
    /// Its name, `crate/name`.
    pub name: String,
    /// Whether this program has it.
    pub there: bool,
}

/// Every layer.
pub(super) fn look(registry: &Registry, layers: &[LayerSpecification]) -> Vec<LayerLook> {
    let look = |(layer, found): (&LayerSpecification, usize)| LayerLook {
        layer: found,
        kind: layer.kind.clone(),
        inputs: layer.inputs,
        outputs: layer.outputs,
        activation: layer.activation.as_ref().map(|activation| activation.name.clone()),
        constants: constants(layer),
        parts: parts(registry, layer),
    };
    layers.iter().zip(1..).map(look).collect()
}

fn constants(layer: &LayerSpecification) -> BTreeMap<String, f64> {
    let activation = layer.activation.iter().flat_map(|activation| &activation.constants);
    layer.constants.iter().chain(activation).map(|(name, &value)| (name.clone(), value)).collect()
}

fn parts(registry: &Registry, layer: &LayerSpecification) -> Option<Vec<PartLook>> {
    let made = registry.layer(layer).ok()?;
    let look =
        |part: dnn_core::Part| PartLook { name: part.name, shape: part.shape, parameters: part.range.len() };
    Some(made.parts().into_iter().map(look).collect())
}

/// What the layers and the settings of training name that is not built in.
pub(super) fn plug_ins(
    names: &Registry,
    layers: &[LayerSpecification],
    settings: Option<&Value>,
) -> Vec<PlugIn> {
    let mut found = Vec::new();
    let mut note = |kind: &'static str, name: &str| {
        let plug_in =
            PlugIn { what: kind, name: name.into(), there: names.names(kind).any(|known| known == name) };
        // Registry with a `/` are those of plug-ins; anything else that is not there counts too.
        if (name.contains('/') || !plug_in.there) && !found.contains(&plug_in) {
            found.push(plug_in);
        }
    };
    for layer in layers {
        note("layer", &layer.kind);
        layer.activation.iter().for_each(|activation| note("activation", &activation.name));
    }
    for kind in ["cost", "optimizer", "schedule"] {
        settings
            .and_then(|settings| name_of(settings.get(kind)?))
            .into_iter()
            .for_each(|name| note(kind, name));
    }
    let metrics = settings.and_then(|settings| settings.get("metrics")?.as_array());
    metrics.into_iter().flatten().filter_map(name_of).for_each(|name| note("metric", name));
    found
}

/// `"adam"`, or the name in `{ "name": "adam", … }`.
fn name_of(choice: &Value) -> Option<&str> {
    choice.as_str().or_else(|| choice.get("name")?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::NamedConfig;
    use serde_json::json;

    fn dense(activation: &str) -> LayerSpecification {
        LayerSpecification {
            kind: "dense".into(),
            inputs: 3,
            outputs: 2,
            activation: Some(NamedConfig::from(activation).with("a", 2.0)),
            constants: BTreeMap::new(),
        }
    }

    #[test]
    fn plug_ins_are_found_in_layers_and_settings_once_each() {
        let layers = [dense("relu"), dense("my-crate/cube"), dense("my-crate/cube")];
        let settings = json!({"optimizer": {"name": "my-crate/signs", "rate": 1}, "cost": "huber", "metrics": ["accuracy"]});
        let found = plug_ins(&dnn_train::registry(), &layers, Some(&settings));
        let expected = [("activation", "my-crate/cube"), ("optimizer", "my-crate/signs")];
        assert_eq!(found, expected.map(|(what, name)| PlugIn { what, name: name.into(), there: false }));
    }

    #[test]
    fn a_layer_of_a_missing_plug_in_has_a_shape_but_no_parts() {
        let looks = look(&Registry::builtin(), &[dense("my-crate/cube")]);
        assert_eq!((looks[0].inputs, looks[0].outputs, looks[0].constants["a"]), (3, 2, 2.0));
        assert!(looks[0].parts.is_none());
    }
}
