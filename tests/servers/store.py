"""moto's S3 over TLS, with an end of connections that strict clients accept.

usage: store.py HOST PORT CERTIFICATE KEY

Its own server closes connections without TLS's close_notify. Where an answer is empty, clients such as pgBackRest read to the end, and
take such an end for a cut.
"""

import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple


class Handler(WSGIRequestHandler):
    def finish(self):
        super().finish()
        try:
            self.connection.settimeout(2)
            self.connection.unwrap()
        except (OSError, ValueError):
            pass


host, port, certificate, key = sys.argv[1:]
application = DomainDispatcherApplication(create_backend_app)
run_simple(host, int(port), application, threaded=True, request_handler=Handler, ssl_context=(certificate, key))
