"""Waiting, on a clock of the test's own: nothing here takes time."""

from __future__ import annotations

import random
from itertools import pairwise

import httpx2
import pytest

from debtcycle.errors import SourceError
from debtcycle.network import Client, Endpoint, Patience
from debtcycle.sources.steps import Request
from network.test_pace import Made

REQUEST = Request(publisher="fred", path="/x")


class _Playing(httpx2.BaseTransport):
    """Another transport in the place of the wire: answers from a list, each after some time."""

    def __init__(self, clock: Made, answers: list[httpx2.Response | Exception], took_s: float):
        self.clock, self.answers, self.took_s = clock, answers, took_s
        self.at: list[float] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert request.method == "GET"
        self.at.append(self.clock.now)
        self.clock.now += self.took_s
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def _client(tmp_path, *answers, took_s: float = 0.1, seed: int = 1, **patience: float):
    clock = Made()
    transport = _Playing(clock, list(answers), took_s)
    endpoint = Endpoint(name="fred", address="https://fred.example", per_second=100, per_minute=6e3)
    client = Client(
        [endpoint],
        state=tmp_path / str(seed),
        patience=Patience(**patience),
        transport=transport,
        clock=clock,
        rng=random.Random(seed),
    )
    return client, transport


def test_waits_grow_are_drawn_and_come_from_the_seed(tmp_path):
    busy = httpx2.Response(503)
    seen = {}
    for seed in (1, 2, 3):
        client, transport = _client(tmp_path, busy, seed=seed, attempts=5, backoff_cap_s=3.0)
        with pytest.raises(SourceError):
            client.get(REQUEST)
        waits = [after - before - 0.1 for before, after in pairwise(transport.at)]
        assert len(waits) == 4
        for wait, longest in zip(waits, (1.0, 2.0, 3.0, 3.0), strict=True):
            assert 0.0 <= wait <= longest + 0.02
        dice = random.Random(seed)
        assert waits == pytest.approx([dice.uniform(0, x) for x in (1.0, 2.0, 3.0, 3.0)], abs=0.02)
        seen[seed] = waits
    assert seen[1] != seen[2] != seen[3]


def test_a_question_never_takes_longer_than_it_may(tmp_path):
    slow = httpx2.ReadTimeout("slow")
    client, transport = _client(tmp_path, slow, took_s=40.0, attempts=9)
    begun = transport.clock.now
    with pytest.raises(SourceError, match=r"network\.timeout"):
        client.get(REQUEST)
    # Each of these attempts takes its 40 s; none begins after the 90 s are over.
    assert len(transport.at) == 3
    assert all(at - begun < 90.0 for at in transport.at)


def test_several_requests_share_the_time_of_a_question(tmp_path):
    client, transport = _client(tmp_path, httpx2.Response(200, content=b"a,b\n"), took_s=50.0)
    deadline = client.deadline()
    client.get(REQUEST, deadline=deadline)
    client.get(REQUEST, deadline=deadline)
    with pytest.raises(SourceError, match=r"network\.timeout"):
        client.get(REQUEST, deadline=deadline)
    assert len(transport.at) == 2


def test_a_date_to_wait_for_is_understood(tmp_path):
    from email.utils import formatdate

    asked = formatdate(1_000_000.0 + 25, usegmt=True)
    busy = httpx2.Response(429, headers={"Retry-After": asked})
    client, transport = _client(tmp_path, busy, httpx2.Response(200, content=b"a,b\n"))
    assert client.get(REQUEST).body == b"a,b\n"
    assert transport.at[1] - transport.at[0] == pytest.approx(25.0, abs=0.2)


@pytest.mark.parametrize("text", ["soon", "-5", "1e3", "", "99999999999", "Mon, 99 Foo 2026"])
def test_a_wait_that_makes_no_sense_is_no_wait(text, tmp_path):
    busy = httpx2.Response(503, headers={"Retry-After": text})
    client, transport = _client(tmp_path, busy, httpx2.Response(200, content=b"a,b\n"))
    client.get(REQUEST)
    assert transport.at[1] - transport.at[0] < 1.2


def test_the_run_ends_for_every_question(tmp_path):
    client, transport = _client(
        tmp_path, httpx2.Response(200, content=b"a,b\n"), took_s=200.0, request_s=500.0
    )
    for _ in range(3):
        client.get(REQUEST)
    with pytest.raises(SourceError, match=r"network\.run"):
        client.get(REQUEST)
    assert len(transport.at) == 3
