//! The libraries that a test runs on: pure Rust, what the loader finds, and the paths in `DNN_TEST_BLAS`.

#![allow(dead_code, clippy::print_stdout)]

use std::io::Write;
use std::process::{Command, Output};
use std::sync::Once;

use dnn_blas::{Found, available, by_name, choose};

/// Says something past the test harness, which keeps what a passing test prints.
pub(crate) fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").unwrap_or_default();
}

/// The paths in `DNN_TEST_BLAS`, with `:` between them.
pub(crate) fn paths() -> Vec<String> {
    let paths = std::env::var("DNN_TEST_BLAS").unwrap_or_default();
    paths.split(':').filter(|path| !path.is_empty()).map(String::from).collect()
}

/// Whether `path` names a build for 64-bit integers, which must be refused.
pub(crate) fn has_long_integers(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|file| file.contains("64"))
}

/// The paths that must load.
pub(crate) fn usable_paths() -> Vec<String> {
    paths().into_iter().filter(|path| !has_long_integers(path)).collect()
}

/// The file of each library there is, but for a linked one, each file once.
pub(crate) fn files() -> Vec<String> {
    let found = available().into_iter().filter(|found| found.backend.identity().origin != "linked");
    let found = found.filter_map(|found| found.file).map(|file| file.display().to_string());
    let mut files: Vec<String> = Vec::new();
    for file in found.chain(usable_paths()) {
        let same = |known: &String| std::fs::canonicalize(known).ok() == std::fs::canonicalize(&file).ok();
        if !files.iter().any(same) {
            files.push(file);
        }
    }
    files
}

/// The name by which [`by_name`] gives a back end of [`available`] again.
fn name_of(found: &Found) -> String {
    let identity = found.backend.identity();
    match (&found.file, identity.origin.as_str()) {
        (_, "linked") => "linked".into(),
        (Some(file), _) => file.display().to_string(),
        (None, "pure Rust") => "pure".into(),
        (None, _) => identity.library.to_lowercase(),
    }
}

/// Every back end: pure Rust, those the loader finds, and those named for the test.
pub(crate) fn names() -> Vec<String> {
    static SAID: Once = Once::new();
    let names: Vec<String> = available().iter().map(name_of).chain(usable_paths()).collect();
    if names == ["pure"] {
        SAID.call_once(|| {
            say("skipped: BLAS libraries, for none is here (install OpenBLAS, or name files in DNN_TEST_BLAS)");
        });
    }
    names
}

/// Stands for what [`choose`] gives where the user names nothing.
pub(crate) const AUTO: &str = "auto";

/// Set for a child process: the one back end to check.
const CHILD: &str = "DNN_BLAS_TEST_CHILD";

/// Runs `check` on the back ends called `names`, each in a process of its own: a library that crashes takes nobody with
/// it. `test` is the name of the calling test, which is run again there. Gives the names of those that crashed.
pub(crate) fn each_alone(test: &str, names: Vec<String>, check: impl Fn(&Found)) -> Vec<String> {
    if let Ok(name) = std::env::var(CHILD) {
        let found = if name == AUTO { choose() } else { by_name(&name) };
        check(&found.unwrap_or_else(|error| panic!("{error}")));
        return Vec::new();
    }
    names.into_iter().filter(|name| crashes(test, name)).collect()
}

fn crashes(test: &str, name: &str) -> bool {
    let program = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let mut child = Command::new(program);
    child.args(["--exact", test, "--nocapture"]).env(CHILD, name);
    if name == AUTO {
        child.env_remove("DNN_BLAS");
    }
    let output = child.output().unwrap_or_else(|error| panic!("{error}"));
    println!("{name}: {}", String::from_utf8_lossy(&output.stdout));
    let crashed = touched_forbidden_memory(&output);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(crashed || output.status.success(), "{name}: {}\n{errors}", output.status);
    crashed
}

#[cfg(unix)]
fn touched_forbidden_memory(output: &Output) -> bool {
    use std::os::unix::process::ExitStatusExt;
    matches!(output.status.signal(), Some(libc::SIGSEGV | libc::SIGBUS))
}

/// There are no guard pages here.
#[cfg(not(unix))]
fn touched_forbidden_memory(_output: &Output) -> bool {
    false
}
