//! dnn as a worker of the comparison: `dnn-compare FOLDER THREADS`.

use std::time::Instant;

use dnn_blas::{PureRust, Threads};
use dnn_core::{Backend, Compute, Network, Relu, Sigmoid, Softmax};
use dnn_train::{Event, Flow, Observer, ObserverError, Settings, Trainer};
use ndarray::{Array2, ShapeBuilder};
use worker::{Answer, Rival, Workload};

fn main() -> Answer<()> {
    let threads = std::env::args().nth(2).ok_or("found one argument, expected FOLDER THREADS")?;
    let pool = Threads::new(threads.parse()?)?;
    let compute = Compute { backend: &PureRust, pool: &pool };
    let name = format!("dnn {}", PureRust.identity().version);
    worker::serve(&name, |workload| Job::new(&workload, compute))
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
    fn new(workload: &Workload, compute: Compute<'a>) -> Answer<Self> {
        let (outputs, inside) = (workload.outputs(), &workload.sizes[1..workload.sizes.len() - 1]);
        let builder = inside
            .iter()
            .fold(Network::builder(workload.features()), |built, &units| built.dense(units, Relu));
        let network = match workload.binary() {
            true => builder.dense(1, Sigmoid),
            false => builder.dense(outputs, Softmax),
        };
        let network = network.build()?;
        let settings = Settings {
            learning_rate: Some(workload.learning_rate),
            steps: Some(1 << 50),
            ..Settings::default()
        };
        let mut trainer = Trainer::new(&network, settings.plan(&network, workload.batch)?, compute)?;
        trainer.start_from(&parameters(workload))?;
        // One example a column: what the files have row by row.
        let matrix =
            |rows, numbers: &[f32]| Array2::from_shape_vec((rows, workload.batch).f(), numbers.to_vec());
        let (x, y) = (matrix(workload.features(), &workload.x)?, matrix(outputs, &workload.y)?);
        Ok(Self { network, compute, trainer, x, y })
    }

    fn run(&mut self, steps: u64) -> Answer<Stopwatch> {
        let mut watch = Stopwatch { left: steps, start: Instant::now(), seconds: 0.0, costs: Vec::new() };
        self.trainer.run(self.x.view(), self.y.view(), &mut [&mut watch])?;
        Ok(watch)
    }
}

/// W and b of each layer, in the order of dnn: W column by column.
fn parameters(workload: &Workload) -> Vec<f32> {
    workload.layers.iter().flat_map(|layer| [layer.w_transposed(), layer.b.clone()]).flatten().collect()
}

impl Rival for Job<'_> {
    fn costs(&mut self, steps: u64) -> Answer<Vec<f64>> {
        Ok(self.run(steps)?.costs)
    }

    fn step(&mut self, times: u64) -> Answer<f64> {
        Ok(self.run(times)?.seconds)
    }

    fn predict(&mut self, examples: usize, times: u64) -> Answer<f64> {
        let columns = self.x.ncols();
        let x = Array2::from_shape_fn((self.x.nrows(), examples).f(), |(row, column)| {
            self.x[[row, column % columns]]
        });
        let predict = || Ok(self.network.predict(self.compute, self.trainer.parameters(), x.view())?);
        worker::seconds(times, predict)
    }
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
