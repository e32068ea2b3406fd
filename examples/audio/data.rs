//! The recordings: spoken digits if they are there, else syllables that the project says itself; and how they are split.

use std::path::PathBuf;

use dnn::data::sound::{self, Names, Options, Recording, Sounds};
use dnn_synthetic::voices;

use crate::support::{Failure, dataset, datasets};

/// What the names of files tell.
const NAMES: &str = "{word}_{speaker}_{take}.wav";
/// Takes of each speaker's words to be tested on, the official ones of FSDD.
const TEST: std::ops::Range<usize> = 0..5;

/// What was said, by whom, and how often before.
pub(crate) struct Recordings {
    pub(crate) description: String,
    pub(crate) sounds: Sounds,
    takes: Vec<usize>,
    /// The least share of the test recordings that the nets get right: on features, the mean of all seeds; on waveforms.
    pub(crate) expected: [f64; 2],
}

/// Recordings by number, to learn from, to end training by, and to be tested on.
pub(crate) struct Split {
    pub(crate) train: Vec<usize>,
    pub(crate) held_out: Vec<usize>,
    pub(crate) test: Vec<usize>,
}

pub(crate) fn load() -> Result<Recordings, Failure> {
    let names = Names::parse(NAMES)?;
    let Some(folder) = dataset("fsdd")? else { return drawn(&names) };
    let (class, group) = (Some("word".into()), Some("speaker".into()));
    let options = Options { names: Some(names.clone()), class, group };
    let sounds = sound::read_folder(folder.join("recordings"), &options)?;
    // The mean of three seeds is 0.974, and one deviates from it by 0.002; on waveforms 0.80.
    recordings(format!("spoken digits from {}", folder.display()), sounds, &names, [0.97, 0.7])
}

fn drawn(names: &Names) -> Result<Recordings, Failure> {
    let description = format!(
        "drawn voices, since there are no spoken digits in {}\n(datasets/README.md says how to get them)",
        datasets()?.display()
    );
    // All of them are right from all three seeds; on waveforms 0.94.
    recordings(description, voices::generate(6, 25, 1)?, names, [0.95, 0.85])
}

fn recordings(
    what: String,
    sounds: Sounds,
    names: &Names,
    expected: [f64; 2],
) -> Result<Recordings, Failure> {
    let position = names.position("take")?;
    let take = |path: &PathBuf| -> Option<usize> {
        names.read(path.file_name()?.to_str()?)?.get(position)?.parse().ok()
    };
    let takes = sounds.paths.iter().map(take).collect::<Option<Vec<_>>>();
    let takes = takes.ok_or("a recording's name has no number of its take")?;
    let description =
        format!("{what}\n{} recordings of {} words", sounds.recordings.len(), sounds.classes.len());
    Ok(Recordings { description, sounds, takes, expected })
}

impl Recordings {
    /// Everybody's first takes are for the test.
    pub(crate) fn by_take(&self) -> Split {
        let part = |part: fn(usize) -> bool| self.all(|number| part(self.takes[number]));
        Split {
            train: part(|take| !TEST.contains(&take) && !held_out(take)),
            held_out: part(held_out),
            test: part(|take| TEST.contains(&take)),
        }
    }

    /// All that one speaker says is for the test.
    pub(crate) fn without(&self, speaker: &str) -> Split {
        let part = |held: bool| {
            self.all(|number| self.sounds.groups[number] != speaker && held_out(self.takes[number]) == held)
        };
        let test = self.all(|number| self.sounds.groups[number] == speaker);
        Split { train: part(false), held_out: part(true), test }
    }

    /// The speakers, each once.
    pub(crate) fn speakers(&self) -> Vec<String> {
        let mut speakers = self.sounds.groups.clone();
        speakers.sort();
        speakers.dedup();
        speakers
    }

    pub(crate) fn recording(&self, number: usize) -> &Recording {
        &self.sounds.recordings[number]
    }

    pub(crate) fn labels(&self, numbers: &[usize]) -> Vec<usize> {
        numbers.iter().map(|&number| self.sounds.labels[number]).collect()
    }

    fn all(&self, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.takes.len()).filter(|&number| wanted(number)).collect()
    }
}

/// Whether a take is held out to end training by: every ninth. Neighbours were recorded in one go and sound alike, so a row of
/// them would be as strange to the net as another room.
fn held_out(take: usize) -> bool {
    take % 9 == 5
}
