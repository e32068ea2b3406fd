//! `dnn predict`: what a model says of raw data, row by row as it comes.

use std::io::{self, BufWriter, Cursor, Read, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use clap::Args;
use dnn_core::Compute;
use dnn_data::table::Reader;
use dnn_data::{DataFormat, DataSettings, InputKind, Preprocessor, TableEncoder, Target, folder, npy, npz};
use dnn_pipeline::{Error as Pipeline, Model, model_path};
use ndarray::{Array2, ArrayView2};

use crate::flags::MachineFlags;
use crate::output::Replacement;
use crate::{Error, Program, Result};

/// Rows that are read and predicted together.
const CHUNK: usize = 8192;

/// Predict from raw data of the kind a model was trained on
#[derive(Debug, Args)]
pub(crate) struct Predict {
    /// The model: a file model.dnn, or the folder of its run
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// The data: a table with columns of the same names in any order, an array, pictures, recordings; or - for a table or an
    /// array in NPY from the standard input
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
        self.check_out()?;
        let model = Model::load_with(&self.model, &program.names)?;
        let machine = self.machine.start()?;
        match model.preprocessor()? {
            Preprocessor::Table(encoder) => self.rows(encoder, &model, machine.compute()),
            _ => self.values(&model, machine.compute()),
        }
    }

    /// Opens what is written to: only once there is something to write, since data that cannot be predicted from must cost
    /// nobody the predictions of before.
    fn writer<'a>(&self, model: &'a Model, named: bool) -> Result<Writer<'a>> {
        let cannot = |error: io::Error| {
            let path = self.out.as_deref().unwrap_or(Path::new("")).display();
            Error::Other(format!("cannot write {path}: {error}; name another file by --out").into())
        };
        let out = match &self.out {
            Some(path) => Out::File(Replacement::create(path).map_err(cannot)?),
            None => Out::Standard(BufWriter::new(io::stdout().lock())),
        };
        Writer::new(out, model, self.json, named)
    }

    /// Refuses to write over the data and the model.
    fn check_out(&self) -> Result<()> {
        let there = |path: &Path| path.canonicalize().ok();
        let Some(out) = self.out.as_deref() else { return Ok(()) };
        let taken = [("data", self.data.clone()), ("model", model_path(&self.model))];
        match taken.iter().find(|(_, path)| there(out).is_some_and(|out| there(path) == Some(out))) {
            Some((what, _)) => Err(Error::Usage(
                format!("--out is {}, which is the {what}: name another file", out.display()).into(),
            )),
            None => Ok(()),
        }
    }

    /// Reads on one thread while the other predicts what was read.
    fn rows(&self, encoder: &TableEncoder, model: &Model, compute: Compute<'_>) -> Result<()> {
        let mut reader = self.reader(encoder)?;
        let mut writer = None;
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
            let spawned = std::thread::Builder::new().spawn_scoped(scope, reading);
            spawned.map_err(|error| Error::Other(format!("cannot start a thread: {error}").into()))?;
            for table in received {
                let table = table?;
                let a = match table.rows() {
                    0 => None,
                    _ => Some(model.outputs(compute, encoder.transform::<f32>(&table)?.view())?),
                };
                let mut open = writer.take().map_or_else(|| self.writer(model, false), Ok)?;
                if let Some(a) = a {
                    open.write(a.view(), None)?;
                }
                writer = Some(open);
            }
            writer.map_or(Ok(()), Writer::finish)
        })
    }

    fn reader(&self, encoder: &TableEncoder) -> Result<Reader> {
        let settings = DataSettings { delimiter: self.delimiter.clone(), ..DataSettings::default() };
        let options = encoder.file_options(settings.delimiter()?);
        let reader = match self.is_standard_input() {
            true => Reader::new("standard input", io::stdin(), &options)?,
            false => Reader::open(&self.data, &options)?,
        };
        Ok(encoder.prepared(reader)?)
    }

    fn is_standard_input(&self) -> bool {
        self.data == Path::new("-")
    }

    fn values(&self, model: &Model, compute: Compute<'_>) -> Result<()> {
        let x = self.array(model.preprocessor()?)?;
        let named = !self.is_standard_input()
            && matches!(model.preprocessor()?, Preprocessor::Array(values) if values.kind() != InputKind::Arrays);
        let files = if named { folder::files(&self.data)? } else { Vec::new() };
        let (mut writer, mut start) = (self.writer(model, named)?, 0);
        for chunk in x.axis_chunks_iter(ndarray::Axis(1), CHUNK) {
            let names = files.get(start..start + chunk.ncols());
            writer.write(model.outputs(compute, chunk)?.view(), names)?;
            start += chunk.ncols();
        }
        writer.finish()
    }

    /// Everything there is, as the network takes it.
    fn array(&self, preprocessor: &Preprocessor) -> Result<Array2<f32>> {
        if !self.is_standard_input() {
            return Ok(match DataFormat::of(&self.data)? {
                DataFormat::Npz => preprocessor.transform(&self.data, npz::read(&self.data, &self.array)?)?,
                DataFormat::TrainTest { train, test } => {
                    preprocessor.transform_file(test.unwrap_or(train))?
                }
                _ => preprocessor.transform_file(&self.data)?,
            });
        }
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| {
            Pipeline::Data(format!("the standard input could not be read: {error}").into())
        })?;
        Ok(preprocessor.transform("standard input", npy::read_from("standard input", Cursor::new(bytes))?)?)
    }
}

/// Where predictions go.
enum Out {
    Standard(BufWriter<StdoutLock<'static>>),
    File(Replacement),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

/// Writes predictions, one row each.
struct Writer<'a> {
    out: Out,
    target: &'a Target,
    json: bool,
    row: usize,
    /// Each class's name, as JSON has it or as CSV does.
    names: Vec<String>,
}

impl<'a> Writer<'a> {
    /// `named` if each row is told by the file that it came from.
    fn new(out: Out, model: &'a Model, json: bool, named: bool) -> Result<Self> {
        let target = model.preprocessor()?.target();
        let quote = if json { json_text } else { csv_text };
        let names: Vec<String> =
            target.classes().unwrap_or_default().iter().map(|name| quote(name)).collect();
        let mut writer = Self { out, target, json, row: 0, names };
        if !json {
            let columns = writer
                .names
                .iter()
                .map(|name| format!(",{}", csv_text(&format!("probability of {}", unquoted(name)))));
            let file = if named { "file," } else { "" };
            let header = format!("{file}prediction{}\n", columns.collect::<String>());
            writer.out.write_all(header.as_bytes())?;
        }
        Ok(writer)
    }

    fn finish(self) -> Result<()> {
        match self.out {
            Out::Standard(mut out) => Ok(out.flush()?),
            Out::File(file) => Ok(file.finish()?),
        }
    }

    /// Writes what the network gave for some rows; `files` are where they came from.
    fn write(&mut self, a: ArrayView2<'_, f32>, files: Option<&[PathBuf]>) -> Result<()> {
        let labels = self.target.labels(a);
        let numbers = self.target.numbers(a);
        for (place, column) in a.columns().into_iter().enumerate() {
            self.row += 1;
            let file = files.map(|files| files[place].to_string_lossy());
            match (file, self.json) {
                (Some(file), true) => write!(self.out, "{{\"file\":{},", json_text(&file))?,
                (Some(file), false) => write!(self.out, "{},", csv_text(&file))?,
                (None, true) => write!(self.out, "{{\"row\":{},", self.row)?,
                (None, false) => {}
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
