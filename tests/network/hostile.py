"""A publisher on loopback that plays every way in which an answer can go wrong."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

CERTIFICATE = Path(__file__).with_name("loopback.pem")
CSV = b"observation_date,X\n2026-01-01,1.5\n2026-02-01,2.5\n"
JSON = b'{"observations": [{"date": "2026-01-01", "value": "1.5"}]}'
HTML = b"<!DOCTYPE html><html><body>Down for maintenance</body></html>"
BAD_KEY = json.dumps(
    {
        "error_code": 400,
        "error_message": "Bad Request.  The value for variable api_key is not registered.",
    }
).encode()


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    target: str
    at: float = field(default_factory=time.monotonic)


Play = Callable[[socket.socket, Asked], None]


def reply(
    body: bytes = b"", status: str = "200 OK", *, length: int | None = -1, **headers: object
) -> bytes:
    """An answer as bytes; `length` is what it claims, by default the truth, None for silence."""
    lines = [f"HTTP/1.1 {status}"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def says(*pieces: bytes, pause_s: float = 0.0) -> Play:
    """Send pieces, with a pause before each but the first."""

    def play(connection: socket.socket, asked: Asked) -> None:
        for number, piece in enumerate(pieces):
            if number and pause_s:
                time.sleep(pause_s)
            connection.sendall(piece)

    return play


def in_turn(*plays: Play) -> Play:
    """Another play at each request; the last one stays."""
    left = list(plays)

    def play(connection: socket.socket, asked: Asked) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection, asked)

    return play


def reset(connection: socket.socket, asked: Asked) -> None:
    """Hang up so that the other side gets a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silence(seconds: float) -> Play:
    """Say nothing for a while, then hang up."""

    def play(connection: socket.socket, asked: Asked) -> None:
        time.sleep(seconds)

    return play


def trickle(head: bytes, body: bytes, every_s: float, *, slow_head: bool = False) -> Play:
    """One byte at a time, for ever if need be."""

    def play(connection: socket.socket, asked: Asked) -> None:
        if not slow_head:
            connection.sendall(head)
        for byte in (head if slow_head else b"") + body:
            time.sleep(every_s)
            connection.sendall(bytes([byte]))

    return play


def bomb(unpacked: int) -> bytes:
    """A gzip body of so many noughts."""
    return gzip.compress(b"0" * unpacked, 9)


class Publisher:
    """A server that answers by path; whatever is not listed is an orderly CSV."""

    def __init__(self, plays: dict[str, Play] | None = None, *, tls: bool = False) -> None:
        self.plays = dict(plays or {})
        self.asked: list[Asked] = []
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(CERTIFICATE)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                for asked in self._requests(connection):
                    self.asked.append(asked)
                    self.plays.get(asked.path, says(reply(CSV)))(connection, asked)
                    if self.plays.get(asked.path) is not None:
                        return

    @staticmethod
    def _requests(connection: socket.socket) -> Iterator[Asked]:
        held = b""
        while True:
            while b"\r\n\r\n" not in held:
                piece = connection.recv(65536)
                if not piece:
                    return
                if piece.startswith(b"\x16\x03"):  # somebody begins to speak TLS
                    connection.sendall(reply(b"", "400 Bad Request"))
                    return
                held += piece
            head, _, held = held.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            target = first.split(" ")[1]
            parts = urlsplit(target)
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
            }
            yield Asked(parts.path, parse_qs(parts.query), headers, target)

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
