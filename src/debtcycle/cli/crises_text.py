"""The crisis measures in words: what is printed where no JSON is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from debtcycle.cli.session import Session
from debtcycle.report.format import figure, period_of
from debtcycle.report.plain import plain_table, wrapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from debtcycle.crises.gap import CreditGap
    from debtcycle.crises.history import Ratios
    from debtcycle.crises.making_logit import LogitRun
    from debtcycle.crises.record import OddsRow, Record, SkillRow
    from debtcycle.crises.record_rows import Made
    from debtcycle.crises.scoring import Score
    from debtcycle.crises.service import DebtService
    from debtcycle.crises.today import CrisisReading, Signal
    from debtcycle.indicators.model import Reading

__all__ = [
    "gaps_text",
    "logit_text",
    "odds_text",
    "reading_text",
    "record_text",
    "service_text",
]

_WIDTH = 100
_UNKNOWN = "-"


def _number(value: float | None, digits: int = 1, *, plus: bool = False) -> str:
    if value is None or not np.isfinite(value):
        return _UNKNOWN
    return figure(value, digits, plus=plus)


def _quarter(day: np.datetime64) -> str:
    return period_of(day.astype("M8[D]").item(), "quarterly")


def _block(text: str, indent: int = 2) -> list[str]:
    return [" " * indent + part for part in wrapped(text, _WIDTH - indent)]


def _odds_line(session: Session, row: OddsRow, kind: str) -> str:
    """A share, never without its interval and its counts."""
    if row.share_pct is None:
        return session.texts("crises.odds_none", years=row.horizon, known_by=row.known_by)
    return session.texts(
        f"crises.odds_{kind}",
        years=row.horizon,
        share=_number(row.share_pct, 0),
        low=_number(row.low_pct, 0),
        high=_number(row.high_pct, 0),
        observations=row.observations,
        crises=row.crises,
        countries=row.countries,
        known_by=row.known_by,
    )


def _figure_line(session: Session, made: Reading) -> str:
    texts = session.texts
    name = texts(f"indicator.{made.indicator}.name")
    if made.value is None:
        return texts("crises.no_figure", name=name, reason=texts(f"status.{made.status.value}"))
    number = _number(made.value, 1, plus=made.unit in {"pp", "percent"})
    shown = texts(f"unit.{made.unit}", n=number)
    # Every measure is of a quarter, also where a monthly series enters it.
    period = _UNKNOWN if made.period is None else period_of(made.period, "quarterly")
    if made.percentile is None:
        return texts("crises.figure", name=name, value=shown, period=period)
    return texts(
        "crises.figure_ranked", name=name, value=shown, period=period,
        rank=_number(made.percentile, 0),
    )  # fmt: skip


def _signal_lines(session: Session, item: Signal, level_pct: float) -> list[str]:
    texts = session.texts
    family = item.signal.partition("_")[0]
    lines = [texts(f"crises.signal.{item.signal}")]
    for made in item.figures:
        lines += _block(_figure_line(session, made))
    if item.cutoffs is not None:
        lines += _block(
            texts(
                "crises.cutoffs",
                debt=_number(item.cutoffs.debt_pp, 1, plus=True),
                price=_number(100.0 * math.expm1(item.cutoffs.price_log), 1, plus=True),
                year=item.cutoffs.year,
                known=item.cutoffs.known,
            )
        )
    lines += _block(texts(f"crises.state.{family}.{item.state}"))
    for row in item.odds:
        lines += _block(_odds_line(session, row, "state"))
    if item.state != "unknown" and not item.odds:
        lines += _block(texts("crises.odds_unknown"))
    if item.base is not None:
        lines += _block(_odds_line(session, item.base, "base"))
    if item.skill is not None:
        lines += _block(_skill_line(session, item.skill))
    if item.odds or item.base is not None:
        lines += _block(texts("crises.interval", level=_number(level_pct, 0)))
    for key in item.stand_ins:
        lines += _block(texts(f"crises.stand_in.{key}"))
    return lines


def _skill_line(session: Session, row: SkillRow) -> str:
    return session.texts(
        f"crises.skill.{row.thresholds}",
        known_by=row.known_by,
        area=_number(row.auroc, 2),
        low=_number(row.low, 2),
        high=_number(row.high, 2),
        hits=_UNKNOWN if row.hits is None else row.hits,
        crises=_UNKNOWN if row.alarm_crises is None else row.alarm_crises,
        false=_UNKNOWN if row.false_alarms is None else row.false_alarms,
        usefulness=_number(row.usefulness, 2),
    )


def reading_text(session: Session, found: CrisisReading) -> str:
    """Every measure with its figures, state, odds and record."""
    from debtcycle.crises.record import shipped_record

    lines = wrapped(session.texts("crises.head", date=found.as_of), _WIDTH)
    for item in found.signals:
        lines += ["", *_signal_lines(session, item, shipped_record().level_pct)]
    lines += ["", *wrapped(session.texts("crises.hindsight"), _WIDTH)]
    return "\n".join(lines)


def gaps_text(session: Session, found: Sequence[CreditGap], published: Mapping[str, Ratios]) -> str:
    """The latest gap of every economy, beside the published one where the file has it."""
    texts = session.texts
    names = ("name", "first", "last", "ratio", "trend", "gap", "published")
    rows, worst = [], 0.0
    for made in found:
        own = published.get(made.name)
        theirs: float | None = None
        if own is not None:
            _, ours, there = np.intersect1d(made.quarters, own.gap_quarters, return_indices=True)
            if len(ours):
                worst = max(worst, float(np.nanmax(np.abs(made.gap_pp[ours] - own.gap_pp[there]))))
            theirs = float(own.gap_pp[-1]) if len(own.gap_pp) else None
        values = (made.ratio_pct[-1], made.trend_pct[-1], made.gap_pp[-1], theirs)
        shown = [_number(None if v is None else float(v), 2) for v in values]
        first, last = (_quarter(made.quarters[at]) for at in (0, -1))
        rows.append((made.name, first, last, *shown))
    head = [texts(f"crises.col.{name}") for name in names]
    lines = [*wrapped(texts("crises.gap_head"), _WIDTH), ""]
    lines.append(plain_table(head, rows, right=(3, 4, 5, 6)))
    if published:
        lines += ["", texts("crises.gap_difference", count=len(published), worst=f"{worst:.1e}")]
    return "\n".join(lines)


def service_text(session: Session, quarters: NDArray[np.datetime64], made: DebtService) -> str:
    """The last year of debt service."""
    texts = session.texts
    rows = [
        (_quarter(day), _number(float(ratio), 2), _number(float(gap), 2, plus=True))
        for day, ratio, gap in zip(
            quarters[-4:], made.ratio_pct[-4:], made.gap_pp[-4:], strict=True
        )
    ]
    head = [texts(f"crises.col.{name}") for name in ("quarter", "service", "gap")]
    about = texts("crises.service_head", years=f"{made.years:g}", least=made.least)
    return "\n".join([*wrapped(about, _WIDTH), "", plain_table(head, rows, right=(1, 2))])


def odds_text(session: Session, made: Made) -> str:
    """Frequencies of crises in and out of the zone, for every specification."""
    texts = session.texts
    names = ("indicator", "variant", "cutoffs", "state", "within", "share", "interval", "years",
             "crises")  # fmt: skip
    rows = [
        (
            texts(f"crises.signal.{row.indicator}"), row.variant, row.cutoffs,
            texts(f"crises.word.{row.state}"), str(row.horizon), _number(row.share_pct, 1),
            f"{_number(row.low_pct, 0)}-{_number(row.high_pct, 0)}", str(row.observations),
            str(row.crises),
        )
        for row in made.odds
    ]  # fmt: skip
    head = [texts(f"crises.col.{name}") for name in names]
    lines = [*wrapped(texts("crises.rzone_head"), _WIDTH), ""]
    lines.append(plain_table(head, rows, right=(4, 5, 6, 7, 8)))
    return "\n".join(lines)


def _score_row(name: str, score: Score) -> tuple[str, ...]:
    losses = score.losses
    return (
        name, _number(score.auroc, 3),
        f"{_number(score.by_country.low, 3)}-{_number(score.by_country.high, 3)}",
        f"{_number(score.by_block.low, 3)}-{_number(score.by_block.high, 3)}",
        f"{_number(score.by_joint.low, 3)}-{_number(score.by_joint.high, 3)}",
        str(score.observations), str(score.crises), _number(score.brier, 4),
        _number(score.brier_base, 4), _number(score.log, 4), _number(score.log_base, 4),
        _number(None if losses is None else losses.relative_usefulness, 3),
    )  # fmt: skip


_SCORE_COLUMNS = (
    "sample", "area", "by_country", "by_block", "by_joint", "years", "crises", "brier",
    "brier_base", "log", "log_base", "usefulness",
)  # fmt: skip


def logit_text(session: Session, made: LogitRun) -> str:
    """Coefficients with clustered errors, then the areas in sample and out of sample."""
    texts = session.texts
    fit = made.fit
    head = texts(
        "crises.logit_head", countries=made.countries, until=made.until,
        observations=fit.observations, crises=fit.crises, r2=_number(fit.pseudo_r2, 4),
    )  # fmt: skip
    effects = [
        (str(lag), _number(float(effect), 2), _number(float(error), 2))
        for lag, (effect, error) in enumerate(
            zip(fit.lag_effects, fit.lag_errors, strict=True), start=1
        )
    ]
    effects.append(
        (texts("crises.word.sum"), _number(fit.sum_effect, 2), _number(fit.sum_error, 2))
    )
    columns = [texts(f"crises.col.{name}") for name in ("lag", "effect", "error")]
    scores = [
        _score_row(texts(f"crises.word.{name}"), getattr(made, name))
        for name in ("in_sample", "out_of_sample", "one_constant")
    ]
    measures = [texts(f"crises.col.{name}") for name in _SCORE_COLUMNS]
    return "\n".join(
        [
            *wrapped(head, _WIDTH), "", plain_table(columns, effects, right=(1, 2)), "",
            plain_table(measures, scores, right=range(1, len(measures))), "",
            *wrapped(texts("crises.logit_note"), _WIDTH),
        ]
    )  # fmt: skip


def record_text(session: Session, found: Record) -> str:
    """The record: expectations, published figures, and every specification that was scored."""
    texts = session.texts
    failed = sum(not item.held for item in found.expectations)
    head = texts(
        "crises.record_head", tried=found.specifications_tried, failed=failed,
        expected=len(found.expectations), level=_number(found.level_pct, 0),
        draws=found.replications, seed=found.seed,
    )  # fmt: skip
    expected = [
        (
            item.what, f"{item.low:g} - {item.high:g}", f"{item.found:.4g}",
            texts("crises.word.held" if item.held else "crises.word.failed"),
        )
        for item in found.expectations
    ]  # fmt: skip
    published = [
        (item.what, f"{item.published:g}", f"{item.found:.4g}", item.source)
        for item in found.published
    ]
    scored = [
        (
            row.indicator, row.variant, row.sample, str(row.horizon),
            _UNKNOWN if row.after < 0 else str(row.after), _number(row.auroc, 3),
            f"{_number(row.low, 3)}-{_number(row.high, 3)}", str(row.observations),
            str(row.crises), _number(row.usefulness, 3),
        )
        for row in found.latest_skills
    ]  # fmt: skip
    tables = (
        (("what", "expected", "found", "outcome"), expected, (1, 2)),
        (("what", "published", "found", "source"), published, (1, 2)),
        (
            ("indicator", "variant", "sample", "within", "after", "area", "interval", "years",
             "crises", "usefulness"),
            scored, range(3, 10),
        ),
    )  # fmt: skip
    parts = [*wrapped(head, _WIDTH)]
    for names, rows, right in tables:
        columns = [texts(f"crises.col.{name}") for name in names]
        parts += ["", plain_table(columns, rows, right=right)]
    parts += ["", *(line for text in found.about for line in wrapped(text, _WIDTH))]
    return "\n".join(parts)
