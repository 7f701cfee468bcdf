"""Tables in plain characters, fitted to a width: figures stay whole, words wrap."""

from __future__ import annotations

from itertools import zip_longest

from debtcycle.report.document import Table
from debtcycle.report.plain import cell_width, pad, wrapped

__all__ = ["column_widths", "table_lines"]

_GAP = 2
_LEAST = 8


def _longest_word(text: str) -> int:
    return max((cell_width(line) for line in wrapped(text, 1)), default=0)


def column_widths(table: Table, width: int) -> list[int]:
    """Widths of the columns: as wide as their contents, the widest words' columns narrowed first.

    Columns of figures are never narrower than their longest figure; their heads may wrap.
    """
    columns = list(zip(table.head, *table.rows, strict=True))
    widths, least = [], []
    for number, cells in enumerate(columns):
        body = max((cell_width(cell) for cell in cells[1:]), default=0)
        if number in table.right:
            head = max(_longest_word(cells[0]), min(_LEAST, cell_width(cells[0])))
            least.append(max(body, head))
        else:
            least.append(max([_LEAST, *(_longest_word(cell) for cell in cells)]))
        widths.append(max(cell_width(cells[0]), body))
    least = [min(low, wide) for low, wide in zip(least, widths, strict=True)]
    room = width - 1 - _GAP * (len(widths) - 1)
    while sum(widths) > room:
        spare = [wide - low for wide, low in zip(widths, least, strict=True)]
        if max(spare) <= 0:
            break
        # Heads over figures wrap first, then the widest column that can still give way.
        chosen = max(range(len(widths)), key=lambda n: (spare[n] > 0, n in table.right, widths[n]))
        widths[chosen] -= 1
    return widths


def table_lines(table: Table, width: int) -> tuple[list[str], list[str]]:
    """Lines of the head and of the body."""
    widths = column_widths(table, width)

    def lines(row: tuple[str, ...]) -> list[str]:
        cells = []
        for cell, wide in zip(row, widths, strict=True):
            # Leading blanks are an indentation, and hold for every line of the cell.
            indent = " " * (len(cell) - len(cell.lstrip(" ")))
            cells.append([indent + part for part in wrapped(cell.strip(), wide - len(indent))])
        gap = " " * _GAP
        return [
            (" " + gap.join(
                pad(part, wide, right=number in table.right)
                for number, (part, wide) in enumerate(zip(parts, widths, strict=True))
            )).rstrip()
            for parts in zip_longest(*cells, fillvalue="")
        ]  # fmt: skip

    rule = " " + "─" * (sum(widths) + _GAP * (len(widths) - 1))
    body = [line for row in table.rows for line in lines(row)]
    return lines(table.head), [rule, *body]
