"""Private long bonds at the opening: those of corporations, and those backed by agencies."""

from __future__ import annotations

import numpy as np

from debtcycle.machine.opening.assumptions import AgencyRow, known, row_origin
from debtcycle.machine.opening.desk import Desk, percent_of
from debtcycle.machine.opening.model import Fact, Kind, Lack, Ledger, Origin, origin

__all__ = ["credit"]


def credit(desk: Desk, ledger: Ledger) -> None:
    """Private bonds outside the central bank, and what banks hold of them, % of GDP.

    Corporate: an assumed part of the debt of nonfinancial corporations. Agency: the last published
    total of agency- and GSE-backed securities, less what the enterprises hold themselves, moved by
    home mortgage debt since, less the central bank's mortgage securities. Banks: securities in bank
    credit that are not Treasuries.

    Notes
    -----
    Left out: bonds of private securitisers, of states and cities, and of foreigners. The debt of
    the enterprises counts, and what they hold of each other's bonds does not, as if the enterprises
    and their pools were one.
    """
    gdp, debt = desk.gdp(), desk.first("BCNSDODNS").usd_bn()
    whole, part = float(gdp.values[-1]), desk.bounds("corporate_bond_share")
    all_debt = percent_of(float(debt.values[-1]), whole)
    corporate = Fact(
        "corporate_bonds_pct_gdp", all_debt * part.value, "percent_of_gdp", Kind.ASSUMED,
        "opening.corporate_bonds", (("share", 100.0 * part.value),),
        (origin(debt), origin(gdp)), all_debt * part.low, all_debt * part.high,
    )  # fmt: skip
    agency = _agency(desk, ledger["central_bank_mbs_pct_gdp"], whole)
    ledger.take(corporate, agency)
    low, high = (
        sum(end for end in ends if end is not None)
        for ends in ((corporate.low, agency.low), (corporate.high, agency.high))
    )
    ledger.take(
        Fact("private_credit_pct_gdp", corporate.value + agency.value, "percent_of_gdp",
             Kind.ASSUMED, "opening.private_credit", (), (*corporate.origins, *agency.origins),
             low, high),
        _banks(ledger),
    )  # fmt: skip


def _agency(desk: Desk, taken: Fact, whole: float) -> Fact:
    """Agency- and GSE-backed securities that neither the enterprises nor the central bank hold."""
    row = known(desk.assumptions.agency, desk.view.as_of)
    if row is None:
        raise Lack("agency")
    moved, used = _moved(desk, row)
    outside = row.total - row.own
    value, width = percent_of(outside * moved, whole), row.width_pct / 100.0
    return Fact(
        "agency_bonds_pct_gdp", value - taken.value, "percent_of_gdp", Kind.ASSUMED,
        "opening.agency_bonds",
        (("end", row.end.isoformat()), ("total", row.total), ("own", row.own),
         ("moved", 100.0 * (moved - 1.0))),
        (row_origin("agency", row, row.total, "usd_bn"), *used, *taken.origins),
        value * (1.0 - width) - taken.value, value * (1.0 + width) - taken.value,
    )  # fmt: skip


def _moved(desk: Desk, row: AgencyRow) -> tuple[float, tuple[Origin, ...]]:
    """Home mortgage debt now over that of the row's quarter; 1 until that quarter is published."""
    mortgages = desk.first("HHMSDODNS")
    then = int(np.searchsorted(desk.ends(mortgages), np.datetime64(row.end, "D")))
    used = (origin(mortgages),)
    if then >= len(mortgages):
        return 1.0, used
    return float(mortgages.values[-1] / mortgages.values[then]), used


def _banks(ledger: Ledger) -> Fact:
    """Bonds of banks that are not Treasuries, % of GDP."""
    securities, treasuries = ledger["bank_securities_pct_gdp"], ledger["bank_treasuries_pct_gdp"]
    value = securities.value - treasuries.value
    reach = (treasuries.low or treasuries.value, treasuries.high or treasuries.value)
    return Fact(
        "bank_credit_pct_gdp", value, "percent_of_gdp", Kind.DERIVED, "opening.bank_credit", (),
        (*securities.origins, *treasuries.origins),
        securities.value - reach[1], securities.value - reach[0],
    )  # fmt: skip
