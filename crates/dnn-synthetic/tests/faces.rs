//! The drawn pictures are a task worth a network: a straight line does not solve it, a hidden layer does.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_core::random::{Key, Purpose, Stream};
use dnn_data::{Dataset, Scaler, Scaling};
use dnn_synthetic::faces::generate;
use ndarray::{Array1, Array2, Axis, s};

/// Scaled pictures `(pixels, m)` and their targets.
fn scaled(scaling: &Scaler, set: &Dataset<f32>) -> (Array2<f32>, Array1<f32>) {
    let x = scaling.transform(set.examples()).expect("whole grey values");
    (x, set.binary().expect("two classes").remove_axis(Axis(0)))
}

fn correct(z: &Array1<f32>, y: &Array1<f32>) -> f64 {
    z.iter().zip(y).filter(|&(&z, &y)| (z > 0.0) == (y == 1.0)).count() as f64 / y.len() as f64
}

#[test]
fn a_small_network_tells_faces_that_a_straight_line_does_not() {
    let (train, test) = (generate::<f32>(4000, 19, 11).unwrap(), generate::<f32>(1000, 19, 12).unwrap());
    let scaling = Scaler::fit(&[Scaling::Ranks], train.examples()).unwrap();
    let ((x, y), (x_test, y_test)) = (scaled(&scaling, &train), scaled(&scaling, &test));
    let line = straight_line(&x, &y);
    let network = one_hidden_layer(&x, &y);
    let (line, network) = (correct(&line(&x_test), &y_test), correct(&network(&x_test), &y_test));
    println!("correct on new pictures: straight line {line:.3}, 32 hidden units {network:.3}");
    assert!(line < 0.9, "a straight line tells {line} of the faces");
    assert!(network > 0.93 && network > line + 0.04, "a small network tells only {network} of the faces");
}

fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

/// Logistic regression by gradient descent with momentum over all examples.
fn straight_line(x: &Array2<f32>, y: &Array1<f32>) -> impl Fn(&Array2<f32>) -> Array1<f32> + use<> {
    let (mut w, mut b, mut step) = (Array1::<f32>::zeros(x.nrows()), 0.0, Array1::<f32>::zeros(x.nrows()));
    for _ in 0..300 {
        let dz = ((w.dot(x) + b).mapv(sigmoid) - y) / y.len() as f32;
        step = 0.9 * step - 0.02 * x.dot(&dz);
        w += &step;
        b -= dz.sum();
    }
    move |x| w.dot(x) + b
}

/// A hidden layer of 32 rectified units, batches of 100, gradient descent with momentum.
fn one_hidden_layer(x: &Array2<f32>, y: &Array1<f32>) -> impl Fn(&Array2<f32>) -> Array1<f32> + use<> {
    let mut stream = Stream::new(Key::new(5, Purpose::Initialisation));
    let scale = (2.0 / x.nrows() as f64).sqrt();
    let mut w1 = Array2::from_shape_simple_fn((32, x.nrows()), || (scale * stream.normal()) as f32);
    let mut w2 = Array1::from_shape_simple_fn(32, || (0.25 * stream.normal()) as f32);
    let (mut b1, mut b2) = (Array2::<f32>::zeros((32, 1)), 0.0);
    let (mut step1, mut step2) = (Array2::zeros(w1.dim()), Array1::<f32>::zeros(32));
    for batch in (0..40).flat_map(|_| (0..y.len()).step_by(100)) {
        let range = s![.., batch..batch + 100];
        let x = x.slice(range);
        let z1 = w1.dot(&x) + &b1;
        let a1 = z1.mapv(|z| z.max(0.0));
        let dz2 = ((w2.dot(&a1) + b2).mapv(sigmoid) - y.slice(s![batch..batch + 100])) / 100.0;
        let mask = z1.mapv(|z| f32::from(z > 0.0));
        let dz1 = w2.view().insert_axis(Axis(1)).dot(&dz2.view().insert_axis(Axis(0))) * mask;
        step1 = 0.9 * step1 - 0.02 * dz1.dot(&x.t());
        step2 = 0.9 * step2 - 0.02 * a1.dot(&dz2);
        w1 += &step1;
        w2 += &step2;
        b1 -= &(0.1 * dz1.sum_axis(Axis(1)).insert_axis(Axis(1)));
        b2 -= 0.1 * dz2.sum();
    }
    move |x| w2.dot(&(w1.dot(x) + &b1).mapv(|z| z.max(0.0))) + b2
}
