"""How far to trust this: the record of every measure, made by a run and never by hand.

Flat rows of figures that a report, a page or a program can read. The shipped record holds
aggregates of two data sets that are not shipped themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from debtcycle.crises._summary import frame, lines

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CutoffRow",
    "Expected",
    "OddsRow",
    "Published",
    "Record",
    "SkillRow",
    "decode_record",
    "encode_record",
    "shipped_record",
]

RECORD_FILE = "record.json"
# Yearly figures of many countries appear in the course of the next year.
PUBLISHED_YEARS = 1
Number = float | None


@dataclass(frozen=True, slots=True)
class SkillRow:
    """One signal against one list of crises; see `scoring.Score`.

    Attributes
    ----------
    indicator : str
        ``"logit"``, ``"credit_gap"``, ``"dsr_household"``, ``"dsr_business"``,
        ``"rzone_business"``, ``"rzone_household"``.
    variant : str
        What was varied, in words of the code: countries, years, data, effects.
    sample : str
        ``"in_sample"``, ``"out_of_sample"`` or ``"one_sided"``.
    primary : bool
        Whether this specification was chosen before anything was computed.
    known_by : int
        Last year whose crises were known: the record as it stood then.
    thresholds : str
        ``"past"``: each year's is the best one on what was known then; ``"own"``: the measure
        itself says when it is on.
    """

    indicator: str
    variant: str
    sample: str
    primary: bool
    known_by: int
    horizon: int
    after: int
    observations: int
    before_crisis: int
    crises: int
    countries: int
    first: int
    last: int
    auroc: float
    country_low: Number
    country_high: Number
    block_low: Number
    block_high: Number
    joint_low: Number
    joint_high: Number
    block_years: int
    brier: Number
    brier_base: Number
    log: Number
    log_base: Number
    thresholds: str
    preference: Number
    usefulness: Number
    alarm_crises: int | None
    hits: int | None
    episodes: int | None
    false_alarms: int | None
    open_alarms: int | None
    median_lead_years: Number

    @property
    def low(self) -> Number:
        """Lower end of the hull of the intervals."""
        ends = (self.country_low, self.block_low, self.joint_low)
        return min((low for low in ends if low is not None), default=None)

    @property
    def high(self) -> Number:
        """Upper end of the hull of the intervals."""
        ends = (self.country_high, self.block_high, self.joint_high)
        return max((high for high in ends if high is not None), default=None)


@dataclass(frozen=True, slots=True)
class OddsRow:
    """Odds of a crisis after a state; see `odds.Odds`.

    Attributes
    ----------
    indicator, variant, primary
        As in `SkillRow`.
    cutoffs : str
        ``"in_sample"``, ``"in_sample_same_years"`` (over the country-years of the real-time
        ones), ``"real_time"`` or ``"fixed"``.
    state : str
        ``"in"``/``"out"`` (R-zone), ``"low"``/``"middle"``/``"high"`` (gap), ``"high"``/``"other"``
        (debt service), ``"all"``.
    known_by : int
        Last year whose crises were known.
    after : int
        Years dropped after the beginning of a crisis; -1 where not even that year was.
    """

    indicator: str
    variant: str
    cutoffs: str
    state: str
    primary: bool
    known_by: int
    horizon: int
    after: int
    observations: int
    before_crisis: int
    crises: int
    countries: int
    share_pct: Number
    low_pct: float
    high_pct: float


@dataclass(frozen=True, slots=True)
class CutoffRow:
    """Cut-offs of the R-zone from all countries' figures up to a year."""

    indicator: str
    variant: str
    year: int
    debt_pp: float
    price_log: float
    known: int


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure beside the project's own."""

    what: str
    published: float
    found: float
    source: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What was expected before computing, and whether it came out so."""

    what: str
    low: float
    high: float
    found: float
    held: bool


@dataclass(frozen=True, slots=True)
class Record:
    """The whole record.

    Attributes
    ----------
    about : tuple of str
        What the file holds, made by which script, from which sources, under which terms.
    seed, replications : int
    level_pct : float
    specifications_tried : int
        Rows of `latest_skills` and kinds of `odds`: everything that was run is listed, nothing
        was dropped.
    mode : str
        ``"quasi-real-time"``.
    """

    about: tuple[str, ...]
    mode: str
    seed: int
    replications: int
    level_pct: float
    specifications_tried: int
    published: tuple[Published, ...]
    expectations: tuple[Expected, ...]
    skills: tuple[SkillRow, ...]
    odds: tuple[OddsRow, ...]
    cutoffs: tuple[CutoffRow, ...]

    def known_odds(self, indicator: str, state: str, year: int, horizon: int) -> OddsRow | None:
        """The newest primary odds of a state whose crises were known before a year began."""
        rows = [
            row
            for row in self.odds
            if row.primary
            and row.cutoffs in {"real_time", "fixed"}
            and (row.indicator, row.state, row.horizon) == (indicator, state, horizon)
            and row.known_by < year
        ]
        return max(rows, key=lambda row: row.known_by, default=None)

    def known_cutoffs(self, indicator: str, year: int) -> CutoffRow | None:
        """The newest cut-offs of figures that were published before a year began."""
        known = [row for row in self.cutoffs if row.year + PUBLISHED_YEARS < year]
        rows = [row for row in known if row.indicator == indicator]
        return max(rows, key=lambda row: row.year, default=None)

    def known_skill(self, indicator: str, sample: str, horizon: int, year: int) -> SkillRow | None:
        """The primary specification as it was known before a year began."""
        rows = [
            row
            for row in self.skills
            if row.primary
            and (row.indicator, row.sample, row.horizon) == (indicator, sample, horizon)
            and row.known_by < year
        ]
        return max(rows, key=lambda row: row.known_by, default=None)

    @property
    def latest_skills(self) -> tuple[SkillRow, ...]:
        """Every specification once, with all that is known of it."""
        last: dict[tuple[object, ...], SkillRow] = {}
        for row in self.skills:
            key = (row.indicator, row.variant, row.sample, row.horizon, row.after)
            if key not in last or row.known_by > last[key].known_by:
                last[key] = row
        return tuple(last.values())

    def to_pandas(self) -> pd.DataFrame:
        """Every scored specification, a row each; ConfigError ``pandas.missing``."""
        names = SkillRow.__dataclass_fields__
        return frame({name: [getattr(row, name) for row in self.skills] for name in names})

    def summary(self) -> str:
        """Primary specifications: area under the curve with its interval."""
        pairs: list[tuple[str, object]] = [
            ("mode", self.mode),
            ("specifications_tried", self.specifications_tried),
            ("expectations_failed", sum(not item.held for item in self.expectations)),
        ]
        for row in self.latest_skills:
            if row.primary and row.low is not None and row.high is not None:
                name = f"{row.indicator} {row.variant} {row.sample} h{row.horizon}"
                pairs.append((name, f"{row.auroc:.3f} [{row.low:.3f}, {row.high:.3f}]"))
        return lines("Record", pairs)


_TABLES: tuple[tuple[str, type[Any]], ...] = (
    ("published", Published),
    ("expectations", Expected),
    ("skills", SkillRow),
    ("odds", OddsRow),
    ("cutoffs", CutoffRow),
)


def encode_record(record: Record) -> bytes:
    """The record as JSON; tables as their columns and a row a line."""
    plain = msgspec.to_builtins(record)
    tables = dict(_TABLES)
    parts = []
    for name, value in plain.items():
        if name in tables:
            columns = [field.name for field in fields(tables[name])]
            head = msgspec.json.encode(columns).decode()
            rows = ",\n  ".join(
                msgspec.json.encode([row[column] for column in columns]).decode() for row in value
            )
            parts.append(f'"{name}": {{"columns": {head}, "rows": [\n  {rows}\n]}}')
        else:
            parts.append(f'"{name}": {msgspec.json.encode(value).decode()}')
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def decode_record(data: bytes) -> Record:
    """A record from its JSON.

    Raises
    ------
    msgspec.ValidationError
        Where it is not one: a fault of the package, or of another's file.
    """
    plain = msgspec.json.decode(data)
    for name, _ in _TABLES:
        columns, rows = plain[name]["columns"], plain[name]["rows"]
        plain[name] = [dict(zip(columns, row, strict=True)) for row in rows]
    return msgspec.convert(plain, type=Record)


@lru_cache(maxsize=1)
def shipped_record() -> Record:
    """The record that the package carries."""
    return decode_record((files("debtcycle.crises") / RECORD_FILE).read_bytes())
