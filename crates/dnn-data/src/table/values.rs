//! A table as it stands in a file: columns of numbers and of categories, with the values that are missing.
//!
//! Nothing is scaled or encoded here; that is learnt by a [`crate::TableEncoder`].

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Numbers.
    Numbers,
    /// Texts of which each is a category.
    Categories,
}

/// The code of a category that is missing.
pub(crate) const MISSING: u32 = u32::MAX;

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Finite numbers; NaN where one is missing.
    Numbers(Vec<f64>),
    /// Texts, each kept once.
    Categories {
        /// Every text that occurs, in the order of its first row.
        names: Vec<String>,
        /// For each row the place of its text among `names`; `u32::MAX` where it is missing.
        codes: Vec<u32>,
    },
}

impl Column {
    /// What it holds.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Numbers(_) => Kind::Numbers,
            Self::Categories { .. } => Kind::Categories,
        }
    }

    /// Whether the value of `row` is missing.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Numbers(values) => values[row].is_nan(),
            Self::Categories { codes, .. } => codes[row] == MISSING,
        }
    }

    fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(rows.iter().map(|&row| values[row]).collect()),
            Self::Categories { names, codes } => {
                let codes = rows.iter().map(|&row| codes[row]).collect();
                Self::Categories { names: names.clone(), codes }
            }
        }
    }
}

/// Columns of equal length with their names, and where each row stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(crate) path: PathBuf,
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<Column>,
    pub(crate) lines: Vec<u64>,
    /// Whether the names stand in the file.
    pub(crate) header: bool,
}

impl Table {
    /// The names of the columns, all different: `"column 3"` where a file has no header.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns, one for each name.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// For each row the line of the file in which it begins, from 1.
    pub fn lines(&self) -> &[u64] {
        &self.lines
    }

    /// The file it was read from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The column of that name or, if none has it, of that number, from 1.
    ///
    /// # Errors
    /// [`Error::Column`], with the nearest name there is.
    pub fn position(&self, column: &str) -> Result<usize> {
        position(&self.path, &self.names, column)
    }

    /// The rows that `indices` names, in that order; repeats are allowed.
    ///
    /// # Errors
    /// [`Error::Count`] for an index beyond the last row.
    pub fn select(&self, indices: &[usize]) -> Result<Self> {
        crate::examples::check_indices(indices, self.rows())?;
        Ok(Self {
            path: self.path.clone(),
            names: self.names.clone(),
            columns: self.columns.iter().map(|column| column.select(indices)).collect(),
            lines: indices.iter().map(|&row| self.lines[row]).collect(),
            header: self.header,
        })
    }
}

/// The place of a column among `names`, by name or by number from 1.
pub(crate) fn position(path: &Path, names: &[String], column: &str) -> Result<usize> {
    let named = names.iter().position(|name| name == column);
    let numbered = || column.parse().ok().filter(|number| (1..=names.len()).contains(number));
    named
        .or_else(|| numbered().map(|number: usize| number - 1))
        .ok_or_else(|| no_column(path, names, column, format!("give a number, or one of {}", listed(names))))
}

/// The place of the column called `name`, whatever number it may look like.
pub(crate) fn place(path: &Path, names: &[String], name: &str) -> Result<usize> {
    names.iter().position(|known| known == name).ok_or_else(|| {
        let otherwise =
            format!("give the columns of the training data under their names, not {}", listed(names));
        no_column(path, names, name, otherwise)
    })
}

/// `otherwise` is what to do where no name is near.
fn no_column(path: &Path, names: &[String], column: &str, otherwise: String) -> Error {
    Error::Column {
        path: path.into(),
        found: column.into(),
        known: match names.len() {
            1 => "only column 1".into(),
            count => format!("columns 1 to {count}"),
        },
        remedy: match nearest(names, column) {
            Some(name) => format!("did you mean {name:?}?"),
            None => otherwise,
        },
    }
}

/// The first few names, for a message.
pub(crate) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(8).map(|name| format!("{name:?}")).collect();
    shown.join(", ") + if names.len() > 8 { ", …" } else { "" }
}

/// A text in quotes, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
    }
}

/// The name that is spelt most like `word`, if any is near: at most a third of the letters differ.
pub fn nearest<'a, N: AsRef<str>>(names: &'a [N], word: &str) -> Option<&'a str> {
    if word.parse::<usize>().is_ok() {
        return None;
    }
    let names = names.iter().map(AsRef::as_ref);
    let distances =
        names.map(|name: &str| (strsim::levenshtein(&name.to_lowercase(), &word.to_lowercase()), name));
    let (distance, name) = distances.min_by_key(|&(distance, _)| distance)?;
    let longest = name.chars().count().max(word.chars().count());
    (3 * distance <= longest).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["sepal length", "Species", "2"].map(String::from).to_vec()
    }

    #[test]
    fn a_column_is_found_by_name_before_number() {
        let position = |column| position(Path::new("t.csv"), &names(), column).unwrap();
        assert_eq!((position("Species"), position("1"), position("2"), position("3")), (1, 0, 2, 2));
        let place = |name| place(Path::new("t.csv"), &names(), name);
        assert!(place("2").is_ok() && place("3").is_err());
    }

    #[test]
    fn a_column_that_is_not_there_is_answered_by_the_nearest() {
        let message = |column| position(Path::new("t.csv"), &names(), column).unwrap_err().to_string();
        assert_eq!(
            message("specis"),
            "\"t.csv\" has no column \"specis\", but columns 1 to 3: did you mean \"Species\"?"
        );
        assert!(message("4").ends_with("give a number, or one of \"sepal length\", \"Species\", \"2\""));
        assert!(message("0").contains("no column \"0\""));
    }
}
