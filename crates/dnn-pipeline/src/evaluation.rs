//! What a trained network does on examples whose answers are known: a few numbers, and what a report shows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dnn_core::{Compute, Network};
use dnn_data::{
    Column, DataSettings, InputKind, LabelledSet, Labels, Preprocessor, Table, Target, folder::Colour,
};
use dnn_figures::Picture;
use dnn_observe::{Evaluation, Example, Gallery, ScoreCurve, ValueHistogram};
use dnn_train::{Metric, Targets, metrics};
use ndarray::{Array2, ArrayView2, Axis, Slice};
use serde::Serialize;

use crate::model::Model;
use crate::{Error, Result};

/// Measures by name.
pub type Metrics = BTreeMap<String, f64>;

/// Examples that are shown, and first-layer pictures.
const SHOWN: usize = 16;
/// Classes that get curves of their own.
const CURVES: usize = 30;
/// Examples whose activations are counted, and pairs of truth and prediction that are kept.
const SAMPLE: usize = 1000;

/// What is measured of every training, besides what it asks for.
const MEASURED: [&str; 6] = ["accuracy", "log_loss", "roc_auc", "mae", "rmse", "r2"];

/// Built-in metrics of what is predicted that are always measured, the usual one first.
pub(crate) fn usual_metrics(target: &Target) -> impl Iterator<Item = &'static dyn Metric> {
    let targets = targets(target);
    let measured = metrics::builtin().filter(|metric| MEASURED.contains(&metric.name()));
    measured.filter(move |metric| metric.suits(targets))
}

/// What metrics are told of a target.
pub(crate) fn targets(target: &Target) -> Targets {
    match (target.classes(), target.outputs()) {
        (None, _) => Targets::Finite,
        (Some(_), 1) => Targets::Probabilities,
        (Some(_), _) => Targets::Distributions,
    }
}

/// `accuracy`, `log_loss` and `roc_auc`; or `mae`, `rmse` and `r2` of numbers, in the units of the data; and `asked`. What has
/// no meaning for these examples is left out.
///
/// # Errors
/// [`Error::Other`] if there are no examples.
pub(crate) fn measure(
    target: &Target,
    part: &LabelledSet,
    a: ArrayView2<'_, f32>,
    asked: &[Arc<dyn Metric>],
) -> Result<Metrics> {
    if part.count() == 0 {
        // Says in words that there is nothing to measure.
        metrics::accuracy(&[], &[], None)?;
    }
    let (a, y) = match &part.labels {
        Labels::Classes(_) => (a.mapv(f64::from), part.y.mapv(f64::from)),
        Labels::Numbers(numbers) => {
            let row = |values: Vec<f64>| Array2::from_shape_vec((1, values.len()), values).expect("one row");
            (row(target.numbers(a)), row(numbers.clone()))
        }
    };
    // Each class has a curve of its own.
    let usual = usual_metrics(target).filter(|metric| a.nrows() <= CURVES || metric.name() != "roc_auc");
    let all = usual.map(|metric| metric as &dyn Metric).chain(asked.iter().map(|metric| &**metric));
    let value = |metric: &dyn Metric| {
        let value = metric.value(a.view(), y.view(), None).ok()?;
        Some((metric.name().to_owned(), value))
    };
    Ok(all.filter_map(value).collect())
}

/// How good a model is on some examples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// How many they are.
    pub examples: usize,
    /// Its measures, by name.
    pub metrics: Metrics,
}

impl Model {
    /// Measures the model on data of the kind that it was trained on, with its labels.
    ///
    /// # Errors
    /// [`Error::Data`] for data that cannot be read, or does not fit.
    pub fn evaluate(&self, path: impl AsRef<Path>) -> Result<Measured> {
        self.evaluate_with(path, &mut DataSettings::default(), Compute::serial(&*self.backend))
    }

    /// The same of data that is read as `settings` say.
    ///
    /// # Errors
    /// As [`Model::evaluate`].
    pub fn evaluate_with(
        &self,
        path: impl AsRef<Path>,
        settings: &mut DataSettings,
        compute: Compute<'_>,
    ) -> Result<Measured> {
        let preprocessor = self.preprocessor()?;
        let set = preprocessor.read_labelled(path, settings)?;
        let a = self.outputs(compute, set.x.view())?;
        let metrics = measure(preprocessor.target(), &set, a.view(), &[])?;
        Ok(Measured { examples: set.count(), metrics })
    }
}

/// The outputs in `row`, and whether each example is of `class`.
fn scores(a: ArrayView2<'_, f32>, labels: &[usize], row: usize, class: usize) -> (Vec<f64>, Vec<bool>) {
    let scores = a.row(row).iter().map(|&score| score.into()).collect();
    (scores, labels.iter().map(|&label| label == class).collect())
}

/// What a report shows of `part`, called `split`, for which the network gave `a`.
///
/// # Errors
/// [`Error::Other`] if there are no examples; [`Error::Model`] for a picture that cannot be drawn.
pub(crate) fn evaluate(
    model: &Model,
    (split, part): (&str, &LabelledSet),
    a: ArrayView2<'_, f32>,
    compute: Compute<'_>,
) -> Result<Evaluation> {
    let target = model.preprocessor()?.target();
    let mut evaluation = match &part.labels {
        Labels::Classes(labels) => {
            let names = target.classes().unwrap_or_default();
            let mut evaluation = Evaluation::of_classes(split, names, &target.labels(a), labels)?;
            evaluation.curves = curves(names, a, labels);
            evaluation
        }
        Labels::Numbers(numbers) => {
            let found = target.numbers(a);
            let stride = numbers.len().div_ceil(SAMPLE).max(1);
            let pairs = numbers.iter().zip(&found).step_by(stride);
            let predictions = pairs.map(|(&truth, &found)| [truth, found]).collect();
            Evaluation { split: split.into(), predictions, ..Evaluation::default() }
        }
    };
    evaluation.worst = worst(model, part, a)?;
    evaluation.galleries = first_layer(model)?;
    evaluation.weights = weights(&model.network, &model.parameters);
    evaluation.activations = activations(model, part, compute)?;
    Ok(evaluation)
}

fn curves(names: &[String], a: ArrayView2<'_, f32>, labels: &[usize]) -> Vec<ScoreCurve> {
    let curve = |row: usize, class: usize| {
        let (scores, truth) = scores(a, labels, row, class);
        // There is none for a class that no example is of.
        ScoreCurve::new(&names[class], &scores, &truth).ok()
    };
    match a.nrows() {
        1 => curve(0, 1).into_iter().collect(),
        classes => (0..classes.min(CURVES)).filter_map(|class| curve(class, class)).collect(),
    }
}

/// How wrong each example is: the surprise at its class, or the distance from its number.
fn costs(part: &LabelledSet, target: &Target, a: ArrayView2<'_, f32>) -> Vec<f64> {
    match &part.labels {
        Labels::Numbers(numbers) => {
            target.numbers(a).iter().zip(numbers).map(|(found, truth)| (found - truth).abs()).collect()
        }
        Labels::Classes(labels) => {
            let right = |(example, &label): (usize, &usize)| match a.nrows() {
                1 if label == 0 => 1.0 - f64::from(a[[0, example]]),
                1 => a[[0, example]].into(),
                _ => a[[label, example]].into(),
            };
            labels.iter().enumerate().map(|labelled| -right(labelled).max(1e-12).ln()).collect()
        }
    }
}

fn worst(model: &Model, part: &LabelledSet, a: ArrayView2<'_, f32>) -> Result<Vec<Example>> {
    let target = model.preprocessor()?.target();
    let costs = costs(part, target, a);
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|&a, &b| costs[b].total_cmp(&costs[a]));
    let (labels, numbers) = (target.labels(a), target.numbers(a));
    let example = |i: usize| {
        let name = |label: usize| target.classes().unwrap_or_default()[label].clone();
        let (truth, found) = match &part.labels {
            Labels::Classes(truth) => (name(truth[i]), name(labels[i])),
            Labels::Numbers(truth) => (truth[i].to_string(), format!("{:.6}", numbers[i])),
        };
        let features = part.table.as_ref().map(|table| features(table, i)).unwrap_or_default();
        let (name, cost) = (part.names[i].clone(), costs[i]);
        let example = Example { name, truth, found, cost, features, ..Example::default() };
        match picture(model.preprocessor()?, &part.x.column(i).to_vec(), false)? {
            Some(picture) => Ok(example.picture(&picture)?),
            None => Ok(example),
        }
    };
    order.into_iter().take(SHOWN).map(example).collect()
}

/// A row of a table, by the names of its columns.
fn features(table: &Table, row: usize) -> Vec<(String, String)> {
    let value = |column: &Column| match column {
        _ if column.is_missing(row) => "(missing)".into(),
        Column::Numbers(values) => values[row].to_string(),
        Column::Categories { names, codes } => names[codes[row] as usize].clone(),
    };
    table.names().iter().zip(table.columns()).map(|(name, column)| (name.clone(), value(column))).collect()
}

/// `values` of an example's shape as a picture, if examples are pictures or recordings.
fn picture(preprocessor: &Preprocessor, values: &[f32], signed: bool) -> Result<Option<Picture>> {
    let Preprocessor::Array(known) = preprocessor else { return Ok(None) };
    // The bands of a recording run upwards, its frames to the right.
    let turned = |frames: usize, bands: usize| -> Vec<f32> {
        (0..bands).rev().flat_map(|band| (0..frames).map(move |frame| values[frame * bands + band])).collect()
    };
    let (values, width, height) = match (known.kind(), known.shape()) {
        (InputKind::Sounds(_), &[frames, bands]) => (turned(frames, bands), frames, bands),
        (_, &[height, width]) => (values.to_vec(), width, height),
        (InputKind::Pictures(Colour::Rgb), &[height, width, 3]) => {
            let luma = values.as_chunks::<3>().0.iter().map(|pixel| pixel.iter().sum::<f32>() / 3.0);
            (luma.collect(), width, height)
        }
        _ => return Ok(None),
    };
    let picture = if signed { Picture::signed } else { Picture::stretched };
    Ok(Some(picture(&values, width, height)?))
}

/// The weights of the first units, as pictures of what they look for.
fn first_layer(model: &Model) -> Result<Vec<Gallery>> {
    let Some(place) = model.network.layers().iter().position(|layer| layer.specification().kind == "dense")
    else {
        return Ok(Vec::new());
    };
    let units = model.network.layers()[place].outputs();
    let weights = &model.parameters[model.network.layer_range(place + 1)];
    let mut gallery =
        Gallery::new("What the first layer looks for", "weights of a unit: blue below zero, red above");
    for unit in 0..units.min(SHOWN) {
        let row: Vec<f32> =
            (0..model.network.inputs()).map(|feature| weights[feature * units + unit]).collect();
        let Some(picture) = picture(model.preprocessor()?, &row, true)? else { return Ok(Vec::new()) };
        let largest = row.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        gallery = gallery.tile(&picture, format!("unit {}, ±{largest:.2}", unit + 1))?;
    }
    Ok(vec![gallery])
}

fn weights(network: &Network, parameters: &[f32]) -> Vec<ValueHistogram> {
    let parts = network.parts().into_iter();
    parts
        .map(|part| {
            let name = format!("layer {}, {}", part.layer, part.part.name);
            ValueHistogram::new(name, parameters[part.part.range].iter().copied())
        })
        .collect()
}

fn activations(model: &Model, part: &LabelledSet, compute: Compute<'_>) -> Result<Vec<ValueHistogram>> {
    let x = part.x.slice_axis(Axis(1), Slice::from(..part.count().min(SAMPLE)));
    let layers = model.network.layers();
    (1..=layers.len())
        .map(|layer| {
            let below = Network::new(layers[..layer].to_vec()).map_err(Error::from)?;
            let a = below.predict(compute, &model.parameters[..below.parameter_count()], x)?;
            Ok(ValueHistogram::new(format!("layer {layer}"), a.iter().copied()))
        })
        .collect()
}
