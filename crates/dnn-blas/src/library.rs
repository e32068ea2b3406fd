//! Which library an open file is, by the functions it has; what keeps it to one thread; and what is wrong with it.
//!
//! OpenBLAS has a module of its own.
//!
//! Invariant, relied on by the `unsafe` below: a function of a name that only one library uses has the signature that
//! this library documents.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use crate::alone::{Alone, Setter};
use crate::cblas::Known;
use crate::kernel::text;
use crate::openblas::OpenBlas;
use crate::symbols::{Fault, Symbols, open_mp};

/// Finds out which library it is, and makes it ready to compute on the calling thread.
pub(crate) fn recognise(symbols: &Symbols) -> Result<Known, Fault> {
    if let Some(open_blas) = OpenBlas::of(symbols) {
        return open_blas.settle();
    }
    if symbols.has(c"MKL_Get_Version_String") {
        return mkl(symbols);
    }
    if symbols.has(c"bli_info_get_version_str") {
        return blis(symbols);
    }
    let alone = Alone::new(None, open_mp(symbols), false);
    Ok(Known {
        library: "unknown CBLAS",
        version: "unknown".into(),
        kernel: String::new(),
        alone,
        advice: Some(
            "this library is unknown to dnn: set the variables that keep it to one thread, if it has any"
                .into(),
        ),
    })
}

/// Why there are no CBLAS functions.
pub(crate) fn without_cblas(symbols: &Symbols) -> Fault {
    let long = [c"cblas_sgemm64_", c"cblas_sgemm_64", c"scipy_cblas_sgemm64_"];
    if long.into_iter().any(|name| symbols.has(name)) {
        return Fault::long_integers("a BLAS");
    }
    let fortran = if symbols.has(c"sgemm_") { ", but with the Fortran function sgemm_" } else { "" };
    Fault::new(
        format!("a shared library without cblas_sgemm and cblas_dgemm{fortran}"),
        "name a BLAS that brings its C interface, as OpenBLAS does",
    )
}

/// `MKL_INTERFACE_LP64` and `MKL_THREADING_SEQUENTIAL` of `mkl_service.h`.
const MKL_SHORT_INTEGERS: c_int = 0;
const MKL_SEQUENTIAL: c_int = 1;

fn mkl(symbols: &Symbols) -> Result<Known, Fault> {
    type Set = unsafe extern "C" fn(c_int) -> c_int;
    let set = |name, value| {
        // SAFETY: MKL's own functions, before any other (see the head of this module).
        symbols.get::<Set>(name).map(|set| unsafe { set(value) })
    };
    // The answer is the layer in use, whose lowest bit stands for 64-bit integers, or −1 if it came too late.
    if set(c"MKL_Set_Interface_Layer", MKL_SHORT_INTEGERS).is_some_and(|layer| layer > 0 && layer & 1 == 1) {
        return Err(Fault::long_integers("MKL"));
    }
    set(c"MKL_Set_Threading_Layer", MKL_SEQUENTIAL);
    let mut buffer = [0; 256];
    let version = symbols.get::<unsafe extern "C" fn(*mut c_char, c_int)>(c"MKL_Get_Version_String");
    // SAFETY: MKL writes at most 255 characters; the last place stays zero.
    let version = version.map(|version| unsafe {
        version(buffer.as_mut_ptr(), 255);
        text(buffer.as_ptr())
    });
    let branch = symbols.get::<unsafe extern "C" fn() -> c_int>(c"mkl_cbwr_get_auto_branch");
    // SAFETY: MKL's own function without arguments.
    let branch = branch.map(|branch| unsafe { branch() });
    let setter = symbols.get(c"MKL_Set_Num_Threads_Local").map(Setter::IntWithOld);
    Ok(Known {
        library: "MKL",
        version: mkl_version(&version.unwrap_or_default()),
        kernel: branch.map_or("", mkl_branch).into(),
        alone: Alone::new(setter, None, false),
        advice: None,
    })
}

/// The version in a text like "Intel(R) oneAPI Math Kernel Library Version 2024.0-Product Build 20231011 for …".
fn mkl_version(text: &str) -> String {
    let rest = text.split("Version ").nth(1).unwrap_or("unknown");
    rest.split(['-', ' ']).next().unwrap_or(rest).into()
}

/// The code branch, by the numbers of `mkl_cbwr` in `mkl_types.h`.
fn mkl_branch(number: c_int) -> &'static str {
    match number {
        4 | 5 => "SSE2",
        6 => "SSSE3",
        7 => "SSE4.1",
        8 => "SSE4.2",
        9 => "AVX",
        10 | 14 => "AVX2",
        11 | 12 | 13 | 15 => "AVX-512",
        _ => "",
    }
}

fn blis(symbols: &Symbols) -> Result<Known, Fault> {
    type Text = unsafe extern "C" fn() -> *const c_char;
    let bits = symbols.get::<unsafe extern "C" fn() -> i64>(c"bli_info_get_blas_int_type_size");
    // SAFETY: BLIS's own function without arguments.
    if bits.is_some_and(|bits| unsafe { bits() } == 64) {
        return Err(Fault::long_integers("BLIS"));
    }
    // SAFETY: BLIS returns a text that is never freed.
    let version = symbols.get::<Text>(c"bli_info_get_version_str").map(|version| unsafe { text(version()) });
    let architecture = symbols.get::<unsafe extern "C" fn() -> c_int>(c"bli_arch_query_id");
    let name = symbols.get::<unsafe extern "C" fn(c_int) -> *const c_char>(c"bli_arch_string");
    // SAFETY: BLIS's own functions: the name, never freed, of the architecture it chose.
    let kernel = architecture.zip(name).map(|(number, name)| unsafe { text(name(number())) });
    let setter = symbols.get(c"bli_thread_set_num_threads").map(Setter::Long);
    let version = version.unwrap_or_else(|| "unknown".into());
    Ok(Known {
        library: "BLIS",
        kernel: kernel.unwrap_or_default(),
        alone: Alone::new(setter, open_mp(symbols), false),
        advice: blis_advice(&version),
        version,
    })
}

/// BLIS reads beyond its operands in kernels for AVX2: github.com/flame/blis, issues 635 (0.9.0) and 821 (fixed for 2.0).
fn blis_advice(version: &str) -> Option<String> {
    (version.starts_with("0.") || version.starts_with("1.")).then(|| {
        format!("BLIS {version} reads beyond the ends of small matrices, which can crash: use BLIS 2.0 or OpenBLAS")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_blis_is_warned_of() {
        assert!(blis_advice("0.9.0").is_some() && blis_advice("1.0").is_some());
        assert!(blis_advice("2.0").is_none() && blis_advice("AOCL-BLAS 5.0").is_none());
    }

    #[test]
    fn the_version_of_mkl_stands_in_its_sentence() {
        let text =
            "Intel(R) oneAPI Math Kernel Library Version 2024.0-Product Build 20231011 for Intel(R) 64";
        assert_eq!(mkl_version(text), "2024.0");
        assert_eq!(mkl_version(""), "unknown");
    }
}
