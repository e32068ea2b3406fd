//! candle on its own products: `candle-worker FOLDER`, on as many threads as RAYON_NUM_THREADS says.

use candle_core::{Device, Tensor, Var};
use candle_nn::{Linear, Module, Optimizer, SGD, loss, ops};
use worker::{Answer, Layer, Rival, Workload};

fn main() -> Answer<()> {
    worker::serve(concat!("candle ", env!("CARGO_PKG_VERSION")), Job::new)
}

struct Job {
    workload: Workload,
    layers: Vec<Linear>,
    optimizer: SGD,
    x: Tensor,
    y: Tensor,
}

impl Job {
    fn new(workload: Workload) -> Answer<Self> {
        let variables = workload.layers.iter().map(variables).collect::<Answer<Vec<_>>>()?;
        let linear = |[w, b]: &[Var; 2]| Linear::new(w.as_tensor().clone(), Some(b.as_tensor().clone()));
        let y = match workload.binary() {
            true => Tensor::from_slice(&workload.y, (workload.batch, 1), &Device::Cpu)?,
            false => Tensor::new(workload.classes(), &Device::Cpu)?,
        };
        Ok(Self {
            layers: variables.iter().map(linear).collect(),
            optimizer: SGD::new(variables.concat(), workload.learning_rate)?,
            x: Tensor::from_slice(&workload.x, (workload.batch, workload.features()), &Device::Cpu)?,
            y,
            workload,
        })
    }

    fn scores(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let last = self.layers.len() - 1;
        let inside = self.layers[..last].iter().try_fold(x.clone(), |x, layer| layer.forward(&x)?.relu())?;
        self.layers[last].forward(&inside)
    }

    fn one_step(&mut self) -> Answer<f64> {
        let scores = self.scores(&self.x)?;
        let cost = match self.workload.binary() {
            true => loss::binary_cross_entropy_with_logit(&scores, &self.y)?,
            false => loss::cross_entropy(&scores, &self.y)?,
        };
        self.optimizer.backward_step(&cost)?;
        Ok(cost.to_scalar::<f32>()?.into())
    }
}

/// W and b of a layer, to be trained.
fn variables(layer: &Layer) -> Answer<[Var; 2]> {
    let w = Tensor::from_slice(&layer.w, (layer.units, layer.inputs), &Device::Cpu)?;
    let b = Tensor::from_slice(&layer.b, layer.units, &Device::Cpu)?;
    Ok([Var::from_tensor(&w)?, Var::from_tensor(&b)?])
}

impl Rival for Job {
    fn costs(&mut self, steps: u64) -> Answer<Vec<f64>> {
        (0..steps).map(|_| self.one_step()).collect()
    }

    fn step(&mut self, times: u64) -> Answer<f64> {
        worker::seconds(times, || self.one_step())
    }

    fn predict(&mut self, examples: usize, times: u64) -> Answer<f64> {
        // Over parameters that are no variables, candle keeps no graph.
        let detached =
            |layer: &Linear| Linear::new(layer.weight().detach(), layer.bias().map(Tensor::detach));
        let layers = self.layers.iter().map(detached).collect();
        let trained = std::mem::replace(&mut self.layers, layers);
        let x = Tensor::from_vec(
            self.workload.examples(examples),
            (examples, self.workload.features()),
            &Device::Cpu,
        )?;
        let link = if self.workload.binary() { ops::sigmoid } else { ops::softmax_last_dim };
        let took = worker::seconds(times, || Ok(link(&self.scores(&x)?)?));
        self.layers = trained;
        took
    }
}
