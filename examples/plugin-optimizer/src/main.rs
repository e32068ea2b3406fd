//! Trains with this crate's optimizer and cost: three nets that say below what half, a tenth and nine tenths of the
//! targets lie.
//!
//! `cargo run --release --manifest-path examples/plugin-optimizer/Cargo.toml`
//!
//! What to expect, or the program fails: of fresh targets, the share below each net's answer is within 4 points of what was
//! asked for, although their spread differs from place to place.

use dnn_blas::PureRust;
use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Compute, Identity, Network, Tanh};
use dnn_train::{NamedConfig, Settings, Trainer};
use ndarray::{Array2, ShapeBuilder};
use plugin_optimizer::{LION, QUANTILE, register};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let compute = Compute::serial(&PureRust);
    let network = Network::builder(1).dense(32, Tanh).dense(32, Tanh).dense(1, Identity).build()?;
    let (x, y) = spreading(4000, 0);
    let (fresh_x, fresh_y) = spreading(4000, 1);
    let mut registry = dnn_train::registry();
    register(&mut registry)?;
    for share in [0.1, 0.5, 0.9] {
        let settings = Settings {
            batch: Some(100),
            learning_rate: Some(3e-4),
            epochs: Some(60),
            cost: Some(NamedConfig::from(QUANTILE).with("share", share)),
            optimizer: Some(NamedConfig::from(LION)),
            ..Settings::default()
        };
        let plan = settings.plan_with(&registry, &network, x.ncols())?;
        let mut trainer = Trainer::<f32>::new(&network, plan, compute)?;
        let cost = trainer.run(x.view(), y.view(), &mut [])?.cost;
        let a = network.predict(compute, trainer.parameters(), fresh_x.view())?;
        let below = fresh_y.iter().zip(&a).filter(|(y, a)| y < a).count() as f64 / a.len() as f64;
        println!("asked for {:4.1} % below: found {:4.1} %, cost {cost:.4}", 100.0 * share, 100.0 * below);
        if (below - share).abs() > 0.04 {
            return Err(
                format!("{below} of the targets lie below the answer, but {share} were asked for").into()
            );
        }
    }
    Ok(())
}

/// A wave with noise that grows from left to right.
fn spreading(examples: usize, seed: u64) -> (Array2<f32>, Array2<f32>) {
    let mut stream = Stream::new(Key::new(seed, Purpose::Data));
    let (mut x, mut y) = (Array2::zeros((1, examples).f()), Array2::zeros((1, examples).f()));
    for example in 0..examples {
        let place = 4.0 * stream.uniform() - 2.0;
        x[[0, example]] = place as f32;
        y[[0, example]] = ((2.0 * place).sin() + 0.2 * (place + 2.0) * stream.normal()) as f32;
    }
    (x, y)
}
