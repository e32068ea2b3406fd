//! The layer's backward pass against central differences, and its blocks against each other.

use std::ops::Range;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Compute, Identity, Naive, Network, Tanh, column_major};
use dnn_testkit::gradient::distance;
use dnn_train::{Initialisation, Settings, Trainer};
use ndarray::Array2;
use plugin_layer::Residual;

/// Two residual layers among dense ones, and a batch of several blocks.
fn network() -> Network {
    let builder = Network::builder(3).dense(5, Tanh).layer(Residual { units: 5 });
    builder.dense(5, Tanh).layer(Residual { units: 5 }).dense(2, Identity).build().unwrap()
}

#[test]
fn the_gradient_is_that_of_its_definition() {
    let (network, compute, batch) = (network(), Compute::serial(&Naive), 130);
    let parameters = Initialisation::draw::<f64>(Some(Initialisation::He), &network, 1);
    let mut stream = Stream::new(Key::new(1, Purpose::Data));
    let mut draw =
        |rows| column_major(&Array2::from_shape_simple_fn((rows, batch), || stream.normal()).view());
    let (x, da) = (draw(3), draw(2));

    let mut workspace = network.workspace(batch).unwrap();
    workspace.fill(f64::NAN);
    network.forward(compute, &parameters, x.view(), &mut workspace).unwrap();
    let mut gradient = vec![f64::NAN; parameters.len()];
    network.backward(compute, &parameters, x.view(), &mut workspace, da.view(), &mut gradient).unwrap();

    let cost = |parameters: &[f64]| {
        let a = network.predict(compute, parameters, x.view()).unwrap();
        (&a * &da).sum() / batch as f64
    };
    for placed in network.parts() {
        let range: Range<usize> = placed.part.range;
        let apart = distance(&parameters, &gradient, range, cost);
        assert!(apart < 1e-8, "layer {} {}: {apart:e}", placed.layer, placed.part.name);
    }
}

#[test]
fn threads_change_no_bit() {
    let network = network();
    let mut stream = Stream::new(Key::new(2, Purpose::Data));
    let mut draw =
        |rows| column_major(&Array2::from_shape_simple_fn((rows, 4000), || stream.normal() as f32).view());
    let (x, y) = (draw(3), draw(2));
    let trained = |threads| {
        let pool = dnn_blas::Threads::new(threads).unwrap();
        let settings = Settings { steps: Some(3), ..Settings::default() };
        let plan = settings.plan(&network, 4000).unwrap();
        let compute = Compute { backend: &dnn_blas::PureRust, pool: &pool };
        let mut trainer = Trainer::<f32>::new(&network, plan, compute).unwrap();
        trainer.run(x.view(), y.view(), &mut []).unwrap();
        trainer.parameters().to_vec()
    };
    assert_eq!(trained(1), trained(2));
}
