//! The five workloads that every bench and comparison of dnn runs, from a net of 800 parameters to one of ten million.

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Network, Real, Relu, Result, Sigmoid, Softmax};
use ndarray::{Array2, ShapeBuilder};

/// A network and the batch it is trained on: ReLU inside, plain gradient descent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// Its name.
    pub name: &'static str,
    /// Features, then units layer by layer.
    pub sizes: &'static [usize],
    /// Examples in a batch.
    pub batch: usize,
}

/// The workloads.
pub const WORKLOADS: [Workload; 5] = [
    Workload { name: "wide", sizes: &[1024, 2048, 2048, 2048, 10], batch: 512 },
    Workload { name: "fashion", sizes: &[784, 512, 256, 10], batch: 128 },
    Workload { name: "deep", sizes: &DEEP, batch: 64 },
    Workload { name: "cat", sizes: &[12288, 20, 7, 5, 1], batch: 209 },
    Workload { name: "tiny", sizes: &[8, 32, 16, 1], batch: 32 },
];

/// 64 features, 20 layers of 64 units, 10 classes.
const DEEP: [usize; 22] = {
    let mut sizes = [64; 22];
    sizes[21] = 10;
    sizes
};

impl Workload {
    /// The one called `name`.
    pub fn named(name: &str) -> Option<Self> {
        WORKLOADS.into_iter().find(|workload| workload.name == name)
    }

    /// Features of an example.
    pub fn inputs(self) -> usize {
        self.sizes[0]
    }

    /// Units of the last layer: one is trained by binary, more by softmax cross-entropy.
    pub fn outputs(self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }

    /// The network.
    ///
    /// # Errors
    /// As [`dnn_core::Builder::build`]; none for the workloads here.
    pub fn network(self) -> Result<Network> {
        let inside = &self.sizes[1..self.sizes.len() - 1];
        let builder = inside.iter().fold(Network::builder(self.inputs()), |built, &n| built.dense(n, Relu));
        match self.outputs() {
            1 => builder.dense(1, Sigmoid),
            classes => builder.dense(classes, Softmax),
        }
        .build()
    }

    /// Examples, `(n[0], m)`, from the standard normal distribution, and targets, `(n[L], m)`, drawn evenly.
    pub fn examples<T: Real>(self, m: usize) -> (Array2<T>, Array2<T>) {
        let mut stream = Stream::new(Key::new(1, Purpose::Data));
        let x = (0..self.inputs() * m).map(|_| T::of(stream.normal())).collect();
        let mut y = Array2::zeros((self.outputs(), m).f());
        for mut example in y.columns_mut() {
            match example.len() {
                1 => example[0] = T::of(stream.below(2) as f64),
                classes => example[stream.below(classes)] = T::one(),
            }
        }
        (Array2::from_shape_vec((self.inputs(), m).f(), x).expect("n[0] · m numbers"), y)
    }

    /// Multiplications and additions of a step: Σ 6·m·n\[l\]·n\[l-1\], less 2·m·n\[0\]·n\[1\] for dA\[0\], which nobody
    /// computes.
    pub fn step_operations(self) -> f64 {
        3.0 * self.predict_operations(self.batch) - 2.0 * (self.batch * self.sizes[0] * self.sizes[1]) as f64
    }

    /// Multiplications and additions of a prediction: Σ 2·m·n\[l\]·n\[l-1\].
    pub fn predict_operations(self, m: usize) -> f64 {
        self.sizes.windows(2).map(|n| 2.0 * (m * n[0] * n[1]) as f64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_networks_are_those_of_the_table() {
        let print = |name| Workload::named(name).unwrap().network().unwrap().to_string();
        assert_eq!(print("fashion"), "784-512-256-10, relu inside, softmax last");
        assert_eq!(
            print("deep"),
            "64-(64×21)-10, relu inside, softmax last".replace("64-(64×21)", "64-(64×20)")
        );
        assert_eq!(Workload::named("tiny").unwrap().step_operations(), 134_144.0);
        assert_eq!(Workload::named("nothing"), None);
    }

    #[test]
    fn every_example_has_one_class() {
        let (x, y) = Workload::named("fashion").unwrap().examples::<f32>(5);
        assert_eq!((x.dim(), y.dim()), ((784, 5), (10, 5)));
        assert!(y.columns().into_iter().all(|example| example.sum() == 1.0));
    }
}
