//! Costs and their derivatives beside PyTorch's, with weights of samples and classes, as a step of training has them.
//! `fixtures/make_costs.py` made the reference numbers.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_core::{Compute, Identity, Naive, Network, Sigmoid, Softmax};
use dnn_train::{AnyCost, ClassWeights, Examples, Link, NamedConfig, Settings, Trainer};
use ndarray::{Array2, ShapeBuilder};

/// The project's bound for the distance from PyTorch's numbers, relative to their norm.
const BOUND: f64 = 1e-12;
const EXAMPLES: usize = 7;

/// Takes so many numbers from the front.
fn take(numbers: &mut &[u8], count: usize) -> Vec<f64> {
    let (taken, rest) = numbers.split_at(8 * count);
    *numbers = rest;
    taken.chunks_exact(8).map(|number| f64::from_le_bytes(number.try_into().unwrap())).collect()
}

fn columns(rows: usize, numbers: &[f64]) -> Array2<f64> {
    Array2::from_shape_vec((rows, numbers.len() / rows).f(), numbers.to_vec()).unwrap()
}

/// A network whose scores are its features.
fn network(rows: usize, link: Link) -> (Network, Vec<f64>) {
    let builder = Network::builder(rows);
    let network = match link {
        Link::Identity => builder.dense(rows, Identity),
        Link::Sigmoid => builder.dense(rows, Sigmoid),
        Link::Softmax => builder.dense(rows, Softmax),
    };
    let mut parameters = vec![0.0; rows * rows + rows];
    (0..rows).for_each(|row| parameters[row * rows + row] = 1.0);
    (network.build().unwrap(), parameters)
}

/// The cost of a step and `dZ / m`.
fn step(choice: &NamedConfig, examples: Examples<'_, f64>, classes: Option<ClassWeights>) -> (f64, Vec<f64>) {
    let link = dnn_train::registry().make::<dyn AnyCost>(choice).unwrap().link();
    let (network, parameters) = network(examples.y.nrows(), link);
    let settings = Settings {
        cost: Some(choice.clone()),
        class_weights: classes,
        steps: Some(1),
        ..Settings::default()
    };
    let plan = settings.plan(&network, EXAMPLES).unwrap();
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    trainer.start_from(&parameters).unwrap();
    let cost = trainer.train(examples, None, &mut []).unwrap().cost;
    let dz = trainer.workspace_mut().delta(1).t().iter().map(|dz| dz / EXAMPLES as f64).collect();
    (cost, dz)
}

#[test]
fn costs_and_their_derivatives_are_pytorchs_with_and_without_weights() {
    let c = NamedConfig::from;
    let cases = [
        (1, true, c("binary_cross_entropy")),
        (3, false, c("binary_cross_entropy")),
        (3, false, c("binary_cross_entropy").with("smoothing", 0.1)),
        (3, true, c("softmax_cross_entropy")),
        (3, false, c("softmax_cross_entropy")),
        (3, true, c("softmax_cross_entropy").with("smoothing", 0.1)),
        (3, false, c("mean_squared_error")),
        (3, false, c("mean_absolute_error")),
        (3, false, c("huber").with("delta", 0.7)),
        (3, false, c("poisson")),
        (1, true, c("hinge")),
        (3, false, c("hinge")),
        (3, true, c("multi_margin").with("margin", 0.8)),
        (1, true, c("binary_focal")),
        (3, false, c("binary_focal").with("gamma", 1.5).with("alpha", 0.6)),
        (3, true, c("softmax_focal")),
        (3, false, c("softmax_focal").with("gamma", 0.5)),
    ];
    let mut numbers = &include_bytes!("fixtures/costs.f64")[..];
    let mut largest = 0.0_f64;
    for (rows, classes, choice) in cases {
        let [z, y] = [(); 2].map(|()| columns(rows, &take(&mut numbers, rows * EXAMPLES)));
        let samples = take(&mut numbers, EXAMPLES);
        let given = || ClassWeights::Given(if rows == 1 { vec![0.5, 2.0] } else { vec![0.5, 2.0, 1.5] });
        let variants = [(false, false), (true, false), (false, true), (true, true)];
        for (of_samples, of_classes) in variants.into_iter().filter(|&(_, of_classes)| classes || !of_classes)
        {
            let examples = Examples::new(z.view(), y.view());
            let examples = if of_samples { examples.weighted(&samples) } else { examples };
            let (cost, dz) = step(&choice, examples, of_classes.then(given));
            let (expected_cost, expected) = (take(&mut numbers, 1)[0], take(&mut numbers, rows * EXAMPLES));
            let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
            let apart =
                norm(&mut dz.iter().zip(&expected).map(|(a, b)| a - b)) / norm(&mut expected.iter().copied());
            let what = format!("{choice:?}, samples {of_samples}, classes {of_classes}");
            assert!(apart < BOUND, "{what}: dZ is {apart:e} from PyTorch's");
            let apart_cost = (cost - expected_cost).abs() / expected_cost.abs();
            assert!(apart_cost < BOUND, "{what}: the cost is {cost}, not {expected_cost}");
            largest = largest.max(apart).max(apart_cost);
        }
    }
    assert!(numbers.is_empty(), "{} bytes are left over", numbers.len());
    println!("all within {largest:.1e}");
}
