"""A flip must flip: its moves are applied and the verdict is made anew."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cycle.made import NAMES, Policy, assessment, at_scores
from debtcycle.cycle.flip import flips
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
    found, steps = dict(found), {}
    for move in moves:
        if move.indicator in found:
            assert found[move.indicator] == pytest.approx(move.start)
            found[move.indicator] = move.end
        elif move.indicator == "bubble_gauge":
            gauge = move.end
        else:
            steps[move.indicator] = move.end
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
        half = type(move)(move.indicator, move.unit, move.start, nearly, 0.0)
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
