//! The section `dnn/network`: which layers there are, as plain data, and what each activation computes at a few points.
//!
//! A file may claim any size. So a layer is decoded with a limit, made and compared before the next is looked at.

use std::sync::Arc;

use dnn_core::{AnyActivation, AnyLayer, LayerSpecification, Network, Registry, activation};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, codec};

/// The name of the section.
pub(crate) const SECTION: &str = "dnn/network";
/// Metadata are names and a few numbers a layer: more is a fault or an attack.
const BYTES: usize = 1 << 24;
/// Layers a file may have.
const LAYERS: u64 = 4096;
/// Constants a layer or an activation may have.
const CONSTANTS: usize = 64;
/// Bytes of the name of a kind, an activation or a constant.
const NAME: usize = 256;
/// Bytes of a layer: three names, two lists of constants, two sizes, a probe, and what says how long they are.
const LAYER: usize = 2 * (8 + NAME) + 2 * (8 + CONSTANTS * (8 + NAME + 8)) + 2 * 8 + 2 + PROBES.len() * 16;
/// Where activations are probed: on both sides of 0, near and far.
const PROBES: [f64; 5] = [-3.0, -0.5, 0.0, 0.5, 3.0];
/// Units in the last place that platforms' `exp` may differ by in a probe.
const PROBE_TOLERANCE: f64 = 16.0 * f64::EPSILON;

/// What comes before the layers.
#[derive(Serialize, Deserialize)]
struct Head {
    precision: String,
    backend: String,
    layers: u64,
}

#[derive(Serialize, Deserialize)]
struct Layer {
    specification: LayerSpecification,
    /// g and g' of its activation at each of [`PROBES`].
    probe: Option<Probe>,
}

type Probe = [(f64, f64); PROBES.len()];

/// What the section says; each layer is `L`.
pub(crate) struct Metadata<L> {
    pub(crate) precision: String,
    pub(crate) backend: String,
    pub(crate) layers: Vec<L>,
}

/// The bytes of the section.
///
/// # Errors
/// [`Error::Unsavable`] if a bound is passed.
pub(crate) fn encode(network: &Network, precision: &str, backend: &str) -> Result<Vec<u8>> {
    let unsavable = |what, found, expected| Error::Unsavable { what, found, expected };
    let layers = network.layers();
    if layers.len() as u64 > LAYERS {
        let (found, expected) = (layers.len().to_string(), format!("{LAYERS} or fewer"));
        return Err(unsavable("the number of layers", found, expected));
    }
    let refused = |error| unsavable("the metadata", error, "what bincode takes".into());
    let mut bytes = Vec::new();
    let head = Head { precision: precision.into(), backend: backend.into(), layers: layers.len() as u64 };
    codec::append(&mut bytes, &head).map_err(refused)?;
    for layer in layers {
        let layer = Layer { specification: layer.specification(), probe: layer.activation().map(probe) };
        layer.check().map_err(|(found, expected)| unsavable("a layer's description", found, expected))?;
        codec::append(&mut bytes, &layer).map_err(refused)?;
    }
    match bytes.len() {
        0..=BYTES => Ok(bytes),
        found => Err(unsavable("the metadata", format!("{found} bytes"), format!("{BYTES} or fewer"))),
    }
}

/// What the section's bytes say, its layers made by `registry`.
///
/// # Errors
/// [`Error::Invalid`], [`Error::OtherPlugin`], and those of `registry`.
pub(crate) fn decode(bytes: &[u8], registry: &Registry) -> Result<Metadata<Arc<dyn AnyLayer>>> {
    each(bytes, |number, layer| layer.make(number, registry))
}

/// The same with the layers as plain data, whether anyone can make them or not.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn describe(bytes: &[u8]) -> Result<Metadata<LayerSpecification>> {
    each(bytes, |_, layer| Ok(layer.specification))
}

/// Gives one layer after another to `each`, with its number from 1.
fn each<L>(mut bytes: &[u8], mut each: impl FnMut(usize, Layer) -> Result<L>) -> Result<Metadata<L>> {
    let invalid = |found: String, expected: &str| Error::invalid(PART, found, expected);
    let whole = bytes;
    if bytes.len() > BYTES {
        return Err(invalid(format!("has {} bytes", bytes.len()), &format!("{BYTES} or fewer")));
    }
    let Head { precision, backend, layers: count } =
        codec::take(&mut bytes, BYTES).map_err(|found| invalid(found, DESCRIPTION))?;
    if count > LAYERS {
        return Err(invalid(format!("has {count} layers"), &format!("{LAYERS} or fewer")));
    }
    let mut layers = Vec::new();
    for number in 1..=count as usize {
        let at = |found: &str| format!("{found} at layer {number}");
        let layer: Layer =
            codec::take(&mut bytes, LAYER).map_err(|found| invalid(at(&found), DESCRIPTION))?;
        layer.check().map_err(|(found, expected)| invalid(at(&format!("has {found}")), &expected))?;
        layers.push(each(number, layer)?);
    }
    codec::end(whole, bytes).map_err(|found| invalid(found, DESCRIPTION))?;
    Ok(Metadata { precision, backend, layers })
}

/// How messages call the section, and what they expect there.
const PART: &str = "section \"dnn/network\"";
const DESCRIPTION: &str = "a network's description";

impl Layer {
    /// Names and lists within their bounds and a probe of what can be probed, or what was found and what was expected.
    fn check(&self) -> Result<(), (String, String)> {
        let LayerSpecification { kind, activation, constants, .. } = &self.specification;
        let lists = activation.iter().map(|activation| &activation.constants).chain([constants]);
        let most = lists.clone().map(|list| list.len()).max().unwrap_or(0);
        let names = activation.iter().map(|activation| &activation.name).chain([kind]);
        let longest = names.chain(lists.flat_map(|list| list.keys())).map(String::len).max().unwrap_or(0);
        if most > CONSTANTS {
            return Err((format!("{most} constants in one list"), format!("{CONSTANTS} or fewer")));
        }
        if longest > NAME {
            return Err((format!("a name of {longest} bytes"), format!("{NAME} or fewer")));
        }
        match activation.is_some() == self.probe.is_some() {
            true => Ok(()),
            false => Err(("an activation or a probe alone".into(), "both or none".into())),
        }
    }

    /// The layer, number `number` from 1, by `registry`, if it computes what it computed when the file was written.
    fn make(&self, number: usize, registry: &Registry) -> Result<Arc<dyn AnyLayer>> {
        let made = registry.layer(&self.specification)?;
        if let (Some(activation), Some(expected)) = (made.activation(), self.probe) {
            compare(number, activation, expected)?;
        }
        Ok(made)
    }
}

fn probe(activation: &dyn AnyActivation) -> Probe {
    PROBES.map(|z| activation::probe(activation, z))
}

/// Compares what the activation of layer `layer` computes now with what it computed when the file was written.
fn compare(layer: usize, activation: &dyn AnyActivation, expected: Probe) -> Result<()> {
    for (z, (found, expected)) in PROBES.iter().zip(probe(activation).into_iter().zip(expected)) {
        for (name, found, expected) in [("g", found.0, expected.0), ("g'", found.1, expected.1)] {
            let close = (found - expected).abs() <= PROBE_TOLERANCE * found.abs().max(expected.abs());
            if !(close || found.to_bits() == expected.to_bits()) {
                let (activation, at) = (activation.name().into(), format!("{name}({z})"));
                return Err(Error::OtherPlugin { layer, activation, at, found, expected });
            }
        }
    }
    Ok(())
}
