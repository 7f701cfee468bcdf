"""The changes as strict JSON: ids, figures and the days on which they became known."""

from __future__ import annotations

import json
from dataclasses import asdict

from debtcycle.cycle.changes import Change, Item, Moved, Since, Told
from debtcycle.indicators.model import Reading

__all__ = ["since_json"]


def _state(item: Item | Told) -> str | float | None:
    return item.value if item.state is None else item.state


def _reading(made: Reading) -> dict[str, object]:
    return {
        "value": made.value,
        "unit": made.unit,
        "status": made.status.value,
        "percentile": made.percentile,
        "period": made.period,
        "known_from": made.known_from,
    }


def _moved(moved: Moved) -> dict[str, object]:
    return {
        "indicator": moved.now.indicator,
        "was": _reading(moved.was),
        "now": _reading(moved.now),
        "by_revision": moved.by_revision,
        "by_new_periods": moved.by_new,
        "figures": [asdict(arrival) for arrival in moved.arrivals],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "kind": change.item.kind.value,
        "name": change.item.name or None,
        "was": _state(change.told),
        "told_on": change.told.on,
        "now": _state(change.item),
        "because": [_moved(moved) for moved in change.moved],
    }


def since_json(found: Since | None, as_of: object = None) -> str:
    """The comparison; for the first answer seen there is none to compare with.

    Parameters
    ----------
    found : Since or None
    as_of : date
        The day of the first answer.
    """
    if found is None:
        told: dict[str, object] = {"first": True, "changed": False, "as_of": as_of}
    else:
        program = found.program
        told = {
            "first": False,
            "changed": found.anything,
            "then": found.then,
            "as_of": found.now,
            "other_store": found.other_store,
            "program": None
            if program is None
            else {
                "was": program.was,
                "now": program.now,
                "changes": [_change(change) for change in program.changes],
            },
            "announced": [asdict(item) for item in found.announced],
            "changes": [_change(change) for change in found.changes],
        }
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1, default=str)
    return f"{text}\n"
