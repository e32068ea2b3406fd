//! Products in pure Rust: always there, on one thread, the same bits every time, and nothing allocated.
//!
//! A product is cut into bands of rows that are a few registers high, and a band into tiles that stay in registers over
//! the sum (`tile.rs`). Where a band is used often, or lies the wrong way round, it is packed first, into a buffer that
//! each thread has. The same code serves every instruction set that `pulp` knows.
//!
//! Invariant, relied on by the `unsafe` below: the operands of a [`Product`] lie within their slices, and C overlaps
//! neither factor, since it is borrowed to write.
#![allow(unsafe_code)]

mod column;
mod lanes;
mod pack;
mod tile;

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;

use dnn_core::{Backend, BackendIdentity, Operands, Product, Products, Update};
use pulp::{Arch, Simd, WithSimd};

use self::column::{Column, Tall};
use self::lanes::Lanes;
use self::tile::{Rows, Tiles, WIDEST};

/// Terms of a sum that are added up in registers: a packed band of so many steps stays in the second cache.
const LONGEST_SUM: usize = 512;
/// The most columns of B against which every band is multiplied in turn: with 512 terms they fill half of the second
/// cache, and a step's blocks of 256 columns are not cut again.
const MOST_COLUMNS: usize = 256;
/// Columns from which on packing a band costs less than reading it with wide steps again and again.
const WORTH_PACKING: usize = 192;
/// Bytes of a column of A from which on it is read column by column for a single one of B; measured.
const TALL: usize = 1024;
/// Registers in the highest band.
const HIGHEST: usize = 4;
/// Bytes of the largest packed band: so many of the widest registers.
const LARGEST_BAND: usize = HIGHEST * 64 * LONGEST_SUM;

/// Bytes of the largest packed part of B: a quarter of the second cache.
const LARGEST_B: usize = 1 << 18;

/// The back end that needs nothing but Rust.
#[derive(Debug, Clone, Copy, Default)]
pub struct PureRust;

impl Products<f32> for PureRust {
    fn compute(&self, product: Product<'_, f32>) {
        compute(product);
    }

    fn rows_stand_alone(&self) -> bool {
        true
    }
}

impl Products<f64> for PureRust {
    fn compute(&self, product: Product<'_, f64>) {
        compute(product);
    }

    fn rows_stand_alone(&self) -> bool {
        true
    }
}

impl Backend for PureRust {
    fn identity(&self) -> BackendIdentity {
        BackendIdentity {
            library: "dnn".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            kernel: Arch::new().dispatch(Kernel).into(),
            origin: "pure Rust".into(),
        }
    }
}

/// The name of the widest instruction set.
pub(crate) const AVX512: &str = "AVX-512";

/// Names the instruction set.
struct Kernel;

impl WithSimd for Kernel {
    type Output = &'static str;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> &'static str {
        match (size_of::<S::f32s>(), cfg!(target_arch = "aarch64")) {
            (64, _) => AVX512,
            (32, _) => "AVX2+FMA",
            (16, true) => "NEON",
            (4, _) => "scalar",
            _ => "SIMD",
        }
    }
}

fn compute<T: Lanes>(product: Product<'_, T>) {
    let Some(operands) = product.operands() else { return };
    let Operands { scale, update, a, b, mut c } = operands;
    // Steps from row to row and from column to column: a transposed view swaps them.
    let steps = |matrix: &dnn_core::Matrix<'_, T>| match matrix.is_transposed() {
        false => (1, matrix.stride()),
        true => (matrix.stride(), 1),
    };
    let (b_step, b_column) = steps(&b);
    let (a_row, a_step) = steps(&a);
    let whole = Rows {
        k: a.columns(),
        a: a.values().as_ptr(),
        a_step,
        b: b.values().as_ptr(),
        b_step,
        b_column,
        b_packed: false,
        columns: b.columns(),
        c_column: c.stride(),
        c: c.values().as_mut_ptr(),
        height: a.rows(),
        scale,
        add: update == Update::Add,
    };
    Arch::new().dispatch(Multiply { whole: &whole, a_row, a_entries: a.values().len() });
}

/// A whole product, to be cut into bands. It holds references, as [`Packed`] and [`Tiles`] do, so that a call into
/// vector code passes registers and copies no memory.
struct Multiply<'a, T> {
    whole: &'a Rows<T>,
    /// From one row to the next in A.
    a_row: usize,
    /// Entries that may be read from the first of A on.
    a_entries: usize,
}

impl<T: Lanes> WithSimd for Multiply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { whole: all, a_row, a_entries } = self;
        let terms = all.k.div_ceil(all.k.div_ceil(LONGEST_SUM));
        if all.columns == 1 && a_row == 1 {
            return one_column(simd, all, terms, a_entries);
        }
        let pack_b = worth_packing_b::<S, T>(all);
        let most = if pack_b { MOST_COLUMNS.min(LARGEST_B / (terms * size_of::<T>())) } else { MOST_COLUMNS };
        let columns = all.columns.div_ceil(all.columns.div_ceil(most));
        for column in (0..all.columns).step_by(columns) {
            for k in (0..all.k).step_by(terms) {
                let mut row = 0;
                let b_packed = pack_b.then(|| pack_columns(all, column, columns, k, terms));
                while row < all.height {
                    let height = highest::<S, T>().min(all.height - row);
                    // SAFETY: the offsets stay within the three matrices.
                    let band = unsafe {
                        Rows {
                            k: (all.k - k).min(terms),
                            a: all.a.add(row * a_row + k * all.a_step),
                            b: b_packed.unwrap_or(all.b.add(k * all.b_step + column * all.b_column)),
                            b_packed: pack_b,
                            columns: (all.columns - column).min(columns),
                            c: all.c.add(row + column * all.c_column),
                            height,
                            add: all.add || k > 0,
                            ..*all
                        }
                    };
                    if a_row == 1 && height.is_multiple_of(T::lanes::<S>()) && all.columns < WORTH_PACKING {
                        multiply(simd, &band);
                    } else {
                        simd.vectorize(Packed { simd, a_row, band: &band });
                    }
                    row += height;
                }
            }
        }
    }
}

/// Whether B lies so that its next number is always on another page, and is read often enough.
#[inline(always)]
fn worth_packing_b<S: Simd, T: Lanes>(all: &Rows<T>) -> bool {
    all.b_step * size_of::<T>() >= 2048 && all.height >= 4 * highest::<S, T>()
}

/// Packs the columns and terms that are next to be multiplied.
#[inline(always)]
fn pack_columns<T: Lanes>(all: &Rows<T>, column: usize, columns: usize, k: usize, terms: usize) -> *const T {
    let to = PACKED_B.with(|buffer| buffer.get()).cast::<T>();
    let (columns, terms) = (columns.min(all.columns - column), terms.min(all.k - k));
    // SAFETY: the caller cuts so that the buffer has room; the offsets stay within B.
    unsafe {
        let from = all.b.add(k * all.b_step + column * all.b_column);
        pack::beside(from, all.b_step, all.b_column, terms, columns, to);
    }
    to
}

/// Rows of a band: what the registers have room for beside a column of B.
#[inline(always)]
fn highest<S: Simd, T: Lanes>() -> usize {
    HIGHEST * S::REGISTER_COUNT / 32 * T::lanes::<S>()
}

/// The product with a single column, never packed: a tall matrix as a whole, or bands twice as high, since B takes no
/// registers.
#[inline(always)]
fn one_column<S: Simd, T: Lanes>(simd: S, all: &Rows<T>, terms: usize, a_entries: usize) {
    let (highest, lanes) = (2 * highest::<S, T>(), T::lanes::<S>());
    let whole = all.height - all.height % lanes;
    let mut row = 0;
    if (TALL..=LARGEST_BAND).contains(&(whole * size_of::<T>())) {
        let rows = &Rows { height: whole, ..*all };
        let sums = BAND.with(|band| band.get()).cast();
        simd.vectorize(Tall { simd, rows, terms, sums });
        row = whole;
    }
    while row < all.height {
        let height = highest.min(all.height - row);
        // SAFETY: the offsets stay within A and C.
        let band = unsafe { Rows { a: all.a.add(row), c: all.c.add(row), height, ..*all } };
        let rows = &band;
        let read = row + height.next_multiple_of(lanes);
        let whole_steps = match a_entries.checked_sub(read) {
            Some(beyond) => beyond / all.a_step + 1,
            None => 0,
        };
        match height.div_ceil(lanes) {
            1 => simd.vectorize(Column::<S, T, 1, 8> { simd, rows, terms, whole_steps }),
            2 => simd.vectorize(Column::<S, T, 2, 4> { simd, rows, terms, whole_steps }),
            3 => simd.vectorize(Column::<S, T, 3, 2> { simd, rows, terms, whole_steps }),
            4 => simd.vectorize(Column::<S, T, 4, 2> { simd, rows, terms, whole_steps }),
            5 => simd.vectorize(Column::<S, T, 5, 2> { simd, rows, terms, whole_steps }),
            6 => simd.vectorize(Column::<S, T, 6, 1> { simd, rows, terms, whole_steps }),
            7 => simd.vectorize(Column::<S, T, 7, 1> { simd, rows, terms, whole_steps }),
            _ => simd.vectorize(Column::<S, T, 8, 1> { simd, rows, terms, whole_steps }),
        }
        row += height;
    }
}

/// Chooses the kernel by the registers that the band is high.
#[inline(always)]
fn multiply<S: Simd, T: Lanes>(simd: S, rows: &Rows<T>) {
    match rows.height.div_ceil(T::lanes::<S>()) {
        1 if rows.b_packed => simd.vectorize(Tiles::<S, T, 1, WIDEST> { simd, rows }),
        1 => simd.vectorize(Tiles::<S, T, 1, 8> { simd, rows }),
        2 => simd.vectorize(Tiles::<S, T, 2, WIDEST> { simd, rows }),
        3 => simd.vectorize(Tiles::<S, T, 3, WIDEST> { simd, rows }),
        _ => simd.vectorize(Tiles::<S, T, 4, WIDEST> { simd, rows }),
    }
}

/// A band that is copied into the order of the kernel first.
struct Packed<'a, S, T> {
    simd: S,
    a_row: usize,
    band: &'a Rows<T>,
}

impl<S: Simd, T: Lanes> pulp::NullaryFnOnce for Packed<'_, S, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, a_row, band } = self;
        let full_height = band.height.next_multiple_of(T::lanes::<S>());
        let to = BAND.with(|band| band.get()).cast::<T>();
        // SAFETY: a band has at most `HIGHEST` registers and `LONGEST_SUM` terms, for which the buffer has room; a thread
        // computes one product at a time, and nothing else uses its buffer.
        unsafe {
            if a_row == 1 {
                pack::stored_by_column(simd, band.a, band.a_step, band.k, band.height, full_height, to);
            } else {
                pack::stored_by_row(band.a, a_row, band.k, band.height, full_height, to);
            }
        }
        multiply(simd, &Rows { a: to, a_step: full_height, ..*band });
    }
}

/// Room for what is packed, aligned as registers are.
#[repr(align(64))]
struct Buffer<const BYTES: usize> {
    _bytes: [MaybeUninit<u8>; BYTES],
}

impl<const BYTES: usize> Buffer<BYTES> {
    const fn new() -> UnsafeCell<Self> {
        UnsafeCell::new(Self { _bytes: [const { MaybeUninit::uninit() }; BYTES] })
    }
}

thread_local! {
    /// The band that this thread works on. Not on the stack, whose pages would be touched for every product.
    static BAND: UnsafeCell<Buffer<LARGEST_BAND>> = const { Buffer::new() };
    /// The columns of B that it is multiplied by, where they had to be packed.
    static PACKED_B: UnsafeCell<Buffer<LARGEST_B>> = const { Buffer::new() };
}
