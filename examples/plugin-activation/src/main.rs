//! Trains with the two activations of this crate, saves, and loads with them, without them, and with another version.
//!
//! `cargo run --release --manifest-path examples/plugin-activation/Cargo.toml`
//!
//! What to expect, or the program fails: at least 95 % of the examples right; the trained slope moves; the file loads with
//! the plug-in and predicts the same bits; without it the error names the activation that is missing; and a plug-in of the
//! same name that computes something else is noticed.

use std::sync::Arc;

use dnn_blas::PureRust;
use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Compute, Named, Network, Registry, Sigmoid};
use dnn_io::Checkpoint;
use dnn_train::{Adam, Settings, Trainer, metrics};
use ndarray::{Array2, ShapeBuilder};
use plugin_activation::{Limited, PRelu, register};

type Failure = Box<dyn std::error::Error>;

/// Everything built in, and the two of this crate; `scale` is 1 but for the version that is to be noticed.
fn registry(scale: f64) -> dnn_core::Result<Registry> {
    let mut registry = Registry::builtin();
    register::both_scaled(&mut registry, scale)?;
    Ok(registry)
}

fn main() -> Result<(), Failure> {
    let compute = Compute::serial(&PureRust);
    let (x, y) = ring(400);
    let prelu = Arc::new(PRelu) as Arc<dyn dnn_core::AnyActivation>;
    let network =
        Network::builder(2).dense(16, Limited { limit: 1.5 }).dense(16, prelu).dense(1, Sigmoid).build()?;
    let settings = Settings {
        batch: Some(32),
        learning_rate: Some(0.01),
        epochs: Some(200),
        optimizer: Some(Adam::default().into()),
        ..Settings::default()
    };
    let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, x.ncols())?, compute)?;
    trainer.run(x.view(), y.view(), &mut [])?;

    let a = network.predict(compute, trainer.parameters(), x.view())?;
    let labels: Vec<usize> = y.iter().map(|&y| y as usize).collect();
    let right = metrics::accuracy(&metrics::classes(a.view()), &labels, None)?;
    let slope = network.parts().into_iter().find(|placed| placed.part.name == "slope");
    let slope = trainer.parameters()[slope.ok_or("no trained slope")?.part.range.start];
    println!("{network}: {:.1} % right, slope 0.25 became {slope:.3}", 100.0 * right);
    claim(right >= 0.95 && slope != 0.25, "it did not learn")?;

    let file = std::path::Path::new("target/plugin-activation/model.dnn");
    std::fs::create_dir_all("target/plugin-activation")?;
    Checkpoint::new(network, trainer.parameters().to_vec())?.save(file)?;
    let load = |registry: &Registry| Checkpoint::<f32>::load(file, registry);

    let loaded = load(&registry(1.0)?)?;
    let same = loaded.network().predict(compute, loaded.parameters(), x.view())? == a;
    claim(same, "the loaded model predicts other bits")?;
    println!("loaded with the plug-in: the same predictions");
    let missing = fault(load(&Registry::builtin()))?;
    println!("loaded without it: {missing}");
    claim(missing.contains(Limited::NAME), "the error does not name the missing activation")?;
    let changed = fault(load(&registry(1.01)?))?;
    println!("loaded with another version: {changed}");
    claim(changed.contains("another version of the plug-in"), "the change was not noticed")
}

/// What loading failed with.
fn fault<T>(loaded: dnn_io::Result<T>) -> Result<String, Failure> {
    loaded.err().map(|error| error.to_string()).ok_or_else(|| "the file loaded, but must not".into())
}

fn claim(holds: bool, fault: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(fault.into()) }
}

/// Points of the plane, and whether they lie in a ring around the origin.
fn ring(examples: usize) -> (Array2<f32>, Array2<f32>) {
    let mut stream = Stream::new(Key::new(0, Purpose::Data));
    let x = Array2::from_shape_simple_fn((2, examples).f(), || 4.0 * stream.uniform() as f32 - 2.0);
    let inside = |(_, example): (usize, usize)| {
        let radius = x[[0, example]].hypot(x[[1, example]]);
        f32::from(u8::from((0.7..1.5).contains(&radius)))
    };
    let y = Array2::from_shape_fn((1, examples).f(), inside);
    (x, y)
}
