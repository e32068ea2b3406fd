//! The section `dnn/network`: which layers there are, as plain data, and what each activation computes at a few points.
//!
//! A file may claim any size. So a layer is decoded, made and compared before the next is looked at, texts are borrowed, no
//! list takes memory for entries that are not there, and all of them are bounded.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bincode::config;
use dnn_core::{AnyActivation, AnyLayer, LayerSpecification, NamedConfig, Network, Registry, activation};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, Result};

/// The name of the section.
pub(crate) const SECTION: &str = "dnn/network";
/// Metadata are names and a few numbers a layer: more is a fault or an attack.
const BYTES: usize = 1 << 24;
/// Layers a file may have.
const LAYERS: u64 = 4096;
/// Settings a layer or an activation may have.
const SETTINGS: usize = 64;
/// Bytes of the name of a kind, an activation or a setting.
const NAME: usize = 256;
/// Where activations are probed: on both sides of 0, near and far.
const PROBES: [f64; 5] = [-3.0, -0.5, 0.0, 0.5, 3.0];
/// Units in the last place that platforms' `exp` may differ by in a probe.
const PROBE_TOLERANCE: f64 = 16.0 * f64::EPSILON;

/// What comes before the layers, in the order of the file.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    precision: &'a str,
    backend: &'a str,
    layers: u64,
}

#[derive(Serialize, Deserialize)]
struct Layer<'a> {
    kind: &'a str,
    inputs: u64,
    outputs: u64,
    #[serde(borrow)]
    settings: Settings<'a>,
    #[serde(borrow)]
    activation: Option<Activation<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Activation<'a> {
    name: &'a str,
    #[serde(borrow)]
    settings: Settings<'a>,
    /// g and g' at each of [`PROBES`].
    probe: Probe,
}

#[derive(Serialize)]
struct Settings<'a>(Vec<(&'a str, f64)>);

type Probe = [(f64, f64); PROBES.len()];

/// What the section says, its layers made.
pub(crate) struct Metadata<'a> {
    pub(crate) precision: &'a str,
    pub(crate) backend: &'a str,
    pub(crate) layers: Vec<Arc<dyn AnyLayer>>,
}

/// The bytes of the section.
///
/// # Errors
/// [`Error::Unsavable`] if a bound is passed.
pub(crate) fn encode(network: &Network, precision: &str, backend: &str) -> Result<Vec<u8>> {
    let layers = network.layers();
    if layers.len() as u64 > LAYERS {
        return Err(unsavable(
            "the number of layers",
            layers.len().to_string(),
            format!("{LAYERS} or fewer"),
        ));
    }
    let mut bytes = append(Vec::new(), &Head { precision, backend, layers: layers.len() as u64 })?;
    for layer in layers {
        let LayerSpecification { kind, inputs, outputs, constants, .. } = layer.specification();
        let described = layer.activation().map(|activation| {
            let NamedConfig { name, constants } = activation.config();
            (name, constants, probe(activation))
        });
        let activation = described.as_ref().map(|(name, constants, probe)| Activation {
            name,
            settings: Settings::of(constants),
            probe: *probe,
        });
        let (inputs, outputs, settings) = (inputs as u64, outputs as u64, Settings::of(&constants));
        let layer = Layer { kind: &kind, inputs, outputs, settings, activation };
        layer.check().map_err(|(found, expected)| unsavable("a layer's description", found, expected))?;
        bytes = append(bytes, &layer)?;
    }
    match bytes.len() {
        0..=BYTES => Ok(bytes),
        found => Err(unsavable("the metadata", format!("{found} bytes"), format!("{BYTES} or fewer"))),
    }
}

fn append(mut bytes: Vec<u8>, value: &impl Serialize) -> Result<Vec<u8>> {
    let written = bincode::serde::encode_into_std_write(value, &mut bytes, config::legacy());
    written.map_err(|error| unsavable("the metadata", error.to_string(), "what bincode takes".into()))?;
    Ok(bytes)
}

fn unsavable(what: &'static str, found: String, expected: String) -> Error {
    Error::Unsavable { what, found, expected }
}

/// What the section's bytes say, its layers made by `registry`.
///
/// # Errors
/// [`Error::Invalid`], [`Error::OtherPlugin`], and those of `registry`.
pub(crate) fn decode<'a>(bytes: &'a [u8], registry: &Registry) -> Result<Metadata<'a>> {
    let mut layers = Vec::new();
    let (precision, backend) = each(bytes, |number, layer| {
        layers.push(layer.make(number, registry)?);
        Ok(())
    })?;
    Ok(Metadata { precision, backend, layers })
}

/// Precision, back end and layers as plain data, whether anyone can make them or not.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn describe(bytes: &[u8]) -> Result<(&str, &str, Vec<LayerSpecification>)> {
    let mut layers = Vec::new();
    let (precision, backend) = each(bytes, |_, layer| {
        layers.push(layer.specification()?);
        Ok(())
    })?;
    Ok((precision, backend, layers))
}

/// Gives one layer after another to `each`, with its number from 1, and returns precision and back end.
fn each<'a>(
    bytes: &'a [u8],
    mut each: impl FnMut(usize, Layer<'a>) -> Result<()>,
) -> Result<(&'a str, &'a str)> {
    if bytes.len() > BYTES {
        return Err(Error::invalid(PART, format!("has {} bytes", bytes.len()), format!("{BYTES} or fewer")));
    }
    let (Head { precision, backend, layers: count }, mut rest) = take(bytes)?;
    if count > LAYERS {
        return Err(Error::invalid(PART, format!("has {count} layers"), format!("{LAYERS} or fewer")));
    }
    for number in 1..=count as usize {
        let layer: Layer<'_>;
        (layer, rest) = take(rest)?;
        let invalid =
            |(found, expected)| Error::invalid(PART, format!("has {found} at layer {number}"), expected);
        layer.check().map_err(invalid)?;
        each(number, layer)?;
    }
    if !rest.is_empty() {
        let found = format!("has {} bytes, of which the last {} mean nothing", bytes.len(), rest.len());
        return Err(Error::invalid(PART, found, DESCRIPTION));
    }
    Ok((precision, backend))
}

/// How messages call the section, and what they expect there.
const PART: &str = "section \"dnn/network\"";
const DESCRIPTION: &str = "a network's description";

/// The value at the start of `bytes`, and the bytes after it.
fn take<'a, V: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(V, &'a [u8])> {
    let decoded = bincode::serde::borrow_decode_from_slice(bytes, config::legacy());
    let (value, used) =
        decoded.map_err(|error| Error::invalid(PART, format!("cannot be decoded ({error})"), DESCRIPTION))?;
    Ok((value, &bytes[used..]))
}

impl Layer<'_> {
    /// Names and lists within their bounds, or what was found and what was expected.
    fn check(&self) -> Result<(), (String, String)> {
        let lists = self.activation.iter().map(|activation| &activation.settings).chain([&self.settings]);
        let settings = lists.clone().map(|list| list.0.len()).max().unwrap_or(0);
        let names = lists.flat_map(|list| &list.0).map(|(name, _)| *name);
        let names = names.chain(self.activation.iter().map(|activation| activation.name)).chain([self.kind]);
        let longest = names.map(str::len).max().unwrap_or(0);
        if settings > SETTINGS {
            return Err((format!("{settings} settings in one list"), format!("{SETTINGS} or fewer")));
        }
        if longest > NAME {
            return Err((format!("a name of {longest} bytes"), format!("{NAME} or fewer")));
        }
        Ok(())
    }

    /// The layer as plain data.
    fn specification(&self) -> Result<LayerSpecification> {
        let size = |size: u64| {
            usize::try_from(size).map_err(|_| {
                Error::invalid(PART, format!("has a layer of {size} units"), "what memory holds")
            })
        };
        let activation = self.activation.as_ref().map(|activation| NamedConfig {
            name: activation.name.into(),
            constants: activation.settings.owned(),
        });
        Ok(LayerSpecification {
            kind: self.kind.into(),
            inputs: size(self.inputs)?,
            outputs: size(self.outputs)?,
            activation,
            constants: self.settings.owned(),
        })
    }

    /// The layer, number `number` from 1, by `registry`, if it computes what it computed when the file was written.
    fn make(&self, number: usize, registry: &Registry) -> Result<Arc<dyn AnyLayer>> {
        let made = registry.layer(&self.specification()?)?;
        if let (Some(made), Some(kept)) = (made.activation(), &self.activation) {
            compare(number, probe(made), kept)?;
        }
        Ok(made)
    }
}

impl<'a> Settings<'a> {
    fn of(constants: &'a BTreeMap<String, f64>) -> Self {
        Self(constants.iter().map(|(name, value)| (name.as_str(), *value)).collect())
    }

    fn owned(&self) -> BTreeMap<String, f64> {
        self.0.iter().map(|&(name, value)| (name.into(), value)).collect()
    }
}

/// Takes memory for the entries that are there, not for those that are claimed.
impl<'de: 'a, 'a> Deserialize<'de> for Settings<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'a> Visitor<'a> for Entries {
            type Value = Settings<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{SETTINGS} settings or fewer")
            }

            fn visit_seq<S: SeqAccess<'a>>(self, mut entries: S) -> Result<Settings<'a>, S::Error> {
                let claimed = entries.size_hint().unwrap_or(0);
                if claimed > SETTINGS {
                    return Err(S::Error::invalid_length(claimed, &self));
                }
                let mut settings = Vec::new();
                while let Some(entry) = entries.next_element()? {
                    settings.push(entry);
                }
                Ok(Settings(settings))
            }
        }

        deserializer.deserialize_seq(Entries)
    }
}

fn probe(activation: &dyn AnyActivation) -> Probe {
    PROBES.map(|z| activation::probe(activation, z))
}

/// Compares what the activation of layer `number` computes now with what it computed when the file was written.
fn compare(number: usize, found: Probe, kept: &Activation<'_>) -> Result<()> {
    for (z, (found, expected)) in PROBES.iter().zip(found.into_iter().zip(kept.probe)) {
        for (name, found, expected) in [("g", found.0, expected.0), ("g'", found.1, expected.1)] {
            let close = (found - expected).abs() <= PROBE_TOLERANCE * found.abs().max(expected.abs());
            if !(close || found.to_bits() == expected.to_bits()) {
                let (layer, activation) = (number, kept.name.into());
                return Err(Error::OtherPlugin {
                    layer,
                    activation,
                    at: format!("{name}({z})"),
                    found,
                    expected,
                });
            }
        }
    }
    Ok(())
}
