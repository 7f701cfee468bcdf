"""Doors to the compiler: machine code whose bits are those of NumPy.

It is kept on disk, runs beside other threads and rounds every operation as IEEE 754 says. Nothing
allows the compiler to reorder sums or to fuse a product with a sum; kernels built on
``+ - * /``, square roots and integers therefore agree between machines too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

__all__ = ["bits_of", "compiled", "float_of"]

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function at first use; it lets other threads run while it works."""
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "boundscheck": False,
        "fastmath": False,
    }
    try:
        return cast(F, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # no place on disk that can be written: compiled for this process
        return cast(F, numba.njit(**options)(function))


def _float_of(context: Any, word: Any) -> Any:
    """The double whose bits are a word."""
    del context, word

    def generate(_: Any, builder: Any, signature: Any, args: Any) -> Any:
        del signature
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.uint64), generate


def _bits_of(context: Any, value: Any) -> Any:
    """The bits of a double as a word."""
    del context, value

    def generate(_: Any, builder: Any, signature: Any, args: Any) -> Any:
        del signature
        return builder.bitcast(args[0], ir.IntType(64))

    return types.uint64(types.float64), generate


# What `intrinsic` makes takes all but the first argument of the function.
float_of = cast(Callable[[Any], float], intrinsic(_float_of))
bits_of = cast(Callable[[Any], Any], intrinsic(_bits_of))
