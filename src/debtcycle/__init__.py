"""Watch and understand the Big Debt Cycle, as known on any date.

>>> import debtcycle
>>> view = debtcycle.View(as_of="2025-12-15")          # doctest: +SKIP
>>> debtcycle.judge(view).verdict                       # doctest: +SKIP
<Verdict.INTO_BUBBLE: 'into_bubble'>

Names are loaded when first used, so that importing the package costs a few milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debtcycle.catalogue import Catalogue, SeriesInfo, load_catalogue
    from debtcycle.cycle.judgement import Judgement, judge
    from debtcycle.errors import (
        ConfigError,
        DebtcycleError,
        LookAheadError,
        ModelError,
        SchemaChanged,
        SourceError,
        StoreError,
    )
    from debtcycle.store import Store
    from debtcycle.views import Observation, Series, View

__version__ = "0.1.0"

_HOME = {
    "Catalogue": "debtcycle.catalogue",
    "SeriesInfo": "debtcycle.catalogue",
    "load_catalogue": "debtcycle.catalogue",
    "ConfigError": "debtcycle.errors",
    "DebtcycleError": "debtcycle.errors",
    "Judgement": "debtcycle.cycle.judgement",
    "LookAheadError": "debtcycle.errors",
    "ModelError": "debtcycle.errors",
    "Observation": "debtcycle.views",
    "SchemaChanged": "debtcycle.errors",
    "Series": "debtcycle.views",
    "SourceError": "debtcycle.errors",
    "Store": "debtcycle.store",
    "StoreError": "debtcycle.errors",
    "View": "debtcycle.views",
    "judge": "debtcycle.cycle.judgement",
}

__all__ = [
    "Catalogue",
    "ConfigError",
    "DebtcycleError",
    "Judgement",
    "LookAheadError",
    "ModelError",
    "Observation",
    "SchemaChanged",
    "Series",
    "SeriesInfo",
    "SourceError",
    "Store",
    "StoreError",
    "View",
    "__version__",
    "judge",
    "load_catalogue",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'debtcycle' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
