//! Why deep, told by circuits: parity and the tent map, with weights set by hand.
//!
//! `cargo run --release --example parity [-- --out FOLDER]`
//!
//! The lecture says that the parity of n bits takes O(n) units in a tree of O(log n) layers, and 2ⁿ⁻¹ in one hidden
//! layer. That is true of AND and OR gates. Of neurons it is not: n ReLU units in one hidden layer do it, for a saw of
//! the sum of the bits. But ReLU nets have a gap of their own: the tent map composed k times takes 2k units in k
//! layers, and in one hidden layer at least as many units as it has changes of slope, 2ᵏ − 1 (2ᵏ, to be exact:
//! `tent.rs` says why).
//!
//! What to expect, or the program fails: each of the three circuits gives the parity of all 2ⁿ inputs exactly for n
//! from 2 to 16; the deep and the shallow tent maps are equal and exact at all changes of slope and between them for k
//! to 10, with 2ᵏ pieces; all have as many units as their formulas say. That a circuit exists does not mean that
//! training finds it: nets of the same sizes are trained too, and shown as they come out.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/mod.rs"]
mod support;

mod by_hand;
mod circuits;
mod tent;
mod trained;

use std::path::Path;
use std::process::ExitCode;

use dnn::figures::LineChart;
use dnn::prelude::*;
use support::{Failure, claim};

/// The most bits, and the most compositions.
const BITS: usize = 16;
const COMPOSITIONS: u32 = 10;

/// Hidden units of several nets for one size of the question: (size, units).
type Units<const N: usize> = Vec<(f64, [usize; N])>;

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), Failure> {
    let out = support::out("parity")?;
    let (backend, threads) = (dnn::blas::auto()?, Threads::default());
    let compute = Compute { backend: &*backend, pool: &threads };
    draw_parity(&check_parity(compute)?).write(out.join("parity-units.svg"))?;
    draw_tents(&check_tents(compute)?).write(out.join("tent-units.svg"))?;
    draw_saws(compute)?.write(out.join("tent-map.svg"))?;
    train(&out, compute)?;
    println!("\npictures are in {}", out.display());
    Ok(())
}

/// Builds and tries the three circuits for each number of bits; their hidden units.
fn check_parity(compute: Compute<'_>) -> Result<Units<3>, Failure> {
    println!("parity of n bits, hidden units: all 2ⁿ inputs exact\n");
    println!(
        "{:>4}{:>9}{:>16}{:>18}{:>18}",
        "n", "inputs", "tree of xors", "one layer, ANDs", "one layer, ReLU"
    );
    let mut rows = Vec::new();
    for bits in 2..=BITS {
        let circuits = [circuits::tree(bits)?, circuits::ands(bits)?, circuits::saw(bits)?];
        for circuit in &circuits {
            let wrong = circuits::wrong(circuit, compute)?;
            claim(wrong == 0, format!("{} is wrong for {wrong} inputs of 2^{bits}", circuit.network))?;
        }
        let units = circuits.each_ref().map(|circuit| circuit.hidden_units());
        let expected = [circuits::tree_layers(bits).sum(), 1 << (bits - 1), bits];
        claim(units == expected, format!("{units:?} units for {bits} bits, but {expected:?} were expected"))?;
        let (layers, depth) =
            (circuits[0].hidden_layers().count(), bits.next_power_of_two().ilog2() as usize);
        claim(layers == depth, format!("{layers} layers for {bits} bits, but {depth} were expected"))?;
        let few = 2 * (bits - 1) + depth;
        claim(units[0] <= few, format!("{} units in the tree, but at most {few} were expected", units[0]))?;
        let tree = format!("{} in {layers}", units[0]);
        println!("{bits:>4}{:>9}{tree:>16}{:>18}{:>18}", 1 << bits, units[1], units[2]);
        rows.push((bits as f64, units));
    }
    Ok(rows)
}

/// Builds and tries both tent maps for each number of compositions; their hidden units.
fn check_tents(compute: Compute<'_>) -> Result<Units<2>, Failure> {
    println!("\ntent map composed k times, hidden units: equal at all changes of slope\n");
    println!("{:>4}{:>9}{:>16}{:>18}", "k", "pieces", "deep", "one layer");
    let mut rows = Vec::new();
    for k in 1..=COMPOSITIONS {
        let nets = [tent::deep(k)?, tent::shallow(k)?];
        // Four places in each piece, its ends among them.
        let places = 4 << k;
        let [deep, shallow] =
            [tent::values(&nets[0], places, compute)?, tent::values(&nets[1], places, compute)?];
        let exact: Vec<f64> = (0..=places).map(|at| tent::definition(k, at as f64 / places as f64)).collect();
        claim(deep == exact && shallow == exact, format!("the tent map composed {k} times is not exact"))?;
        let (units, pieces) = (nets.each_ref().map(|net| net.hidden_units()), tent::pieces(&deep));
        let expected = ([2 * k as usize, 1 << k], 1 << k);
        claim(
            (units, pieces) == expected,
            format!("{units:?} units and {pieces} pieces for k = {k}, but {expected:?} were expected"),
        )?;
        println!("{k:>4}{pieces:>9}{:>16}{:>18}", format!("{} in {k}", units[0]), units[1]);
        rows.push((f64::from(k), units));
    }
    Ok(rows)
}

/// Column `net` of a table of units, as a line.
fn line<const N: usize>(rows: &Units<N>, net: usize) -> Vec<(f64, f64)> {
    rows.iter().map(|&(size, units)| (size, units[net] as f64)).collect()
}

fn draw_parity(rows: &Units<3>) -> LineChart {
    LineChart::new("Hidden units for the parity of n bits")
        .subtitle("weights set by hand, all 2ⁿ inputs exact; the gap between depth and width is one of AND and OR gates, not of neurons")
        .axes("bits n", "hidden units")
        .logarithmic()
        .line("one layer of ANDs: 2ⁿ⁻¹", line(rows, 1))
        .line("tree of exclusive ors: below 2n + log₂ n, in log₂ n layers", line(rows, 0))
        .line("one layer of ReLU: n", line(rows, 2))
}

fn draw_tents(rows: &Units<2>) -> LineChart {
    LineChart::new("Hidden units for the tent map composed k times")
        .subtitle("weights set by hand, exact at all changes of slope; this gap is one of ReLU nets: no hidden layer alone can do with fewer units")
        .axes("compositions k", "hidden units")
        .logarithmic()
        .line("one layer: 2ᵏ", line(rows, 1))
        .line("k layers of two: 2k", line(rows, 0))
}

/// The map itself, as the deep net computes it.
fn draw_saws(compute: Compute<'_>) -> Result<LineChart, Failure> {
    let chart = LineChart::new("The tent map, composed")
        .subtitle("what 2, 4 and 8 units in 1, 2 and 4 layers give: each layer folds what comes to it, so each doubles the pieces")
        .axes("x", "t(t(… x))");
    [1, 2, 4].into_iter().try_fold(chart, |chart, k| {
        let values = tent::values(&tent::deep(k)?, 1 << k, compute)?;
        let points = values.iter().enumerate().map(|(at, &value)| (at as f64 / f64::from(1 << k), value));
        Ok(chart.line(format!("k = {k}"), points.collect::<Vec<_>>()))
    })
}

/// Nets of the same sizes, trained: printed and drawn as they come out.
fn train(out: &Path, compute: Compute<'_>) -> Result<(), Failure> {
    let (parity, tents) = (trained::parity(compute)?, trained::tents(compute)?);
    println!("\ntrained from {} seeds, {} epochs of Adam; as it came out", trained::SEEDS, trained::EPOCHS);
    let print = |title: String, nets: &[trained::Trained], cell: fn(f64) -> String| {
        println!("\n{title}");
        for net in nets {
            println!(
                "{:>28}  {}",
                net.name,
                net.outcomes.iter().map(|&o| cell(o)).collect::<Vec<_>>().join("  ")
            );
        }
    };
    print(format!("parity of {} bits, % of all inputs right", trained::BITS), &parity, |o| {
        format!("{:5.1}", 100.0 * o)
    });
    print(format!("tent map composed {} times, root mean squared error", trained::TENTS), &tents, |o| {
        format!("{o:5.3}")
    });
    let title = format!("Training nets for the parity of {} bits", trained::BITS);
    trained::chart(&title, "binary cross-entropy", &parity).write(out.join("parity-trained.svg"))?;
    let title = format!("Training nets for the tent map composed {} times", trained::TENTS);
    trained::chart(&title, "mean squared error", &tents).write(out.join("tent-trained.svg"))?;
    Ok(())
}
