//! Schedules: how the learning rate changes over a run.
//!
//! A schedule gives each step a factor of the plan's learning rate, from the number of the step and the length of the run
//! alone; only [`ReduceOnPlateau`] also looks at costs, and what it remembers is plain data. Lengths are in epochs, and
//! fractions count. Before any of them the rate can warm up, from near 0 in even steps.

mod cosine;
mod decay;
mod one_cycle;
mod plateau;
mod rate;

use dnn_core::{Registry, Result};

pub use cosine::Cosine;
pub use decay::{ConstantRate, Exponential, InverseTime, Staircase};
pub use one_cycle::OneCycle;
pub use plateau::ReduceOnPlateau;
pub use rate::{Clock, LearningRate, Plateau, Schedule};

/// The list of built-in schedules.
pub(crate) fn add_builtin(registry: &mut Registry) -> Result<()> {
    registry.add(ConstantRate::into_schedule)?;
    registry.add(Staircase::into_schedule)?;
    registry.add(Exponential::into_schedule)?;
    registry.add(InverseTime::into_schedule)?;
    registry.add(Cosine::into_schedule)?;
    registry.add(OneCycle::into_schedule)?;
    registry.add(ReduceOnPlateau::into_schedule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(schedule: Exponential, warm_up_epochs: f64) -> Vec<f64> {
        let schedule = LearningRate::new(1.0, schedule.into_schedule(), warm_up_epochs, 12, 2);
        (0..12).map(|step| schedule.rate(step, &Plateau::default())).collect()
    }

    #[test]
    fn every_schedule_gives_finite_rates_from_0_to_the_learning_rate_however_short_the_run() {
        let registry = crate::registry();
        for name in registry.names("schedule") {
            let schedule = registry.make::<dyn Schedule>(&name.into()).unwrap();
            for (steps, warm_up) in [(1, 0.0), (1, 3.0), (2, 0.0), (7, 1.0), (1000, 0.0)] {
                let rates = LearningRate::new(0.5, schedule.clone(), warm_up, steps, 3);
                for step in 0..steps {
                    let rate = rates.rate(step, &Plateau::default());
                    assert!((0.0..=0.5).contains(&rate), "{name}, step {step} of {steps}: {rate}");
                }
            }
        }
    }

    #[test]
    fn a_schedule_begins_when_the_warm_up_is_over() {
        let exponential = Exponential { factor: 0.25 };
        let warm = rates(exponential, 2.0);
        assert_eq!(warm[..4], [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(warm[4..], rates(exponential, 0.0)[..8]);
    }

    #[test]
    fn constants_left_out_take_their_defaults_and_unknown_ones_are_refused() {
        let made = |text: &str| crate::registry().make::<dyn Schedule>(&serde_json::from_str(text).unwrap());
        let staircase = Staircase { every_epochs: 5.0, ..Staircase::default() };
        assert_eq!(made(r#"{"name": "step", "every_epochs": 5}"#).unwrap().config(), staircase.into());
        let error = made(r#"{"name": "step", "evry_epochs": 5}"#).unwrap_err().to_string();
        assert!(error.contains("has a constant evry_epochs, but takes every_epochs, factor"), "{error}");
        let error = made(r#"{"name": "reduce_on_plateau", "patience": 1.5}"#).unwrap_err().to_string();
        assert!(
            error.contains("patience is 1.5, but must be a whole number, 0 or more: 10 is usual"),
            "{error}"
        );
        let error = made(r#""cosinus""#).unwrap_err().to_string();
        assert!(
            error.contains("known are constant, cosine,") && error.contains("take \"cosine\""),
            "{error}"
        );
        let watching = made(r#"{"name": "reduce_on_plateau", "validation": true}"#).unwrap();
        assert!(watching.needs_validation());
    }
}
