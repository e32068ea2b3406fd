//! `datasets/fetch` keeps a data set whose every file has its checksum, and nothing of any other.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of the script beside a list of its own: the data set `small` of the two files `a` and `sub/b`.
struct Datasets(tempfile::TempDir);

impl Datasets {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/fetch");
        std::fs::copy(script, folder.path().join("fetch")).unwrap();
        // SHA-256 of "one" and "two".
        let list = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  small/a\n\
                    3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  small/sub/b\n";
        std::fs::write(folder.path().join("SHA256SUMS"), list).unwrap();
        Self(folder)
    }

    /// A folder to fetch from, with these contents of the two files.
    fn offer(&self, a: &str, b: &str) -> PathBuf {
        let folder = self.0.path().join("offered");
        std::fs::create_dir_all(folder.join("sub")).unwrap();
        std::fs::write(folder.join("a"), a).unwrap();
        std::fs::write(folder.join("sub/b"), b).unwrap();
        folder
    }

    /// Whether the script succeeded, and what it said.
    fn fetch(&self, name: &str, from: &Path) -> (bool, String) {
        let mut command = Command::new("bash");
        let output =
            command.arg(self.0.path().join("fetch")).args([name, "--from"]).arg(from).output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }

    fn kept(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(self.0.path().join("small").join(file)).ok()
    }
}

#[test]
fn whole_data_sets_are_kept_from_their_folder_or_the_one_above() {
    let datasets = Datasets::new();
    let from = datasets.offer("one", "two");
    let (good, said) = datasets.fetch("small", &from);
    assert!(good && said.starts_with("small: 2 files checked and kept"), "{said}");
    assert_eq!(
        (datasets.kept("a").as_deref(), datasets.kept("sub/b").as_deref()),
        (Some("one"), Some("two"))
    );

    let other = Datasets::new();
    let (good, said) = other.fetch("small", datasets.0.path());
    assert!(good && other.kept("sub/b").as_deref() == Some("two"), "{said}");
}

#[test]
fn a_damaged_or_missing_file_leaves_what_was_there() {
    let datasets = Datasets::new();
    assert!(datasets.fetch("small", &datasets.offer("one", "two")).0);
    let (good, said) = datasets.fetch("small", &datasets.offer("one", "twO"));
    assert!(!good && said.contains("found other bytes in a file of 'small'"), "{said}");
    assert!(said.contains("take another copy; nothing was kept"), "{said}");
    let from = datasets.offer("one", "two");
    std::fs::remove_file(from.join("a")).unwrap();
    let (good, said) = datasets.fetch("small", &from);
    assert!(!good && said.contains("found no small/a in ") && said.contains("nothing was kept"), "{said}");
    assert_eq!(datasets.kept("sub/b").as_deref(), Some("two"));
    let hidden = std::fs::read_dir(datasets.0.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!hidden.into_iter().any(|name| name.to_str().unwrap().starts_with('.')), "no leftover");
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let datasets = Datasets::new();
    let (good, said) = datasets.fetch("smal", &datasets.offer("one", "two"));
    assert!(!good && said.contains("no data set 'smal' in SHA256SUMS, expected one of: small"), "{said}");
}
