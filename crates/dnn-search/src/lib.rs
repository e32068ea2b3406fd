//! Hyper-parameter search: spaces, strategies, trials that run at a time, and a journal on disk.
//!
//! The loop of the course is idea → code → experiment, again and again; here a [`Search`] goes round it. A [`Space`] says
//! what may be tried, a [`Strategy`] which [`Trial`] comes next, an objective (any function) what a trial is worth, and the
//! [`Outcome`] ranks them. The same seed gives the same trials and the same bits, however many run at a time, and a search
//! that was stopped goes on from its journal. [`Recipe`] turns a trial into a network and settings for the usual names, and
//! [`Fit`] trains it and measures it on examples that were held out.
//!
//! Not here: which data, which library multiplies matrices, and what is drawn of the result.

#![forbid(unsafe_code)]

mod dimension;
mod error;
mod fit;
mod journal;
mod outcome;
mod pools;
mod recipe;
mod report;
mod run;
mod search;
mod space;
mod strategy;
mod trial;

pub use dimension::Dimension;
pub use error::{Error, ObjectiveError, Result};
pub use fit::Fit;
pub use outcome::{Goal, Outcome};
pub use pools::Pools;
pub use recipe::Recipe;
pub use report::{COST, Curves, Report, VALIDATION_COST};
pub use search::Search;
pub use space::Space;
pub use strategy::{Asha, CoarseToFine, Grid, Random, Strategy};
pub use trial::{Finished, Trial, Values};

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
