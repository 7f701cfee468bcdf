"""Figures under each other, by the names of their attributes; sentences are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["flat_frame", "frame", "lines", "shown"]


def shown(value: object) -> str:
    """A figure with what digits it deserves."""
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def lines(title: str, pairs: Iterable[tuple[str, object]]) -> str:
    """A title and a line a figure."""
    rows = [(name, shown(value)) for name, value in pairs]
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join([title, *(f"  {name:<{width}}  {text}" for name, text in rows)])


def frame(columns: dict[str, Any], index: Any = None, name: str | None = None) -> pd.DataFrame:
    """Columns as a data frame.

    Raises
    ------
    ConfigError
        ``pandas.missing``.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ConfigError("pandas.missing") from error
    found = pd.DataFrame(columns, index=index)
    found.index.name = name
    return found


def flat_frame(results: Iterable[object], name: str | None = None) -> pd.DataFrame:
    """Flat results of one kind as a data frame, a row each; parts of their own are left out.

    Raises
    ------
    ConfigError
        ``pandas.missing``.
    """
    rows = [
        {
            field.name: value
            for field in fields(item)  # type: ignore[arg-type]  # results are data classes
            if not is_dataclass(value := getattr(item, field.name))
        }
        for item in results
    ]
    columns = list(rows[0]) if rows else []
    return frame({column: [row[column] for row in rows] for column in columns}, name=name)
