//! The kept fixtures: their bytes are those that the example `fixtures` writes, and every reader gives the same pictures.
#![allow(clippy::unwrap_used)] // a test fails by panicking

#[path = "../examples/fixtures/files.rs"]
mod files;

use std::path::{Path, PathBuf};

use dnn_data::{Dataset, folder, idx, npy};
use dnn_synthetic::faces;
use files::{COUNT, SIDE};

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/fixtures").join(name)
}

/// Every file below `folder`, hidden ones aside.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let visible = entries.filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.'));
    visible.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

#[test]
fn the_kept_files_are_written_the_same_again() {
    let files = files::files().unwrap();
    for (name, bytes) in &files {
        let found = std::fs::read(kept(name)).unwrap();
        let again = "`cargo run -p dnn-data --example fixtures -- datasets/fixtures` writes it again";
        assert!(found == *bytes, "{name} has other bytes than the example writes; {again}");
    }
    assert_eq!(below(&kept("")).len(), files.len(), "no other file is kept");
    assert!(files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 50_000);
}

#[test]
fn every_reader_gives_the_same_pictures() {
    let drawn = faces::generate::<f32>(COUNT, SIDE, 1).unwrap();
    let read = [
        idx::read_dataset(kept("images-idx3-ubyte"), kept("labels-idx1-ubyte")),
        idx::read_dataset(kept("images-idx3-ubyte.gz"), kept("labels-idx1-ubyte.gz")),
        npy::read_dataset(kept("images.npy"), kept("labels.npy")),
    ];
    for dataset in read.map(Result::unwrap) {
        assert_eq!((dataset.examples(), dataset.labels()), (drawn.examples(), drawn.labels()));
        assert_eq!((dataset.shape(), dataset.classes()), (drawn.shape(), &["0", "1"].map(String::from)[..]));
    }
}

#[test]
fn sub_folders_name_the_classes() {
    let dataset = folder::read::<f32>(kept("pictures"), folder::Colour::Grey).unwrap();
    assert_eq!((dataset.count(), dataset.classes()), (COUNT, &["face", "other"].map(String::from)[..]));
    let drawn = faces::generate::<f32>(COUNT, SIDE, 1).unwrap();
    for class in ["face", "other"] {
        assert_eq!(of(&dataset, class).examples(), of(&drawn, class).examples());
    }
}

/// The examples of one class.
fn of(dataset: &Dataset<f32>, class: &str) -> Dataset<f32> {
    let number = dataset.classes().iter().position(|name| name == class).unwrap();
    let chosen: Vec<usize> = (0..dataset.count()).filter(|&i| dataset.labels()[i] == number).collect();
    dataset.select(&chosen).unwrap()
}
