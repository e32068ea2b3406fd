//! What depth does in a dense net that finds faces: what units see, where they look, what they keep, and what it costs.
//!
//! `cargo run --release --example depth [-- --out FOLDER]`
//!
//! A net of four hidden layers learns to tell faces from other pictures, the CBCL faces if they are there and else drawn ones,
//! and is then looked into. What each unit sees: the test pictures that excite it most, and the input that does so most of all,
//! found by climbing dA[0]. Where it looks: how much its score changes when a small square of the picture is made grey. What a
//! layer keeps: how well the 40 people of ORL, or drawn ones, can be told apart by its activations, though the net was never asked
//! who it is. And whether depth pays: nets of one to five hidden layers with equally many parameters, five seeds each.
//!
//! What to expect, or the program fails: the ideal input excites its unit more than any test picture, and in the first layer is
//! W's row; a change in the first layer is the sum of w·x under the square. Half of the effect of the square lies on a larger
//! part of the picture in the second layer than in the first; a dense layer sees all of the picture at once, so that on the
//! CBCL faces the part does not grow any more behind it. The face net forgets who it is: by its last hidden layer fewer than
//! half as many people are told right as by the pixels, and fewer than half as many as by that of a net that learnt these
//! people. About what depth gains nothing is claimed; on the CBCL faces it gained no test AUC.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/mod.rs"]
mod support;

mod data;
mod equal;
mod net;
mod occlusion;
mod people;
mod seen;

use std::path::Path;
use std::process::ExitCode;

use data::{Data, Pictures};
use dnn::prelude::*;
use equal::{Depth, PARAMETERS};
use net::{HIDDEN, Net, network, settings};
use occlusion::Maps;
use people::Told;
use support::{Failure, claim, mean_and_spread};

/// Epochs of the net that is looked into, and its weight decay: so strong that nothing is left of the random start, which would
/// show in every picture of its weights.
const EPOCHS: u64 = 15;
const DECAY: f64 = 2.0;

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), Failure> {
    let out = support::out("depth")?;
    let (choice, threads) = (dnn::blas::choose()?, Threads::default());
    let compute = Compute { backend: &*choice.backend, pool: &threads };
    let data = data::load()?;
    println!("data      {}", data.description.replace('\n', "\n          "));
    println!("products  {}\n", choice.backend.identity());

    let net = faces(&data, compute)?;
    println!("the net that is looked into: {}", net.network);
    seen::poster(&net, &data.test, compute)?.write(out.join("seen.svg"))?;
    let maps = Maps::measure(&net, &data.test, compute)?;
    let before = Maps::measure(&net.untrained(), &data.test, compute)?;
    maps.grid()?.write(out.join("where.svg"))?;
    occlusion::chart(&maps, &before).write(out.join("areas.svg"))?;
    let told = people::tell(&net, &data.people, compute)?;
    told.chart(data.people.classes).write(out.join("people.svg"))?;
    let depths = equal::compare(&data, compute)?;
    equal_figures(&out, &depths)?;

    print_areas(&maps, &before);
    print_people(&told);
    print_depths(&depths);
    println!("\npictures are in {}", out.display());
    check(&maps, &told, &depths)
}

/// The net that is looked into: it learns faces from other pictures, and their mirror images.
fn faces(data: &Data, compute: Compute<'_>) -> Result<Net, Failure> {
    let train = data.train.with_mirrored()?;
    let (x, y) = (Pictures::of(&train).x, train.binary::<f32>()?);
    Net::train(network(x.nrows(), &HIDDEN, 1)?, (x.view(), y.view()), &settings(0, EPOCHS, DECAY), compute)
}

fn equal_figures(out: &Path, depths: &[Depth]) -> Result<(), Failure> {
    let area = "area under the ROC curve on the test pictures, × 100";
    equal::chart(depths, "Test AUC", area, |depth| &depth.area).write(out.join("equal-test.svg"))?;
    let held_out = "% of the held-out fifth right";
    equal::chart(depths, "Held-out accuracy", held_out, |depth| &depth.held_out)
        .write(out.join("equal-held-out.svg"))?;
    Ok(())
}

fn print_areas(trained: &Maps, untrained: &Maps) {
    println!(
        "\nthe smallest share of the picture that has half of the effect of occlusion, in %, mean ± deviation over units"
    );
    for (number, (trained, untrained)) in trained.areas().iter().zip(untrained.areas()).enumerate() {
        let cell = |areas: &[f64]| {
            let (mean, spread) = mean_and_spread(areas);
            format!("{mean:5.1} ± {spread:4.1}")
        };
        println!("layer {}   trained {}   untrained {}", number + 1, cell(trained), cell(&untrained));
    }
}

fn print_people(told: &Told) {
    println!("\npeople told by the nearest mean of what each layer gives, in %; layer 0 are the pixels");
    for (net, (name, _)) in told.0.iter().enumerate() {
        let cells: Vec<String> =
            told.means(net).iter().map(|share| format!("{:6.1}", 100.0 * share)).collect();
        println!("{name:20}{}", cells.concat());
    }
}

fn print_depths(depths: &[Depth]) {
    println!("\ndepth at an equal number of parameters, in %");
    println!("{:24}{:>12}{:>18}{:>14}", "hidden layers", "parameters", "held out right", "test AUC");
    for depth in depths {
        let cell = |values: &[f64]| {
            let (mean, spread) = mean_and_spread(values);
            format!("{:.2} ± {:.2}", 100.0 * mean, 100.0 * spread)
        };
        let hidden = format!("{} × {}", depth.hidden.len(), depth.hidden[0]);
        println!("{hidden:23}{:>12}{:>18}{:>14}", depth.parameters, cell(&depth.held_out), cell(&depth.area));
    }
}

/// Fails if what the head of this file promises did not come out; what [`seen`] and [`occlusion`] promise, they have checked.
fn check(maps: &Maps, told: &Told, depths: &[Depth]) -> Result<(), Failure> {
    let areas: Vec<f64> = maps.areas().iter().map(|areas| mean_and_spread(areas).0).collect();
    claim(
        areas[1] > areas[0],
        format!(
            "half of the effect lies on {:.1} % of the picture in layer 1, on {:.1} % in layer 2",
            areas[0], areas[1]
        ),
    )?;
    let last = |net: usize| told.means(net)[HIDDEN.len()];
    let (people, faces, pixels) = (last(0), last(1), told.means(1)[0]);
    claim(
        faces < 0.5 * pixels && people > 2.0 * faces,
        format!(
            "people are told right by the last hidden layer: {people:.2} by the net that learnt them, {faces:.2} by the one that learnt faces; by pixels {pixels:.2}"
        ),
    )?;
    for depth in depths {
        let (count, area) = (depth.parameters, mean_and_spread(&depth.area).0);
        let equal = (PARAMETERS * 95 / 100..=PARAMETERS).contains(&count);
        claim(
            equal && area > 0.8,
            format!("{:?}: {count} parameters, a test AUC of {area:.3}", depth.hidden),
        )?;
    }
    Ok(())
}
