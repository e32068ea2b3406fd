//! What the Rust workers of the comparison share: the workload's files, and the loop that answers the driver.

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

/// What a worker gives back, or why it cannot.
pub type Answer<T> = Result<T, Box<dyn Error>>;

/// Sizes and data of a workload, as `driver.py` writes them. Every matrix is row by row.
pub struct Workload {
    /// n[0] to n[L].
    pub sizes: Vec<usize>,
    /// Examples in a step.
    pub batch: usize,
    /// The rate of gradient descent.
    pub learning_rate: f64,
    /// (batch, n[0]).
    pub x: Vec<f32>,
    /// (batch, n[L]): one row for each example, 1 at its class; 0 or 1 where n[L] is 1.
    pub y: Vec<f32>,
    /// The layers from first to last.
    pub layers: Vec<Layer>,
}

/// A dense layer's weights and biases.
pub struct Layer {
    /// n[l-1].
    pub inputs: usize,
    /// n[l].
    pub units: usize,
    /// (n[l], n[l-1]).
    pub w: Vec<f32>,
    /// (n[l]).
    pub b: Vec<f32>,
}

impl Workload {
    /// Reads what lies in `folder`.
    ///
    /// # Errors
    /// If a file is missing or says something else.
    pub fn read(folder: &Path) -> Answer<Self> {
        let about: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("about.json"))?)?;
        let sizes: Vec<usize> = serde_json::from_value(about["sizes"].clone())?;
        let numbers = |file: &str| numbers(&folder.join(file));
        let layer = |(index, n): (usize, &[usize])| {
            let (w, b) = (numbers(&format!("w{index}"))?, numbers(&format!("b{index}"))?);
            Ok(Layer { inputs: n[0], units: n[1], w, b })
        };
        Ok(Self {
            batch: serde_json::from_value(about["batch"].clone())?,
            learning_rate: serde_json::from_value(about["learning_rate"].clone())?,
            x: numbers("x")?,
            y: numbers("y")?,
            layers: sizes.windows(2).enumerate().map(layer).collect::<Answer<_>>()?,
            sizes,
        })
    }

    /// n[0].
    pub fn features(&self) -> usize {
        self.sizes[0]
    }

    /// n[L].
    pub fn outputs(&self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }

    /// Whether the cost is of two classes, on one sigmoid.
    pub fn binary(&self) -> bool {
        self.outputs() == 1
    }

    /// The class of each example: (batch).
    pub fn classes(&self) -> Vec<u32> {
        let class = |row: &[f32]| match row {
            [one] => *one as u32,
            _ => row.iter().position(|&y| y == 1.0).unwrap_or(0) as u32,
        };
        self.y.chunks(self.outputs()).map(class).collect()
    }

    /// (count, n[0]): the examples of the batch, over and over.
    pub fn examples(&self, count: usize) -> Vec<f32> {
        self.x.iter().copied().cycle().take(count * self.features()).collect()
    }
}

impl Layer {
    /// W transposed: (n[l-1], n[l]).
    pub fn w_transposed(&self) -> Vec<f32> {
        (0..self.w.len()).map(|at| self.w[at % self.units * self.inputs + at / self.units]).collect()
    }
}

fn numbers(file: &Path) -> Answer<Vec<f32>> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect())
}

/// What a rival does with one workload.
pub trait Rival {
    /// The costs of the next so many steps.
    ///
    /// # Errors
    /// What the rival says.
    fn costs(&mut self, steps: u64) -> Answer<Vec<f64>>;

    /// The seconds that so many steps take.
    ///
    /// # Errors
    /// What the rival says.
    fn step(&mut self, times: u64) -> Answer<f64>;

    /// The seconds of predicting so many examples so many times.
    ///
    /// # Errors
    /// What the rival says.
    fn predict(&mut self, examples: usize, times: u64) -> Answer<f64>;
}

/// The seconds that `action` takes, so many times.
///
/// # Errors
/// Those of `action`.
pub fn seconds<T>(times: u64, mut action: impl FnMut() -> Answer<T>) -> Answer<f64> {
    let start = Instant::now();
    for _ in 0..times {
        std::hint::black_box(action()?);
    }
    Ok(start.elapsed().as_secs_f64())
}

/// Answers the driver's lines, one JSON value each: `name`, `check WORKLOAD STEPS`, `step WORKLOAD TIMES` and
/// `predict WORKLOAD EXAMPLES TIMES`; the workloads lie in the folder that the first argument names.
///
/// # Errors
/// Those of the rival, and of reading and writing.
pub fn serve<R: Rival>(name: &str, make: impl Fn(Workload) -> Answer<R>) -> Answer<()> {
    let folder = std::env::args().nth(1).ok_or("found no argument, expected the folder of the workloads")?;
    let make = |workload: &str| make(Workload::read(&Path::new(&folder).join(workload))?);
    let mut jobs: HashMap<String, R> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match words[..] {
            ["check", workload, steps] => json!(make(workload)?.costs(steps.parse()?)?),
            [what, workload, ..] => {
                if !jobs.contains_key(workload) {
                    jobs.insert(workload.into(), make(workload)?);
                }
                let job = jobs.get_mut(workload).ok_or("just put there")?;
                match (what, &words[2..]) {
                    ("step", [times]) => json!(job.step(times.parse()?)?),
                    ("predict", [examples, times]) => json!(job.predict(examples.parse()?, times.parse()?)?),
                    _ => Value::Null,
                }
            }
            _ => json!(name),
        };
        writeln!(std::io::stdout(), "{answer}")?;
    }
    Ok(())
}
