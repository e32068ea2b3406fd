//! A run that is stopped after any step and resumed from what was saved ends in the same bytes as one that never stopped:
//! for every optimizer, every schedule, clipping, penalties, dropout, shuffling, weights, a short last batch, validation and
//! early stopping with its best parameters.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_core::{Compute, Naive, Network, Relu, Sigmoid, Tanh, column_major};
use dnn_train::{
    AdaGrad, Adam, AdamW, ClassWeights, Clipping, EarlyStopping, Event, Examples, Flow, GradientDescent,
    Lbfgs, Momentum, NamedConfig, Nesterov, Numbers, Observer, ObserverError, Penalty, ReduceOnPlateau,
    RmsProp, RunState, Settings, Trainer, TrainerState,
};
use ndarray::{Array2, Axis};

/// Steps of each run; every one of them is a stop.
const STEPS: u64 = 200;
const EXAMPLES: usize = 22;

/// Ends a run after so many of its own steps.
struct StopAfter(u64);

impl Observer for StopAfter {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Step { .. } = event {
            self.0 -= 1;
        }
        Ok(if self.0 == 0 { Flow::Stop } else { Flow::Continue })
    }
}

/// What is saved of a run, and all that it may leave behind: parameters, state, best parameters, memory.
type Saved = (Vec<f32>, Vec<f32>, Option<Vec<f32>>, TrainerState);

struct Case {
    network: Network,
    settings: Settings,
    x: Array2<f32>,
    y: Array2<f32>,
    weights: Option<Vec<f64>>,
}

impl Case {
    fn trainer(&self) -> Trainer<'_, f32> {
        let plan = self.settings.plan(&self.network, EXAMPLES).unwrap();
        Trainer::new(&self.network, plan, Compute::serial(&Naive)).unwrap()
    }

    /// From `saved`, or the start, for so many steps, or to the end.
    fn run(&self, saved: Option<&Saved>, steps: u64) -> Saved {
        let mut trainer = self.trainer();
        if let Some((parameters, state, best, memory)) = saved {
            let (parameters, optimizer_state) = (Numbers::of(parameters), Numbers::of(state));
            let best = best.as_deref().map(Numbers::of);
            trainer
                .resume(RunState { parameters, optimizer_state, best, state: memory, ..RunState::default() })
                .unwrap();
        }
        let examples = Examples { x: self.x.view(), y: self.y.view(), weights: self.weights.as_deref() };
        let validation = trainer.plan().check_unvalidated().is_err().then_some(examples);
        trainer.train(examples, validation, &mut [&mut StopAfter(steps)]).unwrap();
        let memory = serde_json::to_string(&trainer.state()).unwrap();
        let memory = serde_json::from_str(&memory).unwrap();
        let best = trainer.best_parameters().map(<[f32]>::to_vec);
        (trainer.parameters().to_vec(), trainer.optimizer_state().to_vec(), best, memory)
    }
}

fn bits((parameters, state, best, memory): &Saved) -> (Vec<u32>, TrainerState) {
    let numbers = parameters.iter().chain(state).chain(best.iter().flatten());
    (numbers.map(|number| number.to_bits()).collect(), *memory)
}

/// With sample weights if classes are weighed.
fn case(settings: Settings) -> Case {
    let whole = settings.optimizer.as_ref().is_some_and(|optimizer| optimizer.name == "lbfgs");
    let rate = if whole { 0.0 } else { 0.3 };
    let builder = Network::builder(3).dense(5, Relu).dropout(rate).dense(4, Tanh).layer_normalisation();
    let network = builder.dense(1, Sigmoid).build().unwrap();
    let x =
        Array2::from_shape_fn((3, EXAMPLES), |(row, example)| ((row * 7 + example * 5) % 11) as f32 - 5.0);
    let y = x.sum_axis(Axis(0)).mapv(|sum| f32::from(sum > 0.0)).insert_axis(Axis(0));
    let (x, y) = (column_major(&x.view()), column_major(&y.view()));
    // The last of an epoch's four batches has one example.
    let batch = (!whole).then_some(7);
    let weights =
        settings.class_weights.is_some().then(|| (0..EXAMPLES).map(|example| (example % 5) as f64).collect());
    Case {
        network,
        settings: Settings { batch, steps: Some(STEPS), seed: Some(3), ..settings },
        x,
        y,
        weights,
    }
}

fn optimizer(optimizer: impl Into<NamedConfig>) -> Settings {
    Settings { optimizer: Some(optimizer.into()), learning_rate: Some(0.01), ..Settings::default() }
}

fn schedule(name: &str) -> Settings {
    Settings { schedule: Some(name.into()), warm_up_epochs: Some(2.5), ..optimizer(Adam::default()) }
}

fn every_setting() -> Vec<Settings> {
    let plain = optimizer(GradientDescent);
    let clipped = |clipping| Settings { clipping: Some(clipping), ..optimizer(Adam::default()) };
    let mut all = vec![
        plain.clone(),
        Settings { shuffle: Some(false), ..plain.clone() },
        Settings { penalty: Some(Penalty { l1: 0.01, l2: 0.01 }), ..plain },
        optimizer(Momentum::default()),
        optimizer(Nesterov::default()),
        optimizer(AdaGrad::default()),
        optimizer(RmsProp::default()),
        optimizer(Adam::default()),
        optimizer(AdamW::default()),
        Settings { learning_rate: None, ..optimizer(Lbfgs::default()) },
        clipped(Clipping::Value(0.01)),
        clipped(Clipping::Norm(0.1)),
        clipped(Clipping::GlobalNorm(0.1)),
        Settings { class_weights: Some(ClassWeights::Balanced), ..optimizer(Adam::default()) },
    ];
    let names = ["step", "exponential", "inverse_time", "cosine", "one_cycle", "reduce_on_plateau"];
    all.extend(names.map(schedule));
    let adam = || optimizer(Adam { beta1: 0.8, ..Adam::default() });
    let on_validation = ReduceOnPlateau { patience: 2, validation: true, ..ReduceOnPlateau::default() };
    let early =
        |patience| Some(EarlyStopping { patience, minimum_improvement: 1e-3, ..EarlyStopping::default() });
    all.extend([
        Settings { schedule: Some(on_validation.into()), ..adam() },
        Settings { early_stopping: early(4), learning_rate: Some(0.1), ..adam() },
        Settings { early_stopping: early(7), validate_every: Some(4), learning_rate: Some(0.1), ..adam() },
        Settings { early_stopping: early(1000), validate_every: Some(1), ..adam() },
        Settings {
            metrics: Some(vec!["accuracy".into()]),
            early_stopping: Some(EarlyStopping { watch: Some("accuracy".into()), ..early(40).unwrap() }),
            ..adam()
        },
        Settings { early_stopping: early(30), learning_rate: None, ..optimizer(Lbfgs::default()) },
    ]);
    all
}

#[test]
fn a_run_stopped_after_any_step_ends_in_the_same_bytes() {
    for settings in every_setting() {
        let case = case(settings);
        let mut saved: Vec<Saved> = Vec::new();
        // One step at a time: each is a resume from the one before.
        for step in 0..STEPS as usize {
            let before = step.checked_sub(1).map(|step| &saved[step]);
            let after = case.run(before, 1);
            if after.3.step == step as u64 {
                break; // L-BFGS has arrived, or the run has stopped early.
            }
            saved.push(after);
        }
        let whole = bits(&case.run(None, u64::MAX));
        assert!(saved.len() > 20, "{:?}: only {} steps", case.settings, saved.len());
        for (step, saved) in saved.iter().enumerate() {
            let end = bits(&case.run(Some(saved), u64::MAX));
            assert!(end == whole, "stopped after step {}: {:?}", step + 1, case.settings);
        }
    }
}
