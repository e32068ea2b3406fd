//! A file may claim anything: loading it takes at most twice its bytes and 1 MiB, and never panics. Alone in its file: the
//! allocator counts for the whole process.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod layout;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{LeakyRelu, Network, Registry, Relu, Sigmoid};
use dnn_io::{Checkpoint, Error};
use dnn_testkit::allocation::Counting;
use layout::{ENTRY, FIXED, HASH, sealed};
use serde::de::DeserializeOwned;

#[global_allocator]
static ALLOCATOR: Counting = Counting::new();

/// Held by each test: only one may take memory at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Malformed headers and metadata tried.
const FILES: usize = 100_000;
const MIB: usize = 1 << 20;

/// A whole file of these sections, its checksums right whatever they say. The names are sorted.
fn file(sections: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let header = layout::header(sections.len());
    let mut file = vec![0; header];
    for (index, (name, bytes)) in sections.iter().enumerate() {
        file.resize(file.len().next_multiple_of(64), 0);
        let offset = file.len() as u64;
        file.extend(bytes);
        let entry = &mut file[FIXED + index * ENTRY..][..ENTRY];
        entry[..name.len()].copy_from_slice(name.as_bytes());
        entry[32..40].copy_from_slice(&offset.to_le_bytes());
        entry[40..48].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        entry[48..52].copy_from_slice(&crc32c::crc32c(bytes).to_le_bytes());
    }
    file.extend([0; HASH]);
    let length = file.len() as u64;
    file[..8].copy_from_slice(b"\x89DNN\r\n\x1a\n");
    file[8..16].copy_from_slice(&[1, 0, 0, 0, 1, 0, 0, 0]);
    file[16..24].copy_from_slice(&length.to_le_bytes());
    file[24..28].copy_from_slice(&(sections.len() as u32).to_le_bytes());
    sealed(file, header)
}

/// A network's description in the codec, put together as FORMAT.md says.
#[derive(Default)]
struct Description(Vec<u8>);

impl Description {
    fn of(layers: u64) -> Self {
        Self::default().text("f32").text("").number(layers)
    }

    fn number(mut self, number: u64) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn text(self, text: &str) -> Self {
        let mut longer = self.number(text.len() as u64);
        longer.0.extend(text.bytes());
        longer
    }

    fn layer(self, kind: &str, inputs: u64, outputs: u64, constants: &[(&str, f64)]) -> Self {
        let mut layer = self.text(kind).number(inputs).number(outputs);
        layer.0.push(0); // no activation
        let layer = layer.number(constants.len() as u64);
        let add =
            |described: Self, &(name, value): &(&str, f64)| described.text(name).number(value.to_bits());
        let mut layer = constants.iter().fold(layer, add);
        layer.0.push(0); // no probe
        layer
    }

    fn file(self, parameters: usize) -> Vec<u8> {
        file(&[("dnn/network", self.0), ("dnn/parameters", vec![0; parameters])])
    }
}

/// Loads it and checks the memory: the file's own bytes are the first half of what is allowed.
fn load(bytes: &[u8]) -> Result<Checkpoint<f32>, Error> {
    let registry = Registry::builtin();
    let (loaded, most) = ALLOCATOR.most_during(|| Checkpoint::from_bytes(bytes, &registry));
    let described = loaded.as_ref().map(|_| ()).map_err(ToString::to_string);
    assert!(most <= bytes.len() + MIB, "{most} bytes more than the file's {} for {described:?}", bytes.len());
    loaded
}

/// Numbers that a fault or an attack would put in the place of a length, an offset or a size.
fn extreme(stream: &mut Stream) -> u64 {
    match stream.below(8) {
        0 => u64::MAX - stream.below(64) as u64,
        1 => 1 << stream.below(64),
        2 => (1 << stream.below(63)) + stream.below(256) as u64,
        3 => u64::from(u32::MAX) - stream.below(3) as u64,
        4 => i64::MAX as u64 - stream.below(64) as u64,
        5 => stream.below(1 << 20) as u64,
        6 => stream.below(4096) as u64,
        _ => stream.below(64) as u64,
    }
}

#[test]
fn a_malformed_file_takes_at_most_twice_its_bytes_and_1_mib() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let network = Network::builder(2).dense(3, Relu).dropout(0.5).dense(2, LeakyRelu { slope: 0.25 });
    let network = network.layer_normalisation().dense(1, Sigmoid).build().unwrap();
    let checkpoint = Checkpoint::new(network.clone(), network.starting_parameters::<f32>()).unwrap();
    let whole = checkpoint.to_bytes().unwrap();
    let (header, described) = (layout::header(2), layout::section(&whole, 0));
    let parameters = network.parameter_count() * 4;
    let mut stream = Stream::new(Key::new(1, Purpose::Data));
    let mut refused = 0;
    for number in 0..FILES {
        let changes = 1 + stream.below(3);
        let mut metadata = whole[described.clone()].to_vec();
        let mut bytes = whole.clone();
        for _ in 0..changes {
            let value = extreme(&mut stream).to_le_bytes();
            // The header and the table; or what the metadata claim, at any byte; or just cut short.
            match number % 4 {
                0 => {
                    let at = 8 + stream.below(header - 16);
                    let length = 1 + stream.below(8);
                    bytes[at..at + length].copy_from_slice(&value[..length]);
                }
                1 | 2 => {
                    let at = stream.below(metadata.len() - 8);
                    let length = if number % 4 == 1 { 8 } else { 1 + stream.below(8) };
                    metadata[at..at + length].copy_from_slice(&value[..length]);
                }
                _ => metadata.truncate(9 + stream.below(metadata.len() - 8)),
            }
        }
        let malformed = match number % 8 {
            0 => bytes,
            4 => sealed(bytes, header),
            _ => file(&[("dnn/network", metadata), ("dnn/parameters", vec![0; parameters])]),
        };
        refused += usize::from(load(&malformed).is_err());
    }
    assert!(refused > FILES * 9 / 10, "only {refused} of {FILES} were malformed");
}

#[test]
fn what_a_file_claims_takes_no_memory() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let many = 1 << 40;
    let long = "x".repeat(2 * MIB);
    let names: Vec<String> = (0..65).map(|number| number.to_string()).collect();
    let constants: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 0.0)).collect();
    let dropout = ("rate", 0.5);
    let stack = |layers: u64| {
        let described = Description::of(layers);
        (0..layers).fold(described, |described, _| described.layer("dropout", 1, 1, &[dropout]))
    };
    let text = |claimed: u64| Description::default().text("f32").number(claimed);
    let cases = [
        (
            "lists of layers",
            Description::of(many).file(0),
            "has 1099511627776 layers, expected 4096 or fewer",
        ),
        ("more layers than a file may have", stack(200_000).file(0), "has 200000 layers"),
        (
            "a network of huge layers",
            Description::of(1).layer("dense", 1 << 19, 1 << 18, &[]).file(4),
            "has 4 bytes",
        ),
        ("layers too large to count", Description::of(1).layer("dense", many, many, &[]).file(4), "layer 1"),
        (
            "a long list of constants",
            Description::of(1).layer("dense", 1, 1, &constants).file(8),
            "has 65 constants in one list at layer 1, expected 64 or fewer",
        ),
        (
            "a very long list of constants",
            Description::of(1).layer("dense", 1, 1, &vec![("", 0.0); 100_000]).file(8),
            "bytes it may have) at layer 1",
        ),
        ("a long name", Description::of(1).layer(&long[..300], 1, 1, &[]).file(8), "a name of 300 bytes"),
        (
            "a very long name",
            Description::of(1).layer(&long, 1, 1, &[]).file(8),
            "bytes it may have) at layer 1",
        ),
        (
            "a long name of a constant",
            Description::of(1).layer("dropout", 1, 1, &[(&long[..257], 0.5)]).file(8),
            "a name of 257 bytes",
        ),
        ("a long precision", Description::default().text(&long).text("").number(0).file(0), "xxx"),
        ("a text longer than the file", text(many).file(0), "cannot be decoded"),
        ("no text at all", text(u64::MAX).file(0), "cannot be decoded"),
        ("a network without layers", Description::of(0).file(0), "layer"),
        (
            "the most layers, and bytes after them",
            {
                let mut most = stack(4096);
                most.0.push(7);
                most.file(4)
            },
            "mean nothing",
        ),
    ];
    for (what, bytes, words) in cases {
        let error = load(&bytes).unwrap_err().to_string();
        assert!(error.contains(words), "{what}: {error:.200}");
    }
    // The deepest file that may be loaded.
    let deepest = (0..4096).fold(Description::of(4096), |described, _| described.layer("dense", 1, 1, &[]));
    assert_eq!(load(&deepest.file(8 * 4096)).unwrap().network().layers().len(), 4096);
}

#[test]
fn what_a_section_claims_takes_no_memory() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let network = || Description::of(1).layer("dense", 1, 1, &[]).0;
    let loaded = |section: Description| {
        let sections =
            [("dnn/network", network()), ("dnn/parameters", vec![0; 8]), ("test/claim", section.0)];
        load(&file(&sections)).unwrap()
    };
    fn most<V: DeserializeOwned>(checkpoint: &Checkpoint<f32>, allowed: usize) {
        let (read, most) = ALLOCATOR.most_during(|| checkpoint.section::<V>("test/claim").map(drop));
        let error = read.unwrap_err().to_string();
        assert!(error.starts_with("section \"test/claim\" cannot be decoded ("), "{error}");
        assert!(most <= allowed, "{most} bytes for {error}");
    }
    for claimed in [u64::MAX, 1 << 40, 1 << 24] {
        // Serde itself takes 1 MiB at most for the entries of a list.
        let claims = |text: &str| loaded(Description::default().number(1).text(text).number(claimed));
        most::<Vec<String>>(&loaded(Description::default().number(claimed)), MIB + 4096);
        most::<(u64, String, String)>(&claims("text"), 4096);
        most::<(u64, String, Vec<u8>)>(&claims("text"), MIB + 4096);
        most::<(u64, String, Vec<f64>)>(&claims("text"), MIB + 4096);
        most::<(u64, String, BTreeMap<String, f64>)>(&claims("text"), 4096);
        most::<(u64, String, HashMap<String, f64>)>(&claims("text"), 3 * MIB);
        let nested = Description::default().number(claimed).number(claimed);
        most::<Vec<Vec<String>>>(&loaded(nested), 2 * MIB + 4096);
    }
}

#[test]
fn an_empty_section_at_the_very_end_is_no_way_out_of_the_file() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // Ends 20 bytes before a multiple of 64, so that the next section would begin beyond the hash.
    for short in 0..64 {
        let sections = [("dnn/network", vec![0; 64 + short]), ("test/empty", vec![])];
        let mut bytes = file(&sections);
        let cut = bytes.len() - HASH - (64 - short) % 64;
        bytes.drain(cut..bytes.len() - HASH);
        let length = bytes.len() as u64;
        bytes[16..24].copy_from_slice(&length.to_le_bytes());
        assert!(load(&sealed(bytes, layout::header(2))).is_err());
    }
}

#[test]
fn loading_from_the_disk_takes_twice_the_file() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.dnn");
    let network = Network::builder(1000).dense(2000, Relu).dense(1, Sigmoid).build().unwrap();
    let mut checkpoint = Checkpoint::new(network.clone(), vec![0.5_f32; network.parameter_count()]).unwrap();
    checkpoint.set_section("test/large", &"x".repeat(3 * MIB)).unwrap();
    checkpoint.save(&path).unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len() as usize;
    let registry = Registry::builtin();
    let (loaded, most) = ALLOCATOR.most_during(|| Checkpoint::<f32>::load(&path, &registry));
    assert_eq!(
        loaded.unwrap().section::<String>("test/large").unwrap().map(|text| text.len()),
        Some(3 * MIB)
    );
    assert!(most <= 2 * bytes + MIB, "{most} bytes for a file of {bytes}");
}
