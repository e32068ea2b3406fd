//! The seam to matrix products: what a back end is, and the checked job it is handed.
//!
//! A [`Product`] can only be made of operands that fit, so a back end needs no check of its own, and a BLAS library,
//! which reports a wrong size by printing a line and returning, never meets one.

use std::fmt;

use crate::matrix::{Matrix, MatrixMut};
use crate::{Both, Error, Real, Result};

/// What happens to the numbers that stood in the result before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// They are overwritten and never read: they may be NaN.
    Replace,
    /// The product is added to them.
    Add,
}

/// One matrix product, `C = scale · A B` or `C += scale · A B`, whose shapes agree.
///
/// `A: (m, k)`, `B: (k, n)`, `C: (m, n)`, each column-major; `A` and `B` may be transposed views.
#[derive(Debug)]
pub struct Product<'a, T> {
    /// Factor before the product.
    pub scale: T,
    /// What happens to the old C.
    pub update: Update,
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    c: MatrixMut<'a, T>,
}

/// The operands of a [`Product`], taken apart for the back end that computes it.
#[derive(Debug)]
pub struct Operands<'a, T> {
    /// Factor before the product.
    pub scale: T,
    /// What happens to the old C.
    pub update: Update,
    /// Left factor, `(m, k)`.
    pub a: Matrix<'a, T>,
    /// Right factor, `(k, n)`.
    pub b: Matrix<'a, T>,
    /// Result, `(m, n)`.
    pub c: MatrixMut<'a, T>,
}

impl<'a, T: Real> Product<'a, T> {
    /// `C = A B`.
    ///
    /// # Errors
    /// [`Error::Shape`] if the shapes do not agree; [`Error::TooLarge`] if a dimension or stride does not fit the
    /// 32-bit integers of the BLAS interface.
    #[inline]
    pub fn new(a: Matrix<'a, T>, b: Matrix<'a, T>, c: MatrixMut<'a, T>) -> Result<Self> {
        if b.rows() != a.columns() {
            return Err(mismatch("B", b.rows(), b.columns(), format!("A has {} columns", a.columns())));
        }
        if (c.rows(), c.columns()) != (a.rows(), b.columns()) {
            let expected = format!("A B is {} × {}", a.rows(), b.columns());
            return Err(mismatch("C", c.rows(), c.columns(), expected));
        }
        let sizes = [a.rows(), a.columns(), b.columns(), a.stride(), b.stride(), c.stride()];
        if let Some(size) = sizes.into_iter().find(|&size| i32::try_from(size).is_err()) {
            let detail = format!("a product with a dimension or stride of {size}");
            return Err(Error::TooLarge {
                what: "one dimension of a product",
                limit: i32::MAX as usize,
                detail,
            });
        }
        Ok(Self { scale: T::one(), update: Update::Replace, a, b, c })
    }

    /// The same product times `scale`.
    #[inline]
    #[must_use]
    pub fn scaled(self, scale: T) -> Self {
        Self { scale, ..self }
    }

    /// The same product, added to what stands in C.
    #[inline]
    #[must_use]
    pub fn added(self) -> Self {
        Self { update: Update::Add, ..self }
    }

    /// The operands, or `None` if nothing is left to multiply: an empty result, or a sum over no terms, which has
    /// been written.
    #[inline]
    pub fn operands(mut self) -> Option<Operands<'a, T>> {
        let (rows, stride) = (self.c.rows(), self.c.stride());
        if rows == 0 || self.c.columns() == 0 {
            return None;
        }
        if self.a.columns() == 0 {
            if self.update == Update::Replace {
                let columns = self.c.columns();
                self.c
                    .values()
                    .chunks_mut(stride)
                    .take(columns)
                    .for_each(|column| column[..rows].fill(T::zero()));
            }
            return None;
        }
        Some(Operands { scale: self.scale, update: self.update, a: self.a, b: self.b, c: self.c })
    }
}

fn mismatch(name: &'static str, found_rows: usize, found_columns: usize, expected: String) -> Error {
    Error::Shape {
        name,
        found_rows,
        found_columns,
        expected,
        remedy: "pass operands whose shapes agree".into(),
    }
}

/// Matrix products in one precision.
pub trait Products<T: Real>: Send + Sync {
    /// Computes `product` on the calling thread.
    fn compute(&self, product: Product<'_, T>);

    /// Whether each row of C has the same bits however many others are computed with it: then a product may be shared by
    /// rows.
    fn rows_stand_alone(&self) -> bool {
        false
    }
}

/// A library of matrix products, in both precisions.
///
/// ```
/// use dnn_core::{Backend, Matrix, MatrixMut, Naive, Product, Real};
///
/// let backend: &dyn Backend = &Naive;
/// let (w, x) = ([1.0, 2.0, 3.0, 4.0], [1.0, 10.0]);       // W = [1 3; 2 4], one example
/// let mut z = [f64::NAN; 2];
/// let product = Product::new(Matrix::new(&w, 2, 2), Matrix::new(&x, 2, 1), MatrixMut::new(&mut z, 2, 1))?;
/// f64::half(backend).compute(product);
/// assert_eq!(z, [31.0, 42.0]);
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub trait Backend: Products<f32> + Products<f64> {
    /// What computes: for reports and checkpoints.
    fn identity(&self) -> Identity;
}

impl<'a> Both for dyn Backend + 'a {
    type Half<T: Real> = dyn Products<T> + 'a;

    fn f32(&self) -> &Self::Half<f32> {
        self
    }

    fn f64(&self) -> &Self::Half<f64> {
        self
    }
}

/// Which library computes the products, as reports print it and checkpoints keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Library, as `"OpenBLAS"`.
    pub library: String,
    /// Its version.
    pub version: String,
    /// The kernel it chose for this chip, as `"Zen"`; empty if it has but one.
    pub kernel: String,
    /// How it came in, as `"pure Rust"`, `"found at run time"`, `"linked"`.
    pub origin: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.library, self.version)?;
        if !self.kernel.is_empty() {
            write!(f, ", kernel {}", self.kernel)?;
        }
        write!(f, ", {}", self.origin)
    }
}

/// The reference: three loops, with the sum over k in order. Slow, and too simple to be wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Naive;

impl<T: Real> Products<T> for Naive {
    fn compute(&self, product: Product<'_, T>) {
        let Some(Operands { scale, update, a, b, mut c }) = product.operands() else { return };
        let stride = c.stride();
        for j in 0..b.columns() {
            for i in 0..a.rows() {
                let sum: T = (0..a.columns()).map(|k| entry(&a, i, k) * entry(&b, k, j)).sum();
                let old = &mut c.values()[i + j * stride];
                *old = scale * sum + if update == Update::Add { *old } else { T::zero() };
            }
        }
    }
}

fn entry<T: Real>(matrix: &Matrix<'_, T>, row: usize, column: usize) -> T {
    let (row, column) = if matrix.is_transposed() { (column, row) } else { (row, column) };
    matrix.values()[row + column * matrix.stride()]
}

impl Backend for Naive {
    fn identity(&self) -> Identity {
        Identity {
            library: "naive loops".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            kernel: String::new(),
            origin: "reference".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_do_not_agree_are_refused_in_words() {
        let (a, b, mut c) = ([0.0_f32; 6], [0.0; 6], [0.0; 4]);
        let refused =
            Product::new(Matrix::new(&a, 2, 3), Matrix::new(&b, 2, 3), MatrixMut::new(&mut c, 2, 2));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "B is 2 × 3, but A has 3 columns: pass operands whose shapes agree"
        );
    }

    #[test]
    fn a_sum_over_nothing_is_zero_even_over_nan() {
        let mut c = [f32::NAN; 4];
        let product =
            Product::new(Matrix::new(&[], 2, 0), Matrix::new(&[], 0, 2), MatrixMut::new(&mut c, 2, 2));
        Naive.compute(product.unwrap());
        assert_eq!(c, [0.0; 4]);
    }
}
