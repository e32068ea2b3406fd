//! Pure Rust gives the same bits wherever its operands lie, whoever computes and however often.
#![allow(clippy::unwrap_used)]

use dnn_blas::{PureRust, Threads};
use dnn_core::{Backend, Matrix, MatrixMut, Pool, Product, Real};

/// Sizes that reach each way through the kernel: dots, vectors, bands read where they stand, packed bands, cut sums.
const SIZES: [[usize; 3]; 7] =
    [[1, 500, 1], [257, 300, 1], [1, 300, 257], [16, 2000, 16], [64, 64, 64], [300, 17, 260], [130, 600, 70]];

fn bits<T: Real>([m, k, n]: [usize; 3], kind: usize, offset: usize) -> Vec<u64> {
    let values = |len: usize, seed: usize| {
        let value = |i: usize| T::of(((i + 1) * seed * 0x9E37_79B9 % 100_003) as f64 / 1e5 - 0.5);
        (0..offset).map(|_| T::zero()).chain((0..len).map(value)).collect::<Vec<T>>()
    };
    let (a, b, mut c) = (values(m * k, 3), values(k * n, 5), values(m * n, 7));
    let view = |values, rows, columns, turned| match turned {
        true => Matrix::new(values, columns, rows).t(),
        false => Matrix::new(values, rows, columns),
    };
    let (a, b) = (view(&a[offset..], m, k, kind & 1 == 1), view(&b[offset..], k, n, kind & 2 == 2));
    let product = Product::new(a, b, MatrixMut::new(&mut c[offset..], m, n)).unwrap().scaled(T::of(0.3));
    let backend: &dyn Backend = &PureRust;
    T::half(backend).compute(if kind & 4 == 4 { product.added() } else { product });
    c[offset..].iter().map(|value| value.wide().to_bits()).collect()
}

fn check<T: Real>() {
    let pool = Threads::new(3).unwrap();
    for size in SIZES {
        for kind in 0..8 {
            let expected = bits::<T>(size, kind, 0);
            pool.run(20, &|offset| {
                assert!(bits::<T>(size, kind, offset) == expected, "{} {size:?} {kind} {offset}", T::NAME);
            });
        }
    }
}

#[test]
fn pure_rust_gives_the_same_bits_at_every_alignment_and_on_every_thread() {
    check::<f32>();
    check::<f64>();
}
