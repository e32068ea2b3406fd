//! How the rows of a table become examples for a network, learnt from training data alone. Stored beside the network.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::schema::{Encoding, Schema, SchemaColumn, Unused};
use super::target::{Target, Task};
use crate::stored::{Check, check_moments, checked};
use crate::{Error, Kind, Result, Table, table};

/// What becomes of a category that did not occur in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// All features of its column are 0, and so are those of a missing value if training had none.
    #[default]
    Zeros,
    /// It is an error.
    Refuse,
}

/// What can be chosen about a table's encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct EncoderOptions {
    /// Whether classes or numbers are to be predicted.
    pub task: Task,
    /// Columns that give no feature, by name or by number from 1.
    pub ignored: Vec<String>,
    /// Whether a column of numbers of which some are missing gives a second feature that says so. The number itself then
    /// counts as the mean.
    pub indicators: bool,
    /// What becomes of unknown categories.
    pub unknown: Unknown,
    /// A column of more categories is refused; so is one of more than 50 in which most rows differ.
    pub most_categories: usize,
}

impl Default for EncoderOptions {
    fn default() -> Self {
        Self {
            task: Task::Auto,
            ignored: Vec::new(),
            indicators: true,
            unknown: Unknown::Zeros,
            most_categories: 1000,
        }
    }
}

/// How the rows of a table become examples for a network, and its outputs predictions.
///
/// ```
/// use dnn_data::{RawValue, TableEncoder, table};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("flowers.csv");
///
/// std::fs::write(&path, "width,colour,kind\n1,red,a\n,blue,b\n3,red,b\n")?;
/// let table = table::read(&path, &Default::default())?;
/// let encoder = TableEncoder::fit(&table, "kind", &Default::default())?;
/// assert_eq!(encoder.feature_names(), ["width", "width is missing", "colour = blue", "colour = red"]);
///
/// std::fs::write(&path, "colour,width\ngreen,3\n")?;                     // raw data to predict from
/// let x = encoder.transform::<f32>(&encoder.read_table(&path, None)?)?;
/// assert_eq!(x, ndarray::array![[1.0], [0.0], [0.0], [0.0]]);
/// let row: [RawValue; 2] = [3.into(), "green".into()];                    // or a row from anywhere
/// assert_eq!(encoder.transform_rows::<f32, _, _>(&[row])?, x);
/// assert_eq!(encoder.target().labels(ndarray::array![[0.7_f32]].view()), [1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct TableEncoder {
    pub(super) schema: Schema,
    pub(super) target: Target,
    pub(super) unknown: Unknown,
}

impl TableEncoder {
    /// What is predicted.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The name of the target's column.
    pub fn target_name(&self) -> &str {
        &self.schema.columns[self.schema.target].name
    }

    /// The columns of the training data, the target among them, and what becomes of each.
    pub fn columns(&self) -> &[SchemaColumn] {
        &self.schema.columns
    }

    /// Whether columns are found by the names in a header; else by their places.
    pub fn has_header(&self) -> bool {
        self.schema.header
    }

    /// Features of an example.
    pub fn features(&self) -> usize {
        self.schema.features()
    }

    /// Names of the features: `"age"`, `"age is missing"`, `"colour = red"`.
    pub fn feature_names(&self) -> Vec<String> {
        self.schema.columns.iter().flat_map(SchemaColumn::feature_names).collect()
    }

    /// What becomes of a category that did not occur in training.
    pub fn unknown(&self) -> Unknown {
        self.unknown
    }

    /// Reads a file of raw data: its columns are found by their names or, without a header, by their places. The target may
    /// be absent, and columns that are not needed may hold anything.
    ///
    /// # Errors
    /// As [`table::read`]; [`Error::Column`] if a column is not there.
    pub fn read_table(&self, path: impl AsRef<Path>, delimiter: Option<u8>) -> Result<Table> {
        self.prepared(table::Reader::open(path, &self.file_options(delimiter))?)?.read_all()
    }

    /// What is known of a file of raw data before it is opened.
    pub fn file_options(&self, delimiter: Option<u8>) -> table::Options {
        table::Options { delimiter, header: Some(self.schema.header), ..table::Options::default() }
    }

    /// `reader`, opened with [`TableEncoder::file_options`], set to read what the encoder needs.
    ///
    /// # Errors
    /// [`Error::Column`] if a column is not there; [`Error::Count`] for another number of columns where there is no header.
    pub fn prepared(&self, mut reader: table::Reader) -> Result<table::Reader> {
        let names = if self.schema.header { reader.names().to_vec() } else { self.placed(&reader)? };
        for (.., column) in self.schema.used() {
            table::place(reader.path(), &names, &column.name)?;
        }
        let kinds: Vec<_> = names.iter().map(|name| self.kind(name)).collect();
        reader.expect(names, kinds);
        Ok(reader)
    }

    /// The names of a file's columns where there is no header; one less than in training means that the target is absent.
    fn placed(&self, reader: &table::Reader) -> Result<Vec<String>> {
        let mut names: Vec<String> = self.schema.columns.iter().map(|input| input.name.clone()).collect();
        let found = reader.names().len();
        if found + 1 == names.len() {
            names.remove(self.schema.target);
        }
        match found == names.len() {
            true => Ok(names),
            false => Err(Error::Count {
                name: "a row",
                unit: "fields",
                found,
                expected: format!("{} (or {} without the target)", names.len(), names.len() - 1),
                remedy: "give the columns of the training data, in its order",
            }),
        }
    }

    /// How the column of that name must be read, if it must.
    fn kind(&self, name: &str) -> Option<Kind> {
        let place = self.schema.columns.iter().position(|input| input.name == name)?;
        if place == self.schema.target {
            Some(self.target.kind())
        } else {
            self.schema.columns[place].encoding.kind()
        }
    }
}

checked!(TableEncoder);

impl Check for TableEncoder {
    fn check(&self) -> Result<(), String> {
        let Schema { columns, target, .. } = &self.schema;
        if columns.get(*target).map(|column| &column.encoding) != Some(&Encoding::Unused(Unused::Target)) {
            return Err(format!("column {target} as target, but that column is another"));
        }
        columns.iter().try_for_each(|column| match &column.encoding {
            Encoding::Number { mean, deviation, .. } => check_moments(mean, deviation),
            // They are searched in that order.
            Encoding::Categories { names, .. } if !names.is_sorted() => {
                Err(format!("the categories {names:?}, which are not in order"))
            }
            _ => Ok(()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::Labels;
    use ndarray::array;

    /// Rooms (1 missing), colour (1 missing), a constant, price, kind.
    fn table() -> Table {
        read(
            "rooms,colour,same,price,kind\n1,red,7,10.5,a\n3,,7,20.5,b\n,blue,7,30.5,a\n5,red,7,40.5,b\n1,red,7,50.5,b\n1,red,7,0.5,a\n",
        )
    }

    fn read(text: &str) -> Table {
        let (_folder, path) = crate::source::tests::file(text.as_bytes());
        table::read(path, &table::Options::default()).unwrap()
    }

    fn learn(table: &Table, target: &str) -> TableEncoder {
        // Rooms with a gap can be no target.
        let rows: Vec<usize> = (0..table.rows()).filter(|&row| target != "rooms" || row != 2).collect();
        TableEncoder::fit(&table.select(&rows).unwrap(), target, &EncoderOptions::default()).unwrap()
    }

    /// The numbers to be predicted of a table's rows.
    fn numbers(encoder: &TableEncoder, table: &Table) -> Vec<f64> {
        match encoder.labels(table).unwrap() {
            Labels::Numbers(numbers) => numbers,
            Labels::Classes(_) => panic!("classes"),
        }
    }

    #[test]
    fn numbers_are_standardised_and_categories_one_hot() {
        let encoder = learn(&table(), "kind");
        assert_eq!(
            encoder.feature_names(),
            ["rooms", "rooms is missing", "colour = blue", "colour = red", "colour is missing", "price"]
        );
        let x = encoder.transform::<f64>(&table()).unwrap();
        // Mean 2.2 and deviation 1.6 of 1, 3, 5, 1, 1.
        let rooms = array![-0.75, 0.5, 0.0, 1.75, -0.75, -0.75];
        assert!((&x.row(0) - &rooms).iter().all(|difference| difference.abs() < 1e-15), "{x}");
        assert_eq!(x.row(1), array![0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(x.row(2), array![0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(x.row(3), array![1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        assert_eq!(x.row(4), array![0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(x.t().is_standard_layout());
        assert_eq!(encoder.targets::<f64>(&table()).unwrap(), array![[0.0, 1.0, 0.0, 1.0, 1.0, 0.0]]);
        let counts: Vec<_> =
            encoder.columns().iter().map(|column| (column.name.as_str(), column.encoding.count())).collect();
        assert_eq!(counts, [("rooms", 2), ("colour", 3), ("same", 0), ("price", 1), ("kind", 0)]);
        let unused: Vec<_> = encoder
            .columns()
            .iter()
            .filter(|column| matches!(column.encoding, Encoding::Unused(_)))
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(unused, ["same", "kind"]);
    }

    #[test]
    fn numbers_to_be_predicted_are_scaled_and_scaled_back() {
        let encoder = learn(&table(), "price");
        let y = encoder.targets::<f64>(&table()).unwrap();
        assert!((y.sum() / 6.0).abs() < 1e-15 && (y.mapv(|y| y * y).sum() / 6.0 - 1.0).abs() < 1e-15);
        let back = encoder.target().numbers(y.view());
        assert!(back.iter().zip(&numbers(&encoder, &table())).all(|(a, b)| (a - b).abs() < 1e-13));
    }

    #[test]
    fn few_whole_numbers_are_classes_unless_told_otherwise() {
        let classes = |encoder: &TableEncoder| encoder.target().classes().map(<[String]>::to_vec);
        let digits = "1\n0\n10\n2\n1\n0\n10\n2\n".split('\n').filter(|digit| !digit.is_empty());
        let table = read(&digits.map(|digit| format!("{digit},{digit}.5\n")).collect::<String>());
        let learn = |target: &str, task: Task| {
            TableEncoder::fit(&table, target, &EncoderOptions { task, ..EncoderOptions::default() }).unwrap()
        };
        assert_eq!(classes(&learn("1", Task::Auto)).unwrap(), ["0", "1", "2", "10"]);
        assert_eq!(classes(&learn("1", Task::Number)), None);
        assert_eq!(classes(&learn("2", Task::Auto)), None);
        assert_eq!(classes(&learn("2", Task::Classes)).unwrap(), ["0.5", "1.5", "2.5", "10.5"]);
        let encoder = learn("1", Task::Auto);
        assert_eq!(encoder.labels(&table).unwrap(), Labels::Classes(vec![1, 0, 3, 2, 1, 0, 3, 2]));
        assert_eq!(encoder.targets::<f32>(&table).unwrap().dim(), (4, 8));
    }

    #[test]
    fn raw_data_may_lack_the_target_and_order_its_columns_otherwise() {
        let encoder = learn(&table(), "kind");
        let (_folder, path) = crate::source::tests::file(b"price,note,colour,rooms\n10.5,x,red,1\n");
        let raw = encoder.read_table(&path, None).unwrap();
        let x = encoder.transform::<f64>(&table()).unwrap();
        assert_eq!(encoder.transform::<f64>(&raw).unwrap().column(0), x.column(0));
        let message = encoder.targets::<f64>(&raw).unwrap_err().to_string();
        assert!(message.contains("has no column \"kind\""), "{message}");
    }

    #[test]
    fn without_a_header_columns_are_told_by_their_places() {
        let table = read("a,1,2.5\nb,2,3.5\na,3,4.5\n");
        let encoder = TableEncoder::fit(&table, "1", &EncoderOptions::default()).unwrap();
        let x = encoder.transform::<f64>(&table).unwrap();
        let (_folder, path) = crate::source::tests::file(b"1,2.5\n2,3.5\n");
        let raw = encoder.read_table(&path, None).unwrap();
        assert_eq!(encoder.transform::<f64>(&raw).unwrap(), x.select(ndarray::Axis(1), &[0, 1]));
        let (_folder, path) = crate::source::tests::file(b"1\n");
        let message = encoder.read_table(&path, None).unwrap_err().to_string();
        assert!(message.starts_with("a row has 1 fields, but 3 (or 2 without the target)"), "{message}");
    }

    #[test]
    fn an_unknown_category_counts_as_none_or_is_refused() {
        let other = read("rooms,colour,same,price,kind\n1,green,7,10.5,a\n3,red,7,20.5,b\n");
        let x = learn(&table(), "kind").transform::<f64>(&other).unwrap();
        assert!((2..5).all(|feature| x[[feature, 0]] == 0.0));
        let options = EncoderOptions { unknown: Unknown::Refuse, ..EncoderOptions::default() };
        let encoder = TableEncoder::fit(&table(), "kind", &options).unwrap();
        let message = encoder.transform::<f64>(&other).unwrap_err().to_string();
        assert!(message.contains("line 2, column \"colour\", has \"green\", but that category"), "{message}");
    }

    #[test]
    fn a_restored_encoder_is_the_same_and_one_that_cannot_be_is_refused() {
        let refused = |mut stored: serde_json::Value, pointer: &str, with: serde_json::Value| {
            *stored.pointer_mut(pointer).unwrap() = with;
            serde_json::from_value::<TableEncoder>(stored).unwrap_err().to_string()
        };
        for target in ["kind", "price", "rooms"] {
            let encoder = learn(&table(), target);
            let stored = serde_json::to_value(&encoder).unwrap();
            assert_eq!(serde_json::from_value::<TableEncoder>(stored.clone()).unwrap(), encoder);
            let message = refused(stored, "/schema/target", 2.into());
            assert_eq!(message, "column 2 as target, but that column is another");
        }
        let stored = |target| serde_json::to_value(learn(&table(), target)).unwrap();
        let message = refused(stored("kind"), "/target/Classes/names", ["a"].into());
        assert_eq!(message, "1 classes, but there are two at least");
        let message = refused(stored("price"), "/target/Number/deviation", 0.0.into());
        assert_eq!(message, "0 as deviation, which no fit gives");
    }
}
