//! Reads a table and says how long that took: `cargo run --release -p dnn-data --example read_table -- FILE [TARGET]`
//!
//! With a target, an encoder is learnt and applied as well. `benches/compare/tables` runs it beside pandas.

#![allow(clippy::print_stdout)] // an example speaks to a person

use std::time::Instant;

use dnn_data::{TableEncoder, table};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("no table was named, but one is needed: write `-- FILE`")?;
    let start = Instant::now();
    let table = table::read(&path, &table::Options::default())?;
    println!("read {} rows of {} columns in {:.3} s", table.rows(), table.names().len(), seconds(start));
    if let Some(target) = arguments.next() {
        let start = Instant::now();
        let encoder = TableEncoder::fit(&table, &target, &Default::default())?;
        println!("learnt {} features in {:.3} s", encoder.features(), seconds(start));
        let start = Instant::now();
        let x = encoder.transform::<f32>(&table)?;
        println!("made {} examples in {:.3} s", x.ncols(), seconds(start));
    }
    Ok(())
}

fn seconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64()
}
