//! The course's first picture of a hyper-parameter: cost against iteration for learning rates from too small to diverging.

use dnn::figures::LineChart;
use dnn::observe::History;
use dnn::prelude::*;
use dnn::train::Error;

use crate::data::Part;
use crate::support::{Failure, claim};

/// From too small to diverging.
const RATES: [f64; 6] = [0.001, 0.01, 0.1, 0.5, 3.0, 30.0];
const STEPS: u64 = 3000;

/// One learning rate and the costs that came of it; none behind the step at which they were no longer finite.
struct Descent {
    rate: f64,
    costs: Vec<(f64, f64)>,
}

/// Trains one net with each rate, all else equal; prints the costs, draws them, and fails if they are not what `main.rs`
/// says.
pub(crate) fn compare(flower: &Part, compute: Compute<'_>) -> Result<LineChart, Failure> {
    let network = Network::builder(2).dense(8, Tanh).dense(1, Sigmoid).build()?;
    println!(
        "\ncost of {network} after {STEPS} steps of gradient descent on all {} points\n",
        flower.y.len()
    );
    let mut descents = Vec::new();
    for rate in RATES {
        let settings = Settings { learning_rate: Some(rate), steps: Some(STEPS), ..Settings::default() };
        let plan = settings.plan(&network, flower.y.len())?;
        let mut trainer = Trainer::<f32>::new(&network, plan, compute)?;
        let mut history = History::new(1000);
        match trainer.run(flower.x.view(), flower.y.view(), &mut [&mut history]) {
            Ok(_) | Err(Error::NotFinite { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let descent = Descent { rate, costs: history.steps() };
        println!(
            "{:>30}   {:.4}, the highest on the way {:.4}",
            name(rate),
            descent.last(),
            descent.highest()
        );
        descents.push(descent);
    }
    check(&descents)?;
    let chart = LineChart::new("Cost against iteration")
        .subtitle(format!(
            "{network}, gradient descent on the flower's {} points; only the learning rate differs",
            flower.y.len()
        ))
        .axes("iteration", "binary cross-entropy")
        .logarithmic();
    Ok(descents.into_iter().fold(chart, |chart, descent| chart.line(name(descent.rate), descent.costs)))
}

impl Descent {
    fn last(&self) -> f64 {
        self.costs.last().map_or(f64::NAN, |point| point.1)
    }

    fn highest(&self) -> f64 {
        self.costs.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max)
    }
}

fn name(rate: f64) -> String {
    format!("α = {rate}")
}

fn check(descents: &[Descent]) -> Result<(), Failure> {
    let (slowest, wildest) = (&descents[0], &descents[descents.len() - 1]);
    let best = descents.iter().map(Descent::last).fold(f64::INFINITY, f64::min);
    claim(
        slowest.last() > 1.5 * best,
        format!("the smallest rate came to {}, the best to {best}", slowest.last()),
    )?;
    // All start from the same weights, and the smallest rate has hardly left them.
    let first = slowest.highest();
    // Not `<`: a cost that is no number is no descent either.
    let descended = wildest.highest() <= 5.0 * first;
    claim(
        !descended,
        format!("the largest rate came no higher than {}, from a first cost of {first}", wildest.highest()),
    )
}
