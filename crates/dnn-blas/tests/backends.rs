//! Every back end that this machine has passes the one suite, alone and from several threads at once.
#![allow(clippy::unwrap_used)]

mod libraries;

use std::sync::Mutex;

use dnn_blas::{Found, PureRust, Threads};
use dnn_core::{Backend, Matrix, MatrixMut, Pool, Product, Real};
use dnn_testkit::backend::{check_backend, check_backend_with_margin};

#[test]
fn pure_rust_computes_every_product() {
    check_backend(&PureRust);
}

#[test]
fn every_library_computes_every_product() {
    for found in libraries::all() {
        println!("checking {} from {:?}", found.backend.identity(), found.file);
        check_backend_with_margin(&*found.backend, margin(&found));
    }
}

/// How far the library is known to read beyond its operands: BLIS before 2.0 does, by up to a row of a transposed A in
/// its small kernels for AVX2 (github.com/flame/blis, issues 635 and 821), and says so in its advice.
fn margin(found: &Found) -> usize {
    let identity = found.backend.identity();
    if identity.library == "BLIS" && found.advice.is_some() { 300 } else { 0 }
}

#[test]
fn products_from_several_threads_at_once_are_right() {
    let pool = Threads::new(4).unwrap();
    let tasks = 4_000;
    for found in libraries::all() {
        let expected: Vec<Vec<f32>> = (0..SIZES.len()).map(|kind| result(&*found.backend, kind)).collect();
        let wrong = Mutex::new(Vec::new());
        pool.run(tasks, &|task| {
            let kind = task % SIZES.len();
            if result(&*found.backend, kind) != expected[kind] {
                wrong.lock().unwrap().push(task);
            }
        });
        assert_eq!(wrong.into_inner().unwrap(), [0; 0], "{}", found.backend.identity());
    }
}

const SIZES: [[usize; 3]; 4] = [[64, 32, 96], [7, 130, 33], [100, 100, 100], [16, 8, 3]];

/// One product of the size `kind`, of small whole numbers: any order of summation gives the same bits.
fn result(backend: &dyn Backend, kind: usize) -> Vec<f32> {
    let [m, k, n] = SIZES[kind];
    let values = |len: usize, step| (0..len).map(|i| (i * step % 17) as f32 - 8.0).collect::<Vec<_>>();
    let (a, b, mut c) = (values(m * k, 5), values(k * n, 7), vec![f32::NAN; m * n]);
    let product =
        Product::new(Matrix::new(&a, k, m).t(), Matrix::new(&b, k, n), MatrixMut::new(&mut c, m, n));
    f32::half(backend).compute(product.unwrap());
    c
}
