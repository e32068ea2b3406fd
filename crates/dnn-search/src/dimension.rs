//! One hyper-parameter and the values it may take.
//!
//! Every kind of dimension maps a place from 0 to 1 to a value, evenly on its own scale; all that draws, divides or narrows
//! a dimension is that one map.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The values of one hyper-parameter; both ends of a range belong to it.
///
/// In a file: `{ "log_uniform": [1e-4, 1e-1] }`, `{ "choice": ["relu", "tanh"] }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Numbers from the first to the second, all equally likely.
    Uniform(f64, f64),
    /// Numbers from the first, above 0, to the second, every ratio equally likely: learning rates, penalties.
    LogUniform(f64, f64),
    /// Whole numbers from the first to the second, all equally likely.
    Integer(i64, i64),
    /// Whole numbers from the first, 1 or more, to the second, every ratio about equally likely: units of a layer.
    LogInteger(i64, i64),
    /// One of these, all equally likely: names, numbers, tables.
    Choice(Vec<Value>),
}

impl Dimension {
    /// One of `values`.
    pub fn choice<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::Choice(values.into_iter().map(Into::into).collect())
    }

    /// The value that a number from `[0, 1)`, all equally likely, draws.
    pub(crate) fn drawn(&self, uniform: f64) -> Value {
        match self {
            Self::Choice(values) => values[(uniform * values.len() as f64) as usize].clone(),
            // Half a number more on both sides gives the ends as much room as the others.
            Self::Integer(low, high) => {
                let (from, width) = (*low as f64 - 0.5, (*high as f64 - *low as f64) + 1.0);
                whole(from + uniform * width, *low, *high)
            }
            Self::LogInteger(low, high) => {
                let (from, to) = ((*low as f64 - 0.5).ln(), (*high as f64 + 0.5).ln());
                whole((from + uniform * (to - from)).exp(), *low, *high)
            }
            Self::Uniform(..) | Self::LogUniform(..) => self.at(uniform),
        }
    }

    /// `points` values spread evenly from end to end, fewer if there are fewer whole numbers; every value of a choice.
    pub(crate) fn spread(&self, points: usize) -> Vec<Value> {
        if let Self::Choice(values) = self {
            return values.clone();
        }
        let place = |point| if points == 1 { 0.5 } else { point as f64 / (points - 1) as f64 };
        let mut values: Vec<Value> = (0..points).map(|point| self.at(place(point))).collect();
        values.dedup();
        values
    }

    /// The part of this dimension, `share` of its length, around `best`, or beside it where that is near an end; of a
    /// choice, the values that are among the `leaders`.
    pub(crate) fn around(&self, best: &Value, leaders: &[&Value], share: f64) -> Self {
        let start = (self.place(best) - 0.5 * share).clamp(0.0, 1.0 - share);
        let (low, high) = (self.at(start), self.at(start + share));
        let numbers = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let whole = |value: &Value| value.as_i64().unwrap_or_default();
        // Rounding may put an end on the wrong side of the best.
        let ends = (numbers(&low).min(numbers(best)), numbers(&high).max(numbers(best)));
        match self {
            Self::Uniform(..) => Self::Uniform(ends.0, ends.1),
            Self::LogUniform(..) => Self::LogUniform(ends.0, ends.1),
            Self::Integer(..) => Self::Integer(whole(&low), whole(&high)),
            Self::LogInteger(..) => Self::LogInteger(whole(&low), whole(&high)),
            Self::Choice(values) => {
                Self::Choice(values.iter().filter(|value| leaders.contains(value)).cloned().collect())
            }
        }
    }

    /// The value at `place`, from 0 to 1, along a range.
    ///
    /// Numbers are rounded to four digits, so that a person can type them again, and the last bit of a platform's
    /// logarithm does not change a trial.
    fn at(&self, place: f64) -> Value {
        match *self {
            Self::Uniform(low, high) => rounded(low + place * (high - low)).clamp(low, high).into(),
            Self::LogUniform(low, high) => rounded(log_between(low, high, place)).clamp(low, high).into(),
            Self::Integer(low, high) => whole(low as f64 + place * (high as f64 - low as f64), low, high),
            Self::LogInteger(low, high) => whole(log_between(low as f64, high as f64, place), low, high),
            Self::Choice(_) => Value::Null,
        }
    }

    /// Where along a range `value` stands, from 0 to 1.
    fn place(&self, value: &Value) -> f64 {
        let value = value.as_f64().unwrap_or(f64::NAN);
        let place = match *self {
            Self::Uniform(low, high) => (value - low) / (high - low),
            Self::LogUniform(low, high) => (value / low).ln() / (high / low).ln(),
            Self::Integer(low, high) => (value - low as f64) / (high - low) as f64,
            Self::LogInteger(low, high) => (value / low as f64).ln() / (high as f64 / low as f64).ln(),
            Self::Choice(_) => 0.0,
        };
        // A range of one number has no places.
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }

    pub(crate) fn faults(&self, name: &str) -> impl Iterator<Item = String> {
        let fault = |wrong: bool, found: String, expected: &str| {
            wrong.then(|| format!("{name} {found}, but {expected}"))
        };
        let order = "a range goes from a number to a larger one: exchange them, or leave the dimension out";
        let above =
            |low: &str| format!("ratios need numbers above 0: start above {low}, or take a plain range");
        let range = |low: f64, high: f64| format!("goes from {low} to {high}");
        match self {
            &Self::Uniform(low, high) => {
                [fault(!(low < high && (high - low).is_finite()), range(low, high), order), None]
            }
            &Self::LogUniform(low, high) => [
                fault(!(low < high && high.is_finite()), range(low, high), order),
                fault(low <= 0.0, format!("starts at {low}"), &above("0")),
            ],
            &Self::Integer(low, high) => [fault(low >= high, range(low as f64, high as f64), order), None],
            &Self::LogInteger(low, high) => [
                fault(low >= high, range(low as f64, high as f64), order),
                fault(low < 1, format!("starts at {low}"), &above("0")),
            ],
            Self::Choice(values) => {
                let twice = (1..values.len()).find(|&at| values[..at].contains(&values[at]));
                let found = twice.map(|at| format!("has {} twice", values[at])).unwrap_or_default();
                [
                    fault(
                        values.is_empty(),
                        "is a choice of nothing".into(),
                        "needs a value or more: add one",
                    ),
                    fault(twice.is_some(), found, "each value counts once: leave one out"),
                ]
            }
        }
        .into_iter()
        .flatten()
    }
}

fn log_between(low: f64, high: f64, place: f64) -> f64 {
    (low.ln() + place * (high / low).ln()).exp()
}

/// The nearest number of four digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

fn whole(value: f64, low: i64, high: i64) -> Value {
    (value.round() as i64).clamp(low, high).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn draws(dimension: &Dimension) -> Vec<f64> {
        (0..1000).map(|i| dimension.drawn(f64::from(i) / 1000.0).as_f64().unwrap()).collect()
    }

    #[test]
    fn draws_fill_a_range_evenly_on_its_scale() {
        let below =
            |dimension: &Dimension, limit: f64| draws(dimension).iter().filter(|&&v| v < limit).count();
        assert_eq!(below(&Dimension::Uniform(0.0, 2.0), 0.5), 250);
        assert_eq!(below(&Dimension::LogUniform(1e-4, 1.0), 1e-3), 250);
        // 1, 2, 3 and 4, a quarter each.
        assert_eq!(
            (2..=4).map(|limit| below(&Dimension::Integer(1, 4), f64::from(limit))).collect::<Vec<_>>(),
            [250, 500, 750]
        );
        let halves = below(&Dimension::LogInteger(10, 1000), 100.0);
        assert!((490..=510).contains(&halves), "{halves}");
    }

    #[test]
    fn draws_stay_in_their_range_and_take_both_ends_of_whole_numbers() {
        let ends = |dimension: &Dimension| {
            let draws = draws(dimension);
            (draws[0], draws[999])
        };
        assert_eq!(ends(&Dimension::Integer(-3, 3)), (-3.0, 3.0));
        assert_eq!(ends(&Dimension::LogInteger(1, 9)), (1.0, 9.0));
        // Ends of more than four digits: rounding may not lead beyond them.
        let (low, high) = (0.123_456, 0.123_458);
        assert!(draws(&Dimension::Uniform(low, high)).iter().all(|&v| (low..=high).contains(&v)));
        assert!(draws(&Dimension::LogUniform(low, high)).iter().all(|&v| (low..=high).contains(&v)));
    }

    #[test]
    fn a_spread_goes_from_end_to_end_and_repeats_nothing() {
        assert_eq!(Dimension::LogUniform(1e-3, 1e-1).spread(3), [json!(1e-3), json!(1e-2), json!(1e-1)]);
        assert_eq!(Dimension::Integer(1, 3).spread(10), [json!(1), json!(2), json!(3)]);
        assert_eq!(Dimension::Uniform(0.0, 1.0).spread(1), [json!(0.5)]);
        assert_eq!(Dimension::choice(["a", "b"]).spread(1), [json!("a"), json!("b")]);
    }

    #[test]
    fn what_lies_around_the_best_is_as_long_as_asked_and_holds_it() {
        let rates = Dimension::LogUniform(1e-4, 1.0);
        assert_eq!(rates.around(&json!(1e-2), &[], 0.5), Dimension::LogUniform(1e-3, 1e-1));
        assert_eq!(rates.around(&json!(1.0), &[], 0.25), Dimension::LogUniform(0.1, 1.0));
        assert_eq!(Dimension::Integer(1, 9).around(&json!(2), &[], 0.5), Dimension::Integer(1, 5));
        assert_eq!(
            Dimension::LogInteger(8, 512).around(&json!(64), &[], 1.0 / 3.0),
            Dimension::LogInteger(32, 128)
        );
        let choice = Dimension::choice([1, 2, 3]);
        assert_eq!(choice.around(&json!(3), &[&json!(3), &json!(1)], 0.5), Dimension::choice([1, 3]));
    }

    #[test]
    fn faults_are_named_in_words() {
        let faults = |dimension: Dimension| dimension.faults("rate").collect::<Vec<_>>();
        assert!(faults(Dimension::Uniform(0.0, 1.0)).is_empty());
        assert_eq!(faults(Dimension::LogUniform(0.0, f64::NAN)).len(), 2);
        assert_eq!(
            faults(Dimension::Integer(3, 3)),
            [
                "rate goes from 3 to 3, but a range goes from a number to a larger one: exchange them, or leave the dimension out"
            ]
        );
        assert_eq!(faults(Dimension::Choice(vec![])).len(), 1);
        assert_eq!(
            faults(Dimension::choice([1, 2, 1])),
            ["rate has 1 twice, but each value counts once: leave one out"]
        );
    }

    #[test]
    fn a_file_names_the_kind_and_the_ends() {
        let read = |text: &str| serde_json::from_str::<Dimension>(text).unwrap();
        assert_eq!(read(r#"{"log_uniform": [1e-4, 1]}"#), Dimension::LogUniform(1e-4, 1.0));
        assert_eq!(
            read(r#"{"choice": ["adam", {"name": "momentum"}]}"#),
            Dimension::Choice(vec![json!("adam"), json!({"name": "momentum"})])
        );
    }
}
