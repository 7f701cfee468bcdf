"""Speed of the model language: one path, a batch, compilation; beside pysolve if it is there.

pysolve is a peer to compare with and nothing else: ``pip install pysolve`` into the environment
of the benchmark to have it in the table. Compilation is left out on both sides. Its equations are
made from the same model files, and it is asked for steps below 1e-10, the figure to which residuals
are held here.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import warnings
from typing import Any

import numpy as np
from _timing import Measure, timed, write_results

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Op
from debtcycle.sfc.library import load_model
from debtcycle.sfc.model import Model
from debtcycle.sfc.native.compiler import CACHE_VARIABLE, load_kernel
from debtcycle.sfc.reader import read_model

PERIODS = 100
BARS_MS = {"PC": 0.1, "LP1": 0.1, "DIS": 0.1, "INSOUT": 1.5, "GROWTH": 5.0}
PATHS = 10_000
INFIX = {
    Op.ADD: "+", Op.SUB: "-", Op.MUL: "*", Op.DIV: "/", Op.POW: "**", Op.LT: "<", Op.LE: "<=",
    Op.GT: ">", Op.GE: ">=",
}  # fmt: skip


def spelt(graph: Graph, root: int) -> str:
    """An expression in pysolve's notation."""
    found: dict[int, str] = {}
    for number in graph.reachable(root):
        node = graph.nodes[number]
        args = [found[a] for a in node.args]
        if node.op is Op.CONST:
            found[number] = repr(node.value)
        elif node.symbol is not None:
            lag = f"(-{node.symbol.lag})" if node.symbol.lag else ""
            found[number] = f"{node.symbol.name}{lag}"
        elif node.op in INFIX:
            found[number] = f"({args[0]} {INFIX[node.op]} {args[1]})"
        elif node.op is Op.NEG:
            found[number] = f"(-{args[0]})"
        elif node.op is Op.AND:
            found[number] = f"(if_true({args[0]})*if_true({args[1]}) > 0.5)"
        elif node.op is Op.WHERE:
            truth = f"if_true({args[0]})"
            found[number] = f"({truth}*{args[1]} + (1 - {truth})*{args[2]})"
        else:
            found[number] = f"{node.op.name.lower()}({', '.join(args)})"
    return found[root]


def pysolve_of(model: Model) -> Any:
    """The same model for pysolve."""
    from pysolve.model import Model as Peer

    peer = Peer()
    peer.set_var_default(0)
    for name in model.variables:
        peer.var(name)
    for name in model.parameters:
        peer.param(name)
    for block in model.compile().blocks:
        for item in (*block.tears, *block.chain):
            assert item.value is not None
            peer.add(f"{item.variable} = {spelt(model.graph, item.value)}")
    first = model.compile().run(0)
    peer.set_values({name: float(first[name][0, 0]) for name in first.names})
    return peer


def peer_seconds(model: Model) -> float | None:
    """Median time of pysolve for the same periods; None where it is absent or does not solve."""
    if importlib.util.find_spec("pysolve") is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pysolve_of(model)
        peer.solve(iterations=1000, threshold=1e-10)  # compiles at its first use

        def run() -> None:
            for _ in range(PERIODS):
                peer.solve(iterations=1000, threshold=1e-10)

        return timed(run, 3)


def one_path() -> list[Measure]:
    """One path of each model, warm, input and checks of the accounts included."""
    found = []
    for name, bar_ms in BARS_MS.items():
        model = load_model(name)
        compiled = model.compile()
        compiled.run(PERIODS)
        seconds = timed(lambda: compiled.run(PERIODS), 3000)  # noqa: B023 - called at once
        peer = peer_seconds(model)
        shown = None if peer is None else f"pysolve {peer * 1e3:.1f} ms"
        found.append(Measure(f"{name}, {PERIODS} periods", seconds, bar_ms / 1e3, shown, peer))
    return found


def refusals() -> Measure:
    """The slowest of some hostile texts to be refused."""
    texts = [
        "equation x = " + "+".join(["k"] * 5_000_000),
        "equation x = " + "+".join(["k"] * 200_000),
        "equation x = " + "(" * 10_000 + "k" + ")" * 10_000,
        "text\n" + " a\n" * 150_000,
        "sector a\n" * 9_999,
    ]

    def refuse(text: str) -> None:
        try:
            read_model(text)
        except ModelError:
            return
        raise AssertionError(text[:40])

    slowest = max(timed(lambda t=text: refuse(t), 3) for text in texts)  # type: ignore[misc]
    return Measure("slowest of five hostile texts to be refused", slowest, 1.0)


def batch() -> list[Measure]:
    """A batch of paths that differ in a parameter, with all variables kept and with two."""
    compiled = load_model("GROWTH").compile()
    rates = np.linspace(0.028, 0.032, PATHS)
    compiled.run(2, parameters={"GRpr": rates[:64]})
    some = timed(lambda: compiled.run(PERIODS, parameters={"GRpr": rates}, keep=["Yk", "PI"]), 3)
    peaks.append(f"with two variables kept {peak_gb():.2f} GB")
    all_kept = timed(lambda: compiled.run(PERIODS, parameters={"GRpr": rates}), 3)
    peaks.append(f"with all kept {peak_gb():.2f} GB")
    name = f"GROWTH, {PATHS:,} paths x {PERIODS} periods"
    return [
        Measure(f"{name}, two variables kept", some),
        Measure(f"{name}, all variables kept", all_kept, 10.0),
    ]


peaks: list[str] = []


def peak_gb() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def fresh(code: str, folder: str, times: int) -> float:
    """Median seconds of a fresh process that keeps its machine code in a folder."""
    env = {**os.environ, CACHE_VARIABLE: folder}
    return timed(lambda: subprocess.run([sys.executable, "-c", code], env=env, check=True), times)


def compilation() -> list[Measure]:
    """Reading and compiling, and machine code that is made, or found on disk."""
    found = [
        Measure("GROWTH, read and compile", timed(lambda: load_model("GROWTH").compile(), 10), 0.05)
    ]
    nothing = "import debtcycle.sfc.native.backend, debtcycle.sfc.library"
    for name in ("PC", "GROWTH"):
        program = load_model(name).compile().program
        run = f"from debtcycle.sfc.library import load_model; load_model('{name}').compile().run(1)"
        with tempfile.TemporaryDirectory() as folder:
            idle = fresh(nothing, folder, 3)
            cold = fresh(run, folder, 1)
            later = fresh(run, folder, 3)
            os.environ[CACHE_VARIABLE] = folder
            load_kernel(program, 1)
            disk = timed(lambda: load_kernel(program, 1), 20)  # noqa: B023 - called at once
            del os.environ[CACHE_VARIABLE]
        found += [
            Measure(f"{name}, first run of all, beyond imports", cold - idle, 3.0),
            Measure(f"{name}, machine code from disk", disk, 0.05),
            Measure(f"{name}, first run of a later process, imports included", later),
        ]
    return found


def main() -> None:
    """Write the section of benchmarks/RESULTS.md."""
    measures = [*batch(), *one_path(), *compilation(), refusals()]
    write_results(
        "Model language",
        measures,
        notes=[
            f"Peak memory of the batches: {', '.join(peaks)}.",
            "One path: from start row to checked accounts, nothing left out.",
        ],
    )


if __name__ == "__main__":
    main()
