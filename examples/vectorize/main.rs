//! Why whole matrices: the same step of training in three ways, their times, and that they agree.
//!
//! `cargo run --release --example vectorize [-- --out FOLDER]`
//!
//! 1. Loops over examples, units and inputs, in plain Rust.
//! 2. Every example alone, its products those of a matrix and a vector.
//! 3. All examples at once, whole matrices: what `dnn` does.
//!
//! What to expect, or the program fails: the parameters after a step agree to the rounding of sums taken in another order,
//! and each way is faster than the one before it, on one thread. How much faster depends on the machine, so it is only
//! printed.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person
#![allow(clippy::needless_range_loop)] // loops over indices are what is shown

#[path = "../support/mod.rs"]
mod support;

mod loops;

use std::process::ExitCode;
use std::time::Instant;

use dnn::core::random::{Key, Purpose, Stream};
use dnn::core::{Workspace, column_major};
use dnn::figures::BarChart;
use dnn::prelude::*;
use dnn::train::{BinaryCrossEntropy, Cost};
use ndarray::{Array2, ArrayView2, s};
use support::{Failure, claim};

/// Layer sizes, n\[0\] first; ReLU inside, sigmoid last.
const SIZES: [usize; 5] = [256, 128, 64, 32, 1];
/// Examples of a step.
const EXAMPLES: usize = 256;
/// Rounds of timing; in each, every way takes its turn.
const ROUNDS: usize = 15;
const RATE: f32 = 0.1;

/// The three ways, slowest first.
const WAYS: [&str; 3] =
    ["loops over examples and units", "each example alone: matrix × vector", "all at once: matrix × matrix"];

fn main() -> ExitCode {
    support::finish(run())
}

/// What every way starts from.
struct Start {
    /// Without the sigmoid, which the cost applies.
    network: Network,
    parameters: Vec<f32>,
    x: Array2<f32>,
    y: Vec<f32>,
}

fn run() -> Result<(), Failure> {
    let out = support::out("vectorize")?;
    let start = start()?;
    let backend = dnn::blas::auto()?;
    let compute = Compute::serial(&*backend);

    let mut seconds = [const { Vec::new() }; 3];
    let mut results = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let taken = [by_loops(&start), one_by_one(&start, compute)?, at_once(&start, compute)?];
        for (way, (time, parameters)) in taken.into_iter().enumerate() {
            seconds[way].push(time);
            results[way] = parameters;
        }
    }

    let sizes = SIZES.map(|size| size.to_string()).join("-");
    println!("one step of {sizes}, {EXAMPLES} examples, f32, one thread; median of {ROUNDS}\n");
    let medians = seconds.each_ref().map(|seconds| median(seconds));
    for way in 0..WAYS.len() {
        let apart = distance(&results[way], &results[2], &start.parameters);
        println!(
            "{:38}{:>9.3} ms{:>8.1} × the last{:>12.1e} of the step apart",
            WAYS[way],
            1e3 * medians[way],
            medians[way] / medians[2],
            apart
        );
    }
    draw(&sizes, medians).write(out.join("times.svg"))?;
    println!("\nthe picture is in {}", out.display());
    check(&results, &start.parameters, medians)
}

fn start() -> Result<Start, Failure> {
    let inside = &SIZES[1..SIZES.len() - 1];
    let builder =
        inside.iter().fold(Network::builder(SIZES[0]), |builder, &units| builder.dense(units, Relu));
    let network = builder.dense(1, Sigmoid).build()?;
    let parameters = Initialisation::draw(Some(Initialisation::He), &network, 0);
    let mut stream = Stream::new(Key::new(0, Purpose::Data));
    let x = Array2::from_shape_simple_fn((SIZES[0], EXAMPLES), || stream.normal() as f32);
    let y = (0..EXAMPLES).map(|_| stream.below(2) as f32).collect();
    let network = network.scores().ok_or("a dense layer can leave out its activation")?;
    Ok(Start { network, parameters, x: column_major(&x.view()), y })
}

/// Seconds of a step in plain loops, and the parameters after it.
fn by_loops(start: &Start) -> (f64, Vec<f32>) {
    let examples: Vec<Vec<f32>> = start.x.columns().into_iter().map(|x| x.to_vec()).collect();
    let mut layers = to_loops(start);
    let began = Instant::now();
    loops::step(&mut layers, RATE, &examples, &start.y);
    let seconds = began.elapsed().as_secs_f64();
    // W column by column, then b, as the flat vector has them.
    let numbers = layers.iter().flat_map(|layer| {
        let columns = (0..layer.w[0].len()).flat_map(|input| layer.w.iter().map(move |row| row[input]));
        columns.chain(layer.b.iter().copied())
    });
    (seconds, numbers.collect())
}

fn to_loops(start: &Start) -> Vec<loops::Layer> {
    let layer = |l: usize| {
        let (inputs, units) = (SIZES[l - 1], SIZES[l]);
        let (w, b) = start.parameters[start.network.layer_range(l)].split_at(inputs * units);
        let row = |unit: usize| w.iter().copied().skip(unit).step_by(units).collect();
        loops::Layer { w: (0..units).map(row).collect(), b: b.to_vec() }
    };
    (1..SIZES.len()).map(layer).collect()
}

/// Seconds of a step whose examples go forward and back one by one, and the parameters after it.
fn one_by_one(start: &Start, compute: Compute<'_>) -> Result<(f64, Vec<f32>), Failure> {
    let mut parameters = start.parameters.clone();
    let mut workspace = start.network.workspace(1)?;
    let (mut sum, mut own) = (vec![0.0; parameters.len()], vec![0.0; parameters.len()]);
    let began = Instant::now();
    for example in 0..EXAMPLES {
        let (x, y) = (start.x.slice(s![.., example..example + 1]), &start.y[example..=example]);
        gradient(start, compute, x, y, &parameters, &mut workspace, &mut own)?;
        sum.iter_mut().zip(&own).for_each(|(sum, own)| *sum += own);
    }
    let share = RATE / EXAMPLES as f32;
    parameters.iter_mut().zip(&sum).for_each(|(p, sum)| *p -= share * sum);
    Ok((began.elapsed().as_secs_f64(), parameters))
}

/// Seconds of a step that takes all examples together, and the parameters after it.
fn at_once(start: &Start, compute: Compute<'_>) -> Result<(f64, Vec<f32>), Failure> {
    let mut parameters = start.parameters.clone();
    let mut workspace = start.network.workspace(EXAMPLES)?;
    let mut mean = vec![0.0; parameters.len()];
    let began = Instant::now();
    gradient(start, compute, start.x.view(), &start.y, &start.parameters, &mut workspace, &mut mean)?;
    parameters.iter_mut().zip(&mean).for_each(|(p, mean)| *p -= RATE * mean);
    Ok((began.elapsed().as_secs_f64(), parameters))
}

/// The mean gradient over the examples `x: (n[0], m)`.
fn gradient(
    start: &Start,
    compute: Compute<'_>,
    x: ArrayView2<'_, f32>,
    y: &[f32],
    parameters: &[f32],
    workspace: &mut Workspace<f32>,
    gradient: &mut [f32],
) -> Result<(), Failure> {
    let z: Vec<f32> = start.network.forward(compute, parameters, x, workspace)?.iter().copied().collect();
    let mut dz = vec![0.0; z.len()];
    BinaryCrossEntropy::default().cost(1, &z, y, Some(&mut dz));
    let dz = ArrayView2::from_shape((1, dz.len()), &dz)?;
    Ok(start.network.backward(compute, parameters, x, workspace, dz, gradient)?)
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// How far two results of a step are apart, as a share of the step's length.
fn distance(found: &[f32], expected: &[f32], start: &[f32]) -> f64 {
    let length = |a: &[f32], b: &[f32]| {
        a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt()
    };
    length(found, expected) / length(expected, start)
}

/// The most they may be: a number goes through sums of `SIZES` terms forward and back, and one over the examples, and a
/// sum of k terms in another order is off by a share of at most k ε.
fn tolerance() -> f64 {
    (2 * SIZES.iter().sum::<usize>() + EXAMPLES) as f64 * f64::from(f32::EPSILON)
}

fn draw(sizes: &str, medians: [f64; 3]) -> BarChart {
    let chart = BarChart::new("One step, in three ways")
        .subtitle(format!("{sizes} in f32, {EXAMPLES} examples, one thread; median of {ROUNDS} rounds"))
        .axis("milliseconds");
    WAYS.iter().zip(medians).fold(chart, |chart, (way, seconds)| chart.bar(*way, [1e3 * seconds]))
}

/// Fails if the ways do not agree, or not each is faster than the one before.
fn check(results: &[Vec<f32>; 3], start: &[f32], medians: [f64; 3]) -> Result<(), Failure> {
    for (way, result) in WAYS.iter().zip(results) {
        let apart = distance(result, &results[2], start);
        claim(apart <= tolerance(), format!("{way}: the parameters are {apart:e} of the step off"))?;
    }
    let ordered = medians.is_sorted_by(|slow, fast| slow > fast);
    claim(ordered, format!("the ways took {medians:?} s, but each was expected to be faster than the last"))
}
