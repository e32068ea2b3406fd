//! Deep fully-connected networks on CPUs: the façade over the crates of `dnn`.
//!
//! Each crate can be used alone; this one only gathers them. [`core`] has layers and the two passes, [`blas`] the matrix
//! products and threads, [`train`] costs and the loop, [`search`] the search for hyper-parameters, [`data`] data sets and
//! scaling, [`io`] checkpoints, [`observe`] progress and reports, [`figures`] charts and pictures, and [`pipeline`] goes
//! the whole way from data to a model that takes raw rows. [`guide`] goes through the course these networks come from, each formula beside the lines that compute it.
//!
//! ```
//! use dnn::prelude::*;
//!
//! let pictures = dnn_synthetic::faces::generate::<f32>(200, 19, 7)?;
//! let (x, y) = (dnn::data::ranks(pictures.examples()), pictures.binary::<f32>()?);
//!
//! let network = Network::builder(x.nrows()).dense(32, Relu).dense(1, Sigmoid).build()?;
//! let settings = Settings { batch: Some(32), epochs: Some(20), ..Settings::default() };
//!
//! let (backend, threads) = (dnn::blas::auto()?, Threads::default());
//! let compute = Compute { backend: &*backend, pool: &threads };
//! let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, x.ncols())?, compute)?;
//! trainer.run(x.view(), y.view(), &mut [])?;
//!
//! let found = metrics::classes(network.predict(compute, trainer.parameters(), x.view())?.view());
//! assert!(metrics::accuracy(&found, pictures.labels(), None)? > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod guide;

pub use {
    dnn_blas as blas, dnn_core as core, dnn_data as data, dnn_figures as figures, dnn_io as io,
    dnn_observe as observe, dnn_pipeline as pipeline, dnn_search as search, dnn_train as train,
};

/// What most programs name.
pub mod prelude {
    pub use dnn_blas::{PureRust, Threads};
    pub use dnn_core::{
        Backend, Compute, Elu, Gelu, Identity, LeakyRelu, Network, Pool, Real, Registry, Relu, Selu, Serial,
        Sigmoid, Silu, Softmax, Softplus, Tanh,
    };
    pub use dnn_data::{Dataset, Scaler, Scaling};
    pub use dnn_io::Checkpoint;
    pub use dnn_train::{
        ClassWeights, Clipping, Event, Examples, Flow, Initialisation, NamedConfig, Observer, Penalty,
        Settings, Trainer, metrics,
    };
}
