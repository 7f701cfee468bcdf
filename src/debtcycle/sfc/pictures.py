"""Pictures of models and runs: dependency graph, equations in LaTeX, lines over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from debtcycle.sfc.model import Model
from debtcycle.sfc.order import order_blocks
from debtcycle.sfc.printing import expression_text, latex_text
from debtcycle.sfc.results import Run

__all__ = ["dependency_dot", "dependency_vega", "equations_latex", "line_chart"]

_VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"


def _edges(model: Model) -> Iterator[tuple[str, str, bool]]:
    """(from, to, lagged): what each variable's equation reads."""
    for block in order_blocks(model):
        for item in (*block.tears, *block.chain):
            equation = model.equations[item.equation]
            seen = set()
            for side in (equation.left, equation.right):
                for symbol in sorted(model.graph.symbols(side), key=str):
                    if symbol.name == item.variable and not symbol.lag:
                        continue
                    edge = (symbol.name, item.variable, symbol.lag > 0)
                    if edge not in seen:
                        seen.add(edge)
                        yield edge


def dependency_dot(model: Model, *, parameters: bool = False) -> str:
    """Who depends on whom, as text for Graphviz; blocks solved together are boxes.

    A dashed arrow is a dependence on an earlier period.
    """
    lines = [f'digraph "{model.name}" {{', "  rankdir=LR; node [shape=ellipse];"]
    for number, block in enumerate(order_blocks(model)):
        members = [item.variable for item in (*block.tears, *block.chain)]
        if block.tears:
            names = " ".join(f'"{name}";' for name in members)
            lines.append(f'  subgraph cluster_{number} {{ label="solved together"; {names} }}')
        else:
            lines += [f'  "{name}";' for name in members]
    for source, target, lagged in _edges(model):
        if source in model.variables or parameters:
            style = " [style=dashed]" if lagged else ""
            lines.append(f'  "{source}" -> "{target}"{style};')
    return "\n".join([*lines, "}"]) + "\n"


def _orange(other: str) -> dict[str, Any]:
    """Orange for what is solved together."""
    return {"condition": {"test": "datum.together", "value": "#c25700"}, "value": other}


def dependency_vega(model: Model) -> dict[str, Any]:
    """The same as a Vega-Lite picture: variables in the order in which they are computed.

    Lines run from the left to the right; an orange one runs back, inside a block that is solved
    together, whose variables are orange too.
    """
    places: dict[str, tuple[int, int]] = {}
    depth: dict[str, int] = {}
    needs: dict[str, list[str]] = {name: [] for name in model.variables}
    current = [(a, b) for a, b, lagged in _edges(model) if not lagged and a in model.variables]
    for source, target in current:
        needs[target].append(source)
    counts: dict[int, int] = {}
    together: set[str] = set()
    for block in order_blocks(model):
        if block.tears:
            together.update(item.variable for item in (*block.tears, *block.chain))
        for item in (*block.tears, *block.chain):
            name = item.variable
            depth[name] = 1 + max((depth.get(n, -1) for n in needs[name]), default=-1)
            row = counts.get(depth[name], 0)
            counts[depth[name]] = row + 1
            places[name] = (depth[name], row)
    nodes = [{"name": n, "x": x, "y": y, "together": n in together} for n, (x, y) in places.items()]
    edges = [
        {
            "x": places[a][0],
            "y": places[a][1],
            "x2": places[b][0],
            "y2": places[b][1],
            "together": places[b][0] <= places[a][0],
        }
        for a, b in current
    ]
    axis = {"axis": None, "scale": {"nice": False, "padding": 30}}
    position = {
        "x": {"field": "x", "type": "quantitative", **axis},
        "y": {"field": "y", "type": "quantitative", **axis},
    }
    text = {**position, "text": {"field": "name", "type": "nominal"}}
    halo = {"type": "text", "fontSize": 12, "stroke": "white", "strokeWidth": 5}
    return {
        "$schema": _VEGA_LITE,
        "title": model.title or model.name,
        "width": 120 * (1 + max(counts, default=0)),
        "height": 40 * (1 + max(counts.values(), default=0)),
        "layer": [
            {
                "data": {"values": edges},
                "mark": {"type": "rule"},
                "encoding": {
                    **position,
                    "x2": {"field": "x2"},
                    "y2": {"field": "y2"},
                    "color": _orange("#bbb"),
                },
            },
            {"data": {"values": nodes}, "mark": halo, "encoding": text},
            {
                "data": {"values": nodes},
                "mark": {"type": "text", "fontSize": 12},
                "encoding": {**text, "color": _orange("black")},
            },
        ],
    }


def equations_latex(model: Model) -> str:
    """All equations of a model as one LaTeX ``align`` environment."""
    graph = model.graph
    calls = {name: call for call in model.primitives for name in call.results}
    lines = []
    for equation in model.equations:
        left = latex_text(graph, equation.left)
        name = expression_text(graph, equation.left)
        if name in calls:
            inner = ", ".join(latex_text(graph, a) for a in calls[name].arguments)
            right = rf"\mathrm{{{calls[name].name}}}_{calls[name].results.index(name) + 1}({inner})"
        else:
            right = latex_text(graph, equation.right)
        lines.append(rf"{left} &= {right}")
    return "\\begin{align}\n" + " \\\\\n".join(lines) + "\n\\end{align}\n"


def line_chart(run: Run, names: Sequence[str], *, paths: Sequence[int] = (0,)) -> dict[str, Any]:
    """Vega-Lite specification of variables over time, one line for each path.

    Raises
    ------
    ModelError
        ``model.no_name`` or ``model.path``.
    """
    for path in paths:
        run.check_path(path)
    values = [
        {"t": t, "name": name, "path": path, "value": float(value)}
        for name in names
        for path in paths
        for t, value in enumerate(run[name][:, path])
    ]
    units = run.units
    return {
        "$schema": _VEGA_LITE,
        "title": run.model.title or run.model.name,
        "data": {"values": values},
        "mark": {"type": "line"},
        "encoding": {
            "x": {"field": "t", "type": "quantitative", "title": "t"},
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": {"zero": False},
                "title": ", ".join(sorted({units[name] or "" for name in names})),
            },
            "color": {"field": "name", "type": "nominal", "title": None},
            "detail": {"field": "path", "type": "nominal"},
        },
    }
