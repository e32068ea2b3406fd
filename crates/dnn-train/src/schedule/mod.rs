//! Schedules: how the learning rate changes over a run.
//!
//! A schedule gives each step a factor of the plan's learning rate, from the number of the step and the length of the run
//! alone; only [`ReduceOnPlateau`] also looks at costs, and what it remembers is plain data. Lengths are in epochs, and
//! fractions count. Before any of them the rate can warm up, from near 0 in even steps.

mod cosine;
mod decay;
mod one_cycle;
mod plateau;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::named::{Table, name_or_table};

pub use cosine::Cosine;
pub use decay::{Constant, Exponential, InverseTime, Staircase};
pub use one_cycle::OneCycle;
pub use plateau::{Plateau, ReduceOnPlateau};

/// The choice of a schedule: a name, `"cosine"`, or a table with some of its constants,
/// `{ "name": "cosine", "floor": 0.01 }`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "name", rename_all = "snake_case")]
pub enum ScheduleSettings {
    /// `"constant"`
    Constant(Constant),
    /// `"step"`
    #[serde(rename = "step")]
    Staircase(Staircase),
    /// `"exponential"`
    Exponential(Exponential),
    /// `"inverse_time"`
    InverseTime(InverseTime),
    /// `"cosine"`
    Cosine(Cosine),
    /// `"one_cycle"`
    OneCycle(OneCycle),
    /// `"reduce_on_plateau"`
    ReduceOnPlateau(ReduceOnPlateau),
}

impl Default for ScheduleSettings {
    fn default() -> Self {
        Self::Constant(Constant)
    }
}

// What `remote = "Self"` derives are inherent functions for tables; these let a name alone stand for one.
impl Serialize for ScheduleSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for ScheduleSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        name_or_table(deserializer)
    }
}

impl<'de> Table<'de> for ScheduleSettings {
    const WHAT: &'static str = "a schedule";

    fn from_table<D: Deserializer<'de>>(table: D) -> Result<Self, D::Error> {
        Self::deserialize(table)
    }
}

impl ScheduleSettings {
    pub(crate) fn faults(self) -> Vec<String> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Staircase(staircase) => staircase.faults().collect(),
            Self::Exponential(exponential) => exponential.faults().collect(),
            Self::InverseTime(inverse_time) => inverse_time.faults().collect(),
            Self::Cosine(cosine) => cosine.faults().collect(),
            Self::OneCycle(one_cycle) => one_cycle.faults().collect(),
            Self::ReduceOnPlateau(plateau) => plateau.faults().collect(),
        }
    }
}

/// Where a run is, as a schedule sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Steps since the schedule began.
    step: f64,
    /// Steps of the whole schedule.
    steps: f64,
    steps_per_epoch: f64,
}

impl Clock {
    fn epochs(self) -> f64 {
        self.step / self.steps_per_epoch
    }
}

/// The learning rate of every step of a run.
///
/// ```
/// use dnn_train::{Cosine, Plateau, Schedule, ScheduleSettings};
///
/// // 2 epochs of 4 steps to warm up, then 8 epochs along half a cosine.
/// let schedule = Schedule::new(0.5, ScheduleSettings::Cosine(Cosine::default()), 2.0, 40, 4);
/// let rate = |step| schedule.rate(step, &Plateau::default());
/// assert_eq!(rate(0), 0.5 / 8.0);
/// assert_eq!((rate(7), rate(8)), (0.5, 0.5));
/// assert!((rate(24) - 0.25).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    learning_rate: f64,
    settings: ScheduleSettings,
    warm_up: u64,
    steps: u64,
    steps_per_epoch: u64,
}

impl Schedule {
    /// The schedule of a run of `steps` steps, which warms up for the first `warm_up_epochs`. Settings are taken as they
    /// are; [`crate::Settings::plan`] checks them.
    pub fn new(
        learning_rate: f64,
        settings: ScheduleSettings,
        warm_up_epochs: f64,
        steps: u64,
        steps_per_epoch: u64,
    ) -> Self {
        let warm_up = (warm_up_epochs * steps_per_epoch as f64).round() as u64;
        Self { learning_rate, settings, warm_up, steps, steps_per_epoch }
    }

    /// The rate of step number `step`, from 0.
    pub fn rate(&self, step: u64, plateau: &Plateau) -> f64 {
        if step < self.warm_up {
            return self.learning_rate * ((step + 1) as f64 / self.warm_up as f64);
        }
        let clock = Clock {
            step: (step - self.warm_up) as f64,
            steps: self.steps.saturating_sub(self.warm_up) as f64,
            steps_per_epoch: self.steps_per_epoch as f64,
        };
        self.learning_rate
            * match self.settings {
                ScheduleSettings::Constant(_) => 1.0,
                ScheduleSettings::Staircase(staircase) => staircase.factor(clock),
                ScheduleSettings::Exponential(exponential) => exponential.factor(clock),
                ScheduleSettings::InverseTime(inverse_time) => inverse_time.factor(clock),
                ScheduleSettings::Cosine(cosine) => cosine.factor(clock),
                ScheduleSettings::OneCycle(one_cycle) => one_cycle.factor(clock),
                ScheduleSettings::ReduceOnPlateau(_) => plateau.factor,
            }
    }

    /// Tells the schedule, after step number `step`, from 0, the mean cost of the epoch that it ended, or that of the
    /// `validation` examples.
    pub(crate) fn see(&self, step: u64, cost: f64, validation: bool, plateau: &mut Plateau) {
        if let ScheduleSettings::ReduceOnPlateau(reduce) = self.settings
            && step >= self.warm_up
            && reduce.validation == validation
        {
            reduce.see(cost, plateau);
        }
    }

    /// Whether it needs the validation cost.
    pub(crate) fn needs_validation(&self) -> bool {
        matches!(self.settings, ScheduleSettings::ReduceOnPlateau(ReduceOnPlateau { validation: true, .. }))
    }
}

/// The fault of a constant outside a range.
fn fault(name: &str, value: f64, right: bool, expected: &str) -> Option<String> {
    (!(value.is_finite() && right))
        .then(|| format!("{name} of the schedule is {value}, but must be {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(settings: ScheduleSettings, warm_up_epochs: f64) -> Vec<f64> {
        let schedule = Schedule::new(1.0, settings, warm_up_epochs, 12, 2);
        (0..12).map(|step| schedule.rate(step, &Plateau::default())).collect()
    }

    #[test]
    fn every_schedule_gives_finite_rates_from_0_to_the_learning_rate_however_short_the_run() {
        for name in
            ["constant", "step", "exponential", "inverse_time", "cosine", "one_cycle", "reduce_on_plateau"]
        {
            let settings: ScheduleSettings = serde_json::from_str(&format!("{name:?}")).unwrap();
            assert!(settings.faults().is_empty(), "{name}");
            for (steps, warm_up) in [(1, 0.0), (1, 3.0), (2, 0.0), (7, 1.0), (1000, 0.0)] {
                let schedule = Schedule::new(0.5, settings, warm_up, steps, 3);
                for step in 0..steps {
                    let rate = schedule.rate(step, &Plateau::default());
                    assert!((0.0..=0.5).contains(&rate), "{name}, step {step} of {steps}: {rate}");
                }
            }
        }
    }

    #[test]
    fn a_schedule_begins_when_the_warm_up_is_over() {
        let exponential = ScheduleSettings::Exponential(Exponential { factor: 0.25 });
        let warm = rates(exponential, 2.0);
        assert_eq!(warm[..4], [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(warm[4..], rates(exponential, 0.0)[..8]);
    }

    #[test]
    fn constants_left_out_take_their_defaults_and_unknown_ones_are_refused() {
        let read = |text: &str| serde_json::from_str::<ScheduleSettings>(text);
        let staircase = Staircase { every_epochs: 5.0, ..Staircase::default() };
        assert_eq!(
            read(r#"{"name": "step", "every_epochs": 5}"#).unwrap(),
            ScheduleSettings::Staircase(staircase)
        );
        let error = read(r#"{"name": "step", "evry_epochs": 5}"#).unwrap_err().to_string();
        assert!(
            error.contains("unknown field `evry_epochs`, expected `every_epochs` or `factor`"),
            "{error}"
        );
        assert!(read(r#""cosinus""#).unwrap_err().to_string().contains("expected one of `constant`, `step`"));
    }
}
