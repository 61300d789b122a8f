#!/usr/bin/env python3
"""Receivers of webhooks as nobody wants them, one a path. Prints a line for every request: its path and the call's id.

  hostile_hook.py PORT CERT KEY FLAG     once the file FLAG is there, every path takes what it is told
"""
import http.server
import pathlib
import ssl
import sys
import threading
import time

PORT, CERT, KEY, FLAG = int(sys.argv[1]), sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])


class Hostile(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.told()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self.told()

    def told(self):
        print(self.path, self.headers.get("webhook-id", "-"), flush=True)
        kind = "/good" if FLAG.exists() else self.path
        if kind == "/redirect":
            self.send_response(307)
            self.send_header("location", f"https://localhost:{PORT}/secret")
            self.send_header("content-length", "0")
            self.end_headers()
        elif kind == "/silent":
            threading.Event().wait(60)
            self.close_connection = True
        elif kind == "/drip":
            self.drip(b"HTTP/1.1 204 No Content\r\nx-slow: " + b"a" * 600)
        elif kind == "/drip-body":
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 600\r\n\r\n")
            self.drip(b"a" * 600)
        elif kind == "/huge":
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000000\r\n\r\n")
            try:
                while True:
                    self.wfile.write(b"a" * 65536)
            except OSError:
                self.close_connection = True
        elif kind == "/garbage":
            self.wfile.write(b"no http at all\r\n\r\n")
            self.close_connection = True
        else:
            self.send_response(503 if kind == "/refuse" else 204)
            self.send_header("content-length", "0")
            self.end_headers()

    def drip(self, answer):
        try:
            for byte in answer:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass
        self.close_connection = True

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Hostile)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERT, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.daemon_threads = True
server.serve_forever()
