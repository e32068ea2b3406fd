//! The backward pass against central differences: every activation × smooth cost × batch of 1 and 3 × 1 to 4 layers, in f64, and
//! again with layer normalisation and dropout between them; a batch of several blocks, a layer whose dW comes in pieces, an
//! activation that trains parameters of its own; the step, which must have the gradient of the backward pass bit by bit; and
//! whole steps of training, every layer × activation × cost × penalty, with weights of samples and classes.
//!
//! `mutants/run` tells a wrong gradient from any other failure by the words that `noticed` begins with.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::ops::Range;
use std::sync::Arc;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{
    Activation, AnyActivation, Builder, Compute, Configured, Elu, Gelu, Identity, IntoActivation, Kind,
    LayerNormalisation, LeakyRelu, Naive, Network, Real, Relu, Saved, Selu, Sigmoid, Silu, Softmax, Softplus,
    Tanh, column_major,
};
use dnn_testkit::gradient::distance;
use dnn_train::{
    AnyCost, ClassWeights, Cost, Examples, Initialisation, Link, NamedConfig, Penalty, Settings, Targets,
    Trainer,
};
use ndarray::{Array2, ArrayView1, ArrayView2};

/// The project's bound for a tensor's relative distance.
const BOUND: f64 = 1e-8;
/// Scores nearer to 0 than this may cross a kink when a parameter moves.
const KINK: f64 = 1e-2;
/// The same for the kinks of a cost, which scores reach without a matrix in between.
const COST_KINK: f64 = 1e-3;

/// `a = s tanh z`, with one trained `s` for each unit: no built-in activation trains anything.
struct ScaledTanh;

impl<T: Real> Activation<T> for ScaledTanh {
    fn saved(&self) -> Saved {
        Saved::Input
    }

    fn parameter_count(&self, units: usize) -> usize {
        units
    }

    fn forward(&self, units: usize, s: &[T], z: &mut [T]) {
        for column in z.chunks_exact_mut(units) {
            column.iter_mut().zip(s).for_each(|(z, &s)| *z = s * z.tanh());
        }
    }

    fn backward(&self, units: usize, s: &[T], z: &[T], delta: &mut [T]) {
        for (z, delta) in z.chunks_exact(units).zip(delta.chunks_exact_mut(units)) {
            delta.iter_mut().zip(z.iter().zip(s)).for_each(|(delta, (z, &s))| {
                *delta *= s * (T::one() - z.tanh() * z.tanh());
            });
        }
    }

    fn parameter_gradient(&self, units: usize, _s: &[T], z: &[T], da: &[T], ds: &mut [T]) {
        for (z, da) in z.chunks_exact(units).zip(da.chunks_exact(units)) {
            ds.iter_mut().zip(z.iter().zip(da)).for_each(|(ds, (z, &da))| *ds += da * z.tanh());
        }
    }
}

impl Configured for ScaledTanh {
    fn name(&self) -> &str {
        "dnn-testkit/scaled_tanh"
    }
}

impl AnyActivation for ScaledTanh {
    fn starting_parameter(&self) -> f64 {
        0.7
    }
}

fn activations() -> Vec<Arc<dyn AnyActivation>> {
    vec![
        Identity.into_activation(),
        Sigmoid.into_activation(),
        Tanh.into_activation(),
        Relu.into_activation(),
        LeakyRelu::default().into_activation(),
        Elu::default().into_activation(),
        Selu.into_activation(),
        Gelu.into_activation(),
        Silu.into_activation(),
        Softplus.into_activation(),
        Softmax.into_activation(),
        Arc::new(ScaledTanh),
    ]
}

/// A network of `depth` layers of 4 units, all with `activation`, over 3 features.
fn network(activation: &Arc<dyn AnyActivation>, depth: usize) -> Network {
    (0..depth).fold(Network::builder(3), |builder, _| builder.dense(4, activation.clone())).build().unwrap()
}

/// Every built-in cost, and those with constants away from their defaults.
fn choices() -> Vec<NamedConfig> {
    let mut choices: Vec<NamedConfig> = dnn_train::registry().names("cost").map(NamedConfig::from).collect();
    choices.push(NamedConfig::from("binary_cross_entropy").with("smoothing", 0.2));
    choices.push(NamedConfig::from("softmax_cross_entropy").with("smoothing", 0.2));
    choices.push(NamedConfig::from("binary_focal").with("gamma", 0.5).with("alpha", 0.6));
    choices.push(NamedConfig::from("softmax_focal").with("gamma", 0.5));
    choices
}

fn costs() -> Vec<Arc<dyn AnyCost>> {
    let registry = dnn_train::registry();
    registry.names("cost").map(|name| registry.make(&name.into()).unwrap()).collect()
}

/// How near the scores of examples are to where a cost has a kink.
fn nearest_cost_kink(cost: &dyn AnyCost, units: usize, z: &[f64], y: &[f64]) -> f64 {
    let nearest = |distances: &mut dyn Iterator<Item = f64>| distances.fold(f64::INFINITY, f64::min);
    let rest = || z.iter().zip(y).map(|(z, y)| (z - y).abs());
    match cost.name() {
        "mean_absolute_error" => nearest(&mut rest()),
        "huber" => nearest(&mut rest().map(|r| (r - 1.0).abs())),
        "hinge" => nearest(&mut z.iter().map(|z| (z.abs() - 1.0).abs())),
        "multi_margin" => nearest(
            &mut z
                .chunks_exact(units)
                .flat_map(|z| z.iter().flat_map(move |a| z.iter().map(move |b| (1.0 - a + b).abs()))),
        ),
        _ => f64::INFINITY,
    }
}

/// Those without kinks, which a deep net and a large batch may come near; whole steps are checked with all.
fn smooth_costs() -> Vec<Arc<dyn AnyCost>> {
    let smooth = |cost: &Arc<dyn AnyCost>| nearest_cost_kink(&**cost, 1, &[0.0], &[0.0]).is_infinite();
    costs().into_iter().filter(smooth).collect()
}

/// Where a gradient is checked: the parameters, and the batch `x: (n[0], m)`, `y: (n[L], m)`.
struct Point {
    parameters: Vec<f64>,
    x: Array2<f64>,
    y: Array2<f64>,
}

impl Point {
    /// He weights, random features, and targets that every cost has a meaning for: columns from 0 to 1 with sum 1.
    fn draw(network: &Network, batch: usize, seed: u64) -> Self {
        let mut parameters = Initialisation::draw::<f64>(Some(Initialisation::He), network, seed);
        let mut stream = Stream::new(Key::new(seed, Purpose::Data).epoch(1));
        // Nothing else may start from a special value.
        for placed in network.parts().into_iter().filter(|placed| placed.part.kind != Kind::Weight) {
            parameters[placed.part.range].iter_mut().for_each(|p| *p += 0.1 * stream.normal());
        }
        let mut stream = Stream::new(Key::new(seed, Purpose::Data));
        let x = Array2::from_shape_simple_fn((network.inputs(), batch), || stream.normal());
        let mut y = Array2::from_shape_simple_fn((network.outputs(), batch), || stream.uniform() + 0.1);
        y.columns_mut().into_iter().for_each(|mut column| column /= column.sum());
        Self { parameters, x: column_major(&x.view()), y: column_major(&y.view()) }
    }

    /// The first draw that is away from kinks, and right for the cost.
    fn smooth(network: &Network, batch: usize, right: impl Fn(&Self) -> bool) -> Self {
        (0..3000)
            .map(|seed| Self::draw(network, batch, seed))
            .find(|point| right(point) && nearest_kink(network, &point.parameters, point.x.view()) > KINK)
            .expect("one seed of thousands is away from kinks")
    }

    /// Whether weights and scores are away from the kinks of L1 and of a cost.
    fn suits(&self, network: &Network, cost: &dyn AnyCost) -> bool {
        let Self { parameters, x, y } = self;
        let (a, y) = (outputs(network, parameters, x.view()), y.t().iter().copied().collect::<Vec<_>>());
        let nearest = parameters.iter().fold(f64::INFINITY, |nearest, p| nearest.min(p.abs()));
        nearest.min(nearest_cost_kink(cost, network.outputs(), &a, &y)) > COST_KINK
    }
}

/// Where dropout draws from: the same for every pass, or its cost would not be one function.
const DRAWS: Key = Key { seed: 1, purpose: Purpose::Dropout, epoch: 0, step: 0, layer: 0 };

/// A\[L\] as a step of training computes it, example by example.
fn outputs(network: &Network, parameters: &[f64], x: ArrayView2<'_, f64>) -> Vec<f64> {
    let mut workspace = network.workspace(x.ncols()).unwrap();
    workspace.draw_from(Some(DRAWS));
    let a = network.forward(Compute::serial(&Naive), parameters, x, &mut workspace).unwrap();
    a.t().iter().copied().collect()
}

/// The smallest |z| of any layer, where a kink might be. The one activation whose scores cannot be had has none.
fn nearest_kink(network: &Network, parameters: &[f64], x: ArrayView2<'_, f64>) -> f64 {
    let scores = |depth| {
        let Some(below) = Network::new(network.layers()[..depth].to_vec()).unwrap().scores() else {
            return f64::INFINITY;
        };
        let z = outputs(&below, &parameters[..below.parameter_count()], x);
        z.iter().fold(f64::INFINITY, |nearest, z| nearest.min(z.abs()))
    };
    (1..=network.layers().len()).map(scores).fold(f64::INFINITY, f64::min)
}

/// All of a short range. Of a long one the middle, where a layer's two pieces of dW meet.
fn sample(range: Range<usize>) -> Range<usize> {
    let middle = range.start + range.len() / 2;
    if range.len() <= 256 { range } else { middle - 8..middle + 8 }
}

/// Fails unless `right`. NaN is not below any bound, so a gradient that was never written is noticed too.
fn noticed(right: bool, what: &str) {
    assert!(right, "wrong gradient: {what}");
}

fn check(network: &Network, cost: &dyn AnyCost, point: &Point) {
    let Point { parameters, x, y } = point;
    let (compute, units, batch) = (Compute::serial(&Naive), network.outputs(), x.ncols());
    let mut workspace = network.workspace::<f64>(batch).unwrap().with_input_gradient();
    workspace.fill(f64::NAN);
    workspace.draw_from(Some(DRAWS));
    let targets: Vec<f64> = y.t().iter().copied().collect();
    let half: &dyn Cost<f64> = f64::half(cost);
    let scores = |a: ArrayView2<'_, f64>| a.t().iter().copied().collect::<Vec<_>>();

    let a = scores(network.forward(compute, parameters, x.view(), &mut workspace).unwrap());
    let mut da = vec![0.0; a.len()];
    half.cost(units, &a, &targets, Some(&mut da));
    let da = ArrayView2::from_shape((batch, units), &da).unwrap().reversed_axes();
    let mut gradient = vec![f64::NAN; parameters.len()];
    network.backward(compute, parameters, x.view(), &mut workspace, da, &mut gradient).unwrap();

    let mean_cost = |parameters: &[f64], x: ArrayView2<'_, f64>| {
        half.cost(units, &outputs(network, parameters, x), &targets, None) / batch as f64
    };
    let what = format!("{network}, {}, batch {batch}", cost.name());
    for placed in network.parts() {
        let range = sample(placed.part.range);
        let found = distance(parameters, &gradient, range, |p| mean_cost(p, x.view()));
        noticed(found < BOUND, &format!("{what}: layer {} {}: {found:e}", placed.layer, placed.part.name));
    }
    // dA[0] is not averaged: it is each example's own.
    let input: Vec<f64> = x.t().iter().copied().collect();
    let input_gradient: Vec<f64> =
        workspace.input_gradient().unwrap().t().iter().map(|dx| dx / batch as f64).collect();
    let found = distance(&input, &input_gradient, sample(0..input.len()), |input| {
        mean_cost(
            parameters,
            ArrayView2::from_shape((batch, network.inputs()), input).unwrap().reversed_axes(),
        )
    });
    noticed(found < BOUND, &format!("{what}: dA[0]: {found:e}"));

    workspace.fill(f64::NAN);
    let block_cost = |columns: Range<usize>, a: &[f64], da: &mut [f64]| {
        half.cost(units, a, &targets[columns.start * units..columns.end * units], Some(da))
    };
    let (mut unmoved, expected) = (parameters.clone(), mean_cost(parameters, x.view()));
    let found = network
        .step(compute, &mut unmoved, &mut [], x.view(), &mut workspace, &block_cost, &|_, _, _, _| {})
        .unwrap();
    noticed(workspace.gradient() == gradient, &format!("{what}: the step's is not the backward pass's"));
    // Sums of the same terms, none negative, in another order.
    let tolerance = (batch * units) as f64 * f64::EPSILON * expected;
    noticed(
        (found - expected).abs() <= tolerance,
        &format!("{what}: the step's cost {found}, not {expected}"),
    );
}

#[test]
fn every_activation_cost_batch_and_depth_has_the_gradient_of_its_definition() {
    let mut combinations = 0;
    for activation in activations() {
        for cost in smooth_costs() {
            for batch in [1, 3] {
                for depth in 1..=4 {
                    let network = network(&activation, depth);
                    check(&network, &*cost, &Point::smooth(&network, batch, |_| true));
                    combinations += 1;
                }
            }
        }
    }
    assert_eq!(combinations, 12 * 6 * 2 * 4);
}

/// Layers of 6 units over 6 features, with normalisation and dropout before, between and behind them.
fn network_of_all_layers(activation: &Arc<dyn AnyActivation>, inner: usize) -> Network {
    // So large an epsilon that units which are nearly equal leave a curve that differences can follow.
    let normalisation = LayerNormalisation::new(6).with_epsilon(1.0).unwrap();
    let dense = |builder: Builder| builder.dense(6, activation.clone());
    let start = dense(Network::builder(6).layer(normalisation)).dropout(0.4);
    let builder = (0..inner).fold(start, |builder, _| dense(builder).layer(normalisation).dropout(0.2));
    dense(builder).layer(normalisation).build().unwrap()
}

#[test]
fn every_kind_of_layer_has_the_gradient_of_its_definition() {
    let mut combinations = 0;
    for activation in activations() {
        for cost in smooth_costs() {
            for (batch, inner) in [(1, 0), (3, 0), (1, 1), (3, 1)] {
                let network = network_of_all_layers(&activation, inner);
                check(&network, &*cost, &Point::smooth(&network, batch, |_| true));
                combinations += 1;
            }
        }
    }
    assert_eq!(combinations, 12 * 6 * 4);
    let network = network_of_all_layers(&Tanh.into_activation(), 1);
    let point = Point::draw(&network, 130, 1);
    smooth_costs().iter().for_each(|cost| check(&network, &**cost, &point));
}

#[test]
fn a_batch_of_several_blocks_has_the_gradient_of_its_definition() {
    for activation in [Tanh.into_activation(), Softmax.into_activation(), Arc::new(ScaledTanh)] {
        let network = network(&activation, 2);
        let point = Point::draw(&network, 130, 1);
        let blocks = 130_usize.div_ceil(network.workspace::<f64>(130).unwrap().block_columns());
        assert!(blocks >= 3, "{blocks} blocks: take a larger batch");
        smooth_costs().iter().for_each(|cost| check(&network, &**cost, &point));
    }
}

#[test]
fn a_layer_whose_weights_come_in_pieces_has_the_gradient_of_its_definition() {
    let network = Network::builder(16_400).dense(4, Tanh).dense(4, Tanh).build().unwrap();
    // Two of W, and one of b.
    assert_eq!(network.layers()[0].parameter_blocks().len(), 3, "take a layer of another size");
    let point = Point::draw(&network, 2, 1);
    costs().iter().for_each(|cost| check(&network, &**cost, &point));
}

/// What a step is given besides its network, its parameters and its examples.
#[derive(Debug)]
struct Given {
    cost: NamedConfig,
    penalty: Penalty,
    samples: Option<Vec<f64>>,
    classes: Option<ClassWeights>,
}

impl Given {
    /// How much each example counts, by hand.
    fn weights(&self, y: &Array2<f64>) -> Vec<f64> {
        let samples = self.samples.clone().unwrap_or_else(|| vec![1.0; y.ncols()]);
        let of_classes: Vec<f64> = match &self.classes {
            None => return samples,
            Some(ClassWeights::Given(weights)) => weights.clone(),
            Some(ClassWeights::Balanced) => {
                let total =
                    |row: ArrayView1<'_, f64>| row.iter().zip(&samples).map(|(y, w)| y * w).sum::<f64>();
                y.rows().into_iter().map(|row| 1.0 / total(row)).collect()
            }
        };
        let share = |y: ArrayView1<'_, f64>| y.iter().zip(&of_classes).map(|(y, w)| y * w).sum::<f64>();
        y.columns().into_iter().zip(samples).map(|(y, sample)| sample * share(y)).collect()
    }

    /// The cost of the examples, weighted, and of the weights' size, by hand.
    fn cost(&self, network: &Network, point: &Point) -> f64 {
        let Point { parameters, x, y } = point;
        let cost = dnn_train::registry().make::<dyn AnyCost>(&self.cost).unwrap();
        let scores = match cost.link() {
            Link::Identity => network.clone(),
            _ => network.scores().unwrap(),
        };
        let (units, half) = (y.nrows(), f64::half(&*cost) as &dyn Cost<f64>);
        let z = outputs(&scores, parameters, x.view());
        let costs =
            z.chunks_exact(units).zip(y.columns()).map(|(z, y)| half.cost(units, z, &y.to_vec(), None));
        let weights = self.weights(y);
        let mean = costs.zip(&weights).map(|(cost, w)| cost * w).sum::<f64>() / weights.iter().sum::<f64>();
        let of_weights = network
            .parts()
            .into_iter()
            .filter(|placed| placed.part.kind == Kind::Weight)
            .flat_map(|placed| parameters[placed.part.range].to_vec());
        let Penalty { l1, l2 } = self.penalty;
        mean + of_weights.map(|w| l1 * w.abs() + 0.5 * l2 * w * w).sum::<f64>()
    }
}

/// The gradient and the cost that a step of training has, beside central differences of the whole cost and the cost by hand.
fn check_step(network: &Network, given: &Given, point: &Point) {
    let Point { parameters, x, y } = point;
    let settings = Settings {
        cost: Some(given.cost.clone()),
        penalty: Some(given.penalty),
        class_weights: given.classes.clone(),
        seed: Some(DRAWS.seed),
        steps: Some(1),
        ..Settings::default()
    };
    let plan = settings.plan(network, x.ncols()).unwrap();
    let cost_at = |parameters: &[f64]| {
        let mut trainer = Trainer::<f64>::new(network, plan.clone(), Compute::serial(&Naive)).unwrap();
        trainer.start_from(parameters).unwrap();
        let examples = Examples { x: x.view(), y: y.view(), weights: given.samples.as_deref() };
        let cost = trainer.train(examples, None, &mut []).unwrap().cost;
        (cost, trainer.workspace_mut().gradient().to_vec())
    };
    let (cost, gradient) = cost_at(parameters);
    let (what, expected) = (format!("{network}, {given:?}"), given.cost(network, point));
    noticed(
        (cost - expected).abs() < 1e-13 * (1.0 + expected.abs()),
        &format!("{what}: cost {cost}, not {expected}"),
    );
    for placed in network.parts() {
        let found = distance(parameters, &gradient, placed.part.range, |p| cost_at(p).0);
        noticed(found < BOUND, &format!("{what}: layer {} {}: {found:e}", placed.layer, placed.part.name));
    }
}

/// A hidden layer with `activation`, then nothing, normalisation or dropout, and an output of 3 rows for the cost.
fn network_of_kind(kind: usize, activation: &Arc<dyn AnyActivation>, link: Link) -> Network {
    let hidden = Network::builder(3).dense(4, activation.clone());
    let hidden = match kind {
        0 => hidden,
        1 => hidden.layer(LayerNormalisation::new(4).with_epsilon(1.0).unwrap()),
        _ => hidden.dropout(0.3),
    };
    match link {
        Link::Identity => hidden.dense(3, Identity),
        Link::Sigmoid => hidden.dense(3, Sigmoid),
        Link::Softmax => hidden.dense(3, Softmax),
    }
    .build()
    .unwrap()
}

#[test]
fn every_layer_activation_cost_penalty_and_weight_has_the_gradient_of_its_definition() {
    let mut combinations = 0;
    for kind in 0..3 {
        for activation in activations() {
            for choice in choices() {
                let cost = dnn_train::registry().make::<dyn AnyCost>(&choice).unwrap();
                let network = network_of_kind(kind, &activation, cost.link());
                let point = Point::smooth(&network, 3, |point| point.suits(&network, &*cost));
                for (l1, l2) in [(0.0, 0.0), (0.2, 0.0), (0.0, 0.3), (0.2, 0.3)] {
                    let classes = match (cost.targets(), combinations % 3) {
                        (Targets::Distributions, 1) => Some(ClassWeights::Given(vec![0.5, 2.0, 1.0])),
                        (Targets::Distributions, 2) => Some(ClassWeights::Balanced),
                        _ => None,
                    };
                    let samples = (combinations % 2 == 0).then(|| vec![0.5, 2.0, 0.7]);
                    let penalty = Penalty { l1, l2 };
                    check_step(&network, &Given { cost: choice.clone(), penalty, samples, classes }, &point);
                    combinations += 1;
                }
            }
        }
    }
    assert_eq!(combinations, 3 * 12 * 14 * 4);
}

#[test]
fn weights_in_a_batch_of_several_blocks_have_the_gradient_of_their_definition() {
    let network = network(&Tanh.into_activation(), 2);
    let samples = (0..130).map(|example| f64::from(1 + example * example % 7)).collect();
    let (cost, penalty) = (NamedConfig::from("mean_squared_error"), Penalty { l1: 0.0, l2: 0.0 });
    let given = Given { cost, penalty, samples: Some(samples), classes: None };
    check_step(&network, &given, &Point::draw(&network, 130, 1));
}

#[test]
fn penalties_have_the_gradient_of_their_definition_in_an_activation_that_trains() {
    let network = network(&(Arc::new(ScaledTanh) as Arc<dyn AnyActivation>), 2);
    // No weight so near 0 that its magnitude has a kink within the differences.
    let smooth = |seed: &u64| Point::draw(&network, 3, *seed).parameters.iter().all(|p| p.abs() > 3e-3);
    let point = Point::draw(&network, 3, (0..1000).find(smooth).unwrap());
    for (l1, l2) in [(0.0, 0.3), (0.2, 0.0), (0.2, 0.3)] {
        let (cost, penalty) = (NamedConfig::from("mean_squared_error"), Penalty { l1, l2 });
        check_step(&network, &Given { cost, penalty, samples: None, classes: None }, &point);
    }
}
