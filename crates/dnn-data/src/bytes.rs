//! Reading what was stored in a section of a checkpoint: little-endian, and no byte of it trusted.
//!
//! What the fields mean stands with the types that are stored.

use crate::{Error, Result};

/// The bytes not read yet of something that is `what`.
pub(crate) struct Reader<'a> {
    what: &'static str,
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// All `bytes`, without magic and version.
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self { what, bytes }
    }

    /// Checks the first bytes, and the version (u16) after them.
    ///
    /// # Errors
    /// [`Error::Bytes`], as for every method.
    pub(crate) fn open(what: &'static str, bytes: &'a [u8], magic: [u8; 4], version: u16) -> Result<Self> {
        let mut reader = Self::new(what, bytes);
        let found: [u8; 4] = reader.array("magic bytes")?;
        if found != magic {
            return Err(reader
                .wrong(format!("the first bytes {found:02x?}"), &format!("they should be {magic:02x?}")));
        }
        match u16::from_le_bytes(reader.array("version")?) {
            found if found == version => Ok(reader),
            found => {
                Err(reader
                    .wrong(format!("version {found}"), &format!("this program reads version {version}")))
            }
        }
    }

    /// What was found, and what was expected in its place.
    pub(crate) fn wrong(&self, found: String, expected: &str) -> Error {
        Error::Bytes { what: self.what, found, expected: expected.into() }
    }

    /// The next `count` bytes, or the error that there are no more of them.
    pub(crate) fn take(&mut self, count: Option<usize>, what: &str) -> Result<&'a [u8]> {
        let Some((taken, rest)) = count.and_then(|count| self.bytes.split_at_checked(count)) else {
            let found = format!("{} bytes where its {what} should be", self.bytes.len());
            return Err(self.wrong(found, "it needs more"));
        };
        self.bytes = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(Some(N), what)?);
        Ok(array)
    }

    /// A count, stored as u32. Nothing may be allocated for it before what it counts has been found.
    pub(crate) fn count(&mut self, what: &str) -> Result<usize> {
        Ok(u32::from_le_bytes(self.array(what)?) as usize)
    }

    /// `count` finite numbers that are `valid`.
    pub(crate) fn numbers(
        &mut self,
        count: usize,
        what: &str,
        valid: impl Fn(f64) -> bool,
    ) -> Result<Vec<f64>> {
        let (chunks, _) = self.take(count.checked_mul(8), what)?.as_chunks();
        let numbers: Vec<f64> = chunks.iter().map(|&chunk| f64::from_le_bytes(chunk)).collect();
        match numbers.iter().find(|&&number| !number.is_finite() || !valid(number)) {
            None => Ok(numbers),
            Some(number) => Err(self.wrong(format!("{number} as {what}"), "no scaling has one")),
        }
    }

    /// One finite number that is `valid`.
    pub(crate) fn number(&mut self, what: &str, valid: impl Fn(f64) -> bool) -> Result<f64> {
        Ok(self.numbers(1, what, valid)?[0])
    }

    /// 0 or 1.
    pub(crate) fn flag(&mut self, what: &str) -> Result<bool> {
        match self.array(what)? {
            [0] => Ok(false),
            [1] => Ok(true),
            [found] => Err(self.wrong(format!("{found} as {what}"), "it is 0 or 1")),
        }
    }

    /// A text, as [`push_text`] stores it.
    pub(crate) fn text(&mut self, what: &str) -> Result<String> {
        let length = self.count(what)?;
        let text = std::str::from_utf8(self.take(Some(length), what)?);
        text.map(String::from).map_err(|_| self.wrong(format!("broken text as {what}"), "it is UTF-8"))
    }

    /// What is left, for a reader of its own.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.bytes
    }

    /// Nothing may follow the last of what is stored, a `last`.
    pub(crate) fn end(self, last: &str) -> Result<()> {
        match self.bytes.len() {
            0 => Ok(()),
            more => Err(self.wrong(format!("{more} bytes after its last {last}"), "it should end there")),
        }
    }
}

/// Stores a count as u32.
///
/// # Panics
/// If it is 2³² or more: whoever learns what is stored sees to it that there are fewer.
pub(crate) fn push_count(count: usize, bytes: &mut Vec<u8>) {
    bytes.extend(u32::try_from(count).expect("a count below 2^32").to_le_bytes());
}

/// Stores a text: its bytes' count as u32, then UTF-8.
///
/// # Panics
/// As [`push_count`].
pub(crate) fn push_text(text: &str, bytes: &mut Vec<u8>) {
    push_count(text.len(), bytes);
    bytes.extend(text.as_bytes());
}
