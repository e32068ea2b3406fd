//! Which examples are held out, for validation and as a test: by a share, class by class, by whole groups, or as a column
//! says.

use dnn_data::Split;

use super::Source;
use super::roles::{self, Role};
use crate::Result;
use crate::config::Data;
use crate::defaults;

/// Numbers of rows, each in one part.
pub(super) struct Rows {
    pub(super) train: Vec<usize>,
    pub(super) validation: Vec<usize>,
    pub(super) test: Vec<usize>,
}

/// Holds out what `data` says, or what is usual for so many rows, which is filled in.
///
/// # Errors
/// [`crate::Error::Data`] for a share outside its range, and a column that says nothing of the kind.
pub(super) fn divide(source: &Source, data: &mut Data, has_test: bool, seed: u64) -> Result<Rows> {
    if let (Source::Rows(table), Some(column)) = (source, &data.split_column) {
        let roles = roles::told(table, column)?;
        roles::check(&roles, column)?;
        (data.validation, data.test_share) = (Some(0.0), Some(0.0));
        let of = |role: Role| (0..roles.len()).filter(|&row| roles[row] == role).collect();
        return Ok(Rows { train: of(Role::Train), validation: of(Role::Validation), test: of(Role::Test) });
    }
    let groups = source.groups(data)?;
    let test_share = *data.test_share.get_or_insert(0.0);
    data.stratified.get_or_insert(true);
    let all: Vec<usize> = (0..source.count()).collect();
    let labels = source.labels(data)?.filter(|_| data.stratified == Some(true));
    let test_share = if has_test { 0.0 } else { test_share };
    let Split { train, held_out: test } =
        hold_out(groups.as_deref(), labels.as_deref(), &all, test_share, seed)?;
    let share = *data.validation.get_or_insert_with(|| defaults::validation(train.len()));
    let Split { train, held_out: validation } =
        hold_out(groups.as_deref(), labels.as_deref(), &train, share, seed.wrapping_add(1))?;
    Ok(Rows { train, validation, test })
}

/// Holds out a share of the rows named by `rows`: whole groups if there are `groups`, of each class if there are `labels`.
fn hold_out(
    groups: Option<&[String]>,
    labels: Option<&[usize]>,
    rows: &[usize],
    share: f64,
    seed: u64,
) -> Result<Split> {
    let of = |places: Vec<usize>| places.into_iter().map(|place| rows[place]).collect();
    let split = if let Some(groups) = groups {
        let groups: Vec<&String> = rows.iter().map(|&row| &groups[row]).collect();
        dnn_data::split_groups(&groups, share, seed)?
    } else if let Some(labels) = labels {
        let labels: Vec<usize> = rows.iter().map(|&row| labels[row]).collect();
        dnn_data::split_stratified(&labels, share, seed)?
    } else {
        dnn_data::split(rows.len(), share, seed)?
    };
    Ok(Split { train: of(split.train), held_out: of(split.held_out) })
}
