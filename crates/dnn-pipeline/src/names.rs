//! What trainings and files can name.

use dnn_core::Registry;
use dnn_train::Catalogue;

/// What configurations and files can name: what is built in, and what plug-ins add.
pub struct Names {
    /// Activations and layers.
    pub registry: Registry,
    /// Costs, metrics and optimizers.
    pub catalogue: Catalogue,
}

impl Names {
    /// What is built in.
    pub fn builtin() -> Self {
        Self { registry: Registry::builtin(), catalogue: Catalogue::builtin() }
    }
}
