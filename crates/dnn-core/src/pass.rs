//! The two passes, and the step that joins them with a cost and an update.
//!
//! Examples are independent until dW, so a step has two meeting points: each task takes a block of columns through the
//! whole forward pass and back down to every dZ; all meet; then each task takes a block of one layer's parameters,
//! computes its gradient over the whole batch, and updates those very parameters at once. An update that must have seen
//! the whole gradient first takes the step in two, `cost_gradient` and `update`, and so a third meeting point. Blocks are
//! cut by shape alone and each product runs on one thread, so the number of threads cannot change a bit.
//!
//! The `unsafe` here takes blocks of the workspace under the invariant of `buffer.rs`: the tasks of the first half take
//! different columns of each buffer, those of the second different ranges of the gradient, the parameters and the state,
//! and only read the rest.
#![allow(unsafe_code)]

use std::ops::Range;

use ndarray::{Array2, ArrayView2, CowArray, ShapeBuilder};

use crate::buffer::{Blocks, State, share, share_blocks};
use crate::layer::{Batch, Block, Draws};
use crate::matrix::{Matrix, column_major, examples};
use crate::network::GradientTask;
use crate::product::Products;
use crate::workspace::Workspace;
use crate::{Compute, Error, Network, Pool, Real, Result, Serial};

/// Operations below which a pass is over before a second thread has begun.
const WORTH_SHARING: usize = 1 << 22;

/// A cost as a step calls it, for a block: the columns it covers, A\[L\] of these `(n[L], m)`, and where dA\[L\] goes, of
/// the same shape and without the 1/m. Returns the sum of the examples' costs.
pub type BlockCost<'a, T> = dyn Fn(Range<usize>, &[T], &mut [T]) -> f64 + Sync + 'a;

/// An update as a step calls it, for a block: its place in the flat vector, the parameters there, their gradient, which it
/// may change first, and the block's part of the state. The blocks are those of [`crate::AnyLayer::parameter_blocks`].
pub type BlockUpdate<'a, T> = dyn Fn(Range<usize>, &mut [T], &mut [T], State<'_, T>) + Sync + 'a;

/// What [`Network::cost_gradient`] calls for each block of the gradient: its place in the flat vector, the parameters
/// there, and their gradient, to be looked at or changed.
pub type BlockGradient<'a, T> = dyn Fn(Range<usize>, &[T], &mut [T]) + Sync + 'a;

impl Network {
    /// The forward pass, `Z[l] = W[l] A[l-1] + b[l]`, `A[l] = g[l](Z[l])`, keeping in `workspace` what
    /// [`backward`](Self::backward) needs. `x: (n[0], m)`, stored column by column. Returns A\[L\]: `(n[L], m)`.
    ///
    /// # Errors
    /// [`Error::Shape`], [`Error::Order`], [`Error::Length`] or [`Error::EmptyBatch`], naming what does not fit.
    pub fn forward<'w, T: Real>(
        &self,
        compute: Compute<'_>,
        parameters: &[T],
        x: ArrayView2<'_, T>,
        workspace: &'w mut Workspace<T>,
    ) -> Result<ArrayView2<'w, T>> {
        let x = self.check(parameters, x, workspace)?;
        let pass =
            Pass { network: self, products: T::half(compute.backend), parameters, x, space: workspace };
        share(self.pool(compute, x.columns()), workspace.blocks(), &|block| {
            pass.forward(pass.columns(block))
        });
        Ok(workspace.output(self.layers().len()))
    }

    /// The backward pass from `output_gradient` = dA\[L\], `(n[L], m)`, right after [`forward`](Self::forward) with the
    /// same `parameters` and `x`. The gradient of all parameters, averaged over the batch, goes to `gradient`.
    ///
    /// # Errors
    /// As for [`forward`](Self::forward).
    pub fn backward<T: Real>(
        &self,
        compute: Compute<'_>,
        parameters: &[T],
        x: ArrayView2<'_, T>,
        workspace: &mut Workspace<T>,
        output_gradient: ArrayView2<'_, T>,
        gradient: &mut [T],
    ) -> Result<()> {
        let forward_examples = workspace.examples;
        let x = self.check(parameters, x, workspace)?;
        let da = examples(output_gradient, "dA[L]")?;
        let expected = (self.outputs(), forward_examples);
        if (da.rows(), da.columns()) != expected || x.columns() != forward_examples {
            return Err(Error::Shape {
                name: "dA[L]",
                found_rows: da.rows(),
                found_columns: da.columns(),
                expected: format!("the forward pass gave A[L] of {} × {}", expected.0, expected.1),
                remedy: "pass the gradient of that A[L], and the x of that forward pass".into(),
            });
        }
        check_length("the gradient", gradient.len(), self.parameter_count())?;
        let pool = self.pool(compute, x.columns());
        let products = T::half(compute.backend);
        let pass = Pass { network: self, products, parameters, x, space: workspace };
        share(pool, workspace.blocks(), &|block| {
            let columns = pass.columns(block);
            let start = columns.start * da.rows()..columns.end * da.rows();
            // SAFETY: this block's columns of the last dy; no other block has them.
            unsafe { pass.last().dy.take(start.clone()) }.copy_from_slice(&da.values()[start]);
            pass.backward(block, columns);
        });
        let gradient = Blocks::new(gradient);
        share(pool, self.gradient_tasks().len(), &|number| {
            let task = &self.gradient_tasks()[number];
            // SAFETY: this task's parameters; no other task has them.
            let block = unsafe { gradient.take(self.place(task)) };
            self.gradient(products, x, workspace, task, block);
        });
        Ok(())
    }

    /// One step of training: forward, cost, backward, update. Returns the mean cost over the batch, before the update.
    ///
    /// `x: (n[0], m)`, stored column by column; `state` is any number of vectors as long as `parameters`, one after
    /// another. Nothing is allocated. If the cost is not finite, parameters and state are left as they are.
    ///
    /// # Errors
    /// As for [`forward`](Self::forward); [`Error::Length`] if `state` is not a multiple of the parameters.
    #[allow(clippy::too_many_arguments)] // a step has this many sides, and a struct would only rename them
    pub fn step<T: Real>(
        &self,
        compute: Compute<'_>,
        parameters: &mut [T],
        state: &mut [T],
        x: ArrayView2<'_, T>,
        workspace: &mut Workspace<T>,
        cost: &BlockCost<'_, T>,
        update: &BlockUpdate<'_, T>,
    ) -> Result<f64> {
        let x = self.check(parameters, x, workspace)?;
        let count = self.parameter_count();
        check_length("the optimizer's state", state.len(), state.len().next_multiple_of(count.max(1)))?;
        let mean = self.batch_cost(compute, parameters, x, workspace, cost);
        if !mean.is_finite() {
            return Ok(mean);
        }
        let (pool, products) = (self.pool(compute, x.columns()), T::half(compute.backend));
        let (parameters, state) = (Blocks::new(parameters), Blocks::new(state));
        share(pool, self.gradient_tasks().len(), &|number| {
            let task = &self.gradient_tasks()[number];
            let place = self.place(task);
            // SAFETY: this task's parameters, their gradient and their state; no other task has them.
            let (block, gradient, state) = unsafe {
                let gradient = workspace.gradient.take(place.clone());
                (parameters.take(place.clone()), gradient, State::new(&state, count, place.clone()))
            };
            self.gradient(products, x, workspace, task, gradient);
            update(place, block, gradient, state);
        });
        Ok(mean)
    }

    /// The first two meetings of a step whose update needs the whole gradient: forward, cost, backward. Returns the mean
    /// cost over the batch; if it is finite, the gradient stands in [`Workspace::gradient`], each block as `finish` left
    /// it. Nothing is allocated.
    ///
    /// # Errors
    /// As for [`forward`](Self::forward).
    pub fn cost_gradient<T: Real>(
        &self,
        compute: Compute<'_>,
        parameters: &[T],
        x: ArrayView2<'_, T>,
        workspace: &mut Workspace<T>,
        cost: &BlockCost<'_, T>,
        finish: &BlockGradient<'_, T>,
    ) -> Result<f64> {
        let x = self.check(parameters, x, workspace)?;
        let mean = self.batch_cost(compute, parameters, x, workspace, cost);
        if !mean.is_finite() {
            return Ok(mean);
        }
        let (pool, products) = (self.pool(compute, x.columns()), T::half(compute.backend));
        share(pool, self.gradient_tasks().len(), &|number| {
            let task = &self.gradient_tasks()[number];
            let place = self.place(task);
            // SAFETY: this task's part of the gradient; no other task has it.
            let gradient = unsafe { workspace.gradient.take(place.clone()) };
            self.gradient(products, x, workspace, task, gradient);
            finish(place.clone(), &parameters[place], gradient);
        });
        Ok(mean)
    }

    /// The third meeting: updates every block of parameters by the gradient that [`cost_gradient`](Self::cost_gradient)
    /// left in `workspace`. Nothing is allocated.
    ///
    /// # Errors
    /// [`Error::Length`] if parameters, state or workspace do not belong to this network.
    pub fn update<T: Real>(
        &self,
        compute: Compute<'_>,
        parameters: &mut [T],
        state: &mut [T],
        workspace: &mut Workspace<T>,
        update: &BlockUpdate<'_, T>,
    ) -> Result<()> {
        let count = self.parameter_count();
        check_length("the parameters", parameters.len(), count)?;
        check_length("the workspace's gradient", workspace.gradient.len(), count)?;
        check_length("the optimizer's state", state.len(), state.len().next_multiple_of(count.max(1)))?;
        let workspace = &*workspace;
        let (parameters, state) = (Blocks::new(parameters), Blocks::new(state));
        share(self.pool(compute, workspace.examples), self.gradient_tasks().len(), &|number| {
            let place = self.place(&self.gradient_tasks()[number]);
            // SAFETY: this task's parameters, their gradient and their state; no other task has them.
            let (block, gradient, state) = unsafe {
                let gradient = workspace.gradient.take(place.clone());
                (parameters.take(place.clone()), gradient, State::new(&state, count, place.clone()))
            };
            update(place, block, gradient, state);
        });
        Ok(())
    }

    /// A\[L\] for `x: (n[0], m)`, stored in any order: `(n[L], m)`, column by column. Keeps no caches.
    ///
    /// # Errors
    /// [`Error::Shape`] or [`Error::Length`], naming what does not fit.
    pub fn predict<T: Real>(
        &self,
        compute: Compute<'_>,
        parameters: &[T],
        x: ArrayView2<'_, T>,
    ) -> Result<Array2<T>> {
        check_length("the parameters", parameters.len(), self.parameter_count())?;
        let x = if x.t().is_standard_layout() { CowArray::from(x) } else { CowArray::from(column_major(&x)) };
        let x = examples(x.view(), "x")?;
        self.check_features(&x)?;
        let outputs = self.outputs();
        let mut y = vec![T::zero(); outputs * x.columns()];
        let products = T::half(compute.backend);
        if x.columns() == 1 {
            self.predict_block(products, compute.pool, parameters, x, &mut y);
        } else {
            share_blocks(self.pool(compute, x.columns()), &mut y, PREDICT_WIDTH * outputs, &|place, y| {
                let columns = place.start / outputs..place.end / outputs;
                self.predict_block(products, &Serial, parameters, x.columns_range(columns), y);
            });
        }
        Ok(Array2::from_shape_vec((outputs, x.columns()).f(), y).expect("n[L] · m numbers"))
    }

    /// A block of columns through all layers; a single one may be shared on `pool`.
    fn predict_block<T: Real>(
        &self,
        products: &dyn Products<T>,
        pool: &dyn Pool,
        parameters: &[T],
        x: Matrix<'_, T>,
        y: &mut [T],
    ) {
        let columns = x.columns();
        let rows =
            |of: fn(&dyn crate::AnyLayer) -> usize| self.layers().iter().map(|l| of(&**l)).max().unwrap_or(0);
        let mut cache = vec![T::zero(); rows(|layer| layer.cache_rows()) * columns];
        let mut from = vec![T::zero(); rows(|layer| layer.outputs()) * columns];
        let mut to = from.clone();
        for (index, layer) in self.layers().iter().enumerate() {
            let x = if index == 0 {
                x
            } else {
                Matrix::new(&from[..layer.inputs() * columns], layer.inputs(), columns)
            };
            let y =
                if index + 1 == self.layers().len() { &mut *y } else { &mut to[..layer.outputs() * columns] };
            let cache = &mut cache[..layer.cache_rows() * columns];
            let (layer, parameters) = (T::half(&**layer), &parameters[self.layer_range(index + 1)]);
            match columns {
                1 => layer.forward_alone(products, pool, parameters, x, cache, y),
                _ => layer.forward(products, parameters, x, cache, y),
            }
            std::mem::swap(&mut from, &mut to);
        }
    }

    /// The first half of a step: each block of columns forward, through the cost, and back. The mean cost over the batch.
    fn batch_cost<T: Real>(
        &self,
        compute: Compute<'_>,
        parameters: &[T],
        x: Matrix<'_, T>,
        workspace: &Workspace<T>,
        cost: &BlockCost<'_, T>,
    ) -> f64 {
        let products = T::half(compute.backend);
        let pass = Pass { network: self, products, parameters, x, space: workspace };
        share(self.pool(compute, x.columns()), workspace.blocks(), &|block| {
            let columns = pass.columns(block);
            pass.forward(columns.clone());
            pass.cost(block, columns.clone(), cost);
            pass.backward(block, columns);
        });
        let total: f64 = workspace.costs.values(workspace.blocks()).iter().sum();
        total / x.columns() as f64
    }

    /// A block of one layer's gradient over the whole batch, when every block of columns is back.
    fn gradient<T: Real>(
        &self,
        products: &dyn Products<T>,
        x: Matrix<'_, T>,
        space: &Workspace<T>,
        task: &GradientTask,
        gradient: &mut [T],
    ) {
        let layer = &space.layers[task.layer];
        let m = x.columns();
        // SAFETY: the first half of the step is over, and this one writes neither A, nor dZ, nor their sums.
        let (before, dy, sums) = unsafe {
            let before =
                task.layer.checked_sub(1).map(|index| space.layers[index].y.read(0..layer.inputs * m));
            let dy = layer.dy.read(0..layer.outputs * m);
            (before, dy, layer.sums.read(0..layer.sum_count * space.blocks()))
        };
        let x = before.map_or(x, |a| Matrix::new(a, layer.inputs, m));
        let dy = Matrix::new(dy, layer.outputs, m);
        let batch = Batch { x, dy, sums, scale: T::one() / T::of(m as f64) };
        T::half(&*self.layers()[task.layer]).gradient(products, batch, task.range.clone(), gradient);
    }

    /// Where a gradient task's parameters stand in the flat vector.
    fn place(&self, task: &GradientTask) -> Range<usize> {
        let start = self.layer_range(task.layer + 1).start;
        start + task.range.start..start + task.range.end
    }

    /// The pool, or none where the work is over before a second thread has begun. Blocks are the same either way.
    fn pool<'a>(&self, compute: Compute<'a>, m: usize) -> &'a dyn Pool {
        let worth = self.step_operations().saturating_mul(m) >= WORTH_SHARING;
        if worth { compute.pool } else { &Serial }
    }

    fn check<'a, T: Real>(
        &self,
        parameters: &[T],
        x: ArrayView2<'a, T>,
        workspace: &mut Workspace<T>,
    ) -> Result<Matrix<'a, T>> {
        check_length("the parameters", parameters.len(), self.parameter_count())?;
        let x = examples(x, "x")?;
        self.check_features(&x)?;
        if x.columns() == 0 {
            return Err(Error::EmptyBatch);
        }
        if !workspace.fits(self) || x.columns() > workspace.capacity() {
            return Err(Error::Shape {
                name: "x",
                found_rows: x.rows(),
                found_columns: x.columns(),
                expected: format!("the workspace holds {} examples of its own network", workspace.capacity()),
                remedy: "pass fewer examples, or make the workspace with `network.workspace(examples)`"
                    .into(),
            });
        }
        workspace.examples = x.columns();
        Ok(x)
    }

    fn check_features<T: Real>(&self, x: &Matrix<'_, T>) -> Result<()> {
        if x.rows() == self.inputs() {
            return Ok(());
        }
        Err(Error::Shape {
            name: "x",
            found_rows: x.rows(),
            found_columns: x.columns(),
            expected: format!("the network takes {} features, one example a column", self.inputs()),
            remedy: format!("pass a matrix of {} rows", self.inputs()),
        })
    }
}

/// Examples that a prediction takes through the layers together.
const PREDICT_WIDTH: usize = 256;

/// What all blocks of columns of a pass share.
struct Pass<'a, T> {
    network: &'a Network,
    products: &'a dyn Products<T>,
    parameters: &'a [T],
    x: Matrix<'a, T>,
    space: &'a Workspace<T>,
}

impl<T: Real> Pass<'_, T> {
    fn columns(&self, block: usize) -> Range<usize> {
        block * self.space.width..((block + 1) * self.space.width).min(self.x.columns())
    }

    fn last(&self) -> &crate::workspace::LayerSpace<T> {
        &self.space.layers[self.space.layers.len() - 1]
    }

    /// What goes into layer `index` for a block of columns: x, or the output of the layer before.
    fn input(&self, index: usize, columns: &Range<usize>) -> Matrix<'_, T> {
        let Some(before) = index.checked_sub(1) else { return self.x.columns_range(columns.clone()) };
        let space = &self.space.layers[before];
        // SAFETY: this block's columns of A[l-1], which only this task writes, and not while it reads them.
        let values = unsafe { space.y.read(columns.start * space.outputs..columns.end * space.outputs) };
        Matrix::new(values, space.outputs, columns.len())
    }

    fn forward(&self, columns: Range<usize>) {
        for (index, layer) in self.network.layers().iter().enumerate() {
            let space = &self.space.layers[index];
            let of = |rows: usize| columns.start * rows..columns.end * rows;
            // SAFETY: this block's columns of this layer's buffers; no other block has them.
            let (cache, y) =
                unsafe { (space.cache.take(of(space.cache_rows)), space.y.take(of(space.outputs))) };
            let parameters = &self.parameters[self.network.layer_range(index + 1)];
            let (layer, x) = (T::half(&**layer), self.input(index, &columns));
            match self.space.key {
                None => layer.forward(self.products, parameters, x, cache, y),
                Some(key) => {
                    let draws = Draws { key: key.layer(index as u32), first: columns.start };
                    layer.forward_training(self.products, parameters, x, cache, y, draws);
                }
            }
        }
    }

    fn cost(&self, block: usize, columns: Range<usize>, cost: &BlockCost<'_, T>) {
        let last = self.last();
        let of = columns.start * last.outputs..columns.end * last.outputs;
        // SAFETY: this block's columns of A[L] and dA[L], and its own cost; no other block has them.
        let (y, dy, sum) =
            unsafe { (last.y.read(of.clone()), last.dy.take(of), self.space.costs.take(block..block + 1)) };
        sum[0] = cost(columns, y, dy);
    }

    fn backward(&self, block: usize, columns: Range<usize>) {
        for (index, layer) in self.network.layers().iter().enumerate().rev() {
            let space = &self.space.layers[index];
            let of = |rows: usize| columns.start * rows..columns.end * rows;
            // SAFETY: this block's columns of this layer's buffers and of the gradient below, and its own sums; no other
            // block has them, and what is read here is not written meanwhile.
            let (way_back, dx) = unsafe {
                let dx = match index.checked_sub(1) {
                    Some(before) => Some(self.space.layers[before].dy.take(of(space.inputs))),
                    None if self.space.input_gradient.len() == 0 => None,
                    None => Some(self.space.input_gradient.take(of(space.inputs))),
                };
                let way_back = Block {
                    x: self.input(index, &columns),
                    cache: space.cache.read(of(space.cache_rows)),
                    y: space.y.read(of(space.outputs)),
                    dy: space.dy.take(of(space.outputs)),
                    sums: space.sums.take(block * space.sum_count..(block + 1) * space.sum_count),
                };
                (way_back, dx)
            };
            let parameters = &self.parameters[self.network.layer_range(index + 1)];
            T::half(&**layer).backward(self.products, parameters, way_back, dx);
        }
    }
}

fn check_length(name: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Length { name, found, expected, remedy: "make it as `network.parameter_count()` says" })
}
