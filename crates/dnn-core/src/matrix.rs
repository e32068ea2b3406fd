//! Matrices as the products see them: column-major windows on slices.
//!
//! `ndarray` views are what users pass; these two types are what a step passes around inside. They cost two words
//! more than a slice, are checked once when made, and cannot be row-major, so a back end needs no case for that.

use ndarray::{Array2, ArrayView2, ShapeBuilder};

use crate::{Error, Real, Result};

/// A matrix of `rows × columns` that may not be written, stored column by column.
///
/// Entry `(i, j)` stands at `i + j · stride`, or, when transposed, at `j + i · stride`.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a, T> {
    values: &'a [T],
    rows: usize,
    columns: usize,
    stride: usize,
    transposed: bool,
}

impl<'a, T> Matrix<'a, T> {
    /// The whole of `values` as `rows × columns`.
    ///
    /// # Panics
    /// If `values` has not exactly `rows · columns` numbers.
    #[inline]
    pub fn new(values: &'a [T], rows: usize, columns: usize) -> Self {
        assert_eq!(rows.checked_mul(columns), Some(values.len()), "a {rows} × {columns} matrix");
        Self { values, rows, columns, stride: rows, transposed: false }
    }

    /// A window whose columns start `stride` numbers apart.
    ///
    /// # Errors
    /// [`Error::Length`] if the window does not lie within `values`, or its columns overlap.
    pub fn strided(values: &'a [T], rows: usize, columns: usize, stride: usize) -> Result<Self> {
        check_window(values.len(), rows, columns, stride)?;
        Ok(Self { values, rows, columns, stride, transposed: false })
    }

    /// The transpose, without moving a number.
    #[inline]
    #[must_use]
    pub fn t(self) -> Self {
        Self { rows: self.columns, columns: self.rows, transposed: !self.transposed, ..self }
    }

    /// Rows `start..end` of every column.
    ///
    /// # Panics
    /// If the matrix is transposed, or the range ends beyond its rows.
    #[inline]
    #[must_use]
    pub fn rows_range(self, range: std::ops::Range<usize>) -> Self {
        assert!(!self.transposed && range.start <= range.end && range.end <= self.rows);
        let start = if self.columns == 0 { 0 } else { range.start };
        Self { values: &self.values[start..], rows: range.len(), ..self }
    }

    /// Columns `start..end`.
    ///
    /// # Panics
    /// If the matrix is transposed, or the range ends beyond its columns.
    #[inline]
    #[must_use]
    pub fn columns_range(self, range: std::ops::Range<usize>) -> Self {
        assert!(!self.transposed && range.start <= range.end && range.end <= self.columns);
        let end = if range.end == self.columns { self.values.len() } else { range.end * self.stride };
        let start = (range.start * self.stride).min(end);
        Self { values: &self.values[start..end], columns: range.len(), ..self }
    }

    /// Rows, after any transposition.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns, after any transposition.
    #[inline]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Numbers from the start of a stored column to the start of the next.
    #[inline]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Whether stored columns are this matrix's rows.
    #[inline]
    pub fn is_transposed(&self) -> bool {
        self.transposed
    }

    /// The numbers from the first entry on; the last column may end before the slice does.
    #[inline]
    pub fn values(&self) -> &'a [T] {
        self.values
    }
}

/// A matrix of `rows × columns` that may be written, stored column by column.
#[derive(Debug)]
pub struct MatrixMut<'a, T> {
    values: &'a mut [T],
    rows: usize,
    columns: usize,
    stride: usize,
}

impl<'a, T> MatrixMut<'a, T> {
    /// The whole of `values` as `rows × columns`.
    ///
    /// # Panics
    /// If `values` has not exactly `rows · columns` numbers.
    #[inline]
    pub fn new(values: &'a mut [T], rows: usize, columns: usize) -> Self {
        assert_eq!(rows.checked_mul(columns), Some(values.len()), "a {rows} × {columns} matrix");
        Self { values, rows, columns, stride: rows }
    }

    /// A window whose columns start `stride` numbers apart.
    ///
    /// # Errors
    /// [`Error::Length`] if the window does not lie within `values`, or its columns overlap.
    pub fn strided(values: &'a mut [T], rows: usize, columns: usize, stride: usize) -> Result<Self> {
        check_window(values.len(), rows, columns, stride)?;
        Ok(Self { values, rows, columns, stride })
    }

    /// Rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    #[inline]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Numbers from the start of a column to the start of the next.
    #[inline]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The numbers from the first entry on; the last column may end before the slice does.
    #[inline]
    pub fn values(&mut self) -> &mut [T] {
        self.values
    }
}

/// Refuses a window that leaves its slice or folds back on itself.
fn check_window(found: usize, rows: usize, columns: usize, stride: usize) -> Result<()> {
    let expected = match columns {
        0 => 0,
        _ => (columns - 1).checked_mul(stride).and_then(|n| n.checked_add(rows)).unwrap_or(usize::MAX),
    };
    if stride < rows && columns > 1 {
        return Err(Error::Length {
            name: "the step from column to column",
            found: stride,
            expected: rows,
            remedy: "make the stride at least the number of rows",
        });
    }
    if found < expected {
        return Err(Error::Length {
            name: "the slice behind a matrix",
            found,
            expected,
            remedy: "pass a longer slice or a smaller matrix",
        });
    }
    Ok(())
}

/// A copy of `view` that is stored column by column, as matrices of examples must be.
pub fn column_major<T: Clone>(view: &ArrayView2<'_, T>) -> Array2<T> {
    let (rows, columns) = view.dim();
    let values: Vec<T> = view.t().iter().cloned().collect();
    Array2::from_shape_vec((rows, columns).f(), values).expect("one number for each entry")
}

/// The examples of `view` as a matrix, or the error that names it.
pub(crate) fn examples<'a, T: Real>(view: ArrayView2<'a, T>, name: &'static str) -> Result<Matrix<'a, T>> {
    let (rows, columns) = view.dim();
    match view.reversed_axes().to_slice() {
        Some(values) => Ok(Matrix::new(values, rows, columns)),
        None => Err(Error::Order { name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_window_must_lie_within_its_slice() {
        assert!(Matrix::strided(&[0.0; 5], 2, 2, 3).is_ok());
        assert!(Matrix::strided(&[0.0; 4], 2, 2, 3).is_err());
        assert!(Matrix::strided(&[0.0; 9], 3, 2, 2).is_err());
        assert!(Matrix::<f32>::strided(&[], 7, 0, 7).is_ok());
        assert!(Matrix::strided(&[0.0], 1, usize::MAX, usize::MAX).is_err());
    }

    #[test]
    fn column_major_keeps_the_entries_and_makes_examples_contiguous() {
        let rows = array![[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]];
        assert_eq!(examples(rows.view(), "x").unwrap_err(), Error::Order { name: "x" });
        let columns = column_major(&rows.view());
        assert_eq!(columns, rows);
        assert_eq!(examples(columns.view(), "x").unwrap().values(), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    }
}
