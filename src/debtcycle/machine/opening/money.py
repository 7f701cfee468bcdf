"""Money, loans, the Treasury and the central bank at the opening, % of GDP."""

from __future__ import annotations

import numpy as np

from debtcycle.machine.opening.assumptions import IssueRow, known, row_origin
from debtcycle.machine.opening.desk import Desk, assumed, percent_of
from debtcycle.machine.opening.model import Fact, Kind, Lack, Ledger, origin
from debtcycle.views import Series

__all__ = ["central_bank", "money", "treasury"]

_YEAR = 12


def money(desk: Desk, ledger: Ledger) -> None:
    """Deposits, currency, reserves, loans and other assets of banks.

    Currency is the monetary base minus the reserves of the same month; deposits are M2 minus
    currency, and so hold small time deposits and retail money funds too. Before reserves are
    published weekly (2002) a small assumed part of the base stands for them.
    """
    gdp = desk.gdp()
    whole = float(gdp.values[-1])
    ledger.take(
        Fact("gdp_usd_bn", whole, "usd_bn", Kind.OBSERVED, "opening.series",
             (("series", gdp.id),), (origin(gdp),))
    )  # fmt: skip
    ledger.take(_reserves(desk, whole), _currency(desk, whole))
    broad = desk.first("M2SL").usd_bn()
    total = percent_of(float(broad.values[-1]), whole)
    currency, reserves = ledger["currency_pct_gdp"], ledger["reserves_pct_gdp"]
    deposits = total - currency.value
    ledger.take(
        _share(broad, "broad_money_pct_gdp", gdp),
        Fact("deposits_pct_gdp", deposits, "percent_of_gdp", Kind.DERIVED, "opening.deposits", (),
             (origin(broad), *currency.origins)),
        Fact("reserves_to_deposits_pct", percent_of(reserves.value, deposits), "percent",
             reserves.kind if reserves.kind is Kind.ASSUMED else Kind.DERIVED,
             "opening.reserves_to_deposits", (), (*reserves.origins, origin(broad)),
             *_scaled(reserves, 100.0 / deposits)),
        Fact("money_growth_pct", desk.last_year_growth_pct(broad), "percent", Kind.DERIVED,
             "opening.year_growth", (("series", broad.id),), (origin(broad),)),
    )  # fmt: skip
    _loans(desk, ledger, gdp)


def _scaled(fact: Fact, factor: float) -> tuple[float | None, float | None]:
    """Range of a fact times a factor."""
    if fact.low is None or fact.high is None:
        return None, None
    return fact.low * factor, fact.high * factor


def _share(series: Series, name: str, gdp: Series, kind: Kind = Kind.OBSERVED) -> Fact:
    """The last value of a sum of money in % of GDP."""
    value = percent_of(float(series.values[-1]), float(gdp.values[-1]))
    return Fact(name, value, "percent_of_gdp", kind, "opening.share_of_gdp",
                (("series", series.id),), (origin(series), origin(gdp)))  # fmt: skip


def _reserves(desk: Desk, whole: float) -> Fact:
    weekly = desk.begun("WRESBAL")
    if weekly is not None:
        return _share(weekly.usd_bn(), "reserves_pct_gdp", desk.gdp())
    base, part = desk.first("BOGMBASE").usd_bn(), desk.bounds("reserves_of_base_share")
    share = percent_of(float(base.values[-1]), whole)
    return Fact(
        "reserves_pct_gdp", share * part.value, "percent_of_gdp", Kind.ASSUMED,
        "opening.reserves_of_base", (("part", 100.0 * part.value),), (origin(base),),
        share * part.low, share * part.high,
    )  # fmt: skip


def _currency(desk: Desk, whole: float) -> Fact:
    base = desk.first("BOGMBASE").usd_bn()
    month, value = base.periods[-1], float(base.values[-1])
    weekly = desk.begun("WRESBAL")
    held = None if weekly is None else desk.month_mean(weekly.usd_bn(), month)
    if weekly is not None and held is not None:
        return Fact(
            "currency_pct_gdp", percent_of(value - held[0], whole), "percent_of_gdp", Kind.DERIVED,
            "opening.currency", (), (origin(base), origin(weekly, held[1])),
        )  # fmt: skip
    if weekly is not None and month >= weekly.periods[0]:
        raise Lack(weekly.id)
    part = desk.bounds("reserves_of_base_share")
    return Fact(
        "currency_pct_gdp", percent_of(value * (1.0 - part.value), whole), "percent_of_gdp",
        Kind.ASSUMED, "opening.currency_of_base", (("part", 100.0 * part.value),), (origin(base),),
        percent_of(value * (1.0 - part.high), whole), percent_of(value * (1.0 - part.low), whole),
    )  # fmt: skip


def _loans(desk: Desk, ledger: Ledger, gdp: Series) -> None:
    loans, credit = desk.first("TOTLL").usd_bn(), desk.first("TOTBKCR").usd_bn()
    ledger.take(_share(loans, "bank_loans_pct_gdp", gdp))
    before = loans.index_at(loans.periods[-1] - np.timedelta64(364, "D"))
    if before is None:
        raise Lack(loans.id)
    growth = 100.0 * (float(loans.values[-1] / loans.values[before]) - 1.0)
    index = credit.index_at(loans.periods[-1])
    if index is None or credit.periods[index] != loans.periods[-1]:
        raise Lack(credit.id)
    other = float(credit.values[index] - loans.values[-1])
    ledger.take(
        Fact("loan_growth_pct", growth, "percent", Kind.DERIVED, "opening.year_growth",
             (("series", loans.id),), (origin(loans),)),
        Fact("bank_securities_pct_gdp", percent_of(other, float(gdp.values[-1])), "percent_of_gdp",
             Kind.DERIVED, "opening.bank_securities", (), (origin(credit, index), origin(loans))),
    )  # fmt: skip


def treasury(desk: Desk, ledger: Ledger) -> None:
    """Debt and its composition, deficit, interest, maturity, and the Treasury's cash.

    Debt held by the public of the last published quarter, or marketable debt of the last Monthly
    Statement of the Public Debt in the table where that is of a later day, plus the deficits of the
    months since; one from the other, bills and indexed securities by the proportions of that
    statement, bills moved by the Treasury's published net issuance since (from 2009).
    """
    gdp, budget = desk.gdp(), desk.first("MTSDS133FMS").usd_bn()
    whole = float(gdp.values[-1])
    months = budget.periods.astype("M8[M]").astype(int)
    if len(budget) < _YEAR or months[-1] - months[-_YEAR] != _YEAR - 1:
        raise Lack(budget.id)
    deficit = -float(budget.values[-_YEAR:].sum())
    interest = desk.first("A091RC1Q027SBEA", "OMB_NET_INTEREST")
    row = known(desk.assumptions.debt, desk.view.as_of)
    if row is None:
        raise Lack("debt")
    ledger.take(
        Fact("deficit_pct_gdp", percent_of(deficit, whole), "percent_of_gdp", Kind.DERIVED,
             "opening.deficit", (), (origin(budget), origin(gdp))),
        Fact("interest_pct_gdp", percent_of(float(interest.usd_bn().values[-1]), whole),
             "percent_of_gdp",
             Kind.OBSERVED if interest.id.startswith("A091") else Kind.SUBSTITUTE,
             "opening.share_of_gdp", (("series", interest.id),), (origin(interest), origin(gdp))),
    )  # fmt: skip
    _composition(desk, ledger, row, _marketable(desk, ledger, row, budget))
    _maturity(desk, ledger)
    cash = desk.begun("WTREGEN")
    ledger.take(
        assumed(desk, "treasury_cash_pct_gdp", "percent_of_gdp") if cash is None
        else _share(cash.usd_bn(), "treasury_cash_pct_gdp", gdp)
    )  # fmt: skip


def _marketable(desk: Desk, ledger: Ledger, row: IssueRow, budget: Series) -> float:
    """Marketable debt, USD bn; all debt held by the public goes to the ledger with it."""
    gdp, debt = desk.gdp(), desk.first("FYGFDPUN").usd_bn()
    quarter, stated = desk.ends(debt)[-1], np.datetime64(row.end, "D")
    by_statement = bool(stated > quarter)
    since = desk.ends(budget) > (stated if by_statement else quarter)
    ratio, added = row.marketable / row.public, -float(budget.values[since].sum())
    start = row.marketable / ratio if by_statement else float(debt.values[-1])
    of_row = row_origin("debt", row, row.marketable, "usd_bn")
    used = (of_row if by_statement else origin(debt), origin(budget), origin(gdp))
    whole, total = float(gdp.values[-1]), start + added
    ledger.take(
        Fact("public_debt_pct_gdp", percent_of(total, whole), "percent_of_gdp", Kind.DERIVED,
             "opening.public_debt_stated" if by_statement else "opening.public_debt",
             (("months", float(since.sum())),), used),
        Fact("marketable_debt_pct_gdp", percent_of(total * ratio, whole), "percent_of_gdp",
             Kind.DERIVED, "opening.marketable",
             (("end", row.end.isoformat()), ("part", 100.0 * ratio)),
             used if by_statement else (*used, of_row)),
    )  # fmt: skip
    return total * ratio


def _net_bills(desk: Desk, row: IssueRow) -> tuple[float, Series | None]:
    """Net issuance of bills since the statement, USD bn; the statement's own quarter by days."""
    issued = desk.view.series("QRA_NET_BILLS")
    if not issued.fresh:
        return 0.0, None
    end = np.datetime64(row.end, "D")
    ends = desk.ends(issued)
    days = (ends - issued.periods).astype(int) + 1.0
    part = np.clip((ends - end).astype(int) / days, 0.0, 1.0)
    return float(part @ issued.values), issued


def _composition(desk: Desk, ledger: Ledger, row: IssueRow, marketable: float) -> None:
    moved, issued = _net_bills(desk, row)
    # Without issuance since, the share stays; with it, the amount moves.
    stated = percent_of(row.bills, row.marketable)
    bills = stated if issued is None else percent_of(row.bills + moved, marketable)
    indexed = percent_of(row.tips, row.marketable)
    width = desk.bounds("bill_share_pp")
    parameters = (("end", row.end.isoformat()), ("stated", stated), ("moved", moved))
    used = ledger["marketable_debt_pct_gdp"].origins
    origins = (*used, row_origin("debt", row, row.bills, "usd_bn"))
    still, narrow = percent_of(row.tips, marketable), desk.bounds("tips_share_pp")
    ledger.take(
        Fact("bill_share_pct", bills, "percent", Kind.ASSUMED, "opening.bill_share", parameters,
             origins if issued is None else (*origins, origin(issued)),
             max(0.0, min(bills, stated) + width.low), max(bills, stated) + width.high),
        Fact("tips_share_pct", indexed, "percent", Kind.ASSUMED, "opening.tips_share",
             (("end", row.end.isoformat()),), (row_origin("debt", row, row.tips, "usd_bn"),),
             max(0.0, min(indexed, still) + narrow.low), max(indexed, still) + narrow.high),
    )  # fmt: skip


def par_duration_years(yield_pct: float, maturity_years: float) -> float:
    """Modified duration of a bond at par with half-yearly coupons: ``(1 - (1 + y/2)^-2T) / y``."""
    half = yield_pct / 200.0
    if abs(half) < 1e-6:
        return maturity_years
    return float((1.0 - (1.0 + half) ** (-2.0 * maturity_years)) / (2.0 * half))


def _maturity(desk: Desk, ledger: Ledger) -> None:
    row = known(desk.assumptions.maturity, desk.view.as_of)
    if row is None:
        raise Lack("maturity")
    years, width = row.months / 12.0, row.width / 12.0
    bills, ten = ledger["bill_share_pct"], ledger["nominal_yield_10y_pct"]
    used = (row_origin("maturity", row, row.months, "months"),)

    def of_coupons(average: float, share: float) -> float:
        # Bills run a quarter on average; what is left is the maturity of notes and bonds.
        return (average - 0.25 * share / 100.0) / (1.0 - share / 100.0)

    low, high = bills.low or bills.value, bills.high or bills.value
    ends = [of_coupons(years + s * width, share) for s in (-1.0, 1.0) for share in (low, high)]
    middle = of_coupons(years, bills.value)
    ledger.take(
        Fact("average_maturity_years", years, "years", Kind.ASSUMED, "opening.maturity",
             (("end", row.end.isoformat()),), used, years - width, years + width),
        Fact("bond_duration_years", par_duration_years(ten.value, middle), "years", Kind.ASSUMED,
             "opening.duration", (("maturity", middle),), (*used, *ten.origins),
             par_duration_years(ten.value, min(ends)), par_duration_years(ten.value, max(ends))),
    )  # fmt: skip


def perpetual_inventory(series: Series) -> float:
    """Sum of all net purchases that are known, billions of dollars: what has been added since 1946.

    Purchases at cost: changes of market value are not in it.
    """
    return float(series.usd_bn().values.sum())


def central_bank(desk: Desk, ledger: Ledger) -> None:
    """Assets of the central bank: total, Treasury bills, notes and bonds, TIPS, mortgage bonds.

    Treasuries by kind: the published total in the proportions of the last H.4.1 that the table of
    assumptions has. Before weekly totals (2002): 1946's stock plus all net purchases since, of the
    financial accounts; total assets then by the monetary base.
    """
    gdp = desk.gdp()
    whole = float(gdp.values[-1])
    assets = desk.maybe("WALCL")
    if assets is not None:
        ledger.take(_share(assets.usd_bn(), "central_bank_assets_pct_gdp", gdp))
    else:
        base = desk.first("BOGMBASE").usd_bn()
        ledger.take(
            Fact("central_bank_assets_pct_gdp", percent_of(float(base.values[-1]), whole),
                 "percent_of_gdp", Kind.SUBSTITUTE, "opening.instead",
                 (("series", base.id), ("meant", "WALCL")), (origin(base), origin(gdp)))
        )  # fmt: skip
    ledger.take(_held(desk, gdp))
    _kinds(desk, ledger)
    mortgages = desk.begun("WSHOMCB")
    if mortgages is not None:
        ledger.take(_share(mortgages.usd_bn(), "central_bank_mbs_pct_gdp", gdp))
    else:
        # None was held before the programme of November 2008; the weekly series begins in 2002.
        ledger.take(
            Fact("central_bank_mbs_pct_gdp", 0.0, "percent_of_gdp", Kind.ASSUMED,
                 "opening.no_mortgages", (), (), 0.0, 0.0)
        )  # fmt: skip


def _held(desk: Desk, gdp: Series) -> Fact:
    """All Treasuries of the central bank, % of GDP."""
    name = "central_bank_treasuries_pct_gdp"
    weekly = desk.maybe("TREAST")
    if weekly is not None:
        return _share(weekly.usd_bn(), name, gdp)
    flows, start = desk.first("Z1_TSY_FED"), desk.bounds("fed_treasuries_1946_usd_bn")
    whole, bought = float(gdp.values[-1]), perpetual_inventory(flows)
    return Fact(
        name, percent_of(start.value + bought, whole), "percent_of_gdp", Kind.SUBSTITUTE,
        "opening.inventory", (("series", flows.id), ("start", start.value)), (origin(flows),),
        percent_of(start.low + bought, whole), percent_of(start.high + bought, whole),
    )  # fmt: skip


def _kinds(desk: Desk, ledger: Ledger) -> None:
    held = ledger["central_bank_treasuries_pct_gdp"]
    row = known(desk.assumptions.central_bank, desk.view.as_of)
    if row is None:
        raise Lack("central_bank")
    # What was bought or sold since the statement may all have been bills (2008, 2019, 2025):
    # the other end of the range keeps the amounts of the others.
    now = held.value * float(desk.gdp().values[-1]) / 100.0
    amounts = {"bills": row.bills, "bonds": row.treasuries - row.bills - row.tips, "tips": row.tips}
    kept = {kind: amounts[kind] / now for kind in ("bonds", "tips")}
    kept["bills"] = max(0.0, 1.0 - kept["bonds"] - kept["tips"])
    for kind, amount in amounts.items():
        share, width = amount / row.treasuries, row.width / 100.0
        ends = (min(share, kept[kind]) - width, max(share, kept[kind]) + width)
        ledger.take(
            Fact(f"central_bank_{kind}_pct_gdp", held.value * share, "percent_of_gdp", Kind.ASSUMED,
                 "opening.central_bank_kind",
                 (("end", row.end.isoformat()), ("share", 100.0 * share)),
                 (*held.origins, row_origin("central_bank", row, amount, "usd_bn")),
                 held.value * max(0.0, ends[0]), held.value * min(1.0, ends[1]))
        )  # fmt: skip
