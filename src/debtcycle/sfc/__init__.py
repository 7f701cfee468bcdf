"""A language for stock-flow consistent models: readable equations in, checked accounts out.

::

    from debtcycle import sfc

    model = sfc.read("PC.model")
    run = model.compile().run(100, shocks=[sfc.Shock(10, "Rbar", 0.035)])
    run["Y"][:, 0]

Imports of the compiled machine are late: reading and checking a model needs NumPy alone.
"""

from debtcycle.sfc.accounts import Accounts, Identity, Matrix
from debtcycle.sfc.analysis import Comparison, Grid, compare, impulse_response, sensitivity
from debtcycle.sfc.inputs import Schedule, Shock
from debtcycle.sfc.matrices import Matrices, Table, symbolic_cells
from debtcycle.sfc.model import Model
from debtcycle.sfc.pictures import dependency_dot, dependency_vega, equations_latex, line_chart
from debtcycle.sfc.primitives import Maths, Primitive, numpy_maths
from debtcycle.sfc.reader import read, read_file, read_model
from debtcycle.sfc.results import AccountResidual, Failure, Origin, Run
from debtcycle.sfc.runs import Compiled
from debtcycle.sfc.steady import SteadyState, steady_state

__all__ = [
    "AccountResidual",
    "Accounts",
    "Comparison",
    "Compiled",
    "Failure",
    "Grid",
    "Identity",
    "Maths",
    "Matrices",
    "Matrix",
    "Model",
    "Origin",
    "Primitive",
    "Run",
    "Schedule",
    "Shock",
    "SteadyState",
    "Table",
    "compare",
    "dependency_dot",
    "dependency_vega",
    "equations_latex",
    "impulse_response",
    "line_chart",
    "numpy_maths",
    "read",
    "read_file",
    "read_model",
    "sensitivity",
    "steady_state",
    "symbolic_cells",
]
