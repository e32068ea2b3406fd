//! Drawn pictures of faces and of other things, for demonstrations and tests where no data set is at hand.
//!
//! Grey, small, values 0 to 255 in whole numbers, like the MIT CBCL set of 19 × 19 patches. The faces differ in shape,
//! tone, expression, beard, glasses, pose, light, sharpness and noise; the others are textures, stripes, bars, blobs,
//! and, so that no straight line divides the two, faces that are upside down, negative, scrambled, bare or cut. These
//! are drawings: what a network reaches on them says nothing about photographs.

mod face;
mod other;
mod scene;

use dnn_core::Real;
use dnn_core::random::{Key, Purpose, Stream};
use dnn_data::{Dataset, Error, Examples, Result};
use ndarray::{Array2, ShapeBuilder};

use crate::length;
use face::Face;
use scene::Scene;

/// The names of the two classes, by number.
pub const CLASSES: [&str; 2] = ["other", "face"];

/// Side of a picture that is too small to show a face below, and larger than the drawing has detail for above.
const SIDES: std::ops::RangeInclusive<usize> = 8..=512;

/// Draws `count` pictures of `side × side` pixels, every second one a face (class 1).
///
/// Picture `k` depends on `seed`, `side` and `k` alone: a longer set begins with the shorter one.
///
/// # Errors
/// [`Error::Setting`] for a side outside 8 to 512, or for more pictures than this machine can address.
pub fn generate<T: Real>(count: usize, side: usize, seed: u64) -> Result<Dataset<T>> {
    let examples = draw(count, side, |picture| {
        let mut stream = Stream::new(Key::new(seed, Purpose::Data).step(picture as u64));
        let scene = if is_face(picture) { face::scene(&mut stream) } else { other::scene(&mut stream) };
        (scene, stream)
    })?;
    let labels = (0..count).map(|picture| is_face(picture).into()).collect();
    Dataset::new(examples, labels, CLASSES.map(String::from).to_vec())
}

/// Draws `each` pictures of `side × side` pixels of each of `people` faces, a class for each. The pictures of one differ in
/// pose, background, light, sharpness and noise.
///
/// Picture `k` of a face depends on `seed`, `side`, the face's number and `k` alone.
///
/// # Errors
/// As [`generate`].
pub fn people<T: Real>(people: usize, each: usize, side: usize, seed: u64) -> Result<Dataset<T>> {
    // Layers 1 and 2 keep these streams apart from those of `generate`.
    let key = |person: usize| Key::new(seed, Purpose::Data).epoch(person as u64);
    let examples = draw(people.saturating_mul(each), side, |picture| {
        let (person, taken) = (picture / each, picture % each);
        let face = Face::random(&mut Stream::new(key(person).layer(1)));
        let mut stream = Stream::new(key(person).layer(2).step(taken as u64));
        (face::picture(&face, &mut stream), stream)
    })?;
    let labels = (0..people * each).map(|picture| picture / each).collect();
    Dataset::new(examples, labels, (1..=people).map(|person| format!("person{person}")).collect())
}

/// The pixels of `count` scenes, each with the stream that draws its noise.
fn draw<T: Real>(count: usize, side: usize, scene: impl Fn(usize) -> (Scene, Stream)) -> Result<Examples<T>> {
    if !SIDES.contains(&side) {
        let (name, expected) = ("the side of a picture", "must be from 8 to 512 pixels");
        return Err(Error::Setting { name, found: side.to_string(), expected });
    }
    let pixels = length(&[side, side, count]).ok_or_else(|| Error::Setting {
        name: "the number of pictures",
        found: count.to_string(),
        expected: "must leave them small enough to address",
    })?;
    let mut values = Vec::with_capacity(pixels);
    for picture in 0..count {
        let (scene, mut stream) = scene(picture);
        values.extend(scene.pixels(side, &mut stream).map(T::of));
    }
    let values = Array2::from_shape_vec((side * side, count).f(), values).expect("side² values a picture");
    Ok(Examples { values, shape: vec![side, side] })
}

fn is_face(picture: usize) -> bool {
    picture % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Axis;

    #[test]
    fn the_same_seed_draws_the_same_pictures_and_another_others() {
        let draw = |count, seed| generate::<f32>(count, 19, seed).unwrap();
        assert_eq!(draw(8, 1), draw(8, 1));
        assert_eq!(draw(20, 1).select(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap(), draw(8, 1));
        assert_ne!(draw(8, 1), draw(8, 2));
    }

    #[test]
    fn pictures_are_grey_values_in_whole_numbers() {
        let set = generate::<f64>(40, 24, 3).unwrap();
        assert_eq!((set.features(), set.shape(), set.count()), (576, &[24, 24][..], 40));
        assert!(set.examples().iter().all(|&v| (0.0..=255.0).contains(&v) && v == v.round()));
        let spread = set.examples().std_axis(Axis(0), 0.0);
        let flat = spread.iter().filter(|&&deviation| deviation < 4.0).count();
        assert!(flat == 0, "{flat} of 40 pictures are nearly flat");
    }

    #[test]
    fn classes_take_turns() {
        let set = generate::<f32>(5, 19, 0).unwrap();
        assert_eq!((set.labels(), set.classes()), (&[0, 1, 0, 1, 0][..], &CLASSES.map(String::from)[..]));
    }

    #[test]
    fn pictures_of_one_person_are_more_alike_than_those_of_two() {
        let set = people::<f64>(8, 6, 19, 5).unwrap();
        assert_eq!((set.count(), set.classes().len(), set.labels()[7]), (48, 8, 1));
        let first: Vec<usize> = (0..12).collect();
        assert_eq!(people::<f64>(2, 6, 19, 5).unwrap().examples(), set.select(&first).unwrap().examples());
        let x = dnn_data::ranks(set.examples());
        let distance = |i: usize, j: usize| (&x.column(i) - &x.column(j)).mapv(|d| d * d).sum();
        let pairs = (0..48).flat_map(|i| (0..i).map(move |j| (i, j)));
        let (one, two): (Vec<_>, Vec<_>) = pairs.partition(|&(i, j)| i / 6 == j / 6);
        let mean = |pairs: &[(usize, usize)]| {
            pairs.iter().map(|&(i, j)| distance(i, j)).sum::<f64>() / pairs.len() as f64
        };
        assert!(mean(&one) < 0.95 * mean(&two), "{} {}", mean(&one), mean(&two));
    }

    #[test]
    fn sizes_out_of_reason_are_refused() {
        for (count, side) in [(1, 7), (1, 513), (usize::MAX, 19)] {
            assert!(matches!(generate::<f32>(count, side, 0), Err(Error::Setting { .. })));
        }
        assert_eq!(generate::<f32>(0, 19, 0).unwrap().count(), 0);
        assert!(people::<f32>(2, 2, 7, 0).is_err());
        assert_eq!(people::<f32>(3, 0, 19, 0).unwrap().count(), 0);
    }
}
