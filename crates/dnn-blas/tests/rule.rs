//! The rule of choice: what `DNN_BLAS` names is used, or is an error in words; nothing is passed over in silence.
#![allow(clippy::unwrap_used)]

mod libraries;

use std::process::Command;

use dnn_blas::{Error, by_name, choose};
use dnn_core::BackendIdentity;

#[test]
fn a_file_that_is_no_library_is_a_clear_error() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let Err(Error::Library { asked, .. }) = by_name(file) else { panic!("a text file is no library") };
    assert_eq!(asked, file);
    assert!(matches!(by_name("/nowhere/libopenblas.so"), Err(Error::Library { .. })));
    assert!(matches!(by_name("opnblas"), Err(Error::Name { .. })));
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_library_of_other_things_is_a_clear_error() {
    let message = by_name("libm.so.6").unwrap_err().to_string();
    assert!(
        message.starts_with(
            "libm.so.6: found a shared library without cblas_sgemm and cblas_dgemm, expected a shared library with"
        ),
        "{message}"
    );
}

#[test]
fn a_build_for_64_bit_integers_is_a_clear_error() {
    let long = libraries::paths().into_iter().filter(|path| libraries::has_long_integers(path));
    for path in long {
        let message = by_name(&path).unwrap_err().to_string();
        assert!(message.contains("found OpenBLAS built for 64-bit integers"), "{message}");
    }
}

#[cfg(not(any(feature = "openblas-system", feature = "openblas-static")))]
#[test]
fn a_program_without_openblas_says_how_to_link_it() {
    let message = by_name("linked").unwrap_err().to_string();
    assert!(message.contains("feature `openblas-system`"), "{message}");
}

#[cfg(any(feature = "openblas-system", feature = "openblas-static"))]
#[test]
fn a_linked_openblas_comes_first() {
    for found in [choose().unwrap(), by_name("openblas").unwrap(), by_name("linked").unwrap()] {
        let BackendIdentity { library, origin, .. } = found.backend.identity();
        assert_eq!((library.as_str(), origin.as_str()), ("OpenBLAS", "linked"));
    }
    assert_eq!(dnn_blas::available()[0].backend.identity().origin, "linked");
}

/// Set for a child process, which prints what it chose.
const CHILD: &str = "DNN_BLAS_RULE_CHILD";

/// What a process with this `DNN_BLAS` chooses.
fn chosen(blas: &str) -> String {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_environment_names_the_back_end", "--nocapture"])
        .env(CHILD, "1")
        .env("DNN_BLAS", blas)
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    String::from_utf8(child.stdout).unwrap()
}

#[test]
fn the_environment_names_the_back_end() {
    if std::env::var_os(CHILD).is_some() {
        return match choose() {
            Ok(found) => println!("chose {}", found.backend.identity()),
            Err(error) => println!("refused: {error}"),
        };
    }
    assert!(chosen("pure").contains("chose gemm"));
    assert!(chosen("Rust").contains("chose gemm"));
    let refused = chosen("/nowhere/libopenblas.so");
    let expected = "refused: DNN_BLAS=/nowhere/libopenblas.so: found no such file, expected a shared library";
    assert!(refused.contains(expected), "{refused}");
    assert!(chosen("opnblas").contains("refused: DNN_BLAS=opnblas: found the name of no back end"));
    for path in libraries::usable_paths() {
        let BackendIdentity { library, version, .. } = by_name(&path).unwrap().backend.identity();
        let chosen = chosen(&path);
        assert!(chosen.contains(&format!("chose {library} {version}")), "{path}: {chosen}");
    }
}
