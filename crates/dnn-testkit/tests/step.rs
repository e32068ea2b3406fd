//! The step: its bits do not depend on threads or on old content, and a broken cost changes nothing.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::sync::atomic::{AtomicUsize, Ordering};

use dnn_blas::{PureRust, Threads};
use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{
    Backend, BackendIdentity, Compute, Naive, Network, Pool, Product, Products, Real, Relu, Serial, Sigmoid,
    Softmax, Workspace, column_major,
};
use dnn_train::{
    AdamW, ClassWeights, Clipping, EarlyStopping, Error, Examples, Initialisation, Lbfgs, Penalty, Settings,
    Trainer, explicit_binary_gradient,
};
use ndarray::{Array2, ArrayView2};

/// Large enough to be shared, with short last blocks and batches.
fn network() -> Network {
    Network::builder(150).dense(130, Relu).dense(70, Relu).dense(10, Softmax).build().unwrap()
}

fn data<T: Real>(examples: usize) -> (Array2<T>, Array2<T>) {
    let mut stream = Stream::new(Key::new(1, Purpose::Data));
    let x = Array2::from_shape_simple_fn((150, examples), || T::of(stream.normal()));
    let y = Array2::from_shape_fn((10, examples), |(class, example)| {
        T::of(f64::from(u8::from(class == example % 10)))
    });
    (column_major(&x.view()), column_major(&y.view()))
}

fn train<T: Real>(pool: &dyn Pool, poison: bool) -> Vec<T> {
    train_by(Settings { batch: Some(200), epochs: Some(7), ..Settings::default() }, pool, poison)
}

fn train_by<T: Real>(settings: Settings, pool: &dyn Pool, poison: bool) -> Vec<T> {
    train_network(&network(), settings, pool, poison)
}

/// With sample weights if classes are weighed.
fn train_network<T: Real>(network: &Network, settings: Settings, pool: &dyn Pool, poison: bool) -> Vec<T> {
    let (x, y) = data::<T>(450);
    let compute = Compute { backend: &PureRust, pool };
    let mut trainer = Trainer::<T>::new(network, settings.plan(network, 450).unwrap(), compute).unwrap();
    if poison {
        trainer.workspace_mut().fill(T::nan());
    }
    let weights: Vec<f64> = (0..450).map(|example| f64::from(example % 7)).collect();
    let examples = Examples::new(x.view(), y.view());
    let weighted = settings.class_weights.is_some();
    let validation = settings.early_stopping.is_some().then_some(examples);
    let training = if weighted { examples.weighted(&weights) } else { examples };
    trainer.train(training, validation, &mut []).unwrap();
    trainer.parameters().to_vec()
}

#[test]
fn parameters_have_the_same_bits_on_any_number_of_threads() {
    let bits = |parameters: Vec<f32>| parameters.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let alone = bits(train(&Serial, false));
    for threads in [1, 2, 3, 4, 7, 8, 16] {
        assert!(bits(train(&Threads::new(threads).unwrap(), false)) == alone, "{threads} threads");
    }
}

#[test]
fn dropout_and_normalisation_have_the_same_bits_on_any_number_of_threads() {
    let builder = Network::builder(150).dropout(0.2).dense(130, Relu).layer_normalisation().dropout(0.5);
    let network = builder.dense(70, Relu).layer_normalisation().dense(10, Softmax).build().unwrap();
    let settings = Settings { batch: Some(200), epochs: Some(7), ..Settings::default() };
    let train = |pool: &dyn Pool, poison| train_network::<f32>(&network, settings.clone(), pool, poison);
    let alone = train(&Serial, false);
    assert!(alone.iter().all(|parameter| parameter.is_finite()));
    assert!(train(&Serial, true) == alone, "old content was read");
    for threads in [2, 3, 8] {
        assert!(train(&Threads::new(threads).unwrap(), false) == alone, "{threads} threads");
    }
}

#[test]
fn early_stopping_has_the_same_bits_on_any_number_of_threads() {
    let settings = Settings {
        batch: Some(200),
        epochs: Some(30),
        learning_rate: Some(1.0),
        early_stopping: Some(EarlyStopping { patience: 3, ..EarlyStopping::default() }),
        ..Settings::default()
    };
    let train = |pool: &dyn Pool, poison| train_by::<f32>(settings.clone(), pool, poison);
    let alone = train(&Serial, false);
    assert!(train(&Serial, true) == alone, "old content was read");
    for threads in [2, 3, 8] {
        assert!(train(&Threads::new(threads).unwrap(), false) == alone, "{threads} threads");
    }
}

#[test]
fn penalties_norms_weights_and_lbfgs_have_the_same_bits_on_any_number_of_threads() {
    let penalty = Some(Penalty { l1: 1e-4, l2: 1e-3 });
    let adamw = Some(AdamW::default().into());
    let batches = Settings { batch: Some(200), epochs: Some(5), optimizer: adamw, ..Settings::default() };
    let lbfgs = Some(Lbfgs::default().into());
    let smooth = Some(Penalty { l1: 0.0, l2: 1e-3 });
    let runs = [
        Settings { penalty, ..batches.clone() },
        Settings { class_weights: Some(ClassWeights::Balanced), ..batches.clone() },
        Settings { penalty, clipping: Some(Clipping::Norm(0.1)), ..batches.clone() },
        Settings { penalty, clipping: Some(Clipping::GlobalNorm(0.1)), ..batches },
        Settings { penalty: smooth, optimizer: lbfgs, steps: Some(8), ..Settings::default() },
    ];
    for settings in runs {
        let alone = train_by::<f32>(settings.clone(), &Serial, false);
        assert!(train_by::<f32>(settings.clone(), &Serial, true) == alone, "old content: {settings:?}");
        for threads in [2, 3, 8] {
            let shared = train_by::<f32>(settings.clone(), &Threads::new(threads).unwrap(), false);
            assert!(shared == alone, "{threads} threads: {settings:?}");
        }
    }
}

#[test]
fn old_content_of_the_workspace_is_never_read() {
    assert!(train::<f32>(&Serial, true) == train::<f32>(&Serial, false));
    assert!(train::<f64>(&Serial, true) == train::<f64>(&Serial, false));
}

#[test]
fn a_cost_that_is_not_finite_stops_the_run_before_the_parameters_change() {
    let (network, (mut x, y)) = (network(), data::<f32>(40));
    x[[3, 25]] = f32::NAN;
    let settings = Settings { batch: Some(20), shuffle: Some(false), epochs: Some(2), ..Settings::default() };
    let plan = settings.plan(&network, 40).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&PureRust)).unwrap();
    let error = trainer.run(x.view(), y.view(), &mut []).unwrap_err();
    assert!(matches!(&error, Error::NotFinite { step: 2, .. }), "{error}");
    assert!(error.to_string().contains("in the examples x, and the parameters are those before that step"));
    assert_eq!(trainer.state().step, 1);
    assert!(trainer.parameters().iter().all(|p| p.is_finite()));
}

#[test]
fn wrong_targets_are_refused_in_words_before_the_first_step() {
    let (network, (x, y)) = (network(), data::<f32>(40));
    let plan = Settings::default().plan(&network, 40).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&PureRust)).unwrap();
    let mut message = |y: ArrayView2<'_, f32>| trainer.run(x.view(), y, &mut []).unwrap_err().to_string();
    assert_eq!(
        message(Array2::zeros((1, 40)).view()),
        "y is 1 × 40, but the network's last layer has 10 units: give y one row for each unit of the last layer; class numbers become rows by one-hot coding"
    );
    let doubled = column_major(&(&y * 2.0).view());
    assert!(message(doubled.view()).contains("columns of numbers from 0 to 1 with sum 1"));
}

#[test]
fn the_explicit_way_into_the_backward_pass_and_the_folded_one_agree() {
    let network = Network::builder(5).dense(4, Relu).dense(1, Sigmoid).build().unwrap();
    let scores = network.scores().unwrap();
    let parameters = Initialisation::draw::<f64>(None, &network, 3);
    let mut stream = Stream::new(Key::new(3, Purpose::Data));
    let x = column_major(&Array2::from_shape_simple_fn((5, 9), || stream.normal()).view());
    let y: Vec<f64> = (0..9).map(|example| f64::from(example % 2)).collect();
    let compute = Compute::serial(&Naive);
    let gradient = |network: &Network, dz: &dyn Fn(&[f64]) -> Vec<f64>| {
        let mut workspace = network.workspace::<f64>(9).unwrap();
        let a = network.forward(compute, &parameters, x.view(), &mut workspace).unwrap();
        let da = dz(&a.iter().copied().collect::<Vec<_>>());
        let da = ArrayView2::from_shape((1, 9), &da).unwrap();
        let mut gradient = vec![0.0; parameters.len()];
        network.backward(compute, &parameters, x.view(), &mut workspace, da, &mut gradient).unwrap();
        gradient
    };
    let explicit = gradient(&network, &|a| {
        let mut da = vec![0.0; a.len()];
        explicit_binary_gradient(a, &y, &mut da);
        da
    });
    let folded =
        gradient(&scores, &|z| z.iter().zip(&y).map(|(z, y)| 1.0 / (1.0 + (-z).exp()) - y).collect());
    let largest = folded.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
    for (explicit, folded) in explicit.iter().zip(&folded) {
        // A handful of roundings, amplified by at most 1/(a(1−a)), which is below 100 here.
        assert!((explicit - folded).abs() <= 100.0 * f64::EPSILON * largest, "{explicit} {folded}");
    }
}

/// Pure Rust that counts its products.
#[derive(Default)]
struct Counted(AtomicUsize);

impl<T: Real> Products<T> for Counted {
    fn compute(&self, product: Product<'_, T>) {
        self.0.fetch_add(1, Ordering::Relaxed);
        let backend: &dyn Backend = &PureRust;
        T::half(backend).compute(product);
    }
}

impl Backend for Counted {
    fn identity(&self) -> BackendIdentity {
        PureRust.identity()
    }
}

#[test]
fn the_input_gradient_costs_no_product_unless_asked_for() {
    let (network, (x, y)) = (network(), data::<f32>(60));
    let parameters = Initialisation::draw::<f32>(None, &network, 3);
    let products = |workspace: Workspace<f32>| {
        let (counted, mut workspace, mut gradient) = (Counted::default(), workspace, parameters.clone());
        let compute = Compute::serial(&counted);
        network.forward(compute, &parameters, x.view(), &mut workspace).unwrap();
        network.backward(compute, &parameters, x.view(), &mut workspace, y.view(), &mut gradient).unwrap();
        counted.0.into_inner()
    };
    // One block of columns: W A for three layers, dZ Aᵀ for as many, of which two are cut in two, Wᵀ dZ for all but the first.
    assert_eq!(products(network.workspace(60).unwrap()), 3 + 5 + 2);
    assert_eq!(products(network.workspace(60).unwrap().with_input_gradient()), 3 + 5 + 3);
}
