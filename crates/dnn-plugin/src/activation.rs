//! An activation of a plug-in, with its constants, as a network holds it.

use std::sync::Arc;

use dnn_core::{Activation, AnyActivation, Configured, Error, NamedConfig, Real, Result, Saved};

use crate::foreign::Foreign;

/// A plug-in's activation with these constants.
#[derive(Debug)]
pub(crate) struct WithConstants {
    foreign: Arc<Foreign>,
    constants: Vec<f64>,
}

impl WithConstants {
    /// The activation that `found` describes.
    ///
    /// # Errors
    /// [`Error::Constants`] if a constant is missing, not finite, not asked for, or refused by the plug-in.
    pub(crate) fn make(foreign: &Arc<Foreign>, found: &NamedConfig) -> Result<Self> {
        let refuse = |expected| {
            let fault = format!(
                "has constants {:?}, but {expected}: correct them, or use the version that wrote them",
                found.constants
            );
            Error::constants("activation", &foreign.name, vec![fault])
        };
        let names = &foreign.constants;
        let value = |name: &String| found.constants.get(name).copied().filter(|value| value.is_finite());
        let constants: Option<Vec<f64>> = names.iter().map(value).collect();
        let constants = constants
            .filter(|constants| constants.len() == found.constants.len())
            .ok_or_else(|| refuse(format!("takes finite values for {names:?} and nothing else")))?;
        match foreign.refuse(&constants) {
            None => Ok(Self { foreign: foreign.clone(), constants }),
            Some(expected) => Err(refuse(expected)),
        }
    }
}

impl<T: Real> Activation<T> for WithConstants {
    fn saved(&self) -> Saved {
        self.foreign.saved
    }

    fn forward(&self, _units: usize, _parameters: &[T], z: &mut [T]) {
        T::half(&self.foreign.functions).forward(&self.constants, z);
    }

    fn backward(&self, _units: usize, _parameters: &[T], saved: &[T], delta: &mut [T]) {
        T::half(&self.foreign.functions).backward(&self.constants, saved, delta);
    }
}

impl Configured for WithConstants {
    fn name(&self) -> &str {
        &self.foreign.name
    }

    fn config(&self) -> NamedConfig {
        let constants = self.foreign.constants.iter().cloned().zip(self.constants.iter().copied());
        NamedConfig { name: self.foreign.name.clone(), constants: constants.collect() }
    }
}

impl AnyActivation for WithConstants {}
