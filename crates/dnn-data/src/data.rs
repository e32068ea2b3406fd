//! Data from settings to what a network trains on: read once, each row given its subset, a preprocessor fitted to the rows to train
//! on, and all made examples by it. In memory a table is one chunk; streamed, it is read again in each epoch.

use std::path::{Path, PathBuf};

use crate::array_source::{ArraySource, has_test};
use crate::chunks::{ROWS, TableStream};
use crate::dataset::LabelledSet;
use crate::format::DataFormat;
use crate::preprocessor::Preprocessor;
use crate::settings::DataSettings;
use crate::subset::{By, Facts, Subset, count, hold_out};
use crate::table_source::{self, TableSource};
use crate::{Error, Result};

/// A larger table is streamed unless the settings say otherwise.
const LARGE: u64 = 1 << 30;
/// With fewer examples none is spared for validation.
const FEW: usize = 5000;
/// More rows of a stream are held out only if they are asked for, since they stay in memory.
const HELD_OUT: usize = ROWS;

/// What to train on, what is held out, and what was learnt.
///
/// ```
/// use dnn_data::{Data, DataSettings};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("flowers.csv");
/// # std::fs::write(&path, String::from("width,kind\n") + &"1,a\n2,b\n3,a\n4,b\n".repeat(5))?;
///
/// let mut settings = DataSettings { train: Some(path), target: Some("kind".into()), ..Default::default() };
/// settings.test_share = Some(0.25);
/// let data = Data::load(&mut settings, 7)?;
/// assert_eq!((data.count(), data.test.map(|test| test.count())), (15, Some(5)));
/// assert_eq!(data.train.x.dim(), (1, 15));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Data {
    /// What was learnt from the examples to train on.
    pub preprocessor: Preprocessor,
    /// The examples to train on; of a stream only the first chunk.
    pub train: LabelledSet,
    /// The examples to validate by.
    pub validation: Option<LabelledSet>,
    /// The examples to test on.
    pub test: Option<LabelledSet>,
    /// The table that `train` is only a sample of, if it is not held in memory.
    pub stream: Option<TableStream>,
}

/// Data that is given beside that to train on.
struct HeldOut {
    path: PathBuf,
    labels: Option<PathBuf>,
    /// Whether it is the test part of a file of arrays.
    part: bool,
}

impl Data {
    /// Reads everything that `settings` name, holds some out, and learns from the rest. Fills in what the settings leave open.
    ///
    /// # Errors
    /// [`Error::NoTrainingData`] and [`Error::NoTarget`]; [`Error::Key`] for settings that cannot be followed together;
    /// [`Error::Setting`] for a share that is none; and as the readers of such data.
    pub fn load(settings: &mut DataSettings, seed: u64) -> Result<Self> {
        if settings.validation_data.is_some() {
            settings.validation.get_or_insert(0.0);
        }
        settings.check()?;
        let (path, format, test) = find(settings)?;
        let mut data = match format {
            DataFormat::Table => Self::of_table(path, settings, test.is_some(), seed)?,
            format => Self::of_array(&path, &format, settings, test.is_some(), seed)?,
        };
        if let Some(path) = settings.validation_data.clone() {
            let given = HeldOut { path, labels: settings.validation_labels.clone(), part: false };
            data.validation = Some(given.read(&data.preprocessor, settings)?);
        }
        if let Some(given) = test {
            data.test = Some(given.read(&data.preprocessor, settings)?);
        }
        Ok(data)
    }

    fn of_table(path: PathBuf, settings: &mut DataSettings, has_test: bool, seed: u64) -> Result<Self> {
        let large = std::fs::metadata(&path).is_ok_and(|file| file.len() > LARGE);
        let streamed = settings.stream.unwrap_or(large);
        if streamed {
            settings.stream = Some(true);
        }
        let mut source = TableSource::open(path, settings, if streamed { ROWS } else { usize::MAX })?;
        settings.task = Some(source.task());
        let most = if streamed { HELD_OUT } else { usize::MAX };
        source.divide(divide(&source.facts(), settings, has_test, most, seed)?)?;
        let encoder = source.fit(settings)?;
        let [validation, test] =
            [Subset::Validation, Subset::Test].map(|subset| source.labelled(&encoder, subset));
        let stream = streamed.then(|| source.stream());
        let train = match &stream {
            Some(stream) => stream.sample(&encoder, seed)?,
            None => source.labelled(&encoder, Subset::Train)?.expect("a row to train on is never given away"),
        };
        let preprocessor = Preprocessor::Table(encoder);
        Ok(Self { preprocessor, train, validation: validation?, test: test?, stream })
    }

    fn of_array(
        path: &Path,
        format: &DataFormat,
        settings: &mut DataSettings,
        has_test: bool,
        seed: u64,
    ) -> Result<Self> {
        let mut source = ArraySource::read(path, format, settings, false)?;
        settings.task = Some(source.task());
        source.divide(divide(&source.facts(), settings, has_test, usize::MAX, seed)?);
        let preprocessor = Preprocessor::Array(source.fit(settings)?);
        let [train, validation, test] = [Subset::Train, Subset::Validation, Subset::Test]
            .map(|subset| source.labelled(&preprocessor, subset));
        let train = train?.expect("an example to train on is never given away");
        Ok(Self { preprocessor, train, validation: validation?, test: test?, stream: None })
    }

    /// How many examples are trained on.
    pub fn count(&self) -> usize {
        self.stream.as_ref().map_or(self.train.count(), TableStream::count)
    }
}

impl Preprocessor {
    /// Examples with their labels, from a file or folder of the kind that this was learnt from; `settings` say how it is read. Of a
    /// folder with data to train and to test on it is the latter.
    ///
    /// # Errors
    /// As the readers of such data; [`Error::Empty`] if it has no example.
    pub fn read_labelled(&self, path: impl AsRef<Path>, settings: &mut DataSettings) -> Result<LabelledSet> {
        match DataFormat::of(path.as_ref())? {
            DataFormat::TrainTest { train, test } => {
                read_labelled(self, &test.unwrap_or(train), settings, false)
            }
            _ => read_labelled(self, path.as_ref(), settings, false),
        }
    }
}

impl HeldOut {
    fn read(&self, preprocessor: &Preprocessor, settings: &DataSettings) -> Result<LabelledSet> {
        let mut settings = DataSettings { labels: self.labels.clone(), ..settings.clone() };
        read_labelled(preprocessor, &self.path, &mut settings, self.part)
    }
}

fn read_labelled(
    preprocessor: &Preprocessor,
    path: &Path,
    settings: &mut DataSettings,
    part: bool,
) -> Result<LabelledSet> {
    let set = match preprocessor {
        Preprocessor::Table(encoder) => {
            let delimiter = settings.delimiter()?;
            Some(table_source::labelled(encoder, encoder.read_table(path, delimiter)?)?)
        }
        Preprocessor::Array(_) => {
            let (mut path, mut format) = (path.to_path_buf(), DataFormat::of(path)?);
            if let DataFormat::TrainTest { train, test } = format {
                path = test.unwrap_or(train);
                format = DataFormat::of(&path)?;
            }
            let mut source = ArraySource::read(&path, &format, settings, part)?;
            source.divide(vec![Subset::Train; source.facts().count]);
            source.labelled(preprocessor, Subset::Train)?
        }
    };
    set.filter(|set| set.count() > 0).ok_or_else(|| Error::Empty {
        path: path.into(),
        what: "example",
        remedy: "give other data",
    })
}

/// Where the data to train on is, what it is, and what is given to test on. Fills in the path of that.
fn find(settings: &mut DataSettings) -> Result<(PathBuf, DataFormat, Option<HeldOut>)> {
    let mut path = settings.train.clone().ok_or(Error::NoTrainingData)?;
    let mut format = DataFormat::of(&path)?;
    if let DataFormat::TrainTest { train, test } = format {
        settings.test = settings.test.take().or(test);
        format = DataFormat::of(&train)?;
        path = train;
    } else if format == DataFormat::Idx {
        settings.test = settings.test.take().or_else(|| test_beside(&path));
    }
    let part = settings.test.is_none() && has_test(&path, &format);
    let test = settings.test.clone().or_else(|| part.then(|| path.clone()));
    let labels = settings.test_labels.clone();
    Ok((path, format, test.map(|path| HeldOut { path, labels, part })))
}

/// The file of test pictures beside one to train on, as MNIST has it.
fn test_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let rest = name.strip_prefix("train")?;
    let beside = ["t10k", "test"].iter().map(|part| path.with_file_name(format!("{part}{rest}")));
    beside.into_iter().find(|path| path.is_file())
}

/// The subset of each row: as a column says, or held out as `settings` say, or as is usual for so many rows, at `most` for
/// validation, which is filled in.
fn divide(
    facts: &Facts<'_>,
    settings: &mut DataSettings,
    has_test: bool,
    most: usize,
    seed: u64,
) -> Result<Vec<Subset>> {
    if let Some(named) = facts.named {
        (settings.validation, settings.test_share) = (Some(0.0), Some(0.0));
        return Ok(named.to_vec());
    }
    if let (Some(group), None) = (&settings.group, facts.groups) {
        return Err(Error::Key {
            key: "group",
            found: group.clone(),
            problem: ", but only rows of a table have groups by a column, and recordings by a part of their names: for these set data.names too, else leave it out".into(),
        });
    }
    let stratified = *settings.stratified.get_or_insert(true);
    let by = match (facts.groups, facts.classes) {
        (Some(groups), _) => By::Groups(groups),
        (None, Some(classes)) if stratified => By::Classes(classes),
        _ => By::Rows,
    };
    let mut subsets = vec![Subset::Train; facts.count];
    let test = *settings.test_share.get_or_insert(0.0);
    hold_out(&mut subsets, by, if has_test { 0.0 } else { test }, Subset::Test, seed)?;
    let rows = count(&subsets, Subset::Train);
    let usual = if rows < FEW { 0.0 } else { 0.1_f64.min(most as f64 / rows as f64) };
    let validation = *settings.validation.get_or_insert(usual);
    hold_out(&mut subsets, by, validation, Subset::Validation, seed)?;
    Ok(subsets)
}
