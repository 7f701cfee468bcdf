"""Values before the first period: expressions of parameters and of one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from debtcycle.errors import ModelError
from debtcycle.sfc.evaluation import evaluate
from debtcycle.sfc.model import Model

__all__ = ["check_initial", "first_values", "initial_order", "initial_values"]


def initial_order(model: Model) -> tuple[str, ...]:
    """Variables with a declared first value, each after those it refers to.

    Raises
    ------
    ModelError
        ``model.circular`` with line and column, naming the circle.
    """
    needs = {
        name: sorted(s.name for s in model.graph.symbols(item.value) if s.name in model.initial)
        for name, item in model.initial.items()
    }
    done: dict[str, None] = {}
    for root in needs:
        path: dict[str, int] = {root: 0}
        while path:
            name = next(reversed(path))
            at = path[name]
            if name in done or at == len(needs[name]):
                done.setdefault(name)
                path.popitem()
                continue
            path[name] = at + 1
            child = needs[name][at]
            if child in path:
                circle = [*list(path)[list(path).index(child) :], child]
                item = model.initial[child]
                raise ModelError(
                    "model.circular", line=item.line, column=item.column, names=" -> ".join(circle)
                )
            if child not in done:
                path[child] = 0
    return tuple(done)


def check_initial(model: Model) -> None:
    """Refuse first values that refer to earlier periods, to nothing, or to themselves.

    Raises
    ------
    ModelError
        ``model.initial`` or ``model.circular``.
    """
    for item in model.initial.values():
        for symbol in model.graph.symbols(item.value):
            known = symbol.name in model.initial or symbol.name in model.parameters
            if symbol.lag or not known:
                raise ModelError(
                    "model.initial", line=item.line, column=item.column, name=str(symbol)
                )
    initial_order(model)


def first_values(model: Model) -> tuple[tuple[str, float | None], ...]:
    """Variables with a declared first value in order; the value where it is a plain number."""
    return tuple(
        (name, model.graph.constant_of(model.initial[name].value)) for name in initial_order(model)
    )


def initial_values(
    model: Model,
    order: tuple[tuple[str, float | None], ...],
    parameters: Mapping[str, Any],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """First values of all variables: what is given, else as declared, else nought.

    Parameters
    ----------
    order
        What `first_values` gives.

    Raises
    ------
    ModelError
        ``model.first`` with line and column where an expression gives no finite number.
    """
    values: dict[str, Any] = dict.fromkeys(model.variables, 0.0)
    values.update(order)
    for name, value in given.items():
        if name in values:
            values[name] = value
    for name, number in order:
        if number is not None or name in given:
            continue
        item = model.initial[name]
        found = evaluate(
            model.graph,
            [item.value],
            lambda s: parameters[s.name] if s.name in parameters else values[s.name],
        )[0]
        if not np.isfinite(found).all():
            raise ModelError("model.first", line=item.line, column=item.column, name=name)
        values[name] = found if np.ndim(found) else float(found)
    return values
