"""Publishers' files where they lie, and a small world whose crises are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from crises.worlds import World, made_world
from debtcycle.crises.files import read_bis, read_crises, read_macro_history
from debtcycle.crises.history import MacroHistory
from debtcycle.sources.parsed import Parsed


def _file(folder: Path, *parts: str) -> Path:
    path = folder.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"{parts[-1]} is not beside the repository")
    return path


@pytest.fixture(scope="session")
def jst_path(shared_data: Path) -> Path:
    return _file(shared_data, "jst", "JSTdatasetR6.xlsx")


@pytest.fixture(scope="session")
def macro(jst_path: Path) -> MacroHistory:
    return read_macro_history(jst_path)


@pytest.fixture(scope="session")
def gap_path(shared_data: Path) -> Path:
    return _file(shared_data, "credit", "bis_WS_CREDIT_GAP_csv_col.csv")


@pytest.fixture(scope="session")
def gap_file(gap_path: Path) -> tuple[Parsed, ...]:
    return read_bis(gap_path)


@pytest.fixture(scope="session")
def credit_file(shared_data: Path) -> tuple[Parsed, ...]:
    return read_bis(_file(shared_data, "credit", "bis_WS_TC_csv_col.csv"))


@pytest.fixture(scope="session")
def listed(shared_data: Path) -> tuple[Parsed, ...]:
    return read_crises(_file(shared_data, "credit", "systemic_banking_crises_2026.xlsx"))


@pytest.fixture(scope="session")
def world() -> World:
    return made_world(11)
