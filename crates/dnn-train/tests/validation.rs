//! Validation examples: what a run tells of them, that a look at them changes nothing, and early stopping by them.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_core::{Compute, Naive, Network, Relu, Softmax, column_major};
use dnn_train::{
    EarlyStopping, Ended, Error, Event, Examples, Flow, Observer, ObserverError, Settings, Summary, Trainer,
    metrics,
};
use ndarray::Array2;

/// Classes of the targets, one row each.
const CLASSES: usize = 3;

/// `m` examples of two features, and their one-hot targets.
fn examples(m: usize, seed: usize) -> [Array2<f64>; 2] {
    let x =
        Array2::from_shape_fn((2, m), |(row, i)| (((7 * row + 5 * i + 3 * seed) % 13) as f64) / 6.0 - 1.0);
    let class = |i: usize| (2.0 + x[[0, i]] + x[[1, i]]) as usize % CLASSES;
    let y = Array2::from_shape_fn((CLASSES, m), |(row, i)| f64::from(u8::from(row == class(i))));
    [column_major(&x.view()), column_major(&y.view())]
}

fn network() -> Network {
    Network::builder(2).dense(6, Relu).dropout(0.2).dense(CLASSES, Softmax).build().unwrap()
}

fn trainer(network: &Network, settings: Settings) -> Trainer<'static, f64> {
    Trainer::new(network, settings.plan(network, 25).unwrap(), Compute::serial(&Naive)).unwrap()
}

fn settings() -> Settings {
    Settings { batch: Some(10), epochs: Some(4), ..Settings::default() }
}

/// One look at the validation examples: epoch, step, cost, and the parameters then.
type Look = (f64, u64, f64, Vec<f64>);

#[derive(Default)]
struct Looks(Vec<Look>);

impl Observer for Looks {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Validation { epoch, step, cost, run, .. } = *event {
            self.0.push((epoch, step, cost, run.parameters.get().unwrap_or_default().to_vec()));
        }
        Ok(Flow::Continue)
    }
}

#[test]
fn the_validation_cost_is_that_of_the_predictions_at_the_end_of_each_epoch() {
    let (network, [x, y], [held_x, held_y]) = (network(), examples(25, 0), examples(23, 1));
    let mut looks = Looks::default();
    let held_out = Examples::new(held_x.view(), held_y.view());
    let training = Examples::new(x.view(), y.view());
    trainer(&network, settings()).train(training, Some(held_out), &mut [&mut looks]).unwrap();
    let when: Vec<(f64, u64)> = looks.0.iter().map(|look| (look.0, look.1)).collect();
    assert_eq!(when, [(1.0, 3), (2.0, 6), (3.0, 9), (4.0, 12)]);
    for (epoch, _, cost, parameters) in looks.0 {
        let a = network.predict(Compute::serial(&Naive), &parameters, held_x.view()).unwrap();
        let expected = -(&held_y * &a.ln()).sum() / 23.0;
        assert!((cost - expected).abs() < 1e-13, "epoch {epoch}: {cost}, not {expected}");
    }
}

#[test]
fn a_look_at_validation_examples_changes_no_bit_of_the_run() {
    let (network, [x, y], [held_x, held_y]) = (network(), examples(25, 0), examples(23, 1));
    let end = |held_out| {
        let mut trainer = trainer(&network, settings());
        trainer.train(Examples::new(x.view(), y.view()), held_out, &mut []).unwrap();
        trainer.parameters().to_vec()
    };
    assert_eq!(end(None), end(Some(Examples::new(held_x.view(), held_y.view()))));
}

#[test]
fn a_missing_value_among_the_validation_examples_is_named() {
    let (network, [x, y], [mut held_x, held_y]) = (network(), examples(25, 0), examples(23, 1));
    held_x[[1, 22]] = f64::NAN;
    let held_out = Examples::new(held_x.view(), held_y.view());
    let mut trainer = trainer(&network, settings());
    let error = trainer.train(Examples::new(x.view(), y.view()), Some(held_out), &mut []).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the validation cost after step 3 is NaN, but must be finite; the first numbers that are not are in \
         the examples x of the validation examples: look for missing values in the data"
    );
    assert_eq!(trainer.state().step, 3);
}

#[test]
fn validation_examples_that_do_not_fit_are_refused_before_the_first_step() {
    let (network, [x, y], [held_x, held_y]) = (network(), examples(25, 0), examples(23, 1));
    let mut trainer = trainer(&network, settings());
    let wrong = Examples::new(held_x.view(), held_y.slice(ndarray::s![..2, ..]));
    let error = trainer.train(Examples::new(x.view(), y.view()), Some(wrong), &mut []).unwrap_err();
    assert!(matches!(error, Error::Examples { .. }), "{error}");
    assert!(error.to_string().starts_with("y of the validation examples is 2 × 23, but"), "{error}");
    assert_eq!(trainer.state().step, 0);
}

/// A run on 20 examples, validated on 23 others: what it looked at, and how it ended.
fn watched(settings: Settings) -> (Vec<Look>, Vec<f64>, Summary) {
    let (network, [x, y], [held_x, held_y]) = (network(), examples(20, 0), examples(23, 1));
    let plan = settings.plan(&network, 20).unwrap();
    let (mut looks, mut trainer) =
        (Looks::default(), Trainer::new(&network, plan, Compute::serial(&Naive)).unwrap());
    let held_out = Examples::new(held_x.view(), held_y.view());
    let summary =
        trainer.train(Examples::new(x.view(), y.view()), Some(held_out), &mut [&mut looks]).unwrap();
    (looks.0, trainer.parameters().to_vec(), summary)
}

#[test]
fn validation_examples_are_evaluated_as_often_as_asked_and_at_the_end() {
    let settings = Settings { validate_every: Some(3), ..settings() };
    let (looks, _, summary) = watched(settings.clone());
    let when: Vec<(f64, u64)> = looks.iter().map(|look| (look.0, look.1)).collect();
    assert_eq!(when, [(1.5, 3), (3.0, 6), (4.0, 8)]);
    assert_eq!((summary.step, summary.ended), (8, Ended::Complete));
    assert_eq!(watched(settings).0, looks);
}

#[test]
fn a_run_that_stops_early_ends_with_the_parameters_of_its_best_look() {
    let early_stopping = Some(EarlyStopping { patience: 5, ..EarlyStopping::default() });
    let settings = Settings { learning_rate: Some(2.0), epochs: Some(500), early_stopping, ..settings() };
    let (looks, parameters, summary) = watched(settings.clone());
    assert_eq!(summary.ended, Ended::Early);
    let best = looks.iter().min_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
    let since = looks.iter().filter(|look| look.1 > best.1).count();
    assert_eq!((since, &parameters), (5, &best.3));
    assert!(looks.len() > 6, "it gained nothing from the start");

    // Until it stops, the run is one that knows nothing of stopping; if all its steps are taken, it restores too.
    let (free, _, _) = watched(Settings { early_stopping: None, ..settings.clone() });
    assert_eq!(free[..looks.len()], looks);
    let short = Settings { epochs: None, steps: Some(best.1 + 2), ..settings };
    let (_, parameters, summary) = watched(short);
    assert_eq!((summary.ended, &parameters), (Ended::Complete, &best.3));
}

#[test]
fn what_looks_at_validation_examples_is_refused_without_any() {
    let (network, [x, y]) = (network(), examples(25, 0));
    let early = Settings { early_stopping: Some(EarlyStopping::default()), ..settings() };
    let error = trainer(&network, early).run(x.view(), y.view(), &mut []).unwrap_err();
    assert_eq!(
        error.to_string(),
        "one setting cannot be followed:\n- early_stopping looks at the validation cost, but there are no validation \
         examples: pass some, or hold out a share of the examples"
    );
}

/// The accuracy at each look.
#[derive(Default)]
struct Accuracies(Vec<f64>);

impl Observer for Accuracies {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Validation { metrics: [(name, value), ..], .. } = event {
            assert_eq!(name, "accuracy");
            self.0.push(*value);
        }
        Ok(Flow::Continue)
    }
}

#[test]
fn metrics_are_those_of_the_predictions_and_early_stopping_may_watch_one() {
    let (network, [x, y], [held_x, held_y]) = (network(), examples(25, 0), examples(23, 1));
    let settings = Settings {
        metrics: Some(vec!["accuracy".into(), "log_loss".into()]),
        early_stopping: Some(EarlyStopping {
            patience: 4,
            watch: Some("accuracy".into()),
            ..EarlyStopping::default()
        }),
        epochs: Some(200),
        ..settings()
    };
    let (mut looks, mut accuracies, mut trainer) =
        (Looks::default(), Accuracies::default(), trainer(&network, settings.clone()));
    let held_out = Examples::new(held_x.view(), held_y.view());
    let training = Examples::new(x.view(), y.view());
    let summary = trainer.train(training, Some(held_out), &mut [&mut looks, &mut accuracies]).unwrap();
    assert_eq!((summary.ended, looks.0.len()), (Ended::Early, accuracies.0.len()));
    for (look, accuracy) in looks.0.iter().zip(&accuracies.0) {
        let a = network.predict(Compute::serial(&Naive), &look.3, held_x.view()).unwrap();
        let (found, truth) = (metrics::classes(a.view()), metrics::classes(held_y.view()));
        assert_eq!(*accuracy, metrics::accuracy(&found, &truth, None).unwrap());
    }
    // The first of the best, four looks before the last.
    let largest = accuracies.0.iter().copied().fold(0.0, f64::max);
    let best = accuracies.0.iter().position(|accuracy| *accuracy == largest).unwrap();
    assert_eq!((best + 5, trainer.parameters()), (accuracies.0.len(), &looks.0[best].3[..]));
    // The metrics of probabilities: log loss is the cost without rounding's bounds.
    let cost = trainer.evaluate(held_out).unwrap();
    assert!((trainer.metrics()[1].1 - cost).abs() < 1e-12, "{:?} beside {cost}", trainer.metrics());

    let unknown = Settings { metrics: None, ..settings }.plan(&network, 25).unwrap_err().to_string();
    assert!(
        unknown.contains("early_stopping watches accuracy, but metrics has nothing: add accuracy"),
        "{unknown}"
    );
}
