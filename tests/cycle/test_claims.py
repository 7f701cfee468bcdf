"""The ledger: 44 ids, legal answers, texts in both languages, blind to the future."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from cycle.made import Policy, made, stimulus_of
from debtcycle.cycle.claims import LEDGER, ClaimState, claims
from debtcycle.cycle.claims.markets import claim_7, claim_41
from debtcycle.cycle.claims.mechanism import NEEDS_MODEL, claim_28, claim_29, claim_30, claim_37
from debtcycle.cycle.claims.model import answer, at_least, at_most, untestable
from debtcycle.cycle.claims.stimulus import claim_1, cutting, growing
from debtcycle.cycle.findings import find
from debtcycle.cycle.policy_log import policy_log
from debtcycle.cycle.stage import CRITERIA, Stage
from debtcycle.i18n import LANGUAGES, translator
from debtcycle.indicators.model import Origin, Reading, Status
from debtcycle.indicators.stimulus import Rung
from debtcycle.store import Basis
from debtcycle.views import View
from futures import Poisoned, Truncated

DATES = ("1962-03-31", "1999-12-31", "2008-11-28", "2020-03-27", "2025-11-05", "2025-12-15")
ADVICE = re.compile(
    r"\b(buy now|sell|selling|overweight|underweight|recommend\w*)\b|买入|卖出|增持建议|超配|低配",
    re.IGNORECASE,
)


def test_there_are_44_claims_in_order():
    assert sorted(LEDGER) == list(range(1, 45))


@pytest.mark.parametrize("day", DATES)
def test_every_claim_answers_legally(judged, day):
    found = judged(day).claims
    assert [c.id for c in found] == list(range(1, 45))
    for claim in found:
        open_ = claim.state in (ClaimState.UNKNOWN, ClaimState.UNTESTABLE)
        assert (claim.reason is not None) is open_
        assert judged(day).claim(claim.id) is claim


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_id_that_a_claim_can_show_has_its_text(judged, lang):
    texts = translator(lang)
    wanted = {
        f"claim.{n}.{part}" for n in LEDGER for part in ("title", "rule", "what_would_change")
    }
    wanted |= {f"claim.state.{state}" for state in ClaimState}
    wanted |= {f"claim.reason.{status}" for status in Status if status is not Status.OK}
    for day in DATES:
        judgement = judged(day)
        for claim in judgement.claims:
            wanted |= {f"lamp.{lamp.name}" for lamp in claim.lamps}
            wanted |= {f"claim.param.{name}" for name, _ in claim.params}
            wanted |= {f"indicator.{r.indicator}.name" for r in claim.readings}
            wanted |= {claim.reason} if claim.reason else set()
        lights = (*judgement.stage.red_lights, *judgement.stage.lamps)
        wanted |= {f"lamp.{light.lamp}" for light in lights}
    wanted |= {f"stage.{stage}" for stage in Stage} | {f"stage.{s}.meaning" for s in Stage}
    wanted |= {f"criterion.{c.id}" for c in CRITERIA}
    wanted |= {f"policy.log.{act.id}" for act in policy_log(date(2030, 1, 1)).acts}
    assert sorted(text for text in wanted if text not in texts) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_of_claims_and_stages_give_no_advice(lang):
    texts = translator(lang)
    ours = [i for i in texts.ids() if i.startswith(("claim.", "stage.", "criterion.", "lamp."))]
    # "holders sell" names what holders do; it tells nobody to.
    for name in ours:
        if name != "lamp.holders_sell":
            assert not ADVICE.search(texts(name)), name


@pytest.mark.parametrize("day", ["1975-06-30", "2012-09-14", "2025-11-05"])
def test_later_rows_change_no_claim(store, judged, day):
    on = date.fromisoformat(day)
    for other in (Truncated(store, on), Poisoned(store, on)):
        assert claims(find(View(as_of=on, store=other))) == judged(day).claims


def test_verdict_and_claim_twelve_agree(judged):
    for day in DATES:
        claim, verdict = judged(day).claim(12), judged(day).verdict
        expected = {"unknown": "unknown", "into_bubble": "true"}.get(verdict.value, "false")
        assert claim.state.value == expected
        assert dict(claim.params)["verdict"] is verdict


def test_what_needs_the_model_says_so(judged):
    for number in NEEDS_MODEL:
        claim = judged("2025-11-05").claim(number)
        assert (claim.state, claim.reason) == (ClaimState.UNTESTABLE, "claim.reason.needs_model")
    assert judged("2025-11-05").claim(38).reason == "claim.reason.never_a_date"
    assert judged("2025-11-05").claim(31).state is ClaimState.UNTESTABLE
    assert judged("2025-11-05").claim(34).state is ClaimState.UNKNOWN


@pytest.mark.parametrize(
    ("day", "number", "state"),
    [
        ("2008-11-28", 1, "true"),  # lending facilities swelled the balance sheet
        ("2008-11-28", 2, "false"),  # agency paper, above any growth of GDP
        ("2008-11-28", 4, "true"),  # from 2 % to 1 %
        ("2008-11-28", 9, "false"),
        ("2008-11-28", 16, "false"),  # large-scale purchases announced
        ("2008-11-28", 40, "true"),
        ("2008-11-28", 41, "false"),
        ("1999-12-31", 4, "false"),  # rates were rising
        ("1999-12-31", 1, "true"),  # the base bulged, while rates rose
        ("1999-12-31", 7, "unknown"),  # the mean of November is the newest price
        ("1999-12-31", 11, "true"),
        ("2025-11-05", 1, "false"),  # run-off until 1 December
        ("2025-11-05", 4, "true"),  # exactly 50 bp
        ("1999-12-31", 41, "false"),  # inflation and credit above nought at most, not at +0.25
        ("2025-11-05", 41, "false"),  # three axes at +0.25; the premium in its lowest quarter only
        ("2025-11-05", 7, "true"),
        ("2025-12-15", 7, "unknown"),  # the mean of November, and no price of December
        ("2025-12-15", 2, "true"),  # bills, 40 bn a month
        ("2025-12-15", 1, "true"),
        ("1962-03-31", 3, "unknown"),
        ("1962-03-31", 13, "unknown"),
        ("1962-03-31", 32, "unknown"),
    ],
)
def test_known_answers(judged, day, number, state):
    assert judged(day).claim(number).state.value == state


def test_arithmetic_holds_at_every_yield_and_fails_when_broken(judged):
    findings = judged("2025-11-05").findings
    for number in (28, 29, 30):
        assert judged("2025-11-05").claim(number).state is ClaimState.TRUE
    ledger = findings.attractiveness
    wrong = tuple(replace(r, exact_pct=r.exact_pct + 0.1) for r in ledger.real_returns)
    bent = replace(findings, attractiveness=replace(ledger, real_returns=wrong))
    assert claim_30(bent).state is ClaimState.FALSE
    lines = tuple(
        replace(line, needed_growth=replace(line.needed_growth, value=0.0)) for line in ledger.lines
    )
    assert claim_29(replace(findings, attractiveness=replace(ledger, lines=lines))).state is (
        ClaimState.FALSE
    )
    no_bond = replace(ledger, bond_yield=Reading("bond_yield", "percent", None, Status.STALE))
    blind = replace(findings, attractiveness=replace(no_bond, lines=()))
    for claim in (claim_28, claim_29, claim_30):
        assert claim(blind).state is ClaimState.UNKNOWN
        assert claim(blind).reason == "claim.reason.stale"


def test_distance_to_the_melt_ups_is_that_of_the_axes(judged):
    findings = judged("2025-11-05").findings
    past = {e.expectation.name: e.assessment for e in findings.episodes}
    same = replace(findings, assessment=past["y2k"])
    found = claim_37(replace(same, as_of=date(2025, 11, 5)))
    assert dict(found.params)["distance_y2k"] == pytest.approx(0.0)
    assert found.state is ClaimState.TRUE
    assert judged("1999-12-31").claim(37).reason == "claim.reason.no_analogue"


def test_what_decides_claim_one_stands_first(judged):
    announced = judged("2025-12-15").claim(1)
    assert announced.readings[0].indicator == "announced_13w"
    lamps = {lamp.name: lamp.on for lamp in announced.lamps}
    assert lamps["purchases_announced"] is True
    assert lamps["balance_sheet_grows"] is lamps["grows_while_rates_rise"] is False
    params = dict(announced.params)
    assert (params["direction"], params["turning_date"]) == ("steady", date(2025, 12, 3))
    assert params["announced"] == "reserve management purchases (2025-12-10)"
    bulge = judged("1999-12-31").claim(1)
    assert [r.indicator for r in bulge.readings[:2]] == ["assets_13w", "rate_change_6m"]
    assert {lamp.name: lamp.on for lamp in bulge.lamps}["grows_while_rates_rise"] is True
    assert dict(bulge.params)["direction"] == "grows"
    # Two classes of securities, one programme.
    assert dict(judged("2020-03-27").claim(1).params)["announced"] == "QE4 (2020-03-15)"


@pytest.mark.parametrize(
    ("change", "direction"),
    [(0.26, "grows"), (0.25, "steady"), (-0.25, "steady"), (-0.26, "shrinks"), (None, None)],
)
def test_directions_of_the_balance_sheet(judged, change, direction):
    base = judged("2025-11-05").findings
    stance = base.assessment.stimulus
    stance = replace(stance, assets_13w=made("assets_13w", "percent_of_gdp", change))
    found = claim_1(replace(base, assessment=replace(base.assessment, stimulus=stance)))
    assert dict(found.params)["direction"] == direction


def with_drawdown(findings, reading):
    axes = tuple(
        replace(
            axis,
            inputs=tuple(
                replace(i, reading=reading) if i.anchor.indicator == "drawdown" else i
                for i in axis.inputs
            ),
        )
        for axis in findings.assessment.axes
    )
    return replace(findings, assessment=replace(findings.assessment, axes=axes))


@pytest.mark.parametrize(
    ("series", "period", "stands_for", "age", "state"),
    [
        ("SPX", date(2025, 10, 26), None, 10, ClaimState.TRUE),
        ("SPX", date(2025, 10, 25), None, 11, ClaimState.UNKNOWN),
        ("SP500_MONTHLY", date(2025, 10, 1), "SPX", 5, ClaimState.TRUE),
        ("SP500_MONTHLY", date(2025, 9, 1), "SPX", 36, ClaimState.UNKNOWN),
    ],
)
def test_an_old_price_says_nothing_of_a_high(judged, series, period, stands_for, age, state):
    origin = Origin(series, period, period, Basis.UNREVISED, 6800.0, "index", stands_for)
    reading = Reading("drawdown", "percent", 0.0, origins=(origin,))
    found = claim_7(with_drawdown(judged("2025-11-05").findings, reading))
    assert found.state is state
    assert (found.reason == "claim.reason.old_price") is (state is ClaimState.UNKNOWN)
    assert dict(found.params) == {
        "stand_in": series if stands_for else None,
        "price_age_days": age,
    }
    assert found.lamps[0].on is (stands_for is not None)


@pytest.mark.parametrize(
    ("scores", "percentile", "state"),
    [
        ((0.25, 0.25, 0.25, -1.0), 20.0, ClaimState.TRUE),
        ((0.24, 0.25, 0.25, -1.0), 20.0, ClaimState.FALSE),
        ((0.25, 0.25, 0.25, -1.0), 20.1, ClaimState.FALSE),
        ((0.25, 0.25, None, -1.0), 10.0, ClaimState.UNKNOWN),
        ((0.25, None, 0.0, 0.0), 10.0, ClaimState.FALSE),
        ((0.25, 0.25, 0.25, None), None, ClaimState.UNKNOWN),
    ],
)
def test_the_opposite_is_more_than_a_lean(judged, scores, percentile, state):
    findings = judged("2025-11-05").findings
    axes = tuple(
        replace(
            axis,
            score=score,
            inputs=tuple(
                replace(i, reading=replace(i.reading, percentile=percentile))
                if i.anchor.indicator == "cape_yield_gap"
                else i
                for i in axis.inputs
            ),
        )
        for axis, score in zip(findings.assessment.axes, scores, strict=True)
    )
    bent = replace(findings, assessment=replace(findings.assessment, axes=axes))
    assert claim_41(bent).state is state


def test_growth_and_cuts_by_hand():
    assert growing(stimulus_of(Policy(assets_13w=0.26))) is True
    assert growing(stimulus_of(Policy(announced_13w=0.3))) is True
    assert growing(stimulus_of(Policy(assets_13w=0.25))) is False
    assert growing(stimulus_of(Policy(assets_13w=None))) is None
    assert cutting(made("x", "pp", -0.5)) is True
    assert cutting(made("x", "pp", -0.49)) is False
    assert cutting(made("x", "pp", None)) is None


def test_readings_against_thresholds():
    known, blank = made("x", "pp", 2.0), made("x", "pp", None)
    assert (at_least(known, 2.0), at_least(known, 2.1), at_least(blank, 0)) == (True, False, None)
    assert (at_most(known, 2.0), at_most(known, 1.9), at_most(blank, 0)) == (True, False, None)


def test_the_first_gap_gives_the_reason():
    stale = Reading("x", "pp", None, Status.STALE)
    assert answer(1, None, (made("y", "pp", 1.0), stale)).reason == "claim.reason.stale"
    assert answer(1, None).reason == "claim.reason.inputs"
    assert answer(1, False, (stale,)).reason is None
    assert untestable(20, "claim.reason.needs_model", a=1).params == (("a", 1),)


def test_lamps_of_the_triad_and_of_money_add_up(judged):
    for day in DATES:
        for number, name in ((5, "score"), (17, "lit")):
            claim = judged(day).claim(number)
            lit = sum(lamp.on is True for lamp in claim.lamps)
            assert dict(claim.params)[name] == lit
            expected = {True: "true", False: "false", None: "unknown"}
            signs = [lamp.on for lamp in claim.lamps]
            whole = False if False in signs else (None if None in signs else True)
            assert claim.state.value == expected[whole]


def test_ladder_has_one_lamp_lit(judged):
    claim = judged("2008-11-28").claim(16)
    assert [lamp.on for lamp in claim.lamps].index(True) == Rung.LSAP
    assert sum(lamp.on is True for lamp in claim.lamps) == 1


def test_the_shutdown_of_2025_leaves_claims_open_and_says_why(judged):
    # Unemployment of October 2025 was never published and that of November not before 16 December.
    for number in (9, 15):
        claim = judged("2025-12-15").claim(number)
        assert (claim.state, claim.reason) == (ClaimState.UNKNOWN, "claim.reason.stale")
