//! The sections of checkpoints, byte by byte as FORMAT.md of `dnn-io` states them: put together here by other code than the
//! crates', so that a field that moves is noticed. Whoever changes one changes FORMAT.md, this file and CHANGELOG.md.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dnn_core::{Compute, Naive, Network, Registry, Sigmoid, column_major};
use dnn_data::folder::Colour;
use dnn_data::sound::Mel;
use dnn_data::{Dataset, Examples, InputKind, Preprocessor, Scaler, Scaling, TableEncoder, table};
use dnn_io::{Checkpoint, Outline, Result};
use dnn_observe::Checkpoints;
use dnn_train::{EarlyStopping, Settings, Trainer, TrainerState};
use ndarray::{Array2, ArrayView2, array};
use serde::de::DeserializeOwned;
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};

/// Bytes in the codec.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    fn choice(mut self, number: u32) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn size(mut self, size: u64) -> Self {
        self.0.extend(size.to_le_bytes());
        self
    }

    fn number(self, number: f64) -> Self {
        self.size(number.to_bits())
    }

    fn numbers(self, numbers: &[f64]) -> Self {
        numbers.iter().fold(self.size(numbers.len() as u64), |bytes, &number| bytes.number(number))
    }

    fn text(self, text: &str) -> Self {
        text.bytes().fold(self.size(text.len() as u64), Self::byte)
    }

    fn texts(self, texts: &[&str]) -> Self {
        texts.iter().fold(self.size(texts.len() as u64), |bytes, text| bytes.text(text))
    }
}

/// Bytes that a section gets as they are: a tuple has no length in the codec.
struct Raw8<'a>(&'a [u8]);

impl Serialize for Raw8<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|byte| tuple.serialize_element(byte))?;
        tuple.end()
    }
}

const NAME: &str = "test/section";

fn checkpoint(value: &impl Serialize) -> Checkpoint<f32> {
    let network = Network::builder(1).dense(1, Sigmoid).build().unwrap();
    let mut checkpoint = Checkpoint::new(network, vec![0.0; 2]).unwrap();
    checkpoint.set_section(NAME, value).unwrap();
    checkpoint
}

/// The bytes of a section in a file.
fn section<'a>(file: &'a [u8], name: &str) -> &'a [u8] {
    let outline = Outline::from_bytes(file.to_vec()).unwrap();
    let section = outline.sections().iter().find(|section| section.name == name);
    &file[section.unwrap_or_else(|| panic!("no section {name}")).bytes.clone()]
}

fn read<V: DeserializeOwned>(bytes: &[u8]) -> Result<V> {
    checkpoint(&Raw8(bytes)).section(NAME).map(Option::unwrap)
}

/// That `value` has these bytes, that they give it back, and that every cut is noticed; that whatever else is read from
/// damaged bytes can be used.
fn check<V>(value: &V, expected: Bytes, used: impl Fn(V))
where
    V: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let (file, bytes) = (checkpoint(value).to_bytes().unwrap(), expected.0);
    assert_eq!(section(&file, NAME), bytes, "{value:?}");
    assert_eq!(&read::<V>(&bytes).unwrap(), value);
    for end in 0..bytes.len() {
        let error = read::<V>(&bytes[..end]).unwrap_err().to_string();
        assert!(error.starts_with("section \"test/section\" cannot be decoded ("), "{end}: {error}");
    }
    let error = read::<V>(&[&bytes[..], &[0]].concat()).unwrap_err().to_string();
    assert!(error.contains("of which the last 1 mean nothing"), "{error}");
    for place in 0..bytes.len() {
        for with in [0, 1, 2, 4, 7, 0x7f, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[place] = with;
            let _ = read(&damaged).map(&used);
        }
    }
}

fn x() -> Array2<f64> {
    array![[1.0, 3.0], [5.0, 5.0]]
}

/// [`x`] standardised, in the codec.
fn standardised(bytes: Bytes) -> Bytes {
    let bytes = bytes.size(2).size(1); // features, steps
    bytes.choice(0).choice(0).numbers(&[2.0, 5.0]).numbers(&[1.0, 1.0])
}

#[test]
fn scaling() {
    let chain = [Scaling::Standardise, Scaling::Range, Scaling::Factor(0.5), Scaling::Ranks];
    let fitted = Scaler::fit(&chain, x().view()).unwrap();
    let bytes = Bytes::default().size(2).size(4);
    let bytes = bytes.choice(0).choice(0).numbers(&[2.0, 5.0]).numbers(&[1.0, 1.0]);
    let bytes = bytes.choice(0).choice(1).numbers(&[-1.0, 0.0]).numbers(&[2.0, 1.0]);
    check(&fitted, bytes.choice(1).number(0.5).choice(2), |read| {
        let _ = read.transform(x().view());
        let _ = read.transform(Array2::<f32>::zeros((read.features().min(99), 3)).view());
    });
}

fn preprocessor_of(table: &str, target: &str) -> Preprocessor {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, table).unwrap();
    let table = table::read(path, &Default::default()).unwrap();
    Preprocessor::Table(TableEncoder::fit(&table, target, &Default::default()).unwrap())
}

/// Uses a preprocessor in every way that its parts can be used.
fn use_preprocessor(preprocessor: Preprocessor) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "width,colour,same,kind\n1,red,7,a\n,blue,7,b\n").unwrap();
    let _ = preprocessor.read_labelled(&path, &mut Default::default());
    let _ = (preprocessor.target().classes(), preprocessor.target().outputs());
    preprocessor.target().labels(Array2::<f32>::zeros((preprocessor.target().outputs().min(99), 2)).view());
    let shape = vec![preprocessor.features().min(99)];
    let values = Array2::<f32>::zeros((shape[0], 2));
    let _ = preprocessor.transform("x.npy", Examples { shape, values });
}

#[test]
fn rows_of_a_table() {
    let preprocessor = preprocessor_of("width,colour,same,kind\n1,red,7,a\n,blue,7,b\n3,red,7,b\n", "kind");
    let bytes = Bytes::default().choice(0).size(4);
    let bytes = bytes.text("width").choice(0).number(2.0).number(1.0).byte(1);
    let bytes = bytes.text("colour").choice(1).texts(&["blue", "red"]).byte(0);
    let bytes = bytes.text("same").choice(2).choice(3).text("kind").choice(2).choice(0);
    let bytes = bytes.size(3).byte(1).choice(0).texts(&["a", "b"]).choice(1); // place, header, target
    check(&preprocessor, bytes.choice(0), use_preprocessor);

    let preprocessor = preprocessor_of("width,price\n1,1.5\n3,3.5\n", "price");
    let bytes = Bytes::default().choice(0).size(2);
    let bytes =
        bytes.text("width").choice(0).number(2.0).number(1.0).byte(0).text("price").choice(2).choice(0);
    check(&preprocessor, bytes.size(1).byte(1).choice(1).number(2.5).number(1.0).choice(0), use_preprocessor);
}

#[test]
fn examples_of_a_shape() {
    let examples =
        |values: ArrayView2<'_, f64>| Examples { shape: vec![2, 1], values: column_major(&values) };
    let dataset = Dataset::new(examples(x().view()), vec![0, 1], vec!["no".into(), "yes".into()]).unwrap();
    let mel = Mel::at(8000);
    let raws = [
        (InputKind::Arrays, Bytes::default().choice(1).choice(0)),
        (InputKind::Pictures(Colour::Rgb), Bytes::default().choice(1).choice(1).choice(1)),
        (
            InputKind::Sounds(mel),
            // The rate is a u32, as a choice is.
            Bytes::default().choice(1).choice(2).choice(8000).size(256).size(128).size(40).size(24).choice(1),
        ),
    ];
    for (raw, bytes) in raws {
        let preprocessor = Preprocessor::fit(&dataset, raw, &[Scaling::Standardise]).unwrap();
        let bytes = standardised(bytes.size(2).size(2).size(1));
        check(&preprocessor, bytes.choice(0).texts(&["no", "yes"]).choice(1), use_preprocessor);
    }
    let numbers =
        Preprocessor::fit_numbers(&examples(x().view()), &[1.0, 3.0], InputKind::Arrays, &[]).unwrap();
    let bytes = Bytes::default().choice(1).choice(0).size(2).size(2).size(1).size(2).size(0);
    check(&numbers, bytes.choice(1).number(2.0).number(1.0), use_preprocessor);
}

/// A file of a run that has every section of one.
fn run() -> (Vec<u8>, TrainerState) {
    let folder = tempfile::tempdir().unwrap();
    let (x, y) = (column_major(&x().view()), array![[0.0, 1.0]]);
    let network = Network::builder(2).dense(1, Sigmoid).build().unwrap();
    let early_stopping = Some(EarlyStopping::default());
    let settings = Settings { steps: Some(3), early_stopping, ..Settings::default() };
    let compute = Compute::serial(&Naive);
    let mut trainer = Trainer::<f64>::new(&network, settings.plan(&network, 2).unwrap(), compute).unwrap();
    let mut checkpoints = Checkpoints::new(folder.path(), &network).settings(&settings);
    let examples = dnn_train::Examples::new(x.view(), y.view());
    trainer.train(examples, Some(examples), &mut [&mut checkpoints]).unwrap();
    (fs::read(checkpoints.series().path(3)).unwrap(), *trainer.run_state().state)
}

#[test]
fn memory_of_a_run() {
    let (file, memory) = run();
    let maybe = |bytes: Bytes, number: Option<f64>| match number {
        None => bytes.byte(0),
        Some(number) => bytes.byte(1).number(number),
    };
    let bytes = Bytes::default().size(memory.step).number(memory.epoch_cost).size(memory.epoch_examples);
    let bytes =
        maybe(bytes, memory.plateau.best).size(memory.plateau.bad_epochs).size(memory.plateau.cooldown);
    let bytes = bytes.number(memory.plateau.factor).size(memory.pairs);
    let best = memory.best;
    let bytes = maybe(bytes, best.value).byte(u8::from(best.validation)).size(best.step);
    let bytes = bytes.size(best.evaluations_since_best);
    assert_eq!(section(&file, "dnn-train/memory"), bytes.0);
    check(&memory, bytes, drop);
}

#[test]
fn other_sections_of_a_run() {
    let (file, _) = run();
    let outline = Outline::from_bytes(file.clone()).unwrap();
    let settings: Option<String> = outline.section("dnn-train/settings").unwrap();
    assert_eq!(section(&file, "dnn-train/settings"), Bytes::default().text(&settings.clone().unwrap()).0);
    assert_eq!(serde_json::from_str::<Settings>(&settings.unwrap()).unwrap().steps, Some(3));
    let checkpoint = outline.checkpoint::<f64>(&Registry::builtin()).unwrap();
    assert_eq!(
        checkpoint.numbers("dnn-train/best-parameters").unwrap().map(|numbers| numbers.len()),
        Some(3)
    );
    assert_eq!(section(&file, "dnn-train/optimizer-state"), [0_u8; 0]);
}

/// The workspace's folder.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What stands in `text` as a whole between two `mark`s, and is called as sections are: `dnn/network`, `dnn-train/memory`.
fn named(text: &str, mark: char) -> BTreeSet<String> {
    let named = |name: &&str| {
        let Some((owner, rest)) = name.split_once('/') else { return false };
        let plain = |text: &str| text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
        (owner == "dnn" || owner.starts_with("dnn-")) && plain(owner) && plain(rest) && !rest.is_empty()
    };
    text.split(mark).filter(named).map(String::from).collect()
}

/// Every section that the code of a crate names.
fn in_code(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: PathBuf| match path.extension() {
        _ if path.is_dir() => in_code(&path),
        Some(extension) if extension == "rs" => {
            let text = fs::read_to_string(path).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.flat_map(|line| named(line, '"')).collect()
        }
        _ => BTreeSet::new(),
    };
    entries.flat_map(of).collect()
}

#[test]
fn format_md_lists_the_sections_that_the_crates_keep() {
    let crates =
        fs::read_dir(workspace().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let kept: BTreeSet<String> =
        crates.filter(|path| path.is_dir()).flat_map(|path| in_code(&path)).collect();
    let format = fs::read_to_string(workspace().join("crates/dnn-io/FORMAT.md")).unwrap();
    let headings = format.lines().filter(|line| line.starts_with("## "));
    let listed: BTreeSet<String> = headings.flat_map(|line| named(line, '`')).collect();
    assert_eq!(listed, kept);
    let (file, _) = run();
    let outline = Outline::from_bytes(file).unwrap();
    assert!(outline.sections().iter().all(|section| listed.contains(&section.name)));
}
