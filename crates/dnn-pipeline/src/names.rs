//! What configurations and files can name.

use dnn_core::Registry;

/// What configurations and files can name: what is built in, and what plug-ins add.
pub struct Names {
    /// Layers, activations, costs, metrics, optimizers and schedules.
    pub registry: Registry,
}

impl Names {
    /// What is built in.
    pub fn builtin() -> Self {
        Self { registry: dnn_train::registry() }
    }
}
