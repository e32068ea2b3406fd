//! The inner kernel for a single column of B, as one example predicted alone has: `c = A b`.
//!
//! Every number of A is read once and from where it stands, so memory sets the pace, if enough sums run beside each other
//! to hide the delay of an addition. A band of few rows has too few of them, and then runs several stretches of k at once.
//! A stretch is what `mod.rs` adds up in registers, and they are added to C in order: the bits are those of `tile.rs`.

use pulp::{NullaryFnOnce, Simd};

use super::lanes::Lanes;
use super::tile::Rows;

/// A band of `V` registers against one column, `P` stretches of `terms` steps at a time.
pub(super) struct Column<'a, S, T, const V: usize, const P: usize> {
    pub(super) simd: S,
    pub(super) rows: &'a Rows<T>,
    pub(super) terms: usize,
    /// Steps at which a whole register can be read even where the last one is not full.
    pub(super) whole_steps: usize,
}

impl<S: Simd, T: Lanes, const V: usize, const P: usize> NullaryFnOnce for Column<'_, S, T, V, P> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let mut k = 0;
        // SAFETY: the stretches lie within `rows.k`; the rest is the promise behind `Rows`.
        unsafe {
            while self.rows.k - k >= P * self.terms {
                self.stretches::<P>(k, self.terms);
                k += P * self.terms;
            }
            while k < self.rows.k {
                let terms = self.terms.min(self.rows.k - k);
                self.stretches::<1>(k, terms);
                k += terms;
            }
        }
    }
}

impl<S: Simd, T: Lanes, const V: usize, const P: usize> Column<'_, S, T, V, P> {
    /// `Q` stretches of `terms` steps from `start` on.
    ///
    /// # Safety
    /// As many steps are there, and every entry that `rows` names lies within its matrix.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // as in `tile.rs`
    unsafe fn stretches<const Q: usize>(&self, start: usize, terms: usize) {
        let (simd, rows, lanes) = (self.simd, &{ *self.rows }, T::lanes::<S>());
        let mut sums = [[T::splat(simd, T::zero()); V]; Q];
        let last_start = start + (Q - 1) * terms;
        let whole = self.whole_steps.saturating_sub(last_start).min(terms);
        // SAFETY: the caller's promise, for each of the `Q · terms` steps.
        unsafe {
            for step in 0..whole {
                for q in 0..Q {
                    let k = start + q * terms + step;
                    let (a, right) =
                        (rows.a.add(k * rows.a_step), T::splat(simd, *rows.b.add(k * rows.b_step)));
                    for v in 0..V {
                        let left = a.add(v * lanes).cast::<T::Vector<S>>().read_unaligned();
                        sums[q][v] = T::fused(simd, left, right, sums[q][v]);
                    }
                }
            }
            let in_last = rows.height - (V - 1) * lanes;
            for step in whole..terms {
                for q in 0..Q {
                    let k = start + q * terms + step;
                    let (a, right) =
                        (rows.a.add(k * rows.a_step), T::splat(simd, *rows.b.add(k * rows.b_step)));
                    for v in 0..V {
                        let a = a.add(v * lanes);
                        let left = match v + 1 == V && in_last < lanes {
                            true => T::load_part(simd, a, in_last),
                            false => a.cast::<T::Vector<S>>().read_unaligned(),
                        };
                        sums[q][v] = T::fused(simd, left, right, sums[q][v]);
                    }
                }
            }
            let scale = T::splat(simd, rows.scale);
            for v in 0..V {
                let c = rows.c.add(v * lanes);
                let part = v + 1 == V && in_last < lanes;
                let mut sum = match (rows.add || start > 0, part) {
                    (false, _) => T::splat(simd, T::zero()),
                    (true, false) => c.cast::<T::Vector<S>>().read_unaligned(),
                    (true, true) => T::load_part(simd, c, in_last),
                };
                for q in 0..Q {
                    sum = T::fused(simd, scale, sums[q][v], sum);
                }
                match part {
                    true => T::store_part(simd, c, in_last, sum),
                    false => c.cast::<T::Vector<S>>().write_unaligned(sum),
                }
            }
        }
    }
}

/// A tall matrix against one column: some columns of A at a time over all rows, whose sums wait in the first cache. So A
/// is read from its first number to its last: bands that jump from page to page are half as fast.
pub(super) struct Tall<'a, S, T> {
    pub(super) simd: S,
    /// Its height is a multiple of the lanes.
    pub(super) rows: &'a Rows<T>,
    pub(super) terms: usize,
    /// Room for as many sums as there are rows.
    pub(super) sums: *mut T,
}

/// Columns of A that are read beside each other; of 4 to 24, measured best.
const SIDE_BY_SIDE: usize = 8;

impl<S: Simd, T: Lanes> NullaryFnOnce for Tall<'_, S, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for start in (0..self.rows.k).step_by(self.terms) {
            let end = (start + self.terms).min(self.rows.k);
            let beside = end - (end - start) % SIDE_BY_SIDE;
            // SAFETY: the steps lie within `rows.k`.
            unsafe {
                (start..beside)
                    .step_by(SIDE_BY_SIDE)
                    .for_each(|k| self.add_steps::<SIDE_BY_SIDE>(k, k == start));
                (beside..end).for_each(|k| self.add_steps::<1>(k, k == start));
                self.finish(self.rows.add || start > 0);
            }
        }
    }
}

impl<S: Simd, T: Lanes> Tall<'_, S, T> {
    /// Adds `G` steps from `k` on to the sums, or begins them.
    ///
    /// # Safety
    /// As many steps are there, and the promises of the fields hold.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // as in `tile.rs`
    unsafe fn add_steps<const G: usize>(&self, k: usize, begin: bool) {
        let (simd, rows) = (self.simd, &{ *self.rows });
        let mut right = [T::splat(simd, T::zero()); G];
        // SAFETY: the caller's promise.
        unsafe {
            for g in 0..G {
                right[g] = T::splat(simd, *rows.b.add((k + g) * rows.b_step));
            }
            let a = rows.a.add(k * rows.a_step);
            for row in (0..rows.height).step_by(T::lanes::<S>()) {
                let place = self.sums.add(row).cast::<T::Vector<S>>();
                let mut sum = if begin { T::splat(simd, T::zero()) } else { place.read_unaligned() };
                for g in 0..G {
                    let left = a.add(g * rows.a_step + row).cast::<T::Vector<S>>().read_unaligned();
                    sum = T::fused(simd, left, right[g], sum);
                }
                place.write_unaligned(sum);
            }
        }
    }

    /// Brings a stretch's sums to C.
    ///
    /// # Safety
    /// The promises of the fields hold.
    #[inline(always)]
    unsafe fn finish(&self, add: bool) {
        let (simd, rows) = (self.simd, self.rows);
        let (scale, zero) = (T::splat(simd, rows.scale), T::splat(simd, T::zero()));
        for row in (0..rows.height).step_by(T::lanes::<S>()) {
            // SAFETY: the caller's promise.
            unsafe {
                let c = rows.c.add(row).cast::<T::Vector<S>>();
                let old = if add { c.read_unaligned() } else { zero };
                let sum = self.sums.add(row).cast::<T::Vector<S>>().read_unaligned();
                c.write_unaligned(T::fused(simd, scale, sum, old));
            }
        }
    }
}
