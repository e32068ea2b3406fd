//! Examples fed chunk after chunk, and cross-validation: the same numbers whatever the way they are computed.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::sync::atomic::{AtomicUsize, Ordering};

use dnn_core::{Compute, Naive, Network, Pool, Sigmoid, Tanh, column_major};
use dnn_train::{
    Adam, Cosine, CrossValidated, CrossValidation, EarlyStopping, Ended, Error, Event, Examples, Flow,
    Observer, ObserverError, Settings, Summary, Trainer, metrics,
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
        optimizer: Some(Adam::default().into()),
        schedule: Some(Cosine::default().into()),
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
    assert_eq!(fed.state().step, 5);
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
    assert_eq!(whole.state().step, 20);
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
    assert!(error.contains("early_stopping watches the validation examples, but these come"), "{error}");
}

/// The chunks of an epoch of `data(m)`, of `size` examples each.
fn chunks(m: usize, size: usize) -> impl Iterator<Item = Result<[Array2<f64>; 2], ObserverError>> {
    let [x, y] = data(m);
    let part = move |start: usize| {
        let part = s![.., start..(start + size).min(m)];
        Ok([&x, &y].map(|matrix| column_major(&matrix.slice(part))))
    };
    (0..m).step_by(size).map(part)
}

/// Every cost that is told.
#[derive(Default)]
struct Costs {
    epochs: Vec<f64>,
    validation: Vec<f64>,
}

impl Observer for Costs {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match event {
            Event::Epoch { cost, .. } => self.epochs.push(*cost),
            Event::Validation { cost, .. } => self.validation.push(*cost),
            _ => (),
        }
        Ok(Flow::Continue)
    }
}

fn train_chunks(
    trainer: &mut Trainer<'_, f64>,
    (m, size): (usize, usize),
    validation: &[Array2<f64>; 2],
    observer: &mut dyn Observer,
) -> Result<Summary, Error> {
    let read = |_| Ok(chunks(m, size).map(|chunk| chunk.map(|[x, y]| (x, y))));
    let validation = Examples::new(validation[0].view(), validation[1].view());
    trainer.train_chunks(read, Some(validation), &mut [observer])
}

#[test]
fn whole_batches_in_order_are_the_same_run_whether_they_come_in_chunks_or_at_once() {
    let (network, [x, y], held_out) = (network(), data(45), data(30));
    let validation = Examples::new(held_out[0].view(), held_out[1].view());
    let early = Some(EarlyStopping { patience: 2, ..EarlyStopping::default() });
    for settings in [
        Settings { shuffle: Some(false), ..settings() },
        Settings { shuffle: Some(false), epochs: Some(40), early_stopping: early, ..settings() },
        Settings { shuffle: Some(false), epochs: None, steps: Some(10), ..settings() },
    ] {
        let (mut costs, mut told) = (Costs::default(), Costs::default());
        let mut whole = trainer(&network, &settings, 45);
        let at_once =
            whole.train(Examples::new(x.view(), y.view()), Some(validation), &mut [&mut costs]).unwrap();
        let mut parts = trainer(&network, &settings, 45);
        let summary = train_chunks(&mut parts, (45, 16), &held_out, &mut told).unwrap();
        assert_eq!((summary.step, summary.ended), (at_once.step, at_once.ended));
        assert_eq!(parts.run_state(), whole.run_state());
        assert_eq!((costs.epochs, costs.validation), (told.epochs, told.validation));
    }
}

#[test]
fn a_run_goes_on_between_two_chunks_and_ends_in_the_same_bits() {
    let (network, held_out) = (network(), data(30));
    let mut whole = trainer(&network, &settings(), 45);
    train_chunks(&mut whole, (45, 16), &held_out, &mut Costs::default()).unwrap();
    let mut first = trainer(&network, &settings(), 45);
    let stopped = train_chunks(&mut first, (45, 16), &held_out, &mut StopAt(8)).unwrap();
    assert_eq!((stopped.step, stopped.ended), (8, Ended::ByObserver));
    let mut second = trainer(&network, &settings(), 45);
    second.resume(first.run_state()).unwrap();
    train_chunks(&mut second, (45, 16), &held_out, &mut Costs::default()).unwrap();
    assert_eq!(second.run_state(), whole.run_state());

    let mut other = trainer(&network, &settings(), 45);
    other.resume(first.run_state()).unwrap();
    let error = train_chunks(&mut other, (45, 24), &held_out, &mut Costs::default()).unwrap_err().to_string();
    assert!(error.contains("a chunk begins at example 0 of its epoch, but the run stands at 16"), "{error}");
}

#[test]
fn chunks_that_are_not_as_planned_are_refused() {
    let (network, held_out) = (network(), data(30));
    let refused = |chunks: (usize, usize), settings: &Settings| {
        let mut trainer = trainer(&network, settings, 45);
        train_chunks(&mut trainer, chunks, &held_out, &mut Costs::default()).unwrap_err().to_string()
    };
    assert!(refused((61, 16), &settings()).contains("there are 48 or more, but the plan has 45"));
    assert!(refused((32, 16), &settings()).contains("there are 32, but the plan has 45"));
    assert!(
        refused((45, 12), &settings())
            .contains("a chunk begins at example 12 of its epoch, but the run stands at 16")
    );
    let gone = |epoch: u64| match epoch {
        0 => Ok(chunks(45, 16).map(|chunk| chunk.map(|[x, y]| (x, y)))),
        _ => Err("the file is gone".into()),
    };
    let error = trainer(&network, &settings(), 45).train_chunks(gone, None, &mut []).unwrap_err();
    assert_eq!(error.to_string(), "the examples after step 6 could not be had: the file is gone");
}

fn cross_validated(way: CrossValidation, settings: &Settings, compute: Compute<'_>) -> CrossValidated {
    let [x, y] = data(60);
    let examples = Examples::new(x.view(), y.view());
    let measure = |a: ndarray::ArrayView2<'_, f64>, held_out: Examples<'_, f64>| {
        let share = held_out.y.mean_axis(Axis(1)).unwrap()[0];
        let (found, truth) = (metrics::classes(a), metrics::classes(held_out.y));
        Ok(vec![("accuracy".into(), metrics::accuracy(&found, &truth, None)?), ("positive".into(), share)])
    };
    way.run(&network(), settings, examples, compute, measure).unwrap()
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
    let settings = Settings { early_stopping: early, ..settings() };
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
        .run(&network(), &settings(), examples, Compute::serial(&Naive), |_, _| Ok(Vec::new()))
        .unwrap_err();
    assert!(error.to_string().contains("folds is 1 for 60 examples, but must be 2 or more"), "{error}");
}
