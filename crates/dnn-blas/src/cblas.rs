//! The back end upon a table of CBLAS functions, whichever library fills it.
//!
//! Invariant, relied on by the `unsafe` below: a [`Table`] holds functions with the C signature of CBLAS for 32-bit
//! integers, of a library that is never unloaded; the operands of a [`Product`] fit each other, their slices and
//! 32-bit integers, and C overlaps neither factor, since it is borrowed to write.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use dnn_core::{Backend, BackendIdentity, Matrix, Operands, Product, Products, Real, Update};

use crate::alone::Alone;

/// `CblasColMajor`, `CblasNoTrans` and `CblasTrans` of `cblas.h`.
const COLUMN_MAJOR: c_int = 102;
const AS_STORED: c_int = 111;
const TRANSPOSED: c_int = 112;

/// `cblas_?gemm`: C = alpha A B + beta C, where C is not read if beta is 0.
pub(crate) type Gemm<T> = unsafe extern "C" fn(
    layout: c_int,
    a_transposed: c_int,
    b_transposed: c_int,
    m: c_int,
    n: c_int,
    k: c_int,
    alpha: T,
    a: *const T,
    a_stride: c_int,
    b: *const T,
    b_stride: c_int,
    beta: T,
    c: *mut T,
    c_stride: c_int,
);

/// The functions of one library.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) sgemm: Gemm<f32>,
    pub(crate) dgemm: Gemm<f64>,
    pub(crate) alone: Alone,
}

/// What is known of a library.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) library: &'static str,
    pub(crate) version: String,
    pub(crate) kernel: String,
    pub(crate) alone: Alone,
    pub(crate) advice: Option<String>,
}

/// A BLAS library as a back end: each product on the thread that asks for it. Clones share the library.
#[derive(Clone)]
pub(crate) struct Cblas {
    /// Shared by all who use the library: what must come one by one waits for all of them.
    pub(crate) table: Arc<Table>,
    pub(crate) identity: BackendIdentity,
    pub(crate) file: Option<PathBuf>,
    pub(crate) advice: Option<String>,
}

impl Cblas {
    /// Whether `sgemm` is its `cblas_sgemm`, so that both are one library.
    pub(crate) fn is_of(&self, sgemm: Gemm<f32>) -> bool {
        std::ptr::fn_addr_eq(self.table.sgemm, sgemm)
    }

    fn multiply<T: Real>(&self, gemm: Gemm<T>, product: Product<'_, T>) {
        let Some(Operands { scale, update, a, b, mut c }) = product.operands() else { return };
        let (m, n, k) = (int(a.rows()), int(b.columns()), int(a.columns()));
        let old = if update == Update::Add { T::one() } else { T::zero() };
        let c_stride = stride(c.stride(), c.rows());
        // SAFETY: see the head of this module.
        self.table.alone.run(|| unsafe {
            gemm(
                COLUMN_MAJOR,
                form(&a),
                form(&b),
                m,
                n,
                k,
                scale,
                a.values().as_ptr(),
                factor_stride(&a),
                b.values().as_ptr(),
                factor_stride(&b),
                old,
                c.values().as_mut_ptr(),
                c_stride,
            );
        });
    }
}

fn form<T>(matrix: &Matrix<'_, T>) -> c_int {
    if matrix.is_transposed() { TRANSPOSED } else { AS_STORED }
}

fn factor_stride<T>(matrix: &Matrix<'_, T>) -> c_int {
    stride(matrix.stride(), if matrix.is_transposed() { matrix.columns() } else { matrix.rows() })
}

/// The leading dimension: BLAS wants at least one, and at least the stored rows, even where there is but one column.
fn stride(stride: usize, rows: usize) -> c_int {
    int(stride.max(rows).max(1))
}

/// `Product::new` has refused what does not fit.
fn int(size: usize) -> c_int {
    size as c_int
}

impl Products<f32> for Cblas {
    fn compute(&self, product: Product<'_, f32>) {
        self.multiply(self.table.sgemm, product);
    }
}

impl Products<f64> for Cblas {
    fn compute(&self, product: Product<'_, f64>) {
        self.multiply(self.table.dgemm, product);
    }
}

impl Backend for Cblas {
    fn identity(&self) -> BackendIdentity {
        self.identity.clone()
    }
}

impl fmt::Debug for Cblas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cblas")
            .field("identity", &self.identity.to_string())
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}
