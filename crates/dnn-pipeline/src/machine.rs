//! What computes: a back end and threads.

use std::sync::Arc;
use std::thread::available_parallelism;

use dnn_blas::Threads;
use dnn_core::{Backend, Compute};

use crate::config::Run;
use crate::{Error, Result};

/// What computes.
pub struct Machine {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) threads: Threads,
}

impl Machine {
    /// The back end called `backend` (`pure`, `openblas`, `mkl`, `blis`, `linked`, `auto`, or the path of a library), and so
    /// many threads; the best known one and all cores where nothing is said.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such library, or the system starts no more threads.
    pub fn new(threads: Option<u16>, backend: Option<&str>) -> Result<Self> {
        let backend = match backend {
            None | Some("auto") => dnn_blas::auto()?,
            Some(name) => dnn_blas::by_name(name)?.backend,
        };
        Ok(Self { backend, threads: Threads::new(threads.map_or_else(cores, usize::from))? })
    }

    /// What a configuration asks for.
    ///
    /// # Errors
    /// As [`Machine::new`]; [`Error::Configuration`] if a file, and not a program, names a library by its path.
    pub(crate) fn of(run: &Run, threads: Option<u16>) -> Result<Self> {
        match run.backend.as_deref() {
            Some(path) if !run.trusted && dnn_blas::names_a_library(path) => Err(Error::Configuration(
                format!("run.backend is {path}, expected a name: a library runs code, so no file may name one by its path").into(),
            )),
            backend => Self::new(threads, backend),
        }
    }

    /// What a network is given to compute with.
    pub fn compute(&self) -> Compute<'_> {
        Compute { backend: &*self.backend, pool: &self.threads }
    }
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}
