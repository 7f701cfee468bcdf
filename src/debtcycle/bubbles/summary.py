"""A test as a table of plain text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from debtcycle.bubbles.critical import LEVELS, CriticalValues, Definition, Statistic

if TYPE_CHECKING:
    from debtcycle.bubbles.supadf import SupADF

__all__ = ["LABELS", "table"]

# Labels by message id; a face with catalogues of its own gives them in another language.
LABELS = {
    "bubbles.label.title": "Explosive roots",
    "bubbles.label.series": "series",
    "bubbles.label.sample": "sample",
    "bubbles.label.observations": "observations",
    "bubbles.label.window": "shortest window",
    "bubbles.label.lag": "lags",
    "bubbles.label.most": "at most",
    "bubbles.label.method": "critical values",
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


def _p(value: float) -> str:
    """A p-value; the tables end at .001."""
    return "<0.001" if value <= 0.001 else _number(value)


def _number(value: float) -> str:
    return "-" if value != value else f"{value:.3f}"


def _head(test: SupADF, critical: CriticalValues, definition: str, level: int, texts: Texts,
          shortest: int) -> list[list[str]]:  # fmt: skip
    lag = str(test.lag)
    if test.rule is not None:
        lag = f"{test.rule.upper()}, {texts('bubbles.label.most')} {test.lag}"
    method = (
        critical.method if critical.horizon is None else f"{critical.method} ({critical.horizon})"
    )
    rows = [
        ("series", test.series.name or "-"),
        ("observations", str(test.n)),
        ("window", str(test.window)),
        ("lag", lag),
        ("method", method),
        ("replications", f"{critical.replications:,}"),
        ("sequence", f"{definition}, {level} %"),
        ("shortest", str(shortest)),
    ]
    if test.series.dates is not None:
        rows.insert(1, ("sample", f"{test.series.dates[0]} .. {test.series.dates[-1]}"))
    for name, count in (
        ("left_out", int((test.flags == 1).sum())),
        ("undefined", int((test.flags == 2).sum())),
    ):
        if count:
            rows.append((name, str(count)))
    return [[texts(f"bubbles.label.{name}"), value] for name, value in rows]


def table(
    test: SupADF,
    critical: CriticalValues,
    level: int,
    definition: Definition,
    min_duration: int | None,
    texts: Texts = LABELS.__getitem__,
) -> str:
    """Head, statistics with critical values and p-values, episodes."""
    from debtcycle.bubbles.windows import default_duration

    shortest = default_duration(test.n) if min_duration is None else min_duration
    parts = [[texts("bubbles.label.title")]]
    parts.append(_aligned(_head(test, critical, definition, level, texts, shortest)))
    rows = [[texts("bubbles.label.statistic"), texts("bubbles.label.value"),
             *(f"{one} %" for one in LEVELS), texts("bubbles.label.p")]]  # fmt: skip
    names: tuple[Statistic, ...] = ("adf", "sadf", "gsadf")
    for name, value in zip(names, (test.adf, test.sadf, test.gsadf), strict=True):
        bounds = [_number(critical.value(name, one)) for one in LEVELS]
        rows.append([name.upper(), _number(value), *bounds, _p(critical.p_value(name, value))])
    parts.append(_aligned(rows))
    found = test.episodes(critical, level=level, definition=definition, min_duration=min_duration)
    words = ("start", "end", "peak", "length", "value", "direction")
    rows = [[texts(f"bubbles.label.{word}") for word in words]]
    for one in found:
        end = f"{one.end_date} ({texts('bubbles.label.ongoing')})" if one.ongoing else one.end_date
        rows.append([
            one.start_date, end, one.peak_date, str(one.duration), _number(one.statistic),
            texts(f"bubbles.label.{one.direction}"),
        ])  # fmt: skip
    parts.append(_aligned(rows) if found else [texts("bubbles.label.none")])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"
