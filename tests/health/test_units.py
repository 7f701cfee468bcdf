"""A changed unit is seen on the day it comes; no true history is taken for one."""

from __future__ import annotations

from datetime import date

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.catalogue import load_catalogue
from debtcycle.health import UnitState, unit_check
from debtcycle.store import Basis, Rows, Store

CATALOGUE = load_catalogue()
WIDE = msgspec.structs.replace(CATALOGUE["WALCL"], low=1e-3, high=1e15)
LATER = date(2030, 1, 1)


def rows_of(values: np.ndarray, known_later: int = 1) -> Rows:
    periods = np.datetime64("2024-01-03", "D") + np.arange(len(values)) * np.timedelta64(7, "D")
    basis = np.full(len(values), int(Basis.UNREVISED), "i1")
    return Rows(periods, periods + np.timedelta64(known_later, "D"), values, basis)


def walk(seed: int, size: int) -> np.ndarray:
    """Levels that move by up to a fifth from week to week, as the TGA does."""
    steps = np.random.default_rng(seed).uniform(-0.2, 0.2, size)
    return 5e5 * np.exp(np.cumsum(steps) * 0.5)


@given(st.integers(0, 10**6), st.integers(12, 120), st.integers(1, 8), st.sampled_from([-1, 1]))
def test_a_factor_of_a_thousand_is_seen_where_it_comes(seed, size, tail, sign):
    values = walk(seed, size)
    assert unit_check(WIDE, rows_of(values), LATER).state is UnitState.SAME
    changed = values.copy()
    changed[-tail:] *= 1000.0**sign
    got = unit_check(WIDE, rows_of(changed), LATER)
    assert got.state is UnitState.STEP
    assert got.factor is not None
    assert 0.2 < got.factor / 1000.0**sign < 5.0
    # The run after the step is a median of three: the step is placed to within one figure.
    where = rows_of(changed).periods[-tail]
    assert abs((np.datetime64(got.period, "D") - where).astype(int)) <= 7


@given(st.integers(0, 10**6), st.sampled_from([1e2, 1e3, 1e6, 1e-3]))
def test_one_period_in_two_units_is_seen_whatever_its_level(seed, factor):
    share = msgspec.structs.replace(WIDE, low=-1e15)
    first = rows_of(walk(seed, 30) - 4e5)
    again = Rows(first.periods[-1:], first.known_from[-1:] + 30, first.values[-1:] * factor,
                 first.basis[-1:])  # fmt: skip
    both = Rows(*(np.concatenate([getattr(first, n), getattr(again, n)])
                  for n in ("periods", "known_from", "values", "basis")))  # fmt: skip
    got = unit_check(share, both, LATER)
    assert got.state is UnitState.REWRITTEN
    assert got.factor == pytest.approx(factor)
    # Before the second figure was known there was nothing to see.
    assert unit_check(share, both, first.known_from[-1].item()).state is not UnitState.REWRITTEN


def test_a_revision_is_no_change_of_unit():
    first = rows_of(walk(1, 30))
    again = Rows(first.periods, first.known_from + 60, first.values * 1.3, first.basis)
    both = Rows(*(np.concatenate([getattr(first, n), getattr(again, n)])
                  for n in ("periods", "known_from", "values", "basis"))).ordered()  # fmt: skip
    assert unit_check(WIDE, both, LATER).state is UnitState.SAME


def test_the_newest_figure_outside_the_bounds_is_named():
    tight = msgspec.structs.replace(WIDE, low=-1.0, high=1.0)
    got = unit_check(tight, rows_of(np.array([0.1, 0.2, 0.1, 25.0])), LATER)
    assert (got.state, got.period) == (UnitState.OUTSIDE, date(2024, 1, 24))


def test_too_few_figures_cannot_be_compared():
    for count in (0, 1, 3):
        got = unit_check(WIDE, rows_of(walk(3, count)), LATER)
        assert (got.state, got.factor) == (UnitState.UNCHECKED, None)


@pytest.mark.parametrize("year", [1985, 1996, 2003, 2009, 2013, 2017, 2021, 2024, 2026])
def test_no_series_of_the_edition_is_suspect_at_any_date(edition_store: Store, year):
    # Wars, crises and purchases moved levels, but never by the factor of a unit.
    found = {
        info.id: unit_check(info, edition_store.rows(info.id), date(year, 11, 22))
        for info in CATALOGUE
    }
    fine = (UnitState.SAME, UnitState.UNCHECKED)
    assert {name: got for name, got in found.items() if got.state not in fine} == {}
    assert sum(got.state is UnitState.SAME for got in found.values()) >= 20
