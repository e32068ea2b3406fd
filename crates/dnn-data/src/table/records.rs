//! Delimited text cut into records of fields (RFC 4180, and what programs write in its place).
//!
//! Written here, since crates for it take a quote that is never closed for a long field, and cannot say where it was
//! opened. What the fields mean is not known here.
//!
//! A line without a quote is a record; its fields are what stands between the delimiters, less spaces around them. A field
//! that opens with a quote goes on to the next single one, over line ends too; two stand for one.

use std::io::Read;
use std::path::PathBuf;

use memchr::{memchr, memchr_iter, memchr3};

use super::lines::{KIND, LONGEST, Lines};
use crate::{Error, Result};

/// Rows of fields, whatever they are written in.
pub(super) trait Rows: Send {
    /// Reads the next row into `record`, if there is one.
    fn read(&mut self, record: &mut Record) -> Result<bool>;
}

/// One record; reading reuses its room.
#[derive(Default)]
pub(super) struct Record {
    /// The line it begins in, from 1.
    pub(super) line: u64,
    text: Vec<u8>,
    /// Start and end of each field in `text`.
    spans: Vec<(usize, usize)>,
}

impl Record {
    /// How many fields it has.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Takes all fields away.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
    }

    /// Appends a field.
    pub(super) fn push(&mut self, field: &[u8]) {
        let start = self.text.len();
        self.text.extend(field);
        self.spans.push((start, self.text.len()));
    }

    /// The fields, in UTF-8.
    pub(super) fn fields(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.spans.iter().map(|&(start, end)| &self.text[start..end])
    }

    /// The same as text.
    pub(super) fn texts(&self) -> Vec<String> {
        self.fields().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
    }
}

/// Start and end of what stands between `start` and `end` of `text`, less spaces around it.
fn trimmed(text: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && text[start] == b' ' {
        start += 1;
    }
    while start < end && text[end - 1] == b' ' {
        end -= 1;
    }
    (start, end)
}

/// The records of a file, from its first.
pub(super) struct Records {
    lines: Lines,
    delimiter: u8,
}

impl Rows for Records {
    fn read(&mut self, record: &mut Record) -> Result<bool> {
        record.clear();
        if !self.lines.read()? {
            return Ok(false);
        }
        record.line = self.lines.number;
        if memchr3(b'"', b'\r', 0, &self.lines.text).is_some() {
            self.split_quoted(record)?;
        } else {
            self.split(record);
        }
        Ok(true)
    }
}

impl Records {
    pub(super) fn new(path: PathBuf, reader: Box<dyn Read + Send>, delimiter: u8) -> Self {
        Self { lines: Lines::new(path, reader), delimiter }
    }

    /// Cuts a line without quotes.
    fn split(&mut self, record: &mut Record) {
        std::mem::swap(&mut record.text, &mut self.lines.text);
        let (text, mut start) = (&record.text, 0);
        for end in memchr_iter(self.delimiter, text).chain([text.len()]) {
            record.spans.push(trimmed(text, start, end));
            start = end + 1;
        }
    }

    /// Cuts a line with quotes, and the lines that its quoted fields go on to.
    fn split_quoted(&mut self, record: &mut Record) -> Result<()> {
        record.text.clear();
        let mut at = 0;
        loop {
            at += self.lines.text[at..].iter().take_while(|&&byte| byte == b' ').count();
            let start = record.text.len();
            if self.lines.text.get(at) == Some(&b'"') {
                at = self.quoted(at + 1, record)?;
                record.spans.push((start, record.text.len()));
                at += self.lines.text[at..].iter().take_while(|&&byte| byte == b' ').count();
            } else {
                let end = memchr(self.delimiter, &self.lines.text[at..])
                    .map_or(self.lines.text.len(), |end| at + end);
                record.text.extend(&self.lines.text[at..end]);
                record.spans.push(trimmed(&record.text, start, record.text.len()));
                self.check_plain(&record.text[start..], record.len())?;
                at = end;
            }
            match self.lines.text.get(at) {
                None => return Ok(()),
                Some(&byte) if byte == self.delimiter => at += 1,
                Some(_) => {
                    let column = record.len();
                    return Err(self.wrong(
                        column,
                        "text after a closing quote",
                        "a delimiter follows",
                        QUOTE,
                    ));
                }
            }
        }
    }

    /// Appends a quoted field whose text begins at `at`, and gives the place after its closing quote.
    fn quoted(&mut self, mut at: usize, record: &mut Record) -> Result<usize> {
        let (line, column, start) = (self.lines.number, record.len() + 1, record.text.len());
        loop {
            let Some(quote) = memchr(b'"', &self.lines.text[at..]) else {
                record.text.extend(&self.lines.text[at..]);
                record.text.push(b'\n');
                if record.text.len() - start > LONGEST || !self.lines.read_any()? {
                    self.lines.number = line;
                    return Err(self.wrong(column, "a quote that opens", "none closes it", QUOTE));
                }
                at = 0;
                continue;
            };
            record.text.extend(&self.lines.text[at..at + quote]);
            at += quote + 1;
            if self.lines.text.get(at) != Some(&b'"') {
                return Ok(at);
            }
            record.text.push(b'"');
            at += 1;
        }
    }

    /// Refuses what no field of text has.
    fn check_plain(&self, field: &[u8], column: usize) -> Result<()> {
        if field.contains(&0) {
            return Err(self.wrong(column, "a byte 00", "text has none", KIND));
        }
        match field.contains(&b'\r') {
            true => Err(self.wrong(column, "a carriage return inside", "lines end in \\n or \\r\\n", ENDS)),
            false => Ok(()),
        }
    }

    fn wrong(&self, column: usize, found: &str, expected: &str, remedy: &'static str) -> Error {
        self.lines.wrong(Some(column), found, expected, remedy)
    }
}

const QUOTE: &str = "quote whole fields, and double a quote inside one";
const ENDS: &str = "save the file with such line ends";

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>> {
        let mut records = Records::new("t.csv".into(), Box::new(Cursor::new(text.to_vec())), b',');
        let (mut record, mut all) = (Record::default(), Vec::new());
        while records.read(&mut record)? {
            all.push((record.line, record.texts()));
        }
        Ok(all)
    }

    fn fields(text: &str) -> Vec<Vec<String>> {
        read(text.as_bytes()).unwrap().into_iter().map(|(_, fields)| fields).collect()
    }

    #[test]
    fn spaces_blank_lines_and_the_kind_of_line_end_do_not_matter() {
        for text in ["a,b c,\n1, 2 ,3\n\n", "a,b c,\r\n\r\n1,2,3", "\u{feff}a, b c ,\n  \n1,2,3\r\n"] {
            assert_eq!(fields(text), [["a", "b c", ""], ["1", "2", "3"]], "{text:?}");
        }
        assert_eq!(fields(""), [[""; 0]; 0]);
    }

    #[test]
    fn quoted_fields_keep_delimiters_quotes_and_line_ends() {
        assert_eq!(fields("\"a,b\", \"c\"\"d\" ,5\"\n"), [["a,b", "c\"d", "5\""]]);
        let records = read(b"\"one\n\ntwo\",\"\"\nx,y").unwrap();
        assert_eq!(records[0], (1, vec!["one\n\ntwo".into(), String::new()]));
        assert_eq!(records[1], (4, vec!["x".into(), "y".into()]));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_where_it_opens() {
        let message = read(b"a,b\n1,\"2\n3,4\n").unwrap_err().to_string();
        assert!(
            message.starts_with("\"t.csv\", line 2, column 2, has a quote that opens, but none"),
            "{message}"
        );
    }
}
