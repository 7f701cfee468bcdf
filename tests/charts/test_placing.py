"""Labels look for the emptiest place inside the edge."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.charts.placing import Box, crowd_of, free_place

spots = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


def test_on_an_empty_map_a_label_stands_at_the_right() -> None:
    assert free_place((0.0, 0.0), 0.4, 0.1, [], gap=0.1) == Box(0.1 + 0.2, 0.0, 0.4, 0.1)


def test_at_the_right_edge_it_stands_at_the_left() -> None:
    assert free_place((0.9, 0.0), 0.4, 0.1, [], gap=0.1).x < 0.9


def test_it_avoids_a_line() -> None:
    line = crowd_of([((0.0, 0.0), (0.6, 0.0))])
    box = free_place((0.0, 0.0), 0.4, 0.1, line, gap=0.1)
    assert not any(box.holds(spot) for spot in line)


@settings(deadline=None)
@given(spots, st.lists(st.tuples(spots, spots), max_size=5))
def test_it_never_reaches_over_the_edge_and_never_covers_its_dot(
    dot: tuple[float, float], lines: list[tuple[tuple[float, float], tuple[float, float]]]
) -> None:
    box = free_place(dot, 0.5, 0.12, crowd_of(lines), gap=0.05)
    assert box.outside < 1e-6
    assert not box.holds(dot)
