//! What a person looks at: how well the nets hear, the filters of the first layer, what units respond to, and the costs.

use std::path::Path;

use dnn::figures::{BarChart, ConfusionMatrix, LineChart, Picture, PictureGrid};
use dnn::prelude::*;

use crate::features::{Features, Trained};
use crate::filters::{Filter, median_width};
use crate::support::{Failure, largest};
use crate::waveform::{FRAME, Heard};
use crate::{Outcome, Results};

/// Filters shown one by one, and in a row of the figure.
const FILTERS: usize = 16;
const ROW: usize = 4;
/// Units of each layer shown, and recordings that each is shown by.
const UNITS: usize = 10;
const STRONGEST: usize = 20;
/// Pixels of a small plot.
const PLOT: (usize, usize) = (256, 128);

pub(crate) fn write(
    out: &Path,
    results: &Results,
    features: &Features,
    compute: Compute<'_>,
) -> Result<(), Failure> {
    accuracies(results).write(out.join("accuracy.svg"))?;
    costs(results).write(out.join("costs.svg"))?;
    waveform_costs(&results.heard).write(out.join("costs-waveform.svg"))?;
    confusion("Takes it never heard", "log-mel features, the first seed", &results.by_take[0], results)?
        .write(out.join("confusion.svg"))?;
    let all = results.by_speaker.iter().fold(Outcome::default(), |all, (_, outcome)| all.and(outcome));
    confusion("Speakers it never heard", "log-mel features, each speaker left out in turn", &all, results)?
        .write(out.join("confusion-speakers.svg"))?;
    filters(results)?.write(out.join("filters.svg"))?;
    filter_map(results)?.write(out.join("filter-map.svg"))?;
    centres(results).write(out.join("filter-centres.svg"))?;
    units(results, features, compute)?.write(out.join("units.svg"))?;
    Ok(())
}

fn accuracies(results: &Results) -> BarChart {
    let percent = |outcomes: Vec<&Outcome>| -> Vec<f64> {
        outcomes.into_iter().map(|outcome| 100.0 * outcome.accuracy()).collect()
    };
    BarChart::new("Words that are heard right")
        .subtitle("bar: the mean; whisker: one standard deviation to each side; a dot for each seed, or for each speaker left out")
        .axis("% of the test recordings")
        .bar("log-mel features, unheard takes", percent(results.by_take.iter().collect()))
        .bar("log-mel features, unheard speakers", percent(results.by_speaker.iter().map(|(_, o)| o).collect()))
        .bar("waveform, unheard takes", percent(vec![&results.by_waveform]))
}

fn costs(results: &Results) -> LineChart {
    let curves = |of: fn(&Trained) -> &[(f64, f64)]| {
        results.trained.iter().map(|trained| of(trained).to_vec()).collect::<Vec<_>>()
    };
    LineChart::new("Cost against epoch, log-mel features")
        .subtitle("thin: one seed, bold: the mean; training costs are those of varied recordings with units dropped, so they can lie above")
        .axes("epoch", "cross-entropy")
        .logarithmic()
        .runs("training", curves(|trained| trained.history.epochs()))
        .runs("held out", curves(|trained| trained.history.validation()))
}

fn waveform_costs(heard: &Heard) -> LineChart {
    LineChart::new("Cost against step, waveform")
        .subtitle(
            "the cost of single frames of 64 ms; a recording is answered for by all of its frames together",
        )
        .axes("step", "cross-entropy")
        .line("training, new frames all the time", heard.training.clone())
        .line("held out", heard.held_out.clone())
}

fn confusion(
    title: &str,
    subtitle: &str,
    outcome: &Outcome,
    results: &Results,
) -> Result<ConfusionMatrix, Failure> {
    let counts = metrics::confusion_matrix(&outcome.found, &outcome.truth, results.classes.len())?;
    let counts: Vec<u64> = counts.iter().copied().collect();
    Ok(ConfusionMatrix::new(title, &results.classes, &counts)?.subtitle(subtitle))
}

/// Filters of evenly spaced ranks, in time and in frequency side by side.
fn filters(results: &Results) -> Result<PictureGrid, Failure> {
    let (before, after) = (&results.before, &results.after);
    let grid = PictureGrid::new("What the first layer listens for")
        .subtitle(format!(
            "{FILTERS} of the {} filters, from low to high; left of each pair: the weights over the {FRAME} samples of a frame; right: their power from 0 to {} Hz; the narrowest band with half of a filter's power is {:.0} Hz wide in the median, and was {:.0} Hz before training",
            after.len(),
            results.rate / 2,
            median_width(after),
            median_width(before)
        ))
        .columns(2 * ROW)
        .tile_points(128);
    (0..FILTERS).try_fold(grid, |grid, place| {
        let filter = &after[place * (after.len() - 1) / (FILTERS - 1)];
        let most = filter.power.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let weights: Vec<f64> = filter.weights.iter().map(|&weight| weight.into()).collect();
        let reach = weights.iter().fold(f64::MIN_POSITIVE, |reach, weight| reach.max(weight.abs()));
        let time: Vec<f64> = weights.iter().map(|weight| 0.5 + 0.5 * weight / reach).collect();
        let power: Vec<f64> = filter.power.iter().map(|power| power / most).collect();
        Ok(grid
            .tile(plot(&time)?, format!("unit {}, ±{reach:.2}", filter.unit + 1))
            .tile(plot(&power)?, format!("{:.0} Hz, {:.0} wide", filter.centre, filter.width)))
    })
}

/// `values` from 0 to 1 as a line from left to right, black on white.
fn plot(values: &[f64]) -> Result<Picture, Failure> {
    let (width, height) = PLOT;
    let mut pixels = vec![1.0_f32; width * height];
    let row = |value: f64| ((1.0 - value.clamp(0.0, 1.0)) * (height - 1) as f64).round() as usize;
    let mut last = row(values[0]);
    for column in 0..width {
        // All values that fall into the column, joined to the last of the one before.
        let start = column * values.len() / width;
        let end = ((column + 1) * values.len() / width).max(start + 1);
        let rows = values[start..end].iter().map(|&value| row(value));
        let (low, high) = rows.fold((last, last), |(low, high), row| (low.min(row), high.max(row)));
        last = row(values[end - 1]);
        (low..=high).for_each(|row| pixels[row * width + column] = 0.0);
    }
    Ok(Picture::grey(&pixels, width, height)?)
}

/// All filters before and after, a row each.
fn filter_map(results: &Results) -> Result<PictureGrid, Failure> {
    let rows = |filters: &[Filter]| -> Result<Picture, Failure> {
        let scaled = |filter: &Filter| {
            let most = filter.power.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
            filter.power.iter().map(move |power| (power / most).sqrt()).collect::<Vec<_>>()
        };
        let values: Vec<f64> = filters.iter().flat_map(scaled).collect();
        Ok(Picture::grey(&values, FRAME / 2 + 1, filters.len())?)
    };
    let axis = format!("0 Hz at the left, {} Hz at the right", results.rate / 2);
    Ok(PictureGrid::new("The spectra of all filters of the first layer")
        .subtitle("one row for each unit, the lowest at the top; white: the loudest frequency of the row, black: 0, by amplitude")
        .columns(2)
        .tile_points(384)
        .tile(rows(&results.before)?, format!("before training: noise; {axis}"))
        .tile(rows(&results.after)?, format!("after training: bands; {axis}")))
}

fn centres(results: &Results) -> LineChart {
    let ranked = |filters: &[Filter]| -> Vec<(f64, f64)> {
        filters.iter().enumerate().map(|(rank, filter)| (1.0 + rank as f64, filter.centre)).collect()
    };
    let (count, top) = (results.after.len(), f64::from(results.rate) / 2.0);
    let mel = |hertz: f64| 2595.0 * (1.0 + hertz / 700.0).log10();
    let even = |rank: usize| 700.0 * (10_f64.powf(mel(top) * rank as f64 / (count as f64 * 2595.0)) - 1.0);
    LineChart::new("Where the filters of the first layer lie")
        .subtitle("the frequency below which half of a filter's power lies; even in mel is how the ear spreads them, and how the features do")
        .axes("filter, from low to high", "centre frequency in Hz")
        .line("before training", ranked(&results.before))
        .line("after training", ranked(&results.after))
        .line("even in mel", (1..=count).map(|rank| (rank as f64, even(rank))))
}

/// For units of each layer, the mean of the features that excite them most, less the mean of all.
fn units(results: &Results, features: &Features, compute: Compute<'_>) -> Result<PictureGrid, Failure> {
    let trained = &results.trained[0];
    let test = features.plain(&results.test)?;
    let x = trained.scaling.transform(test.examples())?;
    let [frames, bands] = features.shape();
    let mut grid = PictureGrid::new("What units respond to, layer by layer")
        .subtitle(format!(
            "the mean of the {STRONGEST} test recordings that excite a unit most, in standard deviations of each feature; time runs to the right, low tones are at the bottom; below: the words among them. Hidden units are those that vary most"
        ))
        .columns(UNITS)
        .scale_name("mean of the strongest, in standard deviations");
    let dense = trained.network.layers().iter().enumerate().filter(|(_, layer)| layer.activation().is_some());
    for (number, (last, _)) in dense.enumerate() {
        let below = Network::new(trained.network.layers()[..=last].to_vec())?;
        let a = below.predict(compute, &trained.parameters[..below.parameter_count()], x.view())?;
        let output = last + 1 == trained.network.layers().len();
        let units = match output {
            true => (0..a.nrows()).collect(),
            false => largest(a.nrows(), UNITS, |unit| a.row(unit).std(0.0)),
        };
        let what = if output { "the outputs" } else { "hidden units" };
        grid = grid.section(format!("layer {}, {what}", number + 1));
        for unit in units {
            let strongest = largest(a.ncols(), STRONGEST, |example| a[[unit, example]]);
            let mean = |feature: usize| {
                strongest.iter().map(|&example| x[[feature, example]]).sum::<f32>() / strongest.len() as f32
            };
            let pixel = |place: usize| mean(place % frames * bands + (bands - 1 - place / frames));
            let values: Vec<f32> = (0..frames * bands).map(pixel).collect();
            let name = if output { format!("“{}”: ", results.classes[unit]) } else { String::new() };
            let labels = strongest.iter().map(|&example| test.labels()[example]);
            let caption = format!("{name}{}", commonest(labels, &results.classes));
            grid = grid.tile(Picture::signed(&values, frames, bands)?, caption);
        }
    }
    Ok(grid)
}

/// The two commonest words with their numbers: `seven 14, five 4`.
fn commonest(labels: impl Iterator<Item = usize>, classes: &[String]) -> String {
    let mut counts = vec![0; classes.len()];
    labels.for_each(|label| counts[label] += 1);
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|&class| std::cmp::Reverse(counts[class]));
    let named = order.into_iter().take(2).filter(|&class| counts[class] > 0);
    named.map(|class| format!("{} × {}", counts[class], classes[class])).collect::<Vec<_>>().join(", ")
}
