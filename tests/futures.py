"""Stores with another future, and outputs laid out so that the smallest difference shows.

The law: adding later data leaves every earlier output bit-identical. `Truncated` forgets what was
not known on a day; `Poisoned` puts absurd figures in its place. Both are kept in memory and
answer like a `Store`, so that a view cannot tell them apart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import Enum
from typing import Any

import msgspec
import numpy as np

from debtcycle.cycle.assess import assess
from debtcycle.cycle.counter import counter_argument
from debtcycle.cycle.episodes import episodes
from debtcycle.cycle.flip import flips
from debtcycle.cycle.freshest import freshest
from debtcycle.cycle.judgement import judge
from debtcycle.cycle.replay import record_of, replay
from debtcycle.cycle.robustness import robustness
from debtcycle.indicators.bubble_gauge import technology_gauge
from debtcycle.report.as_json import claims_json, report_json
from debtcycle.report.build import build, words_of
from debtcycle.report.figures import chart_specs
from debtcycle.report.markdown import render_markdown
from debtcycle.report.text import render_text
from debtcycle.store import Basis, Document, Rows, Store
from debtcycle.views import View

Outputs = Callable[[Any, date], dict[str, Any]]
# Enough sets to see a difference; the shares of a full thousand move with the same inputs.
SETS = 60
POISONS = (1e30, -1e30, float("nan"), 0.0)


class Truncated:
    """A store as it stood on a day: without the rows and documents that became known later."""

    def __init__(self, store: Store, day: date) -> None:
        self._store = store
        self.day = np.datetime64(day, "D")
        # Nothing can be kept beside it: every answer is computed from its own rows.
        self.path = store.path / "nowhere" / "store.sqlite"
        self._rows: dict[str, Rows] = {}

    @property
    def series(self) -> tuple[str, ...]:
        return tuple(name for name in self._store.series if len(self.rows(name)))

    def rows(self, series_id: str) -> Rows:
        if series_id not in self._rows:
            rows = self._store.rows(series_id)
            self._rows[series_id] = self._changed(rows.take(rows.known_from <= self.day), rows)
        return self._rows[series_id]

    def documents(self, kind: str) -> tuple[Document, ...]:
        return tuple(d for d in self._store.documents(kind) if d.known_from <= self.day)

    def batches(self) -> tuple[Any, ...]:
        return self._store.batches()

    def has_payload(self, payload_sha256: str) -> bool:
        return self._store.has_payload(payload_sha256)

    def _changed(self, known: Rows, full: Rows) -> Rows:
        """The rows of a series, given those known on the day and all of them."""
        del full
        return known


class Poisoned(Truncated):
    """The same with a poisoned future: absurd new periods and absurd revisions of old ones."""

    def _changed(self, known: Rows, full: Rows) -> Rows:
        day = np.timedelta64(1, "D")
        old = np.unique(full.periods)
        # Old periods (the first, the last ones, one in ten) are revised; new ones appear.
        revised = np.unique(np.concatenate([old[:1], old[::10], old[-30:]]))
        fresh = self.day + day * np.array([-400, -91, -31, -7, -1, 0, 1, 2, 40], dtype=int)
        periods = np.concatenate([revised, fresh])
        count = len(periods)
        later = self.day + day * (1 + np.arange(count) % 45)
        values = np.resize(np.array(POISONS), count)
        basis = np.resize(np.array([int(b) for b in Basis], dtype="i1"), count)
        return Rows(
            np.concatenate([known.periods, periods]),
            np.concatenate([known.known_from, later]),
            np.concatenate([known.values, values]),
            np.concatenate([known.basis, basis]),
        ).ordered()

    def documents(self, kind: str) -> tuple[Document, ...]:
        """Real documents, and copies of the largest one, dated after the day."""
        before = super().documents(kind)
        copies = []
        for number, found in enumerate(self._store.documents(kind)):
            text = msgspec.json.decode(found.payload)
            later = self.day + np.timedelta64(1 + number % 45, "D")
            text |= {"date": str(later), "direction": "buy", "pace_usd_bn_per_month": 1e6}
            text |= {"confirmed": True, "effective_from": None, "date_is_month": False}
            copies.append(Document(kind, later, msgspec.json.encode(text).decode()))
        return before + tuple(copies)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of an output with its place; floats to the last bit."""
    if isinstance(value, Enum) or value is None or isinstance(value, (str, bool, int, date)):
        yield path, f"{type(value).__name__}:{value!s}"
    elif isinstance(value, float):
        yield path, float(value).hex()
    elif isinstance(value, np.generic | np.ndarray):
        yield path, f"{value.dtype}:{value.tobytes().hex()}"
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, msgspec.Struct):
        yield from leaves(msgspec.structs.asdict(value), path)
    elif isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], f"{path}[{key!r}]")
    elif isinstance(value, (tuple, list)):
        yield path, f"length {len(value)}"
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}[{number}]")
    else:
        raise TypeError(f"{path}: {type(value).__name__} has no canonical form")


def verdict_outputs(store: Any, day: date) -> dict[str, Any]:
    """What the verdict rests on, and what is said of it: quick."""
    view = View(as_of=day, store=store)
    got = assess(view)
    # A replay is asked for from a later view: what it says of an earlier day must not move.
    later = View(as_of=day + timedelta(days=400), store=store)
    months = replay(later, [day - timedelta(days=45), day])
    return {
        "assess": got,
        "technology": technology_gauge(view),
        "flips": flips(got),
        "robustness": robustness(got, sets=SETS),
        "counter": counter_argument(got),
        "episodes": episodes(view),
        "replay": months,
        "record": record_of(months),
    }


def all_outputs(store: Any, day: date) -> dict[str, Any]:
    """Everything that the watch wing says about a day."""
    view = View(as_of=day, store=store)
    return {
        "judgement": judge(view, record=False),
        "freshest": freshest(view),
        "verdict": verdict_outputs(store, day),
    }


def written_outputs(store: Any, day: date) -> dict[str, Any]:
    """Every word, figure and chart that a reader sees of a day."""
    view = View(as_of=day, store=store)
    judgement = judge(view, record=False)
    found: dict[str, Any] = {"json": report_json(judgement, view.catalogue)}
    found["claims"] = claims_json(judgement)
    for lang in ("en", "zh"):
        words = words_of(lang)
        document = build(judgement, words)
        found[f"text {lang}"] = render_text(document)
        found[f"markdown {lang}"] = render_markdown(document)
        found[f"charts {lang}"] = chart_specs(judgement.findings, (), view, words)
    return found


def differences(one: Any, other: Any, day: date, outputs: Outputs = verdict_outputs) -> list[str]:
    """Places at which two stores give different outputs for a day."""
    first, second = (dict(leaves(outputs(store, day))) for store in (one, other))
    return sorted(
        place for place in first.keys() | second.keys() if first.get(place) != second.get(place)
    )
