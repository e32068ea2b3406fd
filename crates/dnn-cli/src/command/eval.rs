//! `dnn eval`: how good a model is on data whose answers are known.

use std::path::PathBuf;

use clap::Args;
use dnn_data::DataSettings;
use dnn_observe::RunFolder;
use dnn_pipeline::Model;

use crate::flags::{MachineFlags, read};
use crate::output::{print, print_json};
use crate::table::table;
use crate::{Program, Result};

/// Say how good a model is on data whose answers are known
#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// The model: a file model.dnn, or the folder of its run
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Data of the kind it was trained on, with answers
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// What separates the fields of a table: one letter, or tab [default: found]
    #[arg(long, value_name = "LETTER")]
    delimiter: Option<String>,
    /// The file of labels beside NPY or IDX files, if it is called otherwise than MNIST's
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Sets a key of the configuration that says how data is read, over that of the run if MODEL is its folder:
    /// data.names={digit}_{take}; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    #[command(flatten)]
    machine: MachineFlags,
    /// Print a JSON object: examples, and metrics (accuracy, log_loss, roc_auc, mae, rmse, r2 as they apply)
    #[arg(long)]
    json: bool,
}

impl Eval {
    /// Measures and prints.
    ///
    /// # Errors
    /// [`crate::Error::Model`] for a model that cannot be read, [`crate::Error::Configuration`] for keys that do not exist,
    /// [`crate::Error::Data`] for data that does not fit to the model.
    pub(crate) fn run(self, program: &Program) -> Result<()> {
        let model = Model::load_with(&self.model, &program.names)?;
        let mut data = self.reading()?;
        let machine = self.machine.start()?;
        let measured = model.evaluate_with(&self.data, &mut data, machine.compute())?;
        if self.json {
            return print_json(&measured);
        }
        let mut rows = vec![vec!["examples".into(), measured.examples.to_string()]];
        rows.extend(measured.metrics.iter().map(|(name, value)| vec![name.clone(), format!("{value:.4}")]));
        print(&table(&rows))
    }

    /// How data is read: as the run read its own, and as the flags say.
    fn reading(&self) -> Result<DataSettings> {
        let run = RunFolder::open(&self.model).configuration_path();
        let data = read(run.is_file().then_some(&*run), &self.sets)?.data;
        let delimiter = self.delimiter.clone().or(data.delimiter);
        // The labels of the run are those of its own data.
        let labels = self.labels.clone().or(read(None, &self.sets)?.data.labels);
        Ok(DataSettings { labels, delimiter, ..data })
    }
}
