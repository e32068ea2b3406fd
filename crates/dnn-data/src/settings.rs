//! What a user sets about data: where it is, how it is read, and what is held out. All of it is optional; what is left out follows
//! from the data, and is filled in when that is read.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use crate::encoding::{EncoderOptions, Task, Unknown};
use crate::folder::Colour;
use crate::scaling::Scaling;
#[cfg(feature = "sound")]
use crate::sound;
use crate::table::{self, Kind};
use crate::{Error, Result};

/// Where data is, how it is read, and what is held out: the table `[data]` of a configuration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataSettings {
    /// A file or folder to train on.
    pub train: Option<PathBuf>,
    /// A file or folder to test on.
    pub test: Option<PathBuf>,
    /// The file of labels beside NPY or IDX files.
    pub labels: Option<PathBuf>,
    /// The same for the data to test on.
    pub test_labels: Option<PathBuf>,
    /// A file or folder to validate on, instead of a share held out.
    pub validation_data: Option<PathBuf>,
    /// The file of labels beside it.
    pub validation_labels: Option<PathBuf>,
    /// The column to predict, by name or by number from 1; in an NPZ file the array's name.
    #[serde(deserialize_with = "text_or_number")]
    pub target: Option<String>,
    /// In an NPZ file the array of examples.
    pub examples: Option<String>,
    /// Whether classes or numbers are predicted.
    pub task: Option<Task>,
    /// A letter, or `"tab"`.
    pub delimiter: Option<String>,
    /// Whether the first row of a table names its columns.
    pub header: Option<bool>,
    /// Columns that nothing is predicted from.
    #[serde(deserialize_with = "one_or_more")]
    pub ignore: Option<Vec<String>>,
    /// Columns of numbers that are names of something.
    #[serde(deserialize_with = "one_or_more")]
    pub categories: Option<Vec<String>>,
    /// What becomes of missing numbers.
    pub missing: Option<Missing>,
    /// Categories that did not occur in training.
    pub unknown: Option<Unknown>,
    /// The share held out for validation; 0 for none.
    pub validation: Option<f64>,
    /// The share held out as test examples, if none are given; 0 for none.
    pub test_share: Option<f64>,
    /// Whether each class gives its share.
    pub stratified: Option<bool>,
    /// A column that says `train`, `validation` or `test` of each row.
    pub split_column: Option<String>,
    /// Whether a table is read anew in each epoch instead of held in memory.
    pub stream: Option<bool>,
    /// Scaling of pictures, sounds and arrays.
    pub scaling: Option<ScalingSetting>,
    /// What is kept of the colours of pictures.
    pub colour: Option<Colour>,
    /// The pattern of the names of recordings, `"{digit}_{speaker}_{take}"`, of which `class` is one part.
    pub names: Option<String>,
    /// The part of those names that is the class.
    pub class: Option<String>,
    /// What is held out whole: a column, or a part of the names of recordings, as all of a speaker.
    pub group: Option<String>,
    /// How features are made of recordings.
    #[cfg(feature = "sound")]
    pub sound: Option<sound::Mel>,
}

/// What becomes of a missing number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It counts as the mean, and a feature of its own says that it was missing.
    Indicate,
    /// It counts as the mean.
    Mean,
}

/// How pictures, sounds and arrays are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScalingSetting {
    /// Not at all.
    None,
    /// [`Scaling::Standardise`].
    Standardise,
    /// [`Scaling::Range`].
    Range,
    /// By 1/255.
    Bytes,
    /// [`Scaling::Ranks`].
    Ranks,
}

impl ScalingSetting {
    pub(crate) fn chain(self) -> Vec<Scaling> {
        match self {
            Self::None => Vec::new(),
            Self::Standardise => vec![Scaling::Standardise],
            Self::Range => vec![Scaling::Range],
            Self::Bytes => vec![Scaling::Factor(1.0 / 255.0)],
            Self::Ranks => vec![Scaling::Ranks],
        }
    }
}

impl DataSettings {
    /// What is known of a table's file.
    ///
    /// # Errors
    /// [`Error::Key`] for a delimiter of more than one letter.
    pub fn table_options(&self) -> Result<table::Options> {
        let kinds = self.categories.iter().flatten().map(|name| (name.clone(), Kind::Categories)).collect();
        let (header, target) = (self.header, self.target.clone());
        Ok(table::Options { delimiter: self.delimiter()?, header, target, kinds })
    }

    /// The delimiter that was asked for.
    ///
    /// # Errors
    /// [`Error::Key`] for more than one letter.
    pub fn delimiter(&self) -> Result<Option<u8>> {
        match self.delimiter.as_deref() {
            None => Ok(None),
            Some("tab" | "\\t" | "\t") => Ok(Some(b'\t')),
            Some(letter) if letter.len() == 1 => Ok(Some(letter.as_bytes()[0])),
            Some(other) => Err(Error::Key {
                key: "delimiter",
                found: format!("{other:?}"),
                problem: ", but must be one letter, or tab: correct it, or leave it out".into(),
            }),
        }
    }

    /// How a table becomes examples.
    pub(crate) fn encoder_options(&self) -> EncoderOptions {
        let ignored = self.ignore.iter().flatten().chain(&self.split_column).chain(&self.group);
        EncoderOptions {
            task: self.task.unwrap_or_default(),
            ignored: ignored.cloned().collect(),
            indicators: self.missing != Some(Missing::Mean),
            unknown: self.unknown.unwrap_or_default(),
            ..EncoderOptions::default()
        }
    }

    /// What the names of recordings tell.
    #[cfg(feature = "sound")]
    pub(crate) fn sound_options(&self) -> Result<sound::Options> {
        let names = self.names.as_deref().map(sound::Names::parse).transpose()?;
        Ok(sound::Options { names, class: self.class.clone(), group: self.group.clone() })
    }

    /// Refuses shares beside what says otherwise which examples are held out, and what can be read only once.
    pub(crate) fn check(&self) -> Result<()> {
        let (given, column) = (self.validation_data.is_some(), self.split_column.is_some());
        let both = [
            ("validation", self.validation.filter(|_| given), "validation_data"),
            ("validation", self.validation.filter(|_| column), "split_column"),
            ("test_share", self.test_share.filter(|_| column), "split_column"),
        ];
        for (key, share, other) in both {
            if let Some(share) = share.filter(|&share| share != 0.0) {
                let problem = format!(" beside data.{other}: leave one of them out");
                return Err(Error::Key { key, found: share.to_string(), problem });
            }
        }
        match self.train.as_deref().filter(|path| path.exists() && !path.is_file() && !path.is_dir()) {
            Some(path) => Err(Error::Pipe { path: path.into() }),
            None => Ok(()),
        }
    }
}

/// A text, or a number that stands for one: `target = 5`.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a name, or a number from 1")]
    enum Name {
        Text(String),
        Number(i64),
    }
    Ok(Option::<Name>::deserialize(deserializer)?.map(|name| match name {
        Name::Text(name) => name,
        Name::Number(number) => number.to_string(),
    }))
}

/// Texts, or one text without a list: `ignore = "id"`.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a text, or a list of texts")]
    enum Names {
        One(String),
        More(Vec<String>),
    }
    Ok(Option::<Names>::deserialize(deserializer)?.map(|names| match names {
        Names::One(name) => vec![name],
        Names::More(names) => names,
    }))
}
