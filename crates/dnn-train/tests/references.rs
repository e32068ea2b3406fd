//! Optimizers and schedules beside PyTorch, L-BFGS beside scikit-learn. `fixtures/make.py` made the reference numbers.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_core::{Compute, Identity, Naive, Network, Sigmoid, Softmax, Softplus, Tanh};
use dnn_train::{
    AdaGrad, Adam, AdamW, Clipping, Cosine, Event, Exponential, Flow, GradientDescent, Lbfgs, LearningRate,
    Momentum, NamedConfig, Nesterov, Numbers, Observer, ObserverError, OneCycle, Penalty, Plateau,
    ReduceOnPlateau, RmsProp, RunState, Schedule, Settings, Staircase, Trainer,
};
use ndarray::{Array2, ArrayView2, ShapeBuilder, array, s};

/// The project's bound for the distance of parameters, relative to their norm.
const BOUND: f64 = 1e-10;
const STEPS: usize = 100;
const EXAMPLES: usize = 20;

fn numbers(bytes: &[u8]) -> Vec<f64> {
    bytes.chunks_exact(8).map(|number| f64::from_le_bytes(number.try_into().unwrap())).collect()
}

macro_rules! fixture {
    ($name:literal) => {
        numbers(include_bytes!(concat!("fixtures/", $name, ".f64")))
    };
}

fn columns(rows: usize, numbers: &[f64]) -> Array2<f64> {
    Array2::from_shape_vec((rows, numbers.len() / rows).f(), numbers.to_vec()).unwrap()
}

fn distance(found: &[f64], expected: &[f64]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    let apart = norm(&mut found.iter().zip(expected).map(|(found, expected)| found - expected));
    apart / norm(&mut expected.iter().copied())
}

/// Fails unless `right`, in words that `mutants/run` tells from any other failure. NaN is not right.
fn noticed(right: bool, what: &str) {
    assert!(right, "wrong trajectory: {what}");
}

/// Notes every step's cost.
struct Costs(Vec<f64>);

impl Observer for Costs {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Step { cost, .. } = event {
            self.0.push(*cost);
        }
        // One step a run, to see the parameters in between.
        Ok(if matches!(event, Event::Step { .. }) { Flow::Stop } else { Flow::Continue })
    }
}

/// The largest distance of the parameters from the reference at any of its steps.
fn largest_distance(name: &str, settings: Settings, reference: &[f64]) -> f64 {
    let network = Network::builder(3).dense(6, Tanh).dense(4, Softplus).dense(2, Softmax).build().unwrap();
    let start = fixture!("start");
    let (x, rest) = start.split_at(3 * EXAMPLES);
    let (y, start) = rest.split_at(2 * EXAMPLES);
    let (x, y) = (columns(3, x), columns(2, y));
    let plan = Settings { steps: Some(STEPS as u64), ..settings }.plan(&network, EXAMPLES).unwrap();
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    trainer.start_from(start).unwrap();
    let mut costs = Costs(Vec::new());
    let mut largest = 0.0_f64;
    let rows = reference.chunks_exact(1 + start.len());
    assert_eq!(rows.len(), STEPS);
    for (step, row) in rows.enumerate() {
        trainer.run(x.view(), y.view(), &mut [&mut costs]).unwrap();
        let found = distance(trainer.parameters(), &row[1..]);
        noticed(found < BOUND, &format!("{name}, step {}: {found:e}", step + 1));
        largest = largest.max(found);
        let cost = costs.0[step];
        noticed(
            (cost - row[0]).abs() < BOUND * row[0],
            &format!("{name}: cost {cost} before step {}, not {}", step + 1, row[0]),
        );
    }
    largest
}

#[test]
fn optimizers_penalties_and_clipping_follow_pytorch_for_100_steps() {
    let with = |optimizer: NamedConfig, rate| Settings {
        optimizer: Some(optimizer),
        learning_rate: Some(rate),
        ..Settings::default()
    };
    let half = Momentum { momentum: 0.5 };
    let adamw = AdamW { weight_decay: 0.5, ..AdamW::default() };
    let penalty = Some(Penalty { l1: 0.003, l2: 0.02 });
    let clipping = Some(Clipping::GlobalNorm(0.1));
    let runs = [
        ("gradient descent", with(GradientDescent.into(), 0.5), fixture!("gradient_descent")),
        ("momentum", with(Momentum::default().into(), 0.1), fixture!("momentum")),
        ("Nesterov", with(Nesterov::default().into(), 0.1), fixture!("nesterov")),
        ("AdaGrad", with(AdaGrad::default().into(), 0.1), fixture!("adagrad")),
        ("RMSProp", with(RmsProp::default().into(), 0.002), fixture!("rmsprop")),
        ("Adam", with(Adam::default().into(), 0.02), fixture!("adam")),
        ("AdamW", with(adamw.into(), 0.02), fixture!("adamw")),
        ("penalties", Settings { penalty, ..with(GradientDescent.into(), 0.2) }, fixture!("penalties")),
        ("global norm", Settings { clipping, ..with(half.into(), 0.5) }, fixture!("global_norm")),
    ];
    for (name, settings, reference) in runs {
        let found = largest_distance(name, settings, &reference);
        println!("{name}: {found:.1e}");
    }
}

#[test]
fn lbfgs_finds_scikit_learns_minimum_of_logistic_regression() {
    let numbers = fixture!("logistic");
    let (x, rest) = numbers.split_at(60 * 4);
    let (y, minimum) = rest.split_at(60);
    let network = Network::builder(4).dense(1, Sigmoid).build().unwrap();
    let settings = Settings {
        optimizer: Some(Lbfgs { tolerance: 1e-12, ..Lbfgs::default() }.into()),
        penalty: Some(Penalty { l2: 0.01, l1: 0.0 }),
        ..Settings::default()
    };
    let plan = settings.plan(&network, 60).unwrap();
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    let summary = trainer.run(columns(4, x).view(), columns(1, y).view(), &mut []).unwrap();
    let found = distance(trainer.parameters(), minimum);
    println!("{found:.1e} after {} steps", summary.step);
    noticed(found < 1e-8, &format!("L-BFGS: {found:e}"));
    assert!(summary.step < 40, "{} steps", summary.step);
}

#[test]
fn schedules_follow_pytorchs() {
    let numbers = fixture!("schedules");
    let rows = ArrayView2::from_shape((7, 60), &numbers).unwrap();
    let schedules = [
        Staircase { every_epochs: 7.0, factor: 0.3 }.into_schedule(),
        Exponential { factor: 0.95 }.into_schedule(),
        Cosine { floor: 0.1, ..Cosine::default() }.into_schedule(),
        Cosine { cycle_epochs: Some(8.0), growth: 2.0, ..Cosine::default() }.into_schedule(),
        OneCycle::default().into_schedule(),
    ];
    for (schedule, expected) in schedules.into_iter().zip(rows.rows()) {
        let rates = LearningRate::new(0.5, schedule.clone(), 0.0, 60, 1);
        for (step, expected) in expected.iter().enumerate() {
            let found = rates.rate(step as u64, &Plateau::default());
            assert!((found - expected).abs() < 1e-14, "{schedule:?}, step {step}: {found}, not {expected}");
        }
    }
}

/// A network `a = w x` whose cost of each epoch is the square of the one target: costs as one likes.
#[test]
fn reduce_on_plateau_follows_pytorchs_at_the_same_costs() {
    let numbers = fixture!("schedules");
    let rows = ArrayView2::from_shape((7, 60), &numbers).unwrap();
    let (rates, costs) = (rows.row(5), rows.row(6));
    let reduce = ReduceOnPlateau { factor: 0.5, patience: 3, cooldown: 2, ..ReduceOnPlateau::default() };
    let settings = Settings {
        schedule: Some(reduce.into()),
        learning_rate: Some(0.5),
        epochs: Some(60),
        ..Settings::default()
    };
    let network = Network::builder(1).dense(1, Identity).build().unwrap();
    let plan = settings.plan(&network, 1).unwrap();
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    for (epoch, (&cost, &expected)) in costs.iter().zip(&rates.slice(s![..])).enumerate() {
        let found = trainer.plan().schedule().rate(epoch as u64, &trainer.state().plateau);
        assert!((found - expected).abs() < 1e-14, "epoch {epoch}: {found}, not {expected}");
        let (state, memory) = (trainer.optimizer_state().to_vec(), trainer.state());
        let (parameters, optimizer_state) = (Numbers::of(&[0.0, 0.0]), Numbers::of(&state));
        let run = RunState { parameters, optimizer_state, state: &memory, ..RunState::default() };
        trainer.resume(run).unwrap();
        let y = array![[cost.sqrt()]];
        trainer.run(array![[1.0]].view(), y.view(), &mut [&mut Costs(Vec::new())]).unwrap();
    }
}
