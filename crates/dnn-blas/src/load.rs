//! Shared libraries found at run time: opening one, and filling the table of CBLAS functions from it.
//!
//! How a file is opened stands in `symbols`, which library it is and what it needs in `library`, which names are tried in
//! `auto`.

use std::sync::{Arc, Mutex, PoisonError};

use dnn_core::BackendIdentity;

use crate::cblas::{Cblas, Gemm, Known, Table};
use crate::symbols::{Fault, Symbols, file_of};
use crate::{Error, Result, library};

/// Every library that was made ready. Held while one is asked what it is: most answer from a static buffer.
static READY: Mutex<Vec<Cblas>> = Mutex::new(Vec::new());

/// The library of these functions, made ready the first time it is asked for and shared from then on: a kernel is never
/// changed under somebody who computes, and what must come one by one does so for all who use the library.
pub(crate) fn ready_once(
    (sgemm, dgemm): (Gemm<f32>, Gemm<f64>),
    origin: &str,
    make_ready: impl FnOnce() -> Result<Known, Fault>,
) -> Result<Cblas, Fault> {
    let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = ready.iter().find(|known| known.is_of(sgemm)) {
        let identity = BackendIdentity { origin: origin.into(), ..known.identity.clone() };
        return Ok(Cblas { identity, ..known.clone() });
    }
    let Known { library, version, kernel, alone, advice } = make_ready()?;
    let identity = BackendIdentity { library: library.into(), version, kernel, origin: origin.into() };
    let table = Arc::new(Table { sgemm, dgemm, alone });
    ready.push(Cblas { table, identity, file: file_of(sgemm as *const ()), advice });
    Ok(ready[ready.len() - 1].clone())
}

/// Opens the shared library `name`, for a user who wrote `asked`: a path if it has a `/` in it, else a name that the
/// system's loader looks for. Its symbols stay its own; one that is open already is shared.
pub(crate) fn load(name: &str, asked: &str) -> Result<Cblas> {
    let fault = |Fault { found, remedy }| Error::Library { asked: asked.into(), found, remedy };
    let symbols = Symbols::open(name).map_err(fault)?;
    let functions = symbols.get::<Gemm<f32>>(c"cblas_sgemm").zip(symbols.get::<Gemm<f64>>(c"cblas_dgemm"));
    let functions = functions.ok_or_else(|| fault(library::without_cblas(&symbols)))?;
    ready_once(functions, "found at run time", || library::recognise(&symbols)).map_err(fault)
}
