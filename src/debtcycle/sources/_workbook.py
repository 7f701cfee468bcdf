"""Workbooks and other containers, opened with care: sizes are checked before anything unfolds."""

from __future__ import annotations

import importlib
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from debtcycle.errors import SchemaChanged, SourceError

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_UNPACKED_BYTES",
    "optional_module",
    "xls_rows",
    "xls_sheet_names",
    "xlsx_rows",
    "xlsx_sheet",
]

MAX_FILE_BYTES = 64 * 2**20
MAX_UNPACKED_BYTES = 64 * 2**20
_MOST_CELLS = 3_000_000


def optional_module(module: str, name: str) -> Any:
    """Import a reader that not every installation has; SourceError ``source.needs`` without it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.split(".", maxsplit=1)[0]
        raise SourceError("source.needs", name=name, module=package) from None


def _check_zip(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise SourceError(
                    "source.too_large", name=name, limit_mb=MAX_UNPACKED_BYTES // 2**20
                )
            if "[Content_Types].xml" not in archive.namelist():
                raise SourceError("source.compressed", name=name, kind="zip")
            for member in members:
                with archive.open(member) as part:
                    # An entity can unfold to any size; workbooks have no use for one.
                    if b"<!" in part.read(4096).replace(b"<!--", b""):
                        raise SourceError("source.broken", name=name, kind="xlsx")
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        ValueError,
        RuntimeError,
        OSError,
        EOFError,
    ) as error:
        raise SourceError("source.broken", name=name, kind="zip") from error


def _xlsx(data: bytes, name: str, sheet: str | None) -> list[tuple[object, ...]]:
    """Rows of a sheet, of the first one without a name."""
    _check_zip(data, name)
    openpyxl = optional_module("openpyxl", name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # publishers' workbooks often lack a default style
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            if sheet is not None and sheet not in book.sheetnames:
                raise SchemaChanged("source.sheet", name=name, sheet=sheet)
            found = book.worksheets[0] if sheet is None else book[sheet]
            found.reset_dimensions()  # some publishers write a wrong size
            return _counted(found.iter_rows(values_only=True), name)
    except SourceError:
        raise
    except Exception as error:  # openpyxl has no error of its own for a damaged part
        raise SourceError("source.broken", name=name, kind="xlsx") from error


def _counted(rows: Iterable[Sequence[object]], name: str) -> list[tuple[object, ...]]:
    """Rows, as long as they are no more than any table that is read here has."""
    found: list[tuple[object, ...]] = []
    left = _MOST_CELLS
    for row in rows:
        left -= len(row) + 1
        if left < 0:
            raise SourceError("source.cells", name=name, limit=_MOST_CELLS)
        found.append(tuple(row))
    return found


def xlsx_rows(data: bytes, name: str) -> list[tuple[object, ...]]:
    """Rows of a workbook's first sheet (.xlsx).

    Raises
    ------
    SourceError
        ``source.needs`` without openpyxl; ``source.broken`` or ``source.too_large``.
    """
    return _xlsx(data, name, None)


def xlsx_sheet(data: bytes, name: str, sheet: str) -> list[tuple[object, ...]]:
    """Rows of one sheet (.xlsx); also SchemaChanged ``source.sheet`` where it is gone."""
    return _xlsx(data, name, sheet)


def _open_xls(data: bytes, name: str) -> Any:
    xlrd = optional_module("xlrd", name)
    try:
        return xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)
    except Exception as error:  # xlrd lets struct, index and assertion errors through
        raise SourceError("source.broken", name=name, kind="xls") from error


def xls_sheet_names(data: bytes, name: str) -> tuple[str, ...]:
    """Names of a workbook's sheets (.xls); errors as in `xls_rows`."""
    return tuple(_open_xls(data, name).sheet_names())


def xls_rows(data: bytes, name: str, sheet: str) -> list[list[object]]:
    """Rows of one sheet of an old workbook (.xls); day numbers stay numbers.

    Raises
    ------
    SourceError
        ``source.needs`` without xlrd; ``source.broken``.
    SchemaChanged
        ``source.sheet`` where the sheet is gone.
    """
    book = _open_xls(data, name)
    if sheet not in book.sheet_names():
        raise SchemaChanged("source.sheet", name=name, sheet=sheet)
    try:
        found = book.sheet_by_name(sheet)
        return [list(found.row_values(row)) for row in range(found.nrows)]
    except Exception as error:
        raise SourceError("source.broken", name=name, kind="xls") from error
