//! Numbers side by side in a register: what the kernel needs of f32 and f64, for every instruction set of `pulp`.

use dnn_core::Real;
use pulp::Simd;

/// Rows and columns that are transposed at once.
pub(super) const BLOCK: usize = 4;

/// A number type as the kernel computes with it: a register full at a time.
pub(super) trait Lanes: Real {
    /// A register full of numbers; its size is a multiple of theirs.
    type Vector<S: Simd>: Copy;

    /// `value` in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;

    /// `a · b + c`, lane by lane, rounded once where the processor can.
    fn fused<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>)
    -> Self::Vector<S>;

    /// The first `count` numbers from `from` on, less than a register full, and zeros behind them.
    ///
    /// # Safety
    /// These numbers may be read.
    unsafe fn load_part<S: Simd>(simd: S, from: *const Self, count: usize) -> Self::Vector<S>;

    /// Writes the first `count` lanes of `register` to `to`.
    ///
    /// # Safety
    /// As many numbers may be written.
    unsafe fn store_part<S: Simd>(simd: S, to: *mut Self, count: usize, register: Self::Vector<S>);

    /// Transposes a block of [`BLOCK`] rows and columns: `to[j · to_step + i] = from[i · from_step + j]`.
    ///
    /// # Safety
    /// The entries may be read and written.
    unsafe fn transpose(from: *const Self, from_step: usize, to: *mut Self, to_step: usize);

    /// Numbers in a register.
    #[inline(always)]
    fn lanes<S: Simd>() -> usize {
        size_of::<Self::Vector<S>>() / size_of::<Self>()
    }
}

impl Lanes for f32 {
    type Vector<S: Simd> = S::f32s;

    #[inline(always)]
    fn splat<S: Simd>(simd: S, value: Self) -> S::f32s {
        simd.splat_f32s(value)
    }

    #[inline(always)]
    fn fused<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
        simd.mul_add_e_f32s(a, b, c)
    }

    #[inline(always)]
    unsafe fn load_part<S: Simd>(simd: S, from: *const Self, count: usize) -> S::f32s {
        // SAFETY: the caller's promise; the mask leaves out what lies beyond.
        unsafe { simd.mask_load_ptr_f32s(simd.mask_between_m32s(0, count as u32), from) }
    }

    #[inline(always)]
    unsafe fn store_part<S: Simd>(simd: S, to: *mut Self, count: usize, register: S::f32s) {
        // SAFETY: as above.
        unsafe { simd.mask_store_ptr_f32s(simd.mask_between_m32s(0, count as u32), to, register) }
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn transpose(from: *const Self, from_step: usize, to: *mut Self, to_step: usize) {
        use std::arch::x86_64::*;
        // SAFETY: the caller's promise; every x86-64 processor has these instructions.
        unsafe {
            let row = |i: usize| _mm_loadu_ps(from.add(i * from_step));
            let (a, b, c, d) = (row(0), row(1), row(2), row(3));
            let (ab, cd) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
            let (ab_high, cd_high) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
            let put = |j: usize, column| _mm_storeu_ps(to.add(j * to_step), column);
            put(0, _mm_movelh_ps(ab, cd));
            put(1, _mm_movehl_ps(cd, ab));
            put(2, _mm_movelh_ps(ab_high, cd_high));
            put(3, _mm_movehl_ps(cd_high, ab_high));
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[inline(always)]
    unsafe fn transpose(from: *const Self, from_step: usize, to: *mut Self, to_step: usize) {
        // SAFETY: the caller's promise.
        unsafe { transpose_one_by_one(from, from_step, to, to_step) }
    }
}

impl Lanes for f64 {
    type Vector<S: Simd> = S::f64s;

    #[inline(always)]
    fn splat<S: Simd>(simd: S, value: Self) -> S::f64s {
        simd.splat_f64s(value)
    }

    #[inline(always)]
    fn fused<S: Simd>(simd: S, a: S::f64s, b: S::f64s, c: S::f64s) -> S::f64s {
        simd.mul_add_e_f64s(a, b, c)
    }

    #[inline(always)]
    unsafe fn load_part<S: Simd>(simd: S, from: *const Self, count: usize) -> S::f64s {
        // SAFETY: the caller's promise; the mask leaves out what lies beyond.
        unsafe { simd.mask_load_ptr_f64s(simd.mask_between_m64s(0, count as u64), from) }
    }

    #[inline(always)]
    unsafe fn store_part<S: Simd>(simd: S, to: *mut Self, count: usize, register: S::f64s) {
        // SAFETY: as above.
        unsafe { simd.mask_store_ptr_f64s(simd.mask_between_m64s(0, count as u64), to, register) }
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn transpose(from: *const Self, from_step: usize, to: *mut Self, to_step: usize) {
        use std::arch::x86_64::*;
        // SAFETY: the caller's promise; every x86-64 processor has these instructions.
        unsafe {
            for (i, j) in [(0, 0), (0, 2), (2, 0), (2, 2)] {
                let a = _mm_loadu_pd(from.add(i * from_step + j));
                let b = _mm_loadu_pd(from.add((i + 1) * from_step + j));
                _mm_storeu_pd(to.add(j * to_step + i), _mm_unpacklo_pd(a, b));
                _mm_storeu_pd(to.add((j + 1) * to_step + i), _mm_unpackhi_pd(a, b));
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[inline(always)]
    unsafe fn transpose(from: *const Self, from_step: usize, to: *mut Self, to_step: usize) {
        // SAFETY: the caller's promise.
        unsafe { transpose_one_by_one(from, from_step, to, to_step) }
    }
}

/// # Safety
/// As for [`Lanes::transpose`].
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
unsafe fn transpose_one_by_one<T: Copy>(from: *const T, from_step: usize, to: *mut T, to_step: usize) {
    for i in 0..BLOCK {
        for j in 0..BLOCK {
            // SAFETY: the caller's promise.
            unsafe { *to.add(j * to_step + i) = *from.add(i * from_step + j) };
        }
    }
}
