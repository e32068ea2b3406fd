//! An open shared library: its functions by name, and why one cannot be used.
//!
//! Invariant, relied on by the `unsafe` below: what is opened is meant by the user or the system's packager to be a
//! library of matrix products, whose start-up code runs on opening; it is never closed, since its threads and exit
//! handlers would be left without their code, so every function taken from it stays.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use crate::alone::OpenMp;

/// Why a library cannot be used.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) found: String,
    pub(crate) remedy: String,
}

impl Fault {
    pub(crate) fn new(found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { found: found.into(), remedy: remedy.into() }
    }

    pub(crate) fn long_integers(library: &str) -> Self {
        Self::new(
            format!("{library} built for 64-bit integers"),
            "name its build for 32-bit integers (LP64), as Debian's libopenblas0-pthread",
        )
    }
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

/// The OpenMP library that this one needs, if any.
pub(crate) fn open_mp(symbols: &Symbols) -> Option<OpenMp> {
    let (get, set) = (symbols.get(c"omp_get_max_threads")?, symbols.get(c"omp_set_num_threads")?);
    Some(OpenMp { get, set })
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
