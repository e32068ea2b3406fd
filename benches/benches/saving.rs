//! What saving costs a run: `fashion` in epochs of 50 steps, saved after each on a thread of its own, and in the step, beside
//! the same run without: `cargo bench --bench saving`.
#![allow(missing_docs, clippy::print_stdout)] // a program for the terminal

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use dnn_blas::{PureRust, Threads};
use dnn_core::Compute;
use dnn_observe::Checkpoints;
use dnn_pipeline::measure::{Task, side_by_side};
use dnn_pipeline::workload::Workload;
use dnn_train::{Observer, Settings, Trainer};

/// Steps of a run, and of an epoch: the best epochs are saved unasked.
const STEPS: u64 = 500;
const EVERY: u64 = 50;
const ROUNDS: usize = 21;

/// How a run is saved.
#[derive(Clone, Copy)]
enum Saved {
    Never,
    InStep,
    InBackground,
}

fn run(compute: Compute<'_>, saved: Saved, folder: &Path) -> Result<f64, Box<dyn Error>> {
    let workload = Workload::named("fashion").ok_or("no such workload")?;
    let (network, (x, y)) = (workload.network()?, workload.examples::<f32>(EVERY as usize * workload.batch));
    let settings = Settings { batch: Some(workload.batch), steps: Some(STEPS), ..Settings::default() };
    let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, x.ncols())?, compute)?;
    // Alone in its folder: a run that begins refuses another's.
    let folder = tempfile::tempdir_in(folder)?;
    let checkpoints = Checkpoints::new(folder.path(), &network).every_steps(EVERY).settings(&settings);
    let mut checkpoints = match saved {
        Saved::Never => None,
        Saved::InStep => Some(checkpoints),
        Saved::InBackground => Some(checkpoints.in_background()?),
    };
    let mut observers: Vec<&mut dyn Observer> = Vec::new();
    observers.extend(checkpoints.as_mut().map(|checkpoints| checkpoints as &mut dyn Observer));
    let start = Instant::now();
    trainer.run(x.view(), y.view(), &mut observers)?;
    Ok(start.elapsed().as_secs_f64())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for count in [1, 2] {
        let threads = Threads::new(count)?;
        let compute = Compute { backend: &PureRust, pool: &threads };
        let task = |saved| -> Task<'_> {
            let folder = folder.path();
            Box::new(move |times| {
                (0..times).map(|_| run(compute, saved, folder).expect("the workload runs")).sum()
            })
        };
        let mut tasks = [Saved::Never, Saved::InStep, Saved::InBackground].map(task);
        let times = side_by_side(&mut tasks, ROUNDS, Duration::ZERO);
        for (name, time) in ["not saved", "saved in the step", "saved in the background"].iter().zip(&times) {
            let more = 100.0 * (time.median / times[0].median - 1.0);
            let milliseconds = 1e3 * time.median / STEPS as f64;
            let spread = 100.0 * time.spread();
            println!(
                "fashion, {count} thread(s), {name}: {milliseconds:.3} ms a step ± {spread:.1} %, {more:+.1} %"
            );
        }
    }
    Ok(())
}
