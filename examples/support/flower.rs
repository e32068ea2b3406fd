//! The course's planar data: a flower whose petals belong to two classes in turn.

use dnn::core::random::{Key, Purpose, Stream};
use ndarray::{Array2, ShapeBuilder};

/// `examples` points `x: (2, examples)` between about −4 and 4, and `y: (1, examples)`, their class, 0 and 1 in equal
/// numbers: a petal every quarter turn, radius 4 sin 4θ, angle and radius blurred by 0.2.
pub(crate) fn flower(examples: usize, seed: u64) -> (Array2<f32>, Array2<f32>) {
    let mut stream = Stream::new(Key::new(seed, Purpose::Data));
    let (mut x, mut y) = (Array2::zeros((2, examples).f()), Array2::zeros((1, examples).f()));
    let each = examples.div_ceil(2);
    for example in 0..examples {
        let (class, along) = (example / each, (example % each) as f64 / each as f64);
        let angle = 3.12 * (class as f64 + along) + 0.2 * stream.normal();
        let radius = 4.0 * (4.0 * angle).sin() + 0.2 * stream.normal();
        x[[0, example]] = (radius * angle.sin()) as f32;
        x[[1, example]] = (radius * angle.cos()) as f32;
        y[[0, example]] = class as f32;
    }
    (x, y)
}
