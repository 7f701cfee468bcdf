"""The rule against a second statement of it, and its order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.cycle.verdict import Verdict, decide, heat_of
from debtcycle.indicators.stimulus import Gate

axis = st.none() | st.floats(-1, 1) | st.sampled_from([-0.25, 0.25, -0.2500001, 0.2499999])
gauge = st.none() | st.floats(0, 100) | st.sampled_from([60.0, 59.9999])


def plain(axes, coverage, gate, gauge):
    """The rule as the specification words it, sentence by sentence."""
    known = sorted(a for a in axes if a is not None)
    if len(known) < 3 or coverage < 0.70 or gate == "unknown":
        return "unknown"
    if gate == "off":
        return "no_stimulus"
    mean = sum(a for a in axes if a is not None) / len(known)
    # At least three axes beyond the line: the third from either end is.
    if mean <= -0.25 and known[2] <= -0.25:
        return "into_depression"
    if mean >= 0.25 and known[-3] >= 0.25:
        if gauge is None:
            return "unknown"
        return "into_bubble" if gauge >= 60 else "into_strength"
    return "mixed"


@given(
    st.lists(axis, min_size=4, max_size=4),
    st.floats(0, 1) | st.just(0.7),
    st.sampled_from(Gate),
    gauge,
)
def test_rule_is_the_one_written_down(axes, coverage, gate, gauge):
    assert decide(axes, coverage, gate, gauge) == plain(axes, coverage, gate.value, gauge)


@pytest.mark.parametrize(
    ("axes", "coverage", "gate", "gauge", "verdict"),
    [
        ([0.5, 0.5, None, None], 1.0, Gate.ON, 90.0, Verdict.UNKNOWN),
        ([0.5] * 4, 0.69, Gate.ON, 90.0, Verdict.UNKNOWN),
        ([0.5] * 4, 1.0, Gate.UNKNOWN, 90.0, Verdict.UNKNOWN),
        ([0.5] * 4, 1.0, Gate.OFF, None, Verdict.NO_STIMULUS),
        ([0.25, 0.25, 0.25, 0.25], 0.7, Gate.ON, 60.0, Verdict.INTO_BUBBLE),
        ([0.25, 0.25, 0.25, 0.25], 0.7, Gate.ON, 59.9, Verdict.INTO_STRENGTH),
        ([0.25, 0.25, 0.25, 0.25], 0.7, Gate.ON, None, Verdict.UNKNOWN),
        ([1.0, 1.0, 0.2, -0.5], 1.0, Gate.ON, 90.0, Verdict.MIXED),
        ([-0.25, -0.25, -0.25, None], 1.0, Gate.ON, None, Verdict.INTO_DEPRESSION),
        ([-1.0, -1.0, -0.2, 0.1], 1.0, Gate.ON, None, Verdict.MIXED),
    ],
)
def test_order_and_edges(axes, coverage, gate, gauge, verdict):
    assert decide(axes, coverage, gate, gauge) is verdict


def test_heat_needs_three_axes():
    assert heat_of([0.2, None, 0.4, 0.6]) == pytest.approx(0.4)
    assert heat_of([0.2, None, None, 0.6]) is None
