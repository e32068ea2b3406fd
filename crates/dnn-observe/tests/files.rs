//! What ends up on disk, across figures, and observers behind one trait.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_observe::{
    BarChart, ConfusionMatrix, Curve, Histogram, History, LineChart, Picture, PictureGrid, Progress, Result,
};
use dnn_train::{Event, Flow, Observer, RunState};

#[test]
fn every_figure_is_written_whole_over_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figure.svg");
    let picture = Picture::grey(&[0.5_f32], 1, 1).unwrap();
    let figures: [(&str, &dyn Fn() -> Result<()>); 5] = [
        ("lines", &|| LineChart::new("lines").line("a", [(0.0, 1.0), (1.0, 2.0)]).write(&path)),
        ("bars", &|| BarChart::new("bars").bar("a", [1.0]).write(&path)),
        ("histogram", &|| Histogram::new("histogram", "value").values("a", [1.0_f32]).write(&path)),
        ("pictures", &|| PictureGrid::new("pictures").tile(picture.clone(), "a").write(&path)),
        ("confusion", &|| ConfusionMatrix::new("confusion", ["a"], &[1])?.write(&path)),
    ];
    std::fs::write(&path, "x".repeat(1 << 20)).unwrap();
    for (title, write) in figures {
        write().unwrap();
        let svg = std::fs::read_to_string(&path).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains(&format!("<title>{title}</title>")));
    }
}

#[test]
fn a_figure_is_the_same_bytes_again() {
    let draw = || {
        let mut curve = Curve::new(10);
        (0..100).for_each(|i| curve.push(f64::from(i), f64::from(i).sin()));
        LineChart::new("again").runs("sine", [curve.points(), curve.points()]).svg().unwrap()
    };
    assert_eq!(draw(), draw());
}

#[test]
fn observers_let_the_run_go_on() {
    let mut progress = Progress::lines("run", std::io::sink());
    let mut history = History::new(8);
    let run = RunState::default();
    let observers: [&mut dyn Observer; 2] = [&mut progress, &mut history];
    for observer in observers {
        for event in [
            Event::Step { step: 1, cost: f64::NAN, run },
            Event::Started { network: "2-1", steps: 0, steps_per_epoch: 0 },
            Event::Step { step: 7, cost: 0.5, run },
            Event::Epoch { epoch: 1, step: 7, cost: 0.5, run },
            Event::Validation { epoch: 1.0, step: 7, cost: f64::NAN, metrics: &[], run },
            Event::Finished { step: 7, cost: 0.5, seconds: 0.0, run },
        ] {
            assert_eq!(observer.notify(&event).unwrap(), Flow::Continue);
        }
    }
}
