"""Views over figures made by hand: no file, no store on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import numpy as np

from debtcycle.catalogue import VintagePolicy, load_catalogue
from debtcycle.catalogue.calendar import known_from, shift_months
from debtcycle.sources.announcements import Announcement
from debtcycle.store import Basis, Document, Rows
from debtcycle.views import View

Figures = Mapping[date, float]


class MemoryStore:
    """What `View` asks of a store, held in memory."""

    def __init__(self, figures: Mapping[str, Figures], log: Sequence[Announcement] = ()) -> None:
        self._figures = figures
        self._log = log

    def rows(self, series_id: str) -> Rows:
        figures = self._figures.get(series_id)
        if not figures:
            return Rows.empty()
        info = load_catalogue()[series_id]
        periods = np.array(sorted(figures), dtype="M8[D]")
        values = np.array([figures[day] for day in sorted(figures)], dtype=float)
        unrevised = info.vintage_policy is VintagePolicy.UNREVISED
        basis = Basis.UNREVISED if unrevised else Basis.LAGGED
        return Rows(
            periods, known_from(info, periods), values, np.full(len(values), int(basis), "i1")
        )

    def documents(self, kind: str) -> tuple[Document, ...]:
        return tuple(
            Document(kind, np.datetime64(item.date, "D"), msgspec.json.encode(item).decode())
            for item in self._log
        )


def view(as_of: str, log: Sequence[Announcement] = (), **figures: Figures) -> View:
    return View(as_of=as_of, store=MemoryStore(figures, log))  # type: ignore[arg-type]


def every_months(start: str, values: Sequence[float], step: int = 1) -> dict[date, float]:
    first = np.array([start], dtype="M8[D]")
    return {
        shift_months(first, step * number)[0].item(): float(value)
        for number, value in enumerate(values)
    }


def every_quarters(start: str, values: Sequence[float]) -> dict[date, float]:
    return every_months(start, values, 3)


def every_days(start: str, values: Sequence[float], step: int = 1) -> dict[date, float]:
    first = np.datetime64(start, "D")
    return {(first + step * number).item(): float(value) for number, value in enumerate(values)}


def announcement(day: str, programme: str, **changes: Any) -> Announcement:
    base = Announcement(
        date=date.fromisoformat(day),
        date_is_month=False,
        programme=programme,
        instrument="Treasuries",
        asset_class="treasury",
        tenor="coupons",
        pace_usd_bn_per_month=50.0,
        total_usd_bn=None,
        direction="buy",
        term_months=None,
        cumulative_increment_usd_bn=None,
        confirmed=True,
        effective_from=None,
        source="press release",
        note="",
    )
    return Announcement(
        **{name: changes.get(name, getattr(base, name)) for name in Announcement.__slots__}
    )
