//! Shared libraries found at run time: opening one, and filling the table of CBLAS functions from it.
//!
//! Which library it is, and what it needs, is found out in `library`; which names are tried, in `auto`.
//!
//! Invariant, relied on by the `unsafe` below: what is opened is meant by the user or the system's packager to be a
//! library of matrix products, whose start-up code runs on opening; it is never closed, since its threads and exit
//! handlers would be left without their code, so every function taken from it stays.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dnn_core::BackendIdentity;

use crate::cblas::{Cblas, Gemm, Table};
use crate::library::{self, Fault, Known};
use crate::{Error, Result, environment};

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

impl Cblas {
    /// Opens the shared library `name`: a path if it has a `/` in it, else a name that the system's loader looks for.
    ///
    /// Its symbols stay its own: it neither sees those of another BLAS in this process, nor is seen. A library that is
    /// open already is shared. An OpenBLAS is told to use its kernels for AVX-512 where the chip has it (see
    /// [`crate::auto`], also for the threads that must not run meanwhile).
    ///
    /// # Errors
    /// [`Error::Library`] if there is no such file, if it is no shared library, if it lacks CBLAS functions, or if they
    /// take 64-bit integers.
    pub fn load(name: &str) -> Result<Self> {
        load(name, name)
    }
}

/// [`Cblas::load`], for a user who wrote `asked`.
pub(crate) fn load(name: &str, asked: &str) -> Result<Cblas> {
    let fault = |Fault { found, remedy }| Error::Library { asked: asked.into(), found, remedy };
    let symbols = Symbols::open(name).map_err(fault)?;
    fill(&symbols).map_err(fault)
}

fn fill(symbols: &Symbols) -> Result<Cblas, Fault> {
    let functions = symbols.get::<Gemm<f32>>(c"cblas_sgemm").zip(symbols.get::<Gemm<f64>>(c"cblas_dgemm"));
    let functions = functions.ok_or_else(|| library::without_cblas(symbols))?;
    let kernel_chosen = environment::wishes().kernel_chosen;
    ready_once(functions, "found at run time", || library::recognise(symbols, kernel_chosen))
}

/// An open library, never closed (see the head of this module).
pub(crate) struct Symbols(ManuallyDrop<SystemLibrary>);

#[cfg(unix)]
type SystemLibrary = libloading::os::unix::Library;
#[cfg(not(unix))]
type SystemLibrary = libloading::Library;

impl Symbols {
    pub(crate) fn open(name: &str) -> Result<Self, Fault> {
        if name.contains('/') && !Path::new(name).exists() {
            return Err(Fault::new("no such file", "correct the path"));
        }
        open(name).map(|library| Self(ManuallyDrop::new(library))).map_err(|error| {
            let reason = std::error::Error::source(&error).map_or(error.to_string(), ToString::to_string);
            Fault::new(
                format!("what the system's loader refuses (\"{reason}\")"),
                "name the file of a BLAS for this system, and see that the libraries it needs are there",
            )
        })
    }

    /// This program with everything linked to it.
    #[cfg(all(unix, any(feature = "openblas-system", feature = "openblas-static")))]
    pub(crate) fn of_this_program() -> Self {
        Self(ManuallyDrop::new(SystemLibrary::this()))
    }

    /// The function `name`, of this library or of one it needs. `F` is its type, a function pointer.
    pub(crate) fn get<F: Copy>(&self, name: &CStr) -> Option<F> {
        const { assert!(size_of::<F>() == size_of::<fn()>()) };
        // SAFETY: the names asked for in this crate stand for functions whose types their libraries document; the
        // library is never closed.
        let symbol = unsafe { self.0.get::<F>(name.to_bytes_with_nul()) };
        symbol.ok().map(|symbol| *symbol)
    }

    pub(crate) fn has(&self, name: &CStr) -> bool {
        self.get::<unsafe extern "C" fn()>(name).is_some()
    }
}

/// Opens with the library's own symbols first: else a BLIS would call the `sgemm_` of an OpenBLAS that is linked.
#[cfg(unix)]
fn open(name: &str) -> Result<SystemLibrary, libloading::Error> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    const OWN_FIRST: i32 = libc::RTLD_DEEPBIND;
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    const OWN_FIRST: i32 = 0;
    // SAFETY: see the head of this module.
    unsafe { SystemLibrary::open(Some(name), libc::RTLD_NOW | libc::RTLD_LOCAL | OWN_FIRST) }
}

#[cfg(not(unix))]
fn open(name: &str) -> Result<SystemLibrary, libloading::Error> {
    // SAFETY: see the head of this module.
    unsafe { SystemLibrary::new(name) }
}

/// The file that holds the code at `address`.
#[cfg(unix)]
pub(crate) fn file_of(address: *const ()) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: `dladdr` takes any address and fills the structure, of which all zeros is a value.
    let known = unsafe { libc::dladdr(address.cast(), info.as_mut_ptr()) } != 0;
    // SAFETY: as above.
    let name = unsafe { info.assume_init() }.dli_fname;
    if !known || name.is_null() {
        return None;
    }
    // SAFETY: the loader's own text, which lives as long as the library.
    let name = unsafe { CStr::from_ptr(name) };
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(name.to_bytes())))
}

/// Nobody tells here.
#[cfg(not(unix))]
pub(crate) fn file_of(_address: *const ()) -> Option<PathBuf> {
    None
}
