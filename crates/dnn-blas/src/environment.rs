//! What the user says through the environment: the one place in the libraries of dnn that reads it.

use std::env;

/// The variable that names the back end, by name or by path.
pub(crate) const BLAS: &str = "DNN_BLAS";
/// OpenBLAS's own variable that names its kernel.
pub(crate) const CORE_TYPE: &str = "OPENBLAS_CORETYPE";

/// The wishes of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// The back end to use, instead of the first one there is.
    pub(crate) blas: Option<String>,
    /// Whether OpenBLAS's kernel is chosen already, so that nobody else may choose.
    pub(crate) kernel_chosen: bool,
}

/// Reads `DNN_BLAS` (see [`crate::auto`]) and whether `OPENBLAS_CORETYPE` is set. An empty value counts as none.
pub(crate) fn wishes() -> Wishes {
    let value = |name| env::var_os(name).filter(|value| !value.is_empty());
    Wishes {
        blas: value(BLAS).map(|value| value.to_string_lossy().into_owned()),
        kernel_chosen: value(CORE_TYPE).is_some(),
    }
}
