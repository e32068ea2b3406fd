//! The rule of choice: what `DNN_BLAS` names is used, or is an error in words; nothing is passed over in silence.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod libraries;

use std::process::Command;

use dnn_blas::{Error, PureRust, by_name, choose};
use dnn_core::{Backend, BackendIdentity};

#[test]
fn a_file_that_is_no_library_is_a_clear_error() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let Err(Error::Library { asked, .. }) = by_name(file) else { panic!("a text file is no library") };
    assert_eq!(asked, file);
    assert!(matches!(by_name("/nowhere/libopenblas.so"), Err(Error::Library { .. })));
    assert!(matches!(by_name("opnblas"), Err(Error::Name { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn a_library_that_is_not_there_is_a_clear_error() {
    let Err(error) = by_name("mkl") else {
        return libraries::say("skipped: the error for a missing MKL, for it is here");
    };
    let message = error.to_string();
    let expected = "mkl: found none of libmkl_rt.so.3, libmkl_rt.so.2, libmkl_rt.so.1, libmkl_rt.so where";
    assert!(message.starts_with(expected) && message.contains("install MKL, or write the path"), "{message}");
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
    for found in [by_name("openblas").unwrap(), by_name("linked").unwrap()] {
        let BackendIdentity { library, origin, .. } = found.backend.identity();
        assert_eq!((library.as_str(), origin.as_str()), ("OpenBLAS", "linked"));
    }
    assert_eq!(dnn_blas::available()[0].backend.identity().origin, "linked");
    assert!(chosen(&[]).contains("chose OpenBLAS") && chosen(&[]).contains("linked"));
}

#[cfg(not(any(feature = "openblas-system", feature = "openblas-static")))]
#[test]
fn the_faster_of_pure_rust_and_openblas_is_chosen() {
    let pure = PureRust.identity();
    let openblas = by_name("openblas").map(|found| found.backend.identity());
    let expected = if pure.kernel == "AVX-512" { pure } else { openblas.unwrap_or(pure) };
    let chosen = chosen(&[]);
    assert!(chosen.contains(&format!("chose {expected}")), "{chosen}");
}

/// A program that is linked with OpenBLAS does not even start with such a link.
#[cfg(all(target_os = "linux", not(any(feature = "openblas-system", feature = "openblas-static"))))]
#[test]
fn another_library_behind_openblas_name_is_not_chosen() {
    let Some(other) = libraries::usable_paths().into_iter().find(|path| path.contains("blis")) else {
        return libraries::say("skipped: a link from OpenBLAS's name to BLIS (name a BLIS in DNN_TEST_BLAS)");
    };
    let folder = std::env::temp_dir().join(format!("dnn-rule-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0"] {
        std::os::unix::fs::symlink(&other, folder.join(name)).unwrap();
    }
    let search = ("LD_LIBRARY_PATH", folder.to_str().unwrap());
    let (alone, asked) = (chosen(&[search]), chosen(&[search, ("DNN_BLAS", "openblas")]));
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(!alone.contains("chose BLIS") && !asked.contains("chose BLIS"), "{alone}{asked}");
    let refused = "refused: DNN_BLAS=openblas: found BLIS behind the name libopenblas.so.0, expected";
    assert!(asked.contains(refused), "{asked}");
}

/// Set for a child process, which prints what it chose.
const CHILD: &str = "DNN_BLAS_RULE_CHILD";

/// What a process chooses with these variables, and no other `DNN_BLAS` than among them.
fn chosen(variables: &[(&str, &str)]) -> String {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_environment_names_the_back_end", "--nocapture"])
        .env_remove("DNN_BLAS")
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    let text = String::from_utf8(child.stdout).unwrap();
    let start = text.find("chose ").or_else(|| text.find("refused: ")).unwrap();
    text[start..].lines().next().unwrap().into()
}

#[test]
fn the_environment_names_the_back_end() {
    if std::env::var_os(CHILD).is_some() {
        return match choose() {
            Ok(found) => println!("chose {}", found.backend.identity()),
            Err(error) => println!("refused: {error}"),
        };
    }
    let named = |blas: &str| chosen(&[("DNN_BLAS", blas)]);
    let pure = format!("chose {}", PureRust.identity());
    assert!(named("pure").contains(&pure) && named("Rust").contains(&pure));
    assert_eq!(named(""), chosen(&[]), "an empty name is none");
    let refused = named("/nowhere/libopenblas.so");
    let expected = "refused: DNN_BLAS=/nowhere/libopenblas.so: found no such file, expected a shared library";
    assert!(refused.contains(expected), "{refused}");
    assert!(named("opnblas").contains("refused: DNN_BLAS=opnblas: found the name of no back end"));
    for path in libraries::usable_paths() {
        let BackendIdentity { library, version, .. } = by_name(&path).unwrap().backend.identity();
        let chosen = named(&path);
        assert!(chosen.contains(&format!("chose {library} {version}")), "{path}: {chosen}");
    }
}
