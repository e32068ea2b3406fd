//! Which back end to use: the rule of [`auto`], names, and everything there is.

use std::path::PathBuf;
use std::sync::Arc;

use dnn_core::Backend;

use crate::cblas::Cblas;
use crate::load::load;
use crate::pure::AVX512;
use crate::{Error, PureRust, Result, environment};

/// A back end and what is known of it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Found {
    /// The back end.
    pub backend: Arc<dyn Backend>,
    /// The file its functions come from, if it has one and the system tells.
    pub file: Option<PathBuf>,
    /// What the user could do to make it faster, in words.
    pub advice: Option<String>,
    /// What it would do with threads of its own, and how it is kept from it, in words.
    pub threading: &'static str,
    /// Why it was taken, in words.
    pub reason: String,
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Found")
            .field("backend", &self.backend.identity().to_string())
            .field("file", &self.file)
            .field("advice", &self.advice)
            .finish()
    }
}

impl From<Cblas> for Found {
    fn from(blas: Cblas) -> Self {
        let (file, advice, threading) = (blas.file.clone(), blas.advice.clone(), blas.table.alone.describe());
        Self { backend: Arc::new(blas), file, advice, threading, reason: "it is there".into() }
    }
}

/// The best back end on this machine, by this rule:
///
/// 1. the one the environment variable `DNN_BLAS` names, as [`by_name`] does;
/// 2. the OpenBLAS that was linked (features `openblas-system`, `openblas-static`);
/// 3. pure Rust on a chip with AVX-512, where it is the faster one: there a step with OpenBLAS's best kernel took 1.08
///    (`wide`) to 1.3 (`cat`) times as long. With its AVX2 kernel pure Rust takes up to 1.2 times as long (`wide`);
/// 4. an OpenBLAS that the system's loader finds;
/// 5. pure Rust.
///
/// The rule measures nothing, so that the same machine gives the same bits. MKL and BLIS are used only when named. An OpenBLAS that chose its *Haswell* kernels on a chip with AVX-512 is told to
/// use *SkylakeX*, unless the variable `OPENBLAS_CORETYPE` is set: the variable is set for a moment and OpenBLAS chooses
/// again. This happens once for each library, when this crate first opens it. So call this early: while no thread of C code
/// reads the environment, and none computes with that OpenBLAS.
///
/// # Errors
/// As [`by_name`], if `DNN_BLAS` is set: a name that does not work is never passed over in silence.
pub fn auto() -> Result<Arc<dyn Backend>> {
    Ok(choose()?.backend)
}

/// [`auto`], with what is known of the choice.
///
/// # Errors
/// As [`auto`].
pub fn choose() -> Result<Found> {
    match environment::blas() {
        Some(name) => {
            let asked = format!("{}={name}", environment::BLAS);
            Ok(Found { reason: format!("{asked} names it"), ..named(&name, &asked)? })
        }
        None => Ok(best()),
    }
}

/// The back end called `name`: `pure` or `rust`, `linked`, `openblas` (linked, else found), `mkl`, `blis`, or else the
/// path or file name of a shared library. Capitals do not matter in the former.
///
/// # Errors
/// [`Error::Name`] if it is neither; [`Error::NotLinked`] for `linked` in a program without; [`Error::Library`] if there is
/// no such library, or none that can be used.
pub fn by_name(name: &str) -> Result<Found> {
    named(name, name)
}

/// Every back end there is, the best first: each library once, also those only used when named.
pub fn available() -> Vec<Found> {
    let mut libraries: Vec<Cblas> = linked_library("linked").into_iter().collect();
    for name in [OPENBLAS, MKL, BLIS].into_iter().flat_map(|(_, files)| files) {
        if let Ok(blas) = load(name, name)
            && !libraries.iter().any(|known| known.is_of(blas.table.sgemm))
        {
            libraries.push(blas);
        }
    }
    libraries.into_iter().map(Found::from).chain([pure_rust()]).collect()
}

/// Whether [`by_name`] takes `name` for the path or file name of a library, whose code it would run. A file has a separator or
/// an ending; what has neither is a name.
pub fn names_a_library(name: &str) -> bool {
    name.contains(['/', '\\', '.'])
}

fn named(name: &str, asked: &str) -> Result<Found> {
    match name.to_lowercase().as_str() {
        "pure" | "rust" => Ok(pure_rust()),
        "linked" => linked(asked),
        "openblas" => linked(asked).or_else(|_| first(OPENBLAS, asked)),
        "mkl" => first(MKL, asked),
        "blis" => first(BLIS, asked),
        // Mistyped.
        _ if !names_a_library(name) => Err(Error::Name { asked: asked.into() }),
        _ => load(name, asked).map(Found::from),
    }
}

/// The rule of [`auto`] where nobody has a wish.
fn best() -> Found {
    let because = |found: Found, reason: &str| Found { reason: reason.into(), ..found };
    if let Ok(found) = linked("linked") {
        return because(found, "it is linked into this program");
    }
    if PureRust.identity().kernel == AVX512 {
        return because(pure_rust(), "with AVX-512 it is the fastest");
    }
    match first(OPENBLAS, "openblas") {
        Ok(found) => because(found, "the system's loader finds it, and this chip has no AVX-512"),
        Err(_) => because(pure_rust(), "no OpenBLAS is linked, and the system's loader finds none"),
    }
}

fn pure_rust() -> Found {
    Found {
        backend: Arc::new(PureRust),
        file: None,
        advice: None,
        threading: "none of its own",
        reason: "it is always there".into(),
    }
}

fn linked(asked: &str) -> Result<Found> {
    linked_library(asked).map(Found::from)
}

#[cfg(any(feature = "openblas-system", feature = "openblas-static"))]
fn linked_library(_asked: &str) -> Result<Cblas> {
    Cblas::linked()
}

#[cfg(not(any(feature = "openblas-system", feature = "openblas-static")))]
fn linked_library(asked: &str) -> Result<Cblas> {
    Err(Error::NotLinked { asked: asked.into() })
}

/// The first file of `known` that works; else the error of the first that is there, or the names of all that are not.
fn first((library, files): KnownLibrary, asked: &str) -> Result<Found> {
    let none = Error::Library {
        asked: asked.into(),
        found: format!("none of {} where the system's loader looks", files.join(", ")),
        remedy: format!("install {library}, or write the path of its file"),
    };
    let mut error = None;
    for name in files {
        match load_as(library, name, asked) {
            Ok(blas) => return Ok(blas.into()),
            // Without the file, the loader's message begins with its name.
            Err(Error::Library { found, .. }) if found.contains(&format!("\"{name}: cannot open")) => {}
            Err(other) => error = error.or(Some(other)),
        }
    }
    Err(error.unwrap_or(none))
}

/// The library `name`, unless another stands behind that name, as a link may have it: `auto` takes only OpenBLAS.
fn load_as(library: &str, name: &str, asked: &str) -> Result<Cblas> {
    let blas = load(name, asked)?;
    if blas.identity.library == library {
        return Ok(blas);
    }
    let found = format!("{} behind the name {name}", blas.identity.library);
    Err(Error::Library { asked: asked.into(), found, remedy: format!("let that name be {library}'s again") })
}

/// A library's name, and the files under which the system's loader knows it, newest first.
type KnownLibrary = (&'static str, &'static [&'static str]);

const OPENBLAS: KnownLibrary = ("OpenBLAS", OPENBLAS_FILES);
const MKL: KnownLibrary = ("MKL", MKL_FILES);
const BLIS: KnownLibrary = ("BLIS", BLIS_FILES);

#[cfg(windows)]
const OPENBLAS_FILES: &[&str] = &["libopenblas.dll", "openblas.dll"];
#[cfg(windows)]
const MKL_FILES: &[&str] = &["mkl_rt.3.dll", "mkl_rt.2.dll", "mkl_rt.dll"];
#[cfg(windows)]
const BLIS_FILES: &[&str] = &["libblis.4.dll", "libblis.dll"];

#[cfg(target_os = "macos")]
const OPENBLAS_FILES: &[&str] = &[
    "libopenblas.0.dylib",
    "libopenblas.dylib",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
];
#[cfg(target_os = "macos")]
const MKL_FILES: &[&str] = &["libmkl_rt.3.dylib", "libmkl_rt.2.dylib", "libmkl_rt.dylib"];
#[cfg(target_os = "macos")]
const BLIS_FILES: &[&str] = &["libblis.4.dylib", "libblis.dylib", "/opt/homebrew/opt/blis/lib/libblis.dylib"];

#[cfg(not(any(windows, target_os = "macos")))]
const OPENBLAS_FILES: &[&str] = &["libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0"];
#[cfg(not(any(windows, target_os = "macos")))]
const MKL_FILES: &[&str] = &["libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"];
#[cfg(not(any(windows, target_os = "macos")))]
const BLIS_FILES: &[&str] = &["libblis.so.5", "libblis.so.4", "libblis.so", "libblis-mt.so"];
