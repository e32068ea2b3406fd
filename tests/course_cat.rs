//! The course's cat network gives the course's numbers, on every back end of this machine.
#![allow(clippy::unwrap_used)] // a test fails by panicking

#[path = "../examples/cat/course.rs"]
mod course;
#[path = "../examples/support/mod.rs"]
mod support;

use dnn::prelude::*;

#[test]
fn every_back_end_gives_the_costs_of_the_course() {
    let Some(course) = course::Course::load().unwrap() else {
        println!("{}", course::MISSING);
        return;
    };
    let threads = Threads::default();
    for found in dnn::blas::available() {
        println!("{}", found.backend.identity());
        let run = course.train(Compute { backend: &*found.backend, pool: &threads }).unwrap();
        course.check(&run).unwrap();
    }
}
