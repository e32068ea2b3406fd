//! No library computes on another thread than the one that asks. One test, so that nothing else runs meanwhile.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![cfg(target_os = "linux")]
#![allow(unsafe_code)]

mod libraries;

use std::time::Duration;

use dnn_core::{Backend, Matrix, MatrixMut, Product, Real};

/// Seconds of one of the system's clocks.
fn seconds(clock: libc::clockid_t) -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes to the structure it is given.
    assert_eq!(unsafe { libc::clock_gettime(clock, &raw mut time) }, 0);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Time computed by this thread, and by all others of the process.
fn computed() -> (f64, f64) {
    let own = seconds(libc::CLOCK_THREAD_CPUTIME_ID);
    (own, seconds(libc::CLOCK_PROCESS_CPUTIME_ID) - own)
}

fn multiply<T: Real>(backend: &dyn Backend, n: usize) {
    let (a, b, mut c) = (vec![T::one(); n * n], vec![T::one(); n * n], vec![T::zero(); n * n]);
    let result = MatrixMut::new(&mut c, n, n);
    let product = Product::new(Matrix::new(&a, n, n), Matrix::new(&b, n, n), result).unwrap();
    T::half(backend).compute(product);
    assert!(c[0] == T::of(n as f64));
}

#[test]
fn products_run_on_the_calling_thread_alone() {
    let test = "products_run_on_the_calling_thread_alone";
    let crashed = libraries::each_alone(test, libraries::names(), |found| {
        // Other threads start late, and OpenBLAS's look for work for a while before they sleep.
        multiply::<f32>(&*found.backend, 64);
        std::thread::sleep(Duration::from_millis(300));
        let (own, others) = computed();
        while computed().0 - own < 0.3 {
            multiply::<f32>(&*found.backend, 500);
            multiply::<f64>(&*found.backend, 300);
        }
        let (own, others) = (computed().0 - own, computed().1 - others);
        println!("{}: {own:.3} s, other threads {others:.6} s", found.backend.identity());
        assert!(others < 0.02 * own, "{}: other threads computed {others} s", found.backend.identity());
    });
    assert_eq!(crashed, [""; 0]);
}
