//! Building blocks: one layer's forward and backward block, then the chain of all of them, for the course's 3-5-5-3-1.
//!
//! `cargo run --release --example blocks [-- --out FOLDER]`
//!
//! `block.rs` has the two blocks in the plainest matrices, the four backward equations line by line; they are run once
//! on four examples, and every shape is printed as it was found, with what is kept and who passes what to whom.
//!
//! What to expect, or the program fails: every shape is that of the course's table; everything that is passed on is, to
//! rounding, what `dnn` computes for the same network, dA\[0\] included; and the update makes the cost smaller.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/mod.rs"]
mod support;

mod block;
mod chain;
mod diagram;
mod draw;

use std::process::ExitCode;

use chain::{Chain, shape};
use dnn::core::random::{Key, Purpose, Stream};
use dnn::core::{Shapes, column_major};
use dnn::prelude::*;
use ndarray::{Array2, ArrayView2};
use support::{Failure, claim};

/// Examples of the batch, the layer that is shown alone, and the learning rate.
const EXAMPLES: usize = 4;
const SHOWN: usize = 3;
const RATE: f64 = 0.1;

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), Failure> {
    let out = support::out("blocks")?;
    let network =
        Network::builder(3).dense(5, Relu).dense(5, Relu).dense(3, Relu).dense(1, Sigmoid).build()?;
    let parameters = Initialisation::draw::<f64>(Some(Initialisation::He), &network, 3);
    let mut stream = Stream::new(Key::new(0, Purpose::Data));
    let x = column_major(&Array2::from_shape_simple_fn((3, EXAMPLES), || stream.normal()).view());
    let y = Array2::from_shape_fn((1, EXAMPLES), |(_, example)| (example % 2) as f64);

    let chain = Chain::run(&network, &parameters, &x, &y);
    print_blocks(&chain, SHOWN);
    print_chain(&chain);
    check_shapes(&chain)?;
    check_numbers(&chain, &network, &parameters, &x)?;
    std::fs::write(out.join("block.svg"), draw::one_layer(&chain, SHOWN).svg())?;
    std::fs::write(out.join("chain.svg"), draw::whole_chain(&chain).svg())?;

    let before = chain.cost;
    let after = Chain::run(&network, &chain.updated(RATE), &x, &y).cost;
    println!("\ncost {before:.6}, after one update with α = {RATE}: {after:.6}");
    println!("pictures are in {}", out.display());
    claim(after < before, format!("the cost went from {before} to {after}, but was expected to fall"))
}

/// The two blocks of layer number `l`.
fn print_blocks(chain: &Chain, l: usize) {
    let (layer, cache, back) = (&chain.layers[l - 1], &chain.caches[l - 1], &chain.gradients[l - 1]);
    let (p, g) = (l - 1, layer.g.name());
    let line = |what: String, of: (usize, usize)| println!("    {what:<34}{}", shape(of));
    println!("layer {l} of {}, a batch of {}\n", chain.sizes(), chain.examples());
    println!("  forward block");
    line(format!("in    A[{p}]"), cache.before.dim());
    line(format!("has   W[{l}]"), layer.w.dim());
    line(format!("      b[{l}]"), (layer.b.len(), 1));
    line(format!("      Z[{l}] = W[{l}] A[{p}] + b[{l}]"), cache.z.dim());
    line(format!("out   A[{l}] = {g}(Z[{l}])"), cache.z.dim());
    println!("    keeps A[{p}], Z[{l}] and W[{l}] for the backward block\n");
    println!("  backward block");
    line(format!("in    dA[{l}]"), cache.z.dim());
    line(format!("      dZ[{l}] = dA[{l}] * {g}'(Z[{l}])"), back.dz.dim());
    line(format!("out   dW[{l}] = 1/m dZ[{l}] A[{p}]ᵀ"), back.dw.dim());
    line(format!("      db[{l}] = 1/m Σ dZ[{l}]"), (back.db.len(), 1));
    line(format!("      dA[{p}] = W[{l}]ᵀ dZ[{l}]"), back.before.dim());
    println!("    dW[{l}] and db[{l}] go to the update, dA[{p}] to the backward block of layer {p}\n");
}

/// The chain: what each block takes, from whom, what it gives, and to whom.
fn print_chain(chain: &Chain) {
    let last = chain.layers.len();
    let row = |who: String, takes: String, gives: String, to: String| {
        println!("  {who:<12}{takes:<36}{gives:<42}{to}");
    };
    row("block".into(), "takes".into(), "gives".into(), "to".into());
    for (l, (layer, cache)) in (1..).zip(chain.layers.iter().zip(&chain.caches)) {
        let takes = format!("A[{}] {} from {}", l - 1, shape(cache.before.dim()), before(l));
        let gives = format!("A[{l}] {}; keeps A[{}], Z[{l}], W[{l}]", shape(cache.z.dim()), l - 1);
        let to = if l == last { "the cost".into() } else { format!("layer {}", l + 1) };
        row(format!("→ {l} {}", layer.g.name()), takes, gives, to);
    }
    let output = shape(chain.output.dim());
    row(
        "  cost".into(),
        format!("A[{last}] {output}, Y {output}"),
        format!("dA[{last}] {}", shape(chain.first.dim())),
        format!("← {last}"),
    );
    for l in (1..=last).rev() {
        let back = &chain.gradients[l - 1];
        let takes = format!("dA[{l}] {} and what → {l} kept", shape(back.dz.dim()));
        let gives = format!(
            "dW[{l}] {}, db[{l}] {}, dA[{}] {}",
            shape(back.dw.dim()),
            shape((back.db.len(), 1)),
            l - 1,
            shape(back.before.dim())
        );
        let to =
            if l == 1 { "the update; dA[0] to nobody".into() } else { format!("the update; ← {}", l - 1) };
        row(format!("← {l}"), takes, gives, to);
    }
}

fn before(l: usize) -> String {
    if l == 1 { "the data, X".into() } else { format!("layer {}", l - 1) }
}

/// Fails if a shape is not that of the course's table.
fn check_shapes(chain: &Chain) -> Result<(), Failure> {
    for (l, layer) in (1..).zip(&chain.layers) {
        let (cache, back) = (&chain.caches[l - 1], &chain.gradients[l - 1]);
        let expected = Shapes::new(layer.w.ncols(), layer.w.nrows(), chain.examples());
        let found = [
            ("dW", back.dw.dim(), expected.weight),
            ("db", (back.db.len(), 1), expected.bias),
            ("Z", cache.z.dim(), expected.output),
            ("dZ", back.dz.dim(), expected.output),
            ("A of the layer before", cache.before.dim(), expected.input),
            ("dA of the layer before", back.before.dim(), expected.input),
        ];
        for (name, found, expected) in found {
            claim(
                found == expected,
                format!("layer {l}'s {name} is {found:?}, but {expected:?} was expected"),
            )?;
        }
    }
    Ok(())
}

/// Fails if something that is passed on is not what `dnn` computes.
fn check_numbers(
    chain: &Chain,
    network: &Network,
    parameters: &[f64],
    x: &Array2<f64>,
) -> Result<(), Failure> {
    let backend = dnn::blas::auto()?;
    let compute = Compute::serial(&*backend);
    let mut workspace = network.workspace(EXAMPLES)?.with_input_gradient();
    let mut gradient = vec![0.0; parameters.len()];
    network.forward(compute, parameters, x.view(), &mut workspace)?;
    let first = column_major(&chain.first.view());
    network.backward(compute, parameters, x.view(), &mut workspace, first.view(), &mut gradient)?;

    for (l, back) in (1..).zip(&chain.gradients) {
        let next = chain.caches.get(l).map_or(&chain.output, |cache| &cache.before);
        same(&format!("A[{l}]"), next.view(), workspace.output(l))?;
        same(&format!("dZ[{l}]"), back.dz.view(), workspace.delta(l))?;
        let (dw, db) = gradient[network.layer_range(l)].split_at(back.dw.len());
        let columns = ArrayView2::from_shape((back.dw.ncols(), back.dw.nrows()), dw)?;
        same(&format!("dW[{l}]"), back.dw.view(), columns.reversed_axes())?;
        same(
            &format!("db[{l}]"),
            back.db.view().insert_axis(ndarray::Axis(1)),
            ArrayView2::from_shape((db.len(), 1), db)?,
        )?;
    }
    let input = workspace.input_gradient().ok_or("dA[0] was asked for")?;
    same("dA[0]", chain.gradients[0].before.view(), input)
}

/// Fails if two matrices differ by more than rounding.
fn same(name: &str, found: ArrayView2<'_, f64>, expected: ArrayView2<'_, f64>) -> Result<(), Failure> {
    // Sums of at most five terms, through eight blocks.
    let size = expected.iter().fold(0.0_f64, |size, value| size.max(value.abs()));
    let close = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 64.0 * f64::EPSILON * size);
    claim(close && found.dim() == expected.dim(), format!("{name} is {found}, but dnn computes {expected}"))
}
