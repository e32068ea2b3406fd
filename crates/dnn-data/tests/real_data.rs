//! Real data sets, where they are: in the folder that `DNN_DATASETS` names, or in the project's `datasets`.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod support;

use dnn_data::{Scaler, Scaling, folder, idx};
use support::dataset;

#[test]
fn fashion_mnist_has_its_published_mean_and_deviation() {
    let Some(path) = dataset("fashion-mnist") else { return };
    let labels = path.join("train-labels-idx1-ubyte.gz");
    let set = idx::read_dataset::<f32>(path.join("train-images-idx3-ubyte.gz"), labels).unwrap();
    assert_eq!((set.examples().dim(), set.shape(), set.classes().len()), ((784, 60000), &[28, 28][..], 10));
    assert!((0..10).all(|class| set.labels().iter().filter(|&&label| label == class).count() == 6000));
    // SOURCE.md: mean 0.286041, deviation 0.353024 of pixel / 255, each rounded to six places.
    let count = 784.0 * 60000.0;
    let sum =
        |power: i32| set.examples().iter().map(|&v| (f64::from(v) / 255.0).powi(power)).sum::<f64>() / count;
    let (mean, deviation) = (sum(1), (sum(2) - sum(1) * sum(1)).sqrt());
    assert!((mean - 0.286041).abs() < 6e-7 && (deviation - 0.353024).abs() < 6e-7, "{mean} {deviation}");
}

#[test]
fn cbcl_faces_come_in_their_official_numbers() {
    let Some(path) = dataset("cbcl-faces") else { return };
    for (part, faces, others) in [("train", 2429, 4548), ("test", 472, 23572)] {
        let images = path.join(format!("{part}-images-idx3-ubyte.gz"));
        let set =
            idx::read_dataset::<f32>(images, path.join(format!("{part}-labels-idx1-ubyte.gz"))).unwrap();
        assert_eq!((set.features(), set.shape()), (361, &[19, 19][..]));
        let found = set.labels().iter().filter(|&&label| label == 1).count();
        assert_eq!((found, set.count() - found), (faces, others));
        let scaling = Scaler::fit(&[Scaling::Ranks, Scaling::Standardise], set.examples()).unwrap();
        let stored = serde_json::to_string(&scaling).unwrap();
        let restored: Scaler = serde_json::from_str(&stored).unwrap();
        assert_eq!(restored.transform(set.examples()).unwrap(), scaling.transform(set.examples()).unwrap());
    }
}

#[test]
fn orl_faces_are_forty_people_with_ten_pictures_each() {
    let Some(path) = dataset("orl-faces") else { return };
    let set = folder::read::<f32>(&path, folder::Colour::Grey).unwrap();
    assert_eq!((set.count(), set.shape(), set.classes().len()), (400, &[112, 92][..], 40));
    assert_eq!(&set.classes()[..3], ["s1", "s10", "s11"]);
    // The pixels of a PGM file follow its header of 14 bytes.
    let stored = std::fs::read(path.join("s1/1.pgm")).unwrap();
    assert!(set.examples().column(0).iter().map(|&value| value as u8).eq(stored[14..].iter().copied()));
    let (train, test) = set.split_stratified(0.5, 1).unwrap();
    assert!((0..40).all(|person| test.labels().iter().filter(|&&label| label == person).count() == 5));
    assert_eq!((train.count(), test.count()), (200, 200));
}
