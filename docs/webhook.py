#!/usr/bin/env python3
"""Take the calls of a webhook: verify the signature, note the id, answer 204. Needs nothing but Python.

  SECRET_FILE=secret CERT=cert.pem KEY=key.pem ./webhook.py [--port 8443] [--most N]

Prints a line of JSON for every call that was taken for the first time, and ends after N of them. What happened is then asked
for over HTTPS: `GET /v1/inbox/{id}` for an `envelope`, `GET /v1/sent/{id}` for a `status`.
"""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import ssl
import time


def genuine(secret, headers, body):
    """Whether the relay signed this, less than five minutes ago. Compares in constant time."""
    call, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdigit() or 300 < abs(time.time() - int(at)):
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{call}.{at}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(mac).decode()
    # While a secret is changed there are two signatures; one that fits is enough.
    return any(hmac.compare_digest(wanted, one) for one in headers.get("webhook-signature", "").split())


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    seen = set()  # yours belongs into a database: the same call may come again, and must then change nothing

    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        if not 0 <= length <= 65536:
            return self.answer(413)
        body = self.rfile.read(length)
        secret = pathlib.Path(os.environ["SECRET_FILE"]).read_text().strip()  # read each time: it may be changed
        if not genuine(secret, self.headers, body):
            return self.answer(401)
        call = self.headers["webhook-id"]
        if call not in self.seen:
            self.seen.add(call)
            print(json.dumps({"call": call, **json.loads(body)}), flush=True)
        return self.answer(204)  # last: what is not answered 2xx comes again; kinds you do not know are taken too

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--most", type=int)
    arguments = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("", arguments.port), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["CERT"], os.environ["KEY"])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    server.timeout = 1
    while arguments.most is None or len(Receiver.seen) < arguments.most:
        server.handle_request()


main()
