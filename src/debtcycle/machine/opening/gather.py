"""The opening state of the economy: what was known of it at a date.

`from_data` reads a view and nothing else, so that it sees what was known on its date and no more.
Every fact carries its origins; what the data do not settle is assumed, with a range; what stands
in for something else says so. Which facts there are, and how each is found, is listed in
``docs/machine-opening.en.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from debtcycle.errors import ConfigError
from debtcycle.machine.opening import credit, holdings, markets, money, rates, wealth
from debtcycle.machine.opening.assumptions import load
from debtcycle.machine.opening.desk import Desk
from debtcycle.machine.opening.model import Lack, Ledger, Opening
from debtcycle.views import View

__all__ = ["EARLIEST", "from_data"]

# Before this day neither the composition of the public debt nor two years of margin debt are known.
EARLIEST = date(1999, 10, 1)

_PARTS: tuple[Callable[[Desk, Ledger], object], ...] = (
    rates.rates,
    rates.inflation,
    rates.slack,
    markets.valuation,
    markets.extrapolation,
    markets.risk,
    markets.health,
    money.money,
    money.treasury,
    money.central_bank,
    wealth.equity_and_gold,
    wealth.wealth,
    holdings.supplies,
    credit.credit,
    holdings.holdings,
)


def from_data(view: View) -> Opening:
    """The opening facts of the economy as known on the date of a view.

    A part of the state for which neither its series nor a substitute is fresh is not made up: all
    that is missing is listed, and nothing is returned.

    Parameters
    ----------
    view : View
        Of the United States, from October 1999 on.

    Raises
    ------
    ConfigError
        ``opening.country``, ``opening.early``; ``opening.missing`` with the series of which one at
        least is needed for each part that cannot be found; ``opening.holdings`` if the totals of
        the holdings contradict one another.
    """
    if view.country != "US":
        raise ConfigError("opening.country", country=view.country)
    if view.as_of < EARLIEST:
        raise ConfigError("opening.early", date=view.as_of, earliest=EARLIEST)
    desk, ledger = Desk(view, load()), Ledger()
    missing: list[str] = []
    for part in _PARTS:
        try:
            part(desk, ledger)
        except Lack as lack:
            # A part that only lacks what another part should have given has nothing to add.
            if lack.series:
                missing.append(" / ".join(lack.series))
    if missing:
        wanted = ", ".join(dict.fromkeys(missing))
        raise ConfigError("opening.missing", date=view.as_of, series=wanted)
    return Opening(view.as_of, tuple(ledger.values()), tuple(ledger.histories))
