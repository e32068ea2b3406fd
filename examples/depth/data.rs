//! The pictures: the CBCL faces and the ORL people if they are there, else drawn ones; all of one size, as ranks.

use dnn::data::folder::{self, Colour};
use dnn::data::{Dataset, idx, ranks};
use dnn_synthetic::faces;
use ndarray::{Array2, ShapeBuilder};

use crate::support::{Failure, dataset, datasets};

/// Side of a picture in pixels.
pub(crate) const SIDE: usize = 19;

/// Pictures with their classes.
pub(crate) struct Pictures {
    /// Grey values as they are shown: `(SIDE · SIDE, m)`.
    pub(crate) shown: Array2<f32>,
    /// What nets see: each picture's pixels by their ranks, from −1 to 1.
    pub(crate) x: Array2<f32>,
    pub(crate) labels: Vec<usize>,
    pub(crate) classes: usize,
}

/// Faces and other pictures, to learn from and to be tested on (class 1 is a face); and people, a class for each.
pub(crate) struct Data {
    pub(crate) description: String,
    pub(crate) train: Dataset<f32>,
    pub(crate) test: Pictures,
    pub(crate) people: Pictures,
}

pub(crate) fn load() -> Result<Data, Failure> {
    let (faces_from, train, test) = match dataset("cbcl-faces")? {
        Some(folder) => {
            let read = |part: &str| {
                let file = |kind: &str| folder.join(format!("{part}-{kind}-ubyte.gz"));
                idx::read_dataset(file("images-idx3"), file("labels-idx1"))
            };
            (format!("MIT CBCL faces from {}", folder.display()), read("train")?, read("test")?)
        }
        None => {
            let missing = format!("drawn faces, since there are no CBCL faces in {}", datasets()?.display());
            (missing, faces::generate(3000, SIDE, 1)?, faces::generate(2000, SIDE, 2)?)
        }
    };
    let (people_from, people) = match dataset("orl-faces")? {
        Some(folder) => {
            let people = folder::read::<f32>(&folder, Colour::Grey)?;
            (format!("ORL people from {}", folder.display()), shrunk(&people)?)
        }
        None => {
            let missing = format!("drawn people, since there are no ORL faces in {}", datasets()?.display());
            (missing, Pictures::of(&faces::people(40, 10, SIDE, 3)?))
        }
    };
    let description = format!(
        "{faces_from}\n{} to learn from, {} to be tested on\n{people_from}\n{} pictures of {} people",
        train.count(),
        test.count(),
        people.labels.len(),
        people.classes
    );
    Ok(Data { description, train, test: Pictures::of(&test), people })
}

impl Pictures {
    pub(crate) fn of(dataset: &Dataset<f32>) -> Self {
        Self {
            shown: dataset.examples().to_owned(),
            x: ranks(dataset.examples()),
            labels: dataset.labels().to_vec(),
            classes: dataset.classes().len(),
        }
    }
}

/// The middle square of each picture, every pixel the mean of the area it covers. Heads in ORL fill it as faces fill CBCL's.
fn shrunk(people: &Dataset<f32>) -> Result<Pictures, Failure> {
    let &[height, width] = people.shape() else { return Err("the ORL pictures are not grey".into()) };
    let side = height.min(width);
    let (top, left) = ((height - side) / 2, (width - side) / 2);
    let cut = |pixel: usize| pixel * side / SIDE..((pixel + 1) * side).div_ceil(SIDE);
    let mean = |place: usize, example: usize| {
        let (rows, columns) = (cut(place / SIDE), cut(place % SIDE));
        let all = rows.flat_map(|row| columns.clone().map(move |column| (row, column)));
        let values =
            all.map(|(row, column)| people.examples()[[(top + row) * width + left + column, example]]);
        let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
        sum / count as f32
    };
    let shape = (SIDE * SIDE, people.count()).f();
    let shown = Array2::from_shape_fn(shape, |(place, example)| mean(place, example));
    let (labels, classes) = (people.labels().to_vec(), people.classes().len());
    Ok(Pictures { x: ranks(shown.view()), shown, labels, classes })
}
