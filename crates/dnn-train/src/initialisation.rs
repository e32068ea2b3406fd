//! Starting values of the weights.
//!
//! Biases start at zero and other parts at the value their layer names. Weights are drawn in f64 from a stream of their
//! own for each layer, so f32 and f64 start from the same numbers but for rounding.

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Kind, Network, NetworkPart, Real};
use serde::{Deserialize, Serialize};

/// How weights start. `n_in` and `n_out` are the columns and rows of W.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Initialisation {
    /// All zero: every unit of a layer stays the same as the others, as the lesson on symmetry shows.
    Zeros,
    /// Normal with this standard deviation; the course uses 0.01.
    Normal {
        /// Standard deviation.
        scale: f64,
    },
    /// Normal with variance 2 / (n_in + n_out) (X. Glorot and Y. Bengio, 2010, eq. 12 with a normal distribution).
    Xavier,
    /// Normal with variance 2 / n_in (K. He et al., arXiv:1502.01852, eq. 10).
    He,
    /// Normal with variance 1 / n_in (Y. LeCun et al., "Efficient BackProp", 1998).
    LeCun,
    /// Orthonormal rows or columns, whichever are fewer (A. M. Saxe et al., arXiv:1312.6120).
    Orthogonal,
}

impl Initialisation {
    /// A flat vector of starting parameters for `network`; `None` takes what suits each layer's activation.
    ///
    /// ```
    /// use dnn_core::{Network, Relu, Sigmoid};
    /// use dnn_train::Initialisation;
    ///
    /// let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
    /// let parameters = Initialisation::draw::<f32>(None, &network, 7);
    /// assert_eq!(parameters, Initialisation::draw::<f32>(None, &network, 7));
    /// assert_eq!(parameters[6..9], [0.0; 3]);                                     // the first layer's b
    /// # Ok::<(), dnn_core::Error>(())
    /// ```
    pub fn draw<T: Real>(choice: Option<Self>, network: &Network, seed: u64) -> Vec<T> {
        Start::All(choice).draw(network, seed)
    }

    /// W of `rows` = n_out and `columns` = n_in, column by column.
    fn weights(self, rows: usize, columns: usize, mut stream: Stream) -> Vec<f64> {
        let scale = match self {
            Self::Zeros => 0.0,
            Self::Normal { scale } => scale,
            Self::Xavier => (2.0 / (rows + columns) as f64).sqrt(),
            Self::He => (2.0 / columns as f64).sqrt(),
            Self::LeCun => (1.0 / columns as f64).sqrt(),
            Self::Orthogonal => 1.0,
        };
        let mut weights: Vec<f64> = (0..rows * columns).map(|_| scale * stream.normal()).collect();
        if self == Self::Orthogonal {
            if rows >= columns {
                orthonormalise(&mut weights, rows);
            } else {
                let mut turned: Vec<f64> =
                    (0..rows * columns).map(|at| weights[at / columns + at % columns * rows]).collect();
                orthonormalise(&mut turned, columns);
                (0..rows * columns).for_each(|at| weights[at / columns + at % columns * rows] = turned[at]);
            }
        }
        weights
    }

    pub(crate) fn faults(self) -> Option<String> {
        match self {
            Self::Normal { scale } if !(scale.is_finite() && scale >= 0.0) => {
                Some(format!("the scale of normal weights is {scale}, but must be 0 or more: 0.01 is usual"))
            }
            _ => None,
        }
    }
}

/// How the weights of each layer start.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Start {
    /// All in the same way, or each as suits its activation.
    All(Option<Initialisation>),
    /// Those of the layers with weights, in order.
    Each(Vec<Initialisation>),
}

impl Start {
    /// A flat vector of starting parameters for `network`.
    pub(crate) fn draw<T: Real>(&self, network: &Network, seed: u64) -> Vec<T> {
        let mut parameters = network.starting_parameters::<T>();
        for (place, placed) in weights(network).into_iter().enumerate() {
            let layer = u32::try_from(placed.layer - 1).expect("fewer layers than 2³²");
            let stream = Stream::new(Key::new(seed, Purpose::Initialisation).layer(layer));
            let (rows, columns) = placed.part.shape;
            let suited = || {
                let activation = network.layers()[placed.layer - 1].activation();
                let variance = activation.map(|activation| activation.weight_variance(columns, rows));
                variance.map_or(Initialisation::Xavier, |variance| Initialisation::Normal {
                    scale: variance.sqrt(),
                })
            };
            let choice = match self {
                Self::All(choice) => choice.unwrap_or_else(suited),
                Self::Each(choices) => choices[place],
            };
            let drawn = choice.weights(rows, columns, stream);
            parameters[placed.part.range].iter_mut().zip(drawn).for_each(|(p, w)| *p = T::of(w));
        }
        parameters
    }

    /// What is wrong with it for `network`.
    pub(crate) fn faults(&self, network: &Network) -> Vec<String> {
        let choices = match self {
            Self::All(choice) => return choice.and_then(Initialisation::faults).into_iter().collect(),
            Self::Each(choices) => choices,
        };
        let (found, expected) = (choices.len(), weights(network).len());
        let number = (found != expected).then(|| {
            format!("layer_initialisation has {found} entries, but {expected} layers have weights: give one for each")
        });
        choices.iter().filter_map(|choice| choice.faults()).chain(number).collect()
    }
}

/// The weights of a network, in order.
fn weights(network: &Network) -> Vec<NetworkPart> {
    network.parts().into_iter().filter(|placed| placed.part.kind == Kind::Weight).collect()
}

/// Makes the columns of a tall matrix orthonormal: Gram and Schmidt, each column twice, which is enough for full
/// precision (L. Giraud et al., 2005). Random normal columns are never dependent.
fn orthonormalise(matrix: &mut [f64], rows: usize) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for at in (0..matrix.len()).step_by(rows) {
        let (done, rest) = matrix.split_at_mut(at);
        let column = &mut rest[..rows];
        for before in done.chunks_exact(rows).chain(done.chunks_exact(rows)) {
            let along = dot(column, before);
            column.iter_mut().zip(before).for_each(|(c, b)| *c -= along * b);
        }
        let length = dot(column, column).sqrt();
        column.iter_mut().for_each(|c| *c /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::{Relu, Sigmoid};

    fn variance(weights: &[f64]) -> f64 {
        weights.iter().map(|w| w * w).sum::<f64>() / weights.len() as f64
    }

    #[test]
    fn weights_have_the_variance_their_paper_names() {
        let network = Network::builder(400).dense(100, Relu).dense(1, Sigmoid).build().unwrap();
        let first = network.parts()[0].part.range.clone();
        let expected = [
            (Initialisation::Normal { scale: 0.01 }, 1e-4),
            (Initialisation::Xavier, 2.0 / 500.0),
            (Initialisation::He, 2.0 / 400.0),
            (Initialisation::LeCun, 1.0 / 400.0),
            (Initialisation::Orthogonal, 1.0 / 400.0),
            (Initialisation::Zeros, 0.0),
        ];
        for (choice, expected) in expected {
            let found = variance(&Initialisation::draw::<f64>(Some(choice), &network, 1)[first.clone()]);
            // Four standard errors of a variance from 40,000 draws: 4·√(2/40000) = 2.8 %.
            assert!((found - expected).abs() <= 0.028 * expected, "{choice:?}: {found}, not {expected}");
        }
        let suited = Initialisation::draw::<f64>(None, &network, 1);
        assert_eq!(
            suited[first.clone()],
            Initialisation::draw::<f64>(Some(Initialisation::He), &network, 1)[first]
        );
    }

    #[test]
    fn a_list_chooses_for_each_layer_with_weights() {
        let network =
            Network::builder(4).dense(3, Relu).layer_normalisation().dense(2, Sigmoid).build().unwrap();
        let (he, zeros) = (Initialisation::He, Initialisation::Zeros);
        let drawn = Start::Each(vec![he, zeros]).draw::<f64>(&network, 1);
        assert_eq!(drawn[..12], Initialisation::draw::<f64>(Some(he), &network, 1)[..12]);
        assert_eq!(drawn[12..], Initialisation::draw::<f64>(Some(zeros), &network, 1)[12..]);
        let wrong = Start::Each(vec![he, Initialisation::Normal { scale: -1.0 }, zeros]).faults(&network);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(
            wrong[1].starts_with("layer_initialisation has 3 entries, but 2 layers have weights"),
            "{wrong:?}"
        );
    }

    #[test]
    fn orthogonal_weights_are_orthonormal_either_way() {
        for (rows, columns) in [(7, 3), (3, 7), (5, 5)] {
            let key = Key::new(1, Purpose::Initialisation);
            let w = Initialisation::Orthogonal.weights(rows, columns, Stream::new(key));
            let w = ndarray::Array2::from_shape_vec((columns, rows), w).unwrap().reversed_axes();
            let gram = if rows >= columns { w.t().dot(&w) } else { w.dot(&w.t()) };
            let error = &gram - &ndarray::Array2::<f64>::eye(rows.min(columns));
            assert!(error.iter().all(|e| e.abs() < 1e-14), "{rows} × {columns}: {gram}");
        }
    }
}
