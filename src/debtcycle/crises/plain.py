"""Results as what JSON knows: names, numbers, lists; what is not known is null."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

import numpy as np

__all__ = ["plain"]


def plain(value: object) -> object:
    """A result of this room, ready for `json.dumps` with ``allow_nan=False``.

    Data classes become objects by attribute, arrays lists, days ``YYYY-MM-DD``; NaN and infinity
    become null.
    """
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name.lower()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "M":
            return [str(day) for day in value.astype("datetime64[D]")]
        return [plain(item) for item in value.tolist()]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value
