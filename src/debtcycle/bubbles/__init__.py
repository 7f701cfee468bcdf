"""Explosive roots: is a series growing faster than a random walk, since when, how sure is that?

::

    from debtcycle import bubbles

    test = bubbles.sup_adf(price_dividend, lag=0)
    critical = test.critical_values()
    print(test.summary(critical))
    test.episodes(critical, level=95)

A library of its own: it knows nothing of the rest of the package but its errors. Names are loaded
when first used: the compiler behind the kernels takes half a second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debtcycle.bubbles.critical import LEVELS, CriticalValues
    from debtcycle.bubbles.dating import Episode, date_episodes
    from debtcycle.bubbles.files import read_series
    from debtcycle.bubbles.montecarlo import monte_carlo, simulate
    from debtcycle.bubbles.panel import PanelSupADF, panel_sup_adf, sieve_bootstrap
    from debtcycle.bubbles.plain import plain_adf, plain_sequences
    from debtcycle.bubbles.series import Observed
    from debtcycle.bubbles.supadf import SupADF, sup_adf
    from debtcycle.bubbles.wild import wild_bootstrap
    from debtcycle.bubbles.windows import (
        default_duration,
        default_window,
        from_exuber,
        to_exuber,
    )

_HOME = {
    "CriticalValues": "debtcycle.bubbles.critical",
    "Episode": "debtcycle.bubbles.dating",
    "LEVELS": "debtcycle.bubbles.critical",
    "Observed": "debtcycle.bubbles.series",
    "PanelSupADF": "debtcycle.bubbles.panel",
    "SupADF": "debtcycle.bubbles.supadf",
    "date_episodes": "debtcycle.bubbles.dating",
    "default_duration": "debtcycle.bubbles.windows",
    "default_window": "debtcycle.bubbles.windows",
    "from_exuber": "debtcycle.bubbles.windows",
    "monte_carlo": "debtcycle.bubbles.montecarlo",
    "panel_sup_adf": "debtcycle.bubbles.panel",
    "plain_adf": "debtcycle.bubbles.plain",
    "plain_sequences": "debtcycle.bubbles.plain",
    "read_series": "debtcycle.bubbles.files",
    "sieve_bootstrap": "debtcycle.bubbles.panel",
    "simulate": "debtcycle.bubbles.montecarlo",
    "sup_adf": "debtcycle.bubbles.supadf",
    "to_exuber": "debtcycle.bubbles.windows",
    "wild_bootstrap": "debtcycle.bubbles.wild",
}

__all__ = [
    "LEVELS",
    "CriticalValues",
    "Episode",
    "Observed",
    "PanelSupADF",
    "SupADF",
    "date_episodes",
    "default_duration",
    "default_window",
    "from_exuber",
    "monte_carlo",
    "panel_sup_adf",
    "plain_adf",
    "plain_sequences",
    "read_series",
    "sieve_bootstrap",
    "simulate",
    "sup_adf",
    "to_exuber",
    "wild_bootstrap",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'debtcycle.bubbles' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
