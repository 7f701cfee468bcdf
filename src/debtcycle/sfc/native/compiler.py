"""Machine code from LLVM's language, kept on disk between processes.

The key of a kept kernel is made of everything that its code depends on: the program, the width,
this package's writers, the compiler and the processor. A file carries a digest of its own, so that
a damaged one is made afresh and never run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from ctypes import CFUNCTYPE, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite  # type: ignore[import-untyped]
import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numpy as np
import platformdirs

from debtcycle.sfc.native.driver import ARGUMENTS, module_text
from debtcycle.sfc.program import Program

__all__ = ["CACHE_VARIABLE", "Kernel", "cache_folder", "load_kernel"]

CACHE_VARIABLE = "DEBTCYCLE_CACHE"  # a folder for machine code; empty: keep none
MOST_FILES = 256
DAY = 86_400.0
_DIGEST = hashlib.sha256().digest_size
_FUNCTION = CFUNCTYPE(None, *[c_void_p] * len(ARGUMENTS))  # lets other threads run meanwhile


class Kernel:
    """A loaded kernel: called with the addresses of its arguments."""

    def __init__(self, code: bytes) -> None:
        machine = _machine()
        empty = llvm.parse_assembly("")
        empty.triple = machine.triple
        # Holds the code in memory as long as the kernel lives.
        self._engine = llvm.create_mcjit_compiler(empty, machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        address = self._engine.get_function_address("run")
        self.run: Callable[..., None] = _FUNCTION(address)


@cache
def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple()


def _machine() -> Any:
    """The processor at hand, with all it has."""
    # An engine owns its machine, so that each needs one of its own.
    return _target().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(), opt=2, jit=True
    )


@cache
def _features() -> str:
    found: str = llvm.get_host_cpu_features().flatten()
    return found


def _compiled(program: Program, width: int) -> bytes:
    machine = _machine()
    module = llvm.parse_assembly(module_text(program, width))
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = False  # the lanes are vectors already
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    code: bytes = machine.emit_object(module)
    return code


@cache
def _writers() -> bytes:
    """Digest of the files that say what a program means and write kernels, and of the compiler."""
    found = hashlib.sha256()
    here = Path(__file__).parent
    for path in (
        *sorted(here.glob("*.py")),
        here.parent / "expression.py",
        here.parent / "program.py",
    ):
        found.update(path.read_bytes())
    found.update(repr((llvmlite.__version__, llvm.get_host_cpu_name(), _features())).encode())
    return found.digest()


def _key(program: Program, width: int) -> str:
    found = hashlib.sha256(_writers())
    sizes = (width, program.registers, program.parameter_base, program.variable_base)
    counts = (program.max_lag, len(program.model.variables), len(program.model.parameters))
    found.update(repr((sizes, counts)).encode())
    for part in (
        program.constants, program.code, program.spans, program.tears, program.term_starts,
        program.terms, program.entries, program.lags, program.check_span, program.checks,
        program.cell_starts, program.cells,
    ):  # fmt: skip
        found.update(repr((part.shape, part.dtype.str)).encode())
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def cache_folder() -> Path | None:
    """Where kernels are kept; None if nowhere."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    return Path(platformdirs.user_cache_dir("debtcycle", appauthor=False)) / "kernels"


def _kept(path: Path) -> bytes | None:
    try:
        found = path.read_bytes()
    except OSError:
        return None
    digest, code = found[:_DIGEST], found[_DIGEST:]
    return code if code and hashlib.sha256(code).digest() == digest else None


def _keep(path: Path, code: bytes) -> None:
    """Write whole or not at all; where nothing can be written, nothing is kept."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(code).digest() + code)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        others = sorted(path.parent.glob("*.o"), key=lambda p: p.stat().st_mtime)
        unfinished = [p for p in path.parent.glob("*.new") if p.stat().st_mtime < time.time() - DAY]
        for old in (*others[:-MOST_FILES], *unfinished):
            old.unlink(missing_ok=True)


def load_kernel(program: Program, width: int) -> Kernel:
    """The kernel of a program for a width of lanes, compiled where none is kept."""
    folder = cache_folder()
    if folder is None:
        return Kernel(_compiled(program, width))
    path = folder / f"{_key(program, width)}.o"
    code = _kept(path)
    if code is not None:
        with contextlib.suppress(OSError):
            os.utime(path)  # what is used stays
    else:
        code = _compiled(program, width)
        _keep(path, code)
    return Kernel(code)
