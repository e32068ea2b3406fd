//! A file of text line by line: UTF-8, ends `\n` or `\r\n`, blank lines skipped, a byte order mark passed over.
//!
//! What a line holds is not known here.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use crate::{Error, Result};

/// A longer line is taken for damage: a file of another kind, or a quote that is never closed.
pub(super) const LONGEST: usize = 1 << 26;

/// The lines of a file, from its first.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<Box<dyn Read + Send>>,
    /// Lines read so far.
    pub(super) number: u64,
    /// The last of them, without its end.
    pub(super) text: Vec<u8>,
}

impl Lines {
    pub(super) fn new(path: PathBuf, reader: Box<dyn Read + Send>) -> Self {
        Self { path, reader: BufReader::with_capacity(1 << 18, reader), number: 0, text: Vec::new() }
    }

    /// Reads the next line that is not blank, if there is one.
    pub(super) fn read(&mut self) -> Result<bool> {
        while self.read_any()? {
            if self.text.iter().any(|&byte| byte != b' ') {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the next line, blank or not.
    pub(super) fn read_any(&mut self) -> Result<bool> {
        self.text.clear();
        let limited = (&mut self.reader).take(LONGEST as u64).read_until(b'\n', &mut self.text);
        if limited.map_err(|source| Error::Read { path: self.path.clone(), source })? == 0 {
            return Ok(false);
        }
        self.number += 1;
        if self.number == 1 {
            self.check_start()?;
        }
        if self.text.len() == LONGEST {
            return Err(self.wrong(None, "more than 64 MiB without a line end", "lines are shorter", KIND));
        }
        for end in [b'\n', b'\r'] {
            self.text.pop_if(|last| *last == end);
        }
        match std::str::from_utf8(&self.text) {
            Ok(_) => Ok(true),
            Err(error) => {
                let at = error.valid_up_to();
                let found = format!("the byte {:02x} at place {}", self.text[at], at + 1);
                Err(self.wrong(None, &found, "UTF-8 has none there", ENCODING))
            }
        }
    }

    /// Takes a byte order mark away, and refuses that of another encoding.
    fn check_start(&mut self) -> Result<()> {
        if self.text.starts_with(b"\xef\xbb\xbf") {
            self.text.drain(..3);
        }
        match self.text.starts_with(b"\xff\xfe") || self.text.starts_with(b"\xfe\xff") {
            true => Err(self.wrong(None, "the mark of UTF-16", "UTF-8 is expected", ENCODING)),
            false => Ok(()),
        }
    }

    /// What was found in the last line, and maybe in which column.
    pub(super) fn wrong(
        &self,
        column: Option<usize>,
        found: &str,
        expected: &str,
        remedy: &'static str,
    ) -> Error {
        let column = column.map_or_else(String::new, |column| format!(", column {column}"));
        Error::Place {
            path: self.path.clone(),
            place: format!("line {}{column}", self.number),
            found: found.into(),
            expected: expected.into(),
            remedy,
        }
    }
}

pub(super) const KIND: &str = "give a text file, plain or gzipped";
const ENCODING: &str = "save the file as UTF-8";
