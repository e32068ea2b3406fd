//! `dnn predict`: what a model says of raw data, row by row as it comes.

use std::fs::File;
use std::io::{self, BufWriter, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use clap::Args;
use dnn_core::Compute;
use dnn_data::recipe::Target;
use dnn_data::table::Reader;
use dnn_data::{Form, Intake, Raw, Recipe, folder, npy, npz};
use ndarray::{Array2, ArrayView2};

use crate::config::Data;
use crate::data::delimiter;
use crate::flags::MachineFlags;
use crate::model::Model;
use crate::{Error, Program, Result};

/// Rows that are read and predicted together.
const CHUNK: usize = 8192;

/// Predict from raw data of the kind a model was trained on
#[derive(Debug, Args)]
pub(crate) struct Predict {
    /// The model: a file model.dnn, or the folder of its run
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// The data, or - for the standard input: a table with columns of the same names in any order, an array, pictures, ...
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// What separates the fields of a table: one letter, or tab [default: found]
    #[arg(long, value_name = "LETTER")]
    delimiter: Option<String>,
    /// The array of examples in an NPZ file
    #[arg(long, value_name = "NAME", default_value = "x")]
    array: String,
    /// Write to this file [default: the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    machine: MachineFlags,
    /// A JSON object for each row, instead of CSV
    #[arg(long)]
    json: bool,
}

impl Predict {
    /// Predicts and prints.
    ///
    /// # Errors
    /// [`Error::Model`] for a model that cannot be read, [`Error::Data`] for data that does not fit to it.
    pub(crate) fn run(self, program: &Program) -> Result<()> {
        let model = Model::load(&self.model, &program.registry)?;
        let machine = self.machine.start()?;
        let out: Box<dyn Write> = match &self.out {
            Some(path) => Box::new(File::create(path).map_err(|error| {
                Error::Other(
                    format!("cannot write {}: {error}; name another file by --out", path.display()).into(),
                )
            })?),
            None => Box::new(io::stdout().lock()),
        };
        let mut writer = Writer::new(out, &model, self.json)?;
        match &model.intake {
            Intake::Rows(recipe) => self.rows(recipe, &model, machine.compute(), &mut writer)?,
            _ => self.values(&model, machine.compute(), &mut writer)?,
        }
        Ok(writer.out.flush()?)
    }

    /// Reads on one thread while the other predicts what was read.
    fn rows(
        &self,
        recipe: &Recipe,
        model: &Model,
        compute: Compute<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let mut reader = self.reader(recipe)?;
        std::thread::scope(|scope| {
            let (send, received) = mpsc::sync_channel(2);
            let reading = move || {
                loop {
                    let read = reader.read(CHUNK);
                    let more = read.as_ref().is_ok_and(|table| table.rows() > 0);
                    if send.send(read).is_err() || !more {
                        return;
                    }
                }
            };
            std::thread::Builder::new().spawn_scoped(scope, reading)?;
            for table in received {
                let table = table?;
                if table.rows() > 0 {
                    let x = recipe.inputs::<f32>(&table)?;
                    writer.write(model.predict(compute, x.view())?.view(), None)?;
                }
            }
            Ok(())
        })
    }

    fn reader(&self, recipe: &Recipe) -> Result<Reader> {
        let data = Data { delimiter: self.delimiter.clone(), ..Data::default() };
        let options = recipe.file_options(delimiter(&data)?);
        let reader = match self.is_standard_input() {
            true => Reader::new("standard input", io::stdin(), &options)?,
            false => Reader::open(&self.data, &options)?,
        };
        Ok(recipe.prepared(reader)?)
    }

    fn is_standard_input(&self) -> bool {
        self.data == Path::new("-")
    }

    fn values(&self, model: &Model, compute: Compute<'_>, writer: &mut Writer<'_>) -> Result<()> {
        let x = self.array(&model.intake)?;
        let named = !self.is_standard_input()
            && matches!(&model.intake, Intake::Values(values) if values.raw() != Raw::Arrays);
        let files = if named { folder::files(&self.data)? } else { Vec::new() };
        let mut start = 0;
        for chunk in x.axis_chunks_iter(ndarray::Axis(1), CHUNK) {
            let names = files.get(start..start + chunk.ncols());
            writer.write(model.predict(compute, chunk)?.view(), names)?;
            start += chunk.ncols();
        }
        Ok(())
    }

    /// Everything there is, as the network takes it.
    fn array(&self, intake: &Intake) -> Result<Array2<f32>> {
        if !self.is_standard_input() {
            return Ok(match Form::of(&self.data)? {
                Form::Npz => intake.prepared(&self.data, npz::read(&self.data, &self.array)?)?,
                Form::Parts { train, test } => intake.examples(test.unwrap_or(train))?,
                _ => intake.examples(&self.data)?,
            });
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(intake.prepared("standard input", npy::read_from("standard input", Cursor::new(bytes))?)?)
    }
}

/// Writes predictions, one row each.
struct Writer<'a> {
    out: BufWriter<Box<dyn Write>>,
    target: &'a Target,
    json: bool,
    row: usize,
    /// Each class's name, as JSON has it or as CSV does.
    names: Vec<String>,
}

impl<'a> Writer<'a> {
    fn new(out: Box<dyn Write>, model: &'a Model, json: bool) -> Result<Self> {
        let target = model.intake.target();
        let quote = if json { json_text } else { csv_text };
        let names: Vec<String> =
            target.classes().unwrap_or_default().iter().map(|name| quote(name)).collect();
        let mut writer = Self { out: BufWriter::with_capacity(1 << 16, out), target, json, row: 0, names };
        if !json {
            let columns = writer
                .names
                .iter()
                .map(|name| format!(",{}", csv_text(&format!("probability of {}", unquoted(name)))));
            let header = format!("prediction{}\n", columns.collect::<String>());
            writer.out.write_all(header.as_bytes())?;
        }
        Ok(writer)
    }

    /// Writes what the network gave for some rows; `files` are where they came from.
    fn write(&mut self, a: ArrayView2<'_, f32>, files: Option<&[PathBuf]>) -> Result<()> {
        let labels = self.target.labels(a);
        let numbers = self.target.numbers(a);
        for (place, column) in a.columns().into_iter().enumerate() {
            self.row += 1;
            if self.json {
                match files {
                    Some(files) => {
                        write!(self.out, "{{\"file\":{},", json_text(&files[place].to_string_lossy()))?
                    }
                    None => write!(self.out, "{{\"row\":{},", self.row)?,
                }
            }
            let probabilities = column.as_slice().unwrap_or_default();
            match (self.names.is_empty(), self.json) {
                (true, true) => writeln!(self.out, "\"prediction\":{}}}", numbers[place])?,
                (true, false) => writeln!(self.out, "{}", numbers[place])?,
                (false, _) => self.class(labels[place], probabilities)?,
            }
        }
        Ok(())
    }

    fn class(&mut self, label: usize, probabilities: &[f32]) -> Result<()> {
        let two = [1.0 - probabilities[0], probabilities[0]];
        let probabilities = if probabilities.len() == 1 { &two } else { probabilities };
        let out = &mut self.out;
        let name = &self.names[label];
        if !self.json {
            out.write_all(name.as_bytes())?;
            probabilities.iter().try_for_each(|p| write!(out, ",{p}"))?;
            return Ok(out.write_all(b"\n")?);
        }
        write!(out, "\"prediction\":{name},\"probabilities\":{{")?;
        for (place, (name, p)) in self.names.iter().zip(probabilities).enumerate() {
            write!(out, "{}{name}:{p}", if place == 0 { "" } else { "," })?;
        }
        Ok(out.write_all(b"}}\n")?)
    }
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A field of a CSV file, quoted where it must be.
fn csv_text(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into(),
    }
}

/// The text that [`csv_text`] made a field of.
fn unquoted(field: &str) -> String {
    match field.strip_prefix('"').and_then(|field| field.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => field.into(),
    }
}
