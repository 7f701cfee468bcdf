"""What becomes of figures that are kept apart: they are believed after all, or given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np

from debtcycle.catalogue import Catalogue, VintagePolicy
from debtcycle.errors import ConfigError
from debtcycle.intake.planning import State, planned
from debtcycle.intake.taking import span_key
from debtcycle.store import Held, Rows, Store
from debtcycle.store.entries import Action, Entry
from debtcycle.store.held import Holding
from debtcycle.store.packing import content_hash
from debtcycle.store.writing import Addition

__all__ = ["drop", "release"]


def release(
    store: Store, numbers: Sequence[int], *, catalogue: Catalogue, archived: Entry | None = None
) -> int:
    """Append held figures as they were parsed, dated by the day they were fetched.

    They are compared with what is in force now: where a later payload has been believed
    meanwhile, they add the periods that lack and do not take the place of newer figures. A
    series that is never revised takes them too: whoever releases them says that it was.

    Parameters
    ----------
    numbers : sequence of int
        Numbers of lines of the quarantine.
    archived : Entry, optional
        The release as it was once done, when it is done again; it is then not archived anew.

    Returns
    -------
    int
        Number of rows added.

    Raises
    ------
    ConfigError
        ``quarantine.unknown``; nothing is released then.
    """
    with store.exclusive():
        return sum(
            _release(store, number, whole, catalogue, archived)
            for number, whole in _chosen(store, numbers)
        )


def drop(store: Store, numbers: Sequence[int], *, archived: Entry | None = None) -> int:
    """Give held figures up; the archive keeps their payload. The number of lines dropped.

    Raises
    ------
    ConfigError
        ``quarantine.unknown``; nothing is dropped then.
    """
    with store.exclusive():
        chosen = _chosen(store, numbers)
        for number, whole in chosen:
            entry = None if archived is not None else _entry(Action.DROPPED, whole, "")
            store.add(Addition(batch=False, settled=(number,)), entry)
        return len(chosen)


def _chosen(store: Store, numbers: Sequence[int]) -> list[tuple[int, Holding]]:
    found: dict[int, tuple[Held, Holding]] = {line.id: (line, h) for line, h in store.holdings()}
    for number in numbers:
        if number not in found:
            raise ConfigError("quarantine.unknown", number=number)
    return [(number, found[number][1]) for number in sorted(set(numbers))]


def _release(
    store: Store, number: int, whole: Holding, catalogue: Catalogue, archived: Entry | None
) -> int:
    rows = _rows(store, whole, catalogue)
    content = content_hash(rows, ()) if rows else ""
    facts = {}
    if whole.reason == "quarantine.shrunken":
        facts[span_key(whole.series)] = str(len(np.unique(whole.rows.periods)))
    entry = None if archived is not None else _entry(Action.RELEASED, whole, content)
    return store.add(
        Addition(
            whole.source,
            whole.payload_sha256,
            rows,
            batch=bool(rows),
            settled=(number,),
            facts=facts,
            content_sha256=content,
            imported_at="" if archived is None else archived.fetched_at,
        ),
        entry,
    )


def _rows(store: Store, whole: Holding, catalogue: Catalogue) -> dict[str, Rows]:
    state = State(
        whole.series,
        whole.rows.periods,
        whole.rows.values,
        whole.rows.known_from if whole.vintages else None,
        whole.fetched,
        whole.dated,
        whole.exact,
    )
    entries = dict(catalogue.entries)
    info = catalogue[whole.series]
    if info.vintage_policy is VintagePolicy.UNREVISED:
        entries[info.id] = msgspec.structs.replace(info, vintage_policy=VintagePolicy.LAGGED)
    revisable = Catalogue(entries, catalogue.releases, catalogue.keys)
    rows = planned(revisable, state, store.rows(whole.series), whole.floors).rows
    return {whole.series: rows} if len(rows) else {}


def _entry(action: Action, whole: Holding, content: str) -> Entry:
    return Entry(
        action=action,
        origin="",
        name=whole.source,
        payload_sha256=whole.payload_sha256,
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        fetched=whole.fetched,
        held=(whole.series,),
        content_sha256=content,
    )
