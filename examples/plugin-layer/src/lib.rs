//! A layer of one's own: what comes in, and what a dense layer adds to it.
//!
//! `y = x + tanh z`, `z = W x + b` (K. He et al., arXiv:1512.03385, eq. 1, with one product inside). Backwards:
//! `dz = dy * (1 − tanh² z)`, `dW = 1/m dz xᵀ`, `db = 1/m Σ dz`, `dx = dy + Wᵀ dz`: whatever happens in W, dy goes on
//! as it came.

use std::ops::Range;

use dnn_core::{
    AnyLayer, Batch, Block, Kind, Layer, LayerSpecification, Matrix, MatrixMut, Part, Product, Products,
    Real, Registry, Result,
};
use std::sync::Arc;

/// The name in files.
pub const KIND: &str = "plugin-layer/residual";

/// As many units out as in. Its parameters are W, column by column, then b.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// Features in, and out.
    pub units: usize,
}

impl Residual {
    fn split<'a, T>(&self, parameters: &'a [T]) -> (Matrix<'a, T>, &'a [T]) {
        let (w, b) = parameters.split_at(self.units * self.units);
        (Matrix::new(w, self.units, self.units), b)
    }
}

/// `a · b` for `c`, whose shapes the layer itself has seen to.
fn product<'a, T: Real>(a: Matrix<'a, T>, b: Matrix<'a, T>, c: &'a mut [T]) -> Product<'a, T> {
    let (rows, columns) = (a.rows(), b.columns());
    Product::new(a, b, MatrixMut::new(c, rows, columns)).expect("the shapes are the layer's own")
}

impl<T: Real> Layer<T> for Residual {
    /// Keeps tanh z in `cache`.
    fn forward(
        &self,
        products: &dyn Products<T>,
        parameters: &[T],
        x: Matrix<'_, T>,
        cache: &mut [T],
        y: &mut [T],
    ) {
        let (w, b) = self.split(parameters);
        products.compute(product(w, x, cache));
        for column in cache.chunks_exact_mut(self.units) {
            column.iter_mut().zip(b).for_each(|(z, &b)| *z = (*z + b).tanh());
        }
        y.iter_mut().zip(x.values().iter().zip(&*cache)).for_each(|(y, (&x, &t))| *y = x + t);
    }

    fn backward(
        &self,
        products: &dyn Products<T>,
        parameters: &[T],
        block: Block<'_, T>,
        mut dx: Option<&mut [T]>,
    ) {
        let Block { cache, dy, sums, .. } = block;
        if let Some(dx) = dx.as_deref_mut() {
            dx.copy_from_slice(dy);
        }
        dy.iter_mut().zip(cache).for_each(|(dy, &t)| *dy *= T::one() - t * t);
        sums.fill(T::zero());
        for dz in dy.chunks_exact(self.units) {
            sums.iter_mut().zip(dz).for_each(|(sum, &dz)| *sum += dz);
        }
        if let Some(dx) = dx {
            let (w, _) = self.split(parameters);
            let dz = Matrix::new(dy, self.units, dy.len() / self.units);
            products.compute(product(w.t(), dz, dx).added());
        }
    }

    fn gradient(&self, products: &dyn Products<T>, batch: Batch<'_, T>, _: Range<usize>, gradient: &mut [T]) {
        let (dw, db) = gradient.split_at_mut(self.units * self.units);
        products.compute(product(batch.dy, batch.x.t(), dw).scaled(batch.scale));
        db.fill(T::zero());
        for sums in batch.sums.chunks_exact(self.units) {
            db.iter_mut().zip(sums).for_each(|(db, &sum)| *db += sum);
        }
        db.iter_mut().for_each(|db| *db *= batch.scale);
    }
}

impl AnyLayer for Residual {
    fn inputs(&self) -> usize {
        self.units
    }

    fn outputs(&self) -> usize {
        self.units
    }

    fn parts(&self) -> Vec<Part> {
        let weights = self.units * self.units;
        let part = |name, kind, range, shape| Part { name, kind, range, shape, start: 0.0 };
        vec![
            part("weight", Kind::Weight, 0..weights, (self.units, self.units)),
            part("bias", Kind::Bias, weights..weights + self.units, (self.units, 1)),
        ]
    }

    fn cache_rows(&self) -> usize {
        self.units
    }

    fn sum_count(&self) -> usize {
        self.units
    }

    fn specification(&self) -> LayerSpecification {
        LayerSpecification {
            kind: KIND.into(),
            inputs: self.units,
            outputs: self.units,
            activation: None,
            constants: Default::default(),
        }
    }
}

/// Lets files name the layer.
///
/// # Errors
/// If `registry` has it already.
pub fn register(registry: &mut Registry) -> Result<()> {
    registry.add_layer(KIND, |found, _| {
        found.constants([])?;
        Ok(Arc::new(Residual { units: found.same_size()? }))
    })
}
