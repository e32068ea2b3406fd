//! How a file is laid out: its delimiter, whether its first row is a header, and which columns hold numbers. Found in its
//! first megabyte by the rules that the module's page states.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use super::json::Objects;
use super::records::{Record, Records, Rows};
use super::values::Kind;
use crate::field::{Field, parse};

/// The delimiters looked for; of equals, the first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that are looked at.
const RECORDS: usize = 1000;

/// What is known of a file; the rest is found by the module's rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The delimiter.
    pub delimiter: Option<u8>,
    /// Whether the first row holds the names of the columns.
    pub header: Option<bool>,
    /// The name of the target, which asks for a header, or its number.
    pub target: Option<String>,
    /// What columns hold, by name or by number from 1.
    pub kinds: Vec<(String, Kind)>,
}

/// What rows are written in.
#[derive(Debug, PartialEq)]
pub(super) enum Format {
    /// Fields between delimiters.
    Delimited(u8),
    /// JSON objects with these keys.
    Objects(Vec<String>),
}

impl Format {
    /// The rows of a file of that format.
    pub(super) fn rows(&self, path: PathBuf, reader: Box<dyn Read + Send>) -> Box<dyn Rows> {
        match self {
            Self::Delimited(delimiter) => Box::new(Records::new(path, reader, *delimiter)),
            Self::Objects(keys) => Box::new(Objects::new(path, reader, keys.clone())),
        }
    }
}

/// What was found.
#[derive(Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) format: Format,
    /// The fields of the first row, if there is one.
    pub(super) first: Vec<String>,
    /// Whether they are the names of the columns.
    pub(super) header: bool,
    /// What each column seems to hold.
    pub(super) kinds: Vec<Kind>,
}

impl Layout {
    /// The layout of a file that begins with the lines `head`.
    pub(super) fn find(head: &[u8], options: &Options) -> Self {
        let format = match options.delimiter {
            None if is_json(head) => Format::Objects(Objects::keys(no_path(), text(head), RECORDS)),
            delimiter => Format::Delimited(delimiter.unwrap_or_else(|| find_delimiter(head))),
        };
        let mut rows = rows(head, &format, RECORDS);
        if let Format::Objects(keys) = &format {
            let kinds = (0..keys.len()).map(|column| Tally::of(&rows, column).kind()).collect();
            return Self { first: keys.clone(), header: true, kinds, format };
        }
        let first = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
        let header = options.header.unwrap_or_else(|| is_header(&first, &rows, options.target.as_deref()));
        if !header && !first.is_empty() {
            rows.insert(0, first.clone());
        }
        let kinds = (0..first.len()).map(|column| Tally::of(&rows, column).kind()).collect();
        Self { format, first, header, kinds }
    }
}

/// How many of a column's fields are numbers, and how many are text.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) numbers: u64,
    pub(super) texts: u64,
}

impl Tally {
    fn of(rows: &[Vec<String>], column: usize) -> Self {
        let mut tally = Self::default();
        rows.iter().filter_map(|row| row.get(column)).for_each(|field| tally.count(parse(field.as_bytes())));
        tally
    }

    fn count(&mut self, field: Field) {
        match field {
            Field::Number(_) => self.numbers += 1,
            Field::Text => self.texts += 1,
            Field::Missing => (),
        }
    }

    /// Numbers, if at least 19 of 20 fields that are filled hold one; a column without a filled field is one of numbers.
    pub(super) fn kind(self) -> Kind {
        if self.texts <= (self.numbers + self.texts) / 20 { Kind::Numbers } else { Kind::Categories }
    }
}

/// Whether the first thing in a file, after a byte order mark, opens an object.
fn is_json(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.trim_ascii_start().first() == Some(&b'{')
}

fn text(head: &[u8]) -> Box<dyn Read + Send> {
    Box::new(Cursor::new(head.to_vec()))
}

/// Errors in the head come again, with the file's path, when it is read.
fn no_path() -> PathBuf {
    Path::new("").into()
}

/// The first `count` records; fewer if the file ends or goes wrong.
fn rows(head: &[u8], format: &Format, count: usize) -> Vec<Vec<String>> {
    let mut records = format.rows(no_path(), text(head));
    let (mut record, mut rows) = (Record::default(), Vec::new());
    while rows.len() < count && records.read(&mut record).is_ok_and(|more| more) {
        rows.push(record.texts());
    }
    rows
}

/// The delimiter that cuts all of the first rows into equally many fields, and more than one; of several, that which cuts
/// them into most. If none does, the one that cuts the first row into most.
fn find_delimiter(head: &[u8]) -> u8 {
    let rating = |&delimiter: &u8| {
        let lengths: Vec<usize> =
            rows(head, &Format::Delimited(delimiter), 20).iter().map(Vec::len).collect();
        let first = lengths.first().copied().unwrap_or(0);
        (first > 1 && lengths.iter().all(|&length| length == first), first)
    };
    // The last of equals wins, so the order is turned.
    DELIMITERS.into_iter().rev().max_by_key(rating).unwrap_or(b',')
}

fn is_header(first: &[String], rows: &[Vec<String>], target: Option<&str>) -> bool {
    let is_number = |target: &str| target.strip_prefix("column ").unwrap_or(target).parse::<usize>().is_ok();
    if target.is_some_and(|target| !is_number(target)) {
        return true;
    }
    let filled = first.iter().filter(|field| !field.is_empty());
    if first.is_empty() || filled.clone().any(|field| parse(field.as_bytes()) != Field::Text) {
        return false;
    }
    let fields = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let numbers = |column: usize| {
        let tally = Tally::of(rows, column);
        tally.numbers > 0 && tally.kind() == Kind::Numbers
    };
    let recurs = |(column, name)| fields(column).any(|field| field == name);
    let distinct = filled.clone().collect::<std::collections::BTreeSet<_>>().len() == filled.count();
    (0..first.len()).any(numbers) || distinct && !rows.is_empty() && !first.iter().enumerate().any(recurs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, target: Option<&str>) -> Layout {
        let options = Options { target: target.map(String::from), ..Options::default() };
        Layout::find(text.as_bytes(), &options)
    }

    #[test]
    fn the_delimiter_cuts_all_rows_alike() {
        for (text, expected) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n3;4\n", b';'),
            ("a\tb, c\n1\t2\n", b'\t'),
            ("x|y|z\n1|2|3\n", b'|'),
            ("\"a;b\",c\n\"d\",e\n", b','),
            ("one\n2\n", b','),
            ("a,b\n1,2\n1,2,3\n", b','),
        ] {
            assert_eq!(find(text, None).format, Format::Delimited(expected), "{text:?}");
        }
    }

    #[test]
    fn a_first_row_without_numbers_over_numbers_is_a_header() {
        assert!(find("x,y,kind\n1,2,a\n3,4,b\n", None).header);
        assert!(find(",x\n1,2\n", Some("2")).header);
        assert!(!find("1,2,a\n3,4,b\n", Some("3")).header);
        assert!(!find("T,2,8\nI,5,12\n", Some("1")).header);
    }

    #[test]
    fn among_text_alone_a_header_does_not_recur() {
        assert!(find("cap,odour\nx,p\nb,a\nx,a\n", None).header);
        assert!(!find("p,x\ne,x\ne,b\np,x\n", None).header);
    }

    #[test]
    fn a_target_that_is_named_asks_for_a_header() {
        assert!(find("0,1,label\n5,6,1\n", Some("label")).header);
        assert!(!find("5,6,1\n5,7,1\n", Some("column 3")).header);
    }

    #[test]
    fn a_few_texts_among_numbers_do_not_make_categories() {
        let rows = |texts: usize| format!("x,y\n{}{}", "1,2\n".repeat(40 - texts), "x,2\n".repeat(texts));
        assert_eq!(find(&rows(2), None).kinds[0], Kind::Numbers);
        assert_eq!(find(&rows(3), None).kinds[0], Kind::Categories);
        assert_eq!(find("x,y\n?,2\n,3\n", None).kinds, [Kind::Numbers, Kind::Numbers]);
    }
}
