"""The opening state: what it says of known dates, and that every number can account for itself."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.errors import ConfigError
from debtcycle.i18n import LANGUAGES, translator
from debtcycle.machine.opening import (
    EARLIEST,
    INSTRUMENTS,
    SECTORS,
    Kind,
    Opening,
    from_data,
    holding_name,
)
from debtcycle.machine.opening.assumptions import known, load
from debtcycle.store import Store
from debtcycle.views import View
from machine.opening_stores import Without

FOUR = ("1999-12-31", "2008-11-28", "2019-10-15", "2025-12-15")
MORE = ("1999-10-05", "2003-01-31", "2004-02-29", "2007-07-31", "2009-03-09", "2011-08-05",
        "2013-10-20", "2016-06-30", "2020-04-20", "2022-06-13", "2024-03-31",
        "2026-04-01")  # fmt: skip


@pytest.fixture(scope="module")
def opened(edition_store: Store) -> dict[str, Opening]:
    return {day: from_data(View(as_of=day, store=edition_store)) for day in FOUR + MORE}


@pytest.mark.parametrize("day", FOUR + MORE)
def test_every_number_accounts_for_itself(opened: dict[str, Opening], day: str) -> None:
    opening = opened[day]
    assert opening.as_of == date.fromisoformat(day)
    assert [f.name for f in opening.facts] == [f.name for f in opened[FOUR[0]].facts]
    assert len({f.name for f in opening.facts}) == len(opening.facts)
    for fact in opening.facts:
        assert math.isfinite(fact.value), fact
        assert (fact.low is None) == (fact.high is None), fact
        if fact.low is not None and fact.high is not None:
            assert fact.low - 1e-9 <= fact.value <= fact.high + 1e-9, fact
        if fact.kind is Kind.ASSUMED:
            assert fact.low is not None, f"{fact.name}: an assumption without a range"
        else:
            assert fact.origins, f"{fact.name}: no birth certificate"
        for origin in fact.origins:
            assert origin.known_from <= opening.as_of, fact
            assert origin.period <= opening.as_of, fact
        # The name ends with the unit.
        ends = {"percent": "_pct", "pp": "_pp", "percent_of_gdp": "_pct_gdp", "usd_bn": "_usd_bn",
                "log_per_year": "_log", "years": "_years"}  # fmt: skip
        assert fact.name.endswith(ends.get(fact.unit, ("_ratio", "_index"))), fact


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_is_explained_in_both_languages(
    opened: dict[str, Opening], edition_store: Store, lang: str
) -> None:
    texts, series = translator(lang), {info.id for info in load_catalogue()}
    poorer = (
        ("T10YIE", "DFII10"),
        ("NROU",),
        ("UNRATE",),
        ("T10Y3M",),
        ("PCEPILFE",),
        ("WFRBSB50215",),
    )
    others = [
        from_data(View(as_of="2019-10-15", store=Without(edition_store, gone)))  # type: ignore[arg-type]
        for gone in poorer
    ]
    for opening in (*opened.values(), *others):
        for fact in opening.facts:
            said = texts(fact.message_id, **dict(fact.parameters))
            assert said.strip(), fact
            assert "{" not in said, fact
            assert f"opening.kind.{fact.kind}" in texts
            assert f"unit.{fact.unit}" in texts
            if not fact.name.startswith("holding_"):
                assert f"opening.fact.{fact.name}" in texts, fact.name
            for origin in fact.origins:
                assert origin.source in series or f"opening.table.{origin.source}" in texts
    assert {f"opening.assumed.{name}" for name in load().value} <= set(texts.ids())
    assert all(f"opening.sector.{sector}" in texts for sector in SECTORS)
    assert all(f"opening.instrument.{name}" in texts for name in INSTRUMENTS)


# --- published figures -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "name", "published"),
    [
        ("2008-11-28", "nominal_yield_10y_pct", 2.93),  # H.15
        ("2008-11-28", "real_yield_10y_pct", 2.60),
        ("2008-11-28", "bill_yield_pct", 0.01),
        ("2008-11-28", "corporate_yield_pct", 8.88),  # Moody's, October
        ("2019-10-15", "policy_rate_pct", 1.82),
        ("2025-12-15", "policy_rate_pct", 3.64),
        ("2025-12-15", "nominal_yield_10y_pct", 4.18),
        ("2025-12-15", "real_yield_10y_pct", 1.93),
        ("1999-12-31", "nominal_yield_10y_pct", 6.45),
        ("1999-12-31", "policy_rate_pct", 5.50),
        ("2008-11-28", "reserves_pct_gdp", 100 * 577.731 / 14898.999),  # H.4.1 over GDP
        ("2025-12-15", "central_bank_treasuries_pct_gdp", 100 * 4188.975 / 30485.729),
        ("2025-12-15", "foreign_treasuries_pct_gdp", 100 * 9234.4 / 30485.729),  # TIC
    ],
)
def test_what_was_published_is_what_is_said(
    opened: dict[str, Opening], day: str, name: str, published: float
) -> None:
    assert opened[day].value(name) == pytest.approx(published, abs=5e-3)


def test_slack_by_hand(opened: dict[str, Opening]) -> None:
    """October 2008: unemployment 6.5 %, noncyclical rate 5.049 %, Okun's coefficient 2."""
    assert opened["2008-11-28"].value("output_gap_pct") == pytest.approx(
        -2 * (6.5 - 5.0492), abs=1e-2
    )
    # In December 2025 unemployment is stale: the last figure is September's.
    late = opened["2025-12-15"].fact("output_gap_pct")
    assert late.kind is Kind.SUBSTITUTE
    assert {origin.source for origin in late.origins} == {"GDPC1", "GDPPOT"}


def test_bills_carried_forward_meet_the_published_stock(edition_store: Store) -> None:
    """Bills at the end of September 2025: 6.40 trillion dollars, 21.1 % of 30.28 trillion.

    Source: Joint Economic Committee, Monthly Debt Update of October 2025. The opening carries the
    statement of December 2023 forward by net issuance.
    """
    opening = from_data(View(as_of="2025-10-20", store=edition_store))
    marketable = opening.value("marketable_debt_pct_gdp") * opening.value("gdp_usd_bn") / 100.0
    bills = marketable * opening.value("bill_share_pct") / 100.0
    assert bills == pytest.approx(6400.0, rel=0.02)


def test_central_bank_by_kind_meets_a_later_statement(edition_store: Store) -> None:
    """Wednesday 12 December 2018, half a year after the row that is used: H.4.1 had no bills.

    The kinds add up to all, and TIPS lie within the range that is given for them (June 2018: 135.7
    of 2377.9; October 2019: 145.5 of 2121.5 billion dollars).
    """
    opening = from_data(View(as_of="2019-10-08", store=edition_store))
    kinds = [opening.fact(f"central_bank_{kind}_pct_gdp") for kind in ("bills", "bonds", "tips")]
    total = opening.value("central_bank_treasuries_pct_gdp")
    assert sum(fact.value for fact in kinds) == pytest.approx(total, rel=1e-12)
    tips = kinds[2]
    assert tips.low is not None
    assert tips.high is not None
    assert tips.low <= total * 145.5 / 2121.5 <= tips.high


@pytest.mark.parametrize("year", range(2003, 2026, 2))
def test_purchases_since_1946_add_up_to_what_is_held(edition_store: Store, year: int) -> None:
    """The same stock twice: net purchases of the financial accounts, and the weekly statement."""
    end = np.datetime64(f"{year}-01-01")
    view = View(as_of="2026-08-01", store=edition_store)
    flows, held = view.series("Z1_TSY_FED").usd_bn(), view.series("TREAST").usd_bn()
    stock = load().value["fed_treasuries_1946_usd_bn"].value
    stock += float(flows.values[flows.periods < end].sum())
    index = held.index_at(end)
    assert index is not None
    assert stock == pytest.approx(float(held.values[index]), rel=0.07)


def test_agency_bonds_carried_forward_meet_the_next_published_total(edition_store: Store) -> None:
    """The day before each total is known, what it will say lies within the range that is given."""
    rows = load().agency
    for now, then in pairwise(rows[1:]):
        day = date.fromordinal(then.known_from.toordinal() - 1)
        opening = from_data(View(as_of=day, store=edition_store))
        fact = opening.fact("agency_bonds_pct_gdp")
        assert fact.origins[0].period == now.end
        taken = opening.value("central_bank_mbs_pct_gdp")
        said = 100.0 * (then.total - then.own) / opening.value("gdp_usd_bn") - taken
        assert fact.low is not None
        assert fact.high is not None
        assert fact.low <= said <= fact.high, (then.end, fact.low, said, fact.high)


def test_mortgage_bonds_of_banks_meet_the_financial_accounts(edition_store: Store) -> None:
    """Agency bonds of banks, end of 2019: 2,408 of chartered banks, 53 and 8 of others (L.211).

    They are most of what banks hold besides Treasuries (H.8: agencies, cities, corporations).
    """
    opening = from_data(View(as_of="2020-02-14", store=edition_store))
    held = opening.value("bank_credit_pct_gdp") * opening.value("gdp_usd_bn") / 100.0
    assert 2408.2 + 53.2 + 8.0 < held < 1.5 * (2408.2 + 53.2 + 8.0)


# --- economics -------------------------------------------------------------------------------
def test_the_two_dates_of_the_essay_differ_as_it_says(opened: dict[str, Opening]) -> None:
    """Written before computing: lists A and B of the essay, in the terms of the model."""
    then, now = opened["2008-11-28"], opened["2025-12-15"]
    normal = opened["2019-10-15"]
    lower = (
        "output_gap_pct", "inflation_pct", "cape_ratio", "extrapolation_growth_log",
        "leverage_ratio", "net_worth_index",
    )  # fmt: skip
    for name in lower:
        assert then.value(name) < now.value(name), name
    for name in ("corporate_spread_pp", "volatility_pct", "earnings_yield_pct"):
        assert then.value(name) > now.value(name), name
    assert then.value("output_gap_pct") < -2.0
    assert then.value("net_worth_index") < 0.8 < 1.0 < now.value("net_worth_index")
    assert 0.98 < normal.value("net_worth_index") < 1.1
    assert (
        then.value("extrapolation_growth_log") < 0.0 < 0.1 < now.value("extrapolation_growth_log")
    )
    # Expected inflation did not fall to the breakeven of 0.3 %: indexed bonds could hardly be sold.
    assert then.value("expected_inflation_pct") > 1.5
    assert then.value("breakeven_premium_pp") < -1.0


def test_december_1999_is_a_bubble_with_substitutes(opened: dict[str, Opening]) -> None:
    opening = opened["1999-12-31"]
    assert opening.value("cape_ratio") > 40.0
    assert opening.value("extrapolation_growth_log") > 0.15
    assert opening.value("deficit_pct_gdp") < 0.0
    for name in ("policy_rate_pct", "real_yield_10y_pct", "volatility_pct",
                 "central_bank_assets_pct_gdp", "central_bank_treasuries_pct_gdp",
                 "foreign_treasuries_pct_gdp"):  # fmt: skip
        assert opening.fact(name).kind is Kind.SUBSTITUTE, name
    assert opening.fact("reserves_pct_gdp").kind is Kind.ASSUMED


@pytest.mark.parametrize("day", FOUR + MORE)
def test_the_stocks_add_up(opened: dict[str, Opening], day: str) -> None:
    opening = opened[day]
    value, cells = opening.value, opening.holdings()
    assert cells.shape == (len(SECTORS), len(INSTRUMENTS))
    assert (cells >= 0.0).all()
    totals = dict(zip(INSTRUMENTS, cells.sum(axis=0), strict=True))
    assert totals["M"] == pytest.approx(value("deposits_pct_gdp") + value("reserves_pct_gdp"))
    kinds = {"b": "bills", "N": "bonds", "I": "tips"}
    for name, kind in kinds.items():
        assert totals[name] == pytest.approx(value(f"private_{kind}_pct_gdp"), rel=1e-11)
    # What the Treasury owes is held by the central bank or by one of the five.
    owed = sum(totals[n] for n in kinds) + value("central_bank_treasuries_pct_gdp")
    assert owed == pytest.approx(value("marketable_debt_pct_gdp"), rel=1e-11)
    others = {"K": "private_credit", "G": "growth_equity", "R": "real_equity", "Z": "gold"}
    for name, fact in others.items():
        assert totals[name] == pytest.approx(value(f"{fact}_pct_gdp"), rel=1e-11)
    abroad = sum(value(holding_name("X", name)) for name in kinds)
    assert abroad == pytest.approx(value("foreign_treasuries_pct_gdp"), rel=1e-11)
    banks = sum(value(holding_name("B", name)) for name in ("N", "I"))
    assert banks == pytest.approx(value("bank_treasuries_pct_gdp"), rel=1e-11)
    assert value(holding_name("B", "M")) == value("reserves_pct_gdp")
    # Banks' securities are their Treasuries and their other bonds.
    securities = banks + value(holding_name("B", "K"))
    assert securities == pytest.approx(value("bank_securities_pct_gdp"), rel=1e-11)
    bonds = value("corporate_bonds_pct_gdp") + value("agency_bonds_pct_gdp")
    assert value("private_credit_pct_gdp") == pytest.approx(bonds, rel=1e-12)
    assert value("broad_money_pct_gdp") == pytest.approx(
        value("deposits_pct_gdp") + value("currency_pct_gdp")
    )


def test_the_past_of_a_state_ends_today(opened: dict[str, Opening]) -> None:
    for opening in opened.values():
        for name in (
            "extrapolation_growth_log",
            "extrapolation_real_log",
            "extrapolation_gold_log",
        ):
            past = opening.history(name)
            assert len(past) == 24
            assert past[-1] == opening.value(name)


# --- refusals --------------------------------------------------------------------------------
NEEDED = ("GDP", "BAA", "SHILLER_CAPE", "M2SL", "TOTLL", "FYGFDPUN", "MTSDS133FMS", "NCBEILQ027S",
          "BCNSDODNS", "HHMSDODNS", "MARGIN_DEBT", "BOGMBASE", "WRESBAL", "WTREGEN",
          "WSHOMCB")  # fmt: skip


@pytest.mark.parametrize("series", NEEDED)
def test_what_nothing_stands_in_for_is_named(edition_store: Store, series: str) -> None:
    view = View(as_of="2019-10-15", store=Without(edition_store, [series]))  # type: ignore[arg-type]
    with pytest.raises(ConfigError) as caught:
        from_data(view)
    assert caught.value.message_id == "opening.missing"
    assert series in str(caught.value.params["series"])


def test_all_that_is_missing_is_listed_at_once(edition_store: Store) -> None:
    view = View(as_of="2019-10-15", store=Without(edition_store, ["M2SL", "DGS10", "GS10"]))  # type: ignore[arg-type]
    with pytest.raises(ConfigError) as caught:
        from_data(view)
    listed = str(caught.value.params["series"])
    assert "DGS10 / GS10" in listed
    assert "M2SL" in listed
    assert "BAA" not in listed.replace("BAA10Y", ""), "a thing that only follows is not listed"


@pytest.mark.parametrize(
    ("gone", "name", "kind"),
    [
        (["EFFR"], "policy_rate_pct", Kind.SUBSTITUTE),
        (["T10Y3M"], "bill_yield_pct", Kind.SUBSTITUTE),
        (["DFII10", "T10YIE"], "real_yield_10y_pct", Kind.SUBSTITUTE),
        (["PCEPILFE"], "inflation_pct", Kind.SUBSTITUTE),
        (["UNRATE"], "output_gap_pct", Kind.SUBSTITUTE),
        (["TREAST"], "central_bank_treasuries_pct_gdp", Kind.SUBSTITUTE),
        (["WALCL"], "central_bank_assets_pct_gdp", Kind.SUBSTITUTE),
        (["TIC_FOREIGN_TOTAL"], "foreign_treasuries_pct_gdp", Kind.SUBSTITUTE),
        (["WFRBSB50215"], "nonholder_wealth_share_pct", Kind.ASSUMED),
    ],
)
def test_what_stands_in_says_so(
    edition_store: Store, opened: dict[str, Opening], gone: list[str], name: str, kind: Kind
) -> None:
    poorer = from_data(View(as_of="2019-10-15", store=Without(edition_store, gone)))  # type: ignore[arg-type]
    fact, full = poorer.fact(name), opened["2019-10-15"].fact(name)
    assert fact.kind is kind
    assert full.kind is not kind
    assert not {origin.source for origin in fact.origins} & set(gone)


def test_dates_countries_and_names_that_are_refused(edition_store: Store) -> None:
    with pytest.raises(ConfigError, match=r"opening\.early"):
        from_data(View(as_of="1999-09-30", store=edition_store))
    from_data(View(as_of=EARLIEST, store=edition_store))
    with pytest.raises(ConfigError, match=r"opening\.country"):
        from_data(View(as_of="2019-10-15", store=edition_store, country="JP"))
    opening = from_data(View(as_of="2019-10-15", store=edition_store))
    for asked in (opening.fact, opening.value, opening.history):
        with pytest.raises(ConfigError, match=r"opening\.unknown"):
            asked("policy_rate")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "params"),
    [
        ("opening.country", {"country": "JP"}),
        ("opening.early", {"date": "1990-01-01", "earliest": EARLIEST}),
        ("opening.missing", {"date": "2019-10-15", "series": "GDP, M2SL"}),
        ("opening.holdings", {"residual": -0.25}),
        ("opening.unknown", {"name": "x"}),
    ],
)
def test_refusals_say_what_to_do(lang: str, key: str, params: dict[str, object]) -> None:
    lines = translator(lang)(key, **params).splitlines()
    assert 2 <= len(lines) <= 3


# --- tables of assumptions -------------------------------------------------------------------
def test_a_row_is_not_seen_before_it_was_known() -> None:
    tables = load()
    for rows in (tables.debt, tables.central_bank, tables.maturity, tables.agency):
        assert [row.end for row in rows] == sorted(row.end for row in rows)
        assert known(rows, date(1999, 3, 14)) is None
        for row in rows:
            assert row.end <= row.known_from
            assert known(rows, row.known_from) == row
            before = known(rows, date.fromordinal(row.known_from.toordinal() - 1))
            assert before is None or before.end < row.end


def test_assumptions_are_in_order() -> None:
    tables = load()
    for name, bounds in tables.value.items():
        assert bounds.low <= bounds.value <= bounds.high, name
    for row in tables.debt:
        assert 0 < row.tips < row.bills + row.tips < row.marketable < row.public
    for row in tables.central_bank:
        assert 0 <= row.bills + row.tips < row.treasuries
    for row in tables.agency:
        assert 0 < row.own < 0.2 * row.total
    assert list(tables.holdings) == list(SECTORS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_lists_every_fact_and_assumption(
    opened: dict[str, Opening], repository: Path, lang: str
) -> None:
    page = (repository / "docs" / f"machine-opening.{lang}.md").read_text(encoding="utf-8")
    for fact in opened[FOUR[0]].facts:
        if not fact.name.startswith("holding_"):
            assert f"`{fact.name}`" in page, fact.name
    for name, bounds in load().value.items():
        row = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")][-1]
        cells = [cell.strip() for cell in row.split("|")]
        assert [float(cell.replace(",", "")) for cell in cells[2:5]] == [
            bounds.value, bounds.low, bounds.high,
        ]  # fmt: skip
