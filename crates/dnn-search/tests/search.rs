//! A search ends the same whatever stops it, and however many trials run at a time.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dnn_core::{Pool, Serial};
use dnn_search::{
    Asha, CoarseToFine, Dimension, Error, Finished, Goal, Grid, ObjectiveError, Outcome, Pools, Random,
    Report, Search, Space, Strategy, Trial,
};
use dnn_train::Flow;

const ASHA: Asha = Asha { trials: 12, least: 1, most: 9, eta: 3, together: 3 };

fn search(strategy: Strategy) -> Search {
    let space = Space::new([
        ("rate", Dimension::LogUniform(1e-4, 1.0)),
        ("units", Dimension::LogInteger(1, 100)),
        ("activation", Dimension::choice(["relu", "tanh"])),
    ]);
    Search {
        space: space.expect("sound ranges"),
        strategy,
        goal: Goal::Lowest,
        seed: 5,
        note: "a bowl".into(),
    }
}

fn strategies() -> [Strategy; 4] {
    [
        Strategy::Grid(Grid { points: 2 }),
        Strategy::Random(Random { trials: 9 }),
        Strategy::CoarseToFine(CoarseToFine { rounds: 3, trials: 4, ..CoarseToFine::default() }),
        Strategy::Asha(ASHA),
    ]
}

/// A bowl over the rate, with thirds in the value and the curve so that every bit counts; every fifth trial diverges.
fn bowl(trial: &Trial, _: &dyn Pool, report: &mut Report) -> Result<f64, ObjectiveError> {
    let (rate, units): (f64, f64) = (trial.get("rate")?, trial.get("units")?);
    let cost = (rate / 0.01).ln().powi(2) / 3.0 + units / trial.budget.unwrap_or(7) as f64;
    (1..4).for_each(|epoch| report.point("cost", f64::from(epoch), cost / f64::from(epoch)));
    Ok(if trial.number.is_multiple_of(5) { f64::NAN } else { cost })
}

fn alone() -> Pools<Serial> {
    Pools::new(vec![Serial]).expect("a core")
}

/// All that an outcome says, but for the time it took.
fn timeless(outcome: Outcome) -> (bool, Vec<Finished>) {
    let finished = outcome.finished.into_iter().map(|finished| Finished { seconds: 0.0, ..finished });
    (outcome.complete, finished.collect())
}

fn never_stopped(search: &Search) -> (bool, Vec<Finished>) {
    timeless(search.run(&alone(), None, bowl, &mut |_| Flow::Continue).expect("a sound search"))
}

/// Goes on from the journal until `results` more are there.
fn go_on(search: &Search, journal: &Path, results: usize) -> Outcome {
    let left = Cell::new(results);
    let mut watch = |_: &Finished| {
        left.set(left.get() - 1);
        if left.get() == 0 { Flow::Stop } else { Flow::Continue }
    };
    search.run(&alone(), Some(journal), bowl, &mut watch).expect("a sound search")
}

#[test]
fn a_search_stopped_after_any_trial_ends_as_one_never_stopped() {
    let folder = tempfile::tempdir().unwrap();
    for strategy in strategies() {
        let (search, journal) = (search(strategy), folder.path().join("journal"));
        let expected = never_stopped(&search);
        assert!(expected.0 && expected.1.len() >= 8, "{strategy:?}");
        for after in 1..expected.1.len() {
            let stopped = go_on(&search, &journal, after);
            assert_eq!((stopped.complete, stopped.finished.len()), (false, after), "{strategy:?}");
            assert_eq!(
                timeless(go_on(&search, &journal, usize::MAX)),
                expected,
                "{strategy:?}, after {after}"
            );
            fs::remove_file(&journal).unwrap();
        }
        // And after every one of them.
        let rounds = (1..).take_while(|_| !go_on(&search, &journal, 1).complete).count();
        assert_eq!(rounds + 1, expected.1.len(), "{strategy:?}");
        assert_eq!(timeless(go_on(&search, &journal, usize::MAX)), expected, "{strategy:?}");
        fs::remove_file(&journal).unwrap();
    }
}

#[test]
fn a_journal_torn_at_any_byte_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    // As few bytes as there can be: each is one search.
    let space = Space::new([("rate", Dimension::Uniform(0.0, 1.0))]).unwrap();
    let search = Search { space, note: String::new(), ..search(Strategy::Random(Random { trials: 2 })) };
    let run = || {
        let rate = |trial: &Trial, _: &dyn Pool, _: &mut Report| Ok(trial.get("rate")?);
        let outcome = search.run(&alone(), Some(&journal), rate, &mut |_| Flow::Continue).unwrap();
        let text = fs::read_to_string(&journal).unwrap();
        assert_eq!((text.lines().count(), text.ends_with('\n')), (3, true));
        timeless(outcome)
    };
    let expected = run();
    let whole = fs::read(&journal).unwrap();
    for length in 0..whole.len() {
        fs::write(&journal, &whole[..length]).unwrap();
        assert_eq!(run(), expected, "cut to {length} bytes");
    }
}

#[test]
fn a_finished_search_is_read_and_nothing_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (search, journal) = (search(Strategy::Asha(ASHA)), folder.path().join("journal"));
    let outcome = go_on(&search, &journal, usize::MAX);
    let bytes = fs::read(&journal).unwrap();
    let untouched =
        |_: &Trial, _: &dyn Pool, _: &mut Report| -> Result<f64, ObjectiveError> { panic!("tried") };
    let read = search.run(&alone(), Some(&journal), untouched, &mut |_| Flow::Continue).unwrap();
    // Times included: they come from the journal too.
    assert_eq!((read, fs::read(&journal).unwrap()), (outcome, bytes));
}

#[test]
fn a_journal_that_is_not_this_searchs_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (search, journal) = (search(Strategy::Random(Random { trials: 2 })), folder.path().join("journal"));
    go_on(&search, &journal, usize::MAX);
    let whole = fs::read_to_string(&journal).unwrap();
    let refused = |search: &Search, text: &str, words: &str| {
        fs::write(&journal, text).unwrap();
        let error = search.run(&alone(), Some(&journal), bowl, &mut |_| Flow::Continue).unwrap_err();
        assert!(matches!(error, Error::Journal { .. }) && error.to_string().contains(words), "{error}");
        assert_eq!(fs::read_to_string(&journal).unwrap(), text);
    };
    refused(&Search { seed: 6, ..search.clone() }, &whole, "a search with another seed");
    refused(&Search { note: "a hill".into(), ..search.clone() }, &whole, "a search with another note");
    let longer = Strategy::Random(Random { trials: 3 });
    refused(&Search { strategy: longer, ..search.clone() }, &whole, "a search with another strategy");
    refused(&search, "a letter\n", "a journal begins with one");
    refused(&search, "a letter", "a journal begins with one");
    refused(&search, &whole.replacen("_journal\":1", "_journal\":2", 1), "version 2");
    refused(&search, &whole.replacen("\"number\":1", "\"number\":x", 1), "line 2");
    let changed = whole.replacen("relu", "selu", 2).replacen("tanh", "selu", 2);
    assert!(changed.lines().nth(1).unwrap().contains("selu"));
    let changed = format!("{}\n{}\n", whole.lines().next().unwrap(), changed.lines().nth(1).unwrap());
    refused(&search, &changed, "go on with the version of dnn that began it");
}

#[test]
fn two_searches_never_write_one_journal() {
    let folder = tempfile::tempdir().unwrap();
    let (search, journal) = (search(Strategy::Random(Random { trials: 1 })), folder.path().join("journal"));
    let within = |_: &Trial, _: &dyn Pool, _: &mut Report| {
        let second = search.run(&alone(), Some(&journal), bowl, &mut |_| Flow::Continue).unwrap_err();
        assert!(second.to_string().contains("could not be locked"), "{second}");
        Ok(1.0)
    };
    search.run(&alone(), Some(&journal), within, &mut |_| Flow::Continue).unwrap();
}

#[test]
fn the_outcome_is_the_same_however_many_trials_run_at_a_time() {
    for strategy in strategies() {
        let search = search(strategy);
        let expected = never_stopped(&search);
        for pools in 2..=5 {
            let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            // Later trials end sooner, so that results come in another order than they were asked for.
            let slow = |trial: &Trial, pool: &dyn Pool, report: &mut Report| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(8_u64.saturating_sub(trial.number % 4 * 2)));
                running.fetch_sub(1, Ordering::SeqCst);
                bowl(trial, pool, report)
            };
            let threads = Pools::within(pools, vec![Serial; pools]).unwrap();
            let outcome = search.run(&threads, None, slow, &mut |_| Flow::Continue).unwrap();
            assert_eq!(timeless(outcome), expected, "{strategy:?} on {pools}");
            let most = most.into_inner();
            assert!((2..=pools).contains(&most), "{strategy:?}: {most} at a time on {pools} pools");
        }
    }
}

#[test]
fn a_search_stopped_while_several_trials_run_keeps_them_all() {
    let folder = tempfile::tempdir().unwrap();
    for strategy in strategies() {
        let (search, journal) = (search(strategy), folder.path().join("journal"));
        let pools = Pools::within(3, vec![Serial; 3]).unwrap();
        let kept = Cell::new(0);
        let mut runs = 0;
        loop {
            let mut watch = |_: &Finished| {
                kept.set(kept.get() + 1);
                Flow::Stop
            };
            let outcome = search.run(&pools, Some(&journal), bowl, &mut watch).unwrap();
            runs += 1;
            if outcome.complete {
                assert_eq!(timeless(outcome), never_stopped(&search), "{strategy:?}");
                break;
            }
        }
        assert_eq!(kept.get(), never_stopped(&search).1.len(), "{strategy:?}: each was tried once");
        assert!(runs > 2, "{strategy:?}");
        fs::remove_file(&journal).unwrap();
    }
}

#[test]
fn an_objective_that_fails_ends_the_search_and_is_tried_again_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (search, journal) = (search(Strategy::Random(Random { trials: 6 })), folder.path().join("journal"));
    let failing = |trial: &Trial, pool: &dyn Pool, report: &mut Report| match trial.number {
        4 => Err("the disk is full".into()),
        _ => bowl(trial, pool, report),
    };
    let error =
        search.run(&alone(), Some(&journal), failing, &mut |_| Flow::Continue).unwrap_err().to_string();
    assert!(
        error.starts_with("trial 4 (activation ") && error.ends_with("failed: the disk is full"),
        "{error}"
    );
    let left = Cell::new(0);
    let mut watch = |_: &Finished| {
        left.set(left.get() + 1);
        Flow::Continue
    };
    let outcome = search.run(&alone(), Some(&journal), bowl, &mut watch).unwrap();
    assert_eq!((timeless(outcome), left.get()), (never_stopped(&search), 3));
}

#[test]
#[should_panic(expected = "a broken objective")]
fn a_panic_of_the_objective_is_passed_on() {
    let broken = |_: &Trial, _: &dyn Pool, _: &mut Report| -> Result<f64, ObjectiveError> {
        panic!("a broken objective")
    };
    search(Strategy::Random(Random { trials: 6 })).run(&alone(), None, broken, &mut |_| Flow::Continue).ok();
}

#[test]
fn a_strategy_that_cannot_be_followed_is_refused_before_the_first_trial() {
    let strategy = Strategy::CoarseToFine(CoarseToFine { rounds: 0, trials: 0, zoom: 1.5, leaders: 0 });
    let error = search(strategy).run(&alone(), None, bowl, &mut |_| Flow::Continue).unwrap_err().to_string();
    for fault in ["rounds of the strategy is 0", "trials of", "zoom of the strategy is 1.5", "leaders of"] {
        assert!(error.contains(fault), "{fault} in {error}");
    }
}
