"""A store as it was: after a number of batches, or with later figures for earlier periods.

Both read the same file and never write it. They exist so that a judgement of the past can be
made again exactly, and compared with today's by the same program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import numpy as np

from debtcycle.errors import StoreError
from debtcycle.store import queries
from debtcycle.store.database import reading
from debtcycle.store.packing import join, unpack_documents, unpack_rows
from debtcycle.store.schema import Document, Rows
from debtcycle.store.store import Store
from debtcycle.store.writing import DOCUMENTS, OBSERVATIONS, Batch

__all__ = ["PastStore", "RevisedStore"]


class PastStore(Store):
    """A store without the batches after the first so many.

    Parameters
    ----------
    store : Store
    batches : int
        How many batches there were.

    Raises
    ------
    StoreError
        ``store.broken`` if the store has fewer.
    """

    def __init__(self, store: Store, batches: int) -> None:
        super().__init__(store.path)
        found = super().batches()
        if len(found) < batches:
            self.close()
            raise StoreError("store.broken", path=store.path, reason="fewer batches than before")
        self._batches = found[:batches]
        self._last = self._batches[-1].id if self._batches else 0
        self._rows: dict[str, Rows] = {}

    def batches(self) -> tuple[Batch, ...]:
        """The batches that there were."""
        return self._batches

    def rows(self, series_id: str) -> Rows:
        """Rows of a series that there were, sorted by period and day known."""
        if series_id not in self._rows:
            self._rows[series_id] = self._until(series_id)
        return self._rows[series_id]

    def _pieces(self, name: str, ids: Mapping[str, int], form: int) -> list[tuple[int, bytes]]:
        """What the batches of then brought of a series or kind: number of rows and block."""
        if name not in ids:
            return []
        found = queries.pieces(self._connection, ids[name], name, form)
        return [(count, packed) for batch, count, packed in found if batch <= self._last]

    def _until(self, series_id: str) -> Rows:
        with reading(self.path):
            found = self._pieces(series_id, self._ids, OBSERVATIONS)
            return join([unpack_rows(packed, count) for count, packed in found])

    def documents(self, kind: str) -> tuple[Document, ...]:
        """Documents of a kind that there were, by the day they became known."""
        with reading(self.path):
            found = self._pieces(kind, self._kinds, DOCUMENTS)
            items = [
                (item.known_from, place, number, item)
                for number, (_, packed) in enumerate(found)
                for place, item in enumerate(unpack_documents(kind, packed))
            ]
        return tuple(item for *_, item in sorted(items, key=lambda row: row[:3]))

    def exclusive(self) -> NoReturn:
        """Refuse: the past is not written.

        Raises
        ------
        StoreError
            ``store.readonly``.
        """
        raise StoreError("store.readonly", path=self.path)


class RevisedStore(PastStore):
    """A past store in which the periods it had carry the figures of a later day.

    What was revised is known at once, what is new is not: the difference between a reading from
    here and one from the past is the part of the revisions, and the rest is that of new periods
    and of time.

    Parameters
    ----------
    store : Store
        As it is now.
    batches : int
        How many there were.
    then, now : datetime64[D]
        The day of the past, and that up to which revisions are taken.
    """

    def __init__(
        self, store: Store, batches: int, *, then: np.datetime64, now: np.datetime64
    ) -> None:
        super().__init__(store, batches)
        self._now_store, self._then, self._now = store, then, now

    def _until(self, series_id: str) -> Rows:
        past = super()._until(series_id)
        held = past.as_of(self._then)
        current = self._now_store.rows(series_id).as_of(self._now)
        if not len(held) or not len(current):
            return past
        place = np.minimum(np.searchsorted(current.periods, held.periods), len(current) - 1)
        there = current.periods[place] == held.periods
        newer = current.values[place]
        same = (newer == held.values) | (np.isnan(newer) & np.isnan(held.values))
        changed = there & ~same
        if not changed.any():
            return past
        revised = Rows(
            held.periods[changed],
            np.full(int(changed.sum()), self._then),
            newer[changed],
            current.basis[place][changed],
        )
        joined = (
            np.concatenate([getattr(past, name), getattr(revised, name)])
            for name in ("periods", "known_from", "values", "basis")
        )
        # The sort is stable: of two rows known on the same day the revised one is in force.
        return Rows(*joined).ordered()
