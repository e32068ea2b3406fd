//! No damage goes unseen: every bit of a file flipped, every byte set, every truncation, sections swapped; and the error
//! names the part. What these tests find begins with "lost file", which the mutants of loading look for.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod layout;

use dnn_core::{Network, Registry, Relu, Sigmoid};
use dnn_io::{Checkpoint, Error};
use layout::{ENTRY, FIXED, HASH};

/// Sections of the file here.
const SECTIONS: usize = 4;

/// A small file with two sections of equal length.
fn file() -> Vec<u8> {
    let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build().unwrap();
    let parameters = (0..network.parameter_count()).map(|place| place as f32 / 8.0).collect();
    let mut checkpoint = Checkpoint::new(network, parameters).unwrap();
    checkpoint.set_section("test/first", "golden").unwrap();
    checkpoint.set_section("test/other", "silver").unwrap();
    checkpoint.to_bytes().unwrap()
}

fn load(bytes: &[u8]) -> Result<Checkpoint<f32>, Error> {
    Checkpoint::from_bytes(bytes, &Registry::builtin())
}

/// Name and place of each section.
fn sections(file: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let name = |entry: usize| std::str::from_utf8(&file[FIXED + entry * ENTRY..][..32]).unwrap();
    let named = |entry: usize| (name(entry).trim_end_matches('\0').to_owned(), layout::section(file, entry));
    (0..SECTIONS).map(named).collect()
}

/// The part that the error for a changed byte at `at` must name.
fn part(file: &[u8], at: usize) -> String {
    if at < layout::header(SECTIONS) {
        return "the header".into();
    }
    if at >= file.len() - HASH {
        return "the whole file".into();
    }
    let sections = sections(file);
    let (name, range) = sections.iter().find(|(_, range)| at < range.end).unwrap();
    if range.contains(&at) { format!("section {name:?}") } else { format!("the gap before section {name:?}") }
}

fn check(file: &[u8], at: usize, changed: u8) {
    let mut damaged = file.to_vec();
    damaged[at] = changed;
    let error = match load(&damaged) {
        Ok(_) => panic!("lost file: byte {at} as {changed:#04x} goes unseen"),
        Err(error) => error,
    };
    let right = match (at, &error) {
        (0..8, Error::NotACheckpoint { .. }) => true,
        (8..12, Error::TooNew { .. }) => true,
        (16..24, Error::Length { .. }) => true,
        (_, Error::Corrupt { part: named }) => *named == part(file, at),
        _ => false,
    };
    assert!(right, "lost file: byte {at} as {changed:#04x} gives {error}");
}

#[test]
fn every_flipped_bit_is_found_and_its_part_named() {
    let file = file();
    for at in 0..file.len() {
        (0..8).for_each(|bit| check(&file, at, file[at] ^ 1 << bit));
    }
}

#[test]
fn every_byte_set_to_zeros_or_ones_is_found_and_its_part_named() {
    let file = file();
    for at in 0..file.len() {
        [0x00, 0xff].into_iter().filter(|&value| value != file[at]).for_each(|value| check(&file, at, value));
    }
}

#[test]
fn every_truncation_is_found() {
    let file = file();
    for length in 0..file.len() {
        let error = load(&file[..length]).err();
        let right = matches!(error, Some(Error::Length { .. }))
            || length == 0 && matches!(error, Some(Error::NotACheckpoint { .. }));
        assert!(right, "lost file: its first {length} bytes give {error:?}");
    }
}

/// The file with its checksums made anew, but for those of sections.
fn sealed(file: Vec<u8>) -> Vec<u8> {
    layout::sealed(file, layout::header(SECTIONS))
}

fn swap(file: &mut [u8], first: usize, second: usize, length: usize) {
    let (before, after) = file.split_at_mut(second);
    before[first..first + length].swap_with_slice(&mut after[..length]);
}

#[test]
fn swapped_sections_are_found() {
    let file = file();
    let places: Vec<usize> = sections(&file).iter().map(|(_, range)| range.start).collect();
    let mut contents = file.clone();
    swap(&mut contents, places[2], places[3], 14);
    for (swapped, words) in
        [(contents.clone(), "section \"test/first\""), (sealed(contents), "section \"test/first\"")]
    {
        let error = load(&swapped).unwrap_err();
        assert!(matches!(&error, Error::Corrupt { part } if part == words), "lost file: {error}");
    }

    let mut names = file.clone();
    swap(&mut names, FIXED + 2 * ENTRY, FIXED + 3 * ENTRY, 32);
    let error = load(&names).unwrap_err();
    assert!(matches!(&error, Error::Corrupt { part } if part == "the header"), "lost file: {error}");
    let error = load(&sealed(names)).unwrap_err();
    assert!(error.to_string().contains("stands in the wrong place"), "lost file: {error}");

    let mut entries = file.clone();
    swap(&mut entries, FIXED + 2 * ENTRY, FIXED + 3 * ENTRY, ENTRY);
    let error = load(&sealed(entries)).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "lost file: {error}");
    assert!(load(&sealed(file)).is_ok());
}
