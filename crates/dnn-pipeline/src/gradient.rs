//! The gradient check: what a step of training computes, beside what its cost does when one parameter is moved.
//!
//! It goes through a trainer's own step in f64, so that the cost, its penalty and weights, and what dropout draws are those of
//! a real step. The slope is a difference of fourth order, `(8 (c(h) − c(−h)) − (c(2h) − c(−2h))) / 12h`. Where it changes with
//! h, a kink lies within reach (relu has one at 0), no difference can tell the gradient, and the parameter is left out.

use dnn_core::{Compute, Network, NetworkPart, Registry};
use dnn_train::{Examples, Numbers, RunState, Settings, Trainer, TrainerState};
use serde::Serialize;

use crate::Result;

/// How far a parameter is moved; a second slope is taken at three times of it.
const STEP: f64 = 1e-4;
/// Slopes that differ by more, relative to themselves, have a kink between them.
const KINK: f64 = 1e-6;
/// A part of the parameters whose gradient is farther from the slopes is wrong.
pub const BOUND: f64 = 1e-5;

/// The gradient of one part of the parameters beside its slopes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartCheck {
    /// Number of the layer, from 1.
    pub layer: usize,
    /// What the layer calls the part.
    pub part: &'static str,
    /// Parameters it has.
    pub parameters: usize,
    /// Those that were moved, spread evenly.
    pub moved: usize,
    /// Those of them that were left out for a kink.
    pub left_out: usize,
    /// `‖g − ĝ‖ / (‖g‖ + ‖ĝ‖)` of the gradient g and the slopes ĝ; 0 if both are.
    pub distance: f64,
    /// Row and column of the parameter that is farthest off, its gradient and its slope.
    pub worst: Option<(usize, usize, f64, f64)>,
}

impl PartCheck {
    /// Whether the gradient is that of the cost. NaN is not.
    pub fn is_right(&self) -> bool {
        self.distance <= BOUND
    }
}

/// Checks the gradient of `network` on `examples` at `parameters`, `most` parameters of each part.
///
/// # Errors
/// What `settings` ask for that cannot be followed; a cost that is not finite.
pub fn check(
    network: &Network,
    settings: &Settings,
    registry: &Registry,
    examples: Examples<'_, f64>,
    parameters: &[f64],
    compute: Compute<'_>,
    most: usize,
) -> Result<Vec<PartCheck>> {
    let plan = one_step(settings).plan_with(registry, network, examples.count())?;
    let mut trainer = Trainer::<f64>::new(network, plan, compute)?;
    let mut cost = |parameters: &[f64]| -> Result<(f64, Vec<f64>)> {
        let run = RunState {
            parameters: Numbers::of(parameters),
            optimizer_state: Numbers::of::<f64>(&[]),
            ..start()
        };
        trainer.resume(run)?;
        let cost = trainer.train(examples, None, &mut [])?.cost;
        Ok((cost, trainer.workspace_mut().gradient().to_vec()))
    };
    let gradient = cost(parameters)?.1;
    let mut moved = parameters.to_vec();
    let mut cost_at = |place: usize, offset: f64| {
        moved[place] = parameters[place] + offset;
        let cost = cost(&moved);
        moved[place] = parameters[place];
        Ok(cost?.0)
    };
    network.parts().into_iter().map(|part| part_check(part, &gradient, most, &mut cost_at)).collect()
}

/// The settings of one step on all examples, whose cost and gradient are those of a step of `settings`.
fn one_step(settings: &Settings) -> Settings {
    Settings {
        steps: Some(1),
        learning_rate: Some(1.0),
        seed: settings.seed,
        cost: settings.cost.clone(),
        penalty: settings.penalty,
        class_weights: settings.class_weights.clone(),
        ..Settings::default()
    }
}

fn start() -> RunState<'static> {
    RunState { state: &TrainerState::START, ..RunState::default() }
}

fn part_check(
    NetworkPart { layer, part }: NetworkPart,
    gradient: &[f64],
    most: usize,
    cost_at: &mut dyn FnMut(usize, f64) -> Result<f64>,
) -> Result<PartCheck> {
    let parameters = part.range.len();
    let moved = parameters.min(most);
    let (mut left_out, mut apart, mut lengths, mut worst) = (0, 0.0, (0.0, 0.0), None);
    for place in (0..moved).map(|number| number * parameters / moved) {
        let found = gradient[part.range.start + place];
        let mut slope = |h| slope(part.range.start + place, h, cost_at);
        let (near, far) = (slope(STEP)?, slope(3.0 * STEP)?);
        // Rounding of the cost alone makes slopes of about 1e-12.
        if (near - far).abs() > KINK * (near.abs() + far.abs() + 1e-5) {
            left_out += 1;
            continue;
        }
        let error: f64 = (found - near).powi(2);
        if worst.is_none_or(|(_, _, found, slope): (usize, usize, f64, f64)| error > (found - slope).powi(2))
        {
            let rows = part.shape.0.max(1);
            worst = Some((place % rows, place / rows, found, near));
        }
        apart += error;
        lengths = (lengths.0 + found.powi(2), lengths.1 + near.powi(2));
    }
    let length = f64::sqrt(lengths.0) + f64::sqrt(lengths.1);
    let distance = if length < 1e-9 { 0.0 } else { apart.sqrt() / length };
    Ok(PartCheck { layer, part: part.name, parameters, moved, left_out, distance, worst })
}

fn slope(place: usize, h: f64, cost_at: &mut dyn FnMut(usize, f64) -> Result<f64>) -> Result<f64> {
    let near = cost_at(place, h)? - cost_at(place, -h)?;
    let far = cost_at(place, 2.0 * h)? - cost_at(place, -2.0 * h)?;
    Ok((8.0 * near - far) / (12.0 * h))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::random::{Key, Purpose, Stream};
    use dnn_core::{Elementwise, Naive, Named, Real, Relu, Saved, Sigmoid, Tanh};
    use dnn_train::{Initialisation, Penalty};
    use ndarray::{Array2, ShapeBuilder};

    /// Says that its derivative is 1 everywhere, which it is not.
    #[derive(Clone, Default)]
    struct Wrong;

    impl Named for Wrong {
        const NAME: &'static str = "test/wrong";
    }

    impl Elementwise for Wrong {
        const SAVED: Saved = Saved::Input;
        fn f<T: Real>(&self, z: T) -> T {
            z.tanh()
        }
        fn df<T: Real>(&self, _: T) -> T {
            T::one()
        }
    }

    fn checked(network: &Network, settings: &Settings) -> Vec<PartCheck> {
        let mut stream = Stream::new(Key::new(3, Purpose::Data));
        let x = Array2::from_shape_simple_fn((network.inputs(), 20).f(), || stream.normal());
        let y = Array2::from_shape_fn((1, 20).f(), |(_, example)| (example % 2) as f64);
        let parameters = Initialisation::draw::<f64>(None, network, 1);
        let examples = Examples::new(x.view(), y.view());
        let (registry, compute) = (dnn_train::registry(), Compute::serial(&Naive));
        check(network, settings, &registry, examples, &parameters, compute, 10).unwrap()
    }

    #[test]
    fn the_gradient_of_a_whole_step_is_found_right() {
        let network =
            Network::builder(3).dense(6, Tanh).dropout(0.3).dense(5, Relu).dense(1, Sigmoid).build();
        let settings = Settings { penalty: Some(Penalty { l1: 0.0, l2: 0.1 }), ..Settings::default() };
        let parts = checked(&network.unwrap(), &settings);
        assert_eq!(parts.len(), 6);
        assert!(parts.iter().all(|part| part.distance < 1e-8 && part.left_out < part.moved), "{parts:?}");
        assert_eq!((parts[0].layer, parts[0].parameters, parts[0].moved), (1, 18, 10));
    }

    #[test]
    fn a_plug_in_with_a_wrong_derivative_is_found_by_its_layer() {
        let network = Network::builder(3).dense(6, Tanh).dense(5, Wrong).dense(1, Sigmoid).build().unwrap();
        let parts = checked(&network, &Settings::default());
        let wrong: Vec<usize> = parts.iter().filter(|part| !part.is_right()).map(|part| part.layer).collect();
        assert_eq!(wrong, [1, 1, 2, 2]);
    }
}
