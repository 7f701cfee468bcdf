"""FRED's comma-separated downloads, old and new, and the plain ``date,value`` layout.

Layouts: ``observation_date,<ID>[,<ID>...]`` (since 2024), ``DATE,VALUE`` and ``DATE,<ID>``
(before), ``date,value`` (key in the file's name) and ``Date,Price`` (datahub). An empty cell or a
point means that there is no figure.
"""

from __future__ import annotations

import re

from debtcycle.errors import SchemaChanged
from debtcycle.sources._table import Table, day, month_start, read_table, series_id
from debtcycle.sources.parsed import Parsed

__all__ = ["matches", "parse"]

_DATES = frozenset({"observation_date", "DATE", "date", "Date"})
_VALUES = frozenset({"VALUE", "value", "Value", "Price"})
_ID = re.compile(r"[A-Z][A-Z0-9_]*")


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is one of these layouts."""
    if len(header) < 2 or header[0] not in _DATES:
        return False
    if len(header) == 2 and header[1] in _VALUES:
        return True
    return header[0] in {"observation_date", "DATE"} and all(map(_ID.fullmatch, header[1:]))


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read a FRED download.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name; carries the key where the header does not.

    Returns
    -------
    tuple of Parsed
        One series a column, in the file's order.

    Raises
    ------
    SourceError, SchemaChanged
        A cell is not a figure, a date is not a date, dates run backwards or contradict.
    """
    table: Table = read_table(data, name)
    if not matches(table.header):
        raise SchemaChanged(
            "source.column", name=name, column="observation_date", found=",".join(table.header[:12])
        )
    names = table.header[1:]
    if len(set(names)) != len(names):
        twice = next(column for column in names if names.count(column) > 1)
        raise SchemaChanged("source.column_twice", name=name, column=twice)
    plain = len(names) == 1 and names[0] in _VALUES
    keys = {names[0]: series_id(name)} if plain else {column: column for column in names}
    # Monthly averages are dated mid-month in one copy of the oil price.
    mid_month = (
        plain and names[0] == "Price" and all(c[0].strip()[-3:] == "-15" for _, c in table.rows)
    )
    read = month_start if mid_month else day
    return table.parsed(keys, date_column=table.header[0], read=read)
