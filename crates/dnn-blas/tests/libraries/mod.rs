//! The libraries that a test runs on: pure Rust, what the loader finds, and the paths in `DNN_TEST_BLAS`.

#![allow(dead_code, clippy::print_stdout)]

use dnn_blas::{Found, available, by_name};

/// The paths in `DNN_TEST_BLAS`, with `:` between them.
pub(crate) fn paths() -> Vec<String> {
    let paths = std::env::var("DNN_TEST_BLAS").unwrap_or_default();
    let paths: Vec<String> = paths.split(':').filter(|path| !path.is_empty()).map(String::from).collect();
    if paths.is_empty() {
        println!("skipped: no library is named (set DNN_TEST_BLAS to paths with : between them)");
    }
    paths
}

/// Whether `path` names a build for 64-bit integers, which must be refused.
pub(crate) fn has_long_integers(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|file| file.contains("64"))
}

/// The paths that must load.
pub(crate) fn usable_paths() -> Vec<String> {
    paths().into_iter().filter(|path| !has_long_integers(path)).collect()
}

/// Every back end: pure Rust, those the loader finds, and those named for the test.
pub(crate) fn all() -> Vec<Found> {
    let named = usable_paths();
    let named = named.iter().map(|path| by_name(path).unwrap_or_else(|error| panic!("{error}")));
    available().into_iter().chain(named).collect()
}
