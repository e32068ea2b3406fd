//! Optimizers on any cut of the vector, clipping, what a failed step leaves, and the range finder.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::sync::Arc;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Compute, Kind, Naive, Network, Real, Relu, Sigmoid, Softmax, Tanh, column_major};
use dnn_train::{
    AdaGrad, Adam, AdamW, AnyOptimizer, Clipping, Error, GradientDescent, Initialisation, Momentum, Nesterov,
    Penalty, RangeFinder, RmsProp, Settings, Step, Trainer,
};
use ndarray::Array2;

fn network() -> Network {
    Network::builder(9).dense(14, Tanh).dense(3, Softmax).build().unwrap()
}

fn data<T: Real>(examples: usize) -> (Array2<T>, Array2<T>) {
    let mut stream = Stream::new(Key::new(5, Purpose::Data));
    let x = Array2::from_shape_simple_fn((9, examples), || T::of(stream.normal()));
    let y = Array2::from_shape_fn((3, examples), |(class, example)| {
        T::of(f64::from(u8::from(class == example * example % 3)))
    });
    (column_major(&x.view()), column_major(&y.view()))
}

fn optimizers() -> [Arc<dyn AnyOptimizer>; 7] {
    [
        Arc::new(GradientDescent),
        Arc::new(Momentum::default()),
        Arc::new(Nesterov::default()),
        Arc::new(AdaGrad::default()),
        Arc::new(RmsProp::default()),
        Arc::new(Adam::default()),
        Arc::new(AdamW::default()),
    ]
}

/// Parameters and state after five steps, every block of the vector cut into pieces of `piece`.
fn after_five_steps<T: Real>(optimizer: &dyn AnyOptimizer, piece: usize) -> (Vec<T>, Vec<T>) {
    let network = network();
    let (x, _) = data::<T>(6);
    let mut workspace = network.workspace(6).unwrap();
    let mut parameters = Initialisation::draw::<T>(None, &network, 1);
    let mut state = vec![T::zero(); optimizer.state_vectors() * parameters.len()];
    for number in 1..=5 {
        let step = Step { number, rate: 0.01, kind: Kind::Weight };
        let cost = |_, z: &[T], dz: &mut [T]| {
            dz.copy_from_slice(z);
            0.0
        };
        let compute = Compute::serial(&Naive);
        network
            .step(
                compute,
                &mut parameters,
                &mut state,
                x.view(),
                &mut workspace,
                &cost,
                &|_, p, g, mut state| {
                    for start in (0..p.len()).step_by(piece) {
                        let cut = start..(start + piece).min(p.len());
                        let state = state.within(cut.clone());
                        T::half(optimizer).step(step, &mut p[cut.clone()], &g[cut], state);
                    }
                },
            )
            .unwrap();
    }
    (parameters, state)
}

#[test]
fn no_cut_of_the_vector_changes_a_bit() {
    for optimizer in optimizers() {
        for piece in [1, 3, 8, 17, 64] {
            let name = optimizer.name();
            assert!(
                after_five_steps::<f32>(&*optimizer, piece) == after_five_steps(&*optimizer, 1000),
                "{name}"
            );
            assert!(
                after_five_steps::<f64>(&*optimizer, piece) == after_five_steps(&*optimizer, 1000),
                "{name}"
            );
        }
    }
}

/// The change of the parameters, part by part, that one step of plain gradient descent with rate 1 makes.
fn changes(clipping: Option<Clipping>, penalty: Option<Penalty>) -> (f64, Vec<Vec<f64>>) {
    let (network, (x, y)) = (network(), data::<f64>(12));
    let settings =
        Settings { clipping, penalty, learning_rate: Some(1.0), steps: Some(1), ..Settings::default() };
    let plan = settings.plan(&network, 12).unwrap();
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    let before = trainer.parameters().to_vec();
    let cost = trainer.run(x.view(), y.view(), &mut []).unwrap().cost;
    let change: Vec<f64> = before.iter().zip(trainer.parameters()).map(|(b, a)| b - a).collect();
    (cost, network.parts().into_iter().map(|placed| change[placed.part.range].to_vec()).collect())
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn same(found: &[f64], expected: impl Iterator<Item = f64>) {
    // Differences of parameters near 1 are rounded at 1e-16.
    found.iter().zip(expected).for_each(|(f, e)| assert!((f - e).abs() < 1e-14, "{f}, not {e}"));
}

#[test]
fn clipping_bounds_each_number_each_tensor_or_all_together() {
    let (_, free) = changes(None, None);
    let (_, by_value) = changes(Some(Clipping::Value(0.01)), None);
    let (_, by_norm) = changes(Some(Clipping::Norm(0.5)), None);
    let (_, by_global_norm) = changes(Some(Clipping::GlobalNorm(0.1)), None);
    let (_, above) = changes(Some(Clipping::GlobalNorm(100.0)), None);
    let global = norm(&free.concat());
    let norms: Vec<f64> = free.iter().map(|part| norm(part)).collect();
    assert!(norms.iter().any(|&norm| norm > 0.5) && norms.iter().any(|&norm| norm < 0.5), "{norms:?}");
    for (part, free) in free.iter().enumerate() {
        same(&by_value[part], free.iter().map(|g| g.clamp(-0.01, 0.01)));
        same(&by_norm[part], free.iter().map(|g| g * (0.5 / norms[part]).min(1.0)));
        same(&by_global_norm[part], free.iter().map(|g| g * 0.1 / global));
        assert_eq!(&above[part], free, "a limit that is not reached changes no bit");
    }
}

#[test]
fn penalties_change_weights_alone_and_are_part_of_the_cost() {
    let (free_cost, free) = changes(None, None);
    assert_eq!(changes(None, Some(Penalty::default())), (free_cost, free.clone()));
    let penalty = Penalty { l1: 0.01, l2: 0.1 };
    let (cost, penalised) = changes(None, Some(penalty));
    let (network, start) = (network(), Initialisation::draw::<f64>(None, &network(), 0));
    let mut expected = free_cost;
    for (part, placed) in network.parts().into_iter().enumerate() {
        let weights = &start[placed.part.range];
        if placed.part.kind == Kind::Weight {
            expected += weights.iter().map(|w| 0.01 * w.abs() + 0.05 * w * w).sum::<f64>();
            same(
                &penalised[part],
                free[part].iter().zip(weights).map(|(g, w)| g + 0.01 * w.signum() + 0.1 * w),
            );
        } else {
            assert_eq!(penalised[part], free[part]);
        }
    }
    assert!((cost - expected).abs() < 1e-13, "{cost}, not {expected}");
}

#[test]
fn a_gradient_that_is_not_finite_is_named_and_changes_nothing() {
    // The second layer's weights overflow the gradient of the first, and not the cost: relu is dead for all but one unit.
    let network = Network::builder(1).dense(1, Relu).dense(1, Sigmoid).build().unwrap();
    let x = ndarray::array![[1e30_f32]];
    let y = ndarray::array![[1.0_f32]];
    let settings =
        Settings { clipping: Some(Clipping::GlobalNorm(1.0)), steps: Some(1), ..Settings::default() };
    let plan = settings.plan(&network, 1).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    let start = [1e-30, 0.0, -1e20, 0.0];
    trainer.start_from(&start).unwrap();
    let error = trainer.run(x.view(), y.view(), &mut []).unwrap_err();
    assert!(
        matches!(&error, Error::NotFinite { step: 1, tensor, .. } if tensor == "layer 1's weight"),
        "{error}"
    );
    assert!(
        error.to_string().starts_with("the gradient became infinite or NaN at step 1 (epoch 1)"),
        "{error}"
    );
    assert_eq!((trainer.parameters(), trainer.state().step), (&start[..], 0));
}

#[test]
fn the_range_finder_ends_where_the_cost_explodes_and_leaves_the_trainer_alone() {
    let (network, (x, y)) = (network(), data::<f64>(60));
    let settings = Settings { batch: Some(20), ..Settings::default() };
    let plan = settings.plan(&network, 60).unwrap();
    let trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    let before = (trainer.parameters().to_vec(), trainer.state());
    let finder = RangeFinder { to: 1e4, ..RangeFinder::default() };
    let curve = finder.run(&trainer, x.view(), y.view()).unwrap();
    assert_eq!((trainer.parameters().to_vec(), trainer.state()), before);
    assert!(curve.exploded && curve.points.len() < 100, "{} points", curve.points.len());
    assert!((curve.points[0].0 - 1e-6).abs() < 1e-20);
    let rate = curve.suggestion.unwrap();
    assert!((1e-3..1e2).contains(&rate), "{rate}");
    let wrong = RangeFinder { from: 0.0, steps: 1, smoothing: 1.0, ..finder };
    let Err(Error::Settings(faults)) = wrong.run(&trainer, x.view(), y.view()) else {
        panic!("must be refused")
    };
    assert_eq!(faults.len(), 3, "{faults:#?}");
}
