//! `dnn check`: the gradient check of a configuration's network on its data.

use clap::Args;
use dnn_pipeline::Session;
use dnn_pipeline::gradient::{BOUND, PartCheck, check};
use dnn_train::{Examples, Initialisation};
use ndarray::Axis;
use serde::Serialize;

use crate::flags::TrainingFlags;
use crate::output::{print, print_json};
use crate::table::table;
use crate::{Error, Program, Result};

/// Check the gradient of the network on the data: what a training step computes, beside what the cost does when one
/// parameter is moved
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    what: TrainingFlags,
    /// Examples that the cost is taken of
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..))]
    examples: u32,
    /// Parameters that are moved, of each layer's weights and biases
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..))]
    parameters: u32,
    /// Print a JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Checked {
    network: String,
    examples: usize,
    /// The distance that a right gradient stays below.
    bound: f64,
    right: bool,
    parts: Vec<PartCheck>,
}

impl Check {
    /// Checks, and tells.
    ///
    /// # Errors
    /// What the configuration and the data cannot be; [`Error::Other`] if a gradient is wrong.
    pub(super) fn run(self, program: &Program) -> Result<()> {
        let Session { prepared, network, settings, machine, .. } =
            Session::prepare(&program.names, self.what.config()?)?;
        let examples = prepared.train.count().min(self.examples as usize);
        let first = |values: &ndarray::Array2<f32>| {
            dnn_core::column_major(&values.slice_axis(Axis(1), (0..examples).into()).mapv(f64::from).view())
        };
        let (x, y) = (first(&prepared.train.x), first(&prepared.train.y));
        let parameters =
            Initialisation::draw::<f64>(settings.initialisation, &network, settings.seed.unwrap_or(0));
        let parts = check(
            &network,
            &settings,
            &program.names,
            Examples::new(x.view(), y.view()),
            &parameters,
            machine.compute(),
            self.parameters as usize,
        )?;
        let right = parts.iter().all(PartCheck::is_right);
        let checked = Checked { network: network.to_string(), examples, bound: BOUND, right, parts };
        if self.json {
            print_json(&checked)?
        } else {
            print(&checked.text())?
        }
        checked.fault().map_or(Ok(()), Err)
    }
}

impl Checked {
    fn text(&self) -> String {
        let mut rows = vec![
            ["layer", "part", "parameters", "moved", "left out", "distance", ""].map(String::from).to_vec(),
        ];
        let furthest = self.furthest();
        rows.extend(self.parts.iter().enumerate().map(|(place, part)| {
            let remark = match (part.is_right(), furthest == Some(place)) {
                (false, _) => "wrong",
                (true, true) => "the farthest",
                _ => "",
            };
            let numbers =
                [part.layer, part.parameters, part.moved, part.left_out].map(|number| number.to_string());
            let [layer, parameters, moved, left_out] = numbers;
            vec![
                layer,
                part.part.into(),
                parameters,
                moved,
                left_out,
                format!("{:.1e}", part.distance),
                remark.into(),
            ]
        }));
        let verdict = if self.right { "the gradient is that of the cost" } else { "the gradient is wrong" };
        format!(
            "{}, {} examples\n{}distance of the gradient from differences of the cost, right below {:e}; left out are parameters beside a kink\n{verdict}\n",
            self.network,
            self.examples,
            table(&rows),
            self.bound
        )
    }

    /// The part whose gradient is the farthest off.
    fn furthest(&self) -> Option<usize> {
        let order = |&a: &usize, &b: &usize| self.parts[a].distance.total_cmp(&self.parts[b].distance);
        (0..self.parts.len()).max_by(order)
    }

    /// What is wrong. An error spreads from its layer to all before it: so the last wrong layer is the one to look at.
    fn fault(&self) -> Option<Error> {
        let last = self.parts.iter().rev().find(|part| !part.is_right())?;
        let worst = &self.parts[self.furthest()?];
        let place = worst.worst.map_or_else(String::new, |(row, column, found, slope)| {
            format!(": at row {}, column {} it computes {found:e}, expected {slope:e}", row + 1, column + 1)
        });
        Some(Error::Other(
            format!(
                "the gradient of layer {}'s {} is wrong{place}: correct the derivative of layer {}'s activation, of that layer, or of the cost behind it",
                worst.layer, worst.part, last.layer
            )
            .into(),
        ))
    }
}
