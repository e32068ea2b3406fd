//! Trains a deep net of this crate's residual layers beside one of plain layers, saves it, and loads it again.
//!
//! `cargo run --release --manifest-path examples/plugin-layer/Cargo.toml`
//!
//! What to expect, or the program fails: the residual net gets at least 95 % of the examples right; its file loads with the
//! plug-in and predicts the same bits; without it the error names the layer that is missing. How the plain net does is
//! printed as it comes out.

use dnn_blas::PureRust;
use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Builder, Compute, Network, Registry, Sigmoid, Tanh};
use dnn_io::Checkpoint;
use dnn_train::{Adam, Initialisation, Settings, Trainer, metrics};
use ndarray::{Array2, ShapeBuilder};
use plugin_layer::{KIND, Residual, register};

type Failure = Box<dyn std::error::Error>;

/// Units of a layer, and layers between the first and the last.
const UNITS: usize = 16;
const DEPTH: usize = 20;

fn main() -> Result<(), Failure> {
    let compute = Compute::serial(&PureRust);
    let (x, y) = checkerboard(1000);
    let net = |inside: &dyn Fn(Builder) -> Builder| {
        let start = Network::builder(2).dense(UNITS, Tanh);
        (0..DEPTH).fold(start, |builder, _| inside(builder)).dense(1, Sigmoid).build()
    };
    let plain = net(&|builder| builder.dense(UNITS, Tanh))?;
    let residual = net(&|builder| builder.layer(Residual { units: UNITS }))?;
    let mut right = 0.0;
    let mut parameters = Vec::new();
    for (name, network) in [("plain", &plain), ("residual", &residual)] {
        (right, parameters) = train(network, (&x, &y), compute)?;
        println!("{DEPTH} {name} layers of {UNITS}: {:.1} % right", 100.0 * right);
    }
    claim(right >= 0.95, "the residual net did not learn")?;

    let file = std::path::Path::new("target/plugin-layer/model.dnn");
    std::fs::create_dir_all("target/plugin-layer")?;
    Checkpoint::new(residual.clone(), parameters.clone())?.save(file)?;
    let mut registry = Registry::builtin();
    let missing =
        Checkpoint::<f32>::load(file, &registry).err().ok_or("the file loaded, but must not")?.to_string();
    println!("loaded without the plug-in: {missing}");
    claim(missing.contains(KIND), "the error does not name the missing layer")?;
    register(&mut registry)?;
    let loaded = Checkpoint::<f32>::load(file, &registry)?;
    let a = |network: &Network, parameters: &[f32]| network.predict(compute, parameters, x.view());
    let same = a(loaded.network(), loaded.parameters())? == a(&residual, &parameters)?;
    println!("loaded with it: the same predictions");
    claim(same, "the loaded model predicts other bits")
}

/// The share of the examples that is right after training, and the parameters.
fn train(
    network: &Network,
    (x, y): (&Array2<f32>, &Array2<f32>),
    compute: Compute<'_>,
) -> Result<(f64, Vec<f32>), Failure> {
    let settings = Settings {
        batch: Some(50),
        learning_rate: Some(0.002),
        epochs: Some(300),
        optimizer: Some(Adam::default().into()),
        // Small, so that what each layer adds is small at first.
        initialisation: Some(Initialisation::Normal { scale: 0.1 }),
        ..Settings::default()
    };
    let mut trainer = Trainer::<f32>::new(network, settings.plan(network, x.ncols())?, compute)?;
    trainer.run(x.view(), y.view(), &mut [])?;
    let a = network.predict(compute, trainer.parameters(), x.view())?;
    let labels: Vec<usize> = y.iter().map(|&y| y as usize).collect();
    Ok((metrics::accuracy(&metrics::classes(a.view()), &labels, None)?, trainer.parameters().to_vec()))
}

fn claim(holds: bool, fault: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(fault.into()) }
}

/// Points of the plane, and whether they lie on a dark square of a board of 3 × 3.
fn checkerboard(examples: usize) -> (Array2<f32>, Array2<f32>) {
    let mut stream = Stream::new(Key::new(0, Purpose::Data));
    let x = Array2::from_shape_simple_fn((2, examples).f(), || 3.0 * stream.uniform() as f32 - 1.5);
    let square = |value: f32| (value + 1.5).floor() as usize;
    let dark = |example: usize| (square(x[[0, example]]) + square(x[[1, example]])) % 2 == 0;
    let y = Array2::from_shape_fn((1, examples).f(), |(_, example)| f32::from(u8::from(dark(example))));
    (x, y)
}
