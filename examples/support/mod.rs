//! What the examples share: where data lies, and the options they take.
#![allow(dead_code, clippy::print_stderr)] // each example uses its part, and speaks to a person

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The error of an example, printed by `main`.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// What `main` ends with: 1 and the error's text, if there is one.
pub(crate) fn finish(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Fails with `fault` unless the claim holds.
pub(crate) fn claim(holds: bool, fault: impl Into<String>) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(fault.into().into()) }
}

/// The folder that `--out` names, else `target/NAME`; made if it is not there.
pub(crate) fn out(name: &str) -> Result<PathBuf, Failure> {
    let out = PathBuf::from(option("--out")?.unwrap_or_else(|| format!("target/{name}")));
    std::fs::create_dir_all(&out).map_err(|error| format!("{} cannot be made: {error}", out.display()))?;
    Ok(out)
}

/// The folder of all data sets: the one `DNN_DATASETS` names, else `datasets` beside the examples.
///
/// # Errors
/// If the variable names no folder: its data was meant, so nothing else is taken in its place.
pub(crate) fn datasets() -> Result<PathBuf, Failure> {
    let Some(named) = std::env::var_os("DNN_DATASETS").map(PathBuf::from) else {
        return Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets"));
    };
    match named.is_dir() {
        true => Ok(named),
        false => Err(format!(
            "DNN_DATASETS is {named:?}, but no folder is there: name the folder that holds the data sets, or unset the variable to use `datasets` of the project"
        )
        .into()),
    }
}

/// The folder of the data set `name` below [`datasets`]; `None` if it is not there.
pub(crate) fn dataset(name: &str) -> Result<Option<PathBuf>, Failure> {
    let folder = datasets()?.join(name);
    Ok(folder.is_dir().then_some(folder))
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

/// The `count` numbers of `0..end` with the largest measure, the largest first.
pub(crate) fn largest<M: PartialOrd>(end: usize, count: usize, measure: impl Fn(usize) -> M) -> Vec<usize> {
    let mut measured: Vec<(usize, M)> = (0..end).map(|number| (number, measure(number))).collect();
    measured.sort_by(|(_, a), (_, b)| b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal));
    measured.into_iter().take(count).map(|(number, _)| number).collect()
}
