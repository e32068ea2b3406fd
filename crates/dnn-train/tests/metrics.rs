//! Metrics agree with scikit-learn's, with weights and without; `fixtures/metrics.py` made the numbers.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_train::metrics::{
    ClassScores, accuracy, average_of_classes, average_precision, classes, expected_calibration_error,
    log_loss, mae, per_class, precision_recall, r2, reliability, rmse, roc, roc_auc, top_k_accuracy,
};
use ndarray::{Array1, Array2, Axis};
use serde::Deserialize;

/// Sums of 60 numbers around 1 in another order: 60 · ε, and as much again for what they are divided by.
const TOLERANCE: f64 = 1e-13;

#[derive(Deserialize)]
struct Reference {
    truth: Vec<bool>,
    probability: Vec<f64>,
    weights: Vec<f64>,
    labels: Vec<usize>,
    /// Example by example.
    a: Vec<Vec<f64>>,
    y: Vec<f64>,
    guess: Vec<f64>,
    plain: Values,
    weighed: Values,
}

#[derive(Deserialize)]
struct Values {
    accuracy: f64,
    top_2: f64,
    /// Precision, recall, F1 and support of each class.
    per_class: Vec<[f64; 4]>,
    r#macro: [f64; 3],
    weighted: [f64; 3],
    false_alarms: Vec<f64>,
    detections: Vec<f64>,
    roc_auc: f64,
    /// From the lowest threshold up.
    precision: Vec<f64>,
    recall: Vec<f64>,
    average_precision: f64,
    r_squared: f64,
    mean_absolute_error: f64,
    root_mean_squared_error: f64,
    log_loss: f64,
    binary_log_loss: f64,
    /// Weight, mean probability and share of positives of each bin.
    reliability: Vec<[f64; 3]>,
    calibration_error: f64,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("fixtures/metrics.json")).unwrap()
}

/// With what scikit-learn gives without weights, and with them.
fn both(check: impl Fn(&Reference, &Values, Option<&[f64]>)) {
    let reference = reference();
    check(&reference, &reference.plain, None);
    check(&reference, &reference.weighed, Some(&reference.weights));
}

fn close(name: &str, found: impl IntoIterator<Item = f64>, expected: impl IntoIterator<Item = f64>) {
    let (found, expected): (Vec<f64>, Vec<f64>) =
        (found.into_iter().collect(), expected.into_iter().collect());
    let near = found.iter().zip(&expected).all(|(f, e)| (f - e).abs() <= TOLERANCE * e.abs().max(1.0));
    assert!(near && found.len() == expected.len(), "{name}: {found:?}, not {expected:?}");
}

fn row(values: &[f64]) -> Array2<f64> {
    Array1::from(values.to_vec()).insert_axis(Axis(0))
}

#[test]
fn class_metrics_are_scikit_learns() {
    both(|reference, expected, weights| {
        let (labels, a) = (&reference.labels, &reference.a);
        let a = Array2::from_shape_fn((a[0].len(), a.len()), |(class, example)| a[example][class]);
        let found = classes(a.view());
        close("accuracy", [accuracy(&found, labels, weights).unwrap()], [expected.accuracy]);
        close("top 2", [top_k_accuracy(a.view(), labels, 2, weights).unwrap()], [expected.top_2]);
        let scores = per_class(&found, labels, a.nrows(), weights).unwrap();
        let three = |scores: ClassScores| [scores.precision, scores.recall, scores.f1];
        let four = scores.iter().flat_map(|&scores| three(scores).into_iter().chain([scores.support]));
        close("per class", four, expected.per_class.concat());
        close("macro", three(average_of_classes(&scores, false)), expected.r#macro);
        close("weighted", three(average_of_classes(&scores, true)), expected.weighted);
        let y =
            Array2::from_shape_fn(a.dim(), |(class, example)| f64::from(u8::from(class == labels[example])));
        close("log loss", [log_loss(a.view(), y.view(), weights).unwrap()], [expected.log_loss]);
    });
}

#[test]
fn curves_over_thresholds_are_scikit_learns() {
    both(|reference, expected, weights| {
        let (p, truth) = (&reference.probability, &reference.truth);
        let curve = roc(p, truth, weights).unwrap();
        close("false alarms", curve.iter().map(|point| point.false_alarms), expected.false_alarms.clone());
        close("detections", curve.iter().map(|point| point.detections), expected.detections.clone());
        close("area", [roc_auc(p, truth, weights).unwrap()], [expected.roc_auc]);
        let curve = precision_recall(p, truth, weights).unwrap();
        close("precision", curve.iter().rev().map(|point| point.precision), expected.precision.clone());
        close("recall", curve.iter().rev().map(|point| point.recall), expected.recall.clone());
        let average = average_precision(p, truth, weights).unwrap();
        close("average precision", [average], [expected.average_precision]);
    });
}

#[test]
fn errors_of_numbers_are_scikit_learns() {
    both(|reference, expected, weights| {
        let (a, y) = (row(&reference.guess), row(&reference.y));
        close("R²", [r2(a.view(), y.view(), weights).unwrap()], [expected.r_squared]);
        let absolute = mae(a.view(), y.view(), weights).unwrap();
        let squared = rmse(a.view(), y.view(), weights).unwrap();
        close(
            "errors",
            [absolute, squared],
            [expected.mean_absolute_error, expected.root_mean_squared_error],
        );
    });
}

#[test]
fn calibration_and_log_loss_of_probabilities_are_scikit_learns() {
    both(|reference, expected, weights| {
        let (p, truth) = (&reference.probability, &reference.truth);
        let bins = reliability(p, truth, 5, weights).unwrap();
        let three = bins.iter().flat_map(|bin| [bin.weight, bin.predicted, bin.observed]);
        close("reliability", three, expected.reliability.concat());
        let error = expected_calibration_error(p, truth, 5, weights).unwrap();
        close("calibration error", [error], [expected.calibration_error]);
        let y: Vec<f64> = truth.iter().map(|&yes| f64::from(u8::from(yes))).collect();
        let loss = log_loss(row(p).view(), row(&y).view(), weights).unwrap();
        close("log loss", [loss], [expected.binary_log_loss]);
    });
}
