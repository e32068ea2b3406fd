//! The bytes of a file, unpacked if they are gzipped, and never more of them held than have arrived.
//!
//! What the bytes mean is not known here.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::{Error, Result};

/// A file open for reading, from its first (unpacked) byte.
pub(crate) struct Source {
    path: PathBuf,
    reader: Box<dyn Read + Send>,
}

impl Source {
    /// Opens `path`, which is expected to be `what`. Gzip is told by its first two bytes, not by the name.
    pub(crate) fn open(what: &'static str, path: &Path) -> Result<Self> {
        let failed = |source| Error::reading(what, path, source);
        Self::new(path, Box::new(File::open(path).map_err(failed)?))
    }

    /// What `reader` gives, for which messages name `path`.
    pub(crate) fn new(path: &Path, mut reader: Box<dyn Read + Send>) -> Result<Self> {
        let mut start = Vec::new();
        // A pipe may give them one by one.
        let read = (&mut reader).take(2).read_to_end(&mut start);
        read.map_err(|source| Error::Read { path: path.into(), source })?;
        let zipped = start == [0x1f, 0x8b];
        let bytes = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(reader));
        let reader: Box<dyn Read + Send> =
            if zipped { Box::new(MultiGzDecoder::new(bytes)) } else { Box::new(bytes) };
        Ok(Self { path: path.into(), reader })
    }

    /// Where the bytes come from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes not read yet.
    pub(crate) fn into_reader(self) -> Box<dyn Read + Send> {
        self.reader
    }

    /// Appends up to `count` bytes to `bytes`; fewer mean that the file ended.
    ///
    /// The room grows with what arrives: a header that announces more than there is costs nothing.
    pub(crate) fn read(&mut self, count: usize, bytes: &mut Vec<u8>) -> Result<usize> {
        let limited = (&mut self.reader).take(count as u64).read_to_end(bytes);
        limited.map_err(|source| Error::Read { path: self.path.clone(), source })
    }

    /// Appends the `expected` bytes of data after the header to `bytes`.
    pub(crate) fn read_rest(mut self, expected: usize, bytes: &mut Vec<u8>) -> Result<()> {
        let found = self.read(expected, bytes)?;
        if found < expected {
            return Err(Error::Truncated { path: self.path, found, expected });
        }
        match self.read(1, bytes)? {
            0 => Ok(()),
            _ => Err(Error::Trailing { path: self.path, expected }),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    /// `bytes` in a file of their own, which lives as long as the folder.
    pub(crate) fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    /// One gzip member.
    pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(stored: &[u8], expected: usize) -> Result<Vec<u8>> {
        let (_folder, path) = file(stored);
        let mut bytes = Vec::new();
        Source::open("a file", &path)?.read_rest(expected, &mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn gzip_is_told_by_content_and_may_have_several_members() {
        let members = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(read(&members, 7).unwrap(), b"one two");
        assert_eq!(read(b"one two", 7).unwrap(), b"one two");
    }

    #[test]
    fn gzip_is_told_where_bytes_come_one_by_one() {
        let zipped = gzip(b"one");
        let slowly = Cursor::new(zipped[..1].to_vec()).chain(Cursor::new(zipped[1..].to_vec()));
        let mut bytes = Vec::new();
        Source::new(Path::new("pipe"), Box::new(slowly)).unwrap().read_rest(3, &mut bytes).unwrap();
        assert_eq!(bytes, b"one");
    }

    #[test]
    fn a_file_of_another_length_is_refused() {
        assert!(matches!(read(b"abc", 4), Err(Error::Truncated { found: 3, expected: 4, .. })));
        assert!(matches!(read(b"abc", 2), Err(Error::Trailing { expected: 2, .. })));
        assert!(matches!(read(b"", usize::MAX), Err(Error::Truncated { found: 0, .. })));
    }

    #[test]
    fn a_gzip_file_cut_short_or_damaged_is_an_error_with_its_path() {
        let mut stored = gzip(&[7; 1000]);
        let damaged = stored.len() - 6;
        stored[damaged] ^= 1;
        let message = read(&stored, 1000).unwrap_err().to_string();
        assert!(message.contains("data\" could not be read to its end"), "{message}");
        assert!(matches!(read(&stored[..damaged], 1000), Err(Error::Read { .. })));
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Source::open("a file", folder.path()), Err(Error::Read { .. })));
    }
}
