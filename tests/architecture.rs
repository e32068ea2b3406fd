//! ARCHITECTURE.md is true: every file that it names is there, and its two walks through the code can be taken.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap()
}

/// What stands between ticks.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The file that the page calls `name`: in a crate, or at the root.
fn file(name: &str) -> PathBuf {
    let in_crate = root().join("crates").join(name);
    if in_crate.exists() { in_crate } else { root().join(name) }
}

/// The numbered lines under the heading `title`: a file and the functions in it, before the first colon.
fn walk(title: &str) -> Vec<(String, Vec<String>)> {
    let page = page();
    let (_, section) = page.split_once(&format!("\n## {title}\n")).unwrap_or_else(|| panic!("no {title}"));
    let section = section.split("\n## ").next().unwrap();
    let numbered =
        |line: &&str| line.split_once(". ").is_some_and(|(number, _)| number.parse::<u8>().is_ok());
    let place = |line: &str| {
        // Colons of a path such as `Network::step` stand between ticks.
        let head = line.split("`: ").next().unwrap().to_owned() + "`";
        let mut spans = spans(&head).map(String::from);
        (spans.next().unwrap(), spans.collect())
    };
    section.lines().filter(numbered).map(place).collect()
}

fn check_walk(title: &str, most: usize) {
    let walk = walk(title);
    assert!((2..=most).contains(&walk.len()), "{title} takes {} files", walk.len());
    for (place, (name, functions)) in walk.iter().enumerate() {
        assert!(walk[..place].iter().all(|(before, _)| before != name), "{title} comes back to {name}");
        let code = std::fs::read_to_string(file(name)).unwrap_or_else(|_| panic!("{title}: no file {name}"));
        assert!(!functions.is_empty(), "{title} names no function of {name}");
        for function in functions {
            let last = function.rsplit("::").next().unwrap();
            let defined =
                [format!("fn {last}("), format!("fn {last}<")].iter().any(|text| code.contains(text));
            assert!(defined, "{title}: {name} has no function {function}");
        }
    }
}

#[test]
fn a_step_is_followed_through_six_files() {
    check_walk("One step", 6);
}

#[test]
fn a_table_is_followed_to_its_data_set_through_ten_files() {
    check_walk("From a table to a data set", 10);
}

#[test]
fn every_file_that_is_named_is_there() {
    let page = page();
    let named = spans(&page).filter(|name| name.contains('/') && name.ends_with(".rs"));
    let missing: Vec<&str> = named.filter(|name| !file(name).is_file()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
