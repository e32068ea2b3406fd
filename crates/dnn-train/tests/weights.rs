//! Weights of samples and classes in a run: what they mean, whatever the batches.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_core::{Compute, Naive, Network, Sigmoid, Softmax, Tanh, column_major};
use dnn_train::{ClassWeights, Error, Event, Examples, Flow, Observer, ObserverError, Settings, Trainer};
use ndarray::{Array2, Axis, array};

const EXAMPLES: usize = 11;

fn network() -> Network {
    Network::builder(2).dense(3, Tanh).dense(2, Softmax).build().unwrap()
}

/// Two features, and two classes of which the second is rare.
fn data() -> (Array2<f64>, Array2<f64>) {
    let x = Array2::from_shape_fn((2, EXAMPLES), |(row, example)| ((3 * row + 5 * example) % 7) as f64 - 3.0);
    let rare = |example: usize| example % 4 == 1;
    let y = Array2::from_shape_fn((2, EXAMPLES), |(class, example)| {
        f64::from(u8::from((class == 1) == rare(example)))
    });
    (column_major(&x.view()), column_major(&y.view()))
}

/// Cost of the last step, and the parameters.
fn train(
    settings: &Settings,
    (x, y): &(Array2<f64>, Array2<f64>),
    weights: Option<&[f64]>,
) -> (f64, Vec<f64>) {
    let plan = settings.plan(&network(), x.ncols()).unwrap();
    let network = network();
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    let examples = Examples { x: x.view(), y: y.view(), weights };
    let summary = trainer.train(examples, None, &mut []).unwrap();
    assert_eq!(trainer.state().epoch_examples, x.ncols() as u64);
    (summary.cost, trainer.parameters().to_vec())
}

fn apart(found: &[f64], expected: &[f64]) -> f64 {
    found.iter().zip(expected).fold(0.0, |largest, (found, expected)| (found - expected).abs().max(largest))
}

#[test]
fn an_example_of_weight_three_counts_as_three_examples() {
    let (x, y) = data();
    let weights: Vec<f64> = (0..EXAMPLES).map(|example| (example % 4) as f64).collect();
    let repeated: Vec<usize> = (0..EXAMPLES).flat_map(|example| vec![example; example % 4]).collect();
    let repeat = |matrix: &Array2<f64>| column_major(&matrix.select(Axis(1), &repeated).view());
    let settings = Settings { epochs: Some(20), ..Settings::default() };
    let (cost, parameters) = train(&settings, &(x.clone(), y.clone()), Some(&weights));
    let (expected_cost, expected) = train(&settings, &(repeat(&x), repeat(&y)), None);
    assert!((cost - expected_cost).abs() < 1e-14, "{cost}, not {expected_cost}");
    assert!(apart(&parameters, &expected) < 1e-14, "{parameters:?}, not {expected:?}");
}

#[test]
fn class_weights_are_sample_weights_of_each_classs_examples() {
    let data = data();
    let rare = |example: usize| data.1[[1, example]] == 1.0;
    let samples: Vec<f64> = (0..EXAMPLES).map(|example| 1.0 + (example % 3) as f64).collect();
    let both: Vec<f64> = (0..EXAMPLES).map(|e| samples[e] * if rare(e) { 5.0 } else { 0.5 }).collect();
    let settings = Settings { epochs: Some(20), batch: Some(4), ..Settings::default() };
    let weighted = Settings { class_weights: Some(ClassWeights::Given(vec![0.5, 5.0])), ..settings.clone() };
    assert_eq!(train(&weighted, &data, Some(&samples)), train(&settings, &data, Some(&both)));
    let count = (0..EXAMPLES).filter(|&example| rare(example)).count() as f64;
    let balance: Vec<f64> =
        (0..EXAMPLES).map(|e| 1.0 / if rare(e) { count } else { EXAMPLES as f64 - count }).collect();
    let balanced = Settings { class_weights: Some(ClassWeights::Balanced), ..settings.clone() };
    assert_eq!(train(&balanced, &data, None), train(&settings, &data, Some(&balance)));
}

#[test]
fn the_cost_of_an_epoch_is_the_weighted_mean_whatever_the_batches() {
    let data = data();
    let weights: Vec<f64> = (0..EXAMPLES).map(|example| (example * example % 5) as f64).collect();
    // Steps so short that every batch sees the starting parameters.
    let settings = Settings { learning_rate: Some(1e-18), epochs: Some(1), ..Settings::default() };
    let epoch_cost = |batch, shuffle| {
        let settings = Settings { batch: Some(batch), shuffle: Some(shuffle), ..settings.clone() };
        let plan = settings.plan(&network(), EXAMPLES).unwrap();
        let mut trainer = Trainer::<f64>::new(&network(), plan, Compute::serial(&Naive)).unwrap();
        trainer.train(Examples::new(data.0.view(), data.1.view()).weighted(&weights), None, &mut []).unwrap();
        trainer.state().epoch_cost / trainer.state().epoch_examples as f64
    };
    let whole = epoch_cost(EXAMPLES, false);
    for (batch, shuffle) in [(1, false), (1, true), (4, false), (4, true), (10, true)] {
        let found = epoch_cost(batch, shuffle);
        assert!((found - whole).abs() < 1e-15, "batches of {batch}: {found}, not {whole}");
    }
}

/// Notes the validation cost.
struct Look(f64);

impl Observer for Look {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Validation { cost, .. } = event {
            self.0 = *cost;
        }
        Ok(Flow::Continue)
    }
}

#[test]
fn validation_examples_are_weighed_by_their_own_weights_and_their_class() {
    let data = data();
    let weights: Vec<f64> = (0..EXAMPLES).map(|example| (1 + example % 3) as f64).collect();
    // Steps so short that the cost stays what it is.
    let settings = Settings {
        learning_rate: Some(1e-18),
        epochs: Some(1),
        class_weights: Some(ClassWeights::Balanced),
        ..Settings::default()
    };
    let examples = Examples::new(data.0.view(), data.1.view());
    let cost = |training: Examples<'_, f64>, validation, batch| {
        let plan = Settings { batch, ..settings.clone() }.plan(&network(), EXAMPLES).unwrap();
        let mut trainer = Trainer::<f64>::new(&network(), plan, Compute::serial(&Naive)).unwrap();
        let mut look = Look(f64::NAN);
        let summary = trainer.train(training, Some(validation), &mut [&mut look]).unwrap();
        (summary.cost, look.0)
    };
    let (expected, _) = cost(examples.weighted(&weights), examples, None);
    for batch in [None, Some(2)] {
        let (_, found) = cost(examples, examples.weighted(&weights), batch);
        assert!((found - expected).abs() < 1e-15, "batches of {batch:?}: {found}, not {expected}");
    }
}

#[test]
fn equal_weights_change_no_bit_and_weightless_batches_no_parameter() {
    let data = data();
    let settings = Settings { epochs: Some(20), batch: Some(4), ..Settings::default() };
    assert_eq!(train(&settings, &data, Some(&[0.5; EXAMPLES])), train(&settings, &data, None));
    // The first batch has all the weight.
    let mut weights = [0.0; EXAMPLES];
    weights[..4].fill(1.0);
    let one = Settings { shuffle: Some(false), epochs: Some(1), batch: Some(4), ..Settings::default() };
    let (cost, parameters) = train(&one, &data, Some(&weights));
    assert_eq!(cost, 0.0);
    let first = |matrix: &Array2<f64>| column_major(&matrix.select(Axis(1), &[0, 1, 2, 3]).view());
    let longer = Settings { learning_rate: Some(0.1 * EXAMPLES as f64 / 4.0), ..one };
    let (_, expected) = train(&longer, &(first(&data.0), first(&data.1)), None);
    assert!(apart(&parameters, &expected) < 1e-15, "{parameters:?}, not {expected:?}");
}

#[test]
fn a_weightless_example_that_is_not_finite_is_still_noticed() {
    let (mut x, y) = data();
    x[[0, 0]] = f64::NAN;
    let mut weights = [1.0; EXAMPLES];
    weights[0] = 0.0;
    let plan = Settings::default().plan(&network(), EXAMPLES).unwrap();
    let mut trainer = Trainer::<f64>::new(&network(), plan, Compute::serial(&Naive)).unwrap();
    let error =
        trainer.train(Examples::new(x.view(), y.view()).weighted(&weights), None, &mut []).unwrap_err();
    assert!(matches!(error, Error::NotFinite { .. }), "{error}");
}

#[test]
fn class_weights_that_do_not_fit_are_refused_with_all_other_faults() {
    let settings = |weights: &[f64]| Settings {
        class_weights: Some(ClassWeights::Given(weights.to_vec())),
        batch: Some(0),
        ..Settings::default()
    };
    let Err(Error::Settings(faults)) = settings(&[1.0, -1.0, 2.0]).plan(&network(), 9) else {
        panic!("must be refused")
    };
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert_eq!(
        faults[1],
        "class_weights has 3 numbers, but there are 2 classes: give one for each, or \"balanced\""
    );
    let one_row = Network::builder(2).dense(1, Sigmoid).build().unwrap();
    let classes =
        Settings { class_weights: Some(ClassWeights::Given(vec![1.0, 2.0])), ..Settings::default() };
    assert!(classes.plan(&one_row, 9).is_ok());
    let numbers = Network::builder(2).dense(1, Tanh).build().unwrap();
    assert_eq!(
        classes.plan(&numbers, 9).unwrap_err().to_string(),
        "one setting cannot be followed:\n- class_weights are set, but cost mean_squared_error has no classes for 1 row: leave them out, or give sample weights with the examples"
    );
    let plan = Settings::default().plan(&one_row, 2).unwrap();
    let mut trainer = Trainer::<f64>::new(&one_row, plan, Compute::serial(&Naive)).unwrap();
    let (x, y) = (column_major(&array![[1.0, 2.0], [3.0, 4.0]].view()), array![[0.0, 1.0]]);
    let all = Examples::new(x.view(), y.view());
    assert_eq!(
        trainer.train(all.weighted(&[1.0]), None, &mut []).unwrap_err().to_string(),
        "the weights beside y are 1 for 2 examples, but must be one for each example: give as many as x has columns"
    );
    assert_eq!(
        trainer.train(all, Some(all.weighted(&[1.0, -1.0])), &mut []).unwrap_err().to_string(),
        "the weights beside y of the validation examples are -1 for example 2, but must be finite numbers of 0 or more: give 0 to an example that shall not count"
    );
}
