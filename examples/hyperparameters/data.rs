//! The planar data: the course's flower, and the chips of a course's exercise if they are here.

use dnn::prelude::*;
use dnn::train::metrics;
use ndarray::{Array2, ArrayView2, Axis, ShapeBuilder, s};

use crate::flower::flower;
use crate::support::{Failure, dataset};

/// Points of the plane `x: (2, m)` and their class `y: (1, m)`, 0 or 1, in three parts: to train on, to choose by, and to
/// report on once.
pub(crate) struct Planar {
    pub(crate) name: &'static str,
    pub(crate) training: Part,
    pub(crate) validation: Part,
    pub(crate) test: Part,
}

pub(crate) struct Part {
    pub(crate) x: Array2<f32>,
    pub(crate) y: Array2<f32>,
}

impl Part {
    pub(crate) fn examples(&self) -> Examples<'_, f32> {
        Examples::new(self.x.view(), self.y.view())
    }

    /// The share of the part that predictions `a: (1, m)` have right.
    pub(crate) fn accuracy(&self, a: ArrayView2<'_, f32>) -> Result<f64, Failure> {
        let labels: Vec<usize> = self.y.iter().map(|&y| y as usize).collect();
        Ok(metrics::accuracy(&metrics::classes(a), &labels, None)?)
    }

    fn columns(&self, range: std::ops::Range<usize>) -> Self {
        let of = |matrix: &Array2<f32>| dnn::core::column_major(&matrix.slice(s![.., range.clone()]));
        Self { x: of(&self.x), y: of(&self.y) }
    }
}

/// The flower: 400 points to train on, 400 to choose by, 2000 to report on.
pub(crate) fn petals() -> Planar {
    let part = |examples, seed| {
        let (x, y) = flower(examples, seed);
        Part { x, y }
    };
    Planar { name: "the flower", training: part(400, 1), validation: part(400, 2), test: part(2000, 3) }
}

/// 118 microchips by two measurements, accepted or not: 60 to train on, 29 to choose by, 29 to report on. `None` if they
/// are not here.
pub(crate) fn chips() -> Result<Option<Planar>, Failure> {
    let Some(folder) = dataset("ng-ml-course")? else { return Ok(None) };
    let file = folder.join("ex2data2.txt");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let rows: Vec<Vec<f32>> = text
        .lines()
        .map(|line| line.split(',').map(str::trim).map(str::parse).collect::<Result<_, _>>())
        .collect::<Result<_, _>>()?;
    if rows.len() < 100 || rows.iter().any(|row| row.len() != 3) {
        return Err(
            format!("{}: found {} rows, expected 118 of 3 numbers", file.display(), rows.len()).into()
        );
    }
    let order = shuffled(rows.len());
    let at = |column: usize, example: usize| rows[order[example]][column];
    let all = Part {
        x: Array2::from_shape_fn((2, rows.len()).f(), |(axis, example)| at(axis, example)),
        y: Array2::from_shape_fn((1, rows.len()).f(), |(_, example)| at(2, example)),
    };
    let (first, second) = (rows.len() / 2 + 1, rows.len() / 4);
    Ok(Some(Planar {
        name: "microchips",
        training: all.columns(0..first),
        validation: all.columns(first..first + second),
        test: all.columns(first + second..all.x.len_of(Axis(1))),
    }))
}

/// The file is sorted by class.
fn shuffled(count: usize) -> Vec<usize> {
    use dnn::core::random::{Key, Purpose, Stream};
    let mut order: Vec<usize> = (0..count).collect();
    Stream::new(Key::new(0, Purpose::Split)).shuffle(&mut order);
    order
}
