//! The course's pictures, weights and numbers, and the run that must give them again.

use dnn::data::npy;
use dnn::prelude::*;
use dnn::train::{Event, Flow, Observer, ObserverError};
use ndarray::Array2;

use crate::support::{Failure, dataset, datasets};

/// Everything the run starts from and must come to.
pub(crate) struct Course {
    train: (Array2<f64>, Vec<usize>),
    test: (Array2<f64>, Vec<usize>),
    network: Network,
    parameters: Vec<f64>,
    pub(crate) expected: Expected,
}

/// What `expected.json` says.
pub(crate) struct Expected {
    learning_rate: f64,
    iterations: u64,
    /// The cost before the update of an iteration, from 0.
    pub(crate) costs: Vec<(u64, f64)>,
    train_accuracy: f64,
    test_accuracy: f64,
}

/// What is said where the data is missing.
pub(crate) const MISSING: &str = "skipped: course-cat is not here (set DNN_DATASETS to a folder with course-cat in it, or with oracles/course-cat beside it; datasets/README.md says more)";

/// What a run came to.
pub(crate) struct Found {
    /// One for each of [`Expected::costs`].
    pub(crate) costs: Vec<f64>,
    pub(crate) train_accuracy: f64,
    pub(crate) test_accuracy: f64,
}

impl Course {
    /// From `course-cat` among the data sets, or from `oracles/course-cat` beside their folder; `None` if neither is there.
    pub(crate) fn load() -> Result<Option<Self>, Failure> {
        let beside = datasets()?.join("../oracles/course-cat");
        let Some(folder) = dataset("course-cat")?.or_else(|| beside.is_dir().then_some(beside)) else {
            return Ok(None);
        };
        let pictures = |part: &str| -> Result<_, Failure> {
            let x = npy::read::<f64>(folder.join(format!("{part}_x.npy")))?.values / 255.0;
            Ok((x, npy::read_labels(folder.join(format!("{part}_y.npy")))?))
        };
        let network = Network::builder(12288)
            .dense(20, Relu)
            .dense(7, Relu)
            .dense(5, Relu)
            .dense(1, Sigmoid)
            .build()?;
        let mut parameters = network.starting_parameters();
        for placed in network.parts().into_iter().filter(|placed| placed.part.name == "weight") {
            // Read with rows as examples, W comes transposed: its rows are columns here.
            let w = npy::read::<f64>(folder.join(format!("W{}.npy", placed.layer)))?.values;
            let columns_of_w = w.rows().into_iter().flatten().copied();
            parameters[placed.part.range].iter_mut().zip(columns_of_w).for_each(|(p, w)| *p = w);
        }
        let expected = Expected::parse(&std::fs::read_to_string(folder.join("expected.json"))?)?;
        Ok(Some(Self { train: pictures("train")?, test: pictures("test")?, network, parameters, expected }))
    }

    /// The whole run on `compute`.
    pub(crate) fn train(&self, compute: Compute<'_>) -> Result<Found, Failure> {
        let (x, labels) = &self.train;
        let y = dnn::data::binary::<f64>(labels)?;
        let settings = Settings {
            learning_rate: Some(self.expected.learning_rate),
            steps: Some(self.expected.iterations),
            ..Settings::default()
        };
        let mut trainer =
            Trainer::<f64>::new(&self.network, settings.plan(&self.network, x.ncols())?, compute)?;
        trainer.start_from(&self.parameters)?;
        let mut costs = Costs(Vec::new());
        trainer.run(x.view(), y.view(), &mut [&mut costs])?;
        let accuracy = |(x, labels): &(Array2<f64>, Vec<usize>)| -> Result<f64, Failure> {
            let a = self.network.predict(compute, trainer.parameters(), x.view())?;
            Ok(metrics::accuracy(&metrics::classes(a.view()), labels, None)?)
        };
        Ok(Found {
            costs: self.expected.costs.iter().map(|&(iteration, _)| costs.0[iteration as usize]).collect(),
            train_accuracy: accuracy(&self.train)?,
            test_accuracy: accuracy(&self.test)?,
        })
    }

    /// Fails if a number is not the course's.
    pub(crate) fn check(&self, found: &Found) -> Result<(), Failure> {
        for (&(iteration, expected), &cost) in self.expected.costs.iter().zip(&found.costs) {
            if (cost / expected - 1.0).abs() > 1e-11 {
                return Err(format!(
                    "the cost at iteration {iteration} is {cost}, but {expected} was expected"
                )
                .into());
            }
        }
        let found = (found.train_accuracy, found.test_accuracy);
        let expected = (self.expected.train_accuracy, self.expected.test_accuracy);
        if found != expected {
            return Err(format!("the accuracies are {found:?}, but {expected:?} were expected").into());
        }
        Ok(())
    }
}

/// Keeps the cost of every step.
struct Costs(Vec<f64>);

impl Observer for Costs {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Step { cost, .. } = event {
            self.0.push(*cost);
        }
        Ok(Flow::Continue)
    }
}

impl Expected {
    fn parse(text: &str) -> Result<Self, Failure> {
        let json: serde_json::Value = serde_json::from_str(text)?;
        let number =
            |name: &str| json[name].as_f64().ok_or_else(|| format!("expected.json has no number {name}"));
        let rows = json["cost_before_update"].as_array().ok_or("expected.json has no cost_before_update")?;
        let pair = |row: &serde_json::Value| Some((row[0].as_u64()?, row[1].as_f64()?));
        Ok(Self {
            learning_rate: number("learning_rate")?,
            iterations: number("iterations")? as u64,
            costs: rows
                .iter()
                .map(pair)
                .collect::<Option<_>>()
                .ok_or("expected.json has a cost that is no pair")?,
            train_accuracy: number("train_accuracy")?,
            test_accuracy: number("test_accuracy")?,
        })
    }
}
