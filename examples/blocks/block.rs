//! One layer's two blocks as the course draws them, in the plainest matrices there are.

use ndarray::{Array1, Array2, Axis};

/// W: `(n[l], n[l-1])`, b: `(n[l])`, and which activation follows.
pub(crate) struct Layer {
    pub(crate) w: Array2<f64>,
    pub(crate) b: Array1<f64>,
    pub(crate) g: G,
}

/// The activation, with its derivative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum G {
    Relu,
    Sigmoid,
}

/// What the forward block keeps for the backward block, besides W.
pub(crate) struct Cache {
    /// A\[l-1\]: `(n[l-1], m)`.
    pub(crate) before: Array2<f64>,
    /// Z\[l\]: `(n[l], m)`.
    pub(crate) z: Array2<f64>,
}

/// What the backward block gives.
pub(crate) struct Gradients {
    pub(crate) dz: Array2<f64>,
    pub(crate) dw: Array2<f64>,
    pub(crate) db: Array1<f64>,
    /// dA\[l-1\]: `(n[l-1], m)`.
    pub(crate) before: Array2<f64>,
}

impl Layer {
    /// `Z = W A[l-1] + b`, `A = g(Z)`; gives A and the cache.
    pub(crate) fn forward(&self, before: Array2<f64>) -> (Array2<f64>, Cache) {
        let z = self.w.dot(&before) + self.b.view().insert_axis(Axis(1));
        (z.mapv(|z| self.g.value(z)), Cache { before, z })
    }

    /// The course's four equations: `dZ = dA * g'(Z)`, `dW = 1/m dZ A[l-1]ᵀ`, `db = 1/m Σ dZ`, `dA[l-1] = Wᵀ dZ`.
    pub(crate) fn backward(&self, da: &Array2<f64>, cache: &Cache) -> Gradients {
        let m = da.ncols() as f64;
        let dz = da * cache.z.mapv(|z| self.g.slope(z));
        let dw = dz.dot(&cache.before.t()) / m;
        let db = dz.sum_axis(Axis(1)) / m;
        let before = self.w.t().dot(&dz);
        Gradients { dz, dw, db, before }
    }

    /// `W := W − α dW`, `b := b − α db`.
    pub(crate) fn update(&mut self, rate: f64, gradients: &Gradients) {
        self.w.scaled_add(-rate, &gradients.dw);
        self.b.scaled_add(-rate, &gradients.db);
    }
}

impl G {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Sigmoid => "sigmoid",
        }
    }

    fn value(self, z: f64) -> f64 {
        match self {
            Self::Relu => z.max(0.0),
            Self::Sigmoid => 1.0 / (1.0 + (-z).exp()),
        }
    }

    fn slope(self, z: f64) -> f64 {
        match self {
            Self::Relu => f64::from(u8::from(z > 0.0)),
            Self::Sigmoid => self.value(z) * (1.0 - self.value(z)),
        }
    }
}

/// `J = −1/m Σ (y ln a + (1 − y) ln(1 − a))`.
pub(crate) fn cost(a: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let each = a.iter().zip(y).map(|(a, y)| -(y * a.ln() + (1.0 - y) * (1.0 - a).ln()));
    each.sum::<f64>() / y.len() as f64
}

/// The way back's first gradient, `dA[L] = −Y/A + (1 − Y)/(1 − A)`: both signs, and 1 − y over 1 − a.
pub(crate) fn first_gradient(a: &Array2<f64>, y: &Array2<f64>) -> Array2<f64> {
    -(y / a) + (1.0 - y) / (1.0 - a)
}
