//! Defaults: simple rules from the number of examples and of their features.
//!
//! They were tried on eight public data sets, see the README; `dnn train --help` states them.

use dnn_data::Target;
use dnn_train::{AdamW, EarlyStopping, NamedConfig, OneCycle};

use crate::config::{Config, Network, Run, Training};

/// With fewer examples what they are seen of changes at each step; nor is any spared for validation then.
const FEW: usize = 5000;

/// With fewer features each says too much to be left out.
const FEW_FEATURES: usize = 4;

/// Fills in what `config` leaves open for a training on `examples` examples of `features` features, where others validate or
/// none.
pub fn fill(config: &mut Config, examples: usize, features: usize, validated: bool, target: &Target) {
    network(&mut config.network, examples, features);
    training(&mut config.training, examples, validated, target);
    run(&mut config.run);
}

fn network(network: &mut Network, examples: usize, features: usize) {
    let units = match examples {
        ..FEW => 64,
        FEW..10_000 => 128,
        _ => 256,
    };
    network.hidden.get_or_insert_with(|| vec![units, units / 2]);
    network.activation.get_or_insert_with(|| NamedConfig::from("relu"));
    network.dropout.get_or_insert(0.0);
    // Of 0, 0.1, 0.15 and 0.2 the best on Iris and Sonar together, and better than none on the spoken digits; dropout of
    // hidden units helped Iris and harmed Sonar.
    let drops = examples < FEW && features >= FEW_FEATURES;
    network.input_dropout.get_or_insert(if drops { 0.1 } else { 0.0 });
    network.layer_normalisation.get_or_insert(false);
}

fn training(training: &mut Training, examples: usize, validated: bool, target: &Target) {
    let batch = *training.batch.get_or_insert_with(|| batch(examples));
    if training.steps.is_none() {
        training.epochs.get_or_insert_with(|| epochs(examples, batch));
    }
    let optimizer = training.optimizer.get_or_insert_with(|| AdamW::default().into());
    if ["adam", "adamw"].contains(&optimizer.name.as_str()) {
        training.learning_rate.get_or_insert(0.003);
    }
    training.schedule.get_or_insert_with(|| OneCycle::default().into());
    let metric = if target.classes().is_some() { "accuracy" } else { "r2" };
    training.metrics.get_or_insert_with(|| vec![NamedConfig::from(metric)]);
    let never = EarlyStopping { patience: 0, ..EarlyStopping::default() };
    let patience = EarlyStopping { patience: 20, ..EarlyStopping::default() };
    training.early_stopping.get_or_insert(if validated { patience } else { never });
}

/// A hundredth of the examples, a power of two from 16 to 128.
fn batch(examples: usize) -> usize {
    (examples / 100).next_power_of_two().clamp(16, 128)
}

/// As many as make some ten thousand steps, but 20 at least and 200 at most.
fn epochs(examples: usize, batch: usize) -> u64 {
    let steps_per_epoch = examples.div_ceil(batch.max(1)).max(1) as u64;
    (10_000 / steps_per_epoch).clamp(20, 200)
}

fn run(run: &mut Run) {
    run.seed.get_or_insert(0);
    run.checkpoint_seconds.get_or_insert(30.0);
    run.keep_checkpoints.get_or_insert(3);
}
