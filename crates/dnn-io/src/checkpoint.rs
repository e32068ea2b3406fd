//! A checkpoint: a network, its parameters, and named sections for whoever saves more.

use std::path::Path;

use bincode::config;
use dnn_core::{
    ActivationSpecification, AnyActivation, LayerSpecification, Network, Real, Registry, activation,
};
use serde::{Deserialize, Serialize};

use crate::container::{self, Sections};
use crate::{Error, Result, file};

/// The section of the metadata, in bincode.
const NETWORK: &str = "dnn/network";
/// The section of the parameters, raw.
const PARAMETERS: &str = "dnn/parameters";
/// Metadata are names and a few numbers a layer: more is a fault or an attack.
const METADATA_LIMIT: usize = 1 << 24;
/// Where activations are probed: on both sides of 0, near and far.
const PROBES: [f64; 5] = [-3.0, -0.5, 0.0, 0.5, 3.0];
/// Units in the last place that platforms' `exp` may differ by in a probe.
const PROBE_TOLERANCE: f64 = 16.0 * f64::EPSILON;

/// A network with its parameters, as a file keeps it.
///
/// ```
/// use dnn_core::{Compute, Naive, Network, Registry, Relu, Sigmoid};
/// use dnn_io::Checkpoint;
///
/// let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
/// let parameters = network.starting_parameters::<f32>();
/// let mut saved = Checkpoint::new(network, parameters)?;
/// saved.set_section("my-program/note", b"planar data".to_vec())?;
///
/// let bytes = saved.to_bytes()?;                        // or `saved.save(path)?`
/// let loaded = Checkpoint::<f32>::from_bytes(&bytes, &Registry::builtin())?;
/// assert_eq!(loaded.network().to_string(), "2-3-1, relu inside, sigmoid last");
/// assert_eq!(loaded.section("my-program/note"), Some(&b"planar data"[..]));
/// # Ok::<(), dnn_io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Checkpoint<T> {
    network: Network,
    parameters: Vec<T>,
    backend: String,
    sections: Sections,
}

impl<T: Real> Checkpoint<T> {
    /// `parameters` of `network`, in the order of its parts.
    ///
    /// # Errors
    /// [`Error::Unsavable`] if there are more or fewer than the network has.
    pub fn new(network: Network, parameters: Vec<T>) -> Result<Self> {
        if parameters.len() != network.parameter_count() {
            return Err(Error::Unsavable {
                what: "the number of parameters",
                found: parameters.len().to_string(),
                expected: format!("{} for {network}", network.parameter_count()),
            });
        }
        Ok(Self { network, parameters, backend: String::new(), sections: Sections::new() })
    }

    /// Notes which back end computed the parameters, as [`dnn_core::BackendIdentity`] prints it.
    #[must_use]
    pub fn computed_by(self, backend: &str) -> Self {
        Self { backend: backend.into(), ..self }
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The parameters, in the order of the network's parts.
    pub fn parameters(&self) -> &[T] {
        &self.parameters
    }

    /// The back end that computed them, if it was noted.
    pub fn backend(&self) -> &str {
        &self.backend
    }

    /// Keeps `bytes` under `name`, which begins with the name of whoever understands them: `"dnn-data/scaling"`.
    ///
    /// # Errors
    /// [`Error::Unsavable`] if the name is empty, longer than 32 bytes, or begins with `dnn/`.
    pub fn set_section(&mut self, name: &str, bytes: Vec<u8>) -> Result<()> {
        if name.is_empty() || name.len() > container::NAME || name.starts_with("dnn/") || name.contains('\0')
        {
            let expected = format!("1 to {} bytes that do not begin with dnn/", container::NAME);
            return Err(Error::Unsavable { what: "a section's name", found: format!("{name:?}"), expected });
        }
        self.sections.insert(name.into(), bytes);
        Ok(())
    }

    /// What was kept under `name`.
    pub fn section(&self, name: &str) -> Option<&[u8]> {
        self.sections.get(name).map(Vec::as_slice)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`Error::Unsavable`] if there are more sections than a file holds.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut parameters = vec![0; self.parameters.len() * T::BYTES];
        let numbers = parameters.chunks_exact_mut(T::BYTES).zip(&self.parameters);
        numbers.for_each(|(bytes, number)| number.write(bytes));
        let metadata = Metadata::of(self);
        let metadata =
            bincode::serde::encode_to_vec(&metadata, config::legacy()).map_err(|error| Error::Unsavable {
                what: "the metadata",
                found: error.to_string(),
                expected: "what bincode takes".into(),
            })?;
        let mut sections = self.sections.clone();
        sections.insert(NETWORK.into(), metadata);
        sections.insert(PARAMETERS.into(), parameters);
        container::encode(&sections)
    }

    /// The checkpoint of these bytes, its layers made by `registry`.
    ///
    /// # Errors
    /// Every kind but [`Error::File`] and [`Error::Unsavable`].
    pub fn from_bytes(bytes: &[u8], registry: &Registry) -> Result<Self> {
        let mut sections = container::decode(bytes)?;
        let mut take = |name: &str| {
            sections
                .remove(name)
                .ok_or_else(|| Error::invalid("the table", format!("lacks section {name:?}"), "it"))
        };
        let metadata = Metadata::decode(&take(NETWORK)?)?;
        let parameters = take(PARAMETERS)?;
        if metadata.precision != T::NAME {
            return Err(Error::Precision { found: metadata.precision, expected: T::NAME });
        }
        let layers: Vec<LayerSpecification> =
            metadata.layers.iter().map(Layer::specification).collect::<Result<_>>()?;
        let network = registry.network(&layers)?;
        if Some(parameters.len()) != network.parameter_count().checked_mul(T::BYTES) {
            let found = format!("has {} bytes", parameters.len());
            let expected = format!("{} numbers in {}", network.parameter_count(), T::NAME);
            return Err(Error::invalid("section \"dnn/parameters\"", found, expected));
        }
        check_probes(&network, &metadata.layers)?;
        let parameters = parameters.chunks_exact(T::BYTES).map(T::read).collect();
        Ok(Self { network, parameters, backend: metadata.backend, sections })
    }

    /// Writes the file so that `path` holds either what it held before or the whole new checkpoint.
    ///
    /// # Errors
    /// [`Error::File`] with the operation that failed; [`Error::Unsavable`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        file::replace(path.as_ref(), &self.to_bytes()?)
    }

    /// Reads the file at `path`, its layers made by `registry`.
    ///
    /// # Errors
    /// Every kind but [`Error::Unsavable`].
    pub fn load(path: impl AsRef<Path>, registry: &Registry) -> Result<Self> {
        Self::from_bytes(&file::read(path.as_ref())?, registry)
    }
}

/// What the metadata section holds, in the order of its fields.
#[derive(Debug, Serialize, Deserialize)]
struct Metadata {
    precision: String,
    backend: String,
    layers: Vec<Layer>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Layer {
    kind: String,
    inputs: u64,
    outputs: u64,
    settings: Vec<(String, f64)>,
    activation: Option<Activation>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Activation {
    name: String,
    settings: Vec<(String, f64)>,
    /// g and g' at each of [`PROBES`].
    probe: [(f64, f64); PROBES.len()],
}

impl Metadata {
    fn of<T: Real>(checkpoint: &Checkpoint<T>) -> Self {
        let layers = checkpoint.network.layers().iter().map(|layer| {
            let LayerSpecification { kind, inputs, outputs, settings, .. } = layer.specification();
            let activation = layer.activation().map(|activation| {
                let ActivationSpecification { name, settings } = ActivationSpecification::of(activation);
                Activation { name, settings, probe: probe(activation) }
            });
            Layer { kind, inputs: inputs as u64, outputs: outputs as u64, settings, activation }
        });
        Self { precision: T::NAME.into(), backend: checkpoint.backend.clone(), layers: layers.collect() }
    }

    fn decode(bytes: &[u8]) -> Result<Self> {
        let limited = config::legacy().with_limit::<METADATA_LIMIT>();
        let invalid =
            |found: String| Error::invalid("section \"dnn/network\"", found, "a network's description");
        let decoded = bincode::serde::decode_from_slice(bytes, limited);
        let (metadata, used) = decoded.map_err(|error| invalid(format!("cannot be decoded ({error})")))?;
        if used != bytes.len() {
            return Err(invalid(format!("has {} bytes, of which {used} mean something", bytes.len())));
        }
        Ok(metadata)
    }
}

impl Layer {
    fn specification(&self) -> Result<LayerSpecification> {
        let size = |size: u64| {
            usize::try_from(size).map_err(|_| {
                Error::invalid(
                    "section \"dnn/network\"",
                    format!("has a layer of {size} units"),
                    "what memory holds",
                )
            })
        };
        let activation = self.activation.as_ref().map(|activation| ActivationSpecification {
            name: activation.name.clone(),
            settings: activation.settings.clone(),
        });
        Ok(LayerSpecification {
            kind: self.kind.clone(),
            inputs: size(self.inputs)?,
            outputs: size(self.outputs)?,
            activation,
            settings: self.settings.clone(),
        })
    }
}

fn probe(activation: &dyn AnyActivation) -> [(f64, f64); PROBES.len()] {
    PROBES.map(|z| activation::probe(activation, z))
}

/// Compares what each activation computes now with what it computed when the file was written.
fn check_probes(network: &Network, layers: &[Layer]) -> Result<()> {
    for (index, (layer, kept)) in network.layers().iter().zip(layers).enumerate() {
        let (Some(activation), Some(kept)) = (layer.activation(), &kept.activation) else { continue };
        for (z, (found, expected)) in PROBES.iter().zip(probe(activation).into_iter().zip(kept.probe)) {
            for (name, found, expected) in [("g", found.0, expected.0), ("g'", found.1, expected.1)] {
                let close = (found - expected).abs() <= PROBE_TOLERANCE * found.abs().max(expected.abs());
                if !(close || found.to_bits() == expected.to_bits()) {
                    let (layer, activation) = (index + 1, kept.name.clone());
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
    }
    Ok(())
}
