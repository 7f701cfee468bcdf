"""From publishers' bytes to the store: recognise, judge, plan, append; each whole or not at all."""

from __future__ import annotations

from debtcycle.intake.answers import seen_vintage
from debtcycle.intake.files import FileResult, Status, find_files, import_file, import_files
from debtcycle.intake.payloads import (
    Payload,
    Taken,
    answer_again,
    doubted,
    is_known,
    last_mark,
    reader_of,
)
from debtcycle.intake.taking import take
from debtcycle.store import Held

__all__ = [
    "FileResult",
    "Held",
    "Payload",
    "Status",
    "Taken",
    "answer_again",
    "doubted",
    "find_files",
    "import_file",
    "import_files",
    "is_known",
    "last_mark",
    "reader_of",
    "seen_vintage",
    "take",
]
