//! Examples of a table that need not fit into memory, in random order: chunks drawn from a buffer that refills from the
//! file.
//!
//! The buffer is filled with the first rows; then each row that is read takes the place of one drawn at random, which goes
//! out. So an example can come late by any distance, but early by no more than the buffer holds: rows that are sorted should
//! be shuffled once, or the buffer be large. A buffer of at least as many rows as the file has gives every order alike.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::{Builder, Scope};

use dnn_core::Real;
use dnn_core::random::{Key, Purpose, Stream};
use ndarray::Array2;

use crate::dataset::LabelledSet;
use crate::examples::columns;
use crate::subset::{Subset, count};
use crate::table::{Keep, Reader, Table};
use crate::{Error, Result, TableEncoder};

/// Rows that are decoded together.
const BLOCK: usize = 1024;

/// Chunks of examples with their targets: `x: (features, m)` and `y: (outputs, m)`, both stored column by column.
///
/// The order depends on seed, epoch and size of the buffer alone, not on that of the chunks.
///
/// ```
/// use dnn_data::{Chunks, TableEncoder, table};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("points.csv");
/// # std::fs::write(&path, (0..100).map(|i| format!("{i},{}\n", i % 2)).collect::<String>())?;
///
/// let encoder = TableEncoder::fit(&table::read(&path, &Default::default())?, "2", &Default::default())?;
/// for epoch in 0..3 {
///     for chunk in Chunks::<f32>::open(&path, &encoder, 32, 64, 7, epoch)? {
///         let (x, y) = chunk?;
///         assert_eq!((x.nrows(), y.nrows()), (1, 1));           // and a trainer goes on with x and y
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Chunks<'a, T> {
    encoder: &'a TableEncoder,
    reader: Reader,
    draws: Stream,
    rows: usize,
    buffer: usize,
    /// Examples read and not yet given out, each with its target behind it.
    waiting: Vec<T>,
    /// The block read last, in the same form, and how much of it has been taken.
    block: Vec<T>,
    taken: usize,
    finished: bool,
}

impl<'a, T: Real> Chunks<'a, T> {
    /// Opens the table at `path`, to give `rows` examples at a time, drawn from a buffer of `buffer`.
    ///
    /// # Errors
    /// As [`Reader::open`] and [`TableEncoder::prepared`]; [`Error::Setting`] if `rows` or `buffer` is 0.
    pub fn open(
        path: impl AsRef<Path>,
        encoder: &'a TableEncoder,
        rows: usize,
        buffer: usize,
        seed: u64,
        epoch: u64,
    ) -> Result<Self> {
        let reader = Reader::open(path, &encoder.file_options(None))?;
        Self::of(encoder.prepared(reader)?, encoder, rows, buffer, seed, epoch)
    }

    /// The same of what `reader`, which the encoder has prepared, gives.
    fn of(
        reader: Reader,
        encoder: &'a TableEncoder,
        rows: usize,
        buffer: usize,
        seed: u64,
        epoch: u64,
    ) -> Result<Self> {
        for (name, value) in [("the number of rows in a chunk", rows), ("the size of the buffer", buffer)] {
            if value == 0 {
                return Err(Error::Setting { name, found: "0".into(), expected: "must be at least 1" });
            }
        }
        Ok(Self {
            encoder,
            reader,
            // Layer 1 keeps these draws apart from those of the batches within a chunk.
            draws: Stream::new(Key::new(seed, Purpose::Shuffle).epoch(epoch).layer(1)),
            rows,
            buffer,
            waiting: Vec::new(),
            block: Vec::new(),
            taken: 0,
            finished: false,
        })
    }

    /// Numbers of an example and its target.
    fn width(&self) -> usize {
        self.encoder.features() + self.encoder.target().outputs()
    }

    /// Moves one example to the end of `out`, if one is left.
    fn draw(&mut self, out: &mut Vec<T>) -> Result<bool> {
        let width = self.width();
        while !self.finished && self.waiting.len() < self.buffer * width {
            match self.fetch()? {
                true => self.waiting.extend(&self.block[self.taken - width..self.taken]),
                false => self.finished = true,
            }
        }
        let count = self.waiting.len() / width;
        if count == 0 {
            return Ok(false);
        }
        let place = self.draws.below(count) * width;
        out.extend(&self.waiting[place..place + width]);
        if !self.finished && self.fetch()? {
            self.waiting[place..place + width].copy_from_slice(&self.block[self.taken - width..self.taken]);
            return Ok(true);
        }
        self.finished = true;
        self.waiting.copy_within((count - 1) * width.., place);
        self.waiting.truncate((count - 1) * width);
        Ok(true)
    }

    /// Takes the next example of the block, which is read anew when it is used up.
    fn fetch(&mut self) -> Result<bool> {
        if self.taken == self.block.len() {
            let table = self.reader.read(BLOCK)?;
            self.block = self.side_by_side(&table)?;
            self.taken = 0;
        }
        let more = self.taken < self.block.len();
        self.taken += if more { self.width() } else { 0 };
        Ok(more)
    }

    fn side_by_side(&self, table: &Table) -> Result<Vec<T>> {
        let (x, y) = (self.encoder.transform::<T>(table)?, self.encoder.targets::<T>(table)?);
        let both = x.columns().into_iter().zip(y.columns());
        Ok(both.flat_map(|(x, y)| x.iter().chain(y).copied().collect::<Vec<T>>()).collect())
    }

    fn chunk(&mut self) -> Result<Option<(Array2<T>, Array2<T>)>> {
        let (width, mut both) = (self.width(), Vec::with_capacity(self.rows.min(self.buffer) * self.width()));
        while both.len() / width < self.rows && self.draw(&mut both)? {}
        let count = both.len() / width;
        if count == 0 {
            return Ok(None);
        }
        let features = self.encoder.features();
        let part = |from: usize, to: usize| -> Array2<T> {
            let values = both.chunks_exact(width).flat_map(|example| &example[from..to]).copied();
            columns(to - from, count, values.collect())
        };
        Ok(Some((part(0, features), part(features, width))))
    }
}

impl<T: Real> Iterator for Chunks<'_, T> {
    type Item = Result<(Array2<T>, Array2<T>)>;

    /// The next chunk; after an error there is none.
    fn next(&mut self) -> Option<Self::Item> {
        let chunk = self.chunk();
        if chunk.is_err() {
            self.finished = true;
            self.waiting.clear();
        }
        chunk.transpose()
    }
}

/// Rows of a stream that are read together.
pub(crate) const ROWS: usize = 1 << 16;
/// Rows that their order is drawn from.
const BUFFER: usize = 4 * ROWS;

/// A table that is read anew in each epoch, of which a byte for each row is kept: its subset.
#[derive(Debug)]
pub struct TableStream {
    path: PathBuf,
    delimiter: Option<u8>,
    subsets: Arc<Vec<Subset>>,
}

/// The rows of `subset`.
pub(crate) fn keep(subsets: &Arc<Vec<Subset>>, subset: Subset) -> Keep {
    let subsets = Arc::clone(subsets);
    Arc::new(move |row| subsets.get(row) == Some(&subset))
}

impl TableStream {
    pub(crate) fn new(path: &Path, delimiter: Option<u8>, subsets: &Arc<Vec<Subset>>) -> Self {
        Self { path: path.into(), delimiter, subsets: Arc::clone(subsets) }
    }

    /// How many rows are trained on.
    pub fn count(&self) -> usize {
        count(&self.subsets, Subset::Train)
    }

    /// The rows of `subset`, as `encoder` needs them.
    pub(crate) fn reader(&self, encoder: &TableEncoder, subset: Subset) -> Result<Reader> {
        let reader = Reader::open(&self.path, &encoder.file_options(self.delimiter))?;
        Ok(encoder.prepared(reader)?.only(keep(&self.subsets, subset)))
    }

    /// The first chunk, whose labels are told by what the network should give.
    pub(crate) fn sample(&self, encoder: &TableEncoder, seed: u64) -> Result<LabelledSet> {
        let (x, y) = self.chunks(encoder, ROWS, (seed, 0))?.next().transpose()?.unwrap_or_default();
        let labels = encoder.target().inverse_transform(y.view());
        let names = (1..=x.ncols()).map(|row| format!("example {row} of the first drawn")).collect();
        Ok(LabelledSet { x, y, labels, names, table: None })
    }

    /// The rows to train on in the order of an epoch, so many at a time.
    pub(crate) fn chunks<'a, T: Real>(
        &self,
        encoder: &'a TableEncoder,
        rows: usize,
        (seed, epoch): (u64, u64),
    ) -> Result<Chunks<'a, T>> {
        Chunks::of(self.reader(encoder, Subset::Train)?, encoder, rows, BUFFER, seed, epoch)
    }

    /// The chunks of an epoch for batches of `batch`, each read by another thread of `scope` while the one before is trained on. A
    /// chunk is a whole number of batches, so that it ends where a step does; its order follows from seed, epoch and place, so that a
    /// run that is stopped between two chunks and resumed ends in the same bytes.
    ///
    /// # Errors
    /// As [`Chunks::open`]; [`Error::Read`] if there is no other thread.
    pub fn chunks_ahead<'scope, T: Real>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        encoder: &'scope TableEncoder,
        batch: usize,
        seed: u64,
        epoch: u64,
    ) -> Result<impl Iterator<Item = Result<(Array2<T>, Array2<T>)>> + use<T>> {
        let mut chunks = self.chunks(encoder, (ROWS / batch.max(1)).max(1) * batch, (seed, epoch))?;
        let (send, received) = mpsc::sync_channel(1);
        // Until the trainer takes no more.
        let read = move || {
            chunks.all(|chunk| send.send(chunk).is_ok());
        };
        let spawned = Builder::new().spawn_scoped(scope, read);
        spawned.map_err(|source| Error::Read { path: self.path.clone(), source })?;
        Ok(received.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table;

    /// A file of `count` rows: a number, and whether it is odd. Standardised, numbers keep their order.
    fn numbers(count: usize) -> (tempfile::TempDir, std::path::PathBuf, TableEncoder) {
        let text: String = (0..count).map(|i| format!("{i},{}\n", i % 2)).collect();
        let (folder, path) = crate::source::tests::file(text.as_bytes());
        let table = table::read(&path, &table::Options::default()).unwrap();
        let encoder = TableEncoder::fit(&table, "2", &Default::default()).unwrap();
        (folder, path, encoder)
    }

    /// The bits of every example in the order in which they come, and its target.
    fn order(path: &Path, encoder: &TableEncoder, rows: usize, buffer: usize, epoch: u64) -> Vec<(u64, u64)> {
        let chunks = Chunks::<f64>::open(path, encoder, rows, buffer, 3, epoch).unwrap();
        let mut all = Vec::new();
        for chunk in chunks {
            let (x, y) = chunk.unwrap();
            assert!(x.ncols() <= rows && x.t().is_standard_layout());
            all.extend(x.iter().zip(&y).map(|(x, y)| (x.to_bits(), y.to_bits())));
        }
        all
    }

    #[test]
    fn every_row_comes_once_with_its_target() {
        let (_folder, path, encoder) = numbers(3000);
        let table = encoder.read_table(&path, None).unwrap();
        let (x, y) = (encoder.transform::<f64>(&table).unwrap(), encoder.targets::<f64>(&table).unwrap());
        let mut expected: Vec<_> = x.iter().zip(&y).map(|(x, y)| (x.to_bits(), y.to_bits())).collect();
        expected.sort_unstable();
        for (rows, buffer) in [(64, 500), (1, 1), (5000, 5000), (7, 3000)] {
            let mut found = order(&path, &encoder, rows, buffer, 0);
            found.sort_unstable();
            assert!(found == expected, "{rows} {buffer}");
        }
    }

    #[test]
    fn seed_epoch_and_buffer_alone_make_the_order() {
        let (_folder, path, encoder) = numbers(2500);
        let first = order(&path, &encoder, 64, 500, 0);
        assert!(first == order(&path, &encoder, 1000, 500, 0));
        assert!(first != order(&path, &encoder, 64, 500, 1) && first != order(&path, &encoder, 64, 400, 0));
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert!(first != sorted);
    }

    #[test]
    fn an_error_ends_the_chunks() {
        let (_folder, path, encoder) = numbers(2500);
        let text = std::fs::read_to_string(&path).unwrap().replace("\n2000,", "\nx,");
        std::fs::write(&path, text).unwrap();
        let mut chunks = Chunks::<f32>::open(&path, &encoder, 100, 50, 0, 0).unwrap();
        let error = chunks.find_map(|chunk| chunk.err()).unwrap().to_string();
        assert!(error.contains("line 2001, column 1, has \"x\", but a number"), "{error}");
        assert!(chunks.next().is_none());
        assert!(Chunks::<f32>::open(&path, &encoder, 0, 50, 0, 0).is_err());
    }
}
