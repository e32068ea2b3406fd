//! What the examples share: where data lies, and the options they take.
#![allow(dead_code)] // each example uses its part

use std::path::PathBuf;

/// The error of an example, printed by `main`.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// The folder of the data set `name`: below `DNN_DATASETS` if that is set, else below `datasets`; `None` if it is not there.
pub(crate) fn dataset(name: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("DNN_DATASETS").map_or_else(|| PathBuf::from("datasets"), PathBuf::from).join(name);
    folder.is_dir().then_some(folder)
}

/// The value of `--name VALUE` or `--name=VALUE` among the program's arguments.
pub(crate) fn option(name: &str) -> Result<Option<String>, Failure> {
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == name {
            return Ok(Some(
                arguments.next().ok_or_else(|| format!("{name} has no value: write {name} VALUE"))?,
            ));
        }
        if let Some(value) = argument.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Ok(Some(value.into()));
        }
    }
    Ok(None)
}

/// Mean and standard deviation (of the sample) of `values`.
pub(crate) fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (values.len().max(2) - 1) as f64).sqrt())
}
