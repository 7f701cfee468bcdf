"""Typed doors to the compiler: what they wrap keeps its signature for the type checker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["CFunction", "c_function", "call_execute", "call_primitive", "compiled", "pointer"]

F = TypeVar("F", bound=Callable[..., Any])


class CFunction(Protocol):
    """A compiled C function: where it lies, and a door to it from Python."""

    @property
    def address(self) -> int:
        """Address of the machine code."""
        ...

    @property
    def ctypes(self) -> Callable[..., None]:
        """The function as ctypes calls it, without holding the interpreter's lock."""
        ...


def pointer(kind: str) -> Any:
    """Type of a pointer to numbers of a kind such as ``"float64"``."""
    return types.CPointer(getattr(types, kind))


def compiled(function: F) -> F:
    """Compile for use inside other compiled functions; floats behave as in NumPy."""
    return cast(F, numba.njit(error_model="numpy", boundscheck=False)(function))


def c_function(*arguments: Any) -> Callable[[Callable[..., None]], CFunction]:
    """Compile to a C function without a result, and keep its machine code on disk."""

    def wrap(function: Callable[..., None]) -> CFunction:
        made = numba.cfunc(types.void(*arguments), cache=True, error_model="numpy")(function)
        return cast(CFunction, made)

    return wrap


def _caller(kinds: list[ir.Type]) -> Callable[..., Any]:
    """Code that calls a C function of known argument types at an address."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del signature
        kind = ir.FunctionType(ir.VoidType(), kinds)
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:])
        return context.get_dummy_value()

    return generate


_LONG, _DOUBLES = ir.IntType(64), ir.DoubleType().as_pointer()
_INTS, _LONGS = ir.IntType(32).as_pointer(), ir.IntType(64).as_pointer()


def _execute(context: Any, address: Any, code: Any, work: Any, functions: Any, place: Any) -> Any:
    """Call ``void f(int *code, double *work, long *functions, long *place)``."""
    del context
    signature = types.void(address, code, work, functions, place)
    return signature, _caller([_INTS, _DOUBLES, _LONGS, _LONGS])


def _primitive(context: Any, address: Any, work: Any, source: Any, target: Any) -> Any:
    """Call ``void f(double *work, long source, long target)``."""
    del context
    return types.void(address, work, source, target), _caller([_DOUBLES, _LONG, _LONG])


call_execute: Callable[[Any, Any, Any, Any, Any], None] = intrinsic(_execute)
call_primitive: Callable[[Any, Any, Any, Any], None] = intrinsic(_primitive)
