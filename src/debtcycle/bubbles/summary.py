"""A test, of a series or of a panel, as a table of plain text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from debtcycle.bubbles.critical import LEVELS, CriticalValues, Definition, Statistic
from debtcycle.bubbles.rules import CONSTANT, PERFECT
from debtcycle.bubbles.windows import default_duration

if TYPE_CHECKING:
    from debtcycle.bubbles.dating import Episode
    from debtcycle.bubbles.panel import PanelSupADF
    from debtcycle.bubbles.supadf import SupADF

__all__ = ["LABELS", "panel_table", "table"]

# Labels by message id; a face with catalogues of its own gives them in another language.
LABELS = {
    "bubbles.label.title": "Explosive roots",
    "bubbles.label.panel": "Explosive roots of a panel",
    "bubbles.label.series": "series",
    "bubbles.label.sample": "sample",
    "bubbles.label.undated": (
        "No dates are used: an episode is dated by the number of its observation, from 1 on."
    ),
    "bubbles.label.observations": "observations",
    "bubbles.label.window": "shortest window",
    "bubbles.label.lag": "lags",
    "bubbles.label.most": "at most",
    "bubbles.label.method": "critical values",
    "bubbles.label.method.monte-carlo": "Monte Carlo",
    "bubbles.label.method.sieve": "sieve",
    "bubbles.label.method.wild": "wild",
    "bubbles.label.method.wild-in-place": "wild, in place",
    "bubbles.label.replications": "replications",
    "bubbles.label.sequence": "critical sequence",
    "bubbles.label.statistic": "statistic",
    "bubbles.label.value": "value",
    "bubbles.label.p": "p-value",
    "bubbles.label.start": "start",
    "bubbles.label.end": "end",
    "bubbles.label.peak": "peak",
    "bubbles.label.length": "length",
    "bubbles.label.direction": "direction",
    "bubbles.label.upward": "upward",
    "bubbles.label.collapse": "collapse",
    "bubbles.label.ongoing": "ongoing",
    "bubbles.label.none": "no episode",
    "bubbles.label.shortest": "shortest episode",
    "bubbles.label.left_out": "dates with windows left out",
    "bubbles.label.undefined": "dates without a finite answer",
}

Texts = Callable[[str], str]


def _wide(text: str) -> int:
    """Columns on a screen: characters of Chinese take two."""
    return sum(2 if ord(one) > 0x2E7F else 1 for one in text)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns side by side, the first to the left, the others to the right."""
    widths = [max(map(_wide, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [row[0] + " " * (widths[0] - _wide(row[0]))]
        cells += [" " * (w - _wide(c)) + c for w, c in zip(widths[1:], row[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines


def _p(value: float, least: float) -> str:
    """A p-value, or that it is below the smallest that the draws can tell."""
    if value > least or value != value:
        return _number(value)
    return f"<{math.ceil(round(1000 * least, 9)) / 1000:.3f}"


def _number(value: float) -> str:
    return "-" if value != value else f"{value:,.3f}".replace("-", "\u2212")


def _head(
    test: SupADF | PanelSupADF,
    critical: CriticalValues,
    sequence: str,
    shortest: int,
    texts: Texts,
) -> list[tuple[str, str]]:
    """What was tested, how, and against what."""
    lag = str(test.lag)
    if test.rule is not None:
        lag = f"{test.rule.upper()}, {texts('bubbles.label.most')} {test.lag}"
    known = f"bubbles.label.method.{critical.method}"
    method = texts(known) if known in LABELS else critical.method
    if critical.horizon is not None:
        method = f"{method} ({critical.horizon})"
    rows = [
        ("observations", str(test.n)),
        ("window", str(test.window)),
        ("lag", lag),
        ("method", method),
        ("replications", f"{critical.replications:,}"),
        ("sequence", sequence),
        ("shortest", str(shortest)),
    ]
    if test.dates is not None:
        rows.insert(0, ("sample", f"{test.dates[0]} .. {test.dates[-1]}"))
    return rows


def _headed(
    title: str, head: Sequence[tuple[str, str]], test: SupADF | PanelSupADF, texts: Texts
) -> list[str]:
    """Title and head, and that no dates are used where there are none."""
    undated = ["", texts("bubbles.label.undated")] if test.dates is None else []
    return [texts(f"bubbles.label.{title}"), "", *_named(head, texts), *undated]


def _named(rows: Sequence[tuple[str, str]], texts: Texts) -> list[str]:
    """Labels beside values."""
    return _aligned([[texts(f"bubbles.label.{name}"), value] for name, value in rows])


def _statistics(
    values: Sequence[tuple[Statistic, float]], critical: CriticalValues, texts: Texts
) -> list[str]:
    """Statistics with critical values and p-values."""
    rows = [[texts("bubbles.label.statistic"), texts("bubbles.label.value"),
             *(f"{one}%" for one in LEVELS), texts("bubbles.label.p")]]  # fmt: skip
    for name, value in values:
        bounds = [_number(critical.value(name, one)) for one in LEVELS]
        shown = _p(critical.p_value(name, value), critical.least_p)
        rows.append([name.upper(), _number(value), *bounds, shown])
    return _aligned(rows)


def _dated(found: Sequence[Episode], texts: Texts) -> list[str]:
    """Episodes, or that there are none."""
    words = ("start", "end", "peak", "length", "value", "direction")
    rows = [[texts(f"bubbles.label.{word}") for word in words]]
    for one in found:
        end = f"{one.end_date} ({texts('bubbles.label.ongoing')})" if one.ongoing else one.end_date
        rows.append([
            one.start_date, end, one.peak_date, str(one.duration), _number(one.statistic),
            texts(f"bubbles.label.{one.direction}"),
        ])  # fmt: skip
    return _aligned(rows) if found else [texts("bubbles.label.none")]


def _joined(*parts: Sequence[str]) -> str:
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def table(
    test: SupADF,
    critical: CriticalValues,
    level: int,
    definition: Definition,
    min_duration: int | None,
    texts: Texts = LABELS.__getitem__,
) -> str:
    """Head, statistics with critical values and p-values, episodes."""
    shortest = default_duration(test.n) if min_duration is None else min_duration
    head = [("series", test.series.name or "-")]
    head += _head(test, critical, f"{definition}, {level}%", shortest, texts)
    for name, code in (("left_out", CONSTANT), ("undefined", PERFECT)):
        if count := int((test.flags == code).sum()):
            head.append((name, str(count)))
    # Dating first: it refuses critical values of another test.
    found = test.episodes(critical, level=level, definition=definition, min_duration=min_duration)
    values: list[tuple[Statistic, float]] = [
        ("adf", test.adf), ("sadf", test.sadf), ("gsadf", test.gsadf),
    ]  # fmt: skip
    return _joined(
        _headed("title", head, test, texts),
        _statistics(values, critical, texts),
        _dated(found, texts),
    )


def panel_table(
    test: PanelSupADF,
    critical: CriticalValues,
    level: int,
    min_duration: int | None,
    texts: Texts = LABELS.__getitem__,
) -> str:
    """Head, the panel's GSADF with critical values and p-value, that of each series, episodes."""
    shortest = default_duration(test.n) if min_duration is None else min_duration
    found = test.episodes(critical, level=level, min_duration=min_duration)
    head = _head(test, critical, f"bsadf, {level}%", shortest, texts)
    members = [[texts("bubbles.label.series"), "GSADF"]]
    members += [[one.series.name or "-", _number(one.gsadf)] for one in test.members]
    return _joined(
        _headed("panel", head, test, texts),
        _statistics([("gsadf", test.gsadf)], critical, texts),
        _aligned(members),
        _dated(found, texts),
    )
