"""A receiver of the webhook on this machine: verifies signatures as docs/api.md says, and answers as it is told."""

import json
import re
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from findgo.env import BASE_DIR

SECRET = "a-secret-that-only-the-two-of-us-know-26"


def documented_verify():
    """`verify` of the example in docs/api.md: what a stranger would copy."""
    page = (BASE_DIR / "docs" / "api.md").read_text()
    (example,) = re.findall(r"```python\n(.*?def verify.*?)```", page, re.DOTALL)
    scope = {}
    exec(example, scope)
    return scope["verify"]


@dataclass
class Receiver:
    """`answers` are the statuses of the next requests, 200 after them. What came is in `requests` (headers, body)."""

    answers: list[int] = field(default_factory=list)
    requests: list[tuple[dict, bytes]] = field(default_factory=list)
    forged: int = 0
    pause_s: float = 0.0
    drips: bool = False
    url: str = ""

    def take(self, headers: dict, body: bytes) -> int:
        self.requests.append((headers, body))
        if not documented_verify()(SECRET, headers, body):
            self.forged += 1
            return 401
        return self.answers.pop(0) if self.answers else 200

    @property
    def ids(self) -> list[str]:
        return [headers["X-FindGo-Delivery"] for headers, _ in self.requests]

    @property
    def points(self) -> list[list[dict]]:
        return [json.loads(body)["points"] for _, body in self.requests]


def serve(receiver: Receiver, certificate: Path | None = None) -> ThreadingHTTPServer:
    """`certificate`: with its key in one file; without it the receiver speaks plain http."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take(dict(self.headers), body)
            time.sleep(receiver.pause_s)
            if receiver.drips:
                return self.drip()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", receiver.url)
            with suppress(OSError):  # who was given up on speaks to nobody
                self.end_headers()
                self.wfile.write(b"thank you")

        def drip(self):
            """A byte at a time, always before the quiet is too long."""
            for byte in b"HTTP/1.0 200 " + b"O" * 1000:
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return
                time.sleep(0.02)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *arguments: None  # who hangs up on us is no news
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    receiver.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/points?from=findgo"
    return server
