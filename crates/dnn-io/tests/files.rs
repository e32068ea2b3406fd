//! Files written once and kept: the golden ones must load for ever, the broken ones must each give their error. What is
//! damaged in other ways is in `damage.rs`.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};

use dnn_core::{Compute, LeakyRelu, Naive, Network, Registry, Relu, Sigmoid};
use dnn_io::{Checkpoint, Error};
use ndarray::array;

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// What the golden file holds: numbers that every platform makes alike.
fn golden() -> Checkpoint<f32> {
    let network = Network::builder(2).dense(3, Relu).dense(2, LeakyRelu { slope: 0.25 }).dense(1, Sigmoid);
    let network = network.build().unwrap();
    let parameters = (0..network.parameter_count()).map(|place| (place as f32 - 9.0) / 8.0).collect();
    let mut checkpoint =
        Checkpoint::new(network, parameters).unwrap().computed_by("naive loops 0.1.0, reference");
    checkpoint.set_section("test/note", "golden").unwrap();
    checkpoint
}

#[test]
fn the_golden_file_of_version_1_loads_and_is_written_as_long_again() {
    let path = kept("golden/version-1.dnn");
    let loaded = Checkpoint::<f32>::load(&path, &Registry::builtin()).unwrap();
    let expected = golden();
    assert_eq!(loaded.network().specification(), expected.network().specification());
    assert_eq!(loaded.parameters(), expected.parameters());
    let note: Option<String> = loaded.section("test/note").unwrap();
    assert_eq!((loaded.backend(), note.as_deref()), (expected.backend(), Some("golden")));
    // The probes hold values of `exp`, which may differ in the last place from platform to platform.
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(expected.to_bytes().unwrap().len(), bytes.len());
}

/// What is left of bytes that are read as FORMAT.md says, by other code than the crate's.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, left) = self.0.split_first_chunk().unwrap();
        self.0 = left;
        *taken
    }

    fn count(&mut self) -> usize {
        u64::from_le_bytes(self.take()) as usize
    }

    fn number(&mut self) -> f64 {
        f64::from_le_bytes(self.take())
    }

    fn text(&mut self) -> String {
        let length = self.count();
        (0..length).map(|_| char::from(self.take::<1>()[0])).collect()
    }

    fn constants(&mut self) -> Vec<(String, f64)> {
        (0..self.count()).map(|_| (self.text(), self.number())).collect()
    }
}

#[test]
fn the_golden_file_is_laid_out_as_format_md_says() {
    let file = std::fs::read(kept("golden/version-1.dnn")).unwrap();
    let section = |entry: usize| {
        let mut table = Bytes(&file[32 + 56 * entry + 32..]);
        let (offset, length) = (table.count(), table.count());
        assert_eq!(offset % 64, 0);
        Bytes(&file[offset..offset + length])
    };
    let mut network = section(0);
    assert_eq!((network.text(), network.text()), ("f32".into(), "naive loops 0.1.0, reference".into()));
    let expected = [(2, 3, "relu", None), (3, 2, "leaky_relu", Some(0.25)), (2, 1, "sigmoid", None)];
    assert_eq!(network.count(), expected.len());
    for (inputs, outputs, activation, slope) in expected {
        assert_eq!((network.text(), network.count(), network.count()), ("dense".into(), inputs, outputs));
        let constants = slope.map(|slope| ("slope".to_owned(), slope)).into_iter().collect::<Vec<_>>();
        assert_eq!(network.take(), [1]);
        assert_eq!((network.text(), network.constants()), (activation.into(), constants));
        assert_eq!((network.constants(), network.take()), (vec![], [1]));
        let probe: [(f64, f64); 5] = std::array::from_fn(|_| (network.number(), network.number()));
        let at_half = if activation == "sigmoid" { 0.622_459_331_201_854_6 } else { 0.5 };
        assert!((probe[3].0 - at_half).abs() < 1e-15, "g(0.5) of {activation} is {}", probe[3].0);
    }
    assert!(network.0.is_empty());
    let (mut parameters, expected) = (section(1), golden());
    for &parameter in expected.parameters() {
        assert_eq!(f32::from_le_bytes(parameters.take()), parameter);
    }
    assert!(parameters.0.is_empty());
}

#[test]
fn a_restored_network_predicts_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.dnn");
    let saved = golden();
    saved.save(&path).unwrap();
    let loaded = Checkpoint::<f32>::load(&path, &Registry::builtin()).unwrap();
    let x = array![[0.3_f32, -0.7, 11.0], [0.1, 0.9, -5.0]];
    let predict = |checkpoint: &Checkpoint<f32>| {
        checkpoint.network().predict(Compute::serial(&Naive), checkpoint.parameters(), x.view()).unwrap()
    };
    let bits = |a: ndarray::Array2<f32>| a.iter().map(|a| a.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(predict(&loaded)), bits(predict(&saved)));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary is left");
}

#[test]
fn every_broken_file_gives_its_error() {
    let expected = [
        ("codec.dnn", "found metadata in codec 2, expected codec 1 (bincode 2): update dnn"),
        ("cut-header.dnn", "found 20 bytes, expected 36: the file was cut short"),
        ("cut-short.dnn", "the file was cut short or added to; take another copy"),
        ("empty.dnn", "found a file that begins with \"\", expected a dnn checkpoint"),
        ("flipped-header.dnn", "found other bits in the header than were written"),
        ("flipped-parameter.dnn", "found other bits in section \"dnn/parameters\" than were written"),
        ("flipped-hash.dnn", "found other bits in the whole file than were written"),
        ("longer.dnn", "the file was cut short or added to; take another copy"),
        ("no-parameters.dnn", "lacks section \"dnn/parameters\""),
        ("other-plugin.dnn", "layer 1's activation \"relu\" gives"),
        ("text.dnn", "expected a dnn checkpoint: check the path"),
        ("too-new.dnn", "found format version 2, expected 1 or older: update dnn to read this file"),
        (
            "unknown-activation.dnn",
            "unknown activation \"rulu\"; known are elu, gelu, identity, leaky_relu, relu,",
        ),
        ("wrong-layer.dnn", "layer 2 takes 4 features, but layer 1 gives 3: make layer 2's input 3"),
        ("wrong-length.dnn", "section \"dnn/parameters\" has 72 bytes, expected 20 numbers in f32"),
    ];
    let mut present: Vec<_> = std::fs::read_dir(kept("broken"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    present.sort_unstable();
    let mut named: Vec<_> = expected.iter().map(|(name, _)| (*name).to_owned()).collect();
    named.sort_unstable();
    assert_eq!(present, named, "every file has its error and every error its file");
    for (name, message) in expected {
        let error =
            Checkpoint::<f32>::load(kept("broken").join(name), &Registry::builtin()).unwrap_err().to_string();
        assert!(error.contains(message), "{name}: {error}");
    }
}

#[test]
fn the_other_precision_is_named() {
    let error =
        Checkpoint::<f64>::from_bytes(&golden().to_bytes().unwrap(), &Registry::builtin()).unwrap_err();
    assert!(matches!(&error, Error::Precision { .. }), "{error}");
    assert_eq!(error.to_string(), "found parameters in f32, expected f64: load it as Checkpoint::<f32>");
}

#[test]
fn sections_have_names_of_their_own() {
    let mut checkpoint = golden();
    for name in ["", "dnn/network", &"x".repeat(33), "zero\0"] {
        assert!(matches!(checkpoint.set_section(name, ""), Err(Error::Unsavable { .. })), "{name:?}");
    }
    assert!(Checkpoint::new(checkpoint.network().clone(), vec![0.0_f32]).is_err());
}
