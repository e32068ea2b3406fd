//! The observer against a way that is known, and what becomes of a run when its lines cannot be written.

use dnn_blas::PureRust;
use dnn_core::{Compute, Identity, Network};
use dnn_train::{Error, Event, Flow, Numbers, Observer, RunState, Settings, Trainer, TrainerState};
use ndarray::array;
use plugin_observer::Travel;

/// Tells `travel` of a run through these points, all in one epoch: what it answers at the epoch's end.
fn walk(travel: &mut dyn Observer, points: &[[f64; 2]]) -> Flow {
    let state = TrainerState::default();
    travel.notify(&Event::Started { network: "1-1", steps: 4, steps_per_epoch: 4 }).unwrap();
    let mut step = 0;
    for point in points {
        step += 1;
        let run = RunState { parameters: Numbers::of(point), state: &state, ..RunState::default() };
        assert_eq!(travel.notify(&Event::Step { step, cost: 1.0, run }).unwrap(), Flow::Continue);
    }
    travel.notify(&Event::Epoch { epoch: 1, step, cost: 0.5, run: RunState::default() }).unwrap()
}

#[test]
fn way_and_distance_are_those_of_the_points() {
    let mut lines = Vec::new();
    let flow = walk(&mut Travel::new(0.5, &mut lines), &[[0.0, 0.0], [3.0, 4.0], [3.0, 0.0]]);
    assert_eq!(String::from_utf8(lines).unwrap(), "epoch,cost,way,distance\n1,0.5,9,3\n");
    assert_eq!(flow, Flow::Stop);
}

#[test]
fn a_straight_way_goes_on() {
    let flow = walk(&mut Travel::new(0.9, Vec::new()), &[[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]);
    assert_eq!(flow, Flow::Continue);
}

#[test]
fn a_line_that_cannot_be_written_ends_the_run_with_its_error() {
    let network = Network::builder(1).dense(1, Identity).build().unwrap();
    let plan = Settings::default().plan(&network, 1).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&PureRust)).unwrap();
    let full: &mut [u8] = &mut [];
    let ended = trainer.run(array![[1.0]].view(), array![[1.0]].view(), &mut [&mut Travel::new(0.5, full)]);
    assert!(matches!(ended, Err(Error::Observer { .. })), "{ended:?}");
}
