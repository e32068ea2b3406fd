//! Times of things that are measured side by side: in turn, many times over, so that whatever else the machine does
//! meets all of them alike, and their ratios stand.

use std::hint::black_box;
use std::time::{Duration, Instant};

use dnn_core::{Backend, Compute, Matrix, MatrixMut, Product, Real, widest};
use dnn_train::{Event, Flow, Observer, Settings, Trainer};

use crate::workload::Workload;

/// Something to measure: does it so many times, and returns the seconds that took.
pub type Task<'a> = Box<dyn FnMut(u64) -> f64 + 'a>;

/// What became of one task, in seconds each time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// Half of the rounds were faster.
    pub median: f64,
    /// A quarter of the rounds were faster.
    pub lower: f64,
    /// A quarter of the rounds were slower.
    pub upper: f64,
}

impl Times {
    fn of(mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        let at = |share: f64| rounds[((rounds.len() - 1) as f64 * share).round() as usize];
        Self { median: at(0.5), lower: at(0.25), upper: at(0.75) }
    }

    /// Half the distance of the quartiles, as a share of the median.
    pub fn spread(self) -> f64 {
        (self.upper - self.lower) / 2.0 / self.median
    }
}

/// Measures `tasks` in turn, `rounds` times, each for about `slice` a turn and at least once.
pub fn side_by_side(tasks: &mut [Task<'_>], rounds: usize, slice: Duration) -> Vec<Times> {
    // The first turn wakes threads and fills caches; it shows how many repetitions fill a slice.
    let repetitions: Vec<u64> = tasks.iter_mut().map(|task| repetitions(task, slice)).collect();
    let mut seconds = vec![Vec::with_capacity(rounds); tasks.len()];
    for _ in 0..rounds {
        for ((task, seconds), &times) in tasks.iter_mut().zip(&mut seconds).zip(&repetitions) {
            seconds.push(task(times) / times as f64);
        }
    }
    seconds.into_iter().map(Times::of).collect()
}

fn repetitions(task: &mut Task<'_>, slice: Duration) -> u64 {
    let slice = slice.as_secs_f64();
    let mut times = 1;
    loop {
        let seconds = task(times);
        if seconds >= slice / 4.0 {
            return ((times as f64 * slice / seconds) as u64).max(1);
        }
        times *= 4;
    }
}

/// Times `action` as a [`Task`].
pub fn task<'a>(mut action: impl FnMut() + 'a) -> Task<'a> {
    Box::new(move |times| {
        let start = Instant::now();
        (0..times).for_each(|_| action());
        start.elapsed().as_secs_f64()
    })
}

/// Steps of training, as [`Trainer::run`] takes them.
///
/// # Errors
/// As [`Trainer::new`].
pub fn steps<'a, T: Real>(
    workload: Workload,
    compute: Compute<'a>,
) -> Result<Task<'a>, Box<dyn std::error::Error>> {
    let network = workload.network()?;
    // Small enough a rate that the numbers stay ordinary for millions of steps on one batch.
    let settings = Settings { learning_rate: Some(1e-4), steps: Some(1 << 50), ..Settings::default() };
    let plan = settings.plan(&network, workload.batch)?;
    let mut trainer = Trainer::<T>::new(&network, plan, compute)?;
    let (x, y) = workload.examples::<T>(workload.batch);
    Ok(Box::new(move |times| {
        let mut stopwatch = Stopwatch { left: times, start: Instant::now(), seconds: f64::NAN };
        let ran = trainer.run(x.view(), y.view(), &mut [&mut stopwatch]);
        if ran.is_err() { f64::NAN } else { stopwatch.seconds }
    }))
}

/// Stops a run after so many steps, and its clock with it: the checks before the first step are not timed.
struct Stopwatch {
    left: u64,
    start: Instant,
    seconds: f64,
}

impl Observer for Stopwatch {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, dnn_train::ObserverError> {
        match event {
            Event::Started { .. } => self.start = Instant::now(),
            Event::Step { .. } => self.left -= 1,
            _ => {}
        }
        if self.left > 0 {
            return Ok(Flow::Continue);
        }
        if self.seconds.is_nan() {
            self.seconds = self.start.elapsed().as_secs_f64();
        }
        Ok(Flow::Stop)
    }
}

/// Predictions of `m` examples.
///
/// # Errors
/// As [`dnn_core::Network::predict`].
pub fn predictions<'a, T: Real>(
    workload: Workload,
    m: usize,
    compute: Compute<'a>,
) -> Result<Task<'a>, Box<dyn std::error::Error>> {
    let network = workload.network()?;
    let parameters = dnn_train::Initialisation::draw::<T>(None, &network, 1);
    let (x, _) = workload.examples::<T>(m);
    network.predict(compute, &parameters, x.view())?;
    Ok(task(move || {
        black_box(network.predict(compute, &parameters, x.view()).ok());
    }))
}

/// Summing `count` numbers on the calling thread: the least that anything which reads them all can take.
pub fn sum<'a, T: Real>(count: usize) -> Task<'a> {
    /// Sums side by side: several of the widest registers.
    const WIDTH: usize = 128;
    let values = vec![T::one(); count];
    task(move || {
        let values = black_box(&values[..]);
        let total = widest(
            #[inline(always)]
            || {
                let (rows, rest) = values.as_chunks::<WIDTH>();
                let mut sums = [T::zero(); WIDTH];
                rows.iter().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += value));
                sums.into_iter().chain(rest.iter().copied()).sum::<T>()
            },
        );
        black_box(total);
    })
}

/// A product `C = A B`, `A: (m, k)`, `B: (k, n)`, of which either can be a transposed view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Rows of C.
    pub m: usize,
    /// Columns of C.
    pub n: usize,
    /// Terms of each sum.
    pub k: usize,
    /// Whether A is stored by rows.
    pub a_transposed: bool,
    /// Whether B is stored by rows.
    pub b_transposed: bool,
}

impl Shape {
    /// A square product of untransposed matrices.
    pub const fn square(n: usize) -> Self {
        Self { m: n, n, k: n, a_transposed: false, b_transposed: false }
    }

    /// Multiplications and additions.
    pub fn operations(self) -> f64 {
        2.0 * self.m as f64 * self.n as f64 * self.k as f64
    }

    /// What the layers of a workload multiply for blocks of `columns` examples, with the formula it belongs to.
    pub fn of(workload: Workload, columns: usize) -> Vec<(String, Self)> {
        let m = workload.batch;
        let layer = |(index, n): (usize, &[usize])| {
            let (inputs, units) = (n[0], n[1]);
            let plain = Self { m: units, n: columns, k: inputs, a_transposed: false, b_transposed: false };
            let back = Self { m: inputs, n: columns, k: units, a_transposed: true, b_transposed: false };
            let gradient = Self { m: units, n: inputs, k: m, a_transposed: false, b_transposed: true };
            let name = |formula: &str| format!("{} layer {} {formula}", workload.name, index + 1);
            [(name("W A"), plain), (name("Wᵀ dZ"), back), (name("dZ Aᵀ"), gradient)]
        };
        let mut shapes: Vec<(String, Self)> = Vec::new();
        for (name, shape) in workload.sizes.windows(2).enumerate().flat_map(layer) {
            if shapes.iter().all(|(_, known)| *known != shape) {
                shapes.push((name, shape));
            }
        }
        shapes
    }
}

/// Products of one shape, over numbers of ordinary size.
pub fn products<'a, T: Real>(backend: &'a dyn Backend, shape: Shape) -> Task<'a> {
    let Shape { m, n, k, a_transposed, b_transposed } = shape;
    let values = |len: usize| (0..len).map(|i| T::of((i % 61) as f64 / 61.0 - 0.5)).collect::<Vec<T>>();
    let (a, b, mut c) = (values(m * k), values(k * n), values(m * n));
    task(move || {
        let view = |values, rows, columns, transposed| match transposed {
            true => Matrix::new(values, columns, rows).t(),
            false => Matrix::new(values, rows, columns),
        };
        let (a, b) = (view(&a, m, k, a_transposed), view(&b, k, n, b_transposed));
        let product = Product::new(a, b, MatrixMut::new(&mut c, m, n)).expect("shapes that agree");
        T::half(backend).compute(product);
        black_box(&mut c);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_measured_in_turn_and_by_their_median() {
        let order = std::cell::RefCell::new(Vec::new());
        let fake = |name: char, seconds: f64| -> Task<'_> {
            let order = &order;
            Box::new(move |times| {
                order.borrow_mut().push(name);
                seconds * times as f64
            })
        };
        let times = side_by_side(&mut [fake('a', 1.0), fake('b', 2.0)], 3, Duration::from_secs(1));
        assert_eq!(order.borrow().iter().collect::<String>(), "abababab");
        assert_eq!((times[0].median, times[1].median, times[1].spread()), (1.0, 2.0, 0.0));
    }

    #[test]
    fn steps_and_predictions_run() {
        let tiny = Workload::named("tiny").unwrap();
        let compute = Compute::serial(&dnn_core::Naive);
        assert!(steps::<f32>(tiny, compute).unwrap()(3) > 0.0);
        assert!(predictions::<f64>(tiny, 2, compute).unwrap()(1) > 0.0);
        assert!(products::<f32>(&dnn_core::Naive, Shape::square(3))(1) > 0.0);
        assert!(sum::<f64>(1000)(1) > 0.0);
    }

    #[test]
    fn each_shape_of_a_workload_is_there_once() {
        let shapes = Shape::of(Workload::named("deep").unwrap(), 64);
        assert_eq!(shapes.len(), 6);
    }
}
