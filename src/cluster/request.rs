//! Requests. There are two kinds: GET, and those that carry `dryRun=All`; no other can be made.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde_json::Value as Json;

use super::{Cluster, Failure, failure};
use crate::diff::percent_encoded;

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub code: u16,
    /// The body; text where it is no JSON.
    pub body: Json,
}

impl Answer {
    /// Whether all went well.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// The server's words about what went wrong.
    pub fn message(&self) -> String {
        match self.body.get("message").and_then(Json::as_str).or(self.body.as_str()) {
            Some(text) if !text.trim().is_empty() => text.trim().to_owned(),
            _ => format!("HTTP status {}", self.code),
        }
    }

    /// The reason that a `Status` gives, such as `Invalid`.
    pub fn reason(&self) -> &str {
        self.body.get("reason").and_then(Json::as_str).unwrap_or_default()
    }

    /// The causes that a `Status` lists: field and message.
    pub fn causes(&self) -> Vec<(String, String)> {
        let causes = self.body.pointer("/details/causes").and_then(Json::as_array);
        let text = |cause: &Json, key: &str| cause.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
        causes.into_iter().flatten().map(|cause| (text(cause, "field"), text(cause, "message"))).collect()
    }
}

/// A write that is only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// A new object.
    Create,
    /// `application/apply-patch+yaml`; takes fields over from other managers when forced.
    Apply {
        /// Whether to.
        force: bool,
    },
    /// `application/strategic-merge-patch+json`.
    StrategicMerge,
    /// `application/merge-patch+json`.
    Merge,
}

impl DryRun {
    fn content_type(self) -> &'static str {
        match self {
            Self::Create => "application/json",
            Self::Apply { .. } => "application/apply-patch+yaml",
            Self::StrategicMerge => "application/strategic-merge-patch+json",
            Self::Merge => "application/merge-patch+json",
        }
    }
}

/// How often a server that is busy is asked again.
const RETRIES: u32 = 4;
/// The longest answer that is read.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// Everything about a request but its body's lifetime.
struct Prepared {
    method: Method,
    uri: String,
    accept: &'static str,
    content_type: Option<&'static str>,
    body: Vec<u8>,
}

impl Cluster {
    /// Reads something.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Failure> {
        self.get_as(path, query, "application/json").await
    }

    /// Reads something in a form.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) async fn get_as(
        &self,
        path: &str,
        query: &[(&str, &str)],
        accept: &'static str,
    ) -> Result<Answer, Failure> {
        let uri = format!("{path}{}", query_string(query));
        self.ask(Prepared { method: Method::GET, uri, accept, content_type: None, body: Vec::new() }).await
    }

    /// Tries a write.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn dry_run(&self, path: &str, kind: DryRun, manager: &str, body: &Json) -> Result<Answer, Failure> {
        let mut query = vec![("fieldManager", manager), ("fieldValidation", "Strict"), ("dryRun", "All")];
        if let DryRun::Apply { force } = kind {
            query.push(("force", if force { "true" } else { "false" }));
        }
        let method = if kind == DryRun::Create { Method::POST } else { Method::PATCH };
        let uri = format!("{path}{}", query_string(&query));
        let body = body.to_string().into_bytes();
        self.ask(Prepared { method, uri, accept: "application/json", content_type: Some(kind.content_type()), body })
            .await
    }

    async fn ask(&self, request: Prepared) -> Result<Answer, Failure> {
        if self.is_silent() {
            return Err(Failure::NotAsked);
        }
        let until = Instant::now() + self.timeout;
        let answer = match tokio::time::timeout(self.timeout, self.with_retries(&request, until)).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::Slow),
        };
        match &answer {
            Ok(_) => self.silent.store(0, Ordering::Relaxed),
            Err(_) => {
                self.silent.fetch_add(1, Ordering::Relaxed);
            }
        }
        match answer {
            Ok((answer, _)) if answer.code == 401 => Err(Failure::Unauthorized),
            Ok((answer, _)) => Ok(answer),
            Err(failure) => Err(failure),
        }
    }

    /// Asks again when the server says that it is busy, or when a connection breaks: no request changes anything. What
    /// would have to wait for longer than the time that is left is the answer.
    async fn with_retries(&self, request: &Prepared, until: Instant) -> Result<(Answer, Option<Duration>), Failure> {
        let mut wait = Duration::from_millis(100);
        let mut attempt = 0;
        loop {
            let answer = self.once(request).await;
            attempt += 1;
            let pause = match &answer {
                Ok((answer, after)) if matches!(answer.code, 429 | 503 | 504) && attempt <= RETRIES => {
                    after.unwrap_or(wait)
                }
                Err(Failure::Broken(_)) if attempt == 1 => wait,
                _ => return answer,
            };
            if Instant::now() + pause >= until {
                return answer;
            }
            tokio::time::sleep(pause).await;
            wait *= 2;
        }
    }

    async fn once(&self, prepared: &Prepared) -> Result<(Answer, Option<Duration>), Failure> {
        let mut request =
            Request::builder().method(&prepared.method).uri(&prepared.uri).header(header::ACCEPT, prepared.accept);
        if let Some(content_type) = prepared.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request
            .body(Body::from(prepared.body.clone()))
            .map_err(|_| Failure::Broken(format!("`{}` is no path of a request", prepared.uri)))?;
        let response = self.client.send(request).await.map_err(|error| broken(&error))?;
        let (head, mut body) = response.into_parts();
        let after = head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() {
                bytes.extend_from_slice(&data);
            }
            if bytes.len() > MAX_ANSWER {
                return Err(Failure::Broken(format!("the answer is longer than {MAX_ANSWER} bytes")));
            }
        }
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Json::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok((Answer { code: head.status.as_u16(), body }, after.map(Duration::from_secs)))
    }
}

fn broken(error: &kube::Error) -> Failure {
    Failure::Broken(failure::words(error))
}

fn query_string(query: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = query.iter().map(|(key, value)| format!("{key}={}", percent_encoded(value))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}
