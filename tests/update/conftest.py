"""An empty store, a publisher on loopback, and an update between them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.network import Client, Endpoint, Settings
from debtcycle.sources.steps import Question
from debtcycle.store import Store
from debtcycle.update import Summary, update
from network.conftest import HASTY, publisher
from update.fakes import TODAY, steps

__all__ = ["publisher"]  # a fixture of another room


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store without a figure."""
    with Store.create(tmp_path / "store.sqlite") as made:
        yield made


@pytest.fixture
def updated(store: Store, tmp_path: Path) -> Callable[..., Summary]:
    """Run an update of the empty store."""

    def run(
        addresses: dict[str, str],
        questions: Sequence[Question],
        *,
        settings: Settings | None = None,
        patience: Any = HASTY,
        **options: Any,
    ) -> Summary:
        endpoints = [
            Endpoint(name=name, address=address, per_second=500, per_minute=30_000)
            for name, address in addresses.items()
        ]
        with Client(
            endpoints,
            settings=settings,
            state=tmp_path / "state",
            patience=patience,
            rng=random.Random(3),
        ) as client:
            options = {"today": TODAY, "steps": steps, **options}
            return update(store, client, questions, catalogue=load_catalogue(), **options)

    return run
