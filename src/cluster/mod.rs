//! A live cluster, read only: what is there, and what an apply would make of it. Every request is a GET or says
//! `dryRun=All`; nothing is ever written.

mod brings;
mod connect;
mod discovery;
mod failure;
mod helm;
mod inventory;
mod predict;
mod refusal;
mod request;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};

pub use discovery::{Kinds, Resource};
pub use failure::Failure;
pub use predict::{Mode, Plan};
pub use request::{Answer, DryRun};

/// How many requests are on their way at once.
pub const CONCURRENCY: usize = 8;

/// How a cluster is found and asked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A kubeconfig file in place of `KUBECONFIG` and `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// A context in place of the current one.
    pub context: Option<String>,
    /// How long one request may take, and a login.
    pub timeout: Duration,
}

/// A connection to an API server.
pub struct Cluster {
    client: kube::Client,
    server: String,
    timeout: Duration,
    /// Requests in a row that got no answer.
    silent: Arc<AtomicUsize>,
    runtime: Runtime,
}

/// After so many requests in a row without an answer the rest are not sent.
const GIVE_UP_AFTER: usize = 3;

/// A cluster that is configured, before anything is asked of it.
#[derive(Clone)]
pub struct Place {
    config: kube::Config,
    timeout: Duration,
}

impl Place {
    /// Reads the configuration.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn find(settings: &Settings) -> anyhow::Result<Self> {
        let config = runtime()?.block_on(connect::configuration(settings))?;
        Ok(Self { config, timeout: settings.timeout })
    }

    /// The namespace of the context, to which objects go that name none.
    pub fn namespace(&self) -> &str {
        &self.config.default_namespace
    }

    /// Logs in.
    ///
    /// # Errors
    /// What is wrong with the login.
    pub fn connect(&self) -> anyhow::Result<Cluster> {
        let runtime = runtime()?;
        let server = self.config.cluster_url.to_string().trim_end_matches('/').to_owned();
        let client = connect::login(self.config.clone(), runtime.handle(), self.timeout)?;
        Ok(Cluster { client, server, timeout: self.timeout, silent: Arc::default(), runtime })
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The rest holds credentials.
        f.debug_struct("Place").field("namespace", &self.namespace()).finish_non_exhaustive()
    }
}

fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("cannot start the runtime")
}

impl Cluster {
    /// The server's address, for messages.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Waits for a request or several.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Whether the server has stopped answering.
    fn is_silent(&self) -> bool {
        self.silent.load(Ordering::Relaxed) >= GIVE_UP_AFTER
    }
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster").field("server", &self.server).finish_non_exhaustive()
    }
}
