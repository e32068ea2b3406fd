//! A checkpoint: a network, its parameters, and named sections for whoever saves more.

use std::collections::BTreeMap;
use std::path::Path;

use dnn_core::{Network, Real, Registry};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::container::{self, Content};
use crate::metadata::{self, Metadata};
use crate::{Disk, Error, Files, Result, codec, file, numbers};

/// The section of the parameters, raw.
pub(crate) const PARAMETERS: &str = "dnn/parameters";

/// A network with its parameters, as a file keeps it.
///
/// ```
/// use dnn_core::{Compute, Naive, Network, Registry, Relu, Sigmoid};
/// use dnn_io::Checkpoint;
///
/// let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
/// let parameters = network.starting_parameters::<f32>();
/// let mut saved = Checkpoint::new(network, parameters)?;
/// saved.set_section("my-program/note", "planar data")?;                // anything that serde can serialize
///
/// let bytes = saved.to_bytes()?;                        // or `saved.save(path)?`
/// let loaded = Checkpoint::<f32>::from_bytes(&bytes, &Registry::builtin())?;
/// assert_eq!(loaded.network().to_string(), "2-3-1, relu inside, sigmoid last");
/// assert_eq!(loaded.section::<String>("my-program/note")?.as_deref(), Some("planar data"));
/// # Ok::<(), dnn_io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Checkpoint<T> {
    network: Network,
    parameters: Vec<T>,
    backend: String,
    sections: BTreeMap<String, Vec<u8>>,
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
        Ok(Self { network, parameters, backend: String::new(), sections: BTreeMap::new() })
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

    /// Keeps `value` under `name`, which begins with the name of whoever understands it: `"my-program/note"`.
    ///
    /// The codec is not self-describing. A type that serde's `flatten`, `tag`, `untagged` or `skip_serializing_if` shape cannot
    /// be read back: keep such a value as a text, in JSON say.
    ///
    /// # Errors
    /// [`Error::Unsavable`] if the name is empty, longer than 32 bytes, or begins with `dnn/`; and for a value that bincode
    /// cannot write: a list of unknown length, or one that fails itself.
    pub fn set_section(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<()> {
        let mut bytes = Vec::new();
        codec::append(&mut bytes, &value).map_err(|found| Error::Unsavable {
            what: "a section's value",
            found: format!("one that bincode refuses ({found})"),
            expected: "plain data".into(),
        })?;
        self.keep(name, bytes)
    }

    /// What was kept under `name`.
    ///
    /// Takes no memory for what a length merely claims, but about 1 MiB for each list within a list.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is no `V`.
    pub fn section<V: DeserializeOwned>(&self, name: &str) -> Result<Option<V>> {
        self.sections.get(name).map(|bytes| read_section(name, bytes)).transpose()
    }

    /// Keeps `values` under `name`, as raw numbers of the checkpoint's precision.
    ///
    /// # Errors
    /// [`Error::Unsavable`] for a name as in [`set_section`](Self::set_section).
    pub fn set_numbers(&mut self, name: &str, values: &[T]) -> Result<()> {
        self.keep(name, numbers::write(values))
    }

    /// The numbers that were kept under `name`.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it holds no whole number of them.
    pub fn numbers(&self, name: &str) -> Result<Option<Vec<T>>> {
        let Some(bytes) = self.sections.get(name) else { return Ok(None) };
        if bytes.len() % T::BYTES != 0 {
            let (found, expected) = (format!("has {} bytes", bytes.len()), format!("numbers in {}", T::NAME));
            return Err(Error::invalid(&format!("section {name:?}"), found, expected));
        }
        Ok(Some(bytes.chunks_exact(T::BYTES).map(T::read).collect()))
    }

    fn keep(&mut self, name: &str, bytes: Vec<u8>) -> Result<()> {
        if name.is_empty() || name.len() > container::NAME || name.starts_with("dnn/") || name.contains('\0')
        {
            let expected = format!("1 to {} bytes that do not begin with dnn/", container::NAME);
            return Err(Error::Unsavable { what: "a section's name", found: format!("{name:?}"), expected });
        }
        self.sections.insert(name.into(), bytes);
        Ok(())
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`Error::Unsavable`] if there are more sections than a file holds, or more layers, settings or longer names.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let network = metadata::encode(&self.network, T::NAME, &self.backend)?;
        let mut sections: BTreeMap<&str, Content<'_, T>> =
            self.sections.iter().map(|(name, bytes)| (name.as_str(), Content::Bytes(bytes))).collect();
        sections.insert(metadata::SECTION, Content::Bytes(&network));
        sections.insert(PARAMETERS, Content::Numbers(&self.parameters));
        container::encode(&sections)
    }

    /// The checkpoint of these bytes, its layers made by `registry`. Takes no more memory than `bytes` has, and 1 MiB.
    ///
    /// # Errors
    /// [`Error::NotACheckpoint`], [`Error::TooNew`], [`Error::Codec`], [`Error::Length`], [`Error::Corrupt`],
    /// [`Error::Invalid`], [`Error::Precision`], [`Error::OtherPlugin`] and [`Error::Core`].
    pub fn from_bytes(bytes: &[u8], registry: &Registry) -> Result<Self> {
        let sections = container::decode(bytes)?;
        let network = container::find(bytes, &sections, metadata::SECTION)?;
        let Metadata { precision, backend, layers } = metadata::decode(network, registry)?;
        let parameters = container::find(bytes, &sections, PARAMETERS)?;
        if precision != T::NAME {
            return Err(Error::Precision { found: precision, expected: T::NAME });
        }
        // Before the network is made: it would take memory for whatever size the file claims.
        let count = Network::count(&layers)?;
        if Some(parameters.len()) != count.checked_mul(T::BYTES) {
            let found = format!("has {} bytes", parameters.len());
            let expected = format!("{count} numbers in {}", T::NAME);
            return Err(Error::invalid("section \"dnn/parameters\"", found, expected));
        }
        let own = [metadata::SECTION, PARAMETERS];
        let others = sections.into_iter().filter(|other| !own.contains(&other.name.as_str()));
        Ok(Self {
            network: Network::new(layers)?,
            parameters: parameters.chunks_exact(T::BYTES).map(T::read).collect(),
            backend,
            sections: others.map(|other| (other.name, bytes[other.bytes].into())).collect(),
        })
    }

    /// Writes the file so that `path` holds either what it held before or the whole new checkpoint.
    ///
    /// # Errors
    /// [`Error::NotCommitted`], [`Error::Denied`] and [`Error::StorageFull`]: the old file is as it was.
    /// [`Error::NotDurable`]: the new one is in place, but may not outlive a power cut. [`Error::Unsavable`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.save_on(&Disk, path)
    }

    /// [`save`](Self::save) among `files`.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_on(&self, files: &dyn Files, path: impl AsRef<Path>) -> Result<()> {
        file::replace(files, path.as_ref(), &self.to_bytes()?)
    }

    /// Reads the file at `path`, its layers made by `registry`.
    ///
    /// # Errors
    /// [`Error::File`], or [`Error::Load`] with an error of [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>, registry: &Registry) -> Result<Self> {
        Self::load_from(&Disk, path, registry)
    }

    /// [`load`](Self::load) from `files`.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_from(files: &dyn Files, path: impl AsRef<Path>, registry: &Registry) -> Result<Self> {
        let path = path.as_ref();
        let loaded = Self::from_bytes(&file::read(files, path)?, registry);
        loaded.map_err(|error| Error::Load { path: path.into(), error: error.into() })
    }
}

/// The value of the section `name`, of these bytes.
pub(crate) fn read_section<V: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<V> {
    codec::decode(bytes).map_err(|found| {
        Error::invalid(&format!("section {name:?}"), found, "what this version of the program keeps there")
    })
}
