//! The pictures: the CBCL faces if they are there, else drawn ones.

use dnn::data::{Dataset, idx, ranks};
use dnn_synthetic::faces;
use ndarray::Array2;

use crate::support::{Failure, dataset, datasets};

/// Pictures to learn from and to be tested on; class 1 is a face.
pub(crate) struct Pictures {
    pub(crate) description: String,
    pub(crate) train: Dataset<f32>,
    pub(crate) test: Dataset<f32>,
    /// The least test AUC and held-out accuracy of the deep net.
    pub(crate) expected: [f64; 2],
}

pub(crate) fn load() -> Result<Pictures, Failure> {
    let Some(folder) = dataset("cbcl-faces")? else { return drawn() };
    let read = |part: &str| {
        let file = |kind: &str| folder.join(format!("{part}-{kind}-ubyte.gz"));
        idx::read_dataset(file("images-idx3"), file("labels-idx1"))
    };
    let (train, test) = (read("train")?, read("test")?);
    let description = format!("MIT CBCL faces from {}\n{}", folder.display(), counts(&train, &test));
    // The mean of five seeds is 0.893 and 0.993; one seed deviates from it by 0.008 and 0.001.
    Ok(Pictures { description, train, test, expected: [0.88, 0.99] })
}

fn drawn() -> Result<Pictures, Failure> {
    let (train, test) = (faces::generate(3000, 19, 1)?, faces::generate(2000, 19, 2)?);
    let description = format!(
        "drawn faces, since there are no CBCL faces in {}\n(datasets/README.md says how to get them)\n{}",
        datasets()?.display(),
        counts(&train, &test)
    );
    // The mean of five seeds is 0.994 and 0.960; one seed deviates from it by 0.0005 and 0.005, their mean by less than
    // half of that. The margins are four times the latter and more.
    Ok(Pictures { description, train, test, expected: [0.99, 0.95] })
}

fn counts(train: &Dataset<f32>, test: &Dataset<f32>) -> String {
    let faces = |pictures: &Dataset<f32>| pictures.labels().iter().filter(|&&class| class == 1).count();
    let of = |pictures| format!("{} with {} faces", Dataset::count(pictures), faces(pictures));
    format!("{} to learn from,\n{} to be tested on", of(train), of(test))
}

/// What the nets see: each picture's pixels by their ranks, from −1 to 1. `(pixels, m)`.
pub(crate) fn inputs(pictures: &Dataset<f32>) -> Array2<f32> {
    ranks(pictures.examples())
}
