//! An inspection told to people.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use dnn_pipeline::inspection::{
    Becomes, ColumnLook, DataLook, Inspection, LayerLook, Memory, Model, PartLook, PlugIn, RunLook, Section,
    Takes, TargetLook,
};

use crate::table::{count, listed, size, table};

/// Classes, categories and columns that are named before the rest is only counted; `--json` names all.
const NAMED: usize = 12;

/// All that was found.
pub(crate) fn text(found: &Inspection) -> String {
    Told(found).to_string()
}

/// Something told to people.
struct Told<T>(T);

impl Display for Told<&Inspection> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Inspection { run, model } = self.0;
        if let Some(run) = run {
            write!(f, "{}", Told(run))?;
        }
        match model {
            Some(model) if run.is_some() => write!(f, "\n{}", Told(model)),
            Some(model) => write!(f, "{}", Told(model)),
            None => writeln!(f, "\nthere is no model yet, and no checkpoint"),
        }
    }
}

impl Display for Told<&RunLook> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let RunLook { folder, state, step, planned_steps, seconds, .. } = self.0;
        write!(f, "{folder}: {state}, {step}")?;
        if *planned_steps > 0 {
            write!(f, " of {planned_steps}")?;
        }
        writeln!(f, " steps, {seconds:.1} s")?;
        for (what, text) in [("name", &self.0.name), ("ended", &self.0.reason), ("command", &self.0.command)]
        {
            if !text.is_empty() {
                writeln!(f, "  {what}: {text}")?;
            }
        }
        if !self.0.checkpoints.is_empty() {
            let steps: Vec<String> = self.0.checkpoints.iter().map(u64::to_string).collect();
            writeln!(f, "  checkpoints after steps: {}", steps.join(", "))?;
        }
        write!(f, "{}", metrics(&self.0.metrics))?;
        notes(f, &self.0.notes)
    }
}

/// A row for each part of the data, a column for each metric.
fn metrics(measured: &BTreeMap<String, BTreeMap<String, f64>>) -> String {
    let mut names: Vec<&String> = measured.values().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let heading = [String::new()].into_iter().chain(names.iter().map(|name| name.to_string()));
    let mut rows = vec![heading.collect::<Vec<_>>()];
    for (split, values) in measured {
        let value =
            |name: &&String| values.get(*name).map_or_else(String::new, |value| format!("{value:.4}"));
        rows.push([split.clone()].into_iter().chain(names.iter().map(value)).collect());
    }
    if measured.is_empty() { String::new() } else { table(&rows) }
}

impl Display for Told<&Model> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let network = self.0.network.as_deref().unwrap_or("a network that this program cannot make");
        writeln!(f, "{}: {network}", self.0.file)?;
        let step = self.0.step.map_or_else(String::new, |step| format!(", after step {step} of training"));
        let by = if self.0.backend.is_empty() {
            String::new()
        } else {
            format!(", computed by {}", self.0.backend)
        };
        writeln!(f, "  {} parameters in {}{step}{by}", count(self.0.parameters), self.0.precision)?;
        notes(f, &self.0.notes)?;
        writeln!(f, "\nlayers")?;
        f.write_str(&layers(&self.0.layers))?;
        if let Some(memory) = &self.0.memory {
            writeln!(f, "\nmemory of a training step with {} examples", memory.batch)?;
            f.write_str(&memory_text(memory, self.0.bytes))?;
        }
        if let Some(takes) = &self.0.takes {
            write!(f, "\n{}", Told(takes))?;
        }
        writeln!(f, "\nplug-ins")?;
        f.write_str(&plug_ins(&self.0.plug_ins))?;
        writeln!(f, "\nsections of the file, {}, their checksums all right", size(self.0.bytes))?;
        f.write_str(&sections(&self.0.sections))
    }
}

fn notes(f: &mut Formatter<'_>, notes: &[String]) -> fmt::Result {
    notes.iter().try_for_each(|note| writeln!(f, "  note: {note}"))
}

fn layers(layers: &[LayerLook]) -> String {
    let mut rows = vec![row(["layer", "kind", "inputs", "outputs", "activation", "parameters", "parts"])];
    for layer in layers {
        let parts = layer.parts.as_deref().unwrap_or_default();
        let total = match layer.parts {
            Some(_) => count(parts.iter().map(|part| part.parameters).sum()),
            None => "not known".into(),
        };
        let part = |part: &PartLook| {
            let (rows, columns) = part.shape;
            format!("{} {rows} × {columns}", part.name)
        };
        let constant = |(name, value): (&String, &f64)| format!("{name} {value}");
        let told = parts.iter().map(part).chain(layer.constants.iter().map(constant));
        let told = told.collect::<Vec<_>>().join(", ");
        let (number, activation) = (layer.layer.to_string(), layer.activation.clone().unwrap_or_default());
        let (inputs, outputs) = (layer.inputs.to_string(), layer.outputs.to_string());
        rows.push(vec![number, layer.kind.clone(), inputs, outputs, activation, total, told]);
    }
    table(&rows)
}

fn memory_text(memory: &Memory, file: usize) -> String {
    let optimizer = memory.optimizer.map_or_else(|| "not known".into(), size);
    let rows = [
        ["the parameters".into(), size(memory.parameters)],
        ["what layers give, and the gradient".into(), size(memory.step)],
        ["the examples".into(), size(memory.examples)],
        ["what the optimizer keeps".into(), optimizer],
        ["together".into(), size(memory.total)],
        ["the file itself, on disk".into(), size(file)],
    ];
    table(&rows.map(|row| row.to_vec()))
}

impl Display for Told<&Takes> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let features = self.0.features;
        match &self.0.data {
            DataLook::Rows { header, unknown_categories, columns } => {
                let told =
                    if *header { "by the names in its header" } else { "by their places, without a header" };
                writeln!(f, "it takes rows of a table, columns found {told}: {features} features")?;
                f.write_str(&self::columns(columns))?;
                writeln!(f, "  categories not seen in training {unknown_categories}")?;
            }
            DataLook::Arrays { shape, scaling } => {
                writeln!(f, "it takes arrays of {}: {features} features", sides(shape))?;
                scaled(f, scaling)?;
            }
            DataLook::Pictures { shape, colour, scaling } => {
                writeln!(f, "it takes {colour} pictures of {}: {features} features", sides(shape))?;
                scaled(f, scaling)?;
            }
            DataLook::Sounds { rate, frame, hop, bands, frames, length, scaling } => {
                writeln!(f, "it takes recordings: {features} features")?;
                let spread = if *length == "spread" { "spread over it" } else { "from its start" };
                writeln!(
                    f,
                    "  resampled to {rate} samples a second, {frames} frames of {frame} samples {spread}, {hop} apart if not, {bands} mel bands"
                )?;
                scaled(f, scaling)?;
            }
        }
        write!(f, "{}", Told(&self.0.predicts))
    }
}

fn sides(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

fn scaled(f: &mut Formatter<'_>, scaling: &[String]) -> fmt::Result {
    match scaling {
        [] => writeln!(f, "  as they are"),
        steps => writeln!(f, "  scaled: {}", steps.join(", then ")),
    }
}

fn columns(columns: &[ColumnLook]) -> String {
    let mut rows = vec![row(["column", "features", "becomes"])];
    for column in columns {
        let becomes = match &column.becomes {
            Becomes::Number { mean, deviation, missing } => {
                let missing = if *missing { ", and whether it is missing" } else { "" };
                format!("(number − {mean:.6}) / {deviation:.6}{missing}")
            }
            Becomes::Categories { categories, missing } => {
                let missing = if *missing { ", or missing" } else { "" };
                format!("one of {}{missing}", listed(categories, NAMED))
            }
            Becomes::Nothing { why } => format!("nothing: {why}"),
        };
        rows.push(vec![column.name.clone(), column.features.to_string(), becomes]);
    }
    table(&rows)
}

impl Display for Told<&TargetLook> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let named =
            |column: &Option<String>| column.as_ref().map_or_else(String::new, |name| format!(" {name:?}"));
        match self.0 {
            TargetLook::Classes { column, classes } => {
                let (count, listed) = (classes.len(), listed(classes, NAMED));
                writeln!(f, "it predicts the class{}, one of {count}: {listed}", named(column))
            }
            TargetLook::Number { column, mean, deviation } => {
                writeln!(f, "it predicts the number{}: {mean:.6} + {deviation:.6} × output", named(column))
            }
        }
    }
}

fn plug_ins(plug_ins: &[PlugIn]) -> String {
    let word = |there: bool| if there { "there" } else { "missing: use the program that has it" };
    let line = |plug_in: &PlugIn| format!("  {} {}: {}\n", plug_in.what, plug_in.name, word(plug_in.there));
    if plug_ins.is_empty() { "  none is needed\n".into() } else { plug_ins.iter().map(line).collect() }
}

fn sections(sections: &[Section]) -> String {
    let mut rows = vec![row(["section", "bytes", "CRC32C"])];
    rows.extend(
        sections
            .iter()
            .map(|section| vec![section.name.clone(), section.bytes.to_string(), section.crc32c.clone()]),
    );
    table(&rows)
}

fn row<const N: usize>(entries: [&str; N]) -> Vec<String> {
    entries.map(String::from).to_vec()
}
