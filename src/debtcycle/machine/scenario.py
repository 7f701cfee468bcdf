"""Scenarios: readable files that say from when, what is done, and over which quarters.

::

    name = "qe-into-bubble"
    from = 2025-12-15
    quarters = 40
    title = { en = "...", zh = "..." }
    text = { en = "...", zh = "..." }

    [[purchase]]            # by the central bank, in value; negative totals are sales
    asset = "N"             # b bills, N long bonds, I protected bonds, K credit
    total_pct_gdp = 12
    first = 1
    quarters = 8
    announced = true        # its remainder is expected from the first quarter on

    [[set]]                 # anything else that may differ by quarter
    name = "disc"
    first = 1
    quarters = 8
    value = 2.0             # or values = [...], one for each quarter

    [parameters]            # of the economy, for the whole run
    chi = 0.25

``allow_explosive = true`` at the top runs an opening whose bubble number is 1 or above.

A scenario is run beside the same economy without it, on the same chances. What is marked
``run = "both"`` happens in both runs, ``run = "without"`` in the other one alone, so that the pair
tells what the difference does.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from debtcycle.errors import ModelError
from debtcycle.machine.plans import Plan, Scenario
from debtcycle.machine.scenario_file import ASSETS, Ranges, Reader, refused

__all__ = ["ASSETS", "Plan", "Scenario", "list_scenarios", "load_scenario", "parse_scenario"]

MOST_BYTES = 200_000
_FILLING = {"", "and", "into", "toml"}  # words that say nothing of a scenario
_TOP = {"name", "from", "quarters", "title", "text", "purchase", "set", "parameters",
        "allow_explosive"}  # fmt: skip


def parse_scenario(
    name: str,
    text: str,
    by_quarter: Sequence[str],
    constants: Sequence[str],
    ranges: Ranges | None = None,
) -> Scenario:
    """A scenario from its text.

    Parameters
    ----------
    name : str
        What it is called if the text does not say.
    by_quarter, constants : sequence of str
        Parameters of the economy that may be set by quarter, and for the whole run.
    ranges : mapping of name to Bound, optional
        Within which they must lie.

    Raises
    ------
    ModelError
        ``scenario.*``: not TOML, a key or name that is not known, a number that is none or outside
        its range, nothing that is set, quarters beyond the run, purchases too fast to clear,
        strengths of substitution in an order that proves no sign, or two entries that contradict
        each other.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refused(name, "toml", problem=str(error)[:120]) from error
    named = given.get("name", name)
    if not isinstance(named, str) or not named:
        raise refused(name, "words", key="name")
    reader = Reader(named, given, by_quarter, ranges or {})
    reader.keys("-", given, _TOP)
    as_of, quarters = reader.date(), reader.quarters
    for number, entry in enumerate(reader.entries("purchase"), start=1):
        reader.purchase(number, entry)
    for number, entry in enumerate(reader.entries("set"), start=1):
        reader.set(number, entry)
    reader.check()
    made = Scenario(
        name=named,
        as_of=as_of,
        quarters=quarters,
        with_=reader.plan("with"),
        without=reader.plan("without"),
        parameters=reader.constants(constants),
        allow_explosive=reader.truth("-", given, "allow_explosive", False),
        title=reader.words("title"),
        text=reader.words("text"),
    )
    if not (made.with_.steps or made.without.steps or made.parameters):
        raise refused(named, "nothing")
    return made


def list_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that are shipped."""
    folder = files("debtcycle.machine").joinpath("scenarios")
    return tuple(
        sorted(item.name.removesuffix(".toml") for item in folder.iterdir()
               if item.name.endswith(".toml"))
    )  # fmt: skip


def near_names(asked: str, names: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """Names that resemble what was asked for, or share a word with it; the nearest first."""
    words = set(asked.lower().replace("_", "-").replace(" ", "-").split("-")) - _FILLING
    scores = []
    for name in names:
        alike = difflib.SequenceMatcher(None, asked.lower(), name).ratio()
        shared = len(words & (set(name.split("-")) - _FILLING)) / max(len(words), 1)
        scores.append((max(alike, shared if shared >= 0.5 else 0.0), name))
    best = sorted((-score, name) for score, name in scores if score >= 0.6)
    return tuple(name for _, name in best[:most])


def load_scenario(
    name: str | Path,
    by_quarter: Sequence[str],
    constants: Sequence[str],
    ranges: Ranges | None = None,
) -> Scenario:
    """A shipped scenario by its name, or one of the reader's own by its path.

    Raises
    ------
    ModelError
        ``scenario.unknown`` or ``scenario.unknown_all`` if there is neither, ``scenario.file`` if
        it cannot be read; see `parse_scenario`.
    """
    shipped = list_scenarios()
    if str(name) in shipped:
        item = files("debtcycle.machine").joinpath("scenarios", f"{name}.toml")
        return parse_scenario(
            str(name), item.read_text(encoding="utf-8"), by_quarter, constants, ranges
        )
    path = Path(name)
    if not path.exists():
        found, near = str(name)[:80], near_names(str(name), shipped)
        if not near:
            raise ModelError("scenario.unknown_all", found=found)
        raise ModelError("scenario.unknown", found=found, near=", ".join(near))
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelError("scenario.large", found=path.name, most=MOST_BYTES)
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError("scenario.file", found=path.name, problem=str(error)[:120]) from error
    return parse_scenario(path.stem, text, by_quarter, constants, ranges)
