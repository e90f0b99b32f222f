//! What a real API server answered, replayed.

use std::path::Path;

use serde_json::Value as Json;

use crate::fake::{Asked, Reply};

/// One request with its response.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    query: Vec<(String, String)>,
    accept: String,
    content_type: String,
    pub(crate) sent: Json,
    code: u16,
    answer_type: String,
    pub(crate) answer: Json,
}

/// The exchanges of a file.
pub(crate) fn exchanges(name: &str) -> Vec<Exchange> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/recordings").join(format!("{name}.json"));
    let file: Json = serde_json::from_str(&std::fs::read_to_string(path).expect("a recording")).expect("JSON");
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let list = file["exchanges"].as_array().expect("exchanges");
    list.iter()
        .map(|one| {
            let (request, response) = (&one["request"], &one["response"]);
            let query = request["query"].as_object().into_iter().flatten();
            Exchange {
                method: text(&request["method"]),
                path: text(&request["path"]),
                query: query.map(|(key, value)| (key.clone(), text(value))).collect(),
                accept: text(&request["accept"]),
                content_type: text(&request["contentType"]),
                sent: request["body"].clone(),
                code: u16::try_from(response["status"].as_u64().expect("a status")).expect("a status"),
                answer_type: text(&response["contentType"]),
                answer: response["body"].clone(),
            }
        })
        .collect()
}

/// The objects that a file's requests send, once each, as manifests.
pub(crate) fn manifests(name: &str) -> String {
    let sent: Vec<Json> =
        exchanges(name).into_iter().map(|one| one.sent).filter(|body| body.get("kind").is_some()).collect();
    sent.iter().fold(String::new(), |all, body| format!("{all}---\n{body}\n"))
}

/// A server that knows these recordings, and nothing else. Of several that fit the first one answers.
pub(crate) fn replay(names: &[&str]) -> impl Fn(&Asked) -> Reply + Send + Sync + use<> {
    let all: Vec<Exchange> = names.iter().chain(&["discovery"]).flat_map(|name| exchanges(name)).collect();
    move |asked| {
        let found = all.iter().find(|one| fits(one, asked));
        match found {
            Some(one) => {
                let body = one.answer.as_str().map_or_else(|| one.answer.to_string(), str::to_owned);
                Reply { body, content_type: one.answer_type.clone(), ..Reply::json(one.code, &Json::Null) }
            }
            None if asked.method == "GET" && asked.query.contains_key("labelSelector") => {
                Reply::json(200, &serde_json::json!({"kind": "List", "items": []}))
            }
            None if asked.method == "GET" => Reply::status(404, "NotFound", "not found"),
            None => Reply::status(
                500,
                "InternalError",
                &format!("not recorded: {} {} {}", asked.method, asked.path, asked.body),
            ),
        }
    }
}

fn fits(one: &Exchange, asked: &Asked) -> bool {
    let same = one.method == asked.method && one.path == asked.path;
    // What `pgchart` adds to a recorded query is only stricter.
    let query = one.query.iter().all(|(key, value)| asked.query.get(key) == Some(value));
    let selected = asked.query.contains_key("labelSelector") == one.query.iter().any(|(key, _)| key == "labelSelector");
    let accept = one.accept == "application/json" || asked.headers.get("accept") == Some(&one.accept);
    let aggregated = one.accept == "application/json"
        && asked.headers.get("accept").is_some_and(|accept| accept.contains("apidiscovery"));
    let content = asked.method == "GET"
        || (asked.headers.get("content-type") == Some(&one.content_type) && asked.body == one.sent);
    same && query && selected && accept && !aggregated && content
}
