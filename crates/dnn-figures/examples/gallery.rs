//! Every figure of the crate, from made-up numbers, into the folder named as the only argument (`figures` if none is).
//!
//! `cargo run -p dnn-figures --example gallery -- /tmp/figures`

use std::path::{Path, PathBuf};

use dnn_figures::{BarChart, ConfusionMatrix, LineChart, Picture, PictureGrid, Result};

/// Numbers that look random, from −1 to 1.
fn noise(seed: u64) -> f64 {
    let mixed = (seed.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

fn cost(step: u64, pace: f64, seed: u64) -> f64 {
    (0.69 * (-(step as f64) * pace).exp() + 0.004) * (1.0 + 0.25 * noise(step * 31 + seed * 7919))
}

fn lines(folder: &Path) -> Result<()> {
    // The mean of every 20 steps.
    let mean = |steps: std::ops::Range<u64>, pace: f64, seed: u64| {
        (steps.start as f64 + 10.0, steps.map(|step| cost(step, pace, seed)).sum::<f64>() / 20.0)
    };
    let run = |pace: f64, seed: u64| {
        let pace = pace * (1.0 + 0.2 * noise(seed));
        (0..125).map(|i| mean(20 * i..20 * i + 20, pace, seed)).collect()
    };
    let runs = |pace: f64| (0..5).map(move |seed| run(pace, seed));
    let chart = LineChart::new("Cost of training")
        .subtitle("12288-20-7-5-1 on 209 pictures; five seeds each, thin, and their mean")
        .axes("step", "cost (nats)")
        .runs("gradient descent", runs(0.001))
        .runs("momentum 0.9", runs(0.0025))
        .runs("Adam", runs(0.005));
    chart.write(folder.join("lines.svg"))?;
    chart.logarithmic().write(folder.join("lines-log.svg"))?;

    let many = LineChart::new("Ten learning rates").axes("step", "cost").range(0.0, 1.0);
    let many = (0..10).fold(many, |chart, i| {
        let run = |step: u64| (step as f64, cost(step * 25, 0.0005 * (i + 1) as f64, i) + 0.02 * i as f64);
        chart.line(format!("rate {:.3}", 0.005 * (i + 1) as f64), (0..100).map(run))
    });
    many.line("diverged", (0..40).map(|i| (f64::from(i), 0.6 * 1.1_f64.powi(i - 20))))
        .write(folder.join("many.svg"))
}

fn bars(folder: &Path) -> Result<()> {
    let nets =
        ["logistic regression", "two layers (20)", "four layers (20-7-5)", "six layers, dropout 0.2, Adam"];
    let values =
        |i: usize| (0..5).map(move |seed| 0.70 + 0.04 * i as f64 + 0.015 * noise(seed + 10 * i as u64));
    let chart =
        BarChart::new("Accuracy on 50 unseen pictures").subtitle("mean and standard deviation, five seeds");
    let chart = chart.axis("share right");
    let chart = nets.iter().enumerate().fold(chart, |chart, (i, &net)| chart.bar(net, values(i)));
    chart.write(folder.join("bars.svg"))?;
    chart.dots().write(folder.join("dots.svg"))
}

fn pictures(folder: &Path) -> Result<()> {
    let wave = |i: usize, side: usize| {
        (0..side * side).map(move |p| {
            let (x, y) = ((p % side) as f64 / side as f64 - 0.5, (p / side) as f64 / side as f64 - 0.5);
            ((4.0 + i as f64) * (x * (i as f64).cos() + y * (i as f64).sin()) * 2.0).cos()
                * (-6.0 * (x * x + y * y)).exp()
        })
    };
    let mut grid = PictureGrid::new("What each unit looks for")
        .subtitle("weights of layer 1, and the three pictures that excite each unit of layer 2 most")
        .columns(6)
        .section("layer 1: weights");
    for i in 0..12 {
        let values: Vec<f64> = wave(i, 20).map(|value| 0.3 * value * (1.0 - 0.05 * i as f64)).collect();
        grid = grid.tile(Picture::signed(&values, 20, 20)?, format!("unit {}", i + 1));
    }
    for unit in 1..=2 {
        grid = grid.section(format!("layer 2, unit {unit}: what excites it most"));
        for i in 0..3 {
            let values: Vec<f64> = wave(i + 3 * unit, 28).map(|value| 0.5 + 0.5 * value).collect();
            let caption = format!("\"shirt\" <{i}>, excited to {:.2}", 9.0 - i as f64);
            grid = grid.tile(Picture::grey(&values, 28, 28)?, caption);
        }
        let colours: Vec<f64> = wave(unit, 64).flat_map(|v| [0.5 + 0.5 * v, 0.6, 0.5 - 0.5 * v]).collect();
        grid = grid.tile(Picture::rgb(&colours, 64, 64)?, "a colour picture");
    }
    grid.write(folder.join("pictures.svg"))
}

fn confusion(folder: &Path) -> Result<()> {
    let names =
        ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "trainer", "bag", "boot"];
    let count =
        |i: usize, j: usize| if i == j { 850 } else { (30.0 * noise((11 * i + j) as u64)).max(0.0) as u64 };
    let counts: Vec<u64> = (0..100).map(|k| count(k / 10, k % 10)).collect();
    ConfusionMatrix::new("Clothes of the test set", names, &counts)?.write(folder.join("confusion.svg"))?;
    ConfusionMatrix::new("Cat or not", ["cat", "not"], &[31, 2, 8, 9])?.write(folder.join("cat.svg"))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "figures".to_owned()));
    std::fs::create_dir_all(&folder)?;
    lines(&folder)?;
    bars(&folder)?;
    pictures(&folder)?;
    confusion(&folder)?;
    Ok(())
}
