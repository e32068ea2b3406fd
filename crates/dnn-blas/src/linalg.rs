//! Decompositions by the linked OpenBLAS, for orthogonal weights, PCA and whitening: thin layers over `ndarray-linalg`.
//!
//! Each runs on the calling thread, takes matrices of any storage order in `f32` or `f64`, and leaves them as they are.
//!
//! ```
//! use dnn_blas::linalg;
//! use ndarray::array;
//!
//! // Four examples of two features, as columns, with mean 0: most of their variance lies along (1, 1).
//! let x = array![[3.0_f64, -3.0, 1.0, -1.0], [3.0, -3.0, -1.0, 1.0]];
//! let (directions, values, _) = linalg::svd(x.view())?;                     // (2, 2), 2, (2, 4)
//! assert!((values[0] - 6.0).abs() < 1e-12 && (values[1] - 2.0).abs() < 1e-12);
//! assert!((directions[(0, 0)] - directions[(1, 0)]).abs() < 1e-12);
//!
//! let (variances, _) = linalg::symmetric_eigen((x.dot(&x.t()) / 4.0).view())?;
//! assert!((variances[0] - 1.0).abs() < 1e-12 && (variances[1] - 9.0).abs() < 1e-12);
//!
//! let (q, r) = linalg::qr(x.view())?;                                       // (2, 2), (2, 4)
//! assert!((q.dot(&r) - &x).iter().all(|difference| difference.abs() < 1e-12));
//! # Ok::<(), dnn_blas::Error>(())
//! ```

use dnn_core::Real;
use ndarray::{Array1, Array2, ArrayView2};
use ndarray_linalg::{Eigh, Lapack, QR, SVDDC, UPLO, error::LinalgError};

use crate::cblas::Cblas;
use crate::{Error, Result};

/// `A = Q R`: `(Q, R)` for a: `(m, n)`, with Q: `(m, k)` of orthonormal columns, R: `(k, n)` upper triangular, and
/// k = min(m, n).
///
/// # Errors
/// [`Error::Decomposition`] if `a` is empty, or has an entry that is not finite.
pub fn qr<T: Real + Lapack>(a: ArrayView2<'_, T>) -> Result<(Array2<T>, Array2<T>)> {
    alone("QR decomposition", a, |a| a.qr())
}

/// `A = U diag(σ) Vᵀ`: `(U, σ, Vᵀ)` for a: `(m, n)`, with U: `(m, k)`, σ: `k` in falling order, Vᵀ: `(k, n)`, and
/// k = min(m, n).
///
/// # Errors
/// [`Error::Decomposition`] if `a` is empty, has an entry that is not finite, or LAPACK does not converge.
pub fn svd<T: Real + Lapack<Real = T>>(a: ArrayView2<'_, T>) -> Result<(Array2<T>, Array1<T>, Array2<T>)> {
    const NAME: &str = "singular value decomposition";
    let (u, values, vt) = alone(NAME, a, |a| a.svddc(ndarray_linalg::JobSvd::Some))?;
    let missing = || fault(NAME, a, "no vectors".into());
    Ok((u.ok_or_else(missing)?, values, vt.ok_or_else(missing)?))
}

/// `A = V diag(λ) Vᵀ`: `(λ, V)` for a symmetric a: `(n, n)`, with λ in rising order and the eigenvectors in the columns of
/// V. Only the lower triangle of `a` is read.
///
/// # Errors
/// [`Error::Decomposition`] if `a` is empty or not square, has an entry that is not finite, or LAPACK does not converge.
pub fn symmetric_eigen<T: Real + Lapack<Real = T>>(a: ArrayView2<'_, T>) -> Result<(Array1<T>, Array2<T>)> {
    const NAME: &str = "eigen-decomposition";
    if a.nrows() != a.ncols() {
        return Err(Error::Decomposition {
            what: NAME,
            rows: a.nrows(),
            columns: a.ncols(),
            found: "a matrix that is not square".into(),
            expected: "a symmetric one",
            remedy: "pass a covariance or another symmetric matrix, or use the singular values",
        });
    }
    alone(NAME, a, |a| a.eigh(UPLO::Lower))
}

/// Checks `a` and decomposes a copy of it on the calling thread alone.
fn alone<T: Real + Lapack, R>(
    what: &'static str,
    a: ArrayView2<'_, T>,
    decompose: impl FnOnce(&Array2<T>) -> Result<R, LinalgError>,
) -> Result<R> {
    let (rows, columns) = a.dim();
    if a.is_empty() || a.iter().any(|&entry| !entry.wide().is_finite()) {
        let found = if a.is_empty() { "no entries" } else { "an entry that is infinite or not a number" };
        let (expected, remedy) = ("finite entries", "correct the data");
        return Err(Error::Decomposition { what, rows, columns, found: found.into(), expected, remedy });
    }
    let copy = a.to_owned();
    let result = Cblas::linked()?.table.alone.run(|| decompose(&copy));
    result.map_err(|error| fault(what, a, error.to_string()))
}

fn fault<T>(what: &'static str, a: ArrayView2<'_, T>, found: String) -> Error {
    let (expected, remedy) = ("a result", "scale the data, for instance to a variance of 1");
    Error::Decomposition { what, rows: a.nrows(), columns: a.ncols(), found, expected, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// The largest difference between the entries of two matrices.
    fn distance<T: Real>(a: &Array2<T>, b: &Array2<T>) -> f64 {
        assert_eq!(a.dim(), b.dim());
        a.iter().zip(b).map(|(a, b)| (a.wide() - b.wide()).abs()).fold(0.0, f64::max)
    }

    /// Entries from (−1, 1) without a pattern.
    fn matrix<T: Real>(rows: usize, columns: usize) -> Array2<T> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            T::of(((i * 31 + j * 17 + i * j * 7) % 101) as f64 / 50.5 - 1.0)
        })
    }

    fn diagonal<T: Real>(values: &Array1<T>) -> Array2<T> {
        Array2::from_diag(values)
    }

    /// Puts each decomposition together again. The bound is k·ε for sums of about 10 terms near 1, times 10 for the
    /// rotations (N. J. Higham, 2002, section 19.3: a modest constant times k·ε).
    fn rebuild<T: Real + Lapack<Real = T>>(rows: usize, columns: usize) {
        let (a, k) = (matrix::<T>(rows, columns), rows.min(columns));
        let (tolerance, one) = (100.0 * T::epsilon().wide() * rows.max(columns) as f64, Array2::eye(k));
        let (q, r) = qr(a.view()).unwrap();
        assert!(distance(&q.dot(&r), &a) < tolerance && distance(&q.t().dot(&q), &one) < tolerance);
        assert!((0..k).all(|row| (0..row).all(|column| r[(row, column)] == T::zero())));

        let (u, values, vt) = svd(a.view()).unwrap();
        assert!(distance(&u.dot(&diagonal(&values)).dot(&vt), &a) < tolerance);
        assert!(distance(&u.t().dot(&u), &one) < tolerance && distance(&vt.dot(&vt.t()), &one) < tolerance);
        assert!(values.windows(2).into_iter().all(|pair| pair[0] >= pair[1]));

        let square = a.dot(&a.t()).mapv(|entry| entry / T::of(columns as f64));
        let (values, v) = symmetric_eigen(square.view()).unwrap();
        assert!(distance(&v.dot(&diagonal(&values)).dot(&v.t()), &square) < tolerance);
        assert!(values.windows(2).into_iter().all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn the_factors_give_the_matrix_again() {
        for (rows, columns) in [(1, 1), (5, 3), (3, 5), (12, 12), (70, 40)] {
            rebuild::<f32>(rows, columns);
            rebuild::<f64>(rows, columns);
        }
    }

    #[test]
    fn the_storage_order_does_not_matter() {
        let a = matrix::<f64>(6, 4);
        let turned = a.t().as_standard_layout().to_owned();
        let (q, r) = qr(turned.t()).unwrap();
        assert!(distance(&q.dot(&r), &a) < 1e-13);
        let (u, values, vt) = svd(turned.t()).unwrap();
        assert!(distance(&u.dot(&diagonal(&values)).dot(&vt), &a) < 1e-13);
    }

    #[test]
    fn what_cannot_be_decomposed_is_refused_in_words() {
        let message = |a: Array2<f32>| symmetric_eigen(a.view()).unwrap_err().to_string();
        assert!(message(Array2::zeros((2, 3))).contains("2 × 3 matrix: found a matrix that is not square"));
        assert!(message(Array2::zeros((0, 0))).contains("found no entries"));
        assert!(message(array![[f32::NAN]]).contains("not a number"));
        assert!(svd(array![[1.0, f64::INFINITY]].view()).is_err());
        assert!(qr(Array2::<f64>::zeros((3, 0)).view()).is_err());
    }
}
