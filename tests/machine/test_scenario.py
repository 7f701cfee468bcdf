"""Scenario files: what they say, what is refused, and that nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.errors import ModelError
from debtcycle.machine.economy import given as economy_given
from debtcycle.machine.economy import shipped_openings
from debtcycle.machine.experiment import (
    by_quarter_names,
    checked_holdings,
    constant_names,
    open_scenario,
    prepare,
)
from debtcycle.machine.plans import Bound
from debtcycle.machine.scenario import ASSETS, Scenario, list_scenarios, parse_scenario

HEAD = "from = 2025-12-15\nquarters = 12\n"


def parse(text: str, head: str = HEAD) -> Scenario:
    ranges = {
        name: Bound(entry.low, entry.high, entry.unit, entry.whole)
        for name, entry in economy_given().items()
    }
    return parse_scenario("own", head + text, by_quarter_names(), constant_names(), ranges)


def steps(scenario: Scenario, name: str, run: str = "with") -> dict[int, float]:
    plan = scenario.with_ if run == "with" else scenario.without
    return {quarter: value for quarter, n, value in plan.steps if n == name}


def test_the_shipped_ones_are_named_and_told_in_both_languages() -> None:
    wanted = {
        "qe-into-depression", "qe-into-bubble", "reserve-management", "qt", "twist",
        "deficit-bonds", "deficit-bills-monetised", "melt-up-and-tightening", "inflation-wakes",
        "forced-cash", "ai-productivity",
    }  # fmt: skip
    assert set(list_scenarios()) == wanted
    for name in wanted:
        scenario = open_scenario(name)
        assert scenario.name == name
        assert set(scenario.title) == set(scenario.text) == {"en", "zh"}
        assert scenario.with_.steps != scenario.without.steps
    assert open_scenario("qe-into-depression").as_of == dt.date(2008, 11, 28)


def test_the_two_dates_get_the_same_programme() -> None:
    bubble, depression = (open_scenario(f"qe-into-{name}") for name in ("bubble", "depression"))
    assert bubble.with_ == depression.with_
    assert bubble.parameters == depression.parameters == {}


def test_a_purchase_is_spread_and_announced() -> None:
    found = parse('[[purchase]]\nasset = "N"\ntotal_pct_gdp = 8\nfirst = 3\nquarters = 4\n')
    assert steps(found, "q_N") == {3: 2.0, 4: 2.0, 5: 2.0, 6: 2.0}
    assert steps(found, "announced") == {3: 8.0, 4: 6.0, 5: 4.0, 6: 2.0}
    assert found.without.steps == ()


@given(
    st.sampled_from(sorted(ASSETS)), st.floats(-7, 7), st.integers(1, 12), st.integers(1, 12),
    st.sampled_from(["with", "without", "both"]), st.booleans(),
)  # fmt: skip
def test_whatever_is_bought_adds_up(
    asset: str, each: float, first: int, length: int, run: str, announced: bool
) -> None:
    total = each * length
    text = (
        f'[[purchase]]\nasset = "{asset}"\ntotal_pct_gdp = {total!r}\nfirst = {first}\n'
        f'quarters = {length}\nrun = "{run}"\nannounced = {str(announced).lower()}\n'
    )
    if first + length - 1 > 12:
        with pytest.raises(ModelError, match=r"scenario\.late"):
            parse(text)
        return
    if abs(total / length) > 7.0:  # by a rounding
        return
    found = parse(text)
    for side in ("with", "without"):
        bought = steps(found, ASSETS[asset], side)
        assert sum(bought.values()) == pytest.approx(total if run in (side, "both") else 0.0)
        if not announced or asset == "b":
            assert steps(found, "announced", side) == {}


def test_values_by_quarter_replace_the_default_and_end() -> None:
    found = parse('[[set]]\nname = "disc_bills"\nfirst = 2\nvalues = [0.5, 0.7]\n')
    series = found.with_.series(5, {"disc_bills": 0.2})
    assert series == {"disc_bills": [0.2, 0.5, 0.7, 0.2, 0.2]}


def test_two_announced_purchases_add_up() -> None:
    found = parse(
        '[[purchase]]\nasset = "N"\ntotal_pct_gdp = 4\nquarters = 2\n'
        '[[purchase]]\nasset = "K"\ntotal_pct_gdp = 2\nquarters = 2\n'
    )
    assert steps(found, "announced") == {1: pytest.approx(5.6), 2: pytest.approx(2.8)}


REFUSED = {
    "toml": "quarters = = 4",
    "key": 'colour = "red"',
    "name": '[[set]]\nname = "q_n"\nvalue = 1.0',
    "asset": '[[purchase]]\nasset = "houses"\ntotal_pct_gdp = 1',
    "number": '[[purchase]]\nasset = "N"\ntotal_pct_gdp = "much"',
    "fast": '[[purchase]]\nasset = "N"\ntotal_pct_gdp = 40\nquarters = 4',
    "late": '[[set]]\nname = "disc"\nfirst = 10\nquarters = 4\nvalue = 1.0',
    "quarter": '[[set]]\nname = "disc"\nfirst = 0\nvalue = 1.0',
    "count": '[[set]]\nname = "disc"\nquarters = 3\nvalues = [1.0, 2.0]',
    "value": '[[set]]\nname = "disc"\nvalue = 1.0\nvalues = [1.0]',
    "run": '[[set]]\nname = "disc"\nvalue = 1.0\nrun = "never"',
    "truth": '[[purchase]]\nasset = "N"\ntotal_pct_gdp = 1\nannounced = "yes"',
    "seller": '[[purchase]]\nasset = "K"\ntotal_pct_gdp = 1\nfrom_sector = "H"',
    "table": "purchase = 3",
    "words": "title = 3",
    "range_fraction": "[parameters]\nf_H = -3.0",
    "idle": '[[set]]\nname = "rate"\nvalue = 0.05',
    "contradiction": '[[set]]\nname = "disc"\nvalue = 1.0\n[[set]]\nname = "disc"\nvalue = 2.0',
}


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_what_cannot_be_meant_is_refused(kind: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(REFUSED[kind] + "\n")
    assert caught.value.message_id == f"scenario.{kind}"
    assert caught.value.params["scenario"] == "own"


def test_a_purchase_and_a_sale_of_one_asset_in_one_quarter_contradict_each_other() -> None:
    with pytest.raises(ModelError) as caught:
        parse(
            '[[purchase]]\nasset = "N"\ntotal_pct_gdp = 4\nquarters = 4\n'
            '[[purchase]]\nasset = "N"\ntotal_pct_gdp = -4\nfirst = 4\nquarters = 4\n'
        )
    params = caught.value.params
    assert caught.value.message_id == "scenario.contradiction"
    assert (params["where"], params["other"]) == ("purchase 2", "purchase 1")
    assert (params["name"], params["quarter"]) == ("q_N", 4)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("quarters = 12\n", "date"),
        ('from = "soon"\nquarters = 12\n', "date"),
        ("from = 2025-12-15T10:00:00\n", "date"),
        ("from = 2025-12-15\nquarters = 0\n", "length"),
        ("from = 2025-12-15\nquarters = 100000\n", "length"),
        ("from = 2025-12-15\nquarters = 2.5\n", "quarter"),
        ("from = 2025-12-15\n[parameters]\nkapow = 3.0\n", "name"),
        ("from = 2025-12-15\n[parameters]\nchi = nan\n", "number"),
        ('from = 2025-12-15\nname = ""\n', "words"),
    ],
)
def test_a_head_that_cannot_be_meant_is_refused(head: str, kind: str) -> None:
    with pytest.raises(ModelError, match=rf"scenario\.{kind}"):
        parse("", head)


def test_what_entries_do_together_is_looked_at() -> None:
    three = "".join(f'[[purchase]]\nasset = "{a}"\ntotal_pct_gdp = 4\n' for a in ("N", "K", "I"))
    with pytest.raises(ModelError, match=r"scenario\.fast"):
        parse(three)
    with pytest.raises(ModelError, match=r"scenario\.fast"):
        parse('[[set]]\nname = "q_N"\nvalue = 20.0\n')
    both = '[[set]]\nname = "hold"\nvalue = 1.0\n[[set]]\nname = "tighten"\nvalue = 0.01\n'
    with pytest.raises(ModelError, match=r"scenario\.contradiction"):
        parse(both)
    for name in ("announced", "h"):
        with pytest.raises(ModelError, match=r"scenario\.name"):
            parse(f'[[set]]\nname = "{name}"\nvalue = 0.0\n')


def test_more_is_not_sold_than_there_is() -> None:
    sale = parse('[[purchase]]\nasset = "b"\ntotal_pct_gdp = -40\nquarters = 8\n')
    pair = prepare(sale, shipped_openings()["bubble"]).central()
    with pytest.raises(ModelError) as caught:
        checked_holdings(pair)
    assert caught.value.message_id == "machine.negative"
    for name in list_scenarios():
        opening = "depression" if "depression" in name else "bubble"
        checked_holdings(prepare(open_scenario(name), shipped_openings()[opening]).central())


def test_a_name_that_is_not_known_says_what_is_near() -> None:
    with pytest.raises(ModelError) as caught:
        parse('[[set]]\nname = "tightn"\nvalue = 1.0\n')
    assert "tighten" in str(caught.value.params["near"])
    with pytest.raises(ModelError) as caught:
        open_scenario("qe-into-buble")
    assert caught.value.message_id == "scenario.unknown"
    assert str(caught.value.params["near"]).startswith("qe-into-bubble")


@pytest.mark.parametrize(
    ("asked", "near"),
    [("twst", "twist"), ("deficit-bond", "deficit-bonds"), ("melt up", "melt-up-and-tightening"),
     ("Inflation", "inflation-wakes"), ("bubble", "qe-into-bubble"),
     ("reserves-management.toml", "reserve-management")],
)  # fmt: skip
def test_the_nearest_scenario_comes_first_and_not_all_are_listed(asked: str, near: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_scenario(asked)
    found = str(caught.value.params["near"]).split(", ")
    assert found[0] == near
    assert len(found) <= 3


def test_what_is_like_no_scenario_is_said_without_a_list() -> None:
    with pytest.raises(ModelError) as caught:
        open_scenario("zebra")
    assert caught.value.message_id == "scenario.unknown_all"
    assert "near" not in caught.value.params


def test_what_is_announced_of_credit_has_the_duration_of_the_economy() -> None:
    """One number, not two: the parameter says how long credit is, here and in the markets."""
    text = '[[purchase]]\nasset = "K"\ntotal_pct_gdp = 8\nquarters = 4\n'
    usual = parse(text)
    assert steps(usual, "announced")[1] == pytest.approx(8.0 * economy_given()["dur_K"].value)
    shorter = parse(text + "[parameters]\ndur_K = 0.5\n")
    assert steps(shorter, "announced")[1] == pytest.approx(4.0)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = HEAD + '[[set]]\nname = "disc"\nvalue = 1.0\n[parameters]\nchi = 0.5\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    found = open_scenario(str(path))
    assert found.name == "mine"
    assert found.parameters == {"chi": 0.5}
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=r"scenario\.file"):
        open_scenario(str(path))
    with pytest.raises(ModelError, match=r"scenario\.file"):
        open_scenario(str(tmp_path))
    path.write_text("#" * 300_000)
    with pytest.raises(ModelError, match=r"scenario\.large"):
        open_scenario(str(path))


def test_an_explosive_opening_is_refused_unless_it_is_allowed() -> None:
    text = "[parameters]\nchi = 1.0\nlx = 0.45\n"
    facts = shipped_openings()["bubble"]
    with pytest.raises(ModelError) as caught:
        prepare(parse(text), facts)
    assert caught.value.message_id == "machine.bubble_number"
    assert float(str(caught.value.params["number"])) >= 1.0
    allowed = parse(text, "allow_explosive = true\n" + HEAD)
    assert prepare(allowed, facts).quarters == 12


def fault(text: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("name", "value", "kind", "meant"),
    [
        ("rate", 4.5, "percent", "0.045"), ("auto_pass", 33, "percent", "0.33"),
        ("disc_bills", 80, "percent", "0.8"), ("tighten", 0.25, "percent", "0.0025"),
        ("redeem", 2.0, "percent", "0.02"), ("e_com", 5, "percent", "0.05"),
        ("hold", 0.4, "switch", ""), ("hold", -7, "switch", ""), ("steer", 2, "switch", ""),
        ("auto_pass", -1000, "range_fraction", ""), ("rate", -9, "range_a_year", ""),
        ("disc", 300, "range_pct_gdp", ""), ("wealth_tax", -400, "range_pct_gdp", ""),
    ],
)  # fmt: skip
def test_a_value_in_the_wrong_unit_is_refused(
    name: str, value: float, kind: str, meant: str
) -> None:
    found = fault(f'[[set]]\nname = "{name}"\nvalue = {value}\n')
    assert found.message_id == f"scenario.{kind}"
    assert found.params["name"] == name
    assert found.params["found"] == f"{value:g}"
    assert found.params.get("meant", "") == meant
    if kind != "switch":
        entry = economy_given()[name]
        assert (found.params["low"], found.params["high"]) == (entry.low, entry.high)


def test_what_may_be_set_by_quarter_has_a_range_and_its_ends_may_be_set() -> None:
    for name in by_quarter_names():
        entry = economy_given()[name]
        if name == "announced" or name in ASSETS.values():  # bounded together, by the markets
            continue
        assert entry.low is not None, name
        assert entry.high is not None, name
        for value in (entry.low, entry.high):
            text = f'[[set]]\nname = "{name}"\nvalue = {value}\n'
            if name == "rate":
                text += '[[set]]\nname = "steer"\nvalue = 1\n'
            assert steps(parse(text), name) == {1: value}
        width = entry.high - entry.low
        for value in (entry.low - width, entry.high + width):
            assert fault(f'[[set]]\nname = "{name}"\nvalue = {value}\n').params["name"] == name


@pytest.mark.parametrize(
    ("text", "name", "other"),
    [
        ("kt = 20\nks = 20\nkb = 60\nke = 10\n", "ke", "kt"),
        ("kb = 60\nks = 80\n", "kb", "ks"),
        ("ke = 10\nkt = 10.5\n", "ke", "kt"),
    ],
)
def test_strengths_in_an_order_that_proves_no_sign_are_refused(
    text: str, name: str, other: str
) -> None:
    found = fault("[parameters]\n" + text)
    assert found.message_id == "scenario.order"
    assert (found.params["name"], found.params["other"]) == (name, other)


def test_strengths_may_be_equal() -> None:
    assert parse("[parameters]\nkt = 20\nks = 20\nkb = 60\nke = 20\n").parameters["ke"] == 20.0


def test_a_scenario_that_sets_nothing_is_refused() -> None:
    for text in ("", "[parameters]\n", 'title = "Nothing"\n'):
        assert fault(text).message_id == "scenario.nothing"
    assert parse("[parameters]\nchi = 0.25\n").parameters == {"chi": 0.25}
