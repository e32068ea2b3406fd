//! Where the data sets of the tests are.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of a data set, or a line that says why the test does nothing.
pub(crate) fn dataset(name: &str) -> Option<PathBuf> {
    let project = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets");
    let path = std::env::var_os("DNN_DATASETS").map_or_else(project, PathBuf::from).join(name);
    let found = Some(path).filter(|path| path.is_dir());
    if found.is_none() {
        // Past the test harness, which keeps what a passing test prints.
        let line = format!("skipped: {name} is not here (set DNN_DATASETS or run datasets/fetch)\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    found
}
