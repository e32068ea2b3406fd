//! dnn as a worker of the comparison: reads a line, does what it says, answers with a line of JSON.
//!
//! `dnn-compare FOLDER THREADS`, then `check WORKLOAD STEPS`, `step WORKLOAD TIMES` or `predict WORKLOAD EXAMPLES TIMES`.

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use dnn_blas::{PureRust, Threads};
use dnn_core::{Backend, Compute, Network, Relu, Sigmoid, Softmax};
use dnn_train::{Event, Flow, Observer, ObserverError, Settings, Trainer};
use ndarray::{Array2, ShapeBuilder};
use serde_json::{Value, json};

type Answer<T> = Result<T, Box<dyn Error>>;

fn main() -> Answer<()> {
    let [folder, threads] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "FOLDER THREADS")?;
    let pool = Threads::new(threads.parse()?)?;
    let compute = Compute { backend: &PureRust, pool: &pool };
    let mut jobs: HashMap<String, Job<'_>> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match words[..] {
            ["name"] => json!(format!("dnn {}", PureRust.identity().version)),
            ["check", name, steps] => {
                json!(Job::read(Path::new(&folder), name, compute)?.steps(steps.parse()?)?.costs)
            }
            [what, name, ..] => {
                if !jobs.contains_key(name) {
                    jobs.insert(name.into(), Job::read(Path::new(&folder), name, compute)?);
                }
                let job = jobs.get_mut(name).ok_or("just put there")?;
                match (what, &words[2..]) {
                    ("step", [times]) => json!(job.steps(times.parse()?)?.seconds),
                    ("predict", [examples, times]) => json!(job.predict(examples.parse()?, times.parse()?)?),
                    _ => Value::Null,
                }
            }
            _ => Value::Null,
        };
        writeln!(std::io::stdout(), "{answer}")?;
    }
    Ok(())
}

/// One workload with its data.
struct Job<'a> {
    network: Network,
    compute: Compute<'a>,
    trainer: Trainer<'a, f32>,
    x: Array2<f32>,
    y: Array2<f32>,
}

impl<'a> Job<'a> {
    fn read(folder: &Path, name: &str, compute: Compute<'a>) -> Answer<Self> {
        let folder = folder.join(name);
        let about: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("about.json"))?)?;
        let sizes: Vec<usize> = serde_json::from_value(about["sizes"].clone())?;
        let batch: usize = serde_json::from_value(about["batch"].clone())?;
        let rate: f64 = serde_json::from_value(about["learning_rate"].clone())?;
        let (last, inside) = sizes[1..].split_last().ok_or("no layers")?;
        let builder =
            inside.iter().fold(Network::builder(sizes[0]), |built, &units| built.dense(units, Relu));
        let network =
            if *last == 1 { builder.dense(1, Sigmoid) } else { builder.dense(*last, Softmax) }.build()?;
        let settings = Settings { learning_rate: Some(rate), steps: Some(1 << 50), ..Settings::default() };
        let mut trainer = Trainer::new(&network, settings.plan(&network, batch)?, compute)?;
        trainer.start_from(&parameters(&folder, &sizes)?)?;
        let matrix = |file, rows| {
            Array2::from_shape_vec((rows, batch).f(), numbers(folder.join(file))?).map_err(Into::into)
        };
        let (x, y): (Answer<_>, Answer<_>) = (matrix("x", sizes[0]), matrix("y", *last));
        Ok(Self { network, compute, trainer, x: x?, y: y? })
    }

    fn steps(&mut self, times: u64) -> Answer<Stopwatch> {
        let mut watch = Stopwatch { left: times, start: Instant::now(), seconds: 0.0, costs: Vec::new() };
        self.trainer.run(self.x.view(), self.y.view(), &mut [&mut watch])?;
        Ok(watch)
    }

    fn predict(&self, examples: usize, times: u64) -> Answer<f64> {
        let columns = self.x.ncols();
        let x = Array2::from_shape_fn((self.x.nrows(), examples).f(), |(row, column)| {
            self.x[[row, column % columns]]
        });
        let start = Instant::now();
        for _ in 0..times {
            std::hint::black_box(self.network.predict(self.compute, self.trainer.parameters(), x.view())?);
        }
        Ok(start.elapsed().as_secs_f64())
    }
}

/// W and b of each layer, in the order of dnn: W column by column.
fn parameters(folder: &Path, sizes: &[usize]) -> Answer<Vec<f32>> {
    let mut parameters = Vec::new();
    for (layer, n) in sizes.windows(2).enumerate() {
        // The file has one row for each unit.
        let w = Array2::from_shape_vec((n[1], n[0]), numbers(folder.join(format!("w{layer}")))?)?;
        parameters.extend(w.t().iter());
        parameters.extend(numbers(folder.join(format!("b{layer}")))?);
    }
    Ok(parameters)
}

fn numbers(file: PathBuf) -> Answer<Vec<f32>> {
    let bytes = std::fs::read(file)?;
    Ok(bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect())
}

/// Stops a run after so many steps, with the time they took and their costs.
struct Stopwatch {
    left: u64,
    start: Instant,
    seconds: f64,
    costs: Vec<f64>,
}

impl Observer for Stopwatch {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Started { .. } => self.start = Instant::now(),
            Event::Step { cost, .. } => {
                self.left -= 1;
                if self.costs.len() < 100 {
                    self.costs.push(cost);
                }
                if self.left == 0 {
                    self.seconds = self.start.elapsed().as_secs_f64();
                }
            }
            _ => {}
        }
        Ok(if self.left == 0 { Flow::Stop } else { Flow::Continue })
    }
}
