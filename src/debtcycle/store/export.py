"""All rows of a store for other programs: CSV, or Parquet as DuckDB and pandas read it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from debtcycle.errors import ConfigError
from debtcycle.store import queries
from debtcycle.store.database import connect, reading
from debtcycle.store.packing import unpack_rows
from debtcycle.store.schema import Basis, Rows
from debtcycle.store.writing import OBSERVATIONS

__all__ = ["COLUMNS", "export_csv", "export_parquet"]

COLUMNS = ("series", "period", "known_from", "value", "basis", "batch")
_BASIS = np.array([basis.name.lower() for basis in sorted(Basis)], dtype=object)


def _all_rows(path: Path) -> Iterator[tuple[str, int, Rows]]:
    """Series, batch and rows, one piece at a time: memory is that of the largest piece."""
    connection = connect(path)
    try:
        with reading(path):
            connection.execute("BEGIN")
            for name, number in queries.series_numbers(connection)[0].items():
                for batch, count, packed in queries.pieces(connection, number, name, OBSERVATIONS):
                    yield name, batch, unpack_rows(packed, count)
    finally:
        connection.close()


def export_csv(path: Path, target: Path) -> int:
    """Write all rows as CSV, a withdrawn figure as an empty cell; the number of rows.

    Values are written with as many digits as it takes to read the same figure back.
    """
    total = 0
    with target.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for name, batch, rows in _all_rows(path):
            total += len(rows)
            values = [None if value != value else repr(value) for value in rows.values.tolist()]
            table.writerows(
                zip(
                    [name] * len(rows),
                    rows.periods.astype(str).tolist(),
                    rows.known_from.astype(str).tolist(),
                    values,
                    _BASIS[rows.basis].tolist(),
                    [batch] * len(rows),
                    strict=True,
                )
            )
    return total


def export_parquet(path: Path, target: Path) -> int:
    """Write all rows as Parquet, a withdrawn figure as null; the number of rows.

    Raises
    ------
    ConfigError
        ``export.pyarrow`` if the extra ``parquet`` is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ConfigError("export.pyarrow") from error
    schema = pa.schema(
        [
            ("series", pa.string()),
            ("period", pa.date32()),
            ("known_from", pa.date32()),
            ("value", pa.float64()),
            ("basis", pa.string()),
            ("batch", pa.int32()),
        ]
    )
    total = 0
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for name, batch, rows in _all_rows(path):
            total += len(rows)
            writer.write_table(_table(pa, schema, name, batch, rows))
    return total


def _table(pa: Any, schema: Any, name: str, batch: int, rows: Rows) -> Any:
    count = len(rows)
    columns = [
        pa.array([name] * count, pa.string()),
        pa.array(rows.periods.astype("M8[D]"), pa.date32()),
        pa.array(rows.known_from.astype("M8[D]"), pa.date32()),
        pa.array(rows.values, pa.float64(), mask=np.isnan(rows.values)),
        pa.array(_BASIS[rows.basis].tolist(), pa.string()),
        pa.array(np.full(count, batch, dtype="i4"), pa.int32()),
    ]
    return pa.table(columns, schema=schema)
