"""Explosive roots: is a series growing faster than a random walk, since when, how sure is that?

::

    from debtcycle import bubbles

    test = bubbles.sup_adf(price_dividend, lag=0)
    critical = test.critical_values()
    print(test.summary(critical))
    test.episodes(critical, level=95)

A library of its own: it knows nothing of the rest of the package but its errors.
"""

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
