//! Fashion-MNIST as a whole program: 784-512-256-10, Adam at 1e-3, batches of 128, ten epochs, with the test accuracy after
//! each. `fashion FOLDER THREADS SEED` prints one accuracy a line.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use dnn_blas::{PureRust, Threads};
use dnn_core::{Compute, Network, Relu, Softmax};
use dnn_data::{Dataset, idx};
use dnn_train::{Adam, Event, Flow, Observer, ObserverError, Settings, Trainer, metrics};
use ndarray::Array2;

fn main() -> Result<(), Box<dyn Error>> {
    let [folder, threads, seed] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "FOLDER THREADS SEED")?;
    let (x, train) = read(Path::new(&folder), "train")?;
    let (test_x, test) = read(Path::new(&folder), "t10k")?;
    let y = train.one_hot()?;

    let network = Network::builder(784).dense(512, Relu).dense(256, Relu).dense(10, Softmax).build()?;
    let pool = Threads::new(threads.parse()?)?;
    let compute = Compute { backend: &PureRust, pool: &pool };
    let settings = Settings {
        optimizer: Some(Adam::default().into()),
        learning_rate: Some(1e-3),
        batch: Some(128),
        epochs: Some(10),
        seed: Some(seed.parse()?),
        ..Settings::default()
    };
    let plan = settings.plan(&network, train.count())?;
    let steps = plan.steps();
    let mut trainer = Trainer::new(&network, plan, compute)?;
    while trainer.state().step < steps {
        trainer.run(x.view(), y.view(), &mut [&mut EpochByEpoch])?;
        let a = network.predict(compute, trainer.parameters(), test_x.view())?;
        writeln!(
            std::io::stdout(),
            "{}",
            metrics::accuracy(&metrics::classes(a.view()), test.labels(), None)?
        )?;
    }
    Ok(())
}

/// Pictures as numbers from 0 to 1, one a column, and all that belongs to them.
fn read(folder: &Path, part: &str) -> Result<(Array2<f32>, Dataset<f32>), Box<dyn Error>> {
    let file = |kind: &str| folder.join(format!("{part}-{kind}-ubyte.gz"));
    let data = idx::read_dataset::<f32>(file("images-idx3"), file("labels-idx1"))?;
    Ok((data.examples().mapv(|byte| byte / 255.0), data))
}

/// Ends a run after each epoch.
struct EpochByEpoch;

impl Observer for EpochByEpoch {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        Ok(if let Event::Epoch { .. } = event { Flow::Stop } else { Flow::Continue })
    }
}
