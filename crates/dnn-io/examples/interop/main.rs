//! Both halves of `tests/interop/run` that are ours.
//!
//! `interop write FOLDER` writes a network for each built-in activation and one of every layer, in both precisions, as
//! safetensors, NPZ and ONNX, with its examples and predictions. `interop read FOLDER` reads what PyTorch and NumPy wrote there and prints the largest
//! difference of each prediction from theirs.

#![allow(clippy::print_stdout)] // an example speaks to a person

mod networks;

use std::error::Error;
use std::fs;
use std::path::Path;

use dnn_core::{Compute, Gelu, IntoActivation, LeakyRelu, Naive, Network, Real, Registry, Softmax};
use dnn_io::{StateDict, npz, onnx, safetensors};
use ndarray::{Array2, ShapeBuilder};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => {
            write_all::<f32>(Path::new(folder)).and_then(|()| write_all::<f64>(Path::new(folder)))
        }
        ["read", folder] => {
            read_all::<f32>(Path::new(folder)).and_then(|()| read_all::<f64>(Path::new(folder)))
        }
        _ => Err("found other arguments, expected: write FOLDER, or read FOLDER".into()),
    }
}

/// Examples that `network` is given.
const EXAMPLES: usize = 12;

fn write_all<T: Real>(folder: &Path) -> Result<(), Box<dyn Error>> {
    let registry = Registry::builtin();
    for name in networks::names(&registry) {
        let network = networks::network(&registry, name)?;
        let parameters = networks::parameters::<T>(&network);
        let x = examples(&network);
        let path = |ending: &str| folder.join(format!("{name}-{}.{ending}", T::NAME));
        safetensors::save(path("safetensors"), &network, &parameters)?;
        npz::save(path("npz"), &network, &parameters)?;
        onnx::save(path("onnx"), &network, &parameters)?;
        fs::write(path("y"), raw(&predictions(&network, &parameters, &x)?))?;
        fs::write(path("x"), raw(&x))?;
    }
    Ok(())
}

/// Each file with its `.x` and `.y` beside it, of the network that `make_fixtures.py` builds.
fn read_all<T: Real>(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Box<dyn Error>>>()?;
    paths.sort();
    for path in paths {
        let dict: StateDict<T> = match path.extension().and_then(|ending| ending.to_str()) {
            Some("safetensors") => safetensors::load(&path)?,
            Some("npz") => npz::load(&path)?,
            _ => continue,
        };
        let activations =
            [Gelu.into_activation(), LeakyRelu { slope: 0.2 }.into_activation(), Softmax.into_activation()];
        let network = dict.network(&activations)?;
        let x = matrix(&folder.join(format!("x.{}", T::NAME)), network.inputs())?;
        let y = matrix::<T>(&path.with_extension(T::NAME), network.outputs())?;
        let a = predictions(&network, &dict.parameters(&network)?, &x)?;
        let difference = a.iter().zip(&y).map(|(a, y)| (a.wide() - y.wide()).abs()).fold(0.0, f64::max);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        println!("| {name} | {} | {} | {difference:.1e} |", T::NAME, dict.names().next().unwrap_or_default());
        if difference > 1e-6 {
            return Err(format!("found a difference of {difference:e}, expected 1e-6 or less").into());
        }
    }
    Ok(())
}

/// Examples for `network`, spread over −4 to 4.
fn examples<T: Real>(network: &Network) -> Array2<T> {
    let inputs = network.inputs();
    Array2::from_shape_fn((inputs, EXAMPLES).f(), |(row, column)| {
        T::of(4.0 * networks::spread((column * inputs + row) * 53 + 7))
    })
}

/// What `network` predicts for them.
fn predictions<T: Real>(
    network: &Network,
    parameters: &[T],
    examples: &Array2<T>,
) -> dnn_core::Result<Array2<T>> {
    network.predict(Compute::serial(&Naive), parameters, examples.view())
}

/// The numbers, example after example.
fn raw<T: Real>(matrix: &Array2<T>) -> Vec<u8> {
    let mut bytes = vec![0; matrix.len() * T::BYTES];
    bytes.chunks_exact_mut(T::BYTES).zip(matrix.t().iter()).for_each(|(bytes, value)| value.write(bytes));
    bytes
}

fn matrix<T: Real>(path: &Path, rows: usize) -> Result<Array2<T>, Box<dyn Error>> {
    let values: Vec<T> = fs::read(path)?.chunks_exact(T::BYTES).map(T::read).collect();
    Ok(Array2::from_shape_vec((rows, values.len() / rows).f(), values)?)
}
