//! The passwords that a release manages, with their SCRAM verifiers.

use std::path::Path;

use serde::Serialize;

use super::kept::Kept;
use super::{KeyPolicy, Request, Result};
use crate::diagnostic::Diagnostic;
use crate::postgres::{duty, pgbackrest};
use crate::schema::types::{Scalar, Values};
use crate::secret::{ITERATIONS, KeyError, Purpose, SecretKey, password, salt, verifier};

/// One role's password for the Secret.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credential {
    /// The role.
    role: String,
    /// Its key in the Secret.
    key: String,
    /// The password.
    password: String,
    /// What the server stores; absent when only the server can make it.
    #[serde(skip_serializing_if = "Option::is_none")]
    verifier: Option<String>,
    /// The verifier's key in the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    verifier_key: Option<String>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("role", &self.role).finish_non_exhaustive()
    }
}

/// The credentials of the superuser, the application's role, the roles of the chart's parts and every role that logs in without a Secret of its own;
/// none when the user brings the Secret.
///
/// `owner` is the release, or the subchart in it, that the passwords belong to.
pub(super) fn credentials(
    values: &Values,
    request: &Request,
    owner: &str,
    kept: &Kept,
    notices: &mut Vec<String>,
) -> Result<Vec<Credential>> {
    let postgresql = &values.postgresql;
    if values.brings_secret() {
        return Ok(Vec::new());
    }
    let keys = &postgresql.secret_keys;
    let mut wanted = vec![
        ("postgres", keys.postgres_password.clone(), given(postgresql.postgres_password.as_ref())),
        (postgresql.username.as_str(), keys.password.clone(), given(postgresql.password.as_ref())),
    ];
    wanted.extend(duty::roles(values).iter().map(|role| (role.name, role.key.to_owned(), given(role.password))));
    for role in &postgresql.roles {
        let own_secret = role.existing_secret.as_deref().is_some_and(|name| !name.is_empty());
        if role.login.unwrap_or(true) && !own_secret {
            wanted.push((&role.name, role.secret_entry(), given(role.password.as_ref())));
        }
    }
    for (_, entry, given) in &mut wanted {
        *given = given.take().or_else(|| kept.get(entry));
    }
    let all_given = wanted.iter().all(|(.., password)| password.is_some());
    let key = secret_key(request, notices, all_given)?;
    let namespace = namespace(values, request);
    // Nobody sees the verifiers of a throwaway key.
    let iterations = if matches!(request.secret_key, KeyPolicy::Throwaway) { 1 } else { ITERATIONS };
    let credential = |(role, name, given): (&str, String, Option<String>)| {
        let purpose = Purpose { namespace, release: owner, role };
        let text = match (given, &key) {
            (Some(text), _) => text,
            (None, Some(key)) => password(key, purpose),
            (None, None) => String::new(),
        };
        let verifier_name = format!("{name}-verifier");
        // What goes with a password that stays, stays: another salt would be a change.
        let same = kept.get(&name).as_ref() == Some(&text);
        let verifier = kept
            .get(&verifier_name)
            .filter(|_| same)
            .or_else(|| key.as_ref().and_then(|key| verifier(&text, &salt(key, purpose, &text), iterations)));
        let verifier_key = verifier.as_ref().map(|_| verifier_name);
        Credential { role: role.to_owned(), key: name, password: text, verifier, verifier_key }
    };
    // A verifier is made of thousands of hashes on purpose; each role's has a thread.
    Ok(std::thread::scope(|scope| {
        let threads: Vec<_> = wanted.into_iter().map(|role| scope.spawn(|| credential(role))).collect();
        threads.into_iter().map(join).collect()
    }))
}

/// The password that pgAdmin is logged in to with; nothing where there is no pgAdmin.
pub(super) fn pgadmin_password(
    values: &Values,
    request: &Request,
    owner: &str,
    notices: &mut Vec<String>,
) -> Result<Option<String>> {
    let pgadmin = &values.development.pgadmin;
    if !values.development.enabled || !pgadmin.enabled {
        return Ok(None);
    }
    if let Some(text) = given(pgadmin.password.as_ref()) {
        return Ok(Some(text));
    }
    // A role's name holds no control characters, so that no role's password is the same.
    let purpose = Purpose { namespace: namespace(values, request), release: owner, role: "\0pgadmin" };
    Ok(secret_key(request, notices, false)?.map(|key| password(&key, purpose)))
}

/// The password for changes over the network in Patroni's cluster; nothing where there is no Patroni or somebody else's Secret.
pub(super) fn patroni_password(
    values: &Values,
    request: &Request,
    owner: &str,
    kept: &Kept,
    notices: &mut Vec<String>,
) -> Result<Option<String>> {
    if !values.has_patroni() || values.brings_secret() {
        return Ok(None);
    }
    let entry = &values.postgresql.secret_keys.patroni_password;
    if let Some(text) = given(values.replication.patroni.password.as_ref()).or_else(|| kept.get(entry)) {
        return Ok(Some(text));
    }
    let purpose = Purpose { namespace: namespace(values, request), release: owner, role: "\0patroni" };
    Ok(secret_key(request, notices, false)?.map(|key| password(&key, purpose)))
}

/// One entry of the repository's Secret.
#[derive(Clone, Serialize)]
pub(super) struct RepositorySecret {
    /// Its key.
    key: String,
    /// What it holds.
    value: String,
}

impl std::fmt::Debug for RepositorySecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RepositorySecret").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What the repository of backups asks for; nothing where it asks for nothing, or somebody else makes its Secret.
pub(super) fn repository_secrets(
    values: &Values,
    request: &Request,
    owner: &str,
    notices: &mut Vec<String>,
) -> Result<Vec<RepositorySecret>> {
    let repository = &values.pgbackrest.repository;
    if !values.pgbackrest.enabled || repository.existing_secret.as_deref().is_some_and(|name| !name.is_empty()) {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for variable in pgbackrest::variables(values) {
        let value = match variable.name {
            "PGBACKREST_REPO1_S3_KEY" => given(repository.s3.access_key.as_ref()),
            "PGBACKREST_REPO1_S3_KEY_SECRET" => given(repository.s3.secret_key.as_ref()),
            "PGBACKREST_REPO1_AZURE_KEY" => given(repository.azure.key.as_ref()),
            _ => encryption_password(values, request, owner, notices)?,
        };
        all.extend(value.map(|value| RepositorySecret { key: variable.key, value }));
    }
    Ok(all)
}

fn encryption_password(
    values: &Values,
    request: &Request,
    owner: &str,
    notices: &mut Vec<String>,
) -> Result<Option<String>> {
    if let Some(text) = given(values.pgbackrest.repository.encryption.password.as_ref()) {
        return Ok(Some(text));
    }
    let purpose = Purpose { namespace: namespace(values, request), release: owner, role: "\0pgbackrest" };
    Ok(secret_key(request, notices, false)?.map(|key| password(&key, purpose)))
}

fn namespace<'a>(values: &'a Values, request: &'a Request) -> &'a str {
    let given = values.namespace_override.as_deref().filter(|name| !name.is_empty());
    given.unwrap_or(&request.release.namespace)
}

fn given(password: Option<&Scalar>) -> Option<String> {
    password.map(ToString::to_string).filter(|text| !text.is_empty())
}

/// The key of this run. When every password is given, a run without a key leaves the verifiers to the server.
fn secret_key(request: &Request, notices: &mut Vec<String>, all_given: bool) -> Result<Option<SecretKey>> {
    let environment = match &request.secret_key {
        KeyPolicy::Throwaway => return Ok(SecretKey::parse(&"00".repeat(32))),
        KeyPolicy::Find(environment) => environment,
    };
    match SecretKey::find(environment) {
        Ok(found) => {
            if let Some(path) = found.created {
                notices.push(made_a_key(&path));
            }
            Ok(Some(found.key))
        }
        Err(KeyError::RefusedInCi | KeyError::NoDataDirectory) if all_given => Ok(None),
        Err(error) => Err(Diagnostic::error(error.to_string()).help(error.help()).into()),
    }
}

/// What to tell of a key that was just made.
pub(super) fn made_a_key(path: &Path) -> String {
    format!(
        "made the secret key `{}`; passwords follow from it, so keep a copy, and give CI the same one as PGCHART_SECRET_KEY",
        path.display()
    )
}

/// The result of a thread; its panic goes on here.
pub(super) fn join<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
