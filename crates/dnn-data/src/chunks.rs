//! Examples of a table that need not fit into memory, in random order: chunks drawn from a buffer that refills from the
//! file.
//!
//! The buffer is filled with the first rows; then each row that is read takes the place of one drawn at random, which goes
//! out. So an example can come late by any distance, but early by no more than the buffer holds: rows that are sorted should
//! be shuffled once, or the buffer be large. A buffer of at least as many rows as the file has gives every order alike.

use std::path::Path;

use dnn_core::Real;
use dnn_core::random::{Key, Purpose, Stream};
use ndarray::Array2;

use crate::examples::columns;
use crate::table::{Reader, Table};
use crate::{Error, Recipe, Result};

/// Rows that are decoded together.
const BLOCK: usize = 1024;

/// Chunks of examples with their targets: `x: (features, m)` and `y: (outputs, m)`, both stored column by column.
///
/// The order depends on seed, epoch and size of the buffer alone, not on that of the chunks.
///
/// ```
/// use dnn_data::{Chunks, Recipe, table};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("points.csv");
/// # std::fs::write(&path, (0..100).map(|i| format!("{i},{}\n", i % 2)).collect::<String>())?;
///
/// let recipe = Recipe::learn_file(&path, &Default::default(), None, "2", &Default::default(), 10)?;
/// for epoch in 0..3 {
///     for chunk in Chunks::<f32>::open(&path, &recipe, 32, 64, 7, epoch)? {
///         let (x, y) = chunk?;
///         assert_eq!((x.nrows(), y.nrows()), (1, 1));           // and a trainer goes on with x and y
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Chunks<'a, T> {
    recipe: &'a Recipe,
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
    /// As [`Reader::open`] and [`Recipe::prepared`]; [`Error::Setting`] if `rows` or `buffer` is 0.
    pub fn open(
        path: impl AsRef<Path>,
        recipe: &'a Recipe,
        rows: usize,
        buffer: usize,
        seed: u64,
        epoch: u64,
    ) -> Result<Self> {
        let reader = Reader::open(path, &recipe.file_options(None))?;
        Self::of(recipe.prepared(reader)?, recipe, rows, buffer, seed, epoch)
    }

    /// The same of what `reader`, which the recipe has prepared, gives.
    ///
    /// # Errors
    /// [`Error::Setting`] if `rows` or `buffer` is 0.
    pub fn of(
        reader: Reader,
        recipe: &'a Recipe,
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
            recipe,
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
        self.recipe.features() + self.recipe.target().outputs()
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
        let (x, y) = (self.recipe.inputs::<T>(table)?, self.recipe.targets::<T>(table)?);
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
        let features = self.recipe.features();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{recipe, table};

    /// A file of `count` rows: a number, and whether it is odd. Standardised, numbers keep their order.
    fn numbers(count: usize) -> (tempfile::TempDir, std::path::PathBuf, Recipe) {
        let text: String = (0..count).map(|i| format!("{i},{}\n", i % 2)).collect();
        let (folder, path) = crate::source::tests::file(text.as_bytes());
        let (file, options) = (table::Options::default(), recipe::Options::default());
        let recipe = Recipe::learn_file(&path, &file, None, "2", &options, 100).unwrap();
        (folder, path, recipe)
    }

    /// The bits of every example in the order in which they come, and its target.
    fn order(path: &Path, recipe: &Recipe, rows: usize, buffer: usize, epoch: u64) -> Vec<(u64, u64)> {
        let chunks = Chunks::<f64>::open(path, recipe, rows, buffer, 3, epoch).unwrap();
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
        let (_folder, path, recipe) = numbers(3000);
        let table = recipe.read_table(&path, None).unwrap();
        let (x, y) = (recipe.inputs::<f64>(&table).unwrap(), recipe.targets::<f64>(&table).unwrap());
        let mut expected: Vec<_> = x.iter().zip(&y).map(|(x, y)| (x.to_bits(), y.to_bits())).collect();
        expected.sort_unstable();
        for (rows, buffer) in [(64, 500), (1, 1), (5000, 5000), (7, 3000)] {
            let mut found = order(&path, &recipe, rows, buffer, 0);
            found.sort_unstable();
            assert!(found == expected, "{rows} {buffer}");
        }
    }

    #[test]
    fn seed_epoch_and_buffer_alone_make_the_order() {
        let (_folder, path, recipe) = numbers(2500);
        let first = order(&path, &recipe, 64, 500, 0);
        assert!(first == order(&path, &recipe, 1000, 500, 0));
        assert!(first != order(&path, &recipe, 64, 500, 1) && first != order(&path, &recipe, 64, 400, 0));
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert!(first != sorted);
    }

    #[test]
    fn an_error_ends_the_chunks() {
        let (_folder, path, recipe) = numbers(2500);
        let text = std::fs::read_to_string(&path).unwrap().replace("\n2000,", "\nx,");
        std::fs::write(&path, text).unwrap();
        let mut chunks = Chunks::<f32>::open(&path, &recipe, 100, 50, 0, 0).unwrap();
        let error = chunks.find_map(|chunk| chunk.err()).unwrap().to_string();
        assert!(error.contains("line 2001, column 1, has \"x\", but a number"), "{error}");
        assert!(chunks.next().is_none());
        assert!(Chunks::<f32>::open(&path, &recipe, 0, 50, 0, 0).is_err());
    }
}
