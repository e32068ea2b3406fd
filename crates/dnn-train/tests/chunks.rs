//! Examples fed chunk after chunk, and cross-validation: the same numbers whatever the way they are computed.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::sync::atomic::{AtomicUsize, Ordering};

use dnn_core::{Compute, Naive, Network, Pool, Sigmoid, Tanh, column_major};
use dnn_train::{
    Adam, Cosine, CrossValidated, CrossValidation, EarlyStopping, Event, Examples, Flow, Observer,
    ObserverError, OptimizerSettings, ScheduleSettings, Settings, Trainer, metrics,
};
use ndarray::{Array2, Axis, s};

fn network() -> Network {
    Network::builder(3).dense(5, Tanh).dropout(0.2).dense(1, Sigmoid).build().unwrap()
}

/// `m` examples, of which a third are positive.
fn data(m: usize) -> [Array2<f64>; 2] {
    let x = Array2::from_shape_fn((3, m), |(row, i)| ((5 * row + 7 * i + i * i) % 17) as f64 / 8.0 - 1.0);
    let y = Array2::from_shape_fn((1, m), |(_, i)| f64::from(u8::from(x[[0, i]] + x[[1, i]] > 0.6)));
    [column_major(&x.view()), column_major(&y.view())]
}

fn settings() -> Settings {
    Settings {
        batch: Some(8),
        learning_rate: Some(0.05),
        optimizer: Some(OptimizerSettings::Adam(Adam::default())),
        schedule: Some(ScheduleSettings::Cosine(Cosine::default())),
        epochs: Some(6),
        ..Settings::default()
    }
}

fn trainer(network: &Network, settings: &Settings, examples: usize) -> Trainer<'static, f64> {
    Trainer::new(network, settings.plan(network, examples).unwrap(), Compute::serial(&Naive)).unwrap()
}

struct StopAt(u64);

impl Observer for StopAt {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        Ok(if matches!(event, Event::Step { step, .. } if *step == self.0) {
            Flow::Stop
        } else {
            Flow::Continue
        })
    }
}

#[test]
fn whole_batches_in_order_are_the_same_run_whether_fed_or_trained_on() {
    let (network, [x, y]) = (network(), data(40));
    let plain = Settings { shuffle: Some(false), epochs: Some(1), ..settings() };
    let mut whole = trainer(&network, &plain, 40);
    whole.run(x.view(), y.view(), &mut []).unwrap();
    let mut fed = trainer(&network, &plain, 40);
    for part in [0..16, 16..24, 24..40] {
        let chunk = Examples::new(x.slice(s![.., part.clone()]), y.slice(s![.., part]));
        fed.feed(chunk, &mut []).unwrap();
    }
    assert_eq!(fed.steps_taken(), 5);
    assert_eq!((fed.parameters(), fed.optimizer_state()), (whole.parameters(), whole.optimizer_state()));
}

#[test]
fn a_stream_goes_on_from_where_it_was_saved_and_beyond_the_plan() {
    let (network, [x, y]) = (network(), data(50));
    let feed = |trainer: &mut Trainer<'_, f64>, chunks: std::ops::Range<usize>| {
        for chunk in chunks {
            let part = s![.., 10 * (chunk % 4)..10 * (chunk % 4) + 13];
            trainer.feed(Examples::new(x.slice(part), y.slice(part)), &mut []).unwrap();
        }
    };
    let short = Settings { epochs: None, steps: Some(8), ..settings() };
    let mut whole = trainer(&network, &short, 13);
    feed(&mut whole, 0..10);
    assert_eq!(whole.steps_taken(), 20);
    let mut first = trainer(&network, &short, 13);
    feed(&mut first, 0..5);
    let mut second = trainer(&network, &short, 13);
    second.resume(first.run_state()).unwrap();
    feed(&mut second, 5..10);
    assert_eq!(second.run_state(), whole.run_state());
}

#[test]
fn an_observer_ends_a_chunk_and_settings_that_need_all_examples_are_refused() {
    let (network, [x, y]) = (network(), data(40));
    let all = Examples::new(x.view(), y.view());
    let mut fed = trainer(&network, &settings(), 40);
    assert_eq!(fed.feed(all, &mut [&mut StopAt(2)]).unwrap().step, 2);
    let early = Settings { early_stopping: Some(EarlyStopping::default()), ..settings() };
    let error = trainer(&network, &early, 40).feed(all, &mut []).unwrap_err().to_string();
    assert!(
        error.contains("early_stopping looks at the validation cost after each epoch, but these come"),
        "{error}"
    );
}

fn cross_validated(way: CrossValidation, settings: &Settings, compute: Compute<'_>) -> CrossValidated {
    let [x, y] = data(60);
    let examples = Examples::new(x.view(), y.view());
    let measure = |a: ndarray::ArrayView2<'_, f64>, held_out: Examples<'_, f64>| {
        let share = held_out.y.mean_axis(Axis(1)).unwrap()[0];
        let (found, truth) = (metrics::classes(a), metrics::classes(held_out.y));
        Ok(vec![("accuracy".into(), metrics::accuracy(&found, &truth, None)?), ("positive".into(), share)])
    };
    way.run(&network(), settings, examples, compute, &measure).unwrap()
}

/// Three threads that take tasks as they come.
struct Three;

impl Pool for Three {
    fn threads(&self) -> usize {
        3
    }

    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        let next = AtomicUsize::new(0);
        let take = || {
            let tasks =
                (0..tasks).map(|_| next.fetch_add(1, Ordering::Relaxed)).take_while(|&number| number < tasks);
            tasks.for_each(task);
        };
        std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(take))));
    }
}

#[test]
fn folds_have_the_same_numbers_in_parallel_and_one_after_another() {
    let compute = Compute { backend: &Naive, pool: &Three };
    let early = Some(EarlyStopping { patience: 2, ..EarlyStopping::default() });
    let settings = Settings { validation: Some(0.2), early_stopping: early, ..settings() };
    let serial = cross_validated(CrossValidation::default(), &settings, compute);
    let parallel =
        cross_validated(CrossValidation { parallel: true, ..Default::default() }, &settings, compute);
    assert_eq!(serial.folds.len(), 5);
    for (a, b) in serial.folds.iter().zip(&parallel.folds) {
        assert_eq!(
            (a.cost, a.training_cost, &a.metrics, a.summary.step),
            (b.cost, b.training_cost, &b.metrics, b.summary.step)
        );
    }
    let other = cross_validated(CrossValidation { seed: 1, ..Default::default() }, &settings, compute);
    assert_ne!(other.cost(), serial.cost());
}

#[test]
fn stratified_folds_have_their_share_of_each_class_and_their_spread_is_told() {
    let found = cross_validated(
        CrossValidation { folds: 4, ..Default::default() },
        &settings(),
        Compute::serial(&Naive),
    );
    let positive = found.metric("positive").unwrap();
    // 15 examples a fold: shares differ by one example at most.
    let shares: Vec<f64> = found.folds.iter().map(|fold| fold.metrics[1].1).collect();
    assert!(shares.iter().all(|share| (share - positive.mean).abs() < 1.0 / 15.0), "{shares:?}");
    let mean = shares.iter().sum::<f64>() / 4.0;
    let deviation = (shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / 3.0).sqrt();
    assert_eq!((positive.mean, positive.deviation), (mean, deviation));
    assert_eq!(found.metric("unknown"), None);
}

#[test]
fn fewer_than_two_folds_are_refused() {
    let [x, y] = data(60);
    let one = CrossValidation { folds: 1, ..CrossValidation::default() };
    let examples = Examples::new(x.view(), y.view());
    let error = one
        .run(&network(), &settings(), examples, Compute::serial(&Naive), &|_, _| Ok(Vec::new()))
        .unwrap_err();
    assert!(error.to_string().contains("folds is 1 for 60 examples, but must be 2 or more"), "{error}");
}
