//! Products in pure Rust, by the crate `gemm`: always there, on one thread, the same bits every time.
//!
//! Invariant, relied on by the `unsafe` below: the operands of a [`Product`] lie within their slices, and C overlaps
//! neither factor, since it is borrowed to write.
#![allow(unsafe_code)]

use dnn_core::{Backend, BackendIdentity, Operands, Product, Products, Real, Update};

/// The crate's version, as its manifest entry in the workspace names it.
const VERSION: &str = "0.19";

/// The back end that needs nothing but Rust.
#[derive(Debug, Clone, Copy, Default)]
pub struct PureRust;

impl<T: Real> Products<T> for PureRust {
    fn compute(&self, product: Product<'_, T>) {
        let Some(Operands { scale, update, a, b, mut c }) = product.operands() else { return };
        // Steps to the next column and to the next row: a transposed view swaps them.
        let steps = |matrix: &dnn_core::Matrix<'_, T>| match matrix.is_transposed() {
            false => (matrix.stride() as isize, 1),
            true => (1, matrix.stride() as isize),
        };
        let ((a_column, a_row), (b_column, b_row)) = (steps(&a), steps(&b));
        let (m, k, n, c_column) = (a.rows(), a.columns(), b.columns(), c.stride() as isize);
        // In this crate `alpha` stands before the old C, which is not read at all unless `read` says so.
        let read = update == Update::Add;
        // SAFETY: see the head of this module; every index the sizes and steps give lies within its slice.
        unsafe {
            gemm::gemm(
                m,
                n,
                k,
                c.values().as_mut_ptr(),
                c_column,
                1,
                read,
                a.values().as_ptr(),
                a_column,
                a_row,
                b.values().as_ptr(),
                b_column,
                b_row,
                T::one(),
                scale,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }
}

impl Backend for PureRust {
    fn identity(&self) -> BackendIdentity {
        BackendIdentity {
            library: "gemm".into(),
            version: VERSION.into(),
            kernel: kernel().into(),
            origin: "pure Rust".into(),
        }
    }
}

/// The kernel `gemm` chooses, by the features it asks for itself.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn kernel() -> &'static str {
    if std::arch::is_x86_feature_detected!("avx512f") {
        "AVX-512"
    } else if std::arch::is_x86_feature_detected!("fma") {
        "AVX2+FMA"
    } else {
        "scalar"
    }
}

#[cfg(target_arch = "aarch64")]
fn kernel() -> &'static str {
    if std::arch::is_aarch64_feature_detected!("neon") { "NEON" } else { "scalar" }
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
fn kernel() -> &'static str {
    "scalar"
}
