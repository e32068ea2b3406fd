//! Trains a small net on drawn faces while the whole terminal shows how it goes; `q` stops it, `l` takes logarithms.
//!
//! `cargo run --release -p dnn-observe --features live --example live`

use dnn_blas::{PureRust, Threads};
use dnn_core::{Compute, Network, Relu, Sigmoid};
use dnn_data::ranks;
use dnn_observe::Live;
use dnn_synthetic::faces;
use dnn_train::{Examples, Settings, Trainer};

#[allow(clippy::print_stdout)] // an example speaks to a person
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (training, validation) = (faces::generate::<f32>(600, 16, 1)?, faces::generate::<f32>(300, 16, 2)?);
    let network = Network::builder(256).dense(32, Relu).dense(1, Sigmoid).build()?;
    let settings = Settings {
        batch: Some(20),
        learning_rate: Some(0.003),
        epochs: Some(200_000),
        ..Settings::default()
    };
    let (backend, threads) = (PureRust, Threads::new(1)?);
    let compute = Compute { backend: &backend, pool: &threads };
    let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, training.count())?, compute)?;

    let (x, y) = (ranks(training.examples()), training.binary()?);
    let (seen, truth) = (ranks(validation.examples()), validation.binary()?);
    let mut live = Live::new("faces or not")?;
    let validation = Some(Examples::new(seen.view(), truth.view()));
    let summary = trainer.train(Examples::new(x.view(), y.view()), validation, &mut [&mut live])?;
    let end = if live.stopped() { "stopped" } else { "finished" };
    println!("{end} after step {}, cost {:.4}", summary.step, summary.cost);
    Ok(())
}
