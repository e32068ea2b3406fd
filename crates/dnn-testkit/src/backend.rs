//! One suite for every back end: [`check_backend`] compares it with three loops in f64.
//!
//! The tolerance is the bound of the sum itself (N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2002,
//! eq. 3.5): |ĉ − c| ≤ (k + 2) u Σ|a||b| for any order of summation, u = ε/2, once for the back end and once for the
//! oracle. Every operand lies against a guard page, gaps between columns hold NaN, and so does a C that is replaced.

use dnn_core::{Backend, Error, Matrix, MatrixMut, Product, Real, Update};

use crate::guard::{Guarded, Side};

/// Sizes around the widths of registers and of the small blocks of kernels.
const SMALL: [usize; 9] = [0, 1, 2, 3, 7, 8, 15, 16, 17];
/// Sizes around the widths of larger blocks.
const LARGE: [usize; 6] = [63, 64, 65, 255, 256, 257];
/// Rows, terms and columns of one example's products, which back ends treat apart: few rows and long sums, and tall ones.
const SINGLE: [[usize; 3]; 4] = [[20, 1100, 1], [200, 1300, 1], [1030, 70, 1], [2063, 530, 1]];
/// The widest gap between columns.
const GAP: usize = 5;

/// One product to check: `C = scale · A B` or `C += …`, with `A: (m, k)`, `B: (k, n)`.
#[derive(Debug, Clone, Copy)]
struct Case {
    size: [usize; 3],
    transposed: [bool; 2],
    update: Update,
    scale: f64,
    gaps: [usize; 3],
    sides: [Side; 3],
}

/// Room for the three operands, each `margin` numbers away from its guard pages.
struct Room<T: Real> {
    operands: [Guarded<T>; 3],
    margin: usize,
}

/// Checks every kind of product in both precisions.
///
/// # Panics
/// If one is wrong; a read or write beyond an operand crashes the process.
pub fn check_backend(backend: &dyn Backend) {
    check_backend_with_margin(backend, 0);
}

/// [`check_backend`] for a back end that is known to read up to `margin` numbers beyond its operands.
///
/// # Panics
/// As [`check_backend`].
pub fn check_backend_with_margin(backend: &dyn Backend, margin: usize) {
    check_products::<f32>(backend, margin);
    check_products::<f64>(backend, margin);
    refuses_sizes_beyond_32_bits();
}

/// Checks every kind of product in one precision.
///
/// # Panics
/// As [`check_backend`].
fn check_products<T: Real>(backend: &dyn Backend, margin: usize) {
    let sizes: Vec<_> = sizes().into_iter().chain(SINGLE).collect();
    let longest = |[m, k, n]: &[usize; 3]| (m + GAP) * (k + GAP).max(n + GAP);
    let largest = sizes.iter().map(longest).max().unwrap_or(0).max((LARGE[5] + GAP) * LARGE[5]) + margin;
    let mut room = Room { operands: [(); 3].map(|()| Guarded::<T>::new(largest)), margin };
    for (number, size) in sizes.into_iter().enumerate() {
        let all = size.iter().all(|side| SMALL.contains(side)) || SINGLE.contains(&size);
        // Small products take every combination, large ones take turns.
        let kinds = if all { 0..8 } else { number % 8..number % 8 + 1 };
        kinds.for_each(|kind| check(backend, &mut room, case(size, kind, number)));
    }
}

/// All triples of small sizes; each pair of large ones with each place for a third, which takes turns; and some triples
/// of large ones.
fn sizes() -> Vec<[usize; 3]> {
    let mut sizes = Vec::new();
    for m in SMALL {
        for k in SMALL {
            sizes.extend(SMALL.map(|n| [m, k, n]));
        }
    }
    for (row, p) in LARGE.into_iter().enumerate() {
        for (column, q) in LARGE.into_iter().enumerate() {
            let third = SMALL[(row + 2 * column) % SMALL.len()];
            sizes.extend([[p, q, third], [p, third, q], [third, p, q]]);
        }
        sizes.push([p, LARGE[(row + 1) % 6], LARGE[(row + 3) % 6]]);
    }
    sizes
}

/// `kind` sets transposes and update; the rest is drawn from all three numbers, so that all combinations come up.
fn case(size: [usize; 3], kind: usize, number: usize) -> Case {
    let draw = (number * 8 + kind).wrapping_mul(0x9E37_79B9) >> 7;
    let bit = |place: usize| draw >> place & 1 == 1;
    let side = |place| if bit(place) { Side::Start } else { Side::End };
    let gap = |place| if bit(place) { GAP } else { 0 };
    Case {
        size,
        transposed: [kind & 1 == 1, kind & 2 == 2],
        update: if kind & 4 == 4 { Update::Add } else { Update::Replace },
        scale: [1.0, -0.75, 0.3, 1.0][draw & 3],
        gaps: [gap(2), gap(3), gap(4)],
        sides: [side(5), side(6), side(7)],
    }
}

fn check<T: Real>(backend: &dyn Backend, room: &mut Room<T>, case: Case) {
    let Case { size: [m, k, n], transposed, update, gaps, sides, .. } = case;
    let turn = |shape: (usize, usize), turned: bool| if turned { (shape.1, shape.0) } else { shape };
    let shapes = [turn((m, k), transposed[0]), turn((k, n), transposed[1]), (m, n)];
    let strides = [0, 1, 2].map(|i| shapes[i].0 + gaps[i]);
    let lengths = [0, 1, 2].map(|i| length(shapes[i], strides[i]));
    let [a, b, c] = room.operands.each_mut();
    let (a, b) = (place(a, lengths[0], sides[0], room.margin), place(b, lengths[1], sides[1], room.margin));
    let c = place(c, lengths[2], sides[2], room.margin);
    fill(a, shapes[0].0, strides[0], 1);
    fill(b, shapes[1].0, strides[1], 2);
    match update {
        Update::Replace => c.fill(T::nan()),
        Update::Add => fill(c, m, strides[2], 3),
    }
    let old = c.to_vec();

    let view = |values, i: usize| {
        let stored =
            Matrix::strided(values, shapes[i].0, shapes[i].1, strides[i]).expect("the block is long enough");
        if transposed[i] { stored.t() } else { stored }
    };
    let (a, b) = (view(a, 0), view(b, 1));
    let scale = T::of(case.scale);
    let result = MatrixMut::strided(c, m, n, strides[2]).expect("the block is long enough");
    let product = Product::new(a, b, result).expect("the shapes agree").scaled(scale);
    let product = if update == Update::Add { product.added() } else { product };
    T::half(backend).compute(product);

    compare(backend, case, [&entries(a), &entries(b.t())], &old, c, strides[2]);
}

/// `len` numbers near the guard page on `side`, with NaN in the margin between.
fn place<T: Real>(room: &mut Guarded<T>, len: usize, side: Side, margin: usize) -> &mut [T] {
    let all = room.slice(len + margin, side);
    all.fill(T::nan());
    if side == Side::Start { &mut all[margin..] } else { &mut all[..len] }
}

/// Compares C with the sums over k; `a` holds the rows of A and `b` the columns of B, one after the other.
fn compare<T: Real>(
    backend: &dyn Backend,
    case: Case,
    [a, b]: [&[f64]; 2],
    old: &[T],
    c: &[T],
    stride: usize,
) {
    let [m, k, n] = case.size;
    let (scale, epsilon) = (T::of(case.scale).wide(), T::epsilon().wide());
    for j in 0..n {
        for i in 0..m {
            let terms = a[i * k..][..k].iter().zip(&b[j * k..][..k]).map(|(a, b)| a * b);
            let (sum, magnitude) = terms.fold((0.0, 0.0), |(s, t), term| (s + term, t + term.abs()));
            let before = if case.update == Update::Add { old[i + j * stride].wide() } else { 0.0 };
            let (expected, found) = (before + scale * sum, c[i + j * stride].wide());
            let tolerance = (k + 2) as f64 * epsilon * (scale.abs() * magnitude + before.abs());
            assert!(
                (found - expected).abs() <= tolerance,
                "{}, {}: entry ({i}, {j}) is {found}, expected {expected} ± {tolerance} in {case:?}",
                backend.identity(),
                T::NAME
            );
        }
    }
    let gaps = (0..c.len()).filter(|place| stride == 0 || place % stride >= m);
    for place in gaps {
        let same = c[place] == old[place] || c[place].is_nan() && old[place].is_nan();
        assert!(same, "{}: wrote between the columns of C in {case:?}", backend.identity());
    }
}

/// Numbers behind a window: up to the last entry, and no further.
fn length((rows, columns): (usize, usize), stride: usize) -> usize {
    columns.checked_sub(1).map_or(0, |last| last * stride + rows)
}

/// Writes numbers from (−1, 1) that differ with `seed`, and NaN between the columns.
fn fill<T: Real>(values: &mut [T], rows: usize, stride: usize, seed: usize) {
    for (place, value) in values.iter_mut().enumerate() {
        let draw = (place + 1).wrapping_mul(2 * seed + 1).wrapping_mul(0x9E37_79B9) >> 8 & 0xFFFF;
        *value = if place % stride < rows { T::of(draw as f64 / 32_768.0 - 1.0) } else { T::nan() };
    }
}

/// The entries of `matrix`, row by row, in f64.
fn entries<T: Real>(matrix: Matrix<'_, T>) -> Vec<f64> {
    let (down, right) = if matrix.is_transposed() { (matrix.stride(), 1) } else { (1, matrix.stride()) };
    let row = |i: usize| (0..matrix.columns()).map(move |j| matrix.values()[i * down + j * right].wide());
    (0..matrix.rows()).flat_map(row).collect()
}

/// A dimension that does not fit the 32-bit integers of a BLAS never reaches one.
fn refuses_sizes_beyond_32_bits() {
    let beyond = 1_usize << 32;
    let refused = |a: Matrix<'_, f32>, b: Matrix<'_, f32>, rows, columns| {
        let refused = Product::new(a, b, MatrixMut::new(&mut [], rows, columns));
        assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    };
    let tall = Matrix::new(&[], beyond, 0);
    refused(tall, Matrix::new(&[], 0, 0), beyond, 0);
    refused(Matrix::new(&[], 0, 0), tall.t(), 0, beyond);
    refused(tall.t(), tall, 0, 0);
    let far_apart = Matrix::strided(&[], 0, 1, beyond).expect("it holds nothing");
    refused(far_apart, Matrix::new(&[], 1, 0), 0, 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::{BackendIdentity, Naive, Products};

    /// The reference with one fault.
    struct Faulty<F>(F);

    impl<F: Fn(&mut f64) + Send + Sync, T: Real> Products<T> for Faulty<F> {
        fn compute(&self, product: Product<'_, T>) {
            let mut scale = product.scale.wide();
            (self.0)(&mut scale);
            Naive.compute(product.scaled(T::of(scale)));
        }
    }

    impl<F: Fn(&mut f64) + Send + Sync> Backend for Faulty<F> {
        fn identity(&self) -> BackendIdentity {
            Naive.identity()
        }
    }

    #[test]
    fn the_reference_passes() {
        check_backend(&Naive);
    }

    #[test]
    #[should_panic(expected = "expected")]
    fn a_lost_scale_is_noticed() {
        check_backend(&Faulty(|scale: &mut f64| *scale = 1.0));
    }

    #[test]
    #[should_panic(expected = "expected")]
    fn a_slight_error_is_noticed() {
        check_products::<f64>(&Faulty(|scale: &mut f64| *scale *= 1.0 + 1e-12), 0);
    }
}
