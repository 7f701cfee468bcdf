"""Typed doors to the compiler: what they wrap keeps its signature for the type checker."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

__all__ = ["CFunction", "c_function", "call_execute", "call_primitive", "compiled", "pointer"]

F = TypeVar("F", bound=Callable[..., Any])


class CFunction:
    """A C function without a result, compiled at first use; its machine code is kept on disk."""

    def __init__(self, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self.function, self.arguments = function, arguments

    @cached_property
    def address(self) -> int:
        """Where the machine code lies."""
        wrap: Any = numba.cfunc
        signature = types.void(*self.arguments)
        try:
            self._made = wrap(signature, cache=True, error_model="numpy")(self.function)
        except RuntimeError:  # no place on disk that can be written: compiled for this process
            self._made = wrap(signature, error_model="numpy")(self.function)
        return int(self._made.address)


def pointer(kind: str) -> Any:
    """Type of a pointer to numbers of a kind such as ``"float64"``."""
    made: Any = types.CPointer
    return made(getattr(types, kind))


def compiled(function: F) -> F:
    """Compile for use inside other compiled functions; floats behave as in NumPy."""
    return cast(F, numba.njit(error_model="numpy", boundscheck=False, inline="always")(function))


def c_function(*arguments: Any) -> Callable[[Callable[..., None]], CFunction]:
    """Make a C function of a Python function on numbers and pointers."""
    return lambda function: CFunction(function, arguments)


def _caller(kinds: list[ir.Type]) -> Callable[..., Any]:
    """Code that calls a C function of known argument types at an address."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del signature
        kind = ir.FunctionType(ir.VoidType(), kinds)
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:])
        return context.get_dummy_value()

    return generate


_LONG, _DOUBLES = ir.IntType(64), ir.DoubleType().as_pointer()
_LONGS = ir.IntType(64).as_pointer()


def _execute(context: Any, address: Any, code: Any, work: Any, functions: Any, place: Any) -> Any:
    """Call ``void f(long *code, double *work, long *functions, long *place)``."""
    del context
    signature = types.void(address, code, work, functions, place)
    return signature, _caller([_LONGS, _DOUBLES, _LONGS, _LONGS])


def _primitive(context: Any, address: Any, work: Any, source: Any, target: Any) -> Any:
    """Call ``void f(double *work, long source, long target)``."""
    del context
    return types.void(address, work, source, target), _caller([_DOUBLES, _LONG, _LONG])


# What `intrinsic` makes takes all but the first argument of the function.
call_execute = cast(Callable[[Any, Any, Any, Any, Any], None], intrinsic(_execute))
call_primitive = cast(Callable[[Any, Any, Any, Any], None], intrinsic(_primitive))
