//! The program: what it knows by name, and who watches its trainings.

use dnn_core::Registry;
use dnn_observe::RunFolder;
use dnn_pipeline::Cause;
use dnn_train::{Observer, ObserverError};

type MakeObserver = Box<dyn Fn(&RunFolder) -> Result<Box<dyn Observer>, ObserverError> + Send + Sync>;

/// The `dnn` command, and everything it knows by name.
///
/// What is added is chosen like what is built in: activations and layers in `dnn.toml` and in model files, costs, metrics
/// and optimizers in `dnn.toml`. Observers watch every training. `examples/plugin-program` is a whole program.
pub struct Program {
    pub(crate) names: Registry,
    observers: Vec<MakeObserver>,
    /// The first plug-in that could not be added.
    pub(crate) refused: Option<Cause>,
}

impl Program {
    /// The program with what is built in.
    #[allow(clippy::new_without_default)] // a program is begun, not filled in
    pub fn new() -> Self {
        Self { names: dnn_train::registry(), observers: Vec::new(), refused: None }
    }

    /// Adds layers, activations, costs, metrics, optimizers and schedules.
    #[must_use]
    pub fn registry(mut self, add: impl FnOnce(&mut Registry) -> dnn_core::Result<()>) -> Self {
        let added = add(&mut self.names);
        self.note(added.map_err(Into::into))
    }

    /// Has an observer made for every training, which is told the run's folder.
    #[must_use]
    pub fn observer(
        mut self,
        make: impl Fn(&RunFolder) -> Result<Box<dyn Observer>, ObserverError> + Send + Sync + 'static,
    ) -> Self {
        self.observers.push(Box::new(make));
        self
    }

    fn note(mut self, added: Result<(), Cause>) -> Self {
        self.refused = self.refused.or(added.err());
        self
    }

    /// The added observers of the run in `folder`.
    ///
    /// # Errors
    /// If one cannot be made.
    pub(crate) fn observers(&self, folder: &RunFolder) -> Result<Vec<Box<dyn Observer>>, ObserverError> {
        self.observers.iter().map(|make| make(folder)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::IntoActivation;

    #[test]
    fn a_plug_in_that_cannot_be_added_is_noted() {
        let program = Program::new().registry(|registry| registry.add(dnn_core::Relu::into_activation));
        assert!(program.refused.as_ref().unwrap().to_string().contains("relu"));
    }
}
