//! Plug-ins in shared libraries, for those who cannot compile `dnn` again: a versioned C interface, `dnn-plugin.h`, and what
//! loads it.
//!
//! Loading a plug-in runs its code, with all the rights of the process: load only what you would start as a program. A model
//! file never loads anything. It names activations, and [`Registry`] makes those that were added before; so the person who
//! starts the program decides, and not the file.
//!
//! A plug-in in Rust is better compiled in: see [`dnn_core::Registry`].

mod activation;
mod c;
mod error;
mod foreign;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use dnn_core::{AnyActivation, Registry};

use activation::WithConstants;
pub use error::{Error, Result};
use foreign::Foreign;

/// A plug-in that was loaded, and stays so until the process ends.
///
/// ```
/// use dnn_plugin::Plugin;
///
/// let refused = Plugin::load("no-such-plugin.so").unwrap_err().to_string();
/// assert!(refused.starts_with("no-such-plugin.so: found no file there"), "{refused}");
/// ```
#[derive(Debug)]
pub struct Plugin {
    name: String,
    version: String,
    activations: Vec<Arc<Foreign>>,
}

impl Plugin {
    /// Loads the shared library `path`, relative to the current folder and looked for nowhere else. Its code runs.
    ///
    /// # Errors
    /// [`Error`], if it is not there, no shared library, no plug-in, for another version of the interface, or describes itself
    /// wrongly.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let found = foreign::open(path.as_ref())?;
        let activations = found.activations.into_iter().map(Arc::new).collect();
        Ok(Self { name: found.name, version: found.version, activations })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Adds what it brings to `registry`.
    ///
    /// # Errors
    /// [`dnn_core::Error::Duplicate`] if a name is taken, as it is when the plug-in was added before.
    pub fn register(&self, registry: &mut Registry) -> dnn_core::Result<()> {
        self.activations.iter().try_for_each(|foreign| {
            let foreign = foreign.clone();
            let name = foreign.name.clone();
            registry.add_maker::<dyn AnyActivation>(&name, move |found| {
                Ok(Arc::new(WithConstants::make(&foreign, found)?))
            })
        })
    }
}

impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.activations.iter().map(|activation| activation.name.as_str()).collect();
        write!(f, "{} {}: {}", self.name, self.version, names.join(", "))
    }
}

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
