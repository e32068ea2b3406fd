//! What data a model takes, and what its outputs mean: the preprocessor, told.
#![allow(missing_docs)] // The fields are those of the data readers, under the same names.

use dnn_data::sound::Length;
use dnn_data::{
    ArrayEncoder, Encoding, InputKind, Preprocessor, Scaling, SchemaColumn, TableEncoder, Target, Unknown,
    Unused, folder::Colour,
};
use dnn_io::Outline;
use serde::Serialize;

use crate::model::PREPROCESSOR;

/// What a model takes and gives.
#[derive(Debug, Serialize)]
pub struct Takes {
    /// Numbers that the network is given for an example.
    pub features: usize,
    #[serde(flatten)]
    pub data: DataLook,
    pub predicts: TargetLook,
}

/// Raw data, as a file holds them.
#[derive(Debug, Serialize)]
#[serde(tag = "data", rename_all = "snake_case")]
pub enum DataLook {
    /// Rows of a table.
    Rows { header: bool, unknown_categories: &'static str, columns: Vec<ColumnLook> },
    /// Arrays in NPY or IDX files.
    Arrays { shape: Vec<usize>, scaling: Vec<String> },
    /// Pictures.
    Pictures { shape: Vec<usize>, colour: &'static str, scaling: Vec<String> },
    /// Recordings.
    Sounds {
        rate: u32,
        frame: usize,
        hop: usize,
        bands: usize,
        frames: usize,
        length: &'static str,
        scaling: Vec<String>,
    },
}

/// A column of the training data, and what becomes of it.
#[derive(Debug, Serialize)]
pub struct ColumnLook {
    pub name: String,
    pub features: usize,
    #[serde(flatten)]
    pub becomes: Becomes,
}

#[derive(Debug, Serialize)]
#[serde(tag = "becomes", rename_all = "snake_case")]
pub enum Becomes {
    /// `(x − mean) / deviation`; with `missing` a second feature that says where there is none.
    Number {
        mean: f64,
        deviation: f64,
        missing: bool,
    },
    /// A feature for each; with `missing` one more for rows without any.
    Categories {
        categories: Vec<String>,
        missing: bool,
    },
    Nothing {
        why: &'static str,
    },
}

/// What the outputs mean.
#[derive(Debug, Serialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum TargetLook {
    Classes {
        column: Option<String>,
        classes: Vec<String>,
    },
    /// `mean + deviation · output`.
    Number {
        column: Option<String>,
        mean: f64,
        deviation: f64,
    },
}

impl Takes {
    /// What the file says; a note if that cannot be read.
    pub fn of(outline: &Outline, notes: &mut Vec<String>) -> Option<Self> {
        match outline.section::<Preprocessor>(PREPROCESSOR) {
            Ok(preprocessor) => Some(Self::look(&preprocessor?)),
            Err(error) => {
                notes.push(error.to_string());
                None
            }
        }
    }

    fn look(preprocessor: &Preprocessor) -> Self {
        let (data, column) = match preprocessor {
            Preprocessor::Table(encoder) => (rows(encoder), Some(encoder.target_name().to_owned())),
            Preprocessor::Array(values) => (DataLook::of(values), None),
        };
        let predicts = match preprocessor.target() {
            Target::Number { mean, deviation } => {
                TargetLook::Number { column, mean: *mean, deviation: *deviation }
            }
            target => TargetLook::Classes { column, classes: target.classes().unwrap_or_default().to_vec() },
        };
        Self { features: preprocessor.features(), data, predicts }
    }
}

fn rows(encoder: &TableEncoder) -> DataLook {
    let column = |SchemaColumn { name, encoding }: &SchemaColumn| ColumnLook {
        name: name.clone(),
        features: encoding.count(),
        becomes: match encoding {
            &Encoding::Number { mean, deviation, indicator } => {
                Becomes::Number { mean, deviation, missing: indicator }
            }
            Encoding::Categories { names, missing } => {
                Becomes::Categories { categories: names.clone(), missing: *missing }
            }
            Encoding::Unused(why) => Becomes::Nothing { why: reason(*why) },
            _ => Becomes::Nothing { why: "it is of a later version" },
        },
    };
    let unknown_categories = match encoder.unknown() {
        Unknown::Zeros => "count as none",
        Unknown::Refuse => "are refused",
    };
    DataLook::Rows {
        header: encoder.has_header(),
        unknown_categories,
        columns: encoder.columns().iter().map(column).collect(),
    }
}

fn reason(why: Unused) -> &'static str {
    match why {
        Unused::Target => "it is predicted",
        Unused::Ignored => "it is ignored",
        Unused::Empty => "all its values were missing",
        Unused::Constant => "it had the same value in every row",
        _ => "it is not used",
    }
}

impl DataLook {
    fn of(values: &ArrayEncoder) -> Self {
        let (shape, scaling) = (values.shape().to_vec(), values.scaler().chain().map(words).collect());
        match values.kind() {
            InputKind::Pictures(colour) => {
                let colour = if colour == Colour::Rgb { "rgb" } else { "grey" };
                Self::Pictures { shape, colour, scaling }
            }
            InputKind::Sounds(mel) => Self::Sounds {
                rate: mel.rate,
                frame: mel.frame,
                hop: mel.hop,
                bands: mel.bands,
                frames: mel.frames,
                length: if mel.length == Length::Spread { "spread" } else { "cut" },
                scaling,
            },
            _ => Self::Arrays { shape, scaling },
        }
    }
}

/// A step of scaling in words.
fn words(scaling: Scaling) -> String {
    match scaling {
        Scaling::Standardise => "mean 0 and deviation 1 for each feature".into(),
        Scaling::Range => "from 0 to 1 for each feature".into(),
        Scaling::Factor(factor) => format!("times {factor}"),
        Scaling::Ranks => "the rank of each value within its example".into(),
        _ => "a kind of a later version".into(),
    }
}
