"""Perturbed anchors, and the case against."""

from __future__ import annotations

import numpy as np
import pytest

from cycle.made import NAMES, Policy, assessment, at_scores
from debtcycle.cycle.counter import MAX_POINTS, Point, counter_argument
from debtcycle.cycle.robustness import robustness
from debtcycle.cycle.verdict import Verdict
from debtcycle.indicators.bubble_gauge import BubbleGauge, Gauge
from debtcycle.indicators.model import Reading


def test_the_same_seed_gives_the_same_answer_and_another_may_not():
    got = assessment(at_scores([0.3, 0.3, 0.3, 0.3]))
    first, again = robustness(got), robustness(got)
    assert first == again
    other = robustness(got, rng=np.random.default_rng(1))
    assert other.verdicts != first.verdicts
    assert abs(other.agree - first.agree) < 0.1
    assert sum(share for _, share in first.verdicts) == pytest.approx(1.0)


def test_a_clear_case_agrees_always_and_an_edge_does_not():
    assert robustness(assessment(at_scores([1.0] * 4))).agree == 1.0
    assert 0.2 < robustness(assessment(at_scores([0.26] * 4))).agree < 0.9


def test_anchors_that_do_not_move_change_nothing():
    class Still:
        def uniform(self, low, high, size):
            assert (low, high) == (-0.5, 0.5)
            return np.zeros(size)

    for points in ([0.6, 0.3, -0.1, 0.4], [-0.5] * 4, [0.0] * 4):
        got = assessment(at_scores(points))
        assert robustness(got, rng=Still(), sets=5).verdicts == ((got.verdict, 1.0),)


def test_unknown_axes_stay_unknown():
    points = at_scores([0.5] * 4) | dict.fromkeys(NAMES[7:11])
    got = assessment(points)
    assert got.axis_scores[2] is None
    assert robustness(got).verdicts[0][0] is got.verdict


def test_opposing_inputs_come_first_and_missing_ones_last():
    points = at_scores([0.9] * 4) | {"vix": 40.0, "breakeven": 1.6, "lending_standards": None}
    found = counter_argument(assessment(points))
    assert [(a.point, a.subject) for a in found[:2]] == [
        (Point.OPPOSES, "vix"),
        (Point.OPPOSES, "breakeven"),
    ]
    assert (found[-1].point, found[-1].subject) == (Point.MISSING, "lending_standards")
    strengths = [a.strength for a in found if a.point is not Point.MISSING]
    assert strengths == sorted(strengths, reverse=True)


def test_without_opposition_the_weakest_support_is_named():
    points = at_scores([0.9] * 4) | {"vix": 18.0}
    found = counter_argument(assessment(points))
    assert [a.point for a in found] == [Point.WEAK, Point.WEAK]
    assert found[0].subject == "vix"


def test_a_gate_on_its_edge_or_on_words_alone_is_said():
    edge = counter_argument(assessment(at_scores([0.9] * 4), Policy(rate_change_6m=-0.5)))
    assert Point.GATE_EDGE in {a.point for a in edge}
    words = counter_argument(assessment(at_scores([0.9] * 4), Policy(announced_13w=0.4)))
    assert Point.WORDS_ONLY in {a.point for a in words}


def test_without_easing_what_eases_is_said():
    quiet = assessment(at_scores([0.9] * 4), Policy(assets_13w=0.2, rate_change_6m=-0.25))
    assert quiet.verdict is Verdict.NO_STIMULUS
    signs = {a.subject for a in counter_argument(quiet) if a.point is Point.EASING_SIGN}
    assert signs == {"assets_13w", "rate_change_6m"}


def test_without_easing_the_axes_inputs_come_after_what_eases_and_apart_from_it():
    points = at_scores([0.9] * 4) | {"vix": 40.0, "breakeven": 1.6, "lending_standards": None}
    quiet = assessment(points, Policy(assets_13w=0.2, rate_change_6m=-0.25))
    assert quiet.verdict is Verdict.NO_STIMULUS
    assert [a.point for a in counter_argument(quiet)] == [
        Point.EASING_SIGN, Point.EASING_SIGN, Point.AGAINST_AXES, Point.AGAINST_AXES,
        Point.MISSING,
    ]  # fmt: skip
    # Nothing eases: no input of the axes is made into an argument against a closed gate.
    idle = counter_argument(assessment(at_scores([0.9] * 4), Policy()))
    assert idle == ()


def test_against_a_mixed_verdict_speaks_what_leans_to_one_side():
    mixed = assessment(at_scores([0.9, 0.8, -0.9, 0.0]))
    assert mixed.verdict is Verdict.MIXED
    found = [a for a in counter_argument(mixed) if a.point is not Point.GATE_EDGE]
    assert {a.point for a in found} == {Point.LEANS}
    assert all(a.score >= 0.25 for a in found)


def test_an_edge_is_no_argument_where_another_reason_opens_the_gate():
    both = assessment(at_scores([0.9] * 4), Policy(assets_13w=0.4, rate_change_6m=-0.5))
    assert "rate_change_6m" in both.stimulus.edges
    assert Point.GATE_EDGE not in {a.point for a in counter_argument(both)}
    still = assessment(at_scores([0.9] * 4), Policy(assets_13w=0.4, rate_change_6m=0.0))
    (edge,) = [a for a in counter_argument(still) if a.point is Point.GATE_EDGE]
    assert edge.subject == "rate_change_6m"


def test_gauges_below_the_line_argue_against_a_bubble():
    from dataclasses import replace

    low = Gauge("leverage", (Reading("x", "percent", 1.0, percentile=30.0),))
    got = assessment(at_scores([0.9] * 4))
    got = replace(got, gauge=BubbleGauge((low,), 70.0, None, None))
    found = [a for a in counter_argument(got) if a.point is Point.GAUGE_LOW]
    assert [(a.subject, a.strength) for a in found] == [("leverage", 0.5)]


def test_the_list_is_short_and_the_side_is_that_of_the_mean():
    points = at_scores([-0.9] * 4) | dict.fromkeys(NAMES[:3], 100.0)
    points |= {"drawdown": 0.0, "real_growth": 5.0, "vix": 10.0, "pce_gap": 3.0, "breakeven": 4.0}
    found = counter_argument(assessment(points))
    assert len(found) == MAX_POINTS
    blank = assessment(dict.fromkeys(NAMES))
    assert {a.point for a in counter_argument(blank)} == {Point.MISSING}
