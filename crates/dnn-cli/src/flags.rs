//! Flags that several commands share, and what they choose.

use std::sync::Arc;
use std::thread::available_parallelism;

use clap::Args;
use dnn_blas::Threads;
use dnn_core::{Backend, Compute};

use crate::Result;

/// What computes, for every command that does.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct MachineFlags {
    /// Threads that share the work; they change no result [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// What multiplies matrices: pure, openblas, mkl, blis, linked, auto, or the path of a library [default: auto]
    #[arg(long, value_name = "NAME")]
    pub(crate) backend: Option<String>,
}

/// What computes.
pub(crate) struct Machine {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) threads: Threads,
}

impl MachineFlags {
    /// Opens the library and starts the threads.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] if there is no such library, or the system starts no more threads.
    pub(crate) fn start(&self) -> Result<Machine> {
        let backend = match self.backend.as_deref() {
            None | Some("auto") => dnn_blas::auto()?,
            Some(name) => dnn_blas::by_name(name)?.backend,
        };
        let threads = match self.threads {
            Some(threads) => threads.into(),
            None => available_parallelism().map_or(1, usize::from),
        };
        Ok(Machine { backend, threads: Threads::new(threads)? })
    }
}

impl Machine {
    /// What a network is given to compute with.
    pub(crate) fn compute(&self) -> Compute<'_> {
        Compute { backend: &*self.backend, pool: &self.threads }
    }
}
