"""Judgements on the reference edition, each made once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import pytest

from debtcycle.cycle.judgement import Judgement, judge
from debtcycle.store import Store
from debtcycle.views import View


@pytest.fixture(scope="session")
def store(edition_store) -> Store:
    return edition_store


@pytest.fixture(scope="session")
def judged(store) -> Callable[[str], Judgement]:
    @lru_cache
    def made(day: str) -> Judgement:
        return judge(View(as_of=date.fromisoformat(day), store=store), record=False)

    return made
