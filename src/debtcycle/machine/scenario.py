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

import datetime as dt
import difflib
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from debtcycle.errors import ModelError

Ranges = Mapping[str, tuple[float | None, float | None]]

__all__ = ["ASSETS", "Plan", "Scenario", "list_scenarios", "load_scenario", "parse_scenario"]

ASSETS = {"b": "q_b", "N": "q_N", "I": "q_I", "K": "q_K"}
# How much of a purchase counts as long bonds while it is announced: bills have no duration.
DURATION = {"b": 0.0, "N": 1.0, "I": 1.0, "K": 0.8}
MOST_A_QUARTER = 7.0  # percent of GDP: beyond it the demand for money may not be steep enough
MOST_QUARTERS = 400
MOST_BYTES = 200_000
_TOP = {"name", "from", "quarters", "title", "text", "purchase", "set", "parameters",
        "allow_explosive"}  # fmt: skip
_PURCHASE = {"asset", "total_pct_gdp", "first", "quarters", "announced", "run", "from_sector"}
_SET = {"name", "first", "quarters", "value", "values", "run"}
RATES = ("hold", "steer", "tighten")  # ways of setting the policy rate that exclude each other
FIXED = ("h", "announced")  # what no scenario sets: the length of a quarter; purchases announce
SELLERS = ("H", "P", "X", "L", "B")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done in one of the two runs.

    Attributes
    ----------
    steps : tuple of (quarter, name, value)
        Value of a parameter in one quarter; outside its quarters it is what it was.
    """

    steps: tuple[tuple[int, str, float], ...] = ()

    def series(self, quarters: int, defaults: Mapping[str, float]) -> dict[str, list[float]]:
        """Values by quarter of every parameter that is set; outside its quarters its default."""
        found: dict[str, list[float]] = {}
        for quarter, name, value in self.steps:
            if quarter <= quarters:
                found.setdefault(name, [defaults[name]] * quarters)[quarter - 1] = value
        return found


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as read.

    Attributes
    ----------
    as_of : date
        Date of the opening state unless another is asked for.
    quarters : int
        Length of the run.
    with_, without : Plan
        What is done in the run and in the one it is compared with.
    parameters : mapping
        Parameters of the economy that differ, in both runs.
    allow_explosive : bool
        Whether an opening whose bubble number is 1 or above is run all the same.
    title, text : mapping of language to str
        What it is called and what it shows.
    """

    name: str
    as_of: dt.date
    quarters: int
    with_: Plan
    without: Plan
    parameters: Mapping[str, float] = field(default_factory=dict)
    allow_explosive: bool = False
    title: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)


def _fail(scenario: str, message_id: str, /, **params: object) -> ModelError:
    return ModelError(f"scenario.{message_id}", scenario=scenario, **params)


class _Reader:
    """Reads and checks one file."""

    def __init__(
        self, name: str, given: Mapping[str, Any], known: Sequence[str], ranges: Ranges
    ) -> None:
        self.name, self.given, self.known, self.ranges = name, given, known, ranges
        self.plans: dict[str, dict[tuple[int, str], float]] = {"with": {}, "without": {}}
        self.taken: dict[tuple[str, str, int], str] = {}

    def keys(self, where: str, entry: Mapping[str, Any], allowed: set[str]) -> None:
        """Refuse keys that mean nothing."""
        for key in entry:
            if key not in allowed:
                near = ", ".join(difflib.get_close_matches(key, sorted(allowed), 3)) or "-"
                raise _fail(self.name, "key", where=where, key=key, near=near)

    def number(self, where: str, entry: Mapping[str, Any], key: str) -> float:
        """A finite number."""
        value = entry.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _fail(self.name, "number", where=where, key=key, found=str(value)[:40])
        if not math.isfinite(value):
            raise _fail(self.name, "number", where=where, key=key, found=str(value))
        return float(value)

    def truth(self, where: str, entry: Mapping[str, Any], key: str, default: bool) -> bool:
        """True or false."""
        value = entry.get(key, default)
        if not isinstance(value, bool):
            raise _fail(self.name, "truth", where=where, key=key, found=str(value)[:40])
        return value

    def span(self, where: str, entry: Mapping[str, Any], length: int | None = None) -> range:
        """Quarters of an entry, from 1."""
        found = []
        for key, default in (("first", 1), ("quarters", length or 1)):
            value = entry.get(key, default)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise _fail(self.name, "quarter", where=where, key=key, found=str(value)[:40])
            found.append(value)
        first, count = found
        if first + count - 1 > self.quarters:
            last = first + count - 1
            raise _fail(self.name, "late", where=where, last=last, quarters=self.quarters)
        return range(first, first + count)

    def known_name(self, where: str, name: object) -> str:
        """A parameter of the economy that may be set."""
        if isinstance(name, str) and name in self.known and name not in FIXED:
            return name
        near = ", ".join(difflib.get_close_matches(str(name), self.known, 3)) or "-"
        raise _fail(self.name, "name", where=where, found=str(name)[:40], near=near)

    def runs(self, where: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
        """In which of the two runs an entry holds."""
        value = entry.get("run", "with")
        if value not in ("with", "without", "both"):
            raise _fail(self.name, "run", where=where, found=str(value)[:40])
        return ("with", "without") if value == "both" else (value,)

    def put(
        self, where: str, name: str, quarter: int, value: float, runs: tuple[str, ...]
    ) -> None:  # fmt: skip
        """One step."""
        for run in runs:
            other = self.taken.setdefault((run, name, quarter), where)
            if other != where:
                raise _fail(
                    self.name, "contradiction", where=where, other=other, name=name,
                    quarter=quarter,
                )  # fmt: skip
            self.plans[run][quarter, name] = value

    @property
    def quarters(self) -> int:
        """Length of the run."""
        value = self.given.get("quarters", 40)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _fail(self.name, "quarter", where="-", key="quarters", found=str(value)[:40])
        if not 1 <= value <= MOST_QUARTERS:
            raise _fail(self.name, "length", found=value, most=MOST_QUARTERS)
        return value

    def purchase(self, number: int, entry: Mapping[str, Any]) -> None:
        """Purchases of one asset, evenly over their quarters."""
        where = f"purchase {number}"
        self.keys(where, entry, _PURCHASE)
        asset = entry.get("asset")
        if asset not in ASSETS:
            raise _fail(self.name, "asset", where=where, found=str(asset)[:40])
        total, runs = self.number(where, entry, "total_pct_gdp"), self.runs(where, entry)
        span = self.span(where, entry)
        each = total / len(span)
        if abs(each) > MOST_A_QUARTER:
            raise _fail(self.name, "fast", where=where, found=f"{each:.3g}", most=MOST_A_QUARTER)
        seller = entry.get("from_sector")
        if seller is not None and (seller not in SELLERS or asset != "N"):
            raise _fail(self.name, "seller", where=where, found=str(seller)[:40])
        for quarter in span:
            self.put(where, ASSETS[asset], quarter, each, runs)
            if seller is not None:
                self.put(where, f"sold_{seller}", quarter, each, runs)
        if self.truth(where, entry, "announced", True):
            self.announce(span, total * DURATION[asset], runs)

    def announce(self, span: range, total: float, runs: tuple[str, ...]) -> None:
        """What is still to be bought at the start of each quarter, this quarter's included."""
        for place, quarter in enumerate(span):
            left = total * (1.0 - place / len(span))
            for run in runs if left else ():
                plan, key = self.plans[run], (quarter, "announced")
                plan[key] = plan.get(key, 0.0) + left

    def set(self, number: int, entry: Mapping[str, Any]) -> None:
        """A parameter over some quarters."""
        where = f"set {number}"
        self.keys(where, entry, _SET)
        name = self.known_name(where, entry.get("name"))
        runs = self.runs(where, entry)
        if ("value" in entry) == ("values" in entry):
            raise _fail(self.name, "value", where=where)
        if "value" in entry:
            span = self.span(where, entry)
            values = [self.number(where, entry, "value")] * len(span)
        else:
            listed = entry["values"]
            if not isinstance(listed, list) or not listed:
                raise _fail(self.name, "number", where=where, key="values", found=str(listed)[:40])
            values = [self.number(where, {"values": one}, "values") for one in listed]
            span = self.span(where, entry, len(values))
            if len(span) != len(values):
                raise _fail(self.name, "count", where=where, found=len(values), wanted=len(span))
        for quarter, value in zip(span, values, strict=True):
            self.put(where, name, quarter, value, runs)

    def entries(self, key: str) -> list[Mapping[str, Any]]:
        """Tables of one kind."""
        found = self.given.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
            raise _fail(self.name, "table", key=key)
        return found

    def words(self, key: str) -> dict[str, str]:
        """Text by language."""
        found = self.given.get(key, {})
        if isinstance(found, str):
            return {"en": found}
        if not isinstance(found, Mapping) or not all(isinstance(v, str) for v in found.values()):
            raise _fail(self.name, "words", key=key)
        return dict(found)

    def constants(self, allowed: Sequence[str]) -> dict[str, float]:
        """Parameters for the whole run."""
        found = self.given.get("parameters", {})
        if not isinstance(found, Mapping):
            raise _fail(self.name, "table", key="parameters")
        result = {}
        for name in found:
            if name not in allowed or name in FIXED:
                near = ", ".join(difflib.get_close_matches(str(name), allowed, 3)) or "-"
                raise _fail(self.name, "name", where="parameters", found=str(name)[:40], near=near)
            value = result[name] = self.number("parameters", found, name)
            low, high = self.ranges.get(name, (None, None))
            if low is not None and high is not None and not low <= value <= high:
                raise _fail(self.name, "range", name=name, found=value, low=low, high=high)
        return result

    def check(self) -> None:
        """Refuse what the single entries allow and together cannot be meant.

        Purchases of all assets of a quarter together; a policy rate that is held, set and moved at
        once; a rate that is given and not set.
        """
        for plan in self.plans.values():
            for quarter in range(1, self.quarters + 1):
                bought = sum(abs(plan.get((quarter, name), 0.0)) for name in ASSETS.values())
                if bought > MOST_A_QUARTER * (1.0 + 1e-9):
                    raise _fail(
                        self.name, "fast", where=f"quarter {quarter}", found=f"{bought:.3g}",
                        most=MOST_A_QUARTER,
                    )  # fmt: skip
                given = [name for name in RATES if plan.get((quarter, name), 0.0)]
                if len(given) > 1:
                    raise _fail(
                        self.name, "contradiction", where=given[0], other=given[1], name="r",
                        quarter=quarter,
                    )  # fmt: skip
                if (quarter, "rate") in plan and not plan.get((quarter, "steer"), 0.0):
                    raise _fail(self.name, "idle", name="rate", needs="steer", quarter=quarter)

    def plan(self, run: str) -> Plan:
        """What has been collected for a run."""
        return Plan(tuple((q, name, value) for (q, name), value in sorted(self.plans[run].items())))

    def date(self) -> dt.date:
        """Date of the opening state."""
        value = self.given.get("from")
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise _fail(self.name, "date", found=str(value)[:40])
        return value


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
    ranges : mapping of name to (low, high), optional
        Within which the latter must lie.

    Raises
    ------
    ModelError
        ``scenario.*``: not TOML, a key or name that is not known, a number that is none, quarters
        beyond the run, purchases too fast to clear, or two entries that contradict each other.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fail(name, "toml", problem=str(error)[:120]) from error
    named = given.get("name", name)
    if not isinstance(named, str) or not named:
        raise _fail(name, "words", key="name")
    reader = _Reader(named, given, by_quarter, ranges or {})
    reader.keys("-", given, _TOP)
    as_of, quarters = reader.date(), reader.quarters
    for number, entry in enumerate(reader.entries("purchase"), start=1):
        reader.purchase(number, entry)
    for number, entry in enumerate(reader.entries("set"), start=1):
        reader.set(number, entry)
    reader.check()
    return Scenario(
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


def list_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that are shipped."""
    folder = files("debtcycle.machine").joinpath("scenarios")
    return tuple(
        sorted(item.name.removesuffix(".toml") for item in folder.iterdir()
               if item.name.endswith(".toml"))
    )  # fmt: skip


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
        ``scenario.unknown`` if there is neither, ``scenario.file`` if it cannot be read; see
        `parse_scenario`.
    """
    shipped = list_scenarios()
    if str(name) in shipped:
        item = files("debtcycle.machine").joinpath("scenarios", f"{name}.toml")
        return parse_scenario(
            str(name), item.read_text(encoding="utf-8"), by_quarter, constants, ranges
        )
    path = Path(name)
    if not path.exists():
        near = ", ".join(difflib.get_close_matches(str(name), shipped, 3)) or ", ".join(shipped)
        raise ModelError("scenario.unknown", found=str(name)[:80], near=near)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelError("scenario.large", found=path.name, most=MOST_BYTES)
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError("scenario.file", found=path.name, problem=str(error)[:120]) from error
    return parse_scenario(path.stem, text, by_quarter, constants, ranges)
