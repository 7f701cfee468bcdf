"""Every raw file beside the repository is read, or refused for the reason that is expected."""

from datetime import date

import numpy as np
import pytest

from debtcycle.errors import SourceError
from debtcycle.sources.announcements import parse_announcements
from debtcycle.sources.sniff import read_bytes, read_file

TODAY = date(2026, 9, 1)
# Other jobs' material, or layouts that carry no series of the watch wing.
LEFT_OUT = ("gl", "jst", "psy", "crises")
REFUSED = {
    "source.layout": (
        "SOURCES.md",
        "catalog.csv",
        "index.json",
        "release_dates.json",
        "series_info",
        "series_release",
        "series_vintagedates",
        "ecb_sdmx_ciss",
        "oecd_sdmx_cli",
        "treasury_upcoming_auctions",
        "systemic_banking_crises_2026.xlsx",
        "fred_md_tcodes",
        "fred_md_vintage_index",
    ),
    # An answer of the service does not say which series it is about, nor do these names.
    "source.series_id": ("series_observations",),
}


def expected_refusal(name):
    for message, beginnings in REFUSED.items():
        if name.startswith(beginnings):
            return message
    return None


@pytest.fixture(scope="module")
def read(shared_data):
    """Outcome of every file by its name: series by key, or the refusal's message."""
    found = {}
    for path in sorted(shared_data.rglob("*")):
        place = path.relative_to(shared_data)
        if not path.is_file() or place.parts[0] in LEFT_OUT or path.name.startswith("french49"):
            continue
        try:
            parts = read_file(path, today=TODAY)
            outcome = {getattr(part, "key", index): part for index, part in enumerate(parts)}
        except SourceError as error:
            outcome = error.message_id
        found[str(place)] = outcome
    return found


def values_of(part):
    return dict(zip(part.periods.tolist(), part.values.tolist(), strict=True))


def test_each_file_is_read_or_refused_as_expected(read):
    wrong = {}
    for place, outcome in read.items():
        refusal = outcome if isinstance(outcome, str) else None
        if refusal != expected_refusal(place.rsplit("/", 1)[-1]):
            wrong[place] = refusal
    assert wrong == {}
    assert len(read) > 150


def test_plain_files_carry_the_key_of_their_name(read):
    for place, key in {
        "macro/UNRATE.csv": "UNRATE",
        "rates_premia/BAMLH0A0HYM2_1996_2026-03.csv": "BAMLH0A0HYM2",
        "equities_assets/TFAABSHNO_from_FRED-QD.csv": "TFAABSHNO",
        "equities_assets/SPX_daily_1927_2026.csv": "SPX",
        "macro/WFRBST01134_2023_2026Q1.csv": "WFRBST01134",
        "api_samples/fredgraph_csv/FDHBFIN_old_2017_layout.csv": "FDHBFIN",
        "credit/finra_margin_debt_1997_2026.csv": "MARGIN_DEBT",
    }.items():
        assert list(read[place]) == [key]


def test_october_2025_is_missing_and_never_filled(read):
    october = date(2025, 10, 1)
    cpi = values_of(read["macro/CPIAUCSL.csv"]["CPIAUCSL"])
    assert np.isnan(cpi.get(october, np.nan))
    assert cpi[date(2025, 9, 1)] > 300


def test_two_tellings_of_one_story_agree(read):
    margin = values_of(read["credit/finra_margin_debt_1997_2026.csv"]["MARGIN_DEBT"])
    assert values_of(read["credit/finra_margin_statistics.xlsx"]["MARGIN_DEBT"]) == margin
    summary = values_of(read["treasury_debt/omb_hist01z1_fy2027.xlsx"]["OMB_OUTLAYS"])
    composed = values_of(read["treasury_debt/omb_hist06z1_fy2027.xlsx"]["OMB_OUTLAYS"])
    assert {year: summary[year] for year in composed} == composed
    interest = [
        values_of(read[f"treasury_debt/omb_hist{table}_fy2027.xlsx"]["OMB_NET_INTEREST"])
        for table in ("03z1", "03z2", "06z1")
    ]
    assert all(interest[0][year] == figure for year, figure in interest[1].items())
    assert interest[0] == interest[2]
    need = read["treasury_debt/qra_official_capture.csv"]["QRA_FINANCING_NEED"]
    again = read["treasury_debt/qra_bill_share_quarterly.csv"]["QRA_FINANCING_NEED"]
    assert values_of(need) == values_of(again)


def test_budget_estimates_are_left_out(read):
    for place, outcome in read.items():
        if "omb_hist" in place:
            assert {part.periods.max() for part in outcome.values()} == {
                np.datetime64("2025-09-30")
            }


def test_shares_of_wealth_are_those_published(read):
    for years, levels in (
        ("1989_2023Q2", "dfa_networth_levels_2023Q2_vintage.csv"),
        ("2023_2026Q1", "dfa_networth_2026Q1_vintage_since_2023.csv"),
    ):
        for key in ("WFRBST01134", "WFRBSB50215"):
            plain = read[f"macro/{key}_{years}.csv"][key]
            computed = read[f"macro/{levels}"][key]
            assert plain.periods.tolist() == computed.periods.tolist()
            np.testing.assert_allclose(plain.values, computed.values, atol=0.0051)


def test_covers_computed_from_amounts_are_those_published(read, shared_data):
    import json

    place = "treasury_debt/auction_results_2026-08.json"
    body = json.loads((shared_data / place).read_text("utf-8"))
    bills = {}
    for entry in body["results"]:
        if entry["security_type"] == "Bill":
            bills.setdefault(entry["auction_date"], []).append(entry["_analysis"]["btc"])
    for day, cover in values_of(read[place]["BID_TO_COVER_BILLS"]).items():
        published = bills[day.isoformat()]
        assert cover == pytest.approx(sum(published) / len(published), abs=0.02)


def test_the_latest_earnings_are_blank_in_both_tellings(read):
    book = read["equities_assets/shiller_ie_data.xls"]
    earnings = book["SHILLER_EARNINGS"]
    assert np.isnan(earnings.values[-2:]).all()
    assert values_of(book["SHILLER_PRICE"])[date(1871, 10, 1)] == pytest.approx(4.59, abs=0.2)
    copy = read["equities_assets/sp500_datahub_shiller.csv"]
    assert np.isnan(copy["SHILLER_EARNINGS"].values[-1])
    assert not any((part.values == 0).any() for part in copy.values())
    cape, other = values_of(book["SHILLER_CAPE"]), values_of(copy["SHILLER_CAPE"])
    assert cape[date(1999, 12, 1)] == pytest.approx(other[date(1999, 12, 1)], rel=0.02)


def state(part, at):
    known = part.vintages <= np.datetime64(at)
    cells = dict(zip(part.periods[known].tolist(), part.values[known].tolist(), strict=True))
    return {month: figure for month, figure in cells.items() if figure == figure}


def test_the_archive_and_the_table_of_changes_tell_the_same_history(read):
    changes = read["fred_md/fred_md_vintages_delta.parquet"]
    archive = read["fred_md/FRED-MD_raw_vintages_2015-01_2026-03.tar.xz"]
    for at in ("2015-01-31", "2020-04-30", "2025-11-30", "2026-03-31"):
        for key, part in archive.items():
            assert state(part, at) == state(changes[key], at), (key, at)
    last = read["fred_md/FRED-MD_2026-03.csv"]
    for key, part in last.items():
        assert state(part, "2026-03-31") == state(changes[key], "2026-03-31")


def test_unemployment_was_higher_when_first_told(read):
    unrate = read["fred_md/fred_md_vintages_delta.parquet"]["FRED-MD:UNRATE"]
    october = date(2009, 10, 1)
    assert state(unrate, "2009-11-30")[october] == 10.2
    assert state(unrate, "2026-03-31")[october] == 10.0


def test_answers_of_the_service_under_the_name_of_their_series(shared_data):
    folder = shared_data / "api_samples" / "fred"
    (now,) = read_bytes((folder / "series_observations.json").read_bytes(), "GDP.json")
    assert (now.vintages, now.retrieved) == (None, date(2024, 10, 30))
    every = (folder / "series_observations_all_vintages.json").read_bytes()
    (every,) = read_bytes(every, "GDP.json")
    assert every.vintages.min() >= np.datetime64("1991-12-04")
    seen = state(every, "2024-10-30")
    for quarter, figure in values_of(now).items():
        assert np.isnan(figure) or seen[quarter] == figure


def test_the_log_of_announcements(shared_data):
    path = shared_data / "fed_balance_sheet" / "announcements.csv"
    steps = parse_announcements(path.read_bytes())
    assert sum(step.date_is_month for step in steps) == 3
    assert {s.cumulative_increment_usd_bn for s in steps} == {None, 750.0, 100.0}
    terms = {(s.date.isoformat(), round(s.term_months, 1)) for s in steps if s.term_months}
    assert terms == {
        ("2009-03-18", 6.0),
        ("2010-11-03", 7.9),
        ("2011-09-21", 9.3),
        ("2012-06-20", 6.4),
    }
    bills = [s for s in steps if s.tenor == "bills"]
    assert {s.programme.split(" purchases")[0] for s in bills} == {"reserve management"}
