//! Files of other programs: what PyTorch and NumPy wrote is read, and what onnxruntime ran is written again.
//!
//! `tests/interop/run` made the kept files with the real libraries, and its RESULTS.md says how they agreed.
#![allow(clippy::unwrap_used)] // a test fails by panicking

#[path = "../examples/interop/networks.rs"]
mod networks;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnn_core::{
    AnyActivation, AnyLayer, Batch, Block, Compute, Elementwise, Gelu, IntoActivation, Layer,
    LayerSpecification, LeakyRelu, Matrix, Naive, Named, Network, Part, Products, Real, Registry, Relu,
    Saved, Softmax,
};
use dnn_io::{Error, StateDict, npz, onnx, safetensors};
use ndarray::{Array2, ShapeBuilder};

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn numbers<T: Real>(name: &str) -> Vec<T> {
    std::fs::read(kept(name)).unwrap().chunks_exact(T::BYTES).map(T::read).collect()
}

/// The network of `make_fixtures.py`.
fn activations() -> [Arc<dyn AnyActivation>; 3] {
    [Gelu.into_activation(), LeakyRelu { slope: 0.2 }.into_activation(), Softmax.into_activation()]
}

/// The largest difference from what PyTorch predicted.
fn difference<T: Real>(name: &str) -> f64 {
    let path = kept("pytorch").join(name);
    let dict: StateDict<T> =
        if name.ends_with(".npz") { npz::load(&path) } else { safetensors::load(&path) }.unwrap();
    let network = dict.network(&activations()).unwrap();
    let expected = match name {
        "normalised.safetensors" => "4-6-5-3, gelu-leaky_relu-softmax, with layer_normalisation",
        _ => "4-6-5-3, gelu-leaky_relu-softmax",
    };
    assert_eq!(network.to_string(), expected);
    let x = Array2::from_shape_vec((4, 8).f(), numbers(&format!("pytorch/x.{}", T::NAME))).unwrap();
    let parameters = dict.parameters(&network).unwrap();
    let a = network.predict(Compute::serial(&Naive), &parameters, x.view()).unwrap();
    let (stem, _) = name.split_once('.').unwrap();
    let expected: Vec<T> = numbers(&format!("pytorch/{stem}.{}", T::NAME));
    assert_eq!(expected.len(), a.len());
    a.t().iter().zip(expected).map(|(a, expected)| (a.wide() - expected.wide()).abs()).fold(0.0, f64::max)
}

#[test]
fn a_state_dict_of_pytorch_predicts_the_same() {
    let names = [
        "sequential.safetensors",
        "named.safetensors",
        "parallel.safetensors",
        "half.safetensors",
        "bfloat.safetensors",
        "double.safetensors",
        "normalised.safetensors",
        "savez.npz",
        "compressed.npz",
    ];
    for name in names {
        let (single, double) = (difference::<f32>(name), difference::<f64>(name));
        assert!(single < 1e-6, "{name} in f32: {single:e}");
        assert!(double < 1e-15, "{name} in f64: {double:e}");
    }
}

#[test]
fn every_built_in_activation_and_layer_is_exported_as_onnxruntime_ran_it() {
    fn compare<T: Real>(registry: &Registry, name: &str) {
        let network = networks::network(registry, name).unwrap();
        let model = onnx::to_bytes(&network, &networks::parameters::<T>(&network)).unwrap();
        let path = kept("onnx").join(format!("{name}-{}.onnx", T::NAME));
        let again = "let `tests/interop/run --keep` check it with onnxruntime and keep it";
        assert!(std::fs::read(&path).is_ok_and(|kept| kept == model), "{} differs: {again}", path.display());
    }
    let registry = Registry::builtin();
    for name in networks::names(&registry) {
        compare::<f32>(&registry, name);
        compare::<f64>(&registry, name);
    }
    let files = std::fs::read_dir(kept("onnx")).unwrap().count();
    assert_eq!(files, 2 * networks::names(&registry).count(), "no other model is kept");
}

#[test]
fn our_own_safetensors_come_back_whole() {
    let registry = Registry::builtin();
    let folder = tempfile::tempdir().unwrap();
    for name in networks::names(&registry) {
        let network = networks::network(&registry, name).unwrap();
        let parameters = networks::parameters::<f64>(&network);
        let path = folder.path().join("model.safetensors");
        safetensors::save(&path, &network, &parameters).unwrap();
        let dict = safetensors::load::<f64>(&path).unwrap();
        let again = dict.described_network(&registry).unwrap();
        assert_eq!(again.specification(), network.specification());
        assert_eq!(dict.parameters(&again).unwrap(), parameters);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary is left");
}

/// g(z) = z / (1 + |z|)
#[derive(Clone, Default)]
struct Softsign;

impl Named for Softsign {
    const NAME: &'static str = "test/softsign";
}

impl Elementwise for Softsign {
    const SAVED: Saved = Saved::Output;

    fn f<T: Real>(&self, z: T) -> T {
        z / (T::one() + z.abs())
    }

    fn df<T: Real>(&self, a: T) -> T {
        (T::one() - a.abs()).powi(2)
    }
}

/// y = 2 x
struct Double(usize);

impl<T: Real> Layer<T> for Double {
    fn forward(&self, _: &dyn Products<T>, _: &[T], x: Matrix<'_, T>, _: &mut [T], y: &mut [T]) {
        y.iter_mut().zip(x.values()).for_each(|(y, &x)| *y = x + x);
    }

    fn backward(&self, _: &dyn Products<T>, _: &[T], block: Block<'_, T>, dx: Option<&mut [T]>) {
        let (dx, dy) = (dx.into_iter().flatten(), block.dy.iter());
        dx.zip(dy).for_each(|(dx, &dy)| *dx = dy + dy);
    }

    fn gradient(&self, _: &dyn Products<T>, _: Batch<'_, T>, _: Range<usize>, _: &mut [T]) {}
}

impl AnyLayer for Double {
    fn inputs(&self) -> usize {
        self.0
    }

    fn outputs(&self) -> usize {
        self.0
    }

    fn parts(&self) -> Vec<Part> {
        vec![]
    }

    fn specification(&self) -> LayerSpecification {
        LayerSpecification {
            kind: "test/double".into(),
            inputs: self.0,
            outputs: self.0,
            activation: None,
            constants: Default::default(),
        }
    }
}

#[test]
fn a_plug_in_has_no_operators_but_a_state_dict() {
    let network = Network::builder(2).dense(3, Relu).dense(1, Softsign).build().unwrap();
    let parameters = network.starting_parameters::<f32>();
    let error = onnx::to_bytes(&network, &parameters).unwrap_err();
    assert!(matches!(&error, Error::NoOperator { layer: 2, what: "activation", .. }), "{error}");
    assert!(error.to_string().starts_with(
        "layer 2 has the activation \"test/softsign\", expected one that ONNX has operators for (elu, gelu,"
    ));
    let bytes = safetensors::to_bytes(&network, &parameters).unwrap();
    let dict = safetensors::from_bytes::<f32>(&bytes).unwrap();
    let error = dict.described_network(&Registry::builtin()).unwrap_err();
    assert!(error.to_string().contains("unknown activation \"test/softsign\""), "{error}");
    assert_eq!(dict.parameters(&network).unwrap(), parameters);
}

#[test]
fn the_layer_of_a_plug_in_has_no_operators() {
    let network = Network::builder(2).layer(Double(2)).build().unwrap();
    let message = onnx::to_bytes::<f32>(&network, &[]).unwrap_err().to_string();
    let expected = "layer 1 has the kind \"test/double\", expected one that ONNX has operators for (dense, dropout, layer_";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn parameters_of_another_network_are_not_written() {
    let network = Network::builder(2).dense(3, Relu).build().unwrap();
    for error in [
        safetensors::to_bytes(&network, &[0.0_f32; 8]),
        npz::to_bytes(&network, &[0.0_f32; 10]),
        onnx::to_bytes(&network, &[0.0_f64; 0]),
    ] {
        let message = error.unwrap_err().to_string();
        assert!(message.contains("expected 9 for 2-3, relu: nothing was written"), "{message}");
    }
}

#[test]
fn no_damage_to_a_safetensors_file_panics() {
    let file = std::fs::read(kept("pytorch/named.safetensors")).unwrap();
    let load = |bytes: &[u8]| {
        let dict = safetensors::from_bytes::<f32>(bytes)?;
        dict.parameters(&dict.network(&activations())?)
    };
    assert!(load(&file).is_ok());
    let header = 8 + u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
    for at in 0..file.len() {
        assert!(load(&file[..at]).is_err(), "the first {at} bytes");
        for bit in 0..8 {
            let mut flipped = file.clone();
            flipped[at] ^= 1 << bit;
            // The format has no checksum: a changed number cannot be found, nor a changed name or type that fits.
            let loaded = load(&flipped);
            assert!(at < header || loaded.is_ok(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn no_damage_to_an_npz_file_panics_or_changes_a_number() {
    let load = |bytes: &[u8]| {
        let dict = npz::from_bytes::<f32>(bytes)?;
        dict.parameters(&dict.network(&activations())?)
    };
    for name in ["savez.npz", "compressed.npz"] {
        let file = std::fs::read(kept("pytorch").join(name)).unwrap();
        let whole = load(&file).unwrap();
        for at in 0..file.len() {
            assert!(load(&file[..at]).is_err(), "the first {at} bytes of {name}");
            for bit in 0..8 {
                let mut flipped = file.clone();
                flipped[at] ^= 1 << bit;
                let loaded = load(&flipped);
                // A changed name may still load; where it changes the order of modules, their shapes refuse it.
                assert!(loaded.is_err() || loaded.is_ok_and(|loaded| loaded == whole), "bit {bit} of {at}");
            }
        }
    }
}

/// A safetensors file of this header and as many zeros.
fn file(header: &str, bytes: usize) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), &vec![0; bytes]].concat()
}

#[test]
fn what_is_no_state_dict_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pt");
    std::fs::write(&path, b"PK\x03\x04 a pickle in a zip archive").unwrap();
    let message = safetensors::load::<f32>(&path).unwrap_err().to_string();
    assert!(message.starts_with(&format!("{}: found a file that is none (", path.display())), "{message}");
    assert!(message.contains("expected a safetensors file: save it again with"), "{message}");
    let message = npz::load::<f32>(&path).unwrap_err().to_string();
    assert!(message.ends_with("expected an NPZ file: save it again with `numpy.savez`"), "{message}");
    for header in ["{\"a\":".repeat(100_000), "[".repeat(100_000), "{}}".into()] {
        assert!(matches!(safetensors::from_bytes::<f32>(&file(&header, 0)), Err(Error::Foreign { .. })));
    }
    assert!(matches!(safetensors::load::<f32>(folder.path().join("none")), Err(Error::File { .. })));
}

#[test]
fn whole_numbers_are_refused_by_name() {
    let header = r#"{"0.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
        "0.weight":{"dtype":"I8","shape":[1,2],"data_offsets":[4,6]}}"#;
    let dict = safetensors::from_bytes::<f32>(&file(header, 6)).unwrap();
    let network = Network::builder(2).dense(1, Relu).build().unwrap();
    let message = dict.parameters(&network).unwrap_err().to_string();
    assert!(message.contains("found 0.weight of type I8, expected floating-point numbers"), "{message}");
}

#[test]
fn a_description_is_not_trusted() {
    let described = |text: &str| {
        let text = text.replace('"', "\\\"");
        let dict = safetensors::from_bytes::<f32>(&file(
            &format!(
                r#"{{"__metadata__":{{"dnn.network":"{text}"}},
                "0.weight":{{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}},
                "0.bias":{{"dtype":"F32","shape":[3],"data_offsets":[24,36]}}}}"#
            ),
            36,
        ));
        let dict = dict.unwrap();
        dict.parameters(&dict.described_network(&Registry::builtin())?)
    };
    let dense = |inputs: &str, activation: &str| {
        format!(r#"[{{"kind":"dense","inputs":{inputs},"outputs":3,"activation":{activation}}}]"#)
    };
    let relu = r#"{"name":"relu"}"#;
    assert_eq!(described(&dense("2", relu)).unwrap(), [0.0; 9]);
    let wrong = [
        ("[]", "the network has no layer"),
        ("[[[[", "found a description that cannot be read"),
        (&dense("-1", relu), "found a description that cannot be read"),
        (&dense("9000000000000000000", relu), "over 9000000000000000000 inputs in 9 numbers"),
        (&dense("2000000000", relu), "found a layer of 3 units over 2000000000 inputs in 9 numbers"),
        (&dense("1", relu), "found 0.weight of shape [3, 2], expected one of shape [3, 1] for layer 1"),
        (&dense("2", r#"{"name":"rulu"}"#), "unknown activation \"rulu\""),
        (&dense("2", r#"{"name":"elu","settings":[["alpha",1]]}"#), "cannot be read"),
        (&dense("2", r#"{"name":"elu","beta":1}"#), "has a constant beta"),
    ];
    for (text, expected) in wrong {
        let message = described(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{text}: {message}");
    }
    let deep = "[".repeat(100_000);
    assert!(described(&deep).unwrap_err().to_string().contains("cannot be read"));
}
