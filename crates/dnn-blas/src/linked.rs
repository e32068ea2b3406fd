//! OpenBLAS linked at build time, by the features `openblas-system` or `openblas-static`.
//!
//! Invariant, relied on by the `unsafe` below: the declarations are those of OpenBLAS's `cblas.h`, for 32-bit integers.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use openblas_src as _;

use crate::cblas::{Cblas, Gemm};
use crate::openblas::OpenBlas;
use crate::symbols::{Fault, Symbols};
use crate::{Error, Result, load};

unsafe extern "C" {
    fn cblas_sgemm(
        layout: c_int,
        a_transposed: c_int,
        b_transposed: c_int,
        m: c_int,
        n: c_int,
        k: c_int,
        alpha: f32,
        a: *const f32,
        a_stride: c_int,
        b: *const f32,
        b_stride: c_int,
        beta: f32,
        c: *mut f32,
        c_stride: c_int,
    );
    fn cblas_dgemm(
        layout: c_int,
        a_transposed: c_int,
        b_transposed: c_int,
        m: c_int,
        n: c_int,
        k: c_int,
        alpha: f64,
        a: *const f64,
        a_stride: c_int,
        b: *const f64,
        b_stride: c_int,
        beta: f64,
        c: *mut f64,
        c_stride: c_int,
    );
    fn openblas_get_config() -> *const c_char;
    fn openblas_get_corename() -> *const c_char;
    fn openblas_get_parallel() -> c_int;
    fn openblas_set_num_threads(threads: c_int);
}

impl Cblas {
    /// The OpenBLAS that this program is linked with.
    pub(crate) fn linked() -> Result<Self> {
        let functions: (Gemm<f32>, Gemm<f64>) = (cblas_sgemm, cblas_dgemm);
        load::ready_once(functions, "linked", || open_blas().settle())
            .map_err(|Fault { found, remedy }| Error::Library { asked: "linked".into(), found, remedy })
    }
}

fn open_blas() -> OpenBlas {
    let (switch, open_mp) = optional();
    OpenBlas {
        config: openblas_get_config,
        core: Some(openblas_get_corename),
        parallel: Some(openblas_get_parallel),
        set_threads: Some(openblas_set_num_threads),
        switch,
        open_mp,
    }
}

/// What only some builds have, looked up in this program: a static OpenBLAS does not show these, and cannot change.
#[cfg(unix)]
fn optional() -> (Option<crate::kernel::Switch>, Option<crate::alone::OpenMp>) {
    let program = Symbols::of_this_program();
    (crate::openblas::switch(&program, openblas_get_corename), crate::symbols::open_mp(&program))
}

#[cfg(not(unix))]
fn optional() -> (Option<crate::kernel::Switch>, Option<crate::alone::OpenMp>) {
    (None, None)
}
