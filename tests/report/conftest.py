"""Judgements of the dates of the essay, and simulations of a few paths, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from debtcycle.cycle.judgement import Judgement, judge
from debtcycle.machine.experiment import open_scenario
from debtcycle.machine.opening import from_data
from debtcycle.machine.study import Study, study
from debtcycle.store import Store
from debtcycle.views import View


@pytest.fixture(scope="session")
def judgement_of(edition_store: Store) -> Callable[[str], Judgement]:
    """The judgement of a day on the edition, without the record of all months."""

    @cache
    def made(day: str) -> Judgement:
        return judge(View(as_of=day, store=edition_store), record=False)

    return made


@pytest.fixture(scope="session")
def study_of(edition_store: Store) -> Callable[[str], Study]:
    """A shipped scenario on the edition with 64 paths."""

    @cache
    def made(name: str) -> Study:
        scenario = open_scenario(name)
        opening = from_data(View(as_of=scenario.as_of, store=edition_store))
        return study(scenario, opening, paths=64, seed=7, workers=1)

    return made
