//! A number that is not finite stops a run before a parameter changes, whenever it appears and whatever the plan.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_core::{Compute, Naive, Network, Relu, Sigmoid, column_major};
use dnn_train::{
    Adam, Clipping, EarlyStopping, Error, Event, Examples, Flow, Lbfgs, Momentum, Observer, ObserverError,
    Settings, Trainer,
};
use ndarray::Array2;

const EXAMPLES: usize = 30;

/// Parameters, optimizer state and step, as bits, after the last step that was taken.
#[derive(Default)]
struct Last(Vec<u32>, u64);

impl Observer for Last {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Step { step, run, .. } = event {
            let numbers = [run.parameters, run.optimizer_state].map(|numbers| numbers.get::<f32>().unwrap());
            *self = Self(numbers.concat().iter().map(|number| number.to_bits()).collect(), *step);
        }
        Ok(Flow::Continue)
    }
}

fn network() -> Network {
    Network::builder(2).dense(6, Relu).dense(1, Sigmoid).build().unwrap()
}

fn data() -> [Array2<f32>; 2] {
    let x = Array2::from_shape_fn((2, EXAMPLES), |(row, i)| ((5 * row + 3 * i) % 7) as f32 - 3.0);
    let y = Array2::from_shape_fn((1, EXAMPLES), |(_, i)| f32::from(u8::from(x[[0, i]] > x[[1, i]])));
    [column_major(&x.view()), column_major(&y.view())]
}

fn plans() -> Vec<Settings> {
    let plain = || Settings { batch: Some(5), shuffle: Some(false), epochs: Some(9), ..Settings::default() };
    let clipped = |clipping| Settings { clipping: Some(clipping), ..plain() };
    let by = |optimizer| Settings { optimizer: Some(optimizer), ..plain() };
    vec![
        plain(),
        by(Momentum::default().into()),
        by(Adam::default().into()),
        clipped(Clipping::Value(1.0)),
        clipped(Clipping::Norm(1.0)),
        clipped(Clipping::GlobalNorm(1.0)),
        Settings { early_stopping: Some(EarlyStopping::default()), validate_every: Some(1), ..plain() },
    ]
}

/// Trains, with validation examples that are sound, until it fails: the error, after a check that nothing has changed
/// since the last step that was taken.
fn failure(settings: &Settings, x: &Array2<f32>, y: &Array2<f32>) -> (Error, u64) {
    let (network, [held_x, held_y]) = (network(), data());
    let plan = settings.plan(&network, EXAMPLES).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    let mut last = Last(Vec::new(), 0);
    last.0
        .extend(trainer.parameters().iter().chain(trainer.optimizer_state()).map(|number| number.to_bits()));
    let held_out = Some(Examples::new(held_x.view(), held_y.view()));
    let error = trainer.train(Examples::new(x.view(), y.view()), held_out, &mut [&mut last]).unwrap_err();
    let now = trainer.parameters().iter().chain(trainer.optimizer_state()).map(|number| number.to_bits());
    assert!(now.eq(last.0.iter().copied()), "{error}: {settings:?}");
    assert_eq!(trainer.state().step, last.1);
    (error, last.1)
}

#[test]
fn a_missing_value_stops_the_run_at_its_step_and_changes_nothing() {
    let [mut x, y] = data();
    x[[1, 17]] = f32::NAN; // in the fourth batch
    for settings in plans() {
        let (error, steps) = failure(&settings, &x, &y);
        let Error::NotFinite { found, step, tensor, .. } = &error else { panic!("{error}: {settings:?}") };
        assert_eq!((*step, tensor.as_str(), steps), (4, "the examples x", 3), "{settings:?}");
        assert!(found.ends_with(" at step 4 (epoch 1)"), "{found}");
    }
}

#[test]
fn numbers_that_grow_too_large_in_the_middle_of_a_run_are_named_by_layer() {
    let [mut x, y] = data();
    x *= 1e30;
    for settings in plans() {
        // Without bounds a step along such a gradient leads beyond f32: the next forward pass meets it.
        let settings = Settings { learning_rate: Some(1e10), validate_every: None, ..settings };
        let (error, steps) = failure(&settings, &x, &y);
        let Error::NotFinite { found, tensor, .. } = &error else { panic!("{error}: {settings:?}") };
        assert!(tensor.starts_with("layer "), "{error}: {settings:?}");
        assert!(steps > 0 || found.starts_with("the gradient"), "{error}: {settings:?}");
    }
}

#[test]
fn lbfgs_is_stopped_by_a_missing_value_before_its_first_step() {
    let [mut x, y] = data();
    x[[0, 29]] = f32::NAN;
    let optimizer = Some(Lbfgs::default().into());
    let (error, steps) = failure(&Settings { optimizer, ..Settings::default() }, &x, &y);
    assert!(
        matches!(&error, Error::NotFinite { step: 1, tensor, .. } if tensor == "the examples x"),
        "{error}"
    );
    assert_eq!(steps, 0);
}
