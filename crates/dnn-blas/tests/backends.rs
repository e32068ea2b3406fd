//! Every back end that this machine has passes the one suite, alone and from several threads at once.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod libraries;

use std::sync::Mutex;

use dnn_blas::{PureRust, Threads};
use dnn_core::{Backend, Matrix, MatrixMut, Pool, Product, Real};
use dnn_testkit::backend::{check_backend, check_backend_with_margin};

#[test]
fn pure_rust_computes_every_product() {
    check_backend(&PureRust);
}

/// How far a library may read beyond its operands and still have its results checked: BLIS before 2.0 does, by up to a
/// row of a transposed A in its small kernels for AVX2 (github.com/flame/blis, issues 635 and 821).
const MARGIN: usize = 300;

#[test]
fn every_library_computes_every_product() {
    let test = "every_library_computes_every_product";
    let crashed = libraries::each_alone(test, libraries::names(), |found| {
        println!("checking {} from {:?}", found.backend.identity(), found.file);
        check_backend_with_margin(&*found.backend, MARGIN);
    });
    assert_eq!(crashed, [""; 0], "these touch memory far from their operands");
}

#[test]
fn what_is_chosen_by_itself_stays_within_its_operands() {
    let test = "what_is_chosen_by_itself_stays_within_its_operands";
    let names = [libraries::AUTO.to_string()].into_iter().chain(libraries::names()).collect();
    let reckless = libraries::each_alone(test, names, |found| {
        println!("checking {} from {:?}", found.backend.identity(), found.file);
        check_backend(&*found.backend);
    });
    for name in &reckless {
        libraries::say(&format!("{name} reads beyond its operands, so auto() must never choose it"));
    }
    assert!(!reckless.iter().any(|name| name == libraries::AUTO), "auto() chose one of {reckless:?}");
}

#[test]
fn products_from_several_threads_at_once_are_right() {
    let test = "products_from_several_threads_at_once_are_right";
    let crashed = libraries::each_alone(test, libraries::names(), |found| {
        let (pool, wrong) = (Threads::new(4).unwrap(), Mutex::new(Vec::new()));
        let expected: Vec<Vec<f32>> = (0..SIZES.len()).map(|kind| result(&*found.backend, kind)).collect();
        pool.run(4_000, &|task| {
            let kind = task % SIZES.len();
            if result(&*found.backend, kind) != expected[kind] {
                wrong.lock().unwrap().push(task);
            }
        });
        assert_eq!(wrong.into_inner().unwrap(), [0; 0], "{}", found.backend.identity());
    });
    assert_eq!(crashed, [""; 0]);
}

const SIZES: [[usize; 3]; 4] = [[64, 32, 96], [7, 130, 33], [100, 100, 100], [16, 8, 3]];

/// One product of the size `kind`, of small whole numbers: any order of summation gives the same bits.
fn result(backend: &dyn Backend, kind: usize) -> Vec<f32> {
    let [m, k, n] = SIZES[kind];
    let values = |len: usize, step| (0..len).map(|i| (i * step % 17) as f32 - 8.0).collect::<Vec<_>>();
    let (mut a, mut b, mut c) = (values(m * k, 5), values(k * n, 7), vec![f32::NAN; m * n]);
    // Memory of ours behind what is multiplied, for libraries that read on.
    for values in [&mut a, &mut b, &mut c] {
        values.reserve(MARGIN);
    }
    let product =
        Product::new(Matrix::new(&a, k, m).t(), Matrix::new(&b, k, n), MatrixMut::new(&mut c, m, n));
    f32::half(backend).compute(product.unwrap());
    c
}
