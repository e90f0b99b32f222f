#!/usr/bin/env python3
"""Stands in for the Kubernetes API, which cannot run here: it keeps pods and Endpoints, and allows what the release's Role allows.

usage: api.py ADDRESS DIRECTORY

DIRECTORY holds cert.pem, key.pem and account/token. A release is announced by release.json there: {"pods": [...], "rules": [...]};
without it every pod may be patched and nothing is kept. While there is a file `refuse`, nothing is allowed. Each role that a pod
gets becomes a line `POD ROLE` of DIRECTORY/labels, and DIRECTORY/denied tells what was not allowed.

Paths, headers and answers are those of the API's documentation: get, list and watch by label, create, and patches by merging maps,
which is all that differs for these kinds between the merge patch and the strategic one.
"""

import json
import re
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

RESOURCE = re.compile(r"/api/v1/namespaces/default/([a-z]+)(?:/([-a-z0-9]+))?")
KINDS = {"pods": "Pod", "endpoints": "Endpoints"}
PATCHES = ("application/merge-patch+json", "application/strategic-merge-patch+json")


def merge(target, patch):
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            merge(target.setdefault(key, {}), value)
        else:
            target[key] = value


class Store:
    """The objects, and everything that happened to them."""

    def __init__(self):
        self.changed = threading.Condition()
        self.objects = {}
        self.events = []
        self.rules = None

    def announce(self, release):
        if self.rules is None:
            self.rules = release["rules"]
            for pod in release["pods"]:
                self.write("pods", pod, "ADDED")

    def allows(self, verb, resource, name):
        return self.rules is None or any(
            resource in rule["resources"]
            and verb in rule["verbs"]
            and ("resourceNames" not in rule or name in rule["resourceNames"])
            for rule in self.rules
        )

    def write(self, resource, item, event):
        item["metadata"]["resourceVersion"] = str(len(self.events) + 1)
        item["kind"] = KINDS[resource]
        self.objects[resource, item["metadata"]["name"]] = item
        self.events.append((resource, event, json.loads(json.dumps(item))))
        self.changed.notify_all()
        return item

    def list(self, resource, selector):
        items = [item for (kind, _), item in self.objects.items() if kind == resource and selected(item, selector)]
        return {"kind": KINDS[resource] + "List", "metadata": {"resourceVersion": str(len(self.events))}, "items": items}


def selected(item, selector):
    labels = item["metadata"].get("labels", {})
    wanted = (pair.split("=", 1) for pair in selector.split(",") if pair)
    return all(labels.get(key) == value for key, value in wanted)


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    directory = Path()
    store = Store()

    def handle_request(self, method):
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
        found = RESOURCE.fullmatch(url.path)
        if self.headers["Authorization"] != f"Bearer {(self.directory / 'account/token').read_text()}":
            return self.fail(401, "Unauthorized")
        if not found:
            return self.fail(404, "NotFound")
        resource, name = found.groups()
        verb = {"GET": "get" if name else "watch" if query.get("watch") else "list", "POST": "create", "PATCH": "patch"}[method]
        store = self.store
        with store.changed:
            announced = self.directory / "release.json"
            if announced.exists():
                store.announce(json.loads(announced.read_text()))
            if (self.directory / "refuse").exists() or not store.allows(verb, resource, name):
                with (self.directory / "denied").open("a") as file:
                    file.write(f"{verb} {resource} {name}\n")
                return self.fail(403, "Forbidden")
            if verb != "watch":
                return getattr(self, verb)(resource, name, query, body)
        return self.watch(resource, query)

    def do_GET(self):
        self.handle_request("GET")

    def do_POST(self):
        self.handle_request("POST")

    def do_PATCH(self):
        self.handle_request("PATCH")

    def get(self, resource, name, _query, _body):
        item = self.store.objects.get((resource, name))
        self.answer(200, item) if item else self.fail(404, "NotFound")

    def list(self, resource, _name, query, _body):
        self.answer(200, self.store.list(resource, query.get("labelSelector", "")))

    def create(self, resource, _name, _query, body):
        if (resource, body["metadata"]["name"]) in self.store.objects:
            return self.fail(409, "AlreadyExists")
        self.answer(201, self.store.write(resource, body, "ADDED"))

    def patch(self, resource, name, _query, body):
        if self.headers["Content-Type"] not in PATCHES:
            return self.fail(415, "UnsupportedMediaType")
        role = body["metadata"].get("labels", {}).get("role")
        if resource == "pods" and role:
            with (self.directory / "labels").open("a") as file:
                file.write(f"{name} {role}\n")
        if self.store.rules is None:
            return self.answer(200, {})
        item = self.store.objects.get((resource, name))
        if not item:
            return self.fail(404, "NotFound")
        version = body["metadata"].pop("resourceVersion", None)
        if version not in (None, item["metadata"]["resourceVersion"]):
            return self.fail(409, "Conflict")
        merge(item, body)
        self.answer(200, self.store.write(resource, item, "MODIFIED"))

    def watch(self, resource, query):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        seen = int(query["resourceVersion"])
        try:
            while True:
                with self.store.changed:
                    self.store.changed.wait_for(lambda: len(self.store.events) > seen)
                    new, seen = self.store.events[seen:], len(self.store.events)
                for kind, event, item in new:
                    if kind == resource and selected(item, query.get("labelSelector", "")):
                        line = json.dumps({"type": event, "object": item}).encode() + b"\n"
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        except OSError:
            self.close_connection = True

    def fail(self, code, reason):
        self.answer(code, {"kind": "Status", "code": code, "reason": reason})

    def answer(self, code, content):
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        try:
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            # Who asked was killed.
            self.close_connection = True

    def log_message(self, *_):
        pass


def main():
    address, Api.directory = sys.argv[1], Path(sys.argv[2])
    server = ThreadingHTTPServer((address, 443), Api)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Api.directory / "cert.pem", Api.directory / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


main()
