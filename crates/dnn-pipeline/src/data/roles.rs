//! What each row of a table is for: as a column says, or drawn row by row where the table is streamed, and then kept in a byte
//! each, since the rows themselves may be more than memory holds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_data::recipe::Task;
use dnn_data::table::Reader;
use dnn_data::{Column, Table};

use crate::{Error, Result};

/// Rows that are looked at together.
const ROWS: usize = 1 << 16;
/// A target of more different texts is no class.
const MOST_CLASSES: usize = 1 << 16;

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Train,
    Validation,
    Test,
}

/// The role of each row of a streamed table, by its number from 0.
pub(super) struct Roles(Vec<Role>);

impl Roles {
    /// Draws the share `test` of the rows that `reader` gives, and of the others the share that `validation` makes of their
    /// number. Each row is drawn by itself, so that shares and those of each class come out nearly; the first row of each class
    /// in the column `target` is trained on. The second number is the share for validation.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read; [`Error::Configuration`] for a share outside `0..1`.
    pub(super) fn drawn(
        reader: Reader,
        (target, task): (&str, Task),
        test: f64,
        validation: impl Fn(usize) -> f64,
        seed: u64,
    ) -> Result<(Self, f64)> {
        let (rows, first) = first_of_each(reader, target, task)?;
        let validation = validation(rows);
        for share in [test, validation] {
            // What a share may be is known there.
            dnn_data::split(2, share, seed)?;
        }
        // Epoch 3 keeps this stream apart from those of tables in memory.
        let mut stream = Stream::new(Key::new(seed, Purpose::Split).epoch(3));
        let draw = |row: usize| match stream.uniform() {
            _ if first.contains(&row) => Role::Train,
            drawn if drawn < test => Role::Test,
            drawn if drawn < test + (1.0 - test) * validation => Role::Validation,
            _ => Role::Train,
        };
        Ok((Self((0..rows).map(draw).collect()), validation))
    }

    /// The roles that a column of the rows that `reader` gives says.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read, and as [`told`] and [`check`].
    pub(super) fn told(reader: Reader, column: &str) -> Result<Self> {
        let (mut roles, mut reader) = (Vec::new(), reader.only_column(column)?);
        loop {
            let table = reader.read(ROWS)?;
            if table.rows() == 0 {
                check(&roles, column)?;
                return Ok(Self(roles));
            }
            // Under whatever number it stood, it is now the only one.
            roles.extend(told(&table, "1")?);
        }
    }

    /// The role of a row, if there is such a row.
    pub(super) fn of(&self, row: usize) -> Option<Role> {
        self.0.get(row).copied()
    }

    /// How many rows have that role.
    pub(super) fn count(&self, role: Role) -> usize {
        self.0.iter().filter(|found| **found == role).count()
    }
}

/// What a column of `table` says that each row is for.
///
/// # Errors
/// [`Error::Data`] if there is no such column, or it says something else.
pub(super) fn told(table: &Table, column: &str) -> Result<Vec<Role>> {
    let place = table.position(column)?;
    let fault = |row: usize, found: String| {
        let (path, line, name) = (table.path(), table.lines()[row], &table.names()[place]);
        Error::Data(format!("{path:?}, line {line}, column {name:?}, has {found}, but must say train, validation or test of each row: correct it, or name another data.split_column").into())
    };
    match &table.columns()[place] {
        Column::Numbers(_) => Err(fault(0, "a number".into())),
        Column::Categories { names, codes } => {
            let roles: Vec<_> = names.iter().map(|name| role(name)).collect();
            let of = |(row, &code): (usize, &u32)| match roles.get(code as usize) {
                Some(role) => role.ok_or_else(|| fault(row, format!("{:?}", names[code as usize]))),
                None => Err(fault(row, "no value".into())),
            };
            codes.iter().enumerate().map(of).collect()
        }
    }
}

/// The role that a column means by `name`.
fn role(name: &str) -> Option<Role> {
    match &*name.to_lowercase() {
        "train" | "training" => Some(Role::Train),
        "validation" | "valid" | "val" | "dev" => Some(Role::Validation),
        "test" | "testing" => Some(Role::Test),
        _ => None,
    }
}

/// Sees that `column` leaves rows to train on, and holds some out.
///
/// # Errors
/// [`Error::Data`] if not.
pub(super) fn check(roles: &[Role], column: &str) -> Result<()> {
    let train = roles.iter().filter(|role| **role == Role::Train).count();
    let fault = match train {
        0 => "says train of no row, expected some to train on",
        train if train == roles.len() => "says train of every row, expected validation or test of some",
        _ => return Ok(()),
    };
    Err(Error::Data(format!("column {column:?} {fault}: correct it, or leave data.split_column out").into()))
}

/// How many rows there are, and the first row of each class, if the target has classes.
fn first_of_each(reader: Reader, target: &str, task: Task) -> Result<(usize, HashSet<usize>)> {
    let (mut reader, mut first) = (reader.only_column(target)?, HashMap::new());
    loop {
        let start = reader.passed();
        let table = reader.read(ROWS)?;
        let (names, codes) = categories(&table);
        for (row, &code) in codes.iter().enumerate() {
            if let Some(name) = names.get(code as usize).filter(|name| !first.contains_key(*name)) {
                first.insert(name.clone(), start + row);
            }
        }
        if first.len() > MOST_CLASSES {
            first.clear();
            // The rest is only counted.
            reader = reader.only(Arc::new(|_| false));
        }
        if table.rows() == 0 {
            let rows = reader.passed();
            let classes = are_classes(first.keys(), task, rows);
            return Ok((rows, if classes { first.into_values().collect() } else { HashSet::new() }));
        }
    }
}

/// Whether a target of these texts in so many rows may have classes: wherever a recipe will find some, and where numbers are few.
fn are_classes<'a>(names: impl ExactSizeIterator<Item = &'a String>, task: Task, rows: usize) -> bool {
    match task {
        Task::Classes => true,
        Task::Number => false,
        Task::Auto if Task::takes_for_classes(names.len(), rows) => true,
        Task::Auto => names.into_iter().any(|name| name.parse::<f64>().is_err()),
    }
}

/// The one column of a table that was read as categories.
fn categories(table: &Table) -> (&[String], &[u32]) {
    match table.columns() {
        [Column::Categories { names, codes }] => (names, codes),
        _ => (&[], &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(text: &str) -> Reader {
        Reader::new("t.csv", std::io::Cursor::new(text.to_owned()), &Default::default()).unwrap()
    }

    fn table(rows: usize) -> String {
        (0..rows).map(|row| format!("{row},{}\n", if row == 70_001 { "rare" } else { "usual" })).collect()
    }

    #[test]
    fn shares_come_out_nearly_and_the_first_of_each_class_is_trained_on() {
        let (roles, validation) =
            Roles::drawn(reader(&table(80_000)), ("2", Task::Auto), 0.2, |rows| 8000.0 / rows as f64, 3)
                .unwrap();
        assert_eq!(validation, 0.1);
        let counts = [Role::Train, Role::Validation, Role::Test].map(|role| roles.count(role));
        assert_eq!(counts.iter().sum::<usize>(), 80_000);
        // Five deviations.
        assert!(counts[2].abs_diff(16_000) < 570 && counts[1].abs_diff(6400) < 390, "{counts:?}");
        for seed in 0..20 {
            let (roles, _) =
                Roles::drawn(reader(&table(80_000)), ("2", Task::Auto), 0.9, |_| 0.0, seed).unwrap();
            assert_eq!((roles.of(0), roles.of(70_001)), (Some(Role::Train), Some(Role::Train)));
        }
        assert_eq!(roles.of(80_000), None);
        assert!(Roles::drawn(reader(&table(9)), ("2", Task::Auto), 1.0, |_| 0.0, 3).is_err());
    }

    #[test]
    fn numbers_to_predict_have_no_classes() {
        for rows in [80_000, 800] {
            let (counted, first) = first_of_each(reader(&table(rows)), "1", Task::Auto).unwrap();
            assert_eq!((counted, first.len()), (rows, 0));
        }
    }

    #[test]
    fn a_column_can_say_what_rows_are_for() {
        let text = "x,part\n1,train\n2,Test\n3,dev\n4,training\n5,val\n";
        let roles = Roles::told(reader(text), "part").unwrap();
        use Role::{Test, Train, Validation};
        assert_eq!(roles.0, [Train, Test, Validation, Train, Validation]);
        for (parts, expected) in [
            (
                ["train", "holdout"],
                "line 3, column \"part\", has \"holdout\", but must say train, validation",
            ),
            (["train", ""], "line 3, column \"part\", has no value"),
            (["train", "train"], "says train of every row"),
            (["test", "dev"], "says train of no row"),
        ] {
            let text = format!("x,part\n1,{}\n2,{}\n", parts[0], parts[1]);
            let error = Roles::told(reader(&text), "part").err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
