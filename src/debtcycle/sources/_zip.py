"""A packed download, opened with care: sizes are checked before anything unfolds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from debtcycle.errors import SourceError
from debtcycle.sources._workbook import MAX_UNPACKED_BYTES

__all__ = ["only_member"]


def only_member(data: bytes, name: str, suffix: str) -> bytes:
    """The one file of the given ending that an archive holds.

    Raises
    ------
    SourceError
        ``source.broken``: not an archive, damaged, encrypted; ``source.too_large``; and
        ``source.archive`` where there is not exactly one such file.
    """
    limit_mb = MAX_UNPACKED_BYTES // 2**20
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise SourceError("source.too_large", name=name, limit_mb=limit_mb)
            fitting = [m for m in members if m.filename.lower().endswith(suffix)]
            if len(fitting) != 1:
                raise SourceError("source.archive", name=name, member=f"*{suffix}: {len(fitting)}")
            with archive.open(fitting[0]) as packed:
                # The stated size may lie; what unfolds is counted.
                content = packed.read(MAX_UNPACKED_BYTES + 1)
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
    if len(content) > MAX_UNPACKED_BYTES:
        raise SourceError("source.too_large", name=name, limit_mb=limit_mb)
    return content
