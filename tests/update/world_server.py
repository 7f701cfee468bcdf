"""The made-up publishers behind one address on loopback, a folder each."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from publishers.world import answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state = 1
    asked: list[tuple[str, str]]
    unchanged = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        _, publisher, path = parts.path.split("/", 2)
        self.server.asked.append((publisher, self.path))
        params = dict(parse_qsl(parts.query))
        status, kind, body = answer(publisher, f"/{path}", params, state=self.server.state)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            self.server.unchanged += 1
            status, body = 304, b""
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's own name
        """Say nothing."""


class WorldServer:
    """Serves one of the states of the made-up world."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.asked = []
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def address(self, publisher: str) -> str:
        """Where a publisher answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{publisher}"

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Publisher and target of each request."""
        return self._server.asked

    @property
    def unchanged(self) -> int:
        """How often an answer was not sent again."""
        return self._server.unchanged

    def on(self, state: int) -> None:
        """Another day."""
        self._server.state = state

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
