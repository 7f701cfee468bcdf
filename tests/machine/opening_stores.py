"""Stores that lack something, for the tests of the opening state."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from debtcycle.store import Document, Rows, Store


class Without:
    """A store that never had some series."""

    def __init__(self, store: Store, lacking: Collection[str]) -> None:
        self._store = store
        self._lacking = frozenset(lacking)

    def rows(self, series_id: str) -> Rows:
        return Rows.empty() if series_id in self._lacking else self._store.rows(series_id)

    def documents(self, kind: str) -> tuple[Document, ...]:
        return self._store.documents(kind)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
