//! The configuration of a cluster, and the login.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};
use tokio::runtime::Handle;

use super::{Settings, failure};

/// The configuration: a file that is named, else those of `KUBECONFIG`, else `~/.kube/config`, else that of a pod.
pub(super) async fn configuration(settings: &Settings) -> anyhow::Result<Config> {
    let options = KubeConfigOptions { context: settings.context.clone(), ..KubeConfigOptions::default() };
    let mut config = match kubeconfig(settings).map_err(|error| anyhow!(words(&error)))? {
        Some(file) => Config::from_custom_kubeconfig(file, &options).await.map_err(|error| anyhow!(words(&error)))?,
        None => Config::incluster().map_err(|_| {
            anyhow!(
                "no cluster is configured: there is no kubeconfig file; name one with `--kubeconfig`, or compare with \
                 manifests: `--against FILE`"
            )
        })?,
    };
    config.connect_timeout = Some(settings.timeout.min(Duration::from_secs(30)));
    config.read_timeout = Some(settings.timeout);
    config.write_timeout = Some(settings.timeout);
    config.reset_reader_on_write = true;
    // Retries are counted here, within the timeout.
    config.default_retry = false;
    Ok(config)
}

/// Puts tokens in the place of their files, without the line break at their end. A run is too short for a token to be
/// replaced meanwhile.
fn read_token_files(file: &mut Kubeconfig) {
    for login in file.auth_infos.iter_mut().filter_map(|named| named.auth_info.as_mut()) {
        let Some(path) = login.token_file.as_ref().filter(|_| login.token.is_none()) else { continue };
        // What cannot be read is told when the login needs it.
        if let Ok(text) = std::fs::read_to_string(path) {
            login.token = Some(text.trim().to_owned().into());
            login.token_file = None;
        }
    }
}

/// The kubeconfig; nothing when none is there. Of the files of `KUBECONFIG` some may be absent, as for kubectl.
fn kubeconfig(settings: &Settings) -> Result<Option<Kubeconfig>, KubeconfigError> {
    let read = |path: &Path| {
        let mut file = Kubeconfig::read_from(path)?;
        read_token_files(&mut file);
        Ok(file)
    };
    if let Some(path) = &settings.kubeconfig {
        return read(path).map(Some);
    }
    let listed = std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty());
    let paths: Vec<PathBuf> = match listed {
        Some(list) => std::env::split_paths(&list).collect(),
        None => std::env::home_dir().map(|home| home.join(".kube/config")).into_iter().collect(),
    };
    let files = paths.iter().filter(|path| path.exists()).map(|path| read(path));
    files.reduce(|all, next| all?.merge(next?)).transpose()
}

/// What is wrong with a kubeconfig; never its text, which holds credentials.
fn words(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::ReadConfig(error, path) => {
            format!("cannot read the kubeconfig `{}`: {}", path.display(), crate::diagnostic::reason(error))
        }
        KubeconfigError::Parse(_) => "the kubeconfig is no YAML of a kubeconfig's form".to_owned(),
        KubeconfigError::CurrentContextNotSet => {
            "the kubeconfig has no current context; name one: `--context NAME`".to_owned()
        }
        KubeconfigError::LoadContext(name) => format!("the kubeconfig has no context `{name}`"),
        KubeconfigError::LoadClusterOfContext(name) => {
            format!("the kubeconfig has no cluster `{name}`, which its context names")
        }
        KubeconfigError::MissingClusterUrl => "the kubeconfig's cluster has no `server`".to_owned(),
        KubeconfigError::ParseClusterUrl(_) => "the kubeconfig's `server` is no URL".to_owned(),
        KubeconfigError::ParseProxyUrl(_) => "the URL of the proxy does not parse".to_owned(),
        KubeconfigError::LoadCertificateAuthority(_) => {
            "the kubeconfig's certificate authority cannot be read".to_owned()
        }
        KubeconfigError::LoadClientCertificate(_) => "the kubeconfig's client certificate cannot be read".to_owned(),
        KubeconfigError::LoadClientKey(_) => "the kubeconfig's client key cannot be read".to_owned(),
        KubeconfigError::ParseCertificates(_) => "the kubeconfig's certificates are no PEM".to_owned(),
        _ => "the kubeconfig cannot be used".to_owned(),
    }
}

/// Makes the client. A login command may ask a person or hang, so it runs beside and is waited for only so long.
pub(super) fn login(config: Config, runtime: &Handle, timeout: Duration) -> anyhow::Result<Client> {
    let (done, finished) = mpsc::channel();
    let runtime = runtime.clone();
    std::thread::spawn(move || {
        let _inside = runtime.enter();
        let _ = done.send(Client::try_from(config));
    });
    match finished.recv_timeout(timeout) {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => bail!("{}", failure::words(&error)),
        Err(_) => bail!("the login takes longer than {timeout:?}; a larger bound is `--request-timeout`"),
    }
}
