//! What lets files and `dnn.toml` name the two activations.

use std::sync::Arc;

use dnn_core::{AnyActivation, IntoActivation, Registry, Result};

use crate::{Limited, PRelu};

/// Adds both.
///
/// # Errors
/// If `registry` has one of them already.
pub fn both(registry: &mut Registry) -> Result<()> {
    both_scaled(registry, 1.0)
}

/// Adds both, [`Limited`] with `scale` times the limit that is asked for: with another scale than 1 it is another version of
/// the plug-in, which must be noticed.
///
/// # Errors
/// As for [`both`].
pub fn both_scaled(registry: &mut Registry, scale: f64) -> Result<()> {
    registry.add(move |asked: Limited| Limited { limit: scale * asked.limit }.into_activation())?;
    registry.add(|prelu: PRelu| -> Arc<dyn AnyActivation> { Arc::new(prelu) })
}
