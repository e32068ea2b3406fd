//! The backward pass against central differences: every activation × cost × batch of 1 and 3 × 1 to 4 layers, in f64.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::sync::Arc;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{
    AnyActivation, Compute, Elu, Gelu, Identity, IntoActivation, LeakyRelu, Naive, Network, Real, Relu, Selu,
    Sigmoid, Silu, Softmax, Softplus, Tanh, column_major,
};
use dnn_testkit::gradient::distance;
use dnn_train::{AnyCost, COSTS, Cost, Initialisation, cost_by_name};
use ndarray::{Array2, ArrayView2};

/// The project's bound for a tensor's relative distance.
const BOUND: f64 = 1e-8;
/// Scores nearer to 0 than this may cross a kink when a parameter moves.
const KINK: f64 = 1e-2;

fn activations() -> Vec<Arc<dyn AnyActivation>> {
    vec![
        Identity.into_activation(),
        Sigmoid.into_activation(),
        Tanh.into_activation(),
        Relu.into_activation(),
        LeakyRelu::default().into_activation(),
        Elu::default().into_activation(),
        Selu.into_activation(),
        Gelu.into_activation(),
        Silu.into_activation(),
        Softplus.into_activation(),
        Softmax.into_activation(),
    ]
}

/// A network of `depth` layers of 4 units, all with `activation`, over 3 features.
fn network(activation: &Arc<dyn AnyActivation>, depth: usize) -> Network {
    (0..depth).fold(Network::builder(3), |builder, _| builder.dense(4, activation.clone())).build().unwrap()
}

/// Random features and targets: columns from 0 to 1 that sum to 1, which every cost has a meaning for.
fn data(batch: usize, seed: u64) -> (Array2<f64>, Array2<f64>) {
    let mut stream = Stream::new(Key::new(seed, Purpose::Data));
    let x = Array2::from_shape_simple_fn((3, batch), || stream.normal());
    let mut y = Array2::from_shape_simple_fn((4, batch), || stream.uniform() + 0.1);
    y.columns_mut().into_iter().for_each(|mut column| column /= column.sum());
    (column_major(&x.view()), column_major(&y.view()))
}

/// The smallest |z| of any layer, where a kink might be.
fn nearest_kink(network: &Network, parameters: &[f64], x: ArrayView2<'_, f64>) -> f64 {
    let scores = |depth| {
        let below = Network::new(network.layers()[..depth].to_vec()).unwrap().scores().unwrap();
        let z = below.predict(Compute::serial(&Naive), &parameters[..below.parameter_count()], x).unwrap();
        z.iter().fold(f64::INFINITY, |nearest, z| nearest.min(z.abs()))
    };
    (1..=network.layers().len()).map(scores).fold(f64::INFINITY, f64::min)
}

/// Parameters and data away from kinks: the first seed that gives such.
fn away_from_kinks(network: &Network, batch: usize) -> (Vec<f64>, Array2<f64>, Array2<f64>) {
    (0..1000)
        .map(|seed| {
            let mut parameters = Initialisation::draw::<f64>(Some(Initialisation::He), network, seed);
            let mut stream = Stream::new(Key::new(seed, Purpose::Data).epoch(1));
            // Biases too must not be special.
            parameters.iter_mut().filter(|p| **p == 0.0).for_each(|p| *p = 0.1 * stream.normal());
            let (x, y) = data(batch, seed);
            (parameters, x, y)
        })
        .find(|(parameters, x, _)| nearest_kink(network, parameters, x.view()) > KINK)
        .expect("one seed of a thousand is away from kinks")
}

fn check(network: &Network, cost: &dyn AnyCost, batch: usize) {
    let (parameters, x, y) = away_from_kinks(network, batch);
    let (compute, units) = (Compute::serial(&Naive), network.outputs());
    let mut workspace = network.workspace::<f64>(batch).unwrap().with_input_gradient();
    workspace.fill(f64::NAN);
    let targets: Vec<f64> = y.t().iter().copied().collect();
    let half: &dyn Cost<f64> = f64::half(cost);
    let scores = |a: ArrayView2<'_, f64>| a.t().iter().copied().collect::<Vec<_>>();

    let a = scores(network.forward(compute, &parameters, x.view(), &mut workspace).unwrap());
    let mut da = vec![0.0; a.len()];
    half.cost(units, &a, &targets, Some(&mut da));
    let da = ArrayView2::from_shape((batch, units), &da).unwrap().reversed_axes();
    let mut gradient = vec![f64::NAN; parameters.len()];
    network.backward(compute, &parameters, x.view(), &mut workspace, da, &mut gradient).unwrap();

    let mean_cost = |parameters: &[f64], x: ArrayView2<'_, f64>| {
        let a = scores(network.predict(compute, parameters, x).unwrap().view());
        half.cost(units, &a, &targets, None) / batch as f64
    };
    let what = format!("{network}, {}, batch {batch}", cost.name());
    for placed in network.parts() {
        let found = distance(&parameters, &gradient, placed.part.range, |p| mean_cost(p, x.view()));
        assert!(found < BOUND, "{what}: layer {} {}: {found:e}", placed.layer, placed.part.name);
    }
    // dA[0] is not averaged: it is each example's own.
    let input: Vec<f64> = x.t().iter().copied().collect();
    let input_gradient: Vec<f64> =
        workspace.input_gradient().unwrap().t().iter().map(|dx| dx / batch as f64).collect();
    let found = distance(&input, &input_gradient, 0..input.len(), |input| {
        mean_cost(&parameters, ArrayView2::from_shape((batch, 3), input).unwrap().reversed_axes())
    });
    assert!(found < BOUND, "{what}: dA[0]: {found:e}");
}

#[test]
fn every_activation_cost_batch_and_depth_has_the_gradient_of_its_definition() {
    let mut combinations = 0;
    for activation in activations() {
        for cost in COSTS.map(|name| cost_by_name(name).unwrap()) {
            for batch in [1, 3] {
                for depth in 1..=4 {
                    check(&network(&activation, depth), &*cost, batch);
                    combinations += 1;
                }
            }
        }
    }
    assert_eq!(combinations, 11 * 3 * 2 * 4);
}
