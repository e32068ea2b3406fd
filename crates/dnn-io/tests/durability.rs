//! A save leaves the old file or the whole new one: whatever fails, whenever the power goes, and it says which. What these
//! tests find begins with "lost file", which the mutants of saving look for.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod simulated;

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use dnn_core::{Network, Registry, Sigmoid};
use dnn_io::{Checkpoint, Error, Files, Result, Series};
use simulated::{FREE, Fault, Simulated};

const MODEL: &str = "folder/model.dnn";

fn checkpoint(value: f32) -> Checkpoint<f32> {
    let network = Network::builder(2).dense(1, Sigmoid).build().unwrap();
    Checkpoint::new(network, vec![value; 3]).unwrap()
}

/// The first parameter of the checkpoint at `path`, `None` if there is no file.
fn value(disk: &Simulated, path: &Path) -> Option<f32> {
    match Checkpoint::<f32>::load_from(disk, path, &Registry::builtin()) {
        Ok(checkpoint) => Some(checkpoint.parameters()[0]),
        Err(Error::File { source, .. }) if source.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("lost file: {error}"),
    }
}

fn old_disk() -> Simulated {
    Simulated::with(&[(Path::new(MODEL), &checkpoint(1.0).to_bytes().unwrap())])
}

/// The operations of a save that nothing disturbs.
fn operations() -> Vec<&'static str> {
    let disk = old_disk();
    checkpoint(2.0).save_on(&disk, MODEL).unwrap();
    disk.asked()
}

#[test]
fn a_save_writes_synchronises_reads_back_renames_and_synchronises_the_folder() {
    let (found, expected) = (operations(), ["create", "write", "sync", "read", "rename", "sync folder"]);
    assert!(found == expected, "lost file: a save is {found:?}");
}

#[test]
fn after_a_power_cut_at_any_operation_the_old_or_the_new_checkpoint_is_whole() {
    for (disk, old) in [(old_disk as fn() -> Simulated, Some(1.0)), (Simulated::default, None)] {
        for at in 0..=operations().len() {
            let disk = disk();
            disk.fail(at, Fault::PowerCut);
            let saved = checkpoint(2.0).save_on(&disk, MODEL).is_ok();
            for after in disk.after_power_cut() {
                let found = value(&after, Path::new(MODEL));
                assert!(
                    found == Some(2.0) || (found == old && !saved),
                    "lost file: {found:?} after a power cut at operation {at}, saved: {saved}"
                );
            }
        }
    }
}

#[test]
fn after_a_power_cut_a_series_goes_on_from_what_was_last_saved_and_keeps_the_best() {
    let folder = Path::new("folder");
    let series = |disk: &Simulated| Series::new(folder).keep(2).on(Arc::new(disk.clone()));
    // Saves 5, 10, … 30, of which 10 is the best; the last one saved before the power went.
    let run = |disk: &Simulated| {
        let series = series(disk);
        let steps = (1..=6).map(|number| 5 * number);
        steps
            .take_while(|&step| series.save(step, &checkpoint(step as f32), Some(step.min(10))).is_ok())
            .last()
    };
    let whole = Simulated::default();
    assert_eq!(run(&whole), Some(30));
    let kept = series(&whole).steps().unwrap();
    assert!(kept == [10, 25, 30], "lost file: {kept:?} are kept");
    for at in 0..=whole.asked().len() {
        let disk = Simulated::default();
        disk.fail(at, Fault::PowerCut);
        let last = run(&disk).unwrap_or(0);
        for after in disk.after_power_cut() {
            let newest = series(&after).newest::<f32>(&Registry::builtin()).unwrap();
            let step = newest.map_or(0, |newest| newest.step);
            assert!(
                step >= last,
                "lost file: {step} is the newest after a power cut at {at}, but {last} was saved"
            );
            let best = series(&after).path(10);
            assert!(last < 10 || value(&after, &best) == Some(10.0), "lost file: the best, at {at}");
        }
    }
}

/// What a fault at an operation must lead to.
fn expected(operation: &str, fault: Fault, result: &Result<()>) -> bool {
    use Fault::{Error as Fails, OtherBits, PowerCut, ShortWrite};
    let tried = match operation {
        "create" => "created",
        "write" => "written",
        "sync" => "synchronised",
        "read" => "read back",
        "rename" => "renamed",
        _ => return matches!(result, Err(Error::NotDurable { .. })),
    };
    let needed = checkpoint(2.0).to_bytes().unwrap().len() as u64;
    match (fault, result) {
        (ShortWrite, Ok(())) => true,
        (Fails(ErrorKind::Interrupted), Ok(())) => operation != "sync",
        (Fails(ErrorKind::Interrupted), Err(Error::NotCommitted { action, .. })) => {
            operation == "sync" && *action == tried
        }
        (Fails(ErrorKind::StorageFull), Err(Error::StorageFull { needed: found, free, .. })) => {
            *found == needed && *free == Some(FREE)
        }
        (Fails(ErrorKind::PermissionDenied), Err(Error::Denied { action, .. })) => *action == tried,
        (Fails(ErrorKind::Other) | PowerCut, Err(Error::NotCommitted { action, .. })) => *action == tried,
        (OtherBits, Err(Error::NotCommitted { action, .. })) => *action == "read back",
        _ => false,
    }
}

#[test]
fn every_operation_that_fails_leaves_the_old_file_and_gives_its_own_error() {
    let kinds =
        [ErrorKind::Other, ErrorKind::StorageFull, ErrorKind::PermissionDenied, ErrorKind::Interrupted];
    for (at, operation) in operations().into_iter().enumerate() {
        let more = if operation == "write" { &[Fault::ShortWrite, Fault::OtherBits][..] } else { &[] };
        for fault in kinds.map(Fault::Error).iter().chain(more) {
            let disk = old_disk();
            disk.fail(at, *fault);
            let result = checkpoint(2.0).save_on(&disk, MODEL);
            assert!(
                expected(operation, *fault, &result),
                "lost file: {fault:?} at {operation} gives {result:?}"
            );
            let replaced = matches!(result, Ok(()) | Err(Error::NotDurable { .. }));
            let found = value(&disk, Path::new(MODEL));
            assert!(
                found == Some(if replaced { 2.0 } else { 1.0 }),
                "lost file: {found:?} after {fault:?} at {operation}"
            );
            let names = disk.names();
            assert!(names == [Path::new(MODEL)], "lost file: {names:?} after {fault:?} at {operation}");
            let synced = |name| disk.asked().iter().filter(|&&asked| asked == name).count();
            assert!(
                synced("sync") <= 1 && synced("sync folder") <= 1,
                "lost file: {fault:?} at {operation} has a synchronisation tried again"
            );
        }
    }
}

#[test]
fn the_first_error_is_told_when_cleaning_up_fails_too() {
    let disk = old_disk();
    disk.fail(1, Fault::Error(ErrorKind::StorageFull));
    disk.fail(2, Fault::Error(ErrorKind::PermissionDenied));
    let error = checkpoint(2.0).save_on(&disk, MODEL).unwrap_err();
    assert!(matches!(error, Error::StorageFull { .. }), "{error}");
    assert_eq!(disk.asked(), ["create", "write", "remove"]);
    assert_eq!(value(&disk, Path::new(MODEL)), Some(1.0));
}

#[test]
fn a_temporary_of_a_killed_save_is_in_no_ones_way() {
    let disk = old_disk();
    for at in 0..3 {
        disk.fail(at, Fault::Error(ErrorKind::AlreadyExists));
    }
    checkpoint(2.0).save_on(&disk, MODEL).unwrap();
    assert_eq!(value(&disk, Path::new(MODEL)), Some(2.0));
    let disk = old_disk();
    (0..5000).for_each(|at| disk.fail(at, Fault::Error(ErrorKind::AlreadyExists)));
    let error = checkpoint(2.0).save_on(&disk, MODEL).unwrap_err().to_string();
    assert!(error.contains("remove the hidden .tmp files"), "{error}");
}

#[test]
fn a_series_removes_what_killed_saves_have_left_and_nothing_else() {
    let paths = [".step-000000005.dnn.12-0.tmp", "step-000000005.dnn", ".other.tmp"]
        .map(|name| Path::new("folder").join(name));
    let disk = Simulated::with(&[(&paths[0], b"half"), (&paths[1], b"whole"), (&paths[2], b"")]);
    Series::new("folder").on(Arc::new(disk.clone())).remove_leftovers().unwrap();
    assert_eq!(disk.names(), [paths[2].clone(), paths[1].clone()]);
}

#[test]
fn a_series_skips_what_is_damaged_says_so_and_refuses_when_nothing_is_whole() {
    let registry = Registry::builtin();
    let disk = Simulated::default();
    let series = Series::new("folder").on(Arc::new(disk.clone()));
    assert!(series.newest::<f32>(&registry).unwrap().is_none());
    let whole = checkpoint(5.0).to_bytes().unwrap();
    let paths = [5, 10, 15].map(|step| series.path(step));
    let mut flipped = whole.clone();
    flipped[200] ^= 1;
    let disk = Simulated::with(&[(&paths[0], &whole), (&paths[1], &flipped), (&paths[2], &whole[..100])]);
    let newest = series.clone().on(Arc::new(disk)).newest::<f32>(&registry).unwrap().unwrap();
    let damaged: Vec<String> = newest.damaged.iter().map(ToString::to_string).collect();
    assert_eq!((newest.step, newest.checkpoint.parameters()[0], damaged.len()), (5, 5.0, 2));
    assert!(damaged[0].contains("step-000000015.dnn: found 100 bytes, expected"), "{damaged:?}");
    assert!(damaged[1].contains("step-000000010.dnn: found other bits in "), "{damaged:?}");

    let disk = Simulated::with(&[(&paths[1], &flipped)]);
    let error = series.clone().on(Arc::new(disk)).newest::<f32>(&registry).unwrap_err();
    assert!(matches!(error, Error::NoneWhole { found: 1, .. }), "{error}");
    // Of another precision, not damaged: an older one would not be what was asked for.
    let disk = Simulated::with(&[(&paths[0], &whole)]);
    let error = series.on(Arc::new(disk)).newest::<f64>(&registry).unwrap_err();
    assert!(matches!(error.kind(), Error::Precision { .. }), "{error}");
}

#[test]
fn what_the_disk_itself_refuses_has_its_own_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing").join("model.dnn");
    let error = checkpoint(1.0).save(&missing).unwrap_err();
    assert!(matches!(&error, Error::NotCommitted { action: "created", .. }), "{error}");
    assert!(error.to_string().ends_with("what was there is untouched: make the folder first"), "{error}");
    let error = checkpoint(1.0).save(folder.path().join("x".repeat(250))).unwrap_err().to_string();
    assert!(error.ends_with("choose a shorter name"), "{error}");
    let error = Checkpoint::<f32>::load(&missing, &Registry::builtin()).unwrap_err().to_string();
    assert!(error.contains("model.dnn could not be read: ") && error.ends_with("check the path"), "{error}");
    assert!(dnn_io::Disk.free_bytes(folder.path()).unwrap() > 0);
}
