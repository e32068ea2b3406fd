//! A run that saves every 5 steps is killed at 300 random moments, without a chance to clean up: no checkpoint that was
//! acknowledged is lost, none is ever half written, and the resumed runs end in the bytes of one that never stopped.
//!
//! The test starts itself as the program that trains: see `train`.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test fails by panicking; the child tells its parent what it saved

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Compute, Naive, Network, Registry, Sigmoid, Tanh, column_major};
use dnn_io::{Checkpoint, Series};
use dnn_observe::Checkpoints;
use dnn_train::{Adam, Event, Flow, Observer, ObserverError, Settings, Trainer};
use ndarray::{Array2, Axis};

const KILLS: u64 = 300;
/// Steps of a run, enough for it to be killed many times.
const STEPS: u64 = 500;
const EXAMPLES: usize = 22;
/// Longest time from a child's first word to its end.
const LONGEST: Duration = Duration::from_millis(40);
/// What makes this program the child: the folder of its run, and how it saves.
const FOLDER: &str = "DNN_TEST_KILLED_FOLDER";
const BACKGROUND: &str = "DNN_TEST_KILLED_BACKGROUND";

/// Checkpoints that tell the parent each step that is safe, after it is.
struct Telling(Checkpoints, Option<u64>);

impl Observer for Telling {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        let flow = self.0.notify(event)?;
        let saved = self.0.saved();
        if saved != self.1 {
            println!("{}", saved.unwrap());
            self.1 = saved;
        }
        Ok(flow)
    }
}

/// The child: begins the run in `folder`, or goes on with it, to its end.
fn train(folder: &Path, background: bool) {
    let x =
        Array2::from_shape_fn((3, EXAMPLES), |(row, example)| ((row * 7 + example * 5) % 11) as f32 - 5.0);
    let y = x.sum_axis(Axis(0)).mapv(|sum| f32::from(sum > 0.0)).insert_axis(Axis(0));
    let (x, y) = (column_major(&x.view()), column_major(&y.view()));
    let network = Network::builder(3).dense(5, Tanh).dropout(0.2).dense(1, Sigmoid).build().unwrap();
    let optimizer = Some(Adam::default().into());
    let settings =
        Settings { batch: Some(7), steps: Some(STEPS), seed: Some(3), optimizer, ..Settings::default() };

    let mut checkpoints = Checkpoints::new(folder, &network).every_steps(5).settings(&settings);
    if background {
        checkpoints = checkpoints.in_background().unwrap();
    }
    let plan = settings.plan(&network, EXAMPLES).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    let resumed = checkpoints.resume(&mut trainer, &Registry::builtin()).unwrap();
    let notes = resumed.map_or(Vec::new(), |resumed| resumed.notes);
    assert!(notes.is_empty(), "lost file: {notes:?}");
    let saved = checkpoints.saved();
    println!("\nbegun");
    trainer.run(x.view(), y.view(), &mut [&mut Telling(checkpoints, saved)]).unwrap();
}

fn spawn(folder: &Path, background: bool) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([
        "no_kill_loses_a_checkpoint_and_resumed_runs_end_in_the_same_bytes",
        "--exact",
        "--nocapture",
    ]);
    child.env(FOLDER, folder).stdout(Stdio::piped()).stderr(Stdio::null());
    if background {
        child.env(BACKGROUND, "1");
    }
    child.spawn().unwrap()
}

/// Lets a child train in `folder` for a random time: the last step it called safe, and whether it came to the end.
fn live(folder: &Path, background: bool, stream: &mut Stream) -> (Option<u64>, bool) {
    let mut child = spawn(folder, background);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    // One in eight is killed before or while it reads what there is.
    if stream.below(8) > 0 {
        lines.find(|line| line == "begun");
    }
    std::thread::sleep(LONGEST.mul_f64(stream.uniform()));
    child.kill().unwrap();
    let ended = child.wait().unwrap().success();
    (lines.filter_map(|line| line.parse().ok()).last(), ended)
}

/// The bytes of the run's last checkpoint, after it has come to its end.
fn last_bytes(series: &Series) -> Vec<u8> {
    std::fs::read(series.path(STEPS)).unwrap()
}

#[test]
fn no_kill_loses_a_checkpoint_and_resumed_runs_end_in_the_same_bytes() {
    let folder: Option<OsString> = std::env::var_os(FOLDER);
    if let Some(folder) = folder {
        return train(Path::new(&folder), std::env::var_os(BACKGROUND).is_some());
    }
    let folder = tempfile::tempdir().unwrap();
    let run = |number: usize| Series::new(folder.path().join(number.to_string()));
    assert!(spawn(run(0).folder(), false).wait_with_output().unwrap().status.success());
    let whole = last_bytes(&run(0));

    let mut stream = Stream::new(Key::new(1, Purpose::Data));
    let (mut number, mut safe, mut kills, mut resumed) = (1, None, 0, 0);
    while kills < KILLS {
        let series = run(number);
        let (told, ended) = live(series.folder(), number.is_multiple_of(2), &mut stream);
        safe = told.max(safe);
        let steps = series.steps().unwrap();
        assert!(steps.last().copied() >= safe, "lost file: {safe:?} was safe, and {steps:?} are there");
        for &step in &steps {
            let loaded = Checkpoint::<f32>::load(series.path(step), &Registry::builtin());
            assert!(loaded.is_ok(), "lost file: {}", loaded.unwrap_err());
        }
        kills += u64::from(!ended);
        resumed += u64::from(safe.is_some() && !ended);
        if ended {
            assert!(last_bytes(&series) == whole, "lost file: resumed run {number} ends in other bytes");
            (number, safe) = (number + 1, None);
        }
    }
    assert!(resumed > KILLS / 2, "only {resumed} of {KILLS} kills had something to lose");
    // The last one may come to its end.
    assert!(spawn(run(number).folder(), true).wait_with_output().unwrap().status.success());
    assert!(last_bytes(&run(number)) == whole, "lost file: resumed run {number} ends in other bytes");
    let names = std::fs::read_dir(run(number).folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let hidden: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(hidden.is_empty(), "leftovers of killed saves: {hidden:?}");
}
