//! Copies of parts of A in the order in which the kernel reads them: step by step of k, the rows beside each other, and
//! zeros where the last register is not full.

use pulp::Simd;

use super::lanes::{BLOCK, Lanes};
use super::tile::WIDEST;

/// Packs `height` rows of a matrix that stores its rows beside each other, for `k` steps that lie `step` apart.
///
/// # Safety
/// The entries lie within the matrix behind `a`; `to` has room for `k · full_height` numbers.
#[inline(always)]
pub(super) unsafe fn stored_by_column<S: Simd, T: Lanes>(
    simd: S,
    a: *const T,
    step: usize,
    k: usize,
    height: usize,
    full_height: usize,
    to: *mut T,
) {
    let lanes = T::lanes::<S>();
    let whole = height - height % lanes;
    for k in 0..k {
        // SAFETY: the caller's promise.
        unsafe {
            let (from, to) = (a.add(k * step), to.add(k * full_height));
            for row in (0..whole).step_by(lanes) {
                let register = from.add(row).cast::<T::Vector<S>>().read_unaligned();
                to.add(row).cast::<T::Vector<S>>().write_unaligned(register);
            }
            if whole < height {
                let register = T::load_part(simd, from.add(whole), height - whole);
                to.add(whole).cast::<T::Vector<S>>().write_unaligned(register);
            }
        }
    }
}

/// Packs the `k` rows of B that lie `step` apart, of `columns` columns that lie `column` apart: as many columns beside each
/// other as the tiles that read them are wide, and each such group from its first step to its last.
///
/// # Safety
/// The entries lie within the matrix behind `b`; `to` has room for `k · columns` numbers.
#[inline(always)]
pub(super) unsafe fn beside<T: Lanes>(
    b: *const T,
    step: usize,
    column: usize,
    k: usize,
    columns: usize,
    to: *mut T,
) {
    let group = |first: usize| {
        // SAFETY: the offsets stay within B and what was packed of it.
        unsafe { (b.add(first * column), to.add(first * k)) }
    };
    let mut first = 0;
    // SAFETY: the caller's promise; each group is as wide as there are columns left.
    unsafe {
        while columns - first >= WIDEST {
            let (from, to) = group(first);
            beside_group::<T, WIDEST>(from, step, column, k, to);
            first += WIDEST;
        }
        if columns - first >= 4 {
            let (from, to) = group(first);
            beside_group::<T, 4>(from, step, column, k, to);
            first += 4;
        }
        if columns - first >= 2 {
            let (from, to) = group(first);
            beside_group::<T, 2>(from, step, column, k, to);
            first += 2;
        }
        if columns > first {
            let (from, to) = group(first);
            beside_group::<T, 1>(from, step, column, k, to);
        }
    }
}

/// # Safety
/// As for [`beside`], for `N` columns.
#[inline(always)]
unsafe fn beside_group<T: Lanes, const N: usize>(
    from: *const T,
    step: usize,
    column: usize,
    k: usize,
    to: *mut T,
) {
    for k in 0..k {
        for n in 0..N {
            // SAFETY: the caller's promise.
            unsafe { *to.add(k * N + n) = *from.add(k * step + n * column) };
        }
    }
}

/// Packs `height` rows, which lie `row` apart, of a matrix that stores each row's `k` steps beside each other.
///
/// # Safety
/// As for [`stored_by_column`].
#[inline(always)]
pub(super) unsafe fn stored_by_row<T: Lanes>(
    a: *const T,
    row: usize,
    k: usize,
    height: usize,
    full_height: usize,
    to: *mut T,
) {
    let (whole_rows, whole_steps) = (height - height % BLOCK, k - k % BLOCK);
    // SAFETY: the caller's promise; blocks are whole, and the rest goes number by number.
    unsafe {
        for first in (0..whole_rows).step_by(BLOCK) {
            for k in (0..whole_steps).step_by(BLOCK) {
                T::transpose(a.add(first * row + k), row, to.add(k * full_height + first), full_height);
            }
        }
        for i in 0..height {
            let start = if i < whole_rows { whole_steps } else { 0 };
            (start..k).for_each(|k| *to.add(k * full_height + i) = *a.add(i * row + k));
        }
        for i in height..full_height {
            (0..k).for_each(|k| *to.add(k * full_height + i) = T::zero());
        }
    }
}
