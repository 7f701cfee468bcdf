"""Clients with little patience, and publishers that end with the test."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from debtcycle.network import Client, Endpoint, Patience, Secret, Settings
from network.hostile import Play, Publisher

HASTY = Patience(
    connect_s=0.5, read_s=0.4, request_s=0.7, question_s=1.5, run_s=30.0,
    attempts=3, backoff_s=0.02, backoff_cap_s=0.05,
    body_bytes=1 << 20, bulk_bytes=2 << 20,
)  # fmt: skip
KEY = "canary0123456789abcdef0123456789"


@pytest.fixture
def publisher() -> Iterator[Callable[..., Publisher]]:
    """Start publishers."""
    started: list[Publisher] = []

    def start(plays: dict[str, Play] | None = None, **settings: Any) -> Publisher:
        started.append(Publisher(plays, **settings))
        return started[-1]

    yield start
    for found in started:
        found.close()


@pytest.fixture
def client_of(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """A client of one publisher called ``fred``."""
    made: list[Client] = []

    def make(address: str, *, key: str | None = None, **settings: Any) -> Client:
        endpoint = Endpoint(name="fred", address=address, per_second=500, per_minute=30_000)
        keys = {} if key is None else {"fred": Secret(key)}
        settings = {"patience": HASTY, "rng": random.Random(7), **settings}
        made.append(
            Client([endpoint], settings=Settings(keys=keys), state=tmp_path / "state", **settings)
        )
        return made[-1]

    yield make
    for client in made:
        client.close()
