//! What a checkpoint file says of itself, read without making its network: so a file that needs a plug-in which is not there
//! can be looked into all the same.

use std::path::Path;

use dnn_core::LayerSpecification;
use serde::de::DeserializeOwned;

use crate::container::{self, Section};
use crate::metadata::{self, Metadata};
use crate::{Checkpoint, Disk, Error, Result, checkpoint, file};

/// A checkpoint file whose checksums are right, its layers as plain data.
///
/// ```
/// use dnn_core::{Network, Relu, Sigmoid};
/// use dnn_io::{Checkpoint, Outline};
///
/// let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
/// let mut model = Checkpoint::new(network.clone(), network.starting_parameters::<f32>())?;
/// model.set_section("my-program/note", "planar data")?;
///
/// let outline = Outline::from_bytes(model.to_bytes()?)?;
/// assert_eq!((outline.precision(), outline.parameter_count()), ("f32", 13));
/// assert_eq!(outline.layers()[0].outputs, 3);
/// assert_eq!(outline.section::<String>("my-program/note")?.as_deref(), Some("planar data"));
/// let parameters = outline.sections().iter().find(|section| section.name == "dnn/parameters").expect("it is always there");
/// assert_eq!(parameters.bytes.len(), 13 * 4);
/// # Ok::<(), dnn_io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Outline {
    file: Vec<u8>,
    precision: String,
    backend: String,
    layers: Vec<LayerSpecification>,
    sections: Vec<Section>,
}

impl Outline {
    /// The outline of the file's bytes, which it keeps.
    ///
    /// # Errors
    /// As [`Checkpoint::from_bytes`], but for what only a network that is made can show.
    pub fn from_bytes(file: Vec<u8>) -> Result<Self> {
        let sections = container::decode(&file)?;
        let Metadata { precision, backend, layers } =
            metadata::describe(container::find(&file, &sections, metadata::SECTION)?)?;
        if !["f32", "f64"].contains(&precision.as_str()) {
            let found = format!("names the precision {precision:?}");
            return Err(Error::invalid("section \"dnn/network\"", found, "f32 or f64"));
        }
        container::find(&file, &sections, checkpoint::PARAMETERS)?;
        Ok(Self { precision, backend, layers, sections, file })
    }

    /// The outline of the file at `path`.
    ///
    /// # Errors
    /// [`Error::File`], or [`Error::Load`] with an error of [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let outline = Self::from_bytes(file::read(&Disk, path)?);
        outline.map_err(|error| Error::Load { path: path.into(), error: error.into() })
    }

    /// Bytes of the whole file.
    pub fn bytes(&self) -> usize {
        self.file.len()
    }

    /// `"f32"` or `"f64"`.
    pub fn precision(&self) -> &str {
        &self.precision
    }

    /// The back end that computed the parameters; empty if it was not noted.
    pub fn backend(&self) -> &str {
        &self.backend
    }

    /// The layers, whether this program knows them or not.
    pub fn layers(&self) -> &[LayerSpecification] {
        &self.layers
    }

    /// Numbers in the section of parameters.
    pub fn parameter_count(&self) -> usize {
        let number = if self.precision == "f32" { size_of::<f32>() } else { size_of::<f64>() };
        let parameters = self.sections.iter().find(|section| section.name == checkpoint::PARAMETERS);
        parameters.map_or(0, |section| section.bytes.len()) / number
    }

    /// Every section, sorted by name.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// What was kept under `name`.
    ///
    /// # Errors
    /// As [`Checkpoint::section`].
    pub fn section<V: DeserializeOwned>(&self, name: &str) -> Result<Option<V>> {
        let section = self.sections.iter().find(|section| section.name == name);
        let bytes = section.map(|section| &self.file[section.bytes.clone()]);
        bytes.map(|bytes| checkpoint::read_section(name, bytes)).transpose()
    }

    /// The checkpoint itself, its layers made by `registry`.
    ///
    /// # Errors
    /// As [`Checkpoint::from_bytes`].
    pub fn checkpoint<T: dnn_core::Real>(&self, registry: &dnn_core::Registry) -> Result<Checkpoint<T>> {
        Checkpoint::from_bytes(&self.file, registry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::{Elementwise, Identity, Named, Network, Real, Registry, Saved};

    #[derive(Clone, Default)]
    struct Cube;

    impl Named for Cube {
        const NAME: &'static str = "test/cube";
    }

    impl Elementwise for Cube {
        const SAVED: Saved = Saved::Input;
        fn f<T: Real>(&self, z: T) -> T {
            z * z * z
        }
        fn df<T: Real>(&self, z: T) -> T {
            T::of(3.0) * z * z
        }
    }

    fn file() -> Vec<u8> {
        let network = Network::builder(2).dense(3, Cube).dense(1, Identity);
        let network = network.build().unwrap();
        Checkpoint::new(network.clone(), network.starting_parameters::<f64>()).unwrap().to_bytes().unwrap()
    }

    #[test]
    fn a_file_that_needs_a_missing_plug_in_is_outlined() {
        let outline = Outline::from_bytes(file()).unwrap();
        assert_eq!(outline.layers()[0].activation.as_ref().unwrap().name, "test/cube");
        assert_eq!((outline.precision(), outline.parameter_count()), ("f64", 13));
        assert_eq!(
            outline.sections().iter().map(|section| &section.name).collect::<Vec<_>>(),
            ["dnn/network", "dnn/parameters"]
        );
        let error = outline.checkpoint::<f64>(&Registry::builtin()).unwrap_err().to_string();
        assert!(error.starts_with("unknown activation \"test/cube\""), "{error}");
    }

    #[test]
    fn a_damaged_file_has_no_outline() {
        let whole = file();
        for at in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(Outline::from_bytes(damaged).unwrap_err().is_damage() || at < 16, "byte {at}");
        }
    }
}
