//! What ends up on disk, across figures.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_figures::{BarChart, ConfusionMatrix, LineChart, Picture, PictureGrid, Result};

#[test]
fn every_figure_is_written_whole_over_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figure.svg");
    let picture = Picture::grey(&[0.5_f32], 1, 1).unwrap();
    let figures: [(&str, &dyn Fn() -> Result<()>); 4] = [
        ("lines", &|| LineChart::new("lines").line("a", [(0.0, 1.0), (1.0, 2.0)]).write(&path)),
        ("bars", &|| BarChart::new("bars").bar("a", [1.0]).write(&path)),
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
        let sine = || (0..100).map(|i| (f64::from(i), f64::from(i).sin())).collect();
        LineChart::new("again").runs("sine", [sine(), sine()]).svg().unwrap()
    };
    assert_eq!(draw(), draw());
}
