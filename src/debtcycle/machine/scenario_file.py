"""Reads and checks the entries of a scenario's file; what cannot be meant is refused."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from debtcycle.errors import ModelError
from debtcycle.machine.economy.parameters import given
from debtcycle.machine.plans import Bound, Plan
from debtcycle.machine.theorems import misordered

__all__ = ["ASSETS", "Ranges", "Reader", "refused"]

Ranges = Mapping[str, Bound]


ASSETS = {"b": "q_b", "N": "q_N", "I": "q_I", "K": "q_K"}
# How much of a purchase counts as long bonds while it is announced: bills have no duration, that of
# credit is a parameter of the economy.
DURATION = {"b": 0.0, "N": 1.0, "I": 1.0}
MOST_A_QUARTER = 7.0  # percent of GDP: beyond it the demand for money may not be steep enough
MOST_QUARTERS = 400
_PURCHASE = {"asset", "total_pct_gdp", "first", "quarters", "announced", "run", "from_sector"}
_SET = {"name", "first", "quarters", "value", "values", "run"}
RATES = ("hold", "steer", "tighten")  # ways of setting the policy rate that exclude each other
FIXED = ("h", "announced")  # what no scenario sets: the length of a quarter; purchases announce
SELLERS = ("H", "P", "X", "L", "B")


def refused(scenario: str, message_id: str, /, **params: object) -> ModelError:
    """The error of a scenario."""
    return ModelError(f"scenario.{message_id}", scenario=scenario, **params)


class Reader:
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
                # All of them, those written alike first: a key of another file is near to none.
                alike = difflib.get_close_matches(key, sorted(allowed), 3)
                near = ", ".join(dict.fromkeys((*alike, *sorted(allowed))))
                raise refused(self.name, "key", where=where, key=key, near=near)

    def number(self, where: str, entry: Mapping[str, Any], key: str) -> float:
        """A finite number."""
        value = entry.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refused(self.name, "number", where=where, key=key, found=str(value)[:40])
        if not math.isfinite(value):
            raise refused(self.name, "number", where=where, key=key, found=str(value))
        return float(value)

    def truth(self, where: str, entry: Mapping[str, Any], key: str, default: bool) -> bool:
        """True or false."""
        value = entry.get(key, default)
        if not isinstance(value, bool):
            raise refused(self.name, "truth", where=where, key=key, found=str(value)[:40])
        return value

    def span(self, where: str, entry: Mapping[str, Any], length: int | None = None) -> range:
        """Quarters of an entry, from 1."""
        found = []
        for key, default in (("first", 1), ("quarters", length or 1)):
            value = entry.get(key, default)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise refused(self.name, "quarter", where=where, key=key, found=str(value)[:40])
            found.append(value)
        first, count = found
        if first + count - 1 > self.quarters:
            last = first + count - 1
            raise refused(self.name, "late", where=where, last=last, quarters=self.quarters)
        return range(first, first + count)

    def known_name(self, where: str, name: object) -> str:
        """A parameter of the economy that may be set."""
        if isinstance(name, str) and name in self.known and name not in FIXED:
            return name
        near = ", ".join(difflib.get_close_matches(str(name), self.known, 3)) or "-"
        raise refused(self.name, "name", where=where, found=str(name)[:40], near=near)

    def runs(self, where: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
        """In which of the two runs an entry holds."""
        value = entry.get("run", "with")
        if value not in ("with", "without", "both"):
            raise refused(self.name, "run", where=where, found=str(value)[:40])
        return ("with", "without") if value == "both" else (value,)

    def put(
        self, where: str, name: str, quarter: int, value: float, runs: tuple[str, ...]
    ) -> None:  # fmt: skip
        """One step."""
        for run in runs:
            other = self.taken.setdefault((run, name, quarter), where)
            if other != where:
                raise refused(
                    self.name, "contradiction", where=where, other=other, name=name,
                    quarter=quarter,
                )  # fmt: skip
            self.plans[run][quarter, name] = value

    @property
    def quarters(self) -> int:
        """Length of the run."""
        value = self.given.get("quarters", 40)
        if isinstance(value, bool) or not isinstance(value, int):
            raise refused(self.name, "quarter", where="-", key="quarters", found=str(value)[:40])
        if not 1 <= value <= MOST_QUARTERS:
            raise refused(self.name, "length", found=value, most=MOST_QUARTERS)
        return value

    def purchase(self, number: int, entry: Mapping[str, Any]) -> None:
        """Purchases of one asset, evenly over their quarters."""
        where = f"purchase {number}"
        self.keys(where, entry, _PURCHASE)
        asset = entry.get("asset")
        if asset not in ASSETS:
            raise refused(self.name, "asset", where=where, found=str(asset)[:40])
        total, runs = self.number(where, entry, "total_pct_gdp"), self.runs(where, entry)
        span = self.span(where, entry)
        each = total / len(span)
        if abs(each) > MOST_A_QUARTER:
            raise refused(self.name, "fast", where=where, found=f"{each:.3g}", most=MOST_A_QUARTER)
        seller = entry.get("from_sector")
        if seller is not None and (seller not in SELLERS or asset != "N"):
            raise refused(self.name, "seller", where=where, found=str(seller)[:40])
        for quarter in span:
            self.put(where, ASSETS[asset], quarter, each, runs)
            if seller is not None:
                self.put(where, f"sold_{seller}", quarter, each, runs)
        if self.truth(where, entry, "announced", True):
            self.announce(span, total * self.duration(asset), runs)

    def duration(self, asset: str) -> float:
        """Long bonds to which one unit of an asset is equal."""
        if asset in DURATION:
            return DURATION[asset]
        changed = self.given.get("parameters", {})
        if isinstance(changed, Mapping) and "dur_K" in changed:
            return self.number("parameters", changed, "dur_K")
        return given()["dur_K"].value

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
            raise refused(self.name, "value", where=where)
        if "value" in entry:
            span = self.span(where, entry)
            values = [self.number(where, entry, "value")] * len(span)
        else:
            listed = entry["values"]
            if not isinstance(listed, list) or not listed:
                raise refused(
                    self.name, "number", where=where, key="values", found=str(listed)[:40]
                )
            values = [self.number(where, {"values": one}, "values") for one in listed]
            span = self.span(where, entry, len(values))
            if len(span) != len(values):
                raise refused(self.name, "count", where=where, found=len(values), wanted=len(span))
        for quarter, value in zip(span, values, strict=True):
            self.within(name, value)
            self.put(where, name, quarter, value, runs)

    def within(self, name: str, value: float) -> None:
        """Refuse a value outside what its parameter may be, with its unit."""
        bound = self.ranges.get(name)
        if bound is None or bound.allows(value):
            return
        if bound.whole:
            raise refused(self.name, "switch", name=name, found=f"{value:g}")
        found, low, high = f"{value:g}", bound.low, bound.high
        if bound.was_percent(value):
            meant = f"{value / 100.0:g}"
            raise refused(self.name, "percent", name=name, found=found, low=low, high=high,
                          meant=meant)  # fmt: skip
        if bound.unit == "1":
            raise refused(self.name, "range_fraction", name=name, found=found, low=low, high=high)
        if bound.unit == "1/year":
            raise refused(self.name, "range_a_year", name=name, found=found, low=low, high=high)
        if bound.unit == "pct_gdp":
            raise refused(self.name, "range_pct_gdp", name=name, found=found, low=low, high=high)
        if bound.unit == "year":
            raise refused(self.name, "range_years", name=name, found=found, low=low, high=high)
        raise refused(self.name, "range", name=name, found=found, low=low, high=high)

    def entries(self, key: str) -> list[Mapping[str, Any]]:
        """Tables of one kind."""
        found = self.given.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
            raise refused(self.name, "table", key=key)
        return found

    def words(self, key: str) -> dict[str, str]:
        """Text by language."""
        found = self.given.get(key, {})
        if isinstance(found, str):
            return {"en": found}
        if not isinstance(found, Mapping) or not all(isinstance(v, str) for v in found.values()):
            raise refused(self.name, "words", key=key)
        return dict(found)

    def constants(self, allowed: Sequence[str]) -> dict[str, float]:
        """Parameters for the whole run."""
        found = self.given.get("parameters", {})
        if not isinstance(found, Mapping):
            raise refused(self.name, "table", key="parameters")
        result = {}
        for name in found:
            if name not in allowed or name in FIXED:
                near = ", ".join(difflib.get_close_matches(str(name), allowed, 3)) or "-"
                raise refused(
                    self.name, "name", where="parameters", found=str(name)[:40], near=near
                )
            value = result[name] = self.number("parameters", found, name)
            self.within(name, value)
        wrong = misordered({name: entry.value for name, entry in given().items()} | result)
        if wrong is not None:
            more, less = wrong
            raise refused(self.name, "order", name=more.name, found=f"{more.value:g}",
                          other=less.name, least=f"{less.value:g}")  # fmt: skip
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
                    raise refused(
                        self.name, "fast", where=f"quarter {quarter}", found=f"{bought:.3g}",
                        most=MOST_A_QUARTER,
                    )  # fmt: skip
                given = [name for name in RATES if plan.get((quarter, name), 0.0)]
                if len(given) > 1:
                    raise refused(
                        self.name, "contradiction", where=given[0], other=given[1], name="r",
                        quarter=quarter,
                    )  # fmt: skip
                if (quarter, "rate") in plan and not plan.get((quarter, "steer"), 0.0):
                    raise refused(self.name, "idle", name="rate", needs="steer", quarter=quarter)

    def plan(self, run: str) -> Plan:
        """What has been collected for a run."""
        return Plan(tuple((q, name, value) for (q, name), value in sorted(self.plans[run].items())))

    def date(self) -> dt.date:
        """Date of the opening state."""
        value = self.given.get("from")
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise refused(self.name, "date", found=str(value)[:40])
        return value
