//! What is learnt from training data alone, so that a network can be given raw data later: what becomes of each column, the
//! classes, and how predictions are turned back. Stored beside the network.

mod columns;
mod learner;
mod moments;
mod target;

use std::path::Path;

use dnn_core::Real;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::stored::{Check, check_moments, checked};
use columns::Input;
pub use columns::{Features, Unused};
use learner::Learner;
pub(crate) use moments::Moments;
pub use target::Target;

use crate::{Dataset, Error, Examples, Kind, Result, Table, table};

/// Whether classes or numbers are to be predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Classes, if the target has texts, or at most 20 different numbers, all whole, and half as many as rows or fewer;
    /// else a number.
    #[default]
    Auto,
    /// One of the classes that occur, texts or numbers.
    Classes,
    /// A number.
    Number,
}

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

/// What can be chosen about a recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
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

impl Default for Options {
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
/// use dnn_data::{Recipe, table};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("flowers.csv");
///
/// std::fs::write(&path, "width,colour,kind\n1,red,a\n,blue,b\n3,red,b\n")?;
/// let table = table::read(&path, &Default::default())?;
/// let recipe = Recipe::learn(&table, "kind", &Default::default())?;
/// assert_eq!(recipe.feature_names(), ["width", "width is missing", "colour = blue", "colour = red"]);
///
/// std::fs::write(&path, "colour,width\ngreen,3\n")?;                     // raw data to predict from
/// let x = recipe.inputs::<f32>(&recipe.read_table(&path, None)?)?;
/// assert_eq!(x, ndarray::array![[1.0], [0.0], [0.0], [0.0]]);
/// assert_eq!(recipe.target().labels(ndarray::array![[0.7_f32]].view()), [1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Recipe {
    /// Every column of the training data, in its order.
    inputs: Vec<Input>,
    /// The place of the target among them.
    place: usize,
    target: Target,
    unknown: Unknown,
    /// Whether columns are told by a header; else by their places.
    header: bool,
}

impl Recipe {
    /// Learns from `table`, whose column `target` (a name, or a number from 1) is to be predicted.
    ///
    /// # Errors
    /// [`Error::Column`] if a column is not there; [`Error::Unusable`] for a target with one value, and for a column with too
    /// many categories or without finite statistics; [`Error::Place`] for a row without a target; [`Error::Count`] if no
    /// column gives a feature.
    pub fn learn(table: &Table, target: &str, options: &Options) -> Result<Self> {
        let mut learner = Learner::new(table, target, options)?;
        learner.add(table)?;
        learner.finish(table)
    }

    /// Learns from a file, or from the rows of it that `keep` names, without ever holding more than `rows` of them.
    ///
    /// # Errors
    /// As [`table::read`] and [`Recipe::learn`].
    pub fn learn_file(
        path: impl AsRef<Path>,
        file: &table::Options,
        keep: Option<&table::Keep>,
        target: &str,
        options: &Options,
        rows: usize,
    ) -> Result<Self> {
        let mut learnt = None;
        table::each(path.as_ref(), file, keep, rows.max(1), &mut |table, first| {
            if first {
                learnt = Some((Learner::new(&table, target, options)?, table.select(&[])?));
            }
            let Some((learner, _)) = &mut learnt else { return Ok(()) };
            learner.add(&table)
        })?;
        let (learner, table) = learnt.expect("a table has a row");
        learner.finish(&table)
    }

    /// What is predicted.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The name of the target's column.
    pub fn target_name(&self) -> &str {
        &self.inputs[self.place].name
    }

    /// Features of an example.
    pub fn features(&self) -> usize {
        self.inputs.iter().map(|input| input.features.count()).sum()
    }

    /// Names of the features: `"age"`, `"age is missing"`, `"colour = red"`.
    pub fn feature_names(&self) -> Vec<String> {
        self.inputs.iter().flat_map(Input::feature_names).collect()
    }

    /// Every column of the training data, in its order, and what becomes of it.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Features)> {
        self.inputs.iter().map(|input| (input.name.as_str(), &input.features))
    }

    /// Whether columns are told by the names in a header; else by their places.
    pub fn has_header(&self) -> bool {
        self.header
    }

    /// What becomes of a category that did not occur in training.
    pub fn unknown(&self) -> Unknown {
        self.unknown
    }

    /// Columns that give no feature, and why.
    pub fn unused(&self) -> impl Iterator<Item = (&str, Unused)> {
        self.inputs.iter().filter_map(|input| match input.features {
            Features::Unused(why) => Some((input.name.as_str(), why)),
            _ => None,
        })
    }

    /// The rows of `table` as examples, `(features, m)`, stored column by column.
    ///
    /// # Errors
    /// [`Error::Column`] if a column is not there, [`Error::Unusable`] if it holds something else than in training,
    /// [`Error::Place`] for an unknown category if those are refused.
    pub fn inputs<T: Real>(&self, table: &Table) -> Result<Array2<T>> {
        columns::fill(&self.inputs, self.unknown, table)
    }

    /// What the network should give for the rows of `table`, `(outputs, m)`: a row of zeros and ones for two classes, one-hot
    /// columns for more, or scaled numbers.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no target, [`Error::Place`] for a row without one or with an unknown class,
    /// [`Error::Unusable`] for texts where numbers are expected.
    pub fn targets<T: Real>(&self, table: &Table) -> Result<Array2<T>> {
        self.target.targets(table, self.target_place(table)?)
    }

    /// The class numbers of the rows of `table`.
    ///
    /// # Errors
    /// As [`Recipe::targets`]; [`Error::Unusable`] if numbers are predicted.
    pub fn labels(&self, table: &Table) -> Result<Vec<usize>> {
        let place = self.target_place(table)?;
        match self.target {
            Target::Classes { .. } => self.target.table_labels(table, place),
            Target::Number { .. } => Err(Error::Unusable {
                path: table.path.clone(),
                column: self.target_name().into(),
                found: "numbers".into(),
                expected: "only classes have labels",
                remedy: "take them as numbers",
            }),
        }
    }

    /// The target's numbers in `table`, as they stand there.
    ///
    /// # Errors
    /// As [`Recipe::targets`].
    pub fn numbers<'a>(&self, table: &'a Table) -> Result<&'a [f64]> {
        self.target.table_numbers(table, self.target_place(table)?)
    }

    /// Examples and class numbers together.
    ///
    /// # Errors
    /// As [`Recipe::inputs`] and [`Recipe::labels`].
    pub fn dataset<T: Real>(&self, table: &Table) -> Result<Dataset<T>> {
        let classes = self.target.classes().unwrap_or_default().to_vec();
        let examples = Examples { values: self.inputs(table)?, shape: vec![self.features()] };
        Dataset::new(examples, self.labels(table)?, classes)
    }

    /// Whether `table` has the column to be predicted.
    pub fn has_target(&self, table: &Table) -> bool {
        table.names.iter().any(|name| name == self.target_name())
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
        table::Options { delimiter, header: Some(self.header), ..table::Options::default() }
    }

    /// `reader`, opened with [`Recipe::file_options`], set to read what the recipe needs.
    ///
    /// # Errors
    /// [`Error::Column`] if a column is not there; [`Error::Count`] for another number of columns where there is no header.
    pub fn prepared(&self, mut reader: table::Reader) -> Result<table::Reader> {
        let names = if self.header { reader.names().to_vec() } else { self.placed(&reader)? };
        for input in self.inputs.iter().filter(|input| input.features.count() > 0) {
            table::place(reader.path(), &names, &input.name)?;
        }
        let kinds: Vec<_> = names.iter().map(|name| self.kind(name)).collect();
        reader.expect(names, kinds);
        Ok(reader)
    }

    /// The names of a file's columns where there is no header; one less than in training means that the target is absent.
    fn placed(&self, reader: &table::Reader) -> Result<Vec<String>> {
        let mut names: Vec<String> = self.inputs.iter().map(|input| input.name.clone()).collect();
        let found = reader.names().len();
        if found + 1 == names.len() {
            names.remove(self.place);
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
        let place = self.inputs.iter().position(|input| input.name == name)?;
        if place == self.place { Some(self.target.kind()) } else { self.inputs[place].features.kind() }
    }

    fn target_place(&self, table: &Table) -> Result<usize> {
        table::place(&table.path, &table.names, self.target_name())
    }
}

checked!(Recipe);

impl Check for Recipe {
    fn check(&self) -> Result<(), String> {
        let target = self.inputs.get(self.place).map(|input| &input.features);
        if target != Some(&Features::Unused(Unused::Target)) {
            return Err(format!("column {} as target, but that column is another", self.place));
        }
        self.inputs.iter().try_for_each(|input| match &input.features {
            Features::Number { mean, deviation, .. } => check_moments(mean, deviation),
            _ => Ok(()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Rooms (1 missing), colour (1 missing), a constant, price, kind.
    pub(super) fn table() -> Table {
        read(
            "rooms,colour,same,price,kind\n1,red,7,10.5,a\n3,,7,20.5,b\n,blue,7,30.5,a\n5,red,7,40.5,b\n1,red,7,50.5,b\n1,red,7,0.5,a\n",
        )
    }

    fn read(text: &str) -> Table {
        let (_folder, path) = crate::source::tests::file(text.as_bytes());
        table::read(path, &table::Options::default()).unwrap()
    }

    pub(super) fn learn(table: &Table, target: &str) -> Recipe {
        // Rooms with a gap can be no target.
        let rows: Vec<usize> = (0..table.rows()).filter(|&row| target != "rooms" || row != 2).collect();
        Recipe::learn(&table.select(&rows).unwrap(), target, &Options::default()).unwrap()
    }

    #[test]
    fn numbers_are_standardised_and_categories_one_hot() {
        let recipe = learn(&table(), "kind");
        assert_eq!(
            recipe.feature_names(),
            ["rooms", "rooms is missing", "colour = blue", "colour = red", "colour is missing", "price"]
        );
        let x = recipe.inputs::<f64>(&table()).unwrap();
        // Mean 2.2 and deviation 1.6 of 1, 3, 5, 1, 1.
        let rooms = array![-0.75, 0.5, 0.0, 1.75, -0.75, -0.75];
        assert!((&x.row(0) - &rooms).iter().all(|difference| difference.abs() < 1e-15), "{x}");
        assert_eq!(x.row(1), array![0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(x.row(2), array![0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(x.row(3), array![1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        assert_eq!(x.row(4), array![0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(x.t().is_standard_layout());
        assert_eq!(recipe.targets::<f64>(&table()).unwrap(), array![[0.0, 1.0, 0.0, 1.0, 1.0, 0.0]]);
        let counts: Vec<_> = recipe.columns().map(|(name, features)| (name, features.count())).collect();
        assert_eq!(counts, [("rooms", 2), ("colour", 3), ("same", 0), ("price", 1), ("kind", 0)]);
        let unused: Vec<_> = recipe.unused().collect();
        assert_eq!(unused, [("same", Unused::Constant), ("kind", Unused::Target)]);
    }

    #[test]
    fn numbers_to_be_predicted_are_scaled_and_scaled_back() {
        let recipe = learn(&table(), "price");
        let y = recipe.targets::<f64>(&table()).unwrap();
        assert!((y.sum() / 6.0).abs() < 1e-15 && (y.mapv(|y| y * y).sum() / 6.0 - 1.0).abs() < 1e-15);
        let back = recipe.target().numbers(y.view());
        assert!(back.iter().zip(recipe.numbers(&table()).unwrap()).all(|(a, b)| (a - b).abs() < 1e-13));
        assert!(recipe.labels(&table()).is_err());
    }

    #[test]
    fn few_whole_numbers_are_classes_unless_told_otherwise() {
        let classes = |recipe: &Recipe| recipe.target().classes().map(<[String]>::to_vec);
        let digits = "1\n0\n10\n2\n1\n0\n10\n2\n".split('\n').filter(|digit| !digit.is_empty());
        let table = read(&digits.map(|digit| format!("{digit},{digit}.5\n")).collect::<String>());
        let learn = |target: &str, task: Task| {
            Recipe::learn(&table, target, &Options { task, ..Options::default() }).unwrap()
        };
        assert_eq!(classes(&learn("1", Task::Auto)).unwrap(), ["0", "1", "2", "10"]);
        assert_eq!(classes(&learn("1", Task::Number)), None);
        assert_eq!(classes(&learn("2", Task::Auto)), None);
        assert_eq!(classes(&learn("2", Task::Classes)).unwrap(), ["0.5", "1.5", "2.5", "10.5"]);
        let recipe = learn("1", Task::Auto);
        assert_eq!(recipe.labels(&table).unwrap(), [1, 0, 3, 2, 1, 0, 3, 2]);
        assert_eq!(recipe.targets::<f32>(&table).unwrap().dim(), (4, 8));
        assert_eq!(recipe.dataset::<f32>(&table).unwrap().classes(), ["0", "1", "2", "10"]);
    }

    #[test]
    fn raw_data_may_lack_the_target_and_order_its_columns_otherwise() {
        let recipe = learn(&table(), "kind");
        let (_folder, path) = crate::source::tests::file(b"price,note,colour,rooms\n10.5,x,red,1\n");
        let raw = recipe.read_table(&path, None).unwrap();
        assert!(!recipe.has_target(&raw));
        let x = recipe.inputs::<f64>(&table()).unwrap();
        assert_eq!(recipe.inputs::<f64>(&raw).unwrap().column(0), x.column(0));
        let message = recipe.targets::<f64>(&raw).unwrap_err().to_string();
        assert!(message.contains("has no column \"kind\""), "{message}");
    }

    #[test]
    fn without_a_header_columns_are_told_by_their_places() {
        let table = read("a,1,2.5\nb,2,3.5\na,3,4.5\n");
        let recipe = Recipe::learn(&table, "1", &Options::default()).unwrap();
        let x = recipe.inputs::<f64>(&table).unwrap();
        let (_folder, path) = crate::source::tests::file(b"1,2.5\n2,3.5\n");
        let raw = recipe.read_table(&path, None).unwrap();
        assert_eq!(recipe.inputs::<f64>(&raw).unwrap(), x.select(ndarray::Axis(1), &[0, 1]));
        let (_folder, path) = crate::source::tests::file(b"1\n");
        let message = recipe.read_table(&path, None).unwrap_err().to_string();
        assert!(message.starts_with("a row has 1 fields, but 3 (or 2 without the target)"), "{message}");
    }

    #[test]
    fn an_unknown_category_counts_as_none_or_is_refused() {
        let other = read("rooms,colour,same,price,kind\n1,green,7,10.5,a\n3,red,7,20.5,b\n");
        let x = learn(&table(), "kind").inputs::<f64>(&other).unwrap();
        assert!((2..5).all(|feature| x[[feature, 0]] == 0.0));
        let options = Options { unknown: Unknown::Refuse, ..Options::default() };
        let recipe = Recipe::learn(&table(), "kind", &options).unwrap();
        let message = recipe.inputs::<f64>(&other).unwrap_err().to_string();
        assert!(message.contains("line 2, column \"colour\", has \"green\", but that category"), "{message}");
    }

    #[test]
    fn a_restored_recipe_is_the_same_and_one_that_cannot_be_is_refused() {
        let refused = |mut stored: serde_json::Value, pointer: &str, with: serde_json::Value| {
            *stored.pointer_mut(pointer).unwrap() = with;
            serde_json::from_value::<Recipe>(stored).unwrap_err().to_string()
        };
        for target in ["kind", "price", "rooms"] {
            let recipe = learn(&table(), target);
            let stored = serde_json::to_value(&recipe).unwrap();
            assert_eq!(serde_json::from_value::<Recipe>(stored.clone()).unwrap(), recipe);
            let message = refused(stored, "/place", 2.into());
            assert_eq!(message, "column 2 as target, but that column is another");
        }
        let stored = |target| serde_json::to_value(learn(&table(), target)).unwrap();
        let message = refused(stored("kind"), "/target/Classes/names", ["a"].into());
        assert_eq!(message, "1 classes, but there are two at least");
        let message = refused(stored("price"), "/target/Number/deviation", 0.0.into());
        assert_eq!(message, "0 as deviation, which no fit gives");
    }

    #[test]
    fn pieces_of_a_file_teach_the_same_as_the_whole() {
        let row = |i: usize| format!("{},{},{}\n", i * 37 % 101, ["x", "y", ""][i % 3], i % 2);
        let text: String = (0..500).map(row).collect();
        let (_folder, path) = crate::source::tests::file(text.as_bytes());
        let (file, options) = (table::Options::default(), Options::default());
        let whole = Recipe::learn(&table::read(&path, &file).unwrap(), "3", &options).unwrap();
        for rows in [1, 7, 499, 1000] {
            assert_eq!(Recipe::learn_file(&path, &file, None, "3", &options, rows).unwrap(), whole, "{rows}");
        }
    }

    #[test]
    fn a_target_that_only_later_proves_to_hold_texts_is_learnt_from_pieces_too() {
        let lines = |text: &str| (0..1500).map(|i| format!("{text},{i}\n")).collect::<String>();
        let (_folder, path) = crate::source::tests::file((lines("1") + &lines("2") + &lines("B")).as_bytes());
        let learnt =
            Recipe::learn_file(&path, &Default::default(), None, "1", &Options::default(), 100).unwrap();
        assert_eq!(learnt.target().classes().unwrap(), ["1", "2", "B"]);
    }

    #[test]
    fn a_column_that_turns_out_to_hold_text_is_read_again() {
        let text = format!("{}{}", "1,0\n2,1\n".repeat(300_000), "x,0\n".repeat(100_000));
        let (_folder, path) = crate::source::tests::file(text.as_bytes());
        let options = table::Options::default();
        let table = table::read(&path, &options).unwrap();
        assert_eq!((table.columns()[0].kind(), table.rows()), (Kind::Categories, 700_000));
        let recipe = Recipe::learn_file(&path, &options, None, "2", &Options::default(), 1000).unwrap();
        assert_eq!(recipe.feature_names(), ["column 1 = 1", "column 1 = 2", "column 1 = x"]);
    }
}
