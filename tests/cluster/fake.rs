//! A small API server: HTTP/1.1 with keep-alive, plain or with TLS, one thread per connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value as Json, json};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Json,
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    pub(crate) body: String,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<u64>,
    /// How long to wait before.
    pub(crate) delay: Duration,
    /// Close the connection after half of the body.
    pub(crate) cut: bool,
}

impl Reply {
    pub(crate) fn json(code: u16, body: &Json) -> Self {
        let content_type = "application/json".to_owned();
        Self { code, body: body.to_string(), content_type, retry_after: None, delay: Duration::ZERO, cut: false }
    }

    /// A `Status`, as API servers answer what goes wrong.
    pub(crate) fn status(code: u16, reason: &str, message: &str) -> Self {
        let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": reason, "code": code});
        Self::json(code, &status)
    }
}

type Handler = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A running server; it ends with the test's process.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    most_at_once: Arc<AtomicUsize>,
    tls: bool,
}

struct Shared {
    handler: Box<Handler>,
    asked: Arc<Mutex<Vec<Asked>>>,
    now: AtomicUsize,
    most_at_once: Arc<AtomicUsize>,
}

impl Fake {
    /// A server without TLS.
    pub(crate) fn start(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::launch(Box::new(handler), None)
    }

    /// A server with TLS.
    pub(crate) fn start_tls(config: ServerConfig, handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::launch(Box::new(handler), Some(Arc::new(config)))
    }

    fn launch(handler: Box<Handler>, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, most_at_once) = (Arc::default(), Arc::default());
        let fake =
            Self { port, asked: Arc::clone(&asked), most_at_once: Arc::clone(&most_at_once), tls: tls.is_some() };
        let shared = Arc::new(Shared { handler, asked, now: AtomicUsize::new(0), most_at_once });
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                std::thread::spawn(move || match tls {
                    None => serve(stream, &shared),
                    Some(config) => {
                        let Ok(connection) = ServerConnection::new(config) else { return };
                        serve(StreamOwned::new(connection, stream), &shared);
                    }
                });
            }
        });
        fake
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", if self.tls { "https" } else { "http" }, self.port)
    }

    /// Everything that was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic while it was held").clone()
    }

    /// How many requests were answered at the same time at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }

    /// Fails when anything was asked that writes.
    pub(crate) fn assert_nothing_was_written(&self) {
        for asked in self.asked() {
            let tried = asked.query.get("dryRun").is_some_and(|value| value == "All");
            assert!(asked.method == "GET" || tried, "{} {} would write", asked.method, asked.path);
        }
    }
}

fn serve(mut stream: impl Read + Write, shared: &Shared) {
    loop {
        let Some(asked) = receive(&mut stream) else { return };
        if asked.method == "NOISE" {
            let _ = stream.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n");
            return;
        }
        let now = shared.now.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_at_once.fetch_max(now, Ordering::SeqCst);
        shared.asked.lock().expect("no panic while it was held").push(asked.clone());
        let reply = (shared.handler)(&asked);
        std::thread::sleep(reply.delay);
        shared.now.fetch_sub(1, Ordering::SeqCst);
        let after = reply.retry_after.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {} X\r\nContent-Type: {}\r\n{after}Content-Length: {}\r\n\r\n",
            reply.code,
            reply.content_type,
            reply.body.len()
        );
        let end = if reply.cut { reply.body.len() / 2 } else { reply.body.len() };
        let whole = [head.as_bytes(), &reply.body.as_bytes()[..end]].concat();
        if stream.write_all(&whole).is_err() || stream.flush().is_err() || reply.cut {
            return;
        }
    }
}

/// Reads one request; bytes beyond it are never sent before its answer.
fn receive(stream: &mut impl Read) -> Option<Asked> {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut line = String::new();
    // A client that begins with TLS sends no line.
    let first = reader.fill_buf().ok()?.first().copied()?;
    if !first.is_ascii_uppercase() {
        return Some(Asked {
            method: "NOISE".to_owned(),
            path: String::new(),
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            body: Json::Null,
        });
    }
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => drop(headers.insert(name.to_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.to_owned(), decode(value)));
    Some(Asked {
        method,
        path: path.to_owned(),
        query: query.collect(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Json::Null),
    })
}

fn decode(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex: String = bytes.by_ref().take(2).map(char::from).collect();
            out.push(u8::from_str_radix(&hex, 16).expect("an escape"));
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).expect("UTF-8")
}
