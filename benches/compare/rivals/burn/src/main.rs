//! burn on its `flex` back end: `burn-worker FOLDER`, on as many threads as RAYON_NUM_THREADS says.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::nn::loss::{
    BinaryCrossEntropyLoss, BinaryCrossEntropyLossConfig, CrossEntropyLoss, CrossEntropyLossConfig,
};
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::activation::{relu, sigmoid, softmax};
use burn::tensor::{Device, Int, Tensor, TensorData};
use worker::{Answer, Layer, Rival, Workload};

fn main() -> Answer<()> {
    worker::serve(concat!("burn ", env!("CARGO_PKG_VERSION"), ", flex"), Job::new)
}

#[derive(Module, Debug)]
struct Net {
    layers: Vec<Linear>,
}

impl Net {
    fn new(layers: &[Layer], device: &Device) -> Self {
        let linear = |layer: &Layer| {
            let w = TensorData::new(layer.w_transposed(), [layer.inputs, layer.units]);
            let b = TensorData::new(layer.b.clone(), [layer.units]);
            Linear { weight: Param::from_data(w, device), bias: Some(Param::from_data(b, device)) }
        };
        Self { layers: layers.iter().map(linear).collect() }
    }

    fn scores(&self, x: Tensor<2>) -> Tensor<2> {
        let last = self.layers.len() - 1;
        let inside = self.layers[..last].iter().fold(x, |x, layer| relu(layer.forward(x)));
        self.layers[last].forward(inside)
    }
}

enum Cost {
    Binary(BinaryCrossEntropyLoss, Tensor<2, Int>),
    Classes(CrossEntropyLoss, Tensor<1, Int>),
}

impl Cost {
    fn new(workload: &Workload, device: &Device) -> Self {
        let classes = Tensor::<1, Int>::from_data(TensorData::from(&workload.classes()[..]), device);
        if workload.binary() {
            let loss = BinaryCrossEntropyLossConfig::new().with_logits(true).init(device);
            Self::Binary(loss, classes.reshape([workload.batch, 1]))
        } else {
            Self::Classes(CrossEntropyLossConfig::new().init(device), classes)
        }
    }

    fn of(&self, scores: Tensor<2>) -> Tensor<1> {
        match self {
            Self::Binary(loss, y) => loss.forward(scores, y.clone()),
            Self::Classes(loss, y) => loss.forward(scores, y.clone()),
        }
    }
}

struct Job {
    workload: Workload,
    /// `None` only within a step, which takes the net and gives it back.
    net: Option<Net>,
    optimizer: ModuleOptimizer,
    cost: Cost,
    x: Tensor<2>,
}

impl Job {
    fn new(workload: Workload) -> Answer<Self> {
        let device = Device::flex().autodiff();
        let x = TensorData::new(workload.x.clone(), [workload.batch, workload.features()]);
        Ok(Self {
            net: Some(Net::new(&workload.layers, &device)),
            optimizer: SgdConfig::new().init(),
            cost: Cost::new(&workload, &device),
            x: Tensor::from_data(x, &device),
            workload,
        })
    }

    fn one_step(&mut self) -> Answer<f64> {
        let net = self.net.take().ok_or("a step before this one failed")?;
        let cost = self.cost.of(net.scores(self.x.clone()));
        let gradients = GradientsParams::from_grads(cost.backward(), &net);
        self.net = Some(self.optimizer.step(self.workload.learning_rate, net, gradients));
        Ok(cost.into_scalar::<f32>().into())
    }
}

impl Rival for Job {
    fn costs(&mut self, steps: u64) -> Answer<Vec<f64>> {
        (0..steps).map(|_| self.one_step()).collect()
    }

    fn step(&mut self, times: u64) -> Answer<f64> {
        worker::seconds(times, || self.one_step())
    }

    fn predict(&mut self, examples: usize, times: u64) -> Answer<f64> {
        let net = self.net.as_ref().ok_or("a step before this one failed")?.valid();
        let x = TensorData::new(self.workload.examples(examples), [examples, self.workload.features()]);
        let x = Tensor::<2>::from_data(x, &Device::flex());
        let link = |z| if self.workload.binary() { sigmoid(z) } else { softmax(z, 1) };
        worker::seconds(times, || Ok(link(net.scores(x.clone()))))
    }
}
