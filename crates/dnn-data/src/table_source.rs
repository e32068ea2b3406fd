//! A table to train on, in memory or streamed: what decides the subset of each row is read first, in one pass that a table in
//! memory is whole after; then an encoder is fitted to the rows to train on, and each subset becomes examples.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chunks::{self, TableStream};
use crate::dataset::LabelledSet;
use crate::encoding::{Fitter, TableEncoder, TargetFitter, Task};
use crate::settings::DataSettings;
use crate::subset::{Codes, Facts, Subset, count};
use crate::table::{self, Column, Scan, Table, place, position};
use crate::{Error, Result};

/// A table, of which all that decides the subset of a row has been read.
pub(crate) struct TableSource {
    path: PathBuf,
    options: table::Options,
    decided: Decided,
    task: Task,
    /// Rows that are read together; all, if they are held in memory.
    rows: usize,
    /// The rows that are held, and then those of each subset.
    whole: Option<Table>,
    tables: [Option<Table>; 3],
    subsets: Arc<Vec<Subset>>,
}

impl TableSource {
    /// Reads the table at `path`, whole into memory; or, if it is streamed, `rows` at a time and only what decides the subset of each
    /// row.
    pub(crate) fn open(path: PathBuf, settings: &DataSettings, rows: usize) -> Result<Self> {
        let streamed = rows < usize::MAX;
        let options = settings.table_options()?;
        let mut scan = Scan::new(&path, &options);
        let names = scan.names()?;
        let name = |column: &String| Ok(&*names[position(&path, &names, column)?]);
        let Some(target) = settings.target.as_ref().map(name).transpose()? else {
            return Err(Error::NoTarget { columns: names });
        };
        let group = settings.group.as_ref().map(name).transpose()?;
        let split = settings.split_column.as_ref().map(name).transpose()?;
        if streamed {
            let columns = [Some(target), group, split].into_iter().flatten();
            scan.only_columns(columns.map(String::from).collect());
            scan.rows = rows;
        }
        let (mut decided, mut whole) = (None, None);
        while let Some((table, first)) = scan.next()? {
            if first {
                decided = Some(Decided::new(&table, target, group, split)?);
            }
            if let Some(decided) = &mut decided {
                scan.note(decided.add(&table));
            }
            whole = (!streamed).then_some(table);
        }
        let decided = decided.expect("a table has a row");
        let task = decided.target.task(settings.task.unwrap_or_default())?;
        if let (Some(column), Some((_, subsets))) = (split, &decided.named) {
            check_named(&path, column, subsets)?;
        }
        let (tables, subsets) = ([None, None, None], Arc::new(Vec::new()));
        Ok(Self { path, options, decided, task, rows, whole, tables, subsets })
    }

    /// What decides the subset of each row.
    pub(crate) fn facts(&self) -> Facts<'_> {
        let Decided { target, group, named, .. } = &self.decided;
        Facts {
            count: target.rows(),
            classes: target.codes().filter(|_| self.task == Task::Classes),
            groups: group.as_ref().map(|(.., rows)| &rows[..]),
            named: named.as_ref().map(|(_, subsets)| &subsets[..]),
        }
    }

    /// Whether classes or numbers are predicted.
    pub(crate) fn task(&self) -> Task {
        self.task
    }

    /// Takes the subset of each row.
    pub(crate) fn divide(&mut self, subsets: Vec<Subset>) -> Result<()> {
        self.subsets = Arc::new(subsets);
        let Some(whole) = self.whole.take() else { return Ok(()) };
        let rows = |subset| -> Vec<usize> {
            (0..self.subsets.len()).filter(|&row| self.subsets[row] == subset).collect()
        };
        let [train, validation, test] = [Subset::Train, Subset::Validation, Subset::Test].map(rows);
        let some = |rows: &[usize]| (!rows.is_empty()).then(|| whole.select(rows)).transpose();
        let (validation, test) = (some(&validation)?, some(&test)?);
        let train = if train.len() == whole.rows() { whole } else { whole.select(&train)? };
        self.tables = [Some(train), validation, test];
        Ok(())
    }

    /// The encoder of the rows to train on.
    pub(crate) fn fit(&self, settings: &DataSettings) -> Result<TableEncoder> {
        let options = settings.encoder_options();
        let begin = |table: &Table| {
            let target = self.decided.target.finish(self.task, Some(&self.subsets))?;
            Fitter::new(
                table,
                place(&self.path, table.names(), self.decided.target.column())?,
                target,
                &options,
            )
        };
        // In memory the rows are one chunk.
        if let Some(table) = &self.tables[0] {
            let mut fitter = begin(table)?;
            fitter.add(table);
            return fitter.finish();
        }
        let (mut scan, mut fitter) = (Scan::new(&self.path, &self.options), None);
        scan.rows = self.rows;
        scan.keep = Some(chunks::keep(&self.subsets, Subset::Train));
        while let Some((table, first)) = scan.next()? {
            if first {
                fitter = Some(begin(&table)?);
            }
            fitter.iter_mut().for_each(|fitter| fitter.add(&table));
        }
        fitter.expect("a table has a row").finish()
    }

    /// The examples of a subset, if it has any.
    pub(crate) fn labelled(&mut self, encoder: &TableEncoder, subset: Subset) -> Result<Option<LabelledSet>> {
        let table = match self.tables[subset as usize].take() {
            Some(table) => table,
            None if self.rows == usize::MAX || count(&self.subsets, subset) == 0 => return Ok(None),
            None => self.stream().reader(encoder, subset)?.read_all()?,
        };
        labelled(encoder, table).map(Some)
    }

    /// What is trained on chunk by chunk, if the table is streamed.
    pub(crate) fn stream(&self) -> TableStream {
        TableStream::new(&self.path, self.options.delimiter, &self.subsets)
    }
}

/// The rows of a table as examples with their labels.
pub(crate) fn labelled(encoder: &TableEncoder, table: Table) -> Result<LabelledSet> {
    let labels = encoder.labels(&table)?;
    Ok(LabelledSet {
        x: encoder.transform(&table)?,
        y: encoder.target().transform(&labels)?,
        labels,
        names: table.lines().iter().map(|line| format!("line {line}")).collect(),
        table: Some(table),
    })
}

/// What the rows read so far say of their subsets: columns by their places in the tables that are read.
struct Decided {
    place: usize,
    target: TargetFitter,
    /// The codes of groups, and that of each row.
    group: Option<(usize, Codes<String>, Vec<u32>)>,
    named: Option<(usize, Vec<Subset>)>,
}

impl Decided {
    /// Begins with the columns of these names in `table`, but none of its rows.
    fn new(table: &Table, target: &str, group: Option<&str>, split: Option<&str>) -> Result<Self> {
        let place = |name: &str| place(table.path(), table.names(), name);
        Ok(Self {
            place: place(target)?,
            target: TargetFitter::new(table, place(target)?),
            group: group.map(place).transpose()?.map(|group| (group, Codes::new(), Vec::new())),
            named: split.map(place).transpose()?.map(|split| (split, Vec::new())),
        })
    }

    fn add(&mut self, table: &Table) -> Result<()> {
        if let Some((place, codes, rows)) = &mut self.group {
            match &table.columns()[*place] {
                Column::Numbers(values) => {
                    rows.extend(values.iter().map(|value| codes.code(value.to_string())))
                }
                Column::Categories { names, codes: found } => {
                    let known: Vec<u32> = names.iter().map(|name| codes.code(name.clone())).collect();
                    let missing = codes.code(String::new());
                    rows.extend(found.iter().map(|&code| *known.get(code as usize).unwrap_or(&missing)));
                }
            }
        }
        if let Some((place, subsets)) = &mut self.named {
            subsets.extend(named(table, *place)?);
        }
        self.target.add(table, self.place)
    }
}

/// The subset that column `place` of `table` says of each row.
fn named(table: &Table, place: usize) -> Result<Vec<Subset>> {
    let fault = |row: usize, found: String| Error::Place {
        path: table.path().into(),
        place: format!("line {}, column {:?}", table.lines()[row], table.names()[place]),
        found,
        expected: "must say train, validation or test of each row".into(),
        remedy: "correct it, or name another data.split_column",
    };
    let Column::Categories { names, codes } = &table.columns()[place] else {
        return Err(fault(0, "a number".into()));
    };
    let subsets: Vec<_> = names.iter().map(|name| Subset::named(name)).collect();
    let of = |(row, &code): (usize, &u32)| match subsets.get(code as usize) {
        Some(subset) => subset.ok_or_else(|| fault(row, format!("{:?}", names[code as usize]))),
        None => Err(fault(row, "no value".into())),
    };
    codes.iter().enumerate().map(of).collect()
}

/// Sees that a column of this name leaves rows to train on, and holds some out.
fn check_named(path: &Path, column: &str, subsets: &[Subset]) -> Result<()> {
    let (found, expected) = match count(subsets, Subset::Train) {
        0 => ("train in no row", "some are needed to train on"),
        train if train == subsets.len() => ("train in every row", "some must say validation or test"),
        _ => return Ok(()),
    };
    let remedy = "correct it, or leave data.split_column out";
    Err(Error::Unusable { path: path.into(), column: column.into(), found: found.into(), expected, remedy })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subset::{By, hold_out};
    use crate::table::Kind;

    fn open(path: &Path, settings: &DataSettings, rows: usize) -> TableSource {
        TableSource::open(path.into(), settings, rows).unwrap()
    }

    fn predict(target: &str) -> DataSettings {
        DataSettings { target: Some(target.into()), ..DataSettings::default() }
    }

    fn fit_streamed(path: &Path, target: &str, rows: usize) -> TableEncoder {
        let (settings, mut source) = (predict(target), open(path, &predict(target), rows));
        source.divide(vec![Subset::Train; source.facts().count]).unwrap();
        source.fit(&settings).unwrap()
    }

    #[test]
    fn pieces_of_a_file_teach_the_same_as_the_whole() {
        let row = |i: usize| format!("{},{},{}\n", i * 37 % 101, ["x", "y", ""][i % 3], i % 2);
        let text: String = (0..500).map(row).collect();
        let (_folder, path) = crate::source::tests::file(text.as_bytes());
        let table = table::read(&path, &Default::default()).unwrap();
        let whole = TableEncoder::fit(&table, "3", &Default::default()).unwrap();
        for rows in [1, 7, 499, 1000] {
            assert_eq!(fit_streamed(&path, "3", rows), whole, "{rows}");
        }
    }

    #[test]
    fn a_target_that_only_later_proves_to_hold_texts_is_learnt_from_pieces_too() {
        let lines = |text: &str| (0..1500).map(|i| format!("{text},{i}\n")).collect::<String>();
        let (_folder, path) = crate::source::tests::file((lines("1") + &lines("2") + &lines("B")).as_bytes());
        let learnt = fit_streamed(&path, "1", 100);
        assert_eq!(learnt.target().classes().unwrap(), ["1", "2", "B"]);
    }

    #[test]
    fn a_column_that_turns_out_to_hold_text_is_read_again() {
        let text = format!("{}{}", "1,0\n2,1\n".repeat(300_000), "x,0\n".repeat(100_000));
        let (_folder, path) = crate::source::tests::file(text.as_bytes());
        let options = table::Options::default();
        let table = table::read(&path, &options).unwrap();
        assert_eq!((table.columns()[0].kind(), table.rows()), (Kind::Categories, 700_000));
        let encoder = fit_streamed(&path, "2", 1000);
        assert_eq!(encoder.feature_names(), ["column 1 = 1", "column 1 = 2", "column 1 = x"]);
    }

    #[test]
    fn a_stream_is_divided_and_learnt_from_as_a_table_in_memory() {
        let row = |i: usize| format!("{},{},who{}\n", i * 37 % 101, ["x", "y", "z"][i * i % 3], i % 7);
        let text: String = (0..500).map(row).collect();
        let (_folder, path) = crate::source::tests::file(text.as_bytes());
        let settings = |group: Option<&str>| DataSettings { group: group.map(String::from), ..predict("2") };
        for settings in [settings(None), settings(Some("3"))] {
            let found = [usize::MAX, 64].map(|rows| {
                let mut source = open(&path, &settings, rows);
                let facts = source.facts();
                let by = facts.groups.map_or_else(|| By::Classes(facts.classes.unwrap()), By::Groups);
                let mut subsets = vec![Subset::Train; facts.count];
                hold_out(&mut subsets, by, 0.2, Subset::Test, 3).unwrap();
                source.divide(subsets.clone()).unwrap();
                let encoder = source.fit(&settings).unwrap();
                let test = source.labelled(&encoder, Subset::Test).unwrap().unwrap();
                (subsets, encoder, test.x, test.labels, test.names)
            });
            assert!(found[0] == found[1]);
            let held_out = count(&found[0].0, Subset::Test);
            assert!(held_out.abs_diff(100) <= 72, "{held_out}");
        }
    }

    #[test]
    fn classes_are_those_of_the_rows_to_train_on() {
        let (_folder, path) = crate::source::tests::file(b"1,a\n2,b\n3,a\n4,b\n5,c\n");
        let mut source = open(&path, &predict("2"), usize::MAX);
        let test = [Subset::Train, Subset::Train, Subset::Train, Subset::Train, Subset::Test];
        source.divide(test.to_vec()).unwrap();
        let encoder = source.fit(&predict("2")).unwrap();
        assert_eq!(encoder.target().classes().unwrap(), ["a", "b"]);
        let message = source.labelled(&encoder, Subset::Test).unwrap_err().to_string();
        assert!(message.contains("line 5, column \"column 2\", has the class \"c\", but"), "{message}");
    }

    #[test]
    fn a_column_can_say_what_rows_are_for() {
        let read = |parts: &[&str], rows: usize| {
            let text = parts.iter().enumerate().map(|(i, part)| format!("{i},{part},{}\n", i % 2));
            let text: String = ["x,part,y\n".into()].into_iter().chain(text).collect();
            let (_folder, path) = crate::source::tests::file(text.as_bytes());
            let settings = DataSettings { split_column: Some("part".into()), ..predict("y") };
            let source = TableSource::open(path, &settings, rows)?;
            Ok(source.facts().named.unwrap().to_vec())
        };
        use Subset::{Test, Train, Validation};
        for rows in [usize::MAX, 2] {
            let parts = ["train", "Test", "dev", "training", "val"];
            assert_eq!(read(&parts, rows).unwrap(), [Train, Test, Validation, Train, Validation]);
            for (parts, expected) in [
                (
                    ["train", "holdout"],
                    "line 3, column \"part\", has \"holdout\", but must say train, validation",
                ),
                (["train", ""], "line 3, column \"part\", has no value"),
                (["train", "train"], "has train in every row"),
                (["test", "dev"], "has train in no row"),
            ] {
                let error: Error = read(&parts, rows).unwrap_err();
                assert!(error.to_string().contains(expected), "{error}");
            }
        }
    }
}
