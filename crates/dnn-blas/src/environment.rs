//! What the user says through the environment: the one place in the libraries of dnn that reads it.

use std::env;
use std::ffi::OsString;

/// The variable that names the back end, by name or by path.
pub(crate) const BLAS: &str = "DNN_BLAS";
/// OpenBLAS's own variable that names its kernel.
pub(crate) const CORE_TYPE: &str = "OPENBLAS_CORETYPE";

/// The back end to use, instead of the first one there is (see [`crate::auto`]).
pub(crate) fn blas() -> Option<String> {
    value(BLAS).map(|value| value.to_string_lossy().into_owned())
}

/// Whether OpenBLAS's kernel is chosen already, so that nobody else may choose.
pub(crate) fn kernel_chosen() -> bool {
    value(CORE_TYPE).is_some()
}

/// An empty value counts as none.
fn value(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
