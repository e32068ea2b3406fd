//! The pictures: Fashion-MNIST if it is there, else drawn faces. A tenth of those to learn from is held out for every choice.

use dnn::data::{Dataset, Scaler, Scaling, idx};
use dnn::train::Examples;
use dnn_synthetic::faces;
use ndarray::Array2;

use crate::support::{Failure, dataset, datasets};

/// The share of each class that is held out.
const HELD_OUT: f64 = 0.1;
/// Where the settings are chosen and the runs are stopped; seeds of the runs leave it alone.
const SPLIT_SEED: u64 = 1;

/// Pictures as numbers from 0 to 1, one a column, with their targets and classes.
pub(crate) struct Part {
    x: Array2<f32>,
    y: Array2<f32>,
    pub(crate) classes: Vec<usize>,
}

impl Part {
    pub(crate) fn examples(&self) -> Examples<'_, f32> {
        Examples::new(self.x.view(), self.y.view())
    }
}

/// What a net learns from, what it is chosen by, and what it is tested on once.
pub(crate) struct Pictures {
    pub(crate) description: String,
    /// Whether they are those that the kept search was made on.
    pub(crate) real: bool,
    pub(crate) training: Part,
    pub(crate) validation: Part,
    pub(crate) test: Part,
    /// The least mean test accuracy of three seeds.
    pub(crate) expected: f64,
}

pub(crate) fn load() -> Result<Pictures, Failure> {
    let Some(folder) = dataset("fashion-mnist")? else {
        let description = format!(
            "drawn faces, since there is no Fashion-MNIST in {}\n(datasets/README.md says how to get it)",
            datasets()?.display()
        );
        // The mean of three seeds is 0.900, and one deviates from it by 0.004.
        let (train, test) = (faces::generate(3000, 28, 1)?, faces::generate(2000, 28, 2)?);
        return parted(description, false, &train, &test, 0.88);
    };
    let read = |part: &str| {
        let file = |kind: &str| folder.join(format!("{part}-{kind}-ubyte.gz"));
        idx::read_dataset(file("images-idx3"), file("labels-idx1"))
    };
    let description = format!("Fashion-MNIST from {}", folder.display());
    // The mean of three seeds is 0.9008, and one deviates from it by 0.002.
    parted(description, true, &read("train")?, &read("t10k")?, 0.90)
}

fn parted(
    what: String,
    real: bool,
    train: &Dataset<f32>,
    test: &Dataset<f32>,
    expected: f64,
) -> Result<Pictures, Failure> {
    let (training, held_out) = train.split_stratified(HELD_OUT, SPLIT_SEED)?;
    let description = format!(
        "{what}\n{} to learn from, {} held out, {} to be tested on",
        training.count(),
        held_out.count(),
        test.count()
    );
    let scaling = Scaler::fit(&[Scaling::Range], training.examples())?;
    let part = |pictures: &Dataset<f32>| -> Result<Part, Failure> {
        let (x, y) = (scaling.transform(pictures.examples())?, pictures.one_hot()?);
        Ok(Part { x, y, classes: pictures.labels().to_vec() })
    };
    let (training, validation, test) = (part(&training)?, part(&held_out)?, part(test)?);
    Ok(Pictures { description, real, training, validation, test, expected })
}
