//! A training from its configuration to what can be carried out: data, network and plan, complete and checked.

use std::sync::Arc;
use std::time::Instant;

use dnn_core::Network;
use dnn_data::{Data, LabelledSet};
use dnn_train::{Plan, Settings};

use crate::config::Config;
use crate::{Error, Machine, Registry, Result, defaults, network};

/// A training that can be carried out: nothing has been written yet.
pub struct Session<'a> {
    /// What its configuration can name.
    pub names: &'a Registry,
    /// The configuration, complete.
    pub config: Config,
    /// The data, read and divided, and what was learnt from it.
    pub prepared: Arc<Data>,
    /// The network.
    pub network: Network,
    /// The settings of the training.
    pub settings: Settings,
    /// What computes.
    pub machine: Machine,
    pub(crate) plan: Plan,
    pub(crate) began: Instant,
}

impl<'a> Session<'a> {
    /// Reads the data, and completes and checks everything that depends on it.
    ///
    /// # Errors
    /// [`Error::Data`], [`Error::Configuration`], and [`Error::Usage`] for a back end that is not there.
    pub fn prepare(names: &'a Registry, mut config: Config) -> Result<Self> {
        let began = Instant::now();
        let seed = *config.run.seed.get_or_insert(0);
        let prepared = Data::load(&mut config.data, seed)?;
        let machine = Machine::of(&config.run, config.run.threads)?;
        let session = Self::of(names, config, Arc::new(prepared), machine)?;
        Ok(Self { began, ..session })
    }

    /// Completes and checks what depends on data that several trainings share.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn of(
        names: &'a Registry,
        mut config: Config,
        prepared: Arc<Data>,
        machine: Machine,
    ) -> Result<Self> {
        let began = Instant::now();
        let target = prepared.preprocessor.target();
        let validated = prepared.validation.is_some();
        defaults::fill(&mut config, prepared.count(), prepared.preprocessor.features(), validated, target);
        let network = network::network(&config, names, prepared.preprocessor.features(), target)?;
        let settings = network::settings(&config, target);
        let plan = settings.plan_with(names, &network, prepared.count())?;
        if !validated {
            plan.check_unvalidated()?;
        }
        check_memory(&network, &plan)?;
        check_run(&config.run)?;
        Ok(Self { names, config, prepared, network, settings, machine, plan, began })
    }

    /// How many examples each part has.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let count = |part: &LabelledSet| {
            if std::ptr::eq(part, &self.prepared.train) { self.prepared.count() } else { part.count() }
        };
        self.parts().map(move |(name, part)| (name, count(part)))
    }

    /// The examples to train on, to validate and to test, as far as there are some.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &LabelledSet)> {
        let Data { train, validation, test, .. } = &*self.prepared;
        let all = [("train", Some(train)), ("validation", validation.as_ref()), ("test", test.as_ref())];
        all.into_iter().filter_map(|(name, part)| Some((name, part?)))
    }
}
/// Sees that checkpoints can be kept.
///
/// # Errors
/// [`Error::Configuration`] for a time that is none, and no checkpoint to go on from.
fn check_run(run: &crate::config::Run) -> Result<()> {
    let seconds = run.checkpoint_seconds.unwrap_or(30.0);
    let fault = match run.keep_checkpoints {
        Some(0) => "run.keep_checkpoints is 0, but must be 1 or more: 3 is usual".into(),
        _ if !(seconds > 0.0 && seconds.is_finite()) => {
            format!("run.checkpoint_seconds is {seconds}, but must be above 0: 30 is usual")
        }
        _ => return Ok(()),
    };
    Err(Error::Configuration(fault.into()))
}

/// Sees that parameters and buffers can be had, before there is a run that they would end.
///
/// # Errors
/// [`Error::Configuration`] if not.
fn check_memory(network: &Network, plan: &Plan) -> Result<()> {
    let vectors = 2 + plan.state_vectors();
    let bytes = network.parameter_count().saturating_mul(vectors * size_of::<f32>());
    let bytes = bytes.saturating_add(network.workspace_bytes::<f32>(plan.batch())?);
    // Asked for and given back: the system refuses at once what it has not.
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| {
        let (parameters, gib) = (network.parameter_count(), bytes >> 30);
        Error::Configuration(
            format!("a network of {parameters} parameters takes {gib} GiB to train, more than there is: make network.hidden or training.batch smaller").into(),
        )
    })
}
