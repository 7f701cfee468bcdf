"""The published models: paths, closed forms, accounts, and what the book says of each."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from debtcycle.errors import ModelError
from debtcycle.i18n import translator
from debtcycle.sfc.library import list_models, load_model, model_text
from debtcycle.sfc.reader import read_model
from debtcycle.sfc.results import Run
from debtcycle.sfc.runs import Compiled, Shock
from debtcycle.sfc.steady import steady_state
from sfc.model_figures import FIGURES

MODELS = (
    "BMW", "DIS", "DISINF", "GROWTH", "INSOUT", "LP1", "LP2", "LP3", "OPEN", "PC", "PCEX1",
    "PCEX2", "REG", "SIM", "SIMEX",
)  # fmt: skip

# Names that carry no unit, because the published equation mixes units.
WITHOUT_UNIT = {"INSOUT": {"omegat", "omega3", "PI"}, "GROWTH": {"omegat"}}


@cache
def compiled(name: str) -> Compiled:
    return load_model(name).compile()


def run(name: str, periods: int, **shock: float) -> Run:
    """A run with parameters that step in period 6."""
    steps = [Shock(6, parameter, value) for parameter, value in shock.items()]
    return compiled(name).run(periods, shocks=steps)


def last(result: Run, name: str) -> float:
    return float(result[name][-1, 0])


def rows(path: Path) -> list[dict[str, float]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(handle)]


# --- the files ----------------------------------------------------------------------------------
def test_the_package_has_the_published_models() -> None:
    assert list_models() == MODELS


def test_an_unknown_model_is_refused_with_what_there_is() -> None:
    with pytest.raises(ModelError) as caught:
        load_model("../PC")
    assert caught.value.message_id == "model.unlisted"
    assert "GROWTH" in str(caught.value)
    assert model_text("pc") == model_text("PC")


@pytest.mark.parametrize("name", MODELS)
def test_a_file_says_what_it_is(name: str) -> None:
    model = load_model(name)
    assert model.name == name
    assert "Monetary Economics" in model.source
    assert len(model.title) > 10
    assert len(model.text) > 150
    entries = (*model.variables.values(), *model.parameters.values())
    assert all(entry.description for entry in entries)
    assert {e.name for e in entries if e.unit is None} == WITHOUT_UNIT.get(name, set())
    assert len(model.redundant) == 1
    assert len(model.equations) == len(model.variables)


@pytest.mark.parametrize("name", MODELS)
def test_titles_and_texts_are_in_both_languages(name: str) -> None:
    model = load_model(name)
    english, chinese = translator("en"), translator("zh")
    assert english(f"model.title.{name}") == model.title
    assert english(f"model.text.{name}") == " ".join(model.text.split())
    for part in ("title", "text"):
        assert not chinese(f"model.{part}.{name}").isascii()


@pytest.mark.parametrize("name", MODELS)
def test_first_values_are_those_of_the_start_row(name: str, shared_data: Path) -> None:
    start = rows(shared_data / "gl" / f"{name}_start.csv")[0]
    del start["t"]
    first = compiled(name).run(1)
    assert set(first.names) == set(start)
    assert {key: float(first[key][0, 0]) for key in start} == start


# --- whole paths --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["SIM", "PC", "LP1"])
def test_a_published_path_is_met_in_every_variable_and_period(name: str, shared_data: Path) -> None:
    path = rows(shared_data / "gl" / f"{name}_path.csv")
    model = compiled(name).model
    shocks = [
        Shock(t, parameter, row[parameter])
        for t, row in enumerate(path)
        if t
        for parameter in model.parameters
    ]
    found = compiled(name).run(len(path) - 1, shocks=shocks)
    for variable in model.variables:
        expected = np.array([row[variable] for row in path])
        # 1e-8 of the figure; the floor is for capital gains, which are differences.
        np.testing.assert_allclose(
            found[variable][:, 0], expected, rtol=1e-8, atol=1e-10, err_msg=variable
        )


@pytest.mark.parametrize(("name", "parameter", "value", "period", "figures"), FIGURES)
def test_figures_after_a_step_are_those_of_another_solution_of_the_same_equations(
    name: str, parameter: str, value: float, period: int, figures: dict[str, float]
) -> None:
    found = run(name, period, **{parameter: value})
    for variable, figure in figures.items():
        # The floor is for what is a small difference of large figures.
        assert last(found, variable) == pytest.approx(figure, rel=1e-9, abs=1e-12), variable


# --- accounts -----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", MODELS)
def test_every_row_and_column_closes_for_four_hundred_periods(name: str) -> None:
    found = compiled(name).run(400)
    worst = max(found.accounts, key=lambda item: item.residual)
    assert worst.residual <= 1e-12, worst
    kinds = {(item.kind, item.side) for item in found.accounts}
    assert {("balance_sheet", "row"), ("transaction_flows", "column")} <= kinds


# A tenth more or less of one parameter, for good, after which the equations themselves run away:
# households that consume more than their income, wages that leave productivity behind,
# productivity that leaves the growth of government spending behind.
RUN_AWAY = {("INSOUT", "alpha1", 1.1), ("GROWTH", "omega1", 0.9), ("GROWTH", "GRpr", 1.1)}


@pytest.mark.parametrize("name", MODELS)
def test_accounts_close_after_a_step_of_any_parameter(name: str) -> None:
    parameters = {n: p.value or 0.0 for n, p in compiled(name).model.parameters.items()}
    cases = [
        (n, factor)
        for n in parameters
        for factor in (1.1, 0.9)
        if (name, n, factor) not in RUN_AWAY
    ]
    shocks = []
    for parameter, value in parameters.items():
        values = np.full(len(cases), value)
        for path, (changed, factor) in enumerate(cases):
            if changed == parameter:
                values[path] = value * factor if value else (factor - 1.0) / 10.0
        shocks.append(Shock(6, parameter, values))
    found = compiled(name).run(100, shocks=shocks, on_failure="keep")
    assert not found.failures
    worst = max(found.accounts, key=lambda item: item.residual)
    assert worst.residual <= 1e-12, (worst, cases[worst.path])


@pytest.mark.parametrize(("name", "parameter", "factor"), sorted(RUN_AWAY))
def test_what_runs_away_does_not_come_back_as_figures(
    name: str, parameter: str, factor: float
) -> None:
    value = compiled(name).model.parameters[parameter].value
    assert value is not None
    with pytest.raises(ModelError):
        run(name, 150, **{parameter: factor * value})


@pytest.mark.parametrize("name", ["SIM", "PC", "LP2", "REG", "OPEN", "INSOUT", "GROWTH"])
def test_accounts_break_when_an_equation_loses_a_payment(name: str) -> None:
    lost = {
        "SIM": ("YD = W*Ns - Ts", "YD = W*Ns - Ts - 1"),
        "PC": ("YD = Y - T + R[-1]*Bh[-1]", "YD = Y - T"),
        "LP2": ("- (T + Rb[-1]*Bcb[-1])", "- T"),
        "REG": ("YN = CN + GN + XN - IMN", "YN = CN + GN + XN"),
        "OPEN": ("XN = IMS/XR", "XN = 0.9*IMS/XR"),
        "INSOUT": ("F = Ff + Fb", "F = Ff"),
        "GROWTH": ("OFb = OFb[-1] + (FUb - NPL)", "OFb = OFb[-1] + FUb"),
    }[name]
    text = model_text(name)
    assert lost[0] in text
    broken = read_model(text.replace(lost[0], lost[1], 1), name).compile()
    with pytest.raises(ModelError) as caught:
        broken.run(5)
    assert caught.value.message_id == "model.accounts"


def test_open_columns_are_small_and_said() -> None:
    """The column of discrepancies holds what the start rows of LP, INSOUT and GROWTH round off."""
    for name, period, most in (("LP1", 50, 2e-5), ("INSOUT", 50, 2e-4), ("GROWTH", 50, 2e-3)):
        tables = compiled(name).run(period).matrices(period)
        sheet = tables.balance_sheet
        cells = sheet.values[:, sheet.columns.index("discrepancy")]
        assert 0.0 < np.nanmax(np.abs(cells)) <= most * sheet.size
    for name in set(MODELS) - {"LP1", "LP2", "LP3", "INSOUT", "GROWTH"}:
        assert "discrepancy" not in load_model(name).sectors


def test_term_deposits_of_insout_differ_only_where_current_accounts_would_be_negative() -> None:
    found = run("INSOUT", 60, tau=0.275)
    apart = found["M2s"][1:, 0] - found["M2h"][1:, 0]
    assert (found["z1"][1:, 0] == 0.0).any()
    np.testing.assert_array_equal(np.abs(apart) > 1e-9, found["z1"][1:, 0] == 0.0)
    np.testing.assert_allclose(apart, -np.minimum(found["M1hn"][1:, 0], 0.0), atol=1e-10)


# --- what the book says, chapter by chapter -----------------------------------------------------
def test_sim_meets_the_printed_table_and_its_steady_state() -> None:
    found = run("SIM", 400)
    printed = {1: (38.5, 18.5, 12.3), 2: (47.9, 27.9, 22.7)}
    for t, (output, consumption, cash) in printed.items():
        assert round(float(found["Y"][t, 0]), 1) == output
        assert round(float(found["Cd"][t, 0]), 1) == consumption
        assert round(float(found["Hh"][t, 0]), 1) == cash
    assert last(found, "Y") == pytest.approx(20.0 / 0.2, rel=1e-9)
    assert last(found, "Hh") == pytest.approx(80.0, rel=1e-9)


def test_simex_starts_slower_and_ends_where_sim_ends() -> None:
    slow, quick = run("SIMEX", 400), run("SIM", 400)
    assert [round(float(y), 1) for y in slow["Y"][1:3, 0]] == [29.6, 39.8]
    assert (slow["Y"][1:7] < quick["Y"][1:7]).all()
    assert last(slow, "Y") == pytest.approx(100.0, rel=1e-9)
    # What was planned and what was kept differ by the mistake about income.
    mistake = slow["YD"] - slow["YDe"]
    np.testing.assert_allclose((slow["Hh"] - slow["Hd"])[1:], mistake[1:], atol=1e-10)


def pc_at_rest(rate: float, alpha1: float = 0.6) -> tuple[float, float, float, float]:
    """Income, wealth, bills and cash of PC at rest: consumption is income, wealth stands still."""
    wealth_ratio = (1.0 - alpha1) / 0.4
    bills_ratio = (0.635 + 5.0 * rate) * wealth_ratio - 0.01
    disposable = 0.8 * 20.0 / (1.0 - 0.8 * (1.0 + rate * bills_ratio))
    wealth, bills = wealth_ratio * disposable, bills_ratio * disposable
    return disposable + 20.0, wealth, bills, wealth - bills


@pytest.mark.parametrize("name", ["PC", "PCEX1"])
@pytest.mark.parametrize(
    ("rate", "printed"),
    [
        (0.025, (106.486486486, 86.486486486, 64.864864865, 21.621621622)),
        (0.035, (110.090090090, 90.090090090, 72.072072072, 18.018018018)),
    ],
)
def test_pc_comes_to_rest_at_its_closed_form(
    name: str, rate: float, printed: tuple[float, ...]
) -> None:
    found = run(name, 1000, Rbar=rate)
    at_rest = pc_at_rest(rate)
    assert at_rest == pytest.approx(printed, rel=1e-10)
    for variable, figure in zip(("Y", "V", "Bh", "Hh"), at_rest, strict=True):
        assert last(found, variable) == pytest.approx(figure, rel=1e-9)


def test_thrift_that_reacts_to_interest_lowers_income_first_and_raises_it_in_the_end() -> None:
    found = run("PCEX2", 1000, Rbar=0.035)
    before = float(found["Y"][5, 0])
    assert found["Y"][6:12].min() < before - 3.0
    assert last(found, "alpha1") == pytest.approx(0.7 - 4.0 * 0.035)
    assert last(found, "Y") == pytest.approx(pc_at_rest(0.035, alpha1=0.56)[0], rel=1e-9)
    assert last(found, "Y") > before


def lp_at_rest(rate: float, price: float) -> tuple[float, float]:
    """Income and wealth of LP1 at rest; with alpha1 + alpha2 = 1 wealth equals income."""
    bond_yield = 1.0 / price
    bills = 0.44196 + 1.1 * rate - bond_yield - 0.03
    bonds = 0.3997 - rate + 1.1 * bond_yield - 0.03
    interest = rate * bills + bond_yield * bonds
    disposable = (1 - 0.1938) * 20.0 / (1.0 - (1 - 0.1938) * (1.0 + interest))
    return disposable + 20.0, disposable


@pytest.mark.parametrize(("rate", "price"), [(0.03, 20.0), (0.04, 15.0)])
def test_lp1_comes_to_rest_at_its_closed_form(rate: float, price: float) -> None:
    found = run("LP1", 1500, Rbar=rate, Pblbar=price)
    income, wealth = lp_at_rest(rate, price)
    assert last(found, "Y") == pytest.approx(income, rel=1e-9)
    # The opening discrepancy of 0.001 in cash is not part of wealth's equation.
    assert last(found, "V") == pytest.approx(wealth, rel=1e-9)


def test_lp1_loses_on_bonds_at_once_and_gains_income_later() -> None:
    found = run("LP1", 300, Rbar=0.04, Pblbar=15.0)
    gain = float(found["CG"][6, 0])
    assert gain == pytest.approx((15.0 - 20.0) * float(found["BLh"][5, 0]))
    assert found["Y"][7, 0] < found["Y"][5, 0] < last(found, "Y")


def test_lp2_moves_the_price_by_one_per_cent_until_the_mix_is_back_in_its_band() -> None:
    found = run("LP2", 200, Rbar=0.035)
    price, share = found["Pbl"][:, 0], found["TP"][:, 0]
    step = price[1:] / price[:-1]
    expected = np.where(share[1:] > 0.505, 1.01, np.where(share[1:] < 0.495, 0.99, 1.0))
    np.testing.assert_allclose(step, expected, rtol=1e-12)
    assert price[-1] < 20.0  # the bond yield follows the bill rate up
    assert 0.495 <= share[-1] <= 0.505


def test_lp2_keeps_the_mark_of_a_passing_fear() -> None:
    """Bonds are expected to fall by three for one period; the price stays where the band is met."""
    shocks = [Shock(6, "add", -3.0), Shock(7, "add", 0.0)]
    found = compiled("LP2").run(200, shocks=shocks)
    price = found["Pbl"][:, 0]
    assert price[5] == 20.0
    assert price[-1] == price[20] == pytest.approx(20.0 * 0.99**2)
    assert last(found, "Y") > found["Y"][5, 0]


def test_lp3_rests_where_lp2_rests_until_the_limit_is_breached() -> None:
    at_rest = steady_state(compiled("LP3"))
    assert at_rest.stable
    assert at_rest.values["Y"] == pytest.approx(lp_at_rest(0.03, 20.0)[0], rel=1e-9)
    assert at_rest.values["G"] == 20.0
    # A fall for five periods: a mild one passes, a large one stays, and nothing brings it back.
    ends = {}
    for propensity in (0.75, 0.7):
        shocks = [Shock(6, "alpha1", propensity), Shock(11, "alpha1", 0.8)]
        ends[propensity] = compiled("LP3").run(400, shocks=shocks)
    assert last(ends[0.75], "Y") == pytest.approx(at_rest.values["Y"], rel=1e-8)
    assert last(ends[0.7], "G") < 18.0
    below = steady_state(compiled("LP3"), start=ends[0.7].last_rows()[-1])
    assert below.values["Y"] == pytest.approx(last(ends[0.7], "Y"), rel=1e-9)
    ratio = below.values["Y"] / at_rest.values["Y"]
    assert ratio == pytest.approx(last(ends[0.7], "G") / 20.0, rel=1e-3)  # income goes with G


def test_lp3_turns_less_consumption_into_less_spending_for_good() -> None:
    free, bound = run("LP1", 300, alpha1=0.7), run("LP3", 300, alpha1=0.7)
    before = float(free["Y"][5, 0])
    assert last(free, "Y") > before
    assert last(bound, "Y") < before - 5.0
    assert last(bound, "G") < 20.0
    cut = bound["G"][:-1] - bound["G"][1:]
    large = np.abs(bound["PSBR"][:-1] / bound["Y"][:-1]) > 0.03
    np.testing.assert_allclose(cut, np.where(large, bound["PSBR"][:-1], 0.0), atol=1e-12)


def test_in_reg_the_budget_pays_for_the_trade_gap() -> None:
    found = run("REG", 400, muS=0.20781)
    gap = last(found, "IMS") - last(found, "XS")
    interest = 0.025 * float(found["BhS"][-2, 0])
    assert gap > 0.5
    assert last(found, "GS") + interest - last(found, "TS") == pytest.approx(gap, rel=1e-9)
    assert last(found, "YS") < found["YS"][5, 0] < last(found, "YN")
    assert last(found, "VS") == pytest.approx(float(found["VS"][-2, 0]), rel=1e-10)


def test_in_open_gold_drains_for_ever_and_the_money_stock_does_not_follow() -> None:
    found = run("OPEN", 400, muS=0.20781)
    drain = np.diff(found["ORS"][:, 0])
    trade = (found["XS"] - found["IMS"])[1:, 0]
    np.testing.assert_allclose(drain[5:], trade[5:], rtol=1e-9)
    assert (drain[5:] < -0.5).all()
    bought = np.diff(found["BcbS"][:, 0])[-1]
    assert bought == pytest.approx(-drain[-1], rel=1e-9)
    assert last(found, "HsS") == pytest.approx(float(found["HsS"][-2, 0]), rel=1e-10)


@pytest.mark.parametrize("parameter", ["XRbar", "Pgbar"])
def test_accounts_in_two_monies_close_when_a_rate_or_the_price_of_gold_moves(
    parameter: str,
) -> None:
    found = run("OPEN", 50, **{parameter: 1.25})
    tables = found.matrices(6)
    assert np.nanmax(np.abs(tables.revaluation.values)) > 1.0
    assert found.worst_account <= 1e-12


@pytest.mark.parametrize(
    ("parameter", "value"), [("alpha0", 28.0), ("alpha1", 0.74), ("delta", 0.11), ("kappa", 1.05)]
)
def test_bmw_comes_to_rest_at_its_closed_form(parameter: str, value: float) -> None:
    given = {"alpha0": 25.0, "alpha1": 0.75, "alpha2": 0.1, "delta": 0.1, "kappa": 1.0}
    found = run("BMW", 1000, **{parameter: value})
    given[parameter] = value
    output = given["alpha0"] / (
        (1.0 - given["alpha1"]) * (1.0 - given["delta"] * given["kappa"])
        - given["alpha2"] * given["kappa"]
    )
    capital = given["kappa"] * output
    assert last(found, "Y") == pytest.approx(output, rel=1e-9)
    for stock in ("K", "Ld", "Ms", "Mh"):
        assert last(found, stock) == pytest.approx(capital, rel=1e-9)
    wage = 1.0 - (0.04 + given["delta"]) * given["kappa"]
    assert last(found, "W") == pytest.approx(wage, rel=1e-9)


@pytest.mark.parametrize(("parameter", "value"), [("phi", 0.3), ("sigmat", 0.25), ("Rlbar", 0.05)])
def test_dis_comes_to_rest_at_its_closed_form(parameter: str, value: float) -> None:
    given = {"phi": 0.25, "sigmat": 0.15, "Rlbar": 0.04, parameter: value}
    found = run("DIS", 600, **{parameter: value})
    price = (1.0 + given["phi"]) * (1.0 + given["sigmat"] * given["Rlbar"]) * 0.86
    sales = 15.0 / (1.0 - 0.8 - 0.1 * given["sigmat"] * 0.86 / price)
    assert last(found, "P") == pytest.approx(price, rel=1e-9)
    for variable in ("Sk", "Ck", "Yk", "YDkhs", "Ske"):
        assert last(found, variable) == pytest.approx(sales, rel=1e-9)
    assert last(found, "INk") == pytest.approx(given["sigmat"] * sales, rel=1e-9)


def test_disinf_inflates_without_a_change_of_real_demand() -> None:
    found = run("DISINF", 200, omega0=-0.35)
    real_wage = 1.0 / ((1.0 + 0.24) * (1.0 + 0.04 * 0.2))
    inflation = 0.3 * (-0.35 + 1.0 + 1.2 - real_wage)
    assert inflation > 0.01
    assert last(found, "PIC") == pytest.approx(inflation, rel=1e-9)
    assert last(found, "Rl") == pytest.approx(1.04 * (1.0 + inflation) - 1.0, rel=1e-9)
    np.testing.assert_allclose(found["Sk"][:, 0], found["Sk"][0, 0], rtol=1e-9)
    np.testing.assert_allclose(found["Mhk"][:, 0], found["Mhk"][0, 0], rtol=1e-9)


@pytest.mark.parametrize(
    ("omega0", "inflation", "digits"), [(-0.4, 0.30, 4), (-1.4, 0.0, 4), (-1.35, 0.015, 4)]
)
def test_disinf_says_what_its_constant_does(omega0: float, inflation: float, digits: int) -> None:
    """The start row has -0.4 = 0.8 - omega2, which leaves out omega1*PR; the notebooks say -1.4."""
    assert load_model("DISINF").parameters["omega0"].value == 0.8 - 1.2
    found = compiled("DISINF").run(60, parameters={"omega0": omega0})
    assert last(found, "PIC") == pytest.approx(inflation, abs=10.0**-digits)
    np.testing.assert_allclose(found["Sk"][:, 0], found["Sk"][0, 0], rtol=1e-9)


def test_insout_comes_to_rest_in_real_terms() -> None:
    found = run("INSOUT", 400)
    for variable in ("Yk", "Sk", "INk", "Vk", "Ck"):
        assert last(found, variable) == pytest.approx(float(found[variable][-2, 0]), rel=1e-10)
    drift = 0.1 * (last(found, "omegat") - last(found, "W") / last(found, "P"))
    assert last(found, "PI") == pytest.approx(drift, rel=1e-6)
    assert abs(drift) < 2e-5
    assert 0.02 <= last(found, "BLRn") <= 0.04
    assert 0.002 <= last(found, "BPM") <= 0.005
    assert last(found, "INk") == pytest.approx(last(found, "sigmat") * last(found, "Sk"), rel=1e-9)


def test_insout_banks_borrow_when_bills_run_short_and_then_pay_more_for_deposits() -> None:
    found = run("INSOUT", 60, sigma0=0.4)
    short = found["z3"][1:, 0] == 1.0
    assert short[5]
    np.testing.assert_array_equal(found["Ad"][1:, 0] > 0.0, short)
    # Advances fill the gap and no more: bills are then exactly the floor of deposits.
    np.testing.assert_allclose(found["BLR"][1:, 0][short], 0.02, rtol=1e-12)
    assert found["Rm"][7, 0] > found["Rm"][6, 0]
    assert last(found, "IN") > found["IN"][5, 0] + 2.0


def test_growth_grows_at_the_rate_of_productivity() -> None:
    found = run("GROWTH", 400)
    for variable in ("Yk", "Sk", "Ck", "Kk", "Ik", "Gk", "INk", "Vk", "PR"):
        rate = found[variable][-1, 0] / found[variable][-2, 0] - 1.0
        assert rate == pytest.approx(0.03, abs=1e-6), variable
    inflation = last(found, "PI")
    for variable in ("Y", "V", "GD", "Lfd", "Lhd", "Ms", "Bs"):
        rate = found[variable][-1, 0] / found[variable][-2, 0] - 1.0
        assert rate == pytest.approx(1.03 * (1.0 + inflation) - 1.0, abs=2e-6), variable
    assert 0.0 < inflation < 0.01
    # Employment rests where wages grow as fast as productivity and prices.
    assert last(found, "ER") == pytest.approx(float(found["ER"][-2, 0]), rel=1e-8)


def test_growth_takes_one_rise_of_spending_and_not_a_faster_one_for_good() -> None:
    base = run("GROWTH", 400)
    once = compiled("GROWTH").run(400, shocks=[Shock(6, "GRg", 0.05), Shock(7, "GRg", 0.03)])
    assert once["Yk"][-1, 0] / once["Yk"][-2, 0] == pytest.approx(1.03, abs=1e-6)
    assert last(once, "Rb") == last(base, "Rb")
    assert last(once, "ER") > last(base, "ER") + 0.005
    assert last(base, "PI") < last(once, "PI") < 0.01
    debt = [last(found, "GD") / last(found, "Y") for found in (once, base)]
    assert 0.9 * debt[1] < debt[0] < debt[1]
    faster = run("GROWTH", 200, GRg=0.035)
    assert faster["PI"][200, 0] > 4.0 * faster["PI"][50, 0] > 4.0 * faster["PI"][7, 0]


def test_growth_has_no_discrepancy_where_both_books_agree() -> None:
    """From a row on whose figures agree, the bills of banks by both books stay the same."""
    row = compiled("GROWTH").run(1).last_rows()[-1]
    issued = row["Bs"] - row["Bhs"] - row["Bcbs"]
    owed = {"Bs": row["Bs"] + row["Bbd"] - issued, "Bbs": row["Bbd"]}
    found = compiled("GROWTH").run(100, start={**row, **owed})
    np.testing.assert_allclose(found["Bbs"], found["Bbd"], rtol=1e-10)
