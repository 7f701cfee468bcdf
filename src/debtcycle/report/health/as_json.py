"""The health of the series as strict JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from debtcycle.health import Health, Trouble

__all__ = ["health_json"]


def _series(item: Health) -> dict[str, object]:
    info, batch = item.info, item.batch
    newest = item.known.newest
    return {
        "id": info.id,
        "name_en": info.name_en,
        "name_zh": info.name_zh,
        "publisher": info.publisher,
        "via": info.via,
        "frequency": info.frequency.value,
        "trouble": item.trouble.value,
        "troubles": [trouble.value for trouble in item.troubles],
        "figures": item.figures,
        "first": item.first,
        "last": item.last,
        "age_days": item.age_days,
        "licence": item.licence.value,
        "shipped": item.shipped,
        "cut": None if item.cut is None else asdict(item.cut),
        "ended": None if item.end is None else asdict(item.end),
        "substitute": item.stands_in,
        "unit": {"name": info.unit, **asdict(item.unit)},
        "schedule": asdict(item.schedule),
        "known": asdict(item.known) | {"newest": None if newest is None else newest.name.lower()},
        "quarantined": item.held,
        "batch": None
        if batch is None
        else {"id": batch.id, "source": batch.source, "imported_at": batch.imported_at},
    }


def health_json(items: Sequence[Health], on: date) -> str:
    """All series in the order given, after the number of each trouble."""
    count = Counter(item.trouble for item in items)
    found = {
        "as_of": on,
        "counts": {trouble.value: count[trouble] for trouble in Trouble},
        "series": [_series(item) for item in items],
    }
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1, default=str)
    return f"{text}\n"
