//! Tables of the world, read with nothing said but the target; in the folder that `DNN_DATASETS` names, or in the project's
//! `datasets`.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod support;

use dnn_data::table::{self, Table};
use dnn_data::{EncoderOptions, Labels, TableEncoder, Target};
use support::dataset;

/// The table of a data set, and what it teaches.
fn learn(name: &str, file: &str, target: &str) -> Option<(Table, TableEncoder)> {
    let path = dataset(name)?.join(file);
    let options = table::Options { target: Some(target.into()), ..table::Options::default() };
    let table = table::read(path, &options).unwrap();
    let encoder = TableEncoder::fit(&table, target, &EncoderOptions::default()).unwrap();
    // All numbers of the training data are standardised, and shapes fit.
    let x = encoder.transform::<f64>(&table).unwrap();
    assert_eq!(x.dim(), (encoder.features(), table.rows()));
    let names = encoder.feature_names();
    let complete = |name: &String| !name.contains(" = ") && !names.contains(&format!("{name} is missing"));
    for (name, row) in names.iter().zip(x.rows()).filter(|(name, _)| complete(name) && !name.contains(" is "))
    {
        let (mean, square) = (row.mean().unwrap(), row.mapv(|x| x * x).mean().unwrap());
        assert!(mean.abs() < 1e-9 && (square - 1.0).abs() < 1e-9, "{name}: {mean} {square}");
    }
    let stored = serde_json::to_string(&encoder).unwrap();
    assert_eq!(serde_json::from_str::<TableEncoder>(&stored).unwrap(), encoder);
    Some((table, encoder))
}

/// How many rows are of each class, in the order of the classes.
fn counts(encoder: &TableEncoder, table: &Table) -> Vec<usize> {
    let Labels::Classes(labels) = encoder.labels(table).unwrap() else { panic!("classes") };
    let classes = 0..encoder.target().classes().unwrap().len();
    classes.map(|class| labels.iter().filter(|&&label| label == class).count()).collect()
}

#[test]
fn iris_has_four_numbers_and_three_classes_of_fifty() {
    let Some((table, encoder)) = learn("iris", "iris.csv", "5") else { return };
    assert_eq!((table.rows(), encoder.features(), counts(&encoder, &table)), (150, 4, vec![50; 3]));
    assert_eq!(encoder.target().classes().unwrap(), ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]);
}

#[test]
fn adult_has_six_numbers_and_the_same_classes_in_both_its_parts() {
    let Some((table, encoder)) = learn("adult", "adult-train.csv", "15") else { return };
    // SOURCE.md: 32561 and 16281 rows, with "." after the classes of the test part; 108 features with "?" as a category.
    assert_eq!((table.rows(), counts(&encoder, &table)), (32561, vec![24720, 7841]));
    assert_eq!(
        (encoder.features(), encoder.target().classes().unwrap()),
        (108, &["<=50K", ">50K"].map(String::from)[..])
    );
    let names = encoder.feature_names();
    assert_eq!(names.iter().filter(|name| !name.contains(" = ") && !name.contains("missing")).count(), 6);
    assert!(
        ["column 2 is missing", "column 14 is missing"].iter().all(|name| names.contains(&(*name).into()))
    );
    let test = encoder.read_table(dataset("adult").unwrap().join("adult-test.csv"), None).unwrap();
    assert_eq!((test.rows(), counts(&encoder, &test)), (16281, vec![12435, 3846]));
    assert_eq!(encoder.transform::<f32>(&test).unwrap().dim(), (108, 16281));
}

#[test]
fn letters_stand_before_their_sixteen_numbers() {
    let Some((table, encoder)) = learn("letter-recognition", "letter-recognition.data", "1") else { return };
    assert_eq!((table.rows(), encoder.features(), encoder.target().outputs()), (20000, 16, 26));
    let counts = counts(&encoder, &table);
    assert_eq!((counts.iter().min(), counts.iter().max()), (Some(&734), Some(&813)));
}

#[test]
fn houses_have_a_price_to_predict_a_category_and_missing_bedrooms() {
    let Some((table, encoder)) = learn("california-housing", "housing.csv", "median_house_value") else {
        return;
    };
    // SOURCE.md: mean 206855.82; 8 numbers, one of which is missing 207 times, and 5 categories.
    assert_eq!((table.rows(), encoder.features(), encoder.target().outputs()), (20640, 8 + 1 + 5, 1));
    assert!(matches!(encoder.target(), Target::Number { mean, .. } if (mean - 206_855.82).abs() < 0.005));
    let missing =
        encoder.feature_names().iter().position(|name| name == "total_bedrooms is missing").unwrap();
    assert_eq!(encoder.transform::<f64>(&table).unwrap().row(missing).sum(), 207.0);
    let y = encoder.targets::<f32>(&table).unwrap();
    let back = encoder.target().numbers(y.view());
    let Labels::Numbers(stored) = encoder.labels(&table).unwrap() else { panic!("numbers") };
    // f32 has 24 bits, and the scaled prices are below 4.
    assert!(back.iter().zip(stored).all(|(a, b)| (a - b).abs() <= 4.0 * 115_400.0 * f64::from(f32::EPSILON)));
}

#[test]
fn sonar_has_sixty_numbers_and_two_classes() {
    let Some((table, encoder)) = learn("sonar", "sonar.csv", "61") else { return };
    assert_eq!((table.rows(), encoder.features(), counts(&encoder, &table)), (208, 60, vec![111, 97]));
    assert_eq!(encoder.target().classes().unwrap(), ["M", "R"]);
}
