//! The inner kernel: a tile of C that stays in registers while the whole sum over k runs.
//!
//! Each entry of C is one chain of fused multiply-adds in the order of k, whatever the size of the tile it lies in: so
//! its bits do not depend on how a product is cut into tiles.

use pulp::{NullaryFnOnce, Simd};

use super::lanes::Lanes;

/// Columns of the widest tiles that read a packed B.
pub(super) const WIDEST: usize = 6;

/// Some rows of C: as many registers of A beside each other as the tile is high, against all columns of B.
#[derive(Clone, Copy)]
pub(super) struct Rows<T> {
    /// The sum's length.
    pub(super) k: usize,
    /// First entry of A; whole registers can be read from it at each step.
    pub(super) a: *const T,
    /// From one k to the next in A.
    pub(super) a_step: usize,
    /// First entry of B.
    pub(super) b: *const T,
    /// From one k to the next in B.
    pub(super) b_step: usize,
    /// From one column to the next in B.
    pub(super) b_column: usize,
    /// Whether B is packed instead, as `pack::beside` does it.
    pub(super) b_packed: bool,
    /// Columns of B and C.
    pub(super) columns: usize,
    /// First entry of C.
    pub(super) c: *mut T,
    /// From one column to the next in C.
    pub(super) c_column: usize,
    /// Rows of C to write: less than the registers hold only if the last one is not full.
    pub(super) height: usize,
    /// Factor before the sum.
    pub(super) scale: T,
    /// Whether the sum is added to C, or else replaces it unread.
    pub(super) add: bool,
}

/// The tiles of [`Rows`] that are `V` registers high and up to `N` columns wide.
pub(super) struct Tiles<'a, S, T, const V: usize, const N: usize> {
    pub(super) simd: S,
    pub(super) rows: &'a Rows<T>,
}

impl<S: Simd, T: Lanes, const V: usize, const N: usize> NullaryFnOnce for Tiles<'_, S, T, V, N> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        // A copy, which the compiler knows no write to C can change.
        let (simd, rows) = (self.simd, &{ *self.rows });
        let mut column = 0;
        // SAFETY: the column ranges lie within `rows.columns`; the rest is the promise behind `Rows`.
        unsafe {
            while rows.columns - column >= N {
                tile::<S, T, V, N>(simd, rows, column);
                column += N;
            }
            if N > 4 && rows.columns - column >= 4 {
                tile::<S, T, V, 4>(simd, rows, column);
                column += 4;
            }
            if N > 2 && rows.columns - column >= 2 {
                tile::<S, T, V, 2>(simd, rows, column);
                column += 2;
            }
            if N > 1 && rows.columns > column {
                tile::<S, T, V, 1>(simd, rows, column);
            }
        }
    }
}

/// Computes the tile of `N` columns from `column` on.
///
/// # Safety
/// Every entry that `rows` names lies within its matrix, nothing else writes C, and `column + N` columns are there.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // counted loops unroll, and only then do the sums stay in registers
unsafe fn tile<S: Simd, T: Lanes, const V: usize, const N: usize>(simd: S, rows: &Rows<T>, column: usize) {
    let lanes = T::lanes::<S>();
    let mut sums = [[T::splat(simd, T::zero()); V]; N];
    // SAFETY: the caller's promise, for each of the `k` steps.
    unsafe {
        let mut a = rows.a;
        let (first, b_step, b_column) = match rows.b_packed {
            true => (column * rows.k, N, 1),
            false => (column * rows.b_column, rows.b_step, rows.b_column),
        };
        let mut b = rows.b.add(first);
        for _ in 0..rows.k {
            let mut left = [T::splat(simd, T::zero()); V];
            for v in 0..V {
                left[v] = a.add(v * lanes).cast::<T::Vector<S>>().read_unaligned();
            }
            for n in 0..N {
                let right = T::splat(simd, *b.add(n * b_column));
                for v in 0..V {
                    sums[n][v] = T::fused(simd, left[v], right, sums[n][v]);
                }
            }
            a = a.wrapping_add(rows.a_step);
            b = b.wrapping_add(b_step);
        }
        let c = rows.c.add(column * rows.c_column);
        let scale = T::splat(simd, rows.scale);
        if rows.height < V * lanes {
            // A copy, so that the sums themselves need no address and stay in registers.
            let part = sums;
            put_part::<S, T, V, N>(simd, rows, c, &part);
        } else if rows.add {
            for n in 0..N {
                for v in 0..V {
                    let c = c.add(n * rows.c_column + v * lanes).cast::<T::Vector<S>>();
                    c.write_unaligned(T::fused(simd, scale, sums[n][v], c.read_unaligned()));
                }
            }
        } else {
            for n in 0..N {
                for v in 0..V {
                    let c = c.add(n * rows.c_column + v * lanes).cast::<T::Vector<S>>();
                    c.write_unaligned(T::fused(simd, scale, sums[n][v], T::splat(simd, T::zero())));
                }
            }
        }
    }
}

/// Writes the sums of a tile whose last register is not full.
///
/// # Safety
/// `rows.height` entries of `N` columns from `c` on may be read and written.
#[inline(always)]
unsafe fn put_part<S: Simd, T: Lanes, const V: usize, const N: usize>(
    simd: S,
    rows: &Rows<T>,
    c: *mut T,
    sums: &[[T::Vector<S>; V]; N],
) {
    let (lanes, scale) = (T::lanes::<S>(), T::splat(simd, rows.scale));
    let last = V - 1;
    let count = rows.height - last * lanes;
    for (n, sums) in sums.iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe {
            let c = c.add(n * rows.c_column);
            for (v, &sum) in sums[..last].iter().enumerate() {
                let c = c.add(v * lanes).cast::<T::Vector<S>>();
                let old = if rows.add { c.read_unaligned() } else { T::splat(simd, T::zero()) };
                c.write_unaligned(T::fused(simd, scale, sum, old));
            }
            let c = c.add(last * lanes);
            let old = if rows.add { T::load_part(simd, c, count) } else { T::splat(simd, T::zero()) };
            T::store_part(simd, c, count, T::fused(simd, scale, sums[last], old));
        }
    }
}
