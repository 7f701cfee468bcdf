"""A program as one array of integers: a head that says where each part begins, then the parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.program import Program

__all__ = ["pack", "work_size"]

# Places in the head.
(
    CODE, SPANS, BLOCKS, TEARS, RESIDUALS, TERM_STARTS, TERMS, ENTRIES, LAGS, LAG_COUNT, CALLS,
    CALL_INPUTS, CHECK_FROM, CHECK_TO, CHECKS, CHECK_GROUPS, CHECK_COUNT, CELL_STARTS, CELLS,
    GROUPS, PARAMETER_BASE, PARAMETERS, VARIABLE_BASE, VARIABLES, FIRST_ROW, CONSTANTS, LARGEST,
    ROOM, REGISTERS, HEAD,
) = range(30)  # fmt: skip

# Places in what the parts of the machine tell one another.
(
    START, END, WIDTH, LANES, EXECUTE, NEWTON, SPAN, BASE, LANE_BASE, ITERATIONS, PLACES,
) = range(11)  # fmt: skip
SIZES = 6  # rows, paths, changes, first path, path after the last, simultaneous blocks


def pack(program: Program) -> NDArray[np.int64]:
    """The program as the compiled machine reads it."""
    head = np.zeros(HEAD, dtype=np.int64)
    parts: list[NDArray[np.int32]] = []
    length = HEAD
    for place, part in (
        (CODE, program.code),
        (SPANS, program.spans),
        (TEARS, program.tears[0]),
        (RESIDUALS, program.tears[1]),
        (TERM_STARTS, program.term_starts),
        (TERMS, program.terms),
        (ENTRIES, program.entries),
        (LAGS, program.lags),
        (CALLS, program.calls),
        (CALL_INPUTS, program.call_inputs),
        (CHECKS, program.checks[0]),
        (CHECK_GROUPS, program.checks[1]),
        (CELL_STARTS, program.cell_starts),
        (CELLS, program.cells),
    ):
        head[place] = length
        parts.append(part.ravel())
        length += part.size
    head[BLOCKS], head[LAG_COUNT] = len(program.spans), len(program.lags)
    head[CHECK_FROM], head[CHECK_TO] = program.check_span
    head[CHECK_COUNT], head[GROUPS] = program.checks.shape[1], len(program.cell_starts) - 1
    head[PARAMETER_BASE], head[VARIABLE_BASE] = program.parameter_base, program.variable_base
    head[PARAMETERS], head[VARIABLES] = len(program.model.parameters), len(program.model.variables)
    head[FIRST_ROW], head[CONSTANTS] = program.max_lag, len(program.constants)
    head[LARGEST], head[REGISTERS] = program.largest_block, program.registers
    calls = program.calls
    head[ROOM] = int((calls[:, 0] * (1 + calls[:, 1]) + calls[:, 1]).max(initial=0))
    return np.concatenate([head, *parts]).astype(np.int64)


def work_size(packed: NDArray[np.int64], width: int) -> int:
    """Numbers of work space for a width of lanes."""
    size = int(packed[LARGEST])
    block = size * size + size + 3 * size * width
    return (
        int(packed[REGISTERS]) * width
        + int(packed[ROOM])
        + block
        + 4 * width
        + 1
        + int(packed[GROUPS])
    )
