//! A run that is saved as it goes: when, which files stay, and what resuming it finds.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;

use dnn_core::{Compute, Naive, Network, Registry, Sigmoid, Tanh, column_major};
use dnn_observe::{Checkpoints, Error, Result, Resumed};
use dnn_train::{
    Adam, Best, Event, Examples, Flow, Observer, ObserverError, RunState, Settings, Trainer, TrainerState,
};
use ndarray::{Array2, Axis};

const EXAMPLES: usize = 22;

fn network() -> Network {
    Network::builder(3).dense(5, Tanh).dropout(0.2).dense(1, Sigmoid).build().unwrap()
}

/// 4 steps an epoch.
fn settings(steps: u64) -> Settings {
    let optimizer = Some(Adam::default().into());
    Settings { batch: Some(7), steps: Some(steps), seed: Some(3), optimizer, ..Settings::default() }
}

fn trainer(steps: u64) -> Trainer<'static, f32> {
    let network = network();
    let plan = settings(steps).plan(&network, EXAMPLES).unwrap();
    Trainer::new(&network, plan, Compute::serial(&Naive)).unwrap()
}

fn examples() -> (Array2<f32>, Array2<f32>) {
    let x =
        Array2::from_shape_fn((3, EXAMPLES), |(row, example)| ((row * 7 + example * 5) % 11) as f32 - 5.0);
    let y = x.sum_axis(Axis(0)).mapv(|sum| f32::from(sum > 0.0)).insert_axis(Axis(0));
    (column_major(&x.view()), column_major(&y.view()))
}

fn train(trainer: &mut Trainer<'_, f32>, observers: &mut [&mut dyn Observer]) -> dnn_train::Result<()> {
    let (x, y) = examples();
    trainer.run(x.view(), y.view(), observers).map(drop)
}

fn resume(checkpoints: &mut Checkpoints, trainer: &mut Trainer<'_, f32>) -> Result<Option<Resumed>> {
    checkpoints.resume(trainer, &Registry::builtin())
}

fn bits(trainer: &Trainer<'_, f32>) -> Vec<u32> {
    let numbers = trainer.parameters().iter().chain(trainer.optimizer_state());
    numbers.map(|number| number.to_bits()).collect()
}

/// Stops a run after a step.
struct Stop(u64);

impl Observer for Stop {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        let stops = matches!(event, Event::Step { step, .. } if *step == self.0);
        Ok(if stops { Flow::Stop } else { Flow::Continue })
    }
}

#[test]
fn a_run_resumed_from_files_at_every_stop_ends_in_the_same_bytes() {
    let mut whole = trainer(24);
    train(&mut whole, &mut []).unwrap();
    for (stop, background) in (1..24).flat_map(|stop| [(stop, false), (stop, true)]) {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = || {
            let saved = Checkpoints::new(folder.path(), &network()).every_steps(1).settings(&settings(24));
            if background { saved.in_background().unwrap() } else { saved }
        };
        let mut first = trainer(24);
        train(&mut first, &mut [&mut checkpoints(), &mut Stop(stop)]).unwrap();
        let (mut second, mut saved) = (trainer(24), checkpoints());
        let resumed = resume(&mut saved, &mut second).unwrap().unwrap();
        assert_eq!((resumed.step, &resumed.notes[..]), (stop, &[][..]));
        train(&mut second, &mut [&mut saved]).unwrap();
        assert_eq!(second.state(), whole.state());
        assert!(bits(&second) == bits(&whole), "stopped after {stop}, background: {background}");
        assert_eq!(saved.saved(), Some(24));
    }
}

#[test]
fn the_last_and_the_best_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut checkpoints = Checkpoints::new(folder.path(), &network()).every_steps(3).keep(2);
    // The parameters do not matter to which files stay, but must be as many as the network has.
    let trainer = trainer(20);
    // The trainer says which step was the best.
    let at = |step: u64, best: Option<u64>| {
        let best = best.map_or(Best::START, |step| Best { value: Some(0.5), step, ..Best::START });
        TrainerState { step, best, ..trainer.state() }
    };
    let mut tell = |step: u64, best: Option<u64>| {
        let state = at(step, best);
        let run = RunState { state: &state, ..trainer.run_state() };
        checkpoints.notify(&Event::Step { step, cost: 0.5, run }).unwrap();
        checkpoints.series().steps().unwrap()
    };
    let best = |step: u64| match step {
        0..4 => None,
        4..8 => Some(4),
        _ => Some(8),
    };
    let kept = (1..20).map(|step| tell(step, best(step))).last().unwrap();
    assert_eq!(kept, [8, 15, 18], "epoch 2 is the best");
    assert_eq!(tell(20, Some(20)), [18, 20]);
    assert_eq!(tell(24, Some(20)), [20, 24]);
    assert_eq!((tell(27, Some(20)), tell(30, Some(20))), (vec![20, 24, 27], vec![20, 27, 30]));
    let run = RunState { state: &at(30, Some(20)), ..trainer.run_state() };
    checkpoints.notify(&Event::Finished { step: 31, cost: 0.8, seconds: 1.0, run }).unwrap();
    assert_eq!(checkpoints.series().steps().unwrap(), [20, 30, 31]);
}

#[test]
fn the_best_of_the_validation_examples_outlives_a_resume() {
    let folder = tempfile::tempdir().unwrap();
    let (x, y) = examples();
    let run = |steps: u64| {
        let mut checkpoints = Checkpoints::new(folder.path(), &network()).every_steps(1).keep(1);
        let mut trainer = trainer(steps);
        resume(&mut checkpoints, &mut trainer).unwrap();
        let examples = Examples::new(x.view(), y.view());
        trainer.train(examples, Some(examples), &mut [&mut checkpoints]).unwrap();
        checkpoints.series().steps().unwrap()
    };
    let first = run(41);
    assert_eq!(first.last(), Some(&41));
    let best = first[0];
    // Costs rise from here on: the best stays, through a run that learns backwards.
    let later = run(42);
    assert!(later == [best, 42] || later == [42], "{later:?} after {first:?}");
}

#[test]
fn every_so_many_seconds_is_as_good_as_every_so_many_steps() {
    let folder = tempfile::tempdir().unwrap();
    let mut checkpoints = Checkpoints::new(folder.path(), &network()).every_seconds(0.0).keep(100);
    train(&mut trainer(9), &mut [&mut checkpoints]).unwrap();
    assert_eq!(checkpoints.series().steps().unwrap(), (1..=9).collect::<Vec<_>>());
    let other = tempfile::tempdir().unwrap();
    let mut checkpoints = Checkpoints::new(other.path(), &network()).every_seconds(1e9).keep(100);
    train(&mut trainer(3), &mut [&mut checkpoints]).unwrap();
    assert_eq!(checkpoints.series().steps().unwrap(), [3], "only the end");
}

#[test]
fn a_run_that_begins_refuses_the_folder_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = || Checkpoints::new(folder.path(), &network()).every_steps(5);
    train(&mut trainer(10), &mut [&mut checkpoints()]).unwrap();
    let error = train(&mut trainer(10), &mut [&mut checkpoints()]).unwrap_err();
    let error = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
    assert!(error.contains("has 3 checkpoint(s) of another run, the newest of step 10"), "{error}");
    // The same observer may watch one run after another, and a resumed one.
    let (mut saved, mut trainer) = (checkpoints(), trainer(12));
    resume(&mut saved, &mut trainer).unwrap();
    train(&mut trainer, &mut [&mut saved]).unwrap();
    train(&mut trainer, &mut [&mut saved]).unwrap();
    assert_eq!(saved.saved(), Some(12));
}

#[test]
fn resuming_tells_what_is_damaged_and_what_is_not_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = |backend: &str, steps: u64| {
        let saved = Checkpoints::new(folder.path(), &network()).every_steps(5).settings(&settings(steps));
        saved.computed_by(backend)
    };
    train(&mut trainer(12), &mut [&mut checkpoints("other loops", 12)]).unwrap();
    let mut saved = checkpoints("", 15);
    let newest = saved.series().path(12);
    let mut bytes = std::fs::read(&newest).unwrap();
    bytes[300] ^= 1;
    std::fs::write(&newest, bytes).unwrap();
    let resumed = resume(&mut saved, &mut trainer(15)).unwrap().unwrap();
    assert_eq!((resumed.step, resumed.notes.len()), (10, 3), "{:?}", resumed.notes);
    let [damaged, backend, settings] = &resumed.notes[..] else { unreachable!() };
    assert!(
        damaged.starts_with("skipped a damaged checkpoint: ")
            && damaged.contains("step-000000012.dnn: found other bits in")
    );
    assert!(backend.contains("with the back end other loops, and the run goes on with naive loops "));
    assert!(settings.contains("\"steps\":12") && settings.contains("\"steps\":15"), "{settings}");
}

#[test]
fn another_network_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    train(&mut trainer(10), &mut [&mut Checkpoints::new(folder.path(), &network())]).unwrap();
    let other = Network::builder(3).dense(6, Tanh).dense(1, Sigmoid).build().unwrap();
    let plan = settings(15).plan(&other, EXAMPLES).unwrap();
    let mut foreign = Trainer::<f32>::new(&other, plan, Compute::serial(&Naive)).unwrap();
    let error = resume(&mut Checkpoints::new(folder.path(), &other), &mut foreign).unwrap_err();
    assert!(matches!(&error, Error::OtherRun { step: 10, .. }), "{error}");
}

#[test]
fn a_model_without_a_run_cannot_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let mut checkpoints = Checkpoints::new(folder.path(), &network());
    let model = dnn_io::Checkpoint::new(network(), network().starting_parameters::<f32>()).unwrap();
    checkpoints.series().save(7, &model, None).unwrap();
    let error = resume(&mut checkpoints, &mut trainer(10)).unwrap_err().to_string();
    assert!(error.contains("step 7 has a checkpoint without section \"dnn-train/memory\""), "{error}");
}

/// Puts a folder where step 20's checkpoint belongs, so that it cannot be saved.
struct Obstacle<'a>(&'a Path);

impl Observer for Obstacle<'_> {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if matches!(event, Event::Step { step: 17, .. }) {
            std::fs::create_dir(self.0.join("step-000000020.dnn"))?;
        }
        Ok(Flow::Continue)
    }
}

#[test]
fn an_error_of_a_save_ends_the_run_in_the_background_too() {
    for background in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let saved = Checkpoints::new(folder.path(), &network()).every_steps(5);
        let mut saved = if background { saved.in_background().unwrap() } else { saved };
        let error = train(&mut trainer(20), &mut [&mut Obstacle(folder.path()), &mut saved]).unwrap_err();
        let dnn_train::Error::Observer { step, source } = error else { panic!("{error}") };
        assert_eq!(step, 20);
        assert!(source.to_string().contains("step-000000020.dnn was not saved"), "{source}");
    }
}
