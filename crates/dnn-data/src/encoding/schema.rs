//! The columns of a table as features of examples: numbers standardised, categories one-hot.

use serde::{Deserialize, Serialize};

use crate::Kind;

/// The columns of the training data, in their order, and what becomes of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Schema {
    pub(super) columns: Vec<SchemaColumn>,
    /// The place of the target among them.
    pub(super) target: usize,
    /// Whether columns are found by the names in a header; else by their places.
    pub(super) header: bool,
}

/// A column of the training data, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SchemaColumn {
    /// Its name: `"column 3"` where a file has no header.
    pub name: String,
    /// What becomes of it.
    pub encoding: Encoding,
}

/// The features that a column gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Encoding {
    /// `(x − mean) / deviation`, 0 where x is missing.
    Number {
        /// Mean of the training data.
        mean: f64,
        /// Its deviation.
        deviation: f64,
        /// Whether a second feature is 1 where x is missing, and else 0.
        indicator: bool,
    },
    /// For each name a feature that is 1 where it stands, else 0.
    Categories {
        /// The names.
        names: Vec<String>,
        /// Whether one more is 1 for rows without any.
        missing: bool,
    },
    /// None.
    Unused(Unused),
}

/// Why a column gives no feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Unused {
    /// It is the target.
    Target,
    /// It was to be ignored.
    Ignored,
    /// All its values are missing.
    Empty,
    /// It has the same value in every row.
    Constant,
}

impl Schema {
    /// Features of an example.
    pub(super) fn features(&self) -> usize {
        self.columns.iter().map(|column| column.encoding.count()).sum()
    }

    /// Columns that give features, each with the place of its first feature, and its own.
    pub(super) fn used(&self) -> impl Iterator<Item = (usize, usize, &SchemaColumn)> {
        let mut next = 0;
        let used = self.columns.iter().enumerate().filter(|(_, column)| column.encoding.count() > 0);
        used.map(move |(place, column)| {
            let first = next;
            next += column.encoding.count();
            (first, place, column)
        })
    }
}

impl Encoding {
    /// How many features there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Number { indicator, .. } => 1 + usize::from(*indicator),
            Self::Categories { names, missing } => names.len() + usize::from(*missing),
            Self::Unused(_) => 0,
        }
    }

    /// How the column must be read, if it must.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Number { .. } => Some(Kind::Numbers),
            Self::Categories { .. } => Some(Kind::Categories),
            Self::Unused(_) => None,
        }
    }
}

impl SchemaColumn {
    /// Names of the features: `"age"`, `"age is missing"`, `"colour = red"`.
    pub(super) fn feature_names(&self) -> Vec<String> {
        let name = &self.name;
        let absent = |present: bool| present.then(|| format!("{name} is missing"));
        match &self.encoding {
            Encoding::Number { indicator, .. } => {
                [name.clone()].into_iter().chain(absent(*indicator)).collect()
            }
            Encoding::Categories { names, missing } => {
                names.iter().map(|category| format!("{name} = {category}")).chain(absent(*missing)).collect()
            }
            Encoding::Unused(_) => Vec::new(),
        }
    }
}
