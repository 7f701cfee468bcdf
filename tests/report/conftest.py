"""Judgements of the dates of the essay and of the years before, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from debtcycle.cycle.judgement import Judgement, judge
from debtcycle.store import Store
from debtcycle.views import View


@pytest.fixture(scope="session")
def judgement_of(edition_store: Store) -> Callable[[str], Judgement]:
    """The judgement of a day on the edition, without the record of all months."""

    @cache
    def made(day: str) -> Judgement:
        return judge(View(as_of=day, store=edition_store), record=False)

    return made
