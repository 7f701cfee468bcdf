"""Small charts in characters: the map with its path, and the axes as bars."""

from __future__ import annotations

from collections.abc import Sequence

from debtcycle.cycle.assess import Assessment
from debtcycle.cycle.findings import PathPoint
from debtcycle.cycle.verdict import AXIS_LINE
from debtcycle.report.document import Drawing
from debtcycle.report.format import signed
from debtcycle.report.plain import cell_width, pad
from debtcycle.report.words import Words

__all__ = ["axes_drawing", "bar", "map_drawing"]

_COLUMNS, _ROWS = 61, 11  # odd, so that nought has a column and a row
_HALF_BAR = 14
_NOW, _YEAR, _PAST = "●", "○", "·"
_LARGE_DEFICIT_PCT = 5.0


def _column(x: float) -> int:
    return round((max(-1.0, min(1.0, x)) + 1.0) / 2.0 * (_COLUMNS - 1))


def _row(y: float) -> int:
    return round((1.0 - max(-1.0, min(1.0, y))) / 2.0 * (_ROWS - 1))


def _mark(point: PathPoint, last: bool) -> str:
    """The mark of a point: now, a point with a large deficit, or another."""
    if last:
        return _NOW
    deficit = point.deficit_pct_of_gdp
    return _YEAR if deficit is not None and deficit > _LARGE_DEFICIT_PCT else _PAST


def _field(points: Sequence[tuple[PathPoint, float, float]]) -> list[list[str]]:
    rows = [[" "] * _COLUMNS for _ in range(_ROWS)]
    middle_row, middle_column = _ROWS // 2, _COLUMNS // 2
    rows[middle_row] = ["─"] * _COLUMNS
    for row in rows:
        row[middle_column] = "│"
    rows[middle_row][middle_column] = "┼"
    for number, (point, x, y) in enumerate(points):
        last = number == len(points) - 1
        rows[_row(y)][_column(x)] = _mark(point, last)
    # The year is written beside the first quarter's end of each year, where there is room.
    for point, x, y in points[:-1]:
        if point.day.month == 12:
            _label(rows[_row(y)], _column(x) + 1, f"{point.day:%y}")
    return rows


def _label(row: list[str], start: int, text: str) -> None:
    """Write a text into a row if nothing but lines stands there."""
    if start + len(text) <= len(row) and all(c in " ─│" for c in row[start : start + len(text)]):
        row[start : start + len(text)] = list(text)


def map_drawing(words: Words, path: Sequence[PathPoint]) -> Drawing:
    """Stimulus across, heat upwards; the path of the last years, the newest point marked."""
    points = [
        (p, p.stimulus, p.heat) for p in path if p.stimulus is not None and p.heat is not None
    ]
    title = words("map.title")
    now = path[-1] if path else None
    if now is None or now.stimulus is None or now.heat is None:
        return Drawing((words("map.unknown"),), title)
    rows = _field(points)
    lines = [pad(words("map.top"), _COLUMNS + 4)]
    lines += [f"  {'│' if n != _ROWS // 2 else '┤'}{''.join(row)}" for n, row in enumerate(rows)]
    left, right = words("map.left"), words("map.right")
    gap = max(1, _COLUMNS - cell_width(left) - cell_width(right))
    lines.append(f"   {left}{' ' * gap}{right}")
    lines.append(pad(words("map.bottom"), 0))
    lines.append(words("map.numbers"))
    lines.append(
        words(
            "map.legend",
            now=_NOW,
            large=_YEAR,
            past=_PAST,
            x=signed(now.stimulus),
            y=signed(now.heat),
        )
    )
    return Drawing(tuple(lines), title)


def bar(score: float | None, mark: str) -> str:
    """A score between -1 and +1 as a bar from the middle."""
    cells = [" "] * (2 * _HALF_BAR + 1)
    if score is not None:
        length = round(min(1.0, abs(score)) * _HALF_BAR)
        for n in range(1, length + 1):
            cells[_HALF_BAR + (n if score > 0 else -n)] = mark
    cells[_HALF_BAR] = "│"
    return "".join(cells)


def axes_drawing(words: Words, now: Assessment, then: Assessment | None) -> Drawing:
    """The four axes now, and at the first large purchases of 2008 beside them."""
    earlier = {} if then is None else {axis.axis: axis.score for axis in then.axes}
    names = [words(f"axis.{axis.axis.value}") for axis in now.axes]
    wide = max(map(cell_width, names))
    blank = " " * wide
    scale = f"{blank}  -1{' ' * (_HALF_BAR - 2)}0{' ' * (_HALF_BAR - 2)}+1"
    lines = [scale]
    for name, axis in zip(names, now.axes, strict=True):
        lines.append(f"{pad(name, wide)}  {bar(axis.score, '█')}  {words.score(axis.score)}")
        if then is not None:
            past = earlier.get(axis.axis)
            lines.append(f"{blank}  {bar(past, '▓')}  {words.score(past)}")
    day = now.as_of.isoformat()
    if then is None:
        lines.append(words("axes.legend_alone", now="█", date=day, line=AXIS_LINE))
    else:
        lines.append(
            words(
                "axes.legend", now="█", date=day, then="▓", past=then.as_of.isoformat(),
                line=AXIS_LINE,
            )
        )  # fmt: skip
    return Drawing(tuple(lines), words("axes.title"))
