"""What to ask: the questions of the chosen publishers, in the light of what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from debtcycle.catalogue import Catalogue
from debtcycle.errors import ConfigError
from debtcycle.intake import seen_vintage
from debtcycle.sources import plans
from debtcycle.sources.publishers import load_publishers
from debtcycle.sources.steps import Question, Request
from debtcycle.store import Rows, Store
from debtcycle.store.schema import Basis

__all__ = ["chosen", "first_request", "plan"]


_EXACT = "fred_api"
_OF_MONTHS = "fredmd"
_SLACK = np.timedelta64(7, "D")


class _Newest(Mapping[str, np.datetime64]):
    """A day of each series, looked up when it is asked for: plans want few of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def day(self, rows: Rows) -> np.datetime64 | None:
        """Newest period that has a figure."""
        some = rows.periods[~np.isnan(rows.values)]
        return some.max() if some.size else None

    def __getitem__(self, series_id: str) -> np.datetime64:
        found = self.day(self._store.rows(series_id))
        if found is None:
            raise KeyError(series_id)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._store.series if self.get(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _NewestVintage(_Newest):
    """Newest day from which a vintage of a series is stored."""

    def day(self, rows: Rows) -> np.datetime64 | None:
        some = rows.known_from[rows.basis == int(Basis.VINTAGE)]
        return some.max() if some.size else None


class _NewestExact(_NewestVintage):
    """Newest day of publication from which an archive has been taken in.

    Rows may be dated after it, because an answer of the day itself came too early. Where it is
    not known, a few days before the newest vintage: a state may have been fetched before noon.
    """

    def __getitem__(self, series_id: str) -> np.datetime64:
        seen = seen_vintage(self._store, series_id)
        if seen is not None:
            return np.datetime64(seen, "D")
        newest: np.datetime64 = super().__getitem__(series_id).astype("M8[D]") - _SLACK
        return newest


def chosen(catalogue: Catalogue, named: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Publishers and series that the user named; all publishers where nothing is named.

    A publisher stands for all that fill the same series: ``fred`` means FRED with or without a
    key, whichever applies.

    Raises
    ------
    ConfigError
        ``update.source`` where a name is neither a publisher nor a series of one.
    """
    if not named:
        return plans.PUBLISHERS, frozenset()
    known = load_publishers()
    publishers: set[str] = set()
    series: set[str] = set()
    whole: set[str] = set()
    for name in named:
        owner = name if name in known else None
        if owner is None and name.upper() in catalogue:
            owner = plans.publisher_of(name.upper())
            series.add(name.upper())
        if owner is None:
            raise ConfigError("update.source", name=name, known=", ".join(known))
        house = known[owner].same_as or owner
        same = {key for key, item in known.items() if house in {key, item.same_as}}
        publishers |= same
        if name in known:
            whole |= same
    for info in catalogue:
        if series and (owner := plans.publisher_of(info.id)) is not None and owner in whole:
            series.add(info.id)
    return tuple(name for name in plans.PUBLISHERS if name in publishers), frozenset(series)


def plan(
    store: Store,
    catalogue: Catalogue,
    *,
    keyed: frozenset[str],
    today: date,
    named: Sequence[str] = (),
) -> tuple[Question, ...]:
    """The questions whose answers bring the store up to date.

    Parameters
    ----------
    keyed : frozenset of str
        Publishers for which the user has a key.
    named : sequence of str, optional
        Publishers or series to keep to.

    Raises
    ------
    ConfigError
        ``update.source``.
    """
    publishers, series = chosen(catalogue, named)
    held, known, exact = _Newest(store), _NewestVintage(store), _NewestExact(store)
    found: list[Question] = []
    # States of past months come before those of today, which they cannot take the place of.
    for publisher in sorted(publishers, key=lambda name: name != _OF_MONTHS):
        asked = plans.questions(
            catalogue,
            publisher,
            keyed=keyed,
            held=held,
            known=exact if publisher == _EXACT else known,
            today=today,
        )
        found += (item for item in asked if _wanted(item, series))
    return tuple(found)


def _wanted(question: Question, series: Collection[str]) -> bool:
    return not series or any(item in series for item in question.series)


def first_request(question: Question, *, today: date) -> Request | None:
    """What would be asked first; nothing is sent."""
    steps = plans.steps(question, today=today)
    try:
        return next(steps)
    except StopIteration:
        return None
    finally:
        steps.close()
