"""A flip must flip: its moves are applied and the verdict is made anew."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cycle.made import NAMES, Policy, assessment, at_scores
from debtcycle.cycle.flip import Crossing, flips, gate_edges
from debtcycle.cycle.verdict import Verdict
from debtcycle.indicators.anchors import ANCHORS

_ANCHOR = {anchor.indicator: anchor for anchor in ANCHORS}


@st.composite
def positions(draw):
    """Positions across and beyond the anchors; percentiles stay percentiles."""
    found = {}
    for anchor in ANCHORS:
        if anchor.on_percentile:
            found[anchor.indicator] = draw(st.floats(0, 100))
        else:
            share = draw(st.floats(-1.5, 2.5))
            found[anchor.indicator] = anchor.depression + share * anchor.distance
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)):
        found[name] = None
    return found


figures = st.floats(-3, 3, allow_nan=False)
policies = st.builds(
    Policy,
    assets_13w=figures,
    securities_13w=st.none() | figures,
    announced_13w=st.just(0.0) | st.floats(0, 3),
    rate_change_6m=st.sampled_from([-1.0, -0.5, -0.25, 0.0, 0.25, 0.5]),
)


def applied(found, policy, gauge, moves):
    """The verdict after the moves; a line that must be passed is passed by a hair."""
    found, steps = dict(found), {}
    for move in moves:
        hair = {"above": 1e-5, "below": -1e-5, "at": 0.0}[move.crossing]
        if move.indicator in found:
            assert found[move.indicator] == pytest.approx(move.start)
            # Sums of scores are not exact: reaching a line takes a hair as well.
            hair = hair or math.copysign(1e-5, move.end - move.start)
            found[move.indicator] = move.end + hair * abs(_ANCHOR[move.indicator].distance)
        elif move.indicator == "bubble_gauge":
            gauge = move.end + hair
        else:
            steps[move.indicator] = move.end + hair
    changed = {**vars(policy), **steps}
    return assessment(found, Policy(**changed), gauge)


@given(positions(), policies, st.none() | st.floats(0, 100))
def test_moves_of_every_way_lead_to_the_verdict_named(found, policy, gauge):
    before = assessment(found, policy, gauge)
    ways = flips(before)
    if before.verdict is Verdict.UNKNOWN:
        assert ways == ()
    for flip in ways:
        after = applied(found, policy, gauge, flip.moves)
        assert after.verdict is flip.to is not before.verdict
        assert flip.distance == pytest.approx(sum(move.distance for move in flip.moves))
        for move in flip.moves:
            if move.indicator in _ANCHOR and _ANCHOR[move.indicator].on_percentile:
                assert -1e-6 <= move.end <= 100 + 1e-6
    assert [f.distance for f in ways] == sorted(f.distance for f in ways)


@given(positions(), policies, st.floats(0, 100))
def test_shorter_moves_of_the_same_inputs_do_not_flip(found, policy, gauge):
    before = assessment(found, policy, gauge)
    ways = [f for f in flips(before) if f.way in ("gate", "gauge") and f.distance > 1e-3]
    assume(ways)
    for flip in ways:
        if len(flip.moves) > 1:
            continue
        move = flip.moves[0]
        nearly = move.end + (move.start - move.end) * 0.01
        half = replace(move, end=nearly, crossing=Crossing.AT)
        assert applied(found, policy, gauge, [half]).verdict is not flip.to


def test_hand_checked_distances():
    hot = assessment(at_scores([0.5, 0.5, 0.5, 0.5]), Policy(rate_change_6m=-0.75), 70.0)
    by_way = {flip.way: flip for flip in flips(hot)}
    assert by_way["gauge"].distance == pytest.approx(10 / 30, abs=1e-4)
    assert by_way["gauge"].to is Verdict.INTO_STRENGTH
    # From -75 bp to just above -50 bp, on a unit of 100 bp.
    assert by_way["gate"].distance == pytest.approx(0.25, abs=1e-4)
    assert by_way["gate"].to is Verdict.NO_STIMULUS
    # Two of four axes must fall from 0.5 to 0.25; the cheapest have three inputs, not four.
    assert by_way["axes"].to is Verdict.MIXED
    assert by_way["axes"].distance <= 0.25 * (3 + 4) + 1e-3


def test_a_closed_gate_opens_to_what_the_axes_read():
    quiet = assessment(at_scores([0.5] * 4), Policy(rate_change_6m=0.0), 70.0)
    assert quiet.verdict is Verdict.NO_STIMULUS
    (flip,) = flips(quiet)
    assert (flip.way, flip.to) == ("gate", Verdict.INTO_BUBBLE)


@given(positions(), policies, st.none() | st.floats(0, 100))
def test_ends_are_the_lines_of_the_rules(found, policy, gauge):
    for flip in flips(assessment(found, policy, gauge)):
        for move in flip.moves:
            if flip.way == "gauge":
                assert move.end == 60.0
            elif flip.way == "gate":
                assert move.end in (0.0, -0.5, 0.25)


@pytest.mark.parametrize(
    ("policy", "end", "crossing"),
    [
        (Policy(rate_change_6m=-0.5), -0.5, "above"),
        (Policy(assets_13w=0.4, rate_change_6m=0.0), 0.0, "above"),
        (Policy(assets_13w=0.26, rate_change_6m=-0.25), 0.25, "at"),
        (Policy(assets_13w=0.25, rate_change_6m=-0.25), 0.25, "above"),
        (Policy(assets_13w=0.4, rate_change_6m=0.1), 0.0, "at"),
        (Policy(rate_change_6m=-0.4), -0.5, "at"),
    ],
)
def test_a_line_of_the_gate_is_passed_or_reached_as_its_rule_says(policy, end, crossing):
    ways = flips(assessment(at_scores([0.5] * 4), policy, 70.0))
    (move,) = next(flip for flip in ways if flip.way == "gate").moves
    assert (move.end, move.crossing) == (end, crossing)


@pytest.mark.parametrize(
    ("policy", "edges"),
    [
        (Policy(rate_change_6m=-0.5), ("rate_change_6m",)),
        # Growth opens the gate as well: a smaller cut changes nothing.
        (Policy(assets_13w=0.4, rate_change_6m=-0.5), ()),
        # Growth counts only while the rate does not rise.
        (Policy(assets_13w=0.4, rate_change_6m=0.0), ("rate_change_6m",)),
        (Policy(rate_change_6m=0.0), ()),
        (Policy(announced_13w=0.26, edges=("announced_13w",)), ("announced_13w",)),
        (Policy(0.4, announced_13w=0.26, rate_change_6m=-0.1, edges=("announced_13w",)), ()),
        (Policy(assets_13w=0.24, rate_change_6m=-0.1, edges=("assets_13w",)), ("assets_13w",)),
        (Policy(assets_13w=0.24, rate_change_6m=0.1, edges=("assets_13w",)), ()),
    ],
)  # fmt: skip
def test_an_edge_counts_only_where_crossing_it_moves_the_gate(policy, edges):
    found = gate_edges(assessment(at_scores([0.5] * 4), policy, 70.0).stimulus)
    assert set(found) - {"rate_change_6m"} == set(edges) - {"rate_change_6m"}
    if policy.edges != ("announced_13w",):
        assert found == edges
