//! Ctrl-C, and the signal that asks a process to end: the first ends a training after its step, or
//! its chunk of a streamed table, the second at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dnn_train::Stop;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::{Error, Result};

/// The exit code of a process that Ctrl-C ended.
const STOPPED: i32 = 130;

/// What Ctrl-C requests from now on.
///
/// # Errors
/// [`Error::Other`] if the system lets nobody watch.
pub(crate) fn watch() -> Result<Stop> {
    let pressed = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal must find the flag down.
        flag::register_conditional_shutdown(signal, STOPPED, Arc::clone(&pressed))
            .and_then(|_| flag::register(signal, Arc::clone(&pressed)))
            .map_err(|error| Error::Other(format!("cannot watch for Ctrl-C: {error}").into()))?;
    }
    Ok(Stop::from(pressed))
}
