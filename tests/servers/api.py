#!/usr/bin/env python3
"""Stands in for the Kubernetes API, which cannot run here: takes the labels that pods put on themselves.

usage: api.py ADDRESS DIRECTORY

DIRECTORY holds cert.pem, key.pem and account/token. Each accepted label becomes a line `POD ROLE` of DIRECTORY/labels. Paths,
headers and answers are those of `PATCH /api/v1/namespaces/{namespace}/pods/{name}` with a merge patch.
"""

import json
import re
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

POD = re.compile(r"/api/v1/namespaces/default/pods/([-a-z0-9]+)")


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    directory = Path()

    def do_PATCH(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        pod = POD.fullmatch(self.path)
        token = (self.directory / "account/token").read_text()
        if self.headers["Authorization"] != f"Bearer {token}":
            self.answer(401, "Unauthorized")
        elif not pod or self.headers["Content-Type"] != "application/merge-patch+json":
            self.answer(415, "UnsupportedMediaType")
        elif (self.directory / "refuse").exists():
            self.answer(403, "Forbidden")
        else:
            role = json.loads(body)["metadata"]["labels"]["role"]
            with (self.directory / "labels").open("a") as file:
                file.write(f"{pod[1]} {role}\n")
            self.answer(200, "")

    def answer(self, code, reason):
        body = json.dumps({"kind": "Status", "code": code, "reason": reason}).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

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
