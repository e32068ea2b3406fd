//! `dnn train`: data in, a model and everything about it out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use dnn_observe::RunFolder;
use dnn_pipeline::{Metrics, Session, Trained, new_folder};

use crate::flags::TrainingFlags;
use crate::output::{print, print_json};
use crate::table::table;
use crate::watch::Person;
use crate::{Program, Result};

/// Train a network on a table, pictures, recordings or arrays
#[derive(Debug, Args)]
#[command(after_long_help = RULES)]
pub(crate) struct Train {
    #[command(flatten)]
    what: TrainingFlags,
    /// The folder for the run, a new one [default: runs/NAME-N]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Show curves on the whole terminal while it trains
    #[arg(long)]
    live: bool,
    /// Print one JSON object at the end: run, model, seconds, and metrics of train, validation and test
    #[arg(long)]
    json: bool,
}

/// The defaults, as the help states them.
const RULES: &str = "Defaults:
  predicted     a class, if the target has texts or at most 20 different whole numbers, each twice or more on average;
                else a number (--set data.task=classes or number)
  held out      a tenth to validate, from 5000 examples on; nothing from fewer (--set data.validation=0.2, or
                data.validation_data=FILE)
  in memory     all, but a table above 1 GiB is read anew in each epoch (--set data.stream=true or false), with at most
                65536 rows to validate
  scaled        numbers standardised, pixels by 1/255, pictures by the rank of each pixel among its own picture's
  network       two hidden layers of relu, 64 and 32 units below 5000 examples, 128 and 64 below 10000, else 256 and 128;
                below 5000 a tenth of the features is dropped at each step, if there are 4 or more
  training      AdamW, learning rate 0.003, one cycle; batches of a hundredth of the examples, 16 to 128; epochs for ten
                thousand steps, 20 to 200; with examples to validate it stops 20 epochs after their best cost
All of it stands in dnn.toml in the run's folder, and is changed there or by --set.";

impl Train {
    /// Trains, and prints what came of it.
    ///
    /// # Errors
    /// As [`TrainingFlags::config`] and [`Session`].
    pub(crate) fn run(self, program: &Program) -> Result<()> {
        let config = self.what.config()?;
        let out = self.out.as_deref();
        out.map_or(Ok(()), |out| RunFolder::open(out).check_free())?;
        let session = Session::prepare(&program.names, config)?;
        let data = session.config.data.train.clone().unwrap_or_default();
        let folder = new_folder(out, &data)?;
        // Before the folder holds a run: a view that cannot be had leaves none.
        let mut person = Person::open(&folder, self.live)?;
        let trained = person.watch(program, |watch| session.begin(&folder, watch))?;
        show(&trained, self.json)
    }
}

/// Prints what came of a training.
///
/// # Errors
/// As [`print`].
pub(crate) fn show(trained: &Trained, json: bool) -> Result<()> {
    if json {
        return print_json(trained);
    }
    let parts = ["train", "validation", "test"].into_iter();
    let parts: Vec<_> = parts.filter_map(|part| Some((part, trained.metrics.get(part)?))).collect();
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(parts.iter().map(|(part, _)| (*part).to_owned()));
    for name in parts.iter().flat_map(|(_, metrics)| metrics.keys()).collect::<BTreeSet<_>>() {
        let value = |metrics: &Metrics| metrics.get(name).map_or("-".into(), |value| format!("{value:.4}"));
        rows.push(
            [name.clone()].into_iter().chain(parts.iter().map(|(_, metrics)| value(metrics))).collect(),
        );
    }
    print(&format!("{}model: {}\n", table(&rows), trained.model.display()))
}
