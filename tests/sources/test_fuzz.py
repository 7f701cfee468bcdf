"""Spoilt answers: only the package's own errors come out, and what is read keeps its order."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from debtcycle.errors import SourceError
from debtcycle.sources._sane import check_future
from debtcycle.sources.parsed import Parsed
from publishers.mutations import spoilt, with_gap
from publishers.samples import TODAY, Sample, all_samples

SAMPLES = all_samples()
NAMES = sorted(SAMPLES)
BY_HAND = {name for name, sample in SAMPLES.items() if sample.kind == "rows"}
NOT_FIGURES = {"as of dates", "fred_api dates", "announcements"}


def check(part: object) -> None:
    if not isinstance(part, Parsed):
        return
    assert part.key
    assert part.periods.shape == part.values.shape
    assert not np.isnat(part.periods).any()
    assert not np.isinf(part.values).any()
    apart = np.diff(part.periods).astype(np.int64)
    if part.vintages is None:
        assert (apart > 0).all(), part
    else:
        assert part.vintages.shape == part.periods.shape
        assert not np.isnat(part.vintages).any()
        later = np.diff(part.vintages).astype(np.int64) > 0
        assert ((apart > 0) | ((apart == 0) & later)).all(), part


def read(sample: Sample, body: bytes) -> tuple[object, ...]:
    """What comes out, or nothing where it is refused."""
    try:
        parts = sample.read(body)
        for part in parts:
            if isinstance(part, Parsed):
                check_future(part, sample.name, TODAY)
    except SourceError:
        return ()
    for part in parts:
        check(part)
    return parts


def fuzz(name: str, payloads: int) -> tuple[int, int]:
    sample = SAMPLES[name]
    dice = random.Random(name)
    whole = sum(bool(read(sample, spoilt(sample, dice))) for _ in range(payloads))
    return whole, payloads - whole


@pytest.mark.parametrize("name", NAMES)
def test_the_samples_are_whole(name: str) -> None:
    assert read(SAMPLES[name], SAMPLES[name].body)


@pytest.mark.parametrize("name", NAMES)
def test_spoilt_answers_are_read_or_refused(name: str) -> None:
    whole, refused = fuzz(name, 30 if name in BY_HAND else 300)
    assert refused > 0
    assert whole + refused in {30, 300}


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_thousand_spoilt_answers(name: str) -> None:
    _, refused = fuzz(name, 100_000)
    assert refused > 0


def _zeros(parts: tuple[object, ...]) -> int:
    return sum(int((part.values == 0.0).sum()) for part in parts if isinstance(part, Parsed))


def _figures(parts: tuple[object, ...]) -> int:
    return sum(int((~np.isnan(p.values)).sum()) for p in parts if isinstance(p, Parsed))


@pytest.mark.parametrize("name", sorted(set(NAMES) - NOT_FIGURES - {"bis packed"}))
def test_a_missing_figure_is_never_zero(name: str) -> None:
    sample = SAMPLES[name]
    dice = random.Random(name)
    whole = sample.read(sample.body)
    assert _zeros(whole) == 0 or name == "operations"
    fewer = 0
    for _ in range(20 if name in BY_HAND else 60):
        parts = read(sample, with_gap(sample, dice))
        assert _zeros(parts) <= _zeros(whole)
        assert _figures(parts) <= _figures(whole)
        fewer += _figures(parts) < _figures(whole)
    assert fewer > 0  # the marks reached a figure at least once


@pytest.mark.parametrize("name", sorted({"shiller", "shiller_copy", "debt"}))
def test_a_zero_that_stands_for_nothing_is_nothing(name: str) -> None:
    sample = SAMPLES[name]
    if name == "shiller":
        rows = [list(row) for row in sample.rows]
        rows[-1][2:4] = [0.0, 0.0]
        parts = sample.read(sample.write(rows))
    elif name == "debt":
        first = sample.body.split(b'"debt_held_public_amt": "')[1].split(b'"')[0]
        parts = sample.read(sample.body.replace(first, b"0.00"))
    else:
        parts = sample.read(sample.body.replace(b"70.5,250.5", b"0.0,0.0"))
    assert _zeros(parts) == 0
    assert any(math.isnan(v) for part in parts if isinstance(part, Parsed) for v in part.values)
