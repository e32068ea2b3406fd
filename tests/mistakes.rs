//! Eight mistakes that everybody makes once, and what each is told: what was found, what was expected, what to do.
//!
//! Whole messages stand here, made through the façade alone: who changes one sees how it reads.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::error::Error;
use std::sync::Arc;

use dnn::core::activation::{Elementwise, Saved};
use dnn::core::{AnyLayer, Dense, Named, column_major};
use dnn::prelude::*;
use ndarray::{Array2, array};

/// What the mistake is answered with.
fn message<T, E: Error>(answer: Result<T, E>) -> String {
    answer.err().expect("the mistake must be refused").to_string()
}

fn network() -> Network {
    Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build().unwrap()
}

/// A checkpoint of `network`, as the bytes of its file.
fn file_of(network: Network) -> Vec<u8> {
    let parameters = network.starting_parameters::<f32>();
    Checkpoint::new(network, parameters).unwrap().to_bytes().unwrap()
}

fn load(bytes: &[u8]) -> dnn::io::Result<Checkpoint<f32>> {
    Checkpoint::from_bytes(bytes, &Registry::builtin())
}

#[test]
fn a_layer_of_the_wrong_size() {
    let layers: [Arc<dyn AnyLayer>; 2] =
        [Arc::new(Dense::new(784, 32, Relu)), Arc::new(Dense::new(64, 10, Softmax))];
    assert_eq!(
        message(Network::new(layers.to_vec())),
        "layer 2 takes 64 features, but layer 1 gives 32: make layer 2's input 32"
    );
}

#[test]
fn targets_with_the_wrong_number_of_rows() {
    let network = Network::builder(2).dense(3, Softmax).build().unwrap();
    let plan = Settings::default().plan(&network, 4).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&PureRust)).unwrap();
    let (x, class_numbers) = (Array2::zeros((2, 4)), Array2::zeros((1, 4)));
    let x = column_major(&x.view());
    assert_eq!(
        message(trainer.run(x.view(), class_numbers.view(), &mut [])),
        "y is 1 × 4, but the network's last layer has 3 units: give y one row for each unit of the last layer; \
         class numbers become rows by one-hot coding"
    );
    assert_eq!(trainer.state().step, 0);
}

#[test]
fn a_file_with_an_activation_that_nobody_registered() {
    #[derive(Clone, Default)]
    struct Squash;
    impl Named for Squash {
        const NAME: &'static str = "my-crate/squash";
    }

    impl Elementwise for Squash {
        const SAVED: Saved = Saved::Output;
        fn f<T: Real>(&self, z: T) -> T {
            z / (T::one() + z.abs())
        }
        fn df<T: Real>(&self, a: T) -> T {
            (T::one() - a.abs()).powi(2)
        }
    }
    let network = Network::builder(2).dense(3, Squash).dense(1, Sigmoid).build().unwrap();
    assert_eq!(
        message(load(&file_of(network))),
        "unknown activation \"my-crate/squash\"; known are elu, gelu, identity, leaky_relu, relu, selu, sigmoid, silu, \
         softmax, softplus, tanh: register the plug-in that brings \"my-crate/squash\""
    );
}

#[test]
fn a_file_of_a_newer_program() {
    let mut bytes = file_of(network());
    // FORMAT.md: bytes 8 to 11 are the version.
    bytes[8..12].copy_from_slice(&7_u32.to_le_bytes());
    assert_eq!(
        message(load(&bytes)),
        "found format version 7, expected 1 or older: update dnn to read this file"
    );
}

#[test]
fn a_file_cut_short() {
    let bytes = file_of(network());
    let (found, expected) = (bytes.len() / 2, bytes.len());
    assert_eq!(
        message(load(&bytes[..found])),
        format!(
            "found {found} bytes, expected {expected}: the file was cut short or added to; take another copy"
        )
    );
}

#[test]
fn a_data_folder_that_is_not_there() {
    use dnn::data::{folder, idx};
    assert_eq!(
        message(folder::read::<f32>("nowhere/datasets/orl-faces", folder::Colour::Grey)),
        "looked for a folder of pictures at \"nowhere/datasets/orl-faces\", but nothing is there: \
         give the right path, or run `datasets/fetch orl-faces`"
    );
    let (images, labels) = ("nowhere/datasets/mnist/images.gz", "nowhere/datasets/mnist/labels.gz");
    assert_eq!(
        message(idx::read_dataset::<f32>(images, labels)),
        "looked for an IDX file at \"nowhere/datasets/mnist/images.gz\", but nothing is there: \
         give the right path, or run `datasets/fetch mnist`"
    );
}

#[test]
fn a_cost_that_becomes_nan_stops_the_run_before_the_weights_change() {
    let (network, compute) = (network(), Compute::serial(&PureRust));
    // Two batches of two examples; the second has a hole.
    let x = column_major(&array![[0.0_f32, 1.0, f32::NAN, 1.0], [0.0, 1.0, 0.0, 0.0]].view());
    let y = array![[0.0_f32, 1.0, 1.0, 0.0]];
    let after = |steps| {
        let settings = Settings {
            batch: Some(2),
            shuffle: Some(false),
            learning_rate: Some(0.5),
            steps: Some(steps),
            ..Settings::default()
        };
        let mut trainer =
            Trainer::new(&network, settings.plan(&network, x.ncols()).unwrap(), compute).unwrap();
        let answer = trainer.run(x.view(), y.view(), &mut []);
        (answer, trainer.parameters().iter().map(|p: &f32| p.to_bits()).collect::<Vec<_>>())
    };
    let (before, parameters_before) = after(1);
    assert!(before.unwrap().cost.is_finite());
    let (stopped, parameters) = after(6);
    assert_eq!(
        message(stopped),
        "the cost became NaN at step 2 (epoch 1), but must be finite; the first numbers that are not are in the \
         examples x, and the parameters are those before that step: look for missing values in the data"
    );
    assert_eq!(parameters, parameters_before, "the step that failed changed no bit");
}

#[test]
fn a_batch_of_nothing() {
    let settings = Settings { batch: Some(0), ..Settings::default() };
    assert_eq!(
        message(settings.plan(&network(), 100)),
        "one setting cannot be followed:\n\
         - batch is 0, but a step needs at least 1 example: set 1 or more, or leave it out for all examples at once"
    );
    assert_eq!(
        message(network().workspace::<f32>(0)),
        "the batch has 0 examples, but needs at least 1: give a batch size of 1 or more, or no batch size for all \
         examples at once"
    );
}
